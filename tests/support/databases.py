"""Fresh databases on a PostgreSQL server, cheap enough for every test to have one of its own.

`CREATE DATABASE` writes megabytes, which takes a tenth of a second or three. So a database that a test gives
back is emptied, in a hundredth, and used again; but only if it then is what it was when it was new.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import LiteralString
from urllib.parse import urlsplit

import psycopg
from psycopg import Connection, sql

Prepare = Callable[[str], None]
"""Fills a new database, given its URL: `storage`'s migrations, say."""
_STRUCTURE: LiteralString = """
    SELECT format('%s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'
    UNION ALL SELECT setconfig::text FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
        WHERE datname = current_database()
    ORDER BY 1
"""
_OTHERS_END: LiteralString = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SEQUENCES_RESTART: LiteralString = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences
"""


@dataclass(frozen=True, slots=True)
class _State:
    """What a database is like: its structure, and the rows of the tables that have any."""

    structure: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def filled(self) -> frozenset[str]:
        return frozenset(table for table, _ in self.rows)


class Postgres:
    """A running PostgreSQL server on which databases can be made. `url` leads to its maintenance database.

    The role in the URL must be a superuser.
    """

    def __init__(self, url: str) -> None:
        self.url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self._made: dict[str, Prepare | None] = {}
        self._spare: dict[Prepare | None, list[str]] = defaultdict(list)
        self._new: dict[Prepare | None, _State] = {}

    def new_database(self, prepare: Prepare | None = None) -> str:
        """The URL of a database as new: empty, or as `prepare` leaves an empty one."""
        if self._spare[prepare]:
            return self._url_of(self._spare[prepare].pop())
        name = f"signpost_{token_hex(6)}"
        self._say(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        self._made[name] = prepare
        url = self._url_of(name)
        if prepare is not None:
            prepare(url)
        if prepare not in self._new:
            with psycopg.connect(plain(url)) as connection:
                self._new[prepare] = _state(connection)
        return url

    def give_back(self, url: str) -> None:
        """Take a database made here back, whoever is still connected to it, to be used again if it can be."""
        name = urlsplit(url).path.removeprefix("/")
        prepare = self._made[name]
        new = self._new[prepare]
        with psycopg.connect(plain(url), autocommit=True) as connection:
            connection.execute(_OTHERS_END)
            if prepare is None:
                connection.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
            else:
                _empty(connection, keep=new.filled)
            as_new = _state(connection) == new
        if as_new:
            self._spare[prepare].append(name)
        else:
            self._drop(name)

    def close(self) -> None:
        """Drop whatever was made here and is still there."""
        for name in tuple(self._made):
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._say(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        del self._made[name]

    def _url_of(self, name: str) -> str:
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def _say(self, order: sql.Composed) -> None:
        with psycopg.connect(plain(self.url), autocommit=True) as connection:
            connection.execute(order)


def plain(url: str) -> str:
    """A SQLAlchemy URL as libpq and psycopg understand it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def rows_of(url: str, query: LiteralString) -> list[tuple[object, ...]]:
    """What a statement gives, committed: for tests that look, or reach, past the program."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        asked = connection.execute(query)
        return asked.fetchall() if asked.description else []


def _state(connection: Connection) -> _State:
    tables = {table: _rows(connection, table) for table in _tables(connection)}
    structure = tuple(str(line) for (line,) in connection.execute(_STRUCTURE))
    return _State(structure, tuple((table, rows) for table, rows in tables.items() if rows))


def _empty(connection: Connection, *, keep: frozenset[str]) -> None:
    """Delete every row of every table but those to keep, past foreign keys and triggers that forbid it."""
    connection.execute("SET session_replication_role = replica")
    for table in _tables(connection):
        if table not in keep:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    connection.execute(_SEQUENCES_RESTART)


def _tables(connection: Connection) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [str(table) for (table,) in found]


def _rows(connection: Connection, table: str) -> tuple[str, ...]:
    order = sql.SQL("SELECT row::text FROM {} AS row ORDER BY 1").format(sql.Identifier(table))
    return tuple(str(row) for (row,) in connection.execute(order))
