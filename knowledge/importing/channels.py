"""The register of official channels, where a document has a table of them; gaps stay gaps."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from knowledge.importing.clauses import Clause, Clauses
from knowledge.importing.metadata import dated
from knowledge.lexicon import lexicon_file

_PLATFORM = re.compile(
    r"facebook|twitter|\bX\b|instagram|insta\b|tik ?tok|linkedin|you ?tube|snapchat|threads|pinterest|flickr|"
    r"vimeo|website|blog|whatsapp|bluesky|@\w",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundChannel:
    """One row of a register, as the document gives it."""

    address: str
    school: str | None
    channels: tuple[str, ...]
    master_admin: str | None
    approved: str | None
    opened: str | None
    closed: str | None
    example: bool
    """Whether the row is a template's example that nobody took out."""


def register(found: Clauses, organisation: str) -> tuple[FoundChannel, ...]:
    """Every row of every table that lists accounts."""
    tables: dict[int, list[Clause]] = {}
    for clause in found.all:
        if clause.kind == "row":
            tables.setdefault(clause.table, []).append(clause)
    return tuple(row for rows in tables.values() for row in _rows(rows, organisation))


def _rows(rows: Sequence[Clause], organisation: str) -> Iterator[FoundChannel]:
    headers = 2 if len(rows) > 1 and _goes_on(rows[0].cells, rows[1].cells) else 1
    columns = _columns([row.cells for row in rows[:headers]])
    accounts = {"account", "platform"} & set(columns.values())
    keepers = {"master_admin", "approved"} & set(columns.values())
    listed = sum(bool(_PLATFORM.search(" ".join(row.cells))) for row in rows[headers:])
    if not accounts or not keepers or not listed or 2 * listed < len(rows) - headers:
        return
    for row in rows[headers:]:
        cells = {name: row.cells[at].strip() for at, name in columns.items() if at < len(row.cells)}
        named = " ".join(filter(None, (cells.get("platform"), cells.get("account"))))
        example = re.match(r"^\s*(?:e\.?g\.?|example)\b", named, re.IGNORECASE) is not None
        channels = tuple(filter(None, (part.strip(" ,;-–") for part in _parted(named))))
        yield FoundChannel(
            address=row.address,
            school=cells.get("school") or _school(cells.get("account", ""), organisation),
            channels=channels,
            master_admin=cells.get("master_admin") or None,
            approved=cells.get("approved") or None,
            opened=dated(_full_year(cells.get("opened", ""))),
            closed=dated(_full_year(cells.get("closed", ""))),
            example=example,
        )


def _goes_on(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the second row is a header too: it is empty but for words of a header."""
    filled = [cell for cell in second if cell]
    return len(filled) < len(second) / 2 and all(_column(cell) for cell in filled) and bool(filled and first)


def _columns(headers: Sequence[Sequence[str]]) -> Mapping[int, str]:
    width = max(map(len, headers))
    columns: dict[int, str] = {}
    for at in range(width):
        said = [row[at] for row in headers if at < len(row) and row[at]]
        name = next(filter(None, (_column(cell) for cell in reversed(said))), None)
        if name and name not in columns.values():
            columns[at] = name
    return columns


def _column(cell: str) -> str | None:
    return next((name for name, said in _columns_said().items() if said.search(cell)), None)


@cache
def _columns_said() -> Mapping[str, re.Pattern[str]]:
    written = lexicon_file("document")["columns"]
    return {name: re.compile("|".join(said), re.IGNORECASE) for name, said in written.items()}


def _parted(named: str) -> list[str]:
    """Two channels out of "Twitter @a Facebook B"."""
    starts = [
        match.start()
        for match in re.finditer(r"\b(?:Facebook|Twitter|X:|Instagram|LinkedIn|YouTube|TikTok)\b", named)
    ]
    if len(starts) < 2 or starts[0] != 0 or " and " in named:  # noqa: PLR2004  one platform is one channel
        return [named]
    return [named[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def _school(account: str, organisation: str) -> str | None:
    if organisation and organisation.casefold() in account.casefold():
        return organisation
    bare = re.sub(r"https?://\S+?([\w]+)/?$", r"\1", account).strip(" @")
    return bare or organisation or None


def _full_year(cell: str) -> str:
    return re.sub(r"\b([A-Za-z]{3,9})\.?\s+'?(\d\d)$", r"\1 20\2", cell.strip())
