"""Ways of taking a running program's database from it, and of giving it back."""

import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from tempfile import mkdtemp
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.support.databases import plain
from tests.support.postgres import PostgresServer
from tests.support.program import Program

_MEGABYTES = 24
_BLOCK = 4096
_AS_ROOT: tuple[tuple[str, ...], ...] = ((), ("sudo", "-n"))


def as_root(*words: str) -> None:
    """Run something that only root may. Skips the test where nobody here is root or may be."""
    for before in _AS_ROOT:
        with suppress(FileNotFoundError):
            ran = subprocess.run([*before, *words], capture_output=True, check=False)
            if ran.returncode == 0:
                return
    pytest.skip(f"only root can do this drill: {' '.join(words)}")


@contextmanager
def small_disk() -> Iterator[Path]:
    """Give a disk of a few megabytes, in a place that PostgreSQL's own user may go to as well."""
    disk = Path(mkdtemp(prefix="signpost-disk-"))
    as_root("mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m,mode=1777", "tmpfs", str(disk))
    try:
        yield disk
    finally:
        as_root("umount", "--lazy", str(disk))
        disk.rmdir()


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Leave no room on a disk."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * _BLOCK)
    assert shutil.disk_usage(disk).free < _BLOCK
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def writing_forbidden(program: Program) -> Iterator[None]:
    """Have every write of the program to any file fail, as when its quota is used up."""
    _, most = resource.prlimit(program.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (0, most))
    try:
        yield
    finally:
        resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (most, most))


@contextmanager
def file_immutable(database: str) -> Iterator[None]:
    """Make SQLite's files such that nobody may write them, whoever has them open.

    All but the index of its log, which it has mapped into memory: were that one's page clean just then, the
    kernel would answer the next reader with SIGBUS, and the process would be gone (docs/operations.md).
    """
    path = sqlite_file(database)
    files = [str(file) for file in path.parent.glob(f"{path.name}*") if not file.name.endswith("-shm")]
    as_root("chattr", "+i", *files)
    try:
        yield
    finally:
        as_root("chattr", "-i", *files)


@contextmanager
def file_locked(database: str) -> Iterator[None]:
    """Hold SQLite's write lock, as a tool that somebody left open would."""
    with closing(sqlite3.connect(sqlite_file(database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def table_locked(database: str) -> Iterator[None]:
    """Hold PostgreSQL's table of cases."""
    with psycopg.connect(plain(database)) as other:
        other.execute("LOCK TABLE case_file IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


@contextmanager
def server_read_only(database: str) -> Iterator[None]:
    """Have PostgreSQL take reads only, as a standby or one that was switched over does."""
    _set_read_only(database, sql.SQL("SET default_transaction_read_only = on"))
    try:
        yield
    finally:
        _set_read_only(database, sql.SQL("RESET default_transaction_read_only"))


def _set_read_only(database: str, how: sql.SQL) -> None:
    with psycopg.connect(plain(database), autocommit=True) as connection:
        connection.read_only = False
        name = sql.Identifier(connection.info.dbname)
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(sql.SQL("ALTER DATABASE {} {}").format(name, how))
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def database_on(disk: Path, server: PostgresServer) -> Iterator[str]:
    """Give the URL of a PostgreSQL database whose tables, though not its log, are on this disk."""
    place = disk / "tables"
    place.mkdir()
    owner = server.folder.stat()
    if os.geteuid() == 0:
        os.chown(place, owner.st_uid, owner.st_gid)
    name = sql.Identifier(f"small_{token_hex(4)}")
    with psycopg.connect(plain(server.url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(name, sql.Literal(str(place))))
        connection.execute(sql.SQL("CREATE DATABASE {0} TABLESPACE {0} TEMPLATE template0").format(name))
        try:
            yield urlsplit(server.url)._replace(path=f"/{name.as_string()[1:-1]}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("DROP TABLESPACE {}").format(name))


def sqlite_file(database: str) -> Path:
    """Where a SQLite database is."""
    return Path(urlsplit(database).path.removeprefix("/"))
