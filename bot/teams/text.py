"""Text as Teams takes it: made inert, cut or split to what fits, with every limit in one place.

A card's text blocks, labels and choices read Markdown, its text runs do not; both read `{{DATE(…)}}`, and the
clients link whatever looks like an address. What would set them off is swapped for a sign that looks alike,
or parted by a hair space (U+200A); nothing invisible is put in, and nothing that somebody wrote goes missing.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from bot.reporting.typed import LETTERLESS, clean

CARD = 24_000
"""Bytes of a card as JSON: Teams takes 28 kB of a message, its envelope and summary included."""
PAGE = 14_000
"""Bytes of what goes from page to page, so that what stands around it fits beside it."""
SUMMARY = 400
"""Characters of what toasts and lock screens show."""
BUTTON, LABEL, HINT, CHOICE = 75, 600, 1_200, 160
CHOICES = 300
"""Choices that one list offers."""
ACTIONS = 6
"""Buttons in a set."""

ELLIPSIS = "…"
_HAIR = "\u200a"
_BLANK = dict.fromkeys(map(ord, LETTERLESS))
_LOOKALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "‵", "\\": "⧵", "|": "∣", "[": "［", "]": "］"})
_BRACES = re.compile(r"\{(?=\{)")
_TAG = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)
_SCHEME = re.compile(r":(?=//)|(?<=mailto):|(?<=tel):|(?<=javascript):", re.IGNORECASE)
_CALLED = re.compile(r"@(?=\w)")
_HOST_DOT = re.compile(
    r"(?P<clause>(?<![\w.\-])\d{1,2}\.[ivx]+(?![\w\-]|\.\w))|(?<=[\w\-\])])[.。．｡](?=[^\W\d_]{2})"
)
"""A dot as in a host's name; clauses are numbered `5.iii`, which is no host."""
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])|(?<=_)_", re.ASCII)
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_LIST = re.compile(r"(?m)^(?P<margin>[^\S\n]*)(?P<mark>[-+#>=•]+|\d{1,9}(?=[.)]\s))")


def plain(text: str, *, lines: bool = True) -> str:
    """Anybody's text where no Markdown is read: no link or tag in it works. On one line unless `lines`."""
    seen = clean(text.translate(_BLANK), lines=lines)
    quiet = _TAG.sub("‹", _BRACES.sub(f"{{{_HAIR}", seen))
    quiet = _CALLED.sub(f"@{_HAIR}", _SCHEME.sub("∶", quiet))
    return _HOST_DOT.sub(lambda found: found["clause"] or "․", quiet)


def inert(text: str) -> str:
    """Anybody's text on one line where Markdown is read: none of it works."""
    quiet = plain(text, lines=False).translate(_LOOKALIKES).replace("<", "‹").replace(">", "›")
    quiet = _ENTITY.sub(f"&{_HAIR}", _UNDERSCORE.sub("ˍ", quiet))
    return _LIST.sub(rf"\g<margin>{_HAIR}\g<mark>{_HAIR}", quiet)


def typed(text: str) -> str:
    """What somebody typed, to stand in its field again: as it was, without what JSON cannot carry."""
    return "".join(char for char in text if char != "\0" and not "\ud800" <= char <= "\udfff")


def clipped(text: str, limit: int) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - len(ELLIPSIS)].rstrip()}{ELLIPSIS}"


def cut(text: str, units: int) -> str:
    """As much of a text as a field takes, which counts in UTF-16 units: an emoji is two or more."""
    piece = text[:units]
    while (over := len(piece.encode("utf-16-le")) // 2 - units) > 0:
        piece = piece[: -((over + 1) // 2)]
    return piece


def weight(value: Any) -> int:
    """How heavy a card or a part of one is: bytes of JSON that writes every sign beyond ASCII out."""
    return len(json.dumps(value))


def pieces(text: str, limit: int) -> Iterator[str]:
    """The whole text in pieces no heavier than `limit` bytes, parted at a line's end or a space if it can."""
    while len(text) > limit or weight(text) > limit:
        piece = _fitting(text, limit)
        end = max(piece.rfind("\n"), piece.rfind(" ")) + 1
        piece = piece[:end] if end > len(piece) // 2 else piece
        yield piece
        text = text[len(piece) :]
    if text:
        yield text


def _fitting(text: str, limit: int) -> str:
    """A beginning that weighs no more; about the longest, since most texts weigh the same all along."""
    piece = text[:limit]
    while len(piece) > 1 and (heavy := weight(piece)) > limit:
        piece = piece[: max(1, len(piece) * limit // heavy)]
    return piece
