"""Read plain text: blank lines, dashes, numbers and underlines are all it has to say what is what."""

import re

from knowledge.importing.document import Found, Piece, Place
from knowledge.importing.text import BULLET, tidied

_UNDERLINE = re.compile(r"^\s*([=\-_~*])\1{3,}\s*$")
_TYPED = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.)]?|[ivx]+[.)]|[a-z][.)]|\([a-z0-9]+\))\s+\S")


def read_text(text: str) -> Found:
    """Read plain text: blank lines part paragraphs, dashes begin items, underlines make headings."""
    lines = text.splitlines()
    reader = _Reader()
    wrapped = _is_wrapped(lines)
    for number, line in enumerate(lines, start=1):
        if _UNDERLINE.match(line):
            reader.underline()
        elif not line.strip():
            reader.keep()
        else:
            if _begins(line) or not wrapped:
                reader.keep()
            reader.gathered.append((number, line))
    reader.keep()
    return Found(tuple(reader.pieces))


class _Reader:
    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.gathered: list[tuple[int, str]] = []

    def keep(self) -> None:
        """End the paragraph or item that was gathered."""
        if not self.gathered:
            return
        number, first = self.gathered[0]
        joined = tidied(" ".join(line for _, line in self.gathered))
        self.gathered.clear()
        if BULLET.match(first):
            level = int(len(first) - len(first.lstrip()) > _INDENT)
            words = tidied(BULLET.sub("", joined))
            self.pieces += [Piece(words, "item", level, place=Place(line=number))] if words else []
        else:
            self.pieces.append(Piece(joined, place=Place(line=number)))

    def underline(self) -> None:
        """Make a heading of a single line above, or end what was gathered."""
        if len(self.gathered) == 1:
            number, words = self.gathered.pop()
            self.pieces.append(Piece(tidied(words), "heading", 2, place=Place(line=number)))
        self.keep()


_INDENT = 3


def _begins(line: str) -> bool:
    return bool(BULLET.match(line) or _TYPED.match(line))


def _is_wrapped(lines: list[str]) -> bool:
    """Whether an editor broke the lines: then neighbouring lines are one paragraph, otherwise each is one."""
    long = sum(len(line) > _LONGEST_WRAPPED for line in lines)
    return long <= len(lines) / 50


_LONGEST_WRAPPED = 130
