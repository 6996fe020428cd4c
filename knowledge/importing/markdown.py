"""Read Markdown. The only door to markdown-it."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.importing.document import Found, Piece, Place
from knowledge.importing.text import tidied

_NEW_SENTENCE = re.compile(r"^[\"'“‘(\[]?[A-Z0-9]")


def read_markdown(text: str) -> Found:
    """Read Markdown: headings, paragraphs, list items, tables."""
    return Found(tuple(_Reading(text).pieces()))


class _Reading:
    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
        self._table = 0
        self._row: list[str] | None = None
        self._heading = 0
        self._labels: list[str] = []
        """One for each list around the words to come: what stands before its items."""
        self._opened = False

    def pieces(self) -> Iterator[Piece]:
        """What the document holds, in order."""
        for token in self._tokens:
            if token.type == "inline":
                yield from self._inline(token)
            elif token.type in {"code_block", "fence"}:
                yield Piece(tidied(token.content), place=_place(token))
            elif token.type == "tr_close":
                yield Piece("", "row", cells=tuple(self._row or ()), table=self._table, place=_place(token))
                self._row = None
            else:
                self._note(token)

    def _note(self, token: Token) -> None:
        """Keep track of what encloses the words to come."""
        name = token.type
        if name in {"bullet_list_open", "ordered_list_open"}:
            self._labels.append("")
        elif name in {"bullet_list_close", "ordered_list_close"}:
            self._labels.pop()
        elif name == "list_item_open":
            self._opened = True
            self._labels[-1] = f"{token.info}." if token.info else ""
        elif name in {"heading_open", "heading_close"}:
            self._heading = int(token.tag[1:]) if name == "heading_open" else 0
        elif name == "table_open":
            self._table += 1
        elif name == "tr_open":
            self._row = []

    def _inline(self, token: Token) -> Iterator[Piece]:
        if self._row is not None:
            self._row.append(_words(token))
        elif self._heading:
            yield Piece(_words(token), "heading", self._heading, place=_place(token))
        elif self._labels and self._opened:
            self._opened = False
            yield from self._item(token, len(self._labels) - 1, self._labels[-1])
        else:
            yield Piece(_words(token), bold=_all_bold(token), place=_place(token))

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
            if own:
                parts.append(line)
            else:
                parts[-1] = f"{parts[-1]} {line}"
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
