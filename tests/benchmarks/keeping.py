"""F5 and F8: what ten thousand open cases cost while nothing happens, and how fast they are copied."""

import time
from collections.abc import Iterator

from sqlalchemy import func
from sqlmodel import select, update

from bot import app
from bot.reporting.climbing import mend_unchased, tick
from bot.reporting.office import Office
from storage import outbox
from storage.audit import Deed
from storage.models import Notice, Timer
from storage.store import commit
from tests.benchmarks.installation import office_of, take_in
from tests.benchmarks.measuring import Figure, cpu_seconds, median, spread, threads, timed
from tests.support.program import Program

CASES = 10_000
_AUDITED = 200_000
_RUNS = 3
_TICKS = 100
_SETTLED, _IDLE = 4.0, 20.0
_BATCH = 5_000


def keeping(program: Program, database: str) -> Iterator[Figure]:
    """Measure on a program that is not running yet, and on its database."""
    with office_of(program) as office:
        began = time.perf_counter()
        for _ in range(CASES):
            take_in(office)
        each = 1000 * (time.perf_counter() - began) / CASES
        yield Figure(
            "F5", f"{database}, filled with {CASES:,} open cases, one after the other", f"{each:.2f} ms each"
        )
        _settle_notices(office)
        yield _ticks(office, database)
    yield from _idle(program, database)
    yield _backup(program, database)
    with office_of(program) as office:
        yield _verified(office, database)


def _settle_notices(office: Office) -> None:
    """As if all had been sent long ago, so that nothing is left to do."""
    with office.store.writing() as session:
        session.connection().execute(update(Notice).values(state=outbox.SENT, provider_id="m"))
        commit(session)


def _ticks(office: Office, database: str) -> Figure:
    with office.store.reading() as session:
        waiting = session.connection().execute(select(func.count()).select_from(Timer)).scalar_one()
    mend = median([timed(lambda: mend_unchased(office, now=app.now())) for _ in range(_RUNS)])
    found = spread(
        [[timed(lambda: tick(office, now=app.now())) for _ in range(_TICKS)] for _ in range(_RUNS)]
    )
    what = f"{database}, a tick with {waiting:,} timers waiting (the auditor's round: {mend:.0f} ms)"
    return Figure("F5", what, str(found), "≤ 20 ms", found.p99 <= 20)


def _idle(program: Program, database: str) -> Iterator[Figure]:
    program.start()
    time.sleep(_SETTLED)
    before = cpu_seconds(program.pid)
    time.sleep(_IDLE)
    share = 100 * (cpu_seconds(program.pid) - before) / _IDLE
    count = threads(program.pid)
    yield Figure("F5", f"{database}, processor while nothing is due", f"{share:.2f} %", "< 1 %", share < 1)
    yield Figure("F5", f"{database}, threads", str(count), "≤ 12", count <= 12)
    program.terminate()


def _backup(program: Program, database: str) -> Figure:
    took = median([_backed_up(program, number) for number in range(_RUNS)])
    what = f"{database}, `signpost backup` of {CASES:,} cases, from start to exit"
    return Figure("F8", what, f"{took:.2f} s", "≤ 5 s", took <= 5)


def _backed_up(program: Program, number: int) -> float:
    file = program.folder / f"backup-{number}"
    began = time.perf_counter()
    ran = program.run("backup", str(file))
    took = time.perf_counter() - began
    assert ran.code == 0, ran.err
    return took


def _verified(office: Office, database: str) -> Figure:
    deeds = [Deed(f"p{number}", "told", "SP-7Q4K-M2XD", "role=dsl level=0 lap=0") for number in range(_BATCH)]
    for _ in range(_AUDITED // _BATCH):
        with office.work(app.now()) as work:
            work.done(*deeds)
    rates = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        rows, breaks = office.audit.verify(office.store)
        rates.append(rows / (time.perf_counter() - began))
        assert not breaks, breaks
    rate = median(rates)
    what = f"{database}, `audit verify` of {rows:,} rows"
    return Figure("F8", what, f"{rate:,.0f} rows a second", "≥ 200,000", rate >= 200_000)
