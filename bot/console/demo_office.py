"""The demo's installation: a made-up trust on a database in a folder that is erased, with keys of its own.

Sender and clock run as they do in `serve`, in a thread beside the terminal. Time alone is different: it
stands still while somebody reads or types and runs while they `/wait`, so nobody is hurried, and a script
ends the same way on every machine.
"""

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from bot import logs
from bot.assembly import assemble
from bot.console.demo_messenger import PLATFORM, Arrived, DemoMessenger
from bot.delivery import Delivery, Pace
from bot.errors import SignpostError
from bot.keyring import new_keyring_text, read_keyring
from bot.private_files import create_private
from bot.reporting import climbing, viewing
from bot.reporting.calling import CHASING
from bot.reporting.casefile import Actor, read_case
from bot.reporting.office import ACTIVE_KEY, KeyCupboard, Office, Work
from bot.reporting.people import Calendar, Directory, Span
from bot.reporting.routes_in_force import route_of
from bot.reporting.schools import read_schools
from bot.reporting.schools_in_force import SchoolsInForce
from bot.scheduler import Clock, Job
from knowledge.rules import ROLE_NAMES
from storage import cases, house, outbox, timers
from storage.migrating import migrate
from storage.store import Store

_SCHOOLS = Path(__file__).with_name("demo_schools.yml")
_TICK, _LOOK, _SLICE = 0.1, 0.005, 0.1
_PATIENCE = 30.0
"""Seconds, by the real clock, after which what is due should long have been done."""
_PACE = Pace(between=0.0, idle=0.2, blocked=0.01)
_HANGING_UP = ("SIGTERM", "SIGHUP")


class DemoClock:
    """The demo's time. Whoever looks moves it by a microsecond, so that no two moments are the same."""

    def __init__(self, began: datetime) -> None:
        self._now = began
        self._turn = threading.Lock()

    def __call__(self) -> datetime:
        """The time it is."""
        return self.forward(timedelta(microseconds=1))

    def forward(self, by: timedelta) -> datetime:
        """Move on."""
        with self._turn:
            self._now += by
            return self._now


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands, as somebody may know it: who has it, who was told, when more people will be."""

    summary: viewing.Summary
    mine: bool
    """Reported by them, rather than told to them."""
    holders: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    climbs_in: timedelta | None = None


class DemoOffice:
    """Everything behind the demo's commands. Close it: that erases its folder."""

    def __init__(self, policy: str, began: datetime) -> None:
        self.clock = DemoClock(began)
        self._messenger = DemoMessenger()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="signpost-demo-")))
            _unwound(stack)
            logs.configure(sys.stderr, "critical")
            self._schools = SchoolsInForce(_directory(policy, began))
            office = _installed(folder, self._schools.directory, self._messenger, began)
            stack.callback(office.store.close)
            delivery = Delivery(office, {PLATFORM: self._messenger}, self.clock, _PACE)
            delivery.office = self.office = replace(
                office,
                schools=self._schools,
                plan=lambda report: route_of(report, self._schools.directory),
                wake=delivery.wake,
            )
            tick = Job("tick", _TICK, lambda: climbing.tick(self.office, now=self.clock()))
            self._beside = _Beside(delivery, Clock((tick,)))
            stack.callback(self._beside.stop)
            self._open = stack.pop_all()

    def close(self) -> None:
        """Stop, and erase the folder."""
        self._open.close()

    @property
    def directory(self) -> Directory:
        """The made-up schools file."""
        return self._schools.directory

    def follow(self, policy: str) -> None:
        """Route new reports by another policy."""
        self._schools.directory = _directory(policy, self.clock())

    def settle(self) -> None:
        """Wait until all that is due has been done. Raises `SignpostError` if that takes absurdly long."""
        until = time.monotonic() + _PATIENCE
        while not self._quiet():
            self._beside.check()
            if time.monotonic() > until:
                raise SignpostError("the demo's notices did not get through: start it again")
            time.sleep(_LOOK)

    def wait(self, length: timedelta, look: Callable[[], None]) -> None:
        """Let time run; `look` is called as often as something may have arrived."""
        left = length
        while left > timedelta(0):
            step = min(left, timedelta(seconds=_SLICE))
            time.sleep(step.total_seconds())
            self.clock.forward(step)
            self.settle()
            look()
            left -= step

    def arrived(self) -> Iterator[Arrived]:
        """Take the notices that have arrived since the last time."""
        return self._messenger.arrived()

    def standings(self, person: str) -> tuple[Standing, ...]:
        """The cases somebody was told of or reported themselves, by their own rights."""
        actor = Actor(person)
        handled = viewing.my_cases(self.office, actor, now=self.clock())
        known = {one.reference for one in handled}
        reported = viewing.my_reports(self.office, actor, now=self.clock())
        return (
            *(self._standing(one, person, mine=False) for one in handled),
            *(self._standing(one, person, mine=True) for one in reported if one.reference not in known),
        )

    def _standing(self, summary: viewing.Summary, person: str, *, mine: bool) -> Standing:
        now = self.clock()
        with self.office.store.reading() as session:
            row = cases.by_reference(session, summary.reference)
            case = read_case(Work(session, self.office, now), row) if row is not None else None
            if case is None or person in case.barred:
                return Standing(summary, mine)
            chases = [one.due_at for one in timers.timers_of(session, case.id) if one.purpose in CHASING]
        titles = {role: case.details.route.titles.get(role) or name for role, name in ROLE_NAMES.items()}
        told = dict.fromkeys(titles[one.role] for one in case.tellings() if not one.alert)
        due = min(chases, default=None)
        return Standing(
            summary,
            mine,
            holders=tuple(titles[role] for role in case.holder_roles()),
            told=tuple(told),
            climbs_in=max(due - now, timedelta(0)) if due else None,
        )

    def _quiet(self) -> bool:
        """Whether nothing is due and nothing on its way, all seen at one moment."""
        with self.office.store.reading() as session:
            now = self.clock()
            busy = timers.due_timers(session, now, 1) or outbox.waits(session, now, (PLATFORM,))
            return not busy and not outbox.counts(session).get(outbox.LEASED)


def _unwound(stack: ExitStack) -> None:
    """Let a closed terminal or a kill end the demo as anything else does, so that its folder goes too."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in _HANGING_UP:
        if hasattr(signal, name):
            number = getattr(signal, name)
            stack.callback(signal.signal, number, signal.signal(number, _end))


def _end(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


class _Beside:
    """Sender and clock in a thread with an event loop of its own."""

    def __init__(self, delivery: Delivery, scheduler: Clock) -> None:
        self._delivery, self._scheduler = delivery, scheduler
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="demo")
        self._ran = self._pool.submit(self._run)

    def check(self) -> None:
        """Raise whatever ended the thread, if anything did."""
        if self._ran.done():
            self._ran.result()

    def stop(self) -> None:
        """End what runs, and wait until it has."""
        if not self._ran.done():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._pool.shutdown(wait=True)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._send_until_stopped())

    async def _send_until_stopped(self) -> None:
        self._scheduler.start()
        sending = self._loop.create_task(self._delivery.run(), name="delivery")
        stopping = self._loop.create_task(self._stop.wait(), name="stop")
        await asyncio.wait({sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        self._scheduler.stop()
        self._delivery.stop()
        stopping.cancel()
        await sending


def _directory(policy: str, now: datetime) -> Directory:
    """The made-up trust, following a policy; its schools never close, or scripts would differ by the hour."""
    found = read_schools(_SCHOOLS.read_text(encoding="utf-8"), _SCHOOLS.name)
    schools = {
        one.id: replace(one, policy=policy) if one.policy == found.trust.policy else one
        for one in found.schools.values()
    }
    year, today = timedelta(days=365), now.date()
    always = Calendar(
        time_of_day.min, time_of_day.max, frozenset(range(7)), (Span(today - year, today + year),), None
    )
    return replace(found, trust=replace(found.trust, policy=policy), schools=schools, calendar=always)


def _installed(folder: Path, directory: Directory, messenger: DemoMessenger, now: datetime) -> Office:
    """A fresh database with fresh keys."""
    keys = folder / "keys.toml"
    create_private(keys, new_keyring_text())
    cupboard = KeyCupboard(keys, partial(read_keyring, mounts=()))
    store = Store(f"sqlite:///{folder / 'signpost.db'}")
    migrate(store)
    office = assemble(store, cupboard, directory, {PLATFORM: messenger})
    with office.work(now) as work:
        office.audit.begin(work.session)
        house.put_fact(work.session, ACTIVE_KEY, cupboard.ring.active, now)
        work.done()
    return office
