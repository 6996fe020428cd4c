"""The file a backup is: lines of JSON, whose last signs all before it. The same from both databases.

    {"signpost": "backup", "format": 1, "revision": "0002", "made_at": …, "audit": "SEQ:MAC", "tables": […]}
    ["case_file", [value, value, …], …]     rows of a table, their values in the order of the header's columns
    {"hmac": "…"}                           HMAC-SHA-256 of the lines before, under the audit key

Bytes stand in base64, times in ISO 8601, both as the header says of their column. Not compressed: most of it
is encrypted and would hardly get smaller for twice the time (promise F8).
"""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

import sqlalchemy as sa

from storage.models import UtcTime

FORMAT = 1
_TOGETHER = 100
"""Rows on a line."""
_PURPOSE = b"signpost\x1fbackup\x1f"
_JSON = json.JSONEncoder(separators=(",", ":"))
_TYPES: Mapping[str, Any] = {
    "bytes": sa.LargeBinary(),
    "time": UtcTime(),
    "truth": sa.Boolean(),
    "number": sa.BigInteger(),
    "text": sa.String(),
}
_WRITTEN: Mapping[str, Callable[[Any], Any]] = {
    "bytes": lambda value: b64encode(value).decode("ascii"),
    "time": lambda value: value.isoformat(),
}
_READ: Mapping[str, Callable[[Any], Any]] = {
    "bytes": lambda text: b64decode(text, validate=True),
    "time": datetime.fromisoformat,
}


_GARBLED = (ValueError, KeyError, TypeError, IndexError, AttributeError)


class ArchiveError(Exception):
    """A backup that cannot be used; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a backup: its columns with what each holds, and how many rows follow."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: int

    @classmethod
    def of(cls, table: sa.Table, rows: int) -> Self:
        """A table as the models have it."""
        return cls(table.name, tuple((one.name, _kind(one.type)) for one in table.columns), rows)

    def for_insert(self) -> sa.TableClause:
        """The table for writing these columns into, whatever the models have become since."""
        return sa.table(self.name, *(sa.column(name, _TYPES[kind]) for name, kind in self.columns))


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself. `audit` is where the audit chain ended."""

    revision: str
    made_at: datetime
    audit: str
    tables: tuple[Table, ...]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables)

    def line(self) -> bytes:
        """The first line."""
        tables = [
            {"name": one.name, "columns": [list(column) for column in one.columns], "rows": one.rows}
            for one in self.tables
        ]
        return _line(
            {
                "signpost": "backup",
                "format": FORMAT,
                "revision": self.revision,
                "made_at": self.made_at.isoformat(),
                "audit": self.audit,
                "tables": tables,
            }
        )


class Writer:
    """Writes a backup into an open file: the header, then rows table by table, then the signature."""

    def __init__(self, file: BinaryIO, key: bytes, header: Header) -> None:
        self._out = file
        self._mac = hmac.new(key, _PURPOSE, "sha256")
        self._write(header.line())

    def write(self, table: Table, rows: Sequence[Sequence[Any]]) -> None:
        """Write rows of a table, in the order of its columns."""
        turned = [
            (place, _WRITTEN[kind]) for place, (_, kind) in enumerate(table.columns) if kind in _WRITTEN
        ]
        for start in range(0, len(rows), _TOGETHER):
            some = [_row(row, turned) for row in rows[start : start + _TOGETHER]]
            self._write(_line([table.name, *some]))

    def sign(self) -> None:
        """Sign; the file itself stays open."""
        self._out.write(_line({"hmac": self._mac.hexdigest()}))

    def _write(self, lines: bytes) -> None:
        self._mac.update(lines)
        self._out.write(lines)


@dataclass(slots=True)
class Reader:
    """A backup being read. Only when `rows` were read to the end is it known that all of it is genuine."""

    header: Header
    _lines: Iterator[bytes] = field(repr=False)
    _mac: "hmac.HMAC" = field(repr=False)
    _seen: dict[str, int] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[Table, tuple[Any, ...]]]:
        """Every row with its table. Raises `ArchiveError`, at the end for what was changed or is missing."""
        tables = {table.name: (table, _readers(table)) for table in self.header.tables}
        try:
            for line in self._lines:
                content = _parsed(line)
                if isinstance(content, dict):
                    self._check(content)
                    return
                self._mac.update(line)
                table, readers = tables[content[0]]
                self._seen[table.name] = self._seen.get(table.name, 0) + len(content) - 1
                yield from ((table, _decoded(row, readers)) for row in content[1:])
        except _GARBLED as error:
            raise ArchiveError("it is damaged") from error
        raise ArchiveError("its end is missing")

    def verify(self) -> None:
        """Read all of it and keep nothing. Raises `ArchiveError`."""
        for _ in self.rows():
            pass

    def _check(self, trailer: Mapping[str, Any]) -> None:
        if not hmac.compare_digest(str(trailer.get("hmac")), self._mac.hexdigest()):
            raise ArchiveError("it was changed, or belongs to an installation with another audit key")
        if next(self._lines, None) is not None:
            raise ArchiveError("something was added to its end")
        if any(self._seen.get(table.name, 0) != table.rows for table in self.header.tables):
            raise ArchiveError("it has not as many rows as it says")


@contextmanager
def reading(path: Path, key: bytes) -> Iterator[Reader]:
    """Open a backup. Raises `ArchiveError` where it is none, and `OSError` where it cannot be read."""
    with path.open("rb") as file:
        lines = iter(file)
        try:
            first = next(lines, b"")
            header = _header(first)
        except _GARBLED as error:
            raise ArchiveError("it is no backup of Signpost") from error
        yield Reader(header, lines, hmac.new(key, _PURPOSE + first, "sha256"))


def _header(line: bytes) -> Header:
    said = _parsed(line)
    if not isinstance(said, dict) or said.get("signpost") != "backup":
        raise ArchiveError("it is no backup of Signpost")
    if said["format"] != FORMAT:
        raise ArchiveError("it was made by a newer version of Signpost")
    tables = tuple(
        Table(one["name"], tuple((name, kind) for name, kind in one["columns"]), one["rows"])
        for one in said["tables"]
    )
    return Header(said["revision"], datetime.fromisoformat(said["made_at"]), said["audit"], tables)


def _parsed(line: bytes) -> Any:
    if not line.endswith(b"\n"):
        raise ArchiveError("its end is missing")
    return json.loads(line)


def _row(row: Sequence[Any], turned: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = list(row)
    for place, turn in turned:
        if values[place] is not None:
            values[place] = turn(values[place])
    return values


def _decoded(content: Sequence[Any], readers: Sequence[Callable[[Any], Any] | None]) -> tuple[Any, ...]:
    return tuple(
        value if turn is None or value is None else turn(value)
        for value, turn in zip(content, readers, strict=True)
    )


def _readers(table: Table) -> tuple[Callable[[Any], Any] | None, ...]:
    return tuple(_READ.get(kind) for _, kind in table.columns)


def _line(value: object) -> bytes:
    return _JSON.encode(value).encode() + b"\n"


def _kind(type_: Any) -> str:
    for kind, found in (("bytes", sa.LargeBinary), ("time", UtcTime), ("truth", sa.Boolean)):
        if isinstance(type_, found):
            return kind
    return "number" if isinstance(type_, sa.Integer) else "text"
