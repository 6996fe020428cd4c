"""One transaction at a time: rolls back unless committed, durable once it is (promise R3).

SQLite: one file in WAL mode with `synchronous=FULL`; writers take the write lock at `BEGIN IMMEDIATE`, and
within a process a lock of our own before it, since SQLite's own waiting is unfair (p99 100 → 18 ms).
PostgreSQL: `synchronous_commit=off` is refused.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from storage.failpoints import failpoint

_BUSY_SECONDS = 2
_CONNECT_SECONDS = 2
_STATEMENT_MS = 2500
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "trusted_schema = OFF",
)


__all__ = ["Session", "Store", "TakenError", "UnavailableError", "UnsafeError", "commit"]


class UnavailableError(Exception):
    """The database cannot be written or read now; nothing of this transaction is kept."""


class TakenError(Exception):
    """Something that there can be only one of is there already; nothing of this transaction is kept."""


class UnsafeError(Exception):
    """The database is set up so that a receipt could be a lie; the text says what to change."""


class Store:
    """The database. `url` is a SQLAlchemy URL of SQLite or PostgreSQL."""

    def __init__(self, url: str, *, connections: int = 8) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._writing = threading.Lock()
        self.engine = self._sqlite() if self.sqlite else self._postgresql(connections)

    @property
    def file(self) -> Path | None:
        """SQLite's file, None for PostgreSQL."""
        return Path(self.url.database) if self.sqlite and self.url.database else None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a transaction that may write. Rolls back unless `commit` is called on the session.

        Raises `UnavailableError` when the database is down, full, read-only or locked too long.
        """
        failpoint("before-begin")
        if self.sqlite and not self._writing.acquire(timeout=_BUSY_SECONDS):
            raise UnavailableError("the database is busy")
        try:
            with self._session("BEGIN IMMEDIATE") as session:
                failpoint("after-begin")
                yield session
        finally:
            if self.sqlite:
                self._writing.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that only reads. Raises `UnavailableError`."""
        with self._session("BEGIN") as session:
            yield session

    @contextmanager
    def _session(self, begin: str) -> Iterator[Session]:
        try:
            with self.engine.connect() as connection:
                if self.sqlite:
                    connection.exec_driver_sql(begin)
                with Session(
                    connection,
                    autoflush=False,
                    expire_on_commit=False,
                    join_transaction_mode="control_fully",
                ) as session:
                    yield session
        except PoolTimeoutError as error:
            raise UnavailableError("no connection is free") from error
        except IntegrityError as error:
            raise TakenError("somebody else was first") from error
        except DBAPIError as error:
            if _passing(error):
                raise UnavailableError(type(error.orig).__name__) from None
            raise

    def _sqlite(self) -> Engine:
        if self.file is None:
            raise UnsafeError("SQLite in memory keeps nothing: name a file in SIGNPOST_DATABASE_URL")
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _owner_only(self.file)
        engine = create_engine(
            self.url,
            poolclass=QueuePool,
            pool_timeout=_CONNECT_SECONDS,
            hide_parameters=True,
            connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False, "isolation_level": None},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        return engine

    def _postgresql(self, connections: int) -> Engine:
        engine = create_engine(
            self.url,
            pool_size=connections,
            max_overflow=connections,
            pool_timeout=_CONNECT_SECONDS,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "connect_timeout": _CONNECT_SECONDS,
                "options": f"-c statement_timeout={_STATEMENT_MS} -c lock_timeout={_STATEMENT_MS}",
            },
        )
        event.listen(engine, "connect", _refuse_unsafe_commit)
        return engine

    def check(self) -> None:
        """Look whether the file is whole. Raises `UnsafeError` or `UnavailableError`."""
        with self.reading() as session:
            if self.sqlite:
                found = session.connection().execute(text("PRAGMA quick_check")).scalar()
                if found != "ok":
                    raise UnsafeError(f"the database file is damaged ({found}): restore a backup")
            else:
                session.connection().execute(text("SELECT 1"))

    def forget_deleted(self) -> None:
        """Empty SQLite's WAL, where deleted text would linger."""
        if self.sqlite:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def commit(session: Session) -> None:
    """Commit; on return the transaction is on disk."""
    failpoint("before-commit")
    session.commit()
    failpoint("after-commit")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _refuse_unsafe_commit(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        setting = cursor.fetchone()[0]
        cursor.execute("SHOW fsync")
        fsync = cursor.fetchone()[0]
    connection.rollback()
    if setting == "off" or fsync == "off":
        raise UnsafeError(
            f"PostgreSQL runs with synchronous_commit={setting} and fsync={fsync}: "
            "reports could be lost. Set both on"
        )


def _owner_only(path: Path) -> None:
    """Create the file readable by its owner alone, before SQLite would with the default mode."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _passing(error: DBAPIError) -> bool:
    """Whether the database is away, full or locked, rather than the statement being wrong."""
    return isinstance(error, OperationalError) or error.connection_invalidated
