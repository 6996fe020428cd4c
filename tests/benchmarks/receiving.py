"""F3: how long a durable receipt takes at eight clients, beside one plain row per commit on the same disk."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg

from tests.benchmarks.installation import answers, office_of, take_in
from tests.benchmarks.measuring import Figure, Spread, cpu_seconds, spread, sync_rate, timed
from tests.support.databases import plain
from tests.support.processes import ROOT, bare_environment
from tests.support.program import Program

CLIENTS = 8
_EACH = 60
_RUNS = 3
_A_MINUTE = 1_000
"""Reports: what every school of a large trust together would send on its worst day (promise F2)."""
LIMITS = {"SQLite": 10.0, "PostgreSQL": 40.0}
Insert = Callable[[int], object]


def receiving(program: Program, database: str) -> Iterator[Figure]:
    """Measure on the program, not running yet, and on its database: first from here, then over HTTP."""
    disk = sync_rate(program.folder, os.fsync)

    def figure(what: str, found: Spread) -> Figure:
        limit, ratio = LIMITS[database], found.p50 / disk.p50
        shown = f"{found}, {ratio:.0f} × fsync"
        return Figure("F3", f"{database}, {what}", shown, f"p99 ≤ {limit:g} ms", found.p99 <= limit)

    with office_of(program) as office:
        runs = together(lambda _: take_in(office), warm=20)
        yield figure("in-process, eight threads at once", spread(runs))
        alone = spread([[timed(lambda: take_in(office)) for _ in range(200)]])
        yield figure("in-process, one thread", alone)
    program.start()
    over_http(program, each=10)
    before = cpu_seconds(program.pid)
    flat = spread([over_http(program, each=_EACH) for _ in range(_RUNS)])
    each = 1000 * (cpu_seconds(program.pid) - before) / (_RUNS * _EACH * CLIENTS)
    yield figure(f"over HTTP, eight clients, as fast as answered ({each:.1f} ms of processor each)", flat)
    gap = 60 * CLIENTS / _A_MINUTE
    paced = spread([over_http(program, each=round(10 / gap), gap=gap) for _ in range(_RUNS)])
    yield figure(f"over HTTP, eight clients, {_A_MINUTE:,} reports a minute", paced)
    beside = sync_rate(program.folder, os.fsync, gap=60 / _A_MINUTE)
    yield Figure("F3", f"this disk after it: four kilobytes and fsync, {_A_MINUTE:,} a minute", str(beside))
    program.terminate()


def over_http(program: Program, *, each: int, gap: float = 0.0) -> list[float]:
    """Milliseconds of each receipt, with eight clients from a process of their own."""
    words = [sys.executable, "-m", "tests.benchmarks.callers", str(program.port), "--clients", str(CLIENTS)]
    ran = subprocess.run(
        [*words, "--each", str(each), "--gap", str(gap)],
        input=program.token,
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
        env=bare_environment(),
    )
    return [float(took) for took in json.loads(ran.stdout)]


def together(does: Insert, *, warm: int = 5) -> list[list[float]]:
    """Milliseconds of each of several runs of eight threads that each do something over and over."""
    for place in range(warm):
        does(place % CLIENTS)
    return [_one_run(does) for _ in range(_RUNS)]


def _one_run(does: Insert) -> list[float]:
    ready = threading.Barrier(CLIENTS)

    def work(client: int) -> list[float]:
        ready.wait()
        return [timed(lambda: does(client)) for _ in range(_EACH)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [took for one in pool.map(work, range(CLIENTS)) for took in one]


def raw(folder: Path) -> Iterator[Figure]:
    """The disk itself, in the same run."""
    yield Figure("F3", "this disk: four kilobytes and fsync", str(sync_rate(folder, os.fsync)))
    yield Figure("F3", "this disk: four kilobytes and fdatasync", str(sync_rate(folder, os.fdatasync)))


def plain_sqlite(folder: Path) -> Figure:
    """The simplest honest peer: a script that puts one JSON row into SQLite per commit."""
    row = json.dumps(answers(0))
    places = [
        sqlite3.connect(folder / "plain.db", timeout=30, isolation_level=None, check_same_thread=False)
        for _ in range(CLIENTS)
    ]
    for one in places:
        one.execute("PRAGMA journal_mode = WAL")
        one.execute("PRAGMA synchronous = FULL")
    places[0].execute("CREATE TABLE report (id INTEGER PRIMARY KEY, body TEXT)")
    found = spread(
        together(lambda client: places[client].execute("INSERT INTO report (body) VALUES (?)", (row,)))
    )
    for one in places:
        one.close()
    return Figure("F3", "a plain sqlite3 script, one JSON row per commit, eight threads", str(found))


def plain_postgresql(url: str) -> Figure:
    """The same on PostgreSQL."""
    row = json.dumps(answers(0))
    places = [psycopg.connect(plain(url), autocommit=True) for _ in range(CLIENTS)]
    places[0].execute("CREATE TABLE report (id bigserial PRIMARY KEY, body text)")
    found = spread(
        together(lambda client: places[client].execute("INSERT INTO report (body) VALUES (%s)", (row,)))
    )
    for one in places:
        with closing(one):
            pass
    return Figure("F3", "a plain psycopg script, one JSON row per commit, eight threads", str(found))
