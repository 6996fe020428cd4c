"""What the lint reads and finds: a policy as blocks in order, what its first page says, and findings."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.rules import Day

Kind = Literal["paragraph", "bullet", "row", "heading"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One block of a document, at `section:number`, or the section alone for a heading.

    `level` is a heading's, `number` a paragraph's own ("4.2"), where the document's form shows them.
    """

    address: str
    text: str
    headings: tuple[str, ...] = ()
    kind: Kind = "paragraph"
    cells: tuple[str, ...] = ()
    level: int = 0
    number: str = ""

    @property
    def section(self) -> str:
        """The section that it stands in."""
        return self.address.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Details:
    """What a document says of itself, as exactly as it does; `changed` is its change log's last entry."""

    version: str | None = None
    approved: Day | None = None
    reviewed: Day | None = None
    review_due: Day | None = None
    changed: Day | None = None

    @property
    def as_of(self) -> date | None:
        """The last day on which somebody says to have brought it up to date."""
        said = [last_day(day) for day in (self.changed, self.reviewed, self.approved) if day is not None]
        return max(said, default=None)


@dataclass(frozen=True, slots=True)
class Paper:
    """A policy document: its blocks in order, and its list of contents where it has one.

    `details` is None where what was read has no first page that could say them, such as a list of clauses.
    `front` is what stands on the title page and is no clause.
    """

    name: str
    blocks: tuple[Clause, ...]
    details: Details | None = None
    contents: tuple[str, ...] = ()
    front: tuple[Clause, ...] = ()

    @property
    def headings(self) -> tuple[Clause, ...]:
        """The headings in order."""
        return tuple(block for block in self.blocks if block.kind == "heading")

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Everything that is no heading, in order."""
        return tuple(block for block in self.blocks if block.kind != "heading")

    def read_whole(self) -> Iterator[tuple[Clause, str]]:
        """Each clause as a reader takes it: bullets together with the line that introduces them."""
        lead = ""
        for block in self.blocks:
            if block.kind == "bullet":
                yield block, f"{lead} {block.text}".strip()
                continue
            if block.kind != "heading":
                yield block, block.text
            lead = re.sub(r"\s*:[\s-]*$", "", block.text) if block.kind == "paragraph" else ""

    def tables(self) -> Iterator[tuple[Clause, ...]]:
        """Each table as its rows, the header first."""
        rows: list[Clause] = []
        for block in self.blocks:
            if block.kind == "row" and (not rows or rows[-1].section == block.section):
                rows.append(block)
                continue
            if rows:
                yield tuple(rows)
            rows = [block] if block.kind == "row" else []
        if rows:
            yield tuple(rows)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that somebody should look at: the kind of check, where, what, and what to do."""

    check: str
    addresses: tuple[str, ...]
    what: str
    remedy: str

    def __str__(self) -> str:
        places = ", ".join(f"§ {address}" for address in self.addresses)
        stop = "" if self.what.endswith(("?", "!")) else "."
        return f"{places + ': ' if places else ''}{self.what}{stop} {self.remedy}"


def last_day(day: Day) -> date:
    """The last day that a date may mean: “2024-07” is the 31st of July."""
    if isinstance(day, date):
        return day
    year, _, month = day.partition("-")
    if not month:
        return date(int(year), 12, 31)
    after = date(int(year) + int(month) // 12, int(month) % 12 + 1, 1)
    return date.fromordinal(after.toordinal() - 1)


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WRITTEN = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?\b(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?,?\s+"
    r"'?(?P<year>\d{4}|\d{2})\b",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\b(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4}|\d{2})\b")


def dates_in(text: str) -> list[Day]:
    """Every date written in a text, in order: “20 July 2023”, “October 2025”, “Sep 18”, “16/5/18”."""
    found: list[tuple[int, Day]] = []
    for written in (*_WRITTEN.finditer(text), *_FIGURES.finditer(text)):
        month = written["month"].lower()
        day = _as_day(
            written["year"], _MONTHS.index(month[:3]) + 1 if month.isalpha() else int(month), written["day"]
        )
        if day is not None:
            found.append((written.start(), day))
    return [day for _, day in sorted(found, key=lambda one: one[0])]


def _as_day(year: str, month: int, day: str | None) -> Day | None:
    whole = int(year) if len(year) > 2 else 2000 + int(year)  # noqa: PLR2004  two digits are a short year
    try:
        exact = date(whole, month, int(day) if day else 1)
    except ValueError:
        return None
    return exact if day else f"{exact:%Y-%m}"


def listed(words: Iterable[str]) -> str:
    """Words in a sentence: “a, b and c”."""
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last
