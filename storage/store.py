"""One transaction at a time: rolls back unless committed, durable once it is (promise R3).

SQLite: one file in WAL mode with `synchronous=FULL`; writers take the write lock at `BEGIN IMMEDIATE`, and
within a process a lock of our own before it, since SQLite's own waiting is unfair (p99 100 → 18 ms).
PostgreSQL: `synchronous_commit=off` and `fsync=off` are refused, and what was found is held for the session.
Nobody waits longer than `_TURN_SECONDS` for a turn, so that "not saved" is said in time (promise R17).
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from storage.failpoints import failpoint
from storage.turns import Turns

_TURN_SECONDS = 2.0
_CONNECT_SECONDS = 2
_STATEMENT_MS = 2000
_LOST_MS = 2500
_HURRY_MS, _LEAST_MS = 1500, 50
"""With less than the first left, PostgreSQL is told not to wait for a lock as long as it otherwise would."""
_READERS_SECONDS, _PAUSE = 0.25, 0.01
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_READ_ONLY = "25006"
_BROKEN = ("58", "XX")
"""PostgreSQL's classes of errors for a machine or files that fail."""
_PRAGMAS = (
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "trusted_schema = OFF",
)


__all__ = ["Hands", "Session", "Store", "TakenError", "UnavailableError", "UnsafeError", "commit"]
P = ParamSpec("P")
T = TypeVar("T")
_job = threading.local()


class UnavailableError(Exception):
    """The database cannot be written or read now; nothing of this transaction is kept."""


class TakenError(Exception):
    """Something that there can be only one of is there already; nothing of this transaction is kept."""


class UnsafeError(Exception):
    """The database is set up so that a receipt could be a lie; the text says what to change."""


class Hands(ThreadPoolExecutor):
    """Threads for work on the database: the time that a job waits for one counts as waiting for its turn."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have it done."""
        return super().submit(_since, time.monotonic(), fn, *args, **kwargs)


def _since(moment: float, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    _job.since = moment
    try:
        return fn(*args, **kwargs)
    finally:
        del _job.since


def _left() -> float:
    """Seconds that this thread may still wait for the database, from when its job was handed in."""
    now = time.monotonic()
    return max(0.0, getattr(_job, "since", now) + _TURN_SECONDS - now)


class Store:
    """The database. `url` is a SQLAlchemy URL of SQLite or PostgreSQL."""

    def __init__(self, url: str, *, connections: int = 8) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._writing = Turns()
        self.engine = self._sqlite() if self.sqlite else self._postgresql(connections)

    @property
    def file(self) -> Path | None:
        """SQLite's file, None for PostgreSQL."""
        return Path(self.url.database) if self.sqlite and self.url.database else None

    @contextmanager
    def writing(self, *, patience: float | None = None) -> Iterator[Session]:
        """Open a transaction that may write. Rolls back unless `commit` is called on the session.

        Raises `UnavailableError` when the database is down, full, read-only or locked too long: for
        `patience` seconds, where nobody waits for an answer.
        """
        failpoint("before-begin")
        began, left = time.monotonic(), _left() if patience is None else patience
        if self.sqlite and not self._writing.acquire(timeout=left):
            raise UnavailableError("the database is busy")
        try:
            # What was waited for our own lock is not waited for SQLite's as well.
            left = max(0.0, left - (time.monotonic() - began)) * 1000
            with self._session(f"PRAGMA busy_timeout = {int(left)}", "BEGIN IMMEDIATE") as session:
                if not self.sqlite and left < _HURRY_MS:
                    _hurry(session, left)
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
    def snapshot(self) -> Iterator[Session]:
        """Open a transaction that sees everything as it stands at one moment, for as long as it takes."""
        with self._session("BEGIN") as session:
            if not self.sqlite:
                connection = session.connection()
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            yield session

    @contextmanager
    def _session(self, *begin: str) -> Iterator[Session]:
        """Open a transaction; `begin` is how SQLite's begins, since we begin those ourselves."""
        try:
            with self.engine.connect() as connection:
                for order in begin if self.sqlite else ():
                    connection.exec_driver_sql(order)
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
            connect_args={"timeout": _TURN_SECONDS, "check_same_thread": False, "isolation_level": None},
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
                "tcp_user_timeout": _LOST_MS,
                "keepalives_idle": 1,
                "keepalives_interval": 1,
                "keepalives_count": 2,
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

    def forget_deleted(self) -> bool:
        """Empty SQLite's WAL, where deleted text would linger, once nobody reads what was there before.

        False where somebody still does after a quarter of a second.
        """
        deadline = time.monotonic() + _READERS_SECONDS
        while self.sqlite and not self._emptied():
            if time.monotonic() >= deadline:
                return False
            time.sleep(_PAUSE)  # somebody else may be emptying it: for that, SQLite does not wait by itself
        return True

    def _emptied(self) -> bool:
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(_READERS_SECONDS * 1000)}")
                blocked = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        except OperationalError:
            return False
        return not blocked

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def commit(session: Session) -> None:
    """Commit; on return the transaction is on disk."""
    failpoint("before-commit")
    session.commit()
    failpoint("after-commit")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    _write_ahead(connection)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any) -> None:
    """Turn the WAL on; where several start on a new file at once, SQLite does not wait for that by itself."""
    deadline = time.monotonic() + _TURN_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _refuse_unsafe_commit(connection: Any, _record: object) -> None:
    """Refuse a server whose commits may be lost; hold its setting, since it may be changed while we run."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        setting = cursor.fetchone()[0]
        cursor.execute("SHOW fsync")
        fsync = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('synchronous_commit', %s, false)", [setting])
    connection.commit()
    if setting == "off" or fsync == "off":
        raise UnsafeError(
            f"PostgreSQL runs with synchronous_commit={setting} and fsync={fsync}: "
            "reports could be lost. Set both on"
        )


def _hurry(session: Session, milliseconds: float) -> None:
    session.connection().execute(text(f"SET LOCAL lock_timeout = {max(_LEAST_MS, int(milliseconds))}"))


def _owner_only(path: Path) -> None:
    """Create the file readable by its owner alone, before SQLite would with the default mode."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _passing(error: DBAPIError) -> bool:
    """Whether the database is away, full, locked, read-only or damaged, rather than the statement wrong."""
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return True
    damaged = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
    state = getattr(error.orig, "sqlstate", None) or ""
    return damaged or state == _READ_ONLY or state.startswith(_BROKEN)
