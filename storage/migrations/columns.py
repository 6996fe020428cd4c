"""Columns in a word each, so that a migration reads as a list of tables."""

import sqlalchemy as sa
from alembic import op

from storage.models import UtcTime


def text(*names: str) -> list[sa.Column[str]]:
    """Text columns; a name with a question mark may be empty."""
    return [sa.Column(name.rstrip("?"), sa.String(), nullable=name.endswith("?")) for name in names]


def number(*names: str) -> list[sa.Column[int]]:
    """Whole numbers."""
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def truth(*names: str) -> list[sa.Column[bool]]:
    """Yes or no."""
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]


def time(*names: str) -> list[sa.Column[object]]:
    """UTC timestamps; a name with a question mark may be empty."""
    return [sa.Column(name.rstrip("?"), UtcTime(), nullable=name.endswith("?")) for name in names]


def sealed(*names: str) -> list[sa.Column[bytes]]:
    """Encrypted bytes; a name with a question mark may be empty."""
    return [sa.Column(name.rstrip("?"), sa.LargeBinary(), nullable=name.endswith("?")) for name in names]


def key(name: str = "id") -> sa.Column[str]:
    """The primary key, opaque text."""
    return sa.Column(name, sa.String(), primary_key=True)


def case(name: str = "case_id", *, optional: bool = False) -> sa.Column[str]:
    """The case that a row hangs on."""
    return sa.Column(name, sa.String(), sa.ForeignKey("case_file.id"), nullable=optional)


def index(table: str, *names: str) -> None:
    """One index a column."""
    for name in names:
        op.create_index(f"ix_{table}_{name}", table, [name])
