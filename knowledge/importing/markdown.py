"""Read Markdown and plain text. The only door to markdown-it."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.importing.document import Found, Piece, Place
from knowledge.importing.text import BULLET, tidied

_NEW_SENTENCE = re.compile(r"^[\"'“‘(\[]?[A-Z0-9]")
_WRAPPED_FROM = 60
"""A line at least this long may have been broken by an editor rather than by its author."""


def read_markdown(text: str) -> Found:
    """Read Markdown: headings, paragraphs, list items, tables."""
    return Found(tuple(_Reading(text).pieces()))


class _Reading:
    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
        self._table = 0

    def pieces(self) -> Iterator[Piece]:
        depth, heading, labels, opened = -1, 0, list[str](), False
        row: list[str] | None = None
        for token in self._tokens:
            if token.type in {"bullet_list_open", "ordered_list_open"}:
                depth += 1
                labels.append("")
            elif token.type in {"bullet_list_close", "ordered_list_close"}:
                depth -= 1
                labels.pop()
            elif token.type == "list_item_open":
                opened = True
                labels[-1] = f"{token.info}." if token.info else ""
            elif token.type == "heading_open":
                heading = int(token.tag[1:])
            elif token.type == "heading_close":
                heading = 0
            elif token.type == "table_open":
                self._table += 1
            elif token.type == "tr_open":
                row = []
            elif token.type == "tr_close" and row is not None:
                yield Piece("", "row", cells=tuple(row), table=self._table, place=_place(token))
                row = None
            elif token.type == "inline" and row is not None:
                row.append(_words(token))
            elif token.type == "inline" and heading:
                yield Piece(_words(token), "heading", heading, place=_place(token))
            elif token.type == "inline" and depth >= 0 and opened:
                opened = False
                yield from self._item(token, depth, labels[-1])
            elif token.type == "inline":
                yield Piece(_words(token), bold=_all_bold(token), place=_place(token))
            elif token.type in {"code_block", "fence"}:
                yield Piece(tidied(token.content), place=_place(token))

    def _item(self, token: Token, depth: int, label: str) -> Iterator[Piece]:
        """A list item; a line that only looks as if it went on with the item is a paragraph of its own."""
        parts = self._split(token)
        yield Piece(parts[0], "item", depth, label, bold=_all_bold(token), place=_place(token))
        yield from (Piece(part, place=_place(token)) for part in parts[1:])

    def _split(self, token: Token) -> list[str]:
        first, last = token.map or (0, 1)
        parts = [""]
        for number, line in enumerate(token.content.split("\n")):
            source = self._lines[first + number] if first + number < min(last, len(self._lines)) else line
            lazy = number > 0 and not source.startswith((" ", "\t"))
            before = self._lines[first + number - 1] if number else ""
            own = lazy and _NEW_SENTENCE.match(line) and not _goes_on(before)
            parts.append(line) if own else parts.__setitem__(-1, f"{parts[-1]} {line}")
        inline = MarkdownIt("commonmark")
        return [_words(inline.parseInline(part.strip())[0]) for part in parts]


def _goes_on(line: str) -> bool:
    """Whether a line was broken within a sentence: long, and ending with a small word or a comma."""
    ended = line.rstrip()
    last = ended.rsplit(" ", 1)[-1].casefold()
    return ended.endswith(",") or last in {"the", "a", "an", "of", "and", "or", "to", "in", "for", "with"}


def _words(token: Token) -> str:
    said = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            said.append(child.content)
        elif child.type in {"softbreak", "hardbreak"} or child.content.startswith("<br"):
            said.append(" ")
    return tidied("".join(said))


def _all_bold(token: Token) -> bool:
    bold, any_text = 0, False
    for child in token.children or ():
        bold += (child.type == "strong_open") - (child.type == "strong_close")
        if child.type == "text" and child.content.strip():
            if not bold:
                return False
            any_text = True
    return any_text


def _place(token: Token) -> Place:
    return Place(line=token.map[0] + 1 if token.map else 0)


_UNDERLINE = re.compile(r"^\s*([=\-_~*])\1{3,}\s*$")
_TYPED = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.)]?|[ivx]+[.)]|[a-z][.)]|\([a-z0-9]+\))\s+\S")
_CELLS = re.compile(r"\t+|\s{3,}|\s*\|\s*")


def read_text(text: str) -> Found:
    """Read plain text: blank lines part paragraphs, dashes and numbers begin items, underlines make headings."""
    pieces: list[Piece] = []
    gathered: list[tuple[int, str]] = []
    lines = text.splitlines()
    wrapped = _is_wrapped(lines)

    def keep() -> None:
        if gathered:
            number, first = gathered[0]
            joined = tidied(" ".join(line for _, line in gathered))
            bullet = BULLET.match(first)
            if bullet and not joined.startswith("**"):
                level = 1 if len(first) - len(first.lstrip()) > 3 else 0  # noqa: PLR2004  a tab or four blanks
                joined = tidied(BULLET.sub("", joined))
                pieces.append(Piece(joined, "item", level, place=Place(line=number)))
            elif joined:
                pieces.append(Piece(joined, place=Place(line=number)))
            gathered.clear()

    for number, line in enumerate(lines, start=1):
        if _UNDERLINE.match(line) and len(gathered) == 1:
            number_of, words = gathered.pop()
            pieces.append(Piece(tidied(words), "heading", 2, place=Place(line=number_of)))
        elif not line.strip() or _UNDERLINE.match(line):
            keep()
        else:
            if gathered and (_begins(line) or not wrapped):
                keep()
            gathered.append((number, line))
    keep()
    return Found(tuple(pieces))


def _begins(line: str) -> bool:
    return bool(BULLET.match(line) or _TYPED.match(line))


def _is_wrapped(lines: list[str]) -> bool:
    """Whether an editor broke the lines: then neighbouring lines are one paragraph, otherwise each is one."""
    long = sum(len(line) > _LONGEST_WRAPPED for line in lines)
    return long <= len(lines) / 50


_LONGEST_WRAPPED = 130
