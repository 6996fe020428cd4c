"""F6 and F7: how long a start takes and what an idle server holds, over the bare imports of its libraries."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.installation import office_of, take_in
from tests.benchmarks.measuring import Figure, median, resident
from tests.support.program import Program
from tests.support.standin import StandIn

_LIBRARIES = (
    "sqlalchemy",
    "sqlmodel",
    "pydantic",
    "starlette.applications",
    "starlette.responses",
    "uvicorn",
    "apscheduler.schedulers.asyncio",
    "httpx",
    "prometheus_client",
    "cryptography.hazmat.primitives.ciphers.aead",
    "structlog",
    "typer",
    "yaml",
    "rapidfuzz",
)
"""All that `serve` itself imports from outside by the time it is ready."""
_DRIVERS = {"SQLite": "sqlite3", "PostgreSQL": "psycopg"}
_RSS = "print(next(int(line.split()[1]) / 1024 for line in open('/proc/self/status') if 'VmRSS' in line))"
_RUNS = 5
_PENDING = 1_000
_QUESTION = "a pupil has asked to follow me on instagram, can i accept"


def starting(program: Program, platform: StandIn, database: str) -> Iterator[Figure]:
    """Measure on a program that is not running yet, on an empty database."""
    first = _started(program)
    program.terminate()
    imports, ready, bare_memory, memory = [], [], [], []
    for _ in range(_RUNS):
        took, held = _bare(program, database)
        imports.append(took)
        bare_memory.append(held)
        ready.append(_started(program))
        time.sleep(1)
        memory.append(resident(program.pid))
        program.terminate()
    bare, bare_held = median(imports), median(bare_memory)
    yield Figure(
        "F6",
        f"{database}, the bare imports of {len(_LIBRARIES) + 1} libraries",
        f"{bare:.2f} s, {bare_held:.0f} MB",
    )
    over = median(ready) - bare
    what = f"{database}, from start to ready (on an empty database, with its tables to make: {first:.2f} s)"
    yield Figure("F6", what, f"{median(ready):.2f} s: {over:.2f} s over", "≤ 1 s over", over <= 1)
    held = median(memory) - bare_held
    yield Figure(
        "F7",
        f"{database}, memory held while idle",
        f"{held + bare_held:.0f} MB: {held:.0f} MB over",
        "≤ 40 MB over",
        held <= 40,
    )
    over = _after_a_kill(program, platform) - bare
    yield Figure(
        "F6",
        f"{database}, from start to ready after kill -9 with {_PENDING:,} pending",
        f"{over:.2f} s over",
        "≤ 2 s over",
        over <= 2,
    )


def asking(program: Program) -> Iterator[Figure]:
    """A question at the command line, nothing loaded before: anywhere, and where policies are published."""
    nowhere = {"SIGNPOST_DATABASE_URL": "", "SIGNPOST_DATA_DIR": str(program.folder / "nothing")}
    places: dict[str, dict[str, Any]] = {"with no database set": nowhere, "in an installation": {}}
    for place, settings in places.items():
        times = []
        for _ in range(_RUNS):
            began = time.perf_counter()
            ran = program.run("ask", "--json", "--policy", "dartmoor", _QUESTION, **settings)
            times.append(time.perf_counter() - began)
            assert ran.code == 0, ran.err
        took = median(times)
        what = f"`signpost ask --json` from cold, from start to exit, {place}"
        yield Figure("F6", what, f"{took:.2f} s", "≤ 0.6 s", took <= 0.6)


def _started(program: Program) -> float:
    began = time.perf_counter()
    program.start()
    return time.perf_counter() - began


def _bare(program: Program, database: str) -> tuple[float, float]:
    """Seconds for a process that imports the libraries and ends, and the megabytes that it holds."""
    words = f"import {', '.join((*_LIBRARIES, _DRIVERS[database]))}; {_RSS}"
    began = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, check=True, text=True, env=program.environment
    )
    return time.perf_counter() - began, float(ran.stdout)


def _after_a_kill(program: Program, platform: StandIn) -> float:
    """Seconds to ready when the last life ended in the middle of sending."""
    with office_of(program) as office:
        for _ in range(_PENDING // 2):
            take_in(office)
    platform.control(down=True)
    platform.forget()
    program.start()
    platform.wait_for(lambda calls: len(calls) > 0, within=10)
    program.kill()
    platform.control(down=False)
    took = _started(program)
    program.terminate()
    return took
