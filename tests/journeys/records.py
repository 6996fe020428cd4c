"""What the program has written down, read from its own database beside it; and that database held shut."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

_FILE = "signpost.db"


def audited(data: Path, action: str = "", reference: str = "") -> list[tuple[str, str, str]]:
    """The audit so far, oldest first: who, what, which case."""
    rows = _read(data, "SELECT actor, action, reference FROM audit ORDER BY seq")
    return [row for row in rows if action in {"", row[1]} and reference in {"", row[2]}]


def count_cases(data: Path) -> int:
    """How many cases there are."""
    return int(_read(data, "SELECT count(*) FROM case_file")[0][0])


def places(data: Path) -> dict[str, str]:
    """Where people are written to in Teams: their accounts' conversations."""
    return dict(_read(data, "SELECT account, conversation FROM conversation"))


def on_its_way(data: Path) -> int:
    """How many notices are being sent just now, or wait to be."""
    return int(_read(data, "SELECT count(*) FROM notice WHERE state IN ('leased', 'pending')")[0][0])


@contextmanager
def nothing_can_be_saved(data: Path) -> Iterator[None]:
    """Hold the database's only write lock."""
    held = sqlite3.connect(data / _FILE, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        held.execute("ROLLBACK")
        held.close()


def _read(data: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{data / _FILE}?mode=ro", uri=True)) as file:
        return file.execute(query).fetchall()
