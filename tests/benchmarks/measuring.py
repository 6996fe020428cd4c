"""What every measurement of reports shares: figures, percentiles, this machine, and what a process uses."""

import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_PAGE = b"x" * 4096
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `kept` is None where the line stands beside a promise rather than for one."""

    promise: str
    what: str
    found: str
    limit: str = ""
    kept: bool | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in milliseconds: the medians of several runs' percentiles."""

    p50: float
    p99: float

    def __str__(self) -> str:
        return f"{self.p50:.2f} / {self.p99:.2f} ms"


def spread(runs: Sequence[Sequence[float]]) -> Spread:
    """The medians, over runs, of each run's 50th and 99th percentile."""
    found = [np.percentile(run, [50, 99]) for run in runs]
    return Spread(*(float(statistics.median(column)) for column in zip(*found, strict=True)))


def median(found: Sequence[float]) -> float:
    """The middle one of several runs."""
    return float(statistics.median(found))


def timed(does: Callable[[], object]) -> float:
    """Milliseconds that something takes."""
    began = time.perf_counter()
    does()
    return 1000 * (time.perf_counter() - began)


def sync_rate(folder: Path, sync: Callable[[int], None], *, times: int = 400, gap: float = 0.0) -> Spread:
    """How long this machine takes to put four kilobytes at the end of a file on disk.

    `gap` is the seconds between two: a disk that others use too stalls now and then, if not at once.
    """
    path = folder / f"{sync.__name__}.probe"
    with path.open("wb", buffering=0) as file:

        def put() -> None:
            file.write(_PAGE)
            sync(file.fileno())

        run = []
        for _ in range(times):
            time.sleep(gap)
            run.append(timed(put))
    path.unlink()
    return spread([run])


def machine() -> str:
    """The machine in one line."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if "model name" in line), ""
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if "MemTotal" in line), 0)
    parts = (
        f"{os.cpu_count()} × {cpu or platform.machine()}",
        f"{memory / 2**20:.0f} GiB",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
    )
    return ", ".join(parts)


def load() -> float:
    """How many processes wanted to run over the last minute."""
    return os.getloadavg()[0]


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used so far, its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="latin-1").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def threads(pid: int) -> int:
    """How many threads a process has."""
    return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())


def resident(pid: int | str) -> float:
    """Megabytes of memory that a process holds now."""
    return next(int(line.split()[1]) / 1024 for line in _lines(f"/proc/{pid}/status") if "VmRSS" in line)


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="latin-1").splitlines()
