"""Text as Slack takes it: made inert, cut or split to what fits, with every limit in one place.

Slack acts on more than its markup: it links web addresses and e-mail addresses, and reads mentions, channels
and emoji out of plain words. What would set it off is swapped for a sign that looks alike, or parted by a
hair space (U+200A); nothing invisible is put in, and nothing that somebody wrote goes missing.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NewType

from bot.reporting.typed import LETTERLESS, clean

Mrkdwn = NewType("Mrkdwn", str)
"""Text that may stand in Slack's markup: made by `inert`, or put together from what was."""

TEXT = 4_000
"""Characters of a message's own text, which toasts and lock screens show."""
SECTION, FIELD, HEADER, CONTEXT_TEXT = 3_000, 2_000, 150, 2_000
BUTTON, VALUE, CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 75, 2_000, 100, 300, 30
TITLE, METADATA = 24, 3_000
LABEL, HINT, PLACEHOLDER, INPUT = 2_000, 2_000, 150, 3_000
OPTION, OPTION_VALUE = 75, 75
OPTIONS, GROUPS, CHOICES = 100, 100, 10
"""Options of a menu, groups of options in one, and radio buttons or boxes to tick in one block."""
ACTIONS, CONTEXT, FIELDS = 25, 10, 10
"""Buttons in a row, texts in a context block, fields of a section."""
MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
VIEW_BYTES = 250_000
ID = 255
FAULT = 500
"""Characters of a fault beside an input; Slack names no limit, and a longer one is not read."""

ELLIPSIS = "…"
_HAIR = "\u200a"
_LOOKALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "‵"})
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ANGLES = str.maketrans({"<": "‹", ">": "›"})
_CALLED = re.compile(r"([@#])(?=\w)")
_SCHEME = re.compile(r":(?=//)")
_EMOJI = re.compile(r":(?!\d{1,2}:)(?=[\w+'-]+:)")
"""A colon that may begin an emoji's name; before a number it is a time's or a clause's."""
_HOST_DOT = re.compile(
    r"(?P<clause>(?<![\w.\-])\d{1,2}\.[ivx]+(?![\w\-]|\.\w))|(?<=[\w\-\])])[.。．｡](?=[^\W\d_]{2})"
)
"""A dot as in a host's name; clauses are numbered `5.iii`, which is no host."""
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_QUOTE = re.compile(r"(?m)^(?=[^\S\n]*>)")
_CUT_ENTITY = re.compile(r"&[a-z]{0,4}\Z")


def inert(text: str) -> Mrkdwn:
    """Anybody's text for Slack's markup: no mention, link, emoji or formatting in it works; lines stay."""
    quiet = _UNDERSCORE.sub("ˍ", _seen(text, lines=True).translate(_LOOKALIKES))
    return Mrkdwn(_QUOTE.sub(_HAIR, _defused(quiet)).translate(_ENTITIES))


def plain(text: str, *, lines: bool = False) -> str:
    """Anybody's text for a plain text object, where Slack reads no markup; on one line unless `lines`."""
    return _defused(_seen(text, lines=lines)).translate(_ANGLES)


def typed(text: str) -> str:
    """What somebody typed or sent, to be given back as it was: without what no request can carry."""
    return "".join(char for char in text if char != "\0" and not "\ud800" <= char <= "\udfff")


def bold(text: str) -> Mrkdwn:
    """Anybody's text on one line, in bold."""
    line = " ".join(inert(text).split())
    return Mrkdwn(f"*{line}*" if line else "")


def quoted(text: str) -> Mrkdwn:
    """Anybody's words set off as a quotation, line by line."""
    return Mrkdwn("\n".join(f"> {line}" for line in inert(text).split("\n")))


def joined(parts: Iterable[Mrkdwn], between: str = "\n") -> Mrkdwn:
    """Several inert texts as one; the empty ones are left out."""
    return Mrkdwn(between.join(part for part in parts if part))


def bullets(texts: Iterable[str]) -> Mrkdwn:
    """Texts below each other, each after a dot."""
    return joined(Mrkdwn(f"• {inert(text)}") for text in texts)


def size(text: str) -> int:
    """How long Slack may find a text: in UTF-16 units, since an emoji may count for two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clipped(text: str, limit: int) -> str:
    """The text, or as much of it as fits with an ellipsis; an escaped sign is never cut in two."""
    if size(text) <= limit:
        return text
    return f"{_CUT_ENTITY.sub('', _fitting(text, limit - len(ELLIPSIS))).rstrip()}{ELLIPSIS}"


def pieces(text: str, limit: int) -> Iterator[str]:
    """The whole text in pieces that fit, parted at a line's end or a space where there is one."""
    while size(text) > limit:
        piece = _fitting(text, limit)
        if not text[len(piece)].isspace():
            piece = _to_a_space(piece) or _CUT_ENTITY.sub("", piece) or piece
        yield piece
        text = text[len(piece) :]
    if text:
        yield text


def _fitting(text: str, limit: int) -> str:
    piece = text[:limit]
    while (over := size(piece) - limit) > 0:
        piece = piece[: -((over + 1) // 2)]  # a sign counts for two at most
    return piece


def _to_a_space(piece: str) -> str:
    """A piece up to its last line break, else its last space, if that lies in the second half."""
    for sign in ("\n", " "):
        end = piece.rfind(sign) + 1
        if end > len(piece) // 2:
            return piece[:end]
    return ""


def _seen(text: str, *, lines: bool) -> str:
    return clean("".join(char for char in text if char not in LETTERLESS), lines=lines)


def _defused(text: str) -> str:
    """Plain words that Slack would make something of, broken."""
    text = _CALLED.sub(rf"\1{_HAIR}", text)
    text = _EMOJI.sub("∶", _SCHEME.sub("∶", text))
    return _HOST_DOT.sub(lambda found: found["clause"] or "․", text)
