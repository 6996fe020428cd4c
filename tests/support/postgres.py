"""PostgreSQL for the tests: a server of their own, which they may crash, or one that already runs."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import psycopg

from tests.support.databases import Postgres, plain
from tests.support.processes import LOOPBACK, children, end, free_port, running
from tests.support.waiting import wait_for

EXISTING = "SIGNPOST_TEST_POSTGRES_URL"
"""The environment variable naming a server to use instead of starting one: its role must be a superuser."""
OLDEST = 15
"""The oldest version that Signpost supports."""
_READY = 30.0
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/opt/postgresql@*/bin")
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "max_connections": "200",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


class NoPostgresError(Exception):
    """There is neither an existing PostgreSQL server to use nor the binaries to start one."""


class PostgresServer(Postgres):
    """A server in a temporary folder, on a loopback port of its own, trusting whoever comes from there.

    The port, and with it every URL, outlives a crash. As root it runs as the user `postgres` (or `nobody`),
    because PostgreSQL refuses to run as root.
    """

    def __init__(self, binaries: Path | None = None) -> None:
        super().__init__("")
        self._binaries = binaries or find_binaries()
        self._account = _account()
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = Path()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Make the files and start the server; it takes connections when this returns."""
        self.folder = Path(tempfile.mkdtemp(prefix="signpost-pg-"))
        if self._account:
            os.chown(self.folder, self._account.uid, self._account.gid)
        words = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "--no-sync"]
        making = self._run("initdb", f"--pgdata={self._data}", *words)
        if making.wait(_READY) != 0:
            raise RuntimeError(f"initdb failed: {self.log()}")
        self._serve(new_port=True)

    def crash(self) -> None:
        """Kill the server as a power cut would: none of its processes gets to write or to say anything more.

        The postmaster is stopped first, or it would start new children while the old ones are being killed.
        """
        if self._process is None:
            return
        os.kill(self._process.pid, signal.SIGSTOP)
        family = children(self._process.pid)
        for pid in (*family, self._process.pid):
            _kill(pid)
        self._process.wait()
        self._process = None
        wait_for(
            lambda: [pid for pid in family if running(pid)],
            lambda alive: not alive,
            within=10,
            what="every process of the crashed PostgreSQL to be gone",
        )

    def restart(self) -> None:
        """Start again on the same files and port, recovering from a crash if there was one."""
        if self._process is not None:
            end(self._process, how=signal.SIGINT, within=_READY)
        self._serve(new_port=False)

    @property
    def up(self) -> bool:
        """Whether the server's process is there."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop the server and remove its files."""
        if self._process is not None:
            end(self._process, how=signal.SIGQUIT, within=_READY)
            self._process = None
        if self.folder != Path():
            shutil.rmtree(self.folder)

    def log(self) -> str:
        """The last 4,000 characters of the server's log."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _serve(self, *, new_port: bool) -> None:
        """Start until it stays: a port may just have been taken, a crashed server's memory still be held."""
        deadline = time.monotonic() + _READY
        while time.monotonic() < deadline:
            if new_port:
                self.url = f"postgresql+psycopg://postgres@{LOOPBACK}:{free_port()}/postgres"
            self._process = self._run("postgres", "-D", str(self._data), *self._options())
            while self.up and time.monotonic() < deadline:
                if self._answers():
                    return
                time.sleep(0.02)
        self.crash()
        raise RuntimeError(f"PostgreSQL did not start in {_READY:g} s: {self.log()}")

    def _options(self) -> list[str]:
        own = {"port": str(urlsplit(self.url).port), "unix_socket_directories": str(self.folder)}
        return [word for key, value in {**_SETTINGS, **own}.items() for word in ("-c", f"{key}={value}")]

    def _answers(self) -> bool:
        """Whether this server takes connections; another one on the port is told by where its files are."""
        try:
            with psycopg.connect(plain(self.url), connect_timeout=2) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return row == (str(self._data),)

    def _run(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        account = self._account
        with (self.folder / "server.log").open("ab") as log:
            return subprocess.Popen(
                [self._binaries / program, *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )


@dataclass(frozen=True, slots=True)
class _Account:
    uid: int
    gid: int


def find_binaries() -> Path:
    """The folder of the newest server binaries. Raises `NoPostgresError` where none are new enough."""
    packaged = [folder for place in PLACES for folder in Path("/").glob(place.removeprefix("/"))]
    named = shutil.which("postgres")
    folders = [*packaged, *([Path(named).resolve().parent] if named else [])]
    usable = [folder for folder in folders if (folder / "initdb").exists() and _version(folder) >= OLDEST]
    if not usable:
        raise NoPostgresError(
            f"no PostgreSQL of version {OLDEST} or newer: install its server package, or set {EXISTING}"
        )
    return max(usable, key=_version)


def _version(folder: Path) -> int:
    """The 15 in `postgres (PostgreSQL) 15.18 (Debian …)`; 0 where the binary doesn't run."""
    try:
        said = subprocess.check_output([folder / "postgres", "--version"], text=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def _account() -> _Account | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return _Account(entry.pw_uid, entry.pw_gid)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
