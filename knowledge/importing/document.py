"""What a reader makes of a file: one plain value, whatever the file's form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PieceKind = Literal["text", "heading", "item", "row"]


class NotReadableError(Exception):
    """The file cannot be imported; the text is one clear line that says what to do instead."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stood: the page of a PDF, the line of a text; 0 where the form has neither."""

    page: int = 0
    line: int = 0

    def __str__(self) -> str:
        return f"page {self.page}" if self.page else f"line {self.line}" if self.line else ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph, heading, list item or table row as a reader finds it, before anybody says what it means.

    `label` is a number that the file makes by itself ("5.", "iv.", "a)"); typed numbers stay in the text.
    `size` is the letters' size in points, 0 where the form has none. `level` is a heading's, or how deep a
    list item is. A row's `cells` are its text.
    """

    text: str
    kind: PieceKind = "text"
    level: int = 0
    label: str = ""
    bold: bool = False
    size: float = 0.0
    cells: tuple[str, ...] = ()
    table: int = 0
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its own number, typed or automatic ("5", "iv", "Appendix 2"), else an empty one."""

    level: int
    number: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `number` is its own where paragraphs are numbered ("4.2")."""

    number: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Item:
    """A bullet or a numbered item of a list; `level` 0 is the outermost."""

    level: int
    number: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, header rows too; `table` tells one table's rows from another's."""

    cells: tuple[str, ...]
    table: int
    place: Place


Block = Heading | Paragraph | Item | Row


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document in reading order.

    `front` holds the lines above the first section (title page, control table), `furniture` the running
    headers and footers, `contents` the table of contents: none of them is a clause, but dates, versions and
    owners often stand there. `notes` says what a person should look at, in plain words.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]
    front: tuple[str, ...] = ()
    furniture: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader hands on: the pieces in reading order, and what stood beside them."""

    pieces: tuple[Piece, ...]
    furniture: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
