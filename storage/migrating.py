"""Brings the tables to this version, or back by one, under a lock that only one process holds."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session

from storage.failpoints import failpoint
from storage.store import Store

HEAD = "0006"
"""The newest revision; kept here so that a start on a current database needs no migration library."""
_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_203_115_560
_PATIENCE = 60.0
"""Seconds for which one that starts waits for another that brings the tables up."""


class RevisionError(Exception):
    """There is no such revision, or none to go back to."""


def current(store: Store) -> str | None:
    """The revision the tables are at; None for an empty database."""
    with store.reading() as session:
        return _revision(session.connection())


def migrate(store: Store, to: str = "head") -> tuple[str | None, str | None]:
    """Go to a revision (`head`, `-1` for one back, or its number); returns from where to where.

    Three replicas that start on an empty database at once wait for each other here.
    Raises `RevisionError` where there is no such revision.
    """
    with store.writing(patience=_PATIENCE) as session:
        before, after = migrate_within(session, to)
        if (before, to) != (after, "head"):
            failpoint("migration")
            session.commit()
    return before, after


def migrate_within(session: Session, to: str) -> tuple[str | None, str | None]:
    """Go to a revision in the caller's transaction; `base` drops every table."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE:.0f}s'"))
        connection.execute(text(f"SET LOCAL statement_timeout = '{_PATIENCE:.0f}s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    before = _revision(connection)
    if before is not None and before > HEAD:
        raise RevisionError(
            f"the tables are at revision {before} and this version knows {HEAD} at most: install the newer "
            f"version, or have it take them back by one (signpost migrate --down 1)"
        )
    if to == "head" and before == HEAD:
        return before, before
    _run(connection, before, to)
    return before, _revision(connection)


def _run(connection: Connection, before: str | None, to: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    try:
        if to == "base" or to.startswith("-") or (before is not None and to != "head" and to < before):
            command.downgrade(config, to)
        else:
            command.upgrade(config, to)
    except CommandError as error:
        raise RevisionError(
            f"there is no revision {to!r} to go to from {before or 'an empty database'}"
        ) from error


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
