"""The clauses of a document and their addresses: `section:number`, counted anew in each section.

Each paragraph, list item and table row is a clause. A numbered heading gives its number ("5", "2.1"), roman
or lettered ones beneath it hang from it ("5.v"), appendices are `appendix-1`, other headings their own words.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from knowledge.importing.document import Block, Document, Heading, Item, Paragraph, Place, Row
from knowledge.importing.marks import mark_of, slug

_PREAMBLE = "preamble"
_LAST_SENTENCE = re.compile(r"(?:.*(?<=[.!?])\s+)?(?=\S)(.+)$", re.DOTALL)
_LEADS = re.compile(r"[:–—-]-?\s*$|[a-z]$|\b(?:to|that|not)\s*…?$")
_LONGEST_ADDRESS = 90
ClauseKind = Literal["paragraph", "item", "row"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: where it is, what it says, and the sentence that introduces it if it is an item of a list.

    `number` is the paragraph's own ("4.2"), where the document numbers its paragraphs.
    """

    address: str
    section: str
    heading: str
    text: str
    kind: ClauseKind
    lead: str = ""
    number: str = ""
    cells: tuple[str, ...] = ()
    table: int = 0
    place: Place = field(default_factory=Place)

    @property
    def whole(self) -> str:
        """The clause as it reads: an item after the words that introduce it."""
        return f"{self.lead} {self.text}" if self.lead else self.text


@dataclass(frozen=True, slots=True)
class Clauses:
    """All clauses of a document in order, and its sections' headings by address."""

    document: Document
    all: tuple[Clause, ...]
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        """The words of each clause by address."""
        return {clause.address: clause.text for clause in self.all}


def clauses(document: Document) -> Clauses:
    """Split a document into clauses."""
    walk = _Walk()
    found = tuple(clause for block in document.blocks for clause in walk.step(block))
    return Clauses(document, found, MappingProxyType(walk.headings))


@dataclass(slots=True)
class _Walk:
    section: str = _PREAMBLE
    heading: str = ""
    count: int = 0
    headings: dict[str, str] = field(default_factory=dict)
    leads: dict[int, str] = field(default_factory=dict)
    _above: str = ""
    _appendix: str = ""
    _restarted: bool = False

    def step(self, block: Block) -> Iterator[Clause]:
        if isinstance(block, Heading):
            self._enter(block)
        elif isinstance(block, Row):
            text = _row(block.cells)
            self.leads = {}
            if text.strip("| "):
                yield self._clause(text, "row", block)
        elif isinstance(block, Item):
            lead = " ".join(
                filter(None, (self.leads.get(-1), *(self.leads.get(at) for at in range(block.level))))
            )
            yield self._clause(block.text, "item", block, lead)
            self._introduce(block.level, block.text)
        else:
            yield from self._paragraph(block)

    def _paragraph(self, block: Paragraph) -> Iterator[Clause]:
        yield self._clause(block.text, "paragraph", block)
        self._introduce(-1, block.text)

    def _introduce(self, level: int, text: str) -> None:
        """Note what introduces deeper items: the last sentence, if it leaves something open."""
        self.leads = {at: lead for at, lead in self.leads.items() if at < level}
        if _LEADS.search(text):
            found = _LAST_SENTENCE.match(text)
            self.leads[level] = found[1] if found else text

    def _clause(self, text: str, kind: ClauseKind, block: Item | Paragraph | Row, lead: str = "") -> Clause:
        self.count += 1
        address = f"{self.section}:{self.count}"
        number = "" if isinstance(block, Row) else block.number
        cells, table = (block.cells, block.table) if isinstance(block, Row) else ((), 0)
        return Clause(
            address, self.section, self.heading, text, kind, lead, number, cells, table, block.place
        )

    def _enter(self, block: Heading) -> None:
        self.section = self._address(block)
        self.heading = block.text
        self.headings[self.section] = block.text
        self.count = 0
        self.leads = {}

    def _address(self, block: Heading) -> str:
        mark = mark_of(block.text, f"{block.number}." if block.number and mark_of(block.text) is None else "")
        if mark is None:
            self._above = ""
            return self._unused(slug(block.text))
        if mark.form == "appendix":
            self._appendix, self._above, self._restarted = mark.number, mark.number, False
            return self._unused(mark.number)
        if mark.form == "number":
            return self._numbered(mark.number)
        return self._unused(f"{self._above}.{mark.number}" if self._above else mark.number)

    def _numbered(self, number: str) -> str:
        if self._appendix and (self._restarted or number in self.headings):
            self._restarted = True
            number = f"{self._appendix}.{number}"
        self._above = number
        return self._unused(number)

    def _unused(self, address: str) -> str:
        short = address[:_LONGEST_ADDRESS].strip("-.")
        if short not in self.headings:
            return short
        return next(f"{short}-{nth}" for nth in range(2, 10_000) if f"{short}-{nth}" not in self.headings)


def _row(cells: tuple[str, ...]) -> str:
    """A table row as one line, empty cells kept: they are gaps that somebody may have to fill."""
    return re.sub(r"\s+", " ", " | ".join(cells)).strip()
