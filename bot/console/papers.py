"""A policy document in any form that `policy import` reads, as the lint reads it."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from bot.console import inert
from bot.errors import UnreadableError
from knowledge.importing.clauses import Clauses, clauses
from knowledge.importing.confined import read_confined
from knowledge.importing.document import Block, Document, Heading, Item, NotReadableError, Row
from knowledge.importing.marks import mark_of
from knowledge.importing.metadata import metadata
from knowledge.linting import Clause, Details, Paper
from knowledge.linting.values import Kind, dates_in
from knowledge.rules import Day

SUFFIXES = frozenset(
    {".docx", ".pdf", ".md", ".markdown", ".txt", ".text", ".html", ".htm", ".doc", ".docm", ".rtf"}
)
"""Files that are documents; those among them that cannot be read are refused with what to do instead."""
FRONT = "title-page"
"""Where what stands above the first section is said to be: it has no address."""
_LOG = re.compile(
    r"\b(?:change|amendment|version|revision|document) (?:log|history|control|record)\b", re.IGNORECASE
)
_DATED = re.compile(r"\bdate\b|\bwhen\b", re.IGNORECASE)
_CHANGES = re.compile(
    r"\b(?:chang\w*|amend\w*|revis\w*|version|edition|issue|summary|comments?|reasons?|descri\w+)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(r"\bnext\b|\bdue\b|\breview date\b", re.IGNORECASE)
_LONGEST_HEADER = 90


def read_file(path: Path, step: Callable[[int, int], None] = lambda _done, _of: None) -> Paper:
    """Read a document as the importer does, in a process of its own. Raises `UnreadableError`."""
    try:
        document = read_confined(path, step)
    except NotReadableError as error:
        raise UnreadableError(
            f"{inert.line(str(path))} cannot be read as a policy document: {error}"
        ) from error
    return paper_from_document(document, path.name)


def paper_from_document(document: Document, name: str) -> Paper:
    """A document as the lint reads it: the importer's addresses; contents and title page apart."""
    found = clauses(document)
    front = tuple(
        Clause(f"{FRONT}:{place}", line) for place, line in enumerate(document.front, start=1) if line
    )
    return Paper(name, tuple(_blocks(found)), _details(found), document.contents, front)


def _blocks(found: Clauses) -> Iterator[Clause]:
    """Headings and clauses in order: those that the importer made of the document's blocks, one by one."""
    headings, made = iter(found.headings.items()), iter(found.all)
    for block in found.document.blocks:
        if isinstance(block, Heading):
            address, text = next(headings)
            shown = text if mark_of(text) or not block.number else f"{_shown(block.number)} {text}"
            yield Clause(address, shown, (text,), "heading", level=block.level)
        elif not _is_empty(block):
            clause = next(made)
            kind: Kind = (
                "row" if clause.kind == "row" else "bullet" if isinstance(block, Item) else "paragraph"
            )
            above = (clause.heading,) if clause.heading else ()
            yield Clause(clause.address, clause.text, above, kind, clause.cells, number=clause.number)


def _shown(number: str) -> str:
    """An automatic number as the page shows it: Word keeps it apart from the heading's words."""
    return f"{number.replace('-', ' ').title()}:" if "-" in number else f"{number}."


def _is_empty(block: Block) -> bool:
    """Whether a row has nothing in it: the importer makes no clause of it."""
    return isinstance(block, Row) and not any(cell.strip("| \t\n") for cell in block.cells)


def _details(found: Clauses) -> Details:
    about = metadata(found)
    changed = max((*_log_in_tables(found), *_log_in_front(found.document.front)), key=str, default=None)
    approved, reviewed, due = map(_day, (about.approved, about.reviewed, about.review_due))
    return Details(about.version, approved, reviewed, due, changed)


def _day(text: str | None) -> Day | None:
    return date.fromisoformat(text) if text and len(text) == len("2026-11-21") else text


def _log_in_tables(found: Clauses) -> Iterator[Day]:
    """The dates of every row of a change log, known by its heading or by its columns."""
    header: tuple[str, ...] = ()
    table = 0
    for clause in found.all:
        if clause.kind != "row":
            continue
        if clause.table != table:
            table, header = clause.table, clause.cells
        if _LOG.search(clause.heading) or _is_log(" ".join(header)):
            yield from _past(
                cell for name, cell in zip(header, clause.cells, strict=False) if not _NEXT.search(name)
            )


def _log_in_front(front: Iterable[str]) -> Iterator[Day]:
    """The dates of a change log on the title page: the lines beneath its name or its columns."""
    inside = False
    for line in front:
        dates = list(_past([line]))
        if inside and dates:
            yield from dates[:1]
        else:
            inside = len(line) < _LONGEST_HEADER and bool(_LOG.search(line) or _is_log(line))


def _is_log(header: str) -> bool:
    return bool(_DATED.search(header) and _CHANGES.search(header)) and not dates_in(header)


def _past(texts: Iterable[str]) -> Iterator[Day]:
    yield from (day for text in texts if not _NEXT.search(text) for day in dates_in(text))
