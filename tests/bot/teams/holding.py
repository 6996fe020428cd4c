"""What may not come alive in Teams, held against any card of the Teams face."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from bot.teams.text import CARD
from tests.support.teams.cards import MOST_BYTES, assert_valid, parts_of, texts_of

HOSTILE = (
    "<at>Sam Okafor</at> <b>bold</b> <!channel> <script>alert(1)</script> &lt;at&gt; &#60;b&#62; &amp;amp;",
    "@here @everyone @sam sam@evil.example mailto:sam@evil.example tel:0123 javascript:alert(1)",
    "https://evil.example/x www.evil.co.uk evil.example/a?b=1&c=2 msteams://open xn--e1afmkfd.example",
    "**bold** _italic_ __strong__ ~~struck~~ `code` ```fence``` [a](https://evil.example) ![p](q) \\*a\\*",
    "> quote\n- item\n+ item\n* item\n# heading\n1. one\n27) two\n| a | b |\n===\n[r]: /x\n- - -",
    "{{DATE(2026-03-14T14:30:00Z, LONG)}} {{TIME(2026-03-14T14:30:00Z)}} ${expression} {{{{x}}}}",
    "\u202egnirts desrever\u202c \u200bzero\u200dwidth\ufeff \u2066isolate\u2069 \x00\x07\x1b[31m",
    '{"type":"AdaptiveCard","body":[{"type":"Image","url":"https://evil.example/p.gif"}]}',
    '"}]},"actions":[{"type":"Action.OpenUrl","url":"https://evil.example"}]',
    "\u3164\u2800\u115f",
    "&" * 3_100,
    "<" * 20_000,
    "a.bb@" * 4_000,
    "👩‍🏫" * 6_600,
    "word " * 4_000,
    "\n" * 100 + "x\n" * 9_000,
    "x" * 20_000,
)
"""What somebody might type, paste or be called."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_TYPED = {"Input.Text"}
_LIVE = re.compile(
    r"://|@\w|\{\{|<[a-z/!?]|(?:mailto|tel|javascript):"
    r"|[\w\-][.。．｡](?!(?<=\b\d\.)[ivx]+\b)[^\W\d_]{2}",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(
    r"[*`~\\\[\]|<>]|(?<![^\W_])_|_(?![^\W_])|&#?\w+;|(?m:^\s*(?:[-+#>=]|\d+[.)]\s))", re.ASCII
)


def hold(card: Mapping[str, Any], where: str = "chat") -> None:
    """Teams takes it, and nothing that somebody wrote does anything in it."""
    assert MOST_BYTES == CARD
    assert_valid(card, where)
    for part in parts_of(card):
        _hold_part(part)


def hold_summary(text: str) -> None:
    """What a lock screen shows is one short line."""
    assert 0 < len(text) <= 400
    assert "\n" not in text
    assert not _LIVE.search(text), text


def read(card: Mapping[str, Any]) -> str:
    """All the words of a card."""
    return "\n".join(texts_of(card))


def _hold_part(part: Mapping[str, Any]) -> None:
    kind = part.get("type", "choice")
    reads_markdown = {"text"} if kind == "TextBlock" else set()
    for name in ("text", "title", "label", "errorMessage", "placeholder"):
        text = part.get(name)
        if not isinstance(text, str):
            continue
        assert not _LIVE.search(text), (kind, name, text)
        assert not any(unicodedata.category(char) in _INVISIBLE and char != "\n" for char in text), text
        if name in reads_markdown | {"title", "label"}:
            assert not _MARKDOWN.search(text), (kind, name, text)
            assert "\n" not in text
