"""F4: how many notices leave a second, and how soon after a report its first notice does."""

import asyncio
import time
from collections.abc import Iterator

import httpx
from sqlmodel import select

from storage.models import Notice
from tests.benchmarks.installation import SCHOOLS, office_of, take_in
from tests.benchmarks.measuring import Figure, median, spread
from tests.benchmarks.receiving import CLIENTS, over_http
from tests.support.program import Program
from tests.support.standin import StandIn
from tests.support.standin_platform import Call

_RUNS = 3
_AT_ONCE = 64
_REPORTS = 160
_GAP = 0.8
"""Seconds between two reports of a client: eight clients make ten a second."""


def sending(program: Program, platform: StandIn, database: str) -> Iterator[Figure]:
    """Measure on a program that is not running yet, with notices waiting for it."""
    rates = [_drained(program, platform) for _ in range(_RUNS)]
    what = f"{database}, {2 * SCHOOLS} waiting notices to {2 * SCHOOLS} people"
    rate = median(rates)
    yield Figure("F4", what, f"{rate:,.0f} a second", "≥ 300 a second", rate >= 300)
    found = spread([_delays(program, platform) for _ in range(_RUNS)])
    what = f"{database}, from a report's arrival to the first byte of its notices, ten reports a second"
    yield Figure("F4", what, str(found), "p99 ≤ 50 ms", found.p99 <= 50)


def plain_client(platform: StandIn) -> Figure:
    """The simplest honest peer: the same HTTP client and as many at once, with no database and no retries."""
    body = {"id": "n", "person": "p", "event": "card", "text": "A report has come in.", "marks": []}

    async def all_of_them() -> float:
        async with httpx.AsyncClient(trust_env=False) as client:
            gate = asyncio.Semaphore(_AT_ONCE)

            async def send(number: int) -> None:
                async with gate:
                    await client.post(platform.url, json=body | {"id": f"plain-{number}"})

            began = time.perf_counter()
            await asyncio.gather(*(send(number) for number in range(2 * SCHOOLS)))
            return 2 * SCHOOLS / (time.perf_counter() - began)

    rate = median([asyncio.run(all_of_them()) for _ in range(_RUNS)])
    return Figure(
        "F4", f"a plain httpx client, {_AT_ONCE} at once, that remembers nothing", f"{rate:,.0f} a second"
    )


def _drained(program: Program, platform: StandIn) -> float:
    """Notices a second, from the first that the platform sees to the last."""
    with office_of(program) as office:
        for _ in range(SCHOOLS):
            take_in(office)
    platform.forget()
    program.start()
    calls = _sent(platform, 2 * SCHOOLS)
    program.terminate()
    return len(calls) / (calls[-1].at - calls[0].at)


def _delays(program: Program, platform: StandIn) -> list[float]:
    """Milliseconds from each report's arrival at the program to each of its notices' at the platform."""
    platform.forget()
    program.start()
    over_http(program, each=_REPORTS // CLIENTS, gap=_GAP)
    calls = _sent(platform, 2 * _REPORTS)
    program.terminate()
    with office_of(program) as office, office.store.reading() as session:
        rows = session.connection().execute(select(Notice.id, Notice.created_at))
        written = {notice: at.timestamp() for notice, at in rows}
    return [1000 * (call.wall - written[call.notice]) for call in calls]


def _sent(platform: StandIn, count: int) -> list[Call]:
    platform.wait_for(lambda calls: sum(call.accepted for call in calls) >= count, within=60)
    return platform.messages()
