"""Runs an installation until it is told to stop: sender, clock, platforms, and what answers over HTTP."""

import asyncio
import logging
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock
from types import FrameType
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

import uvicorn

from bot import logs
from bot.assembly import assemble, directory_from, messengers
from bot.console_messenger import ConsoleMessenger
from bot.delivery import Delivery, Messenger
from bot.errors import NotReadyError
from bot.logs import log
from bot.private_files import write_private
from bot.reporting import climbing, intake, policies_in_force, schools_in_force
from bot.reporting.forgetting import forget
from bot.reporting.office import ACTIVE_KEY, EMAIL, KeyCupboard, Office
from bot.reporting.people import Directory
from bot.reporting.policies_in_force import PoliciesInForce, in_force
from bot.reporting.routes_in_force import routes_of
from bot.reporting.schools_in_force import SchoolsInForce
from bot.reporting.undeliverable import mail_instead
from bot.scheduler import Clock, Job
from bot.server.asgi import Watch, application
from bot.server.callers import Gate
from bot.server.health import Health
from bot.server.metrics import Metrics
from bot.server.page import ConsolePage
from bot.server.webhooks import Receive, webhooks
from bot.settings import Settings, half_of_slack, half_of_teams
from bot.vault import arm, cupboard, plainly
from knowledge.yamlfile import Refused
from storage import failpoints, house, outbox
from storage.audit import AuditLog
from storage.migrating import migrate
from storage.store import Hands, Store

if TYPE_CHECKING:
    from bot.signpost import Signpost

Now = Callable[[], datetime]
_TICK, _UPKEEP, _REREAD, _BEAT, _FORGET = 1.0, 10.0, 2.0, 5.0, 3600.0
_THREADS = 6
_GRACE, _ANSWERING = 4, 3
"""Seconds after SIGTERM for notices to land and for requests to be answered: R20 has 5 for both."""
CLOCK_FACT = "clock"


class _Face(Protocol):
    """A platform's way in."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def doors(self) -> Mapping[str, Receive]: ...


@dataclass(frozen=True, slots=True)
class _Running:
    """What `serve` runs."""

    office: Office
    delivery: Delivery
    scheduler: Clock
    health: Health
    ways: Mapping[str, Messenger]
    faces: tuple["_Face", ...] = ()

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        """Start what runs beside the application, and stop it within the grace."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(logs.on_loop_error)
        loop.set_default_executor(Hands(_THREADS, thread_name_prefix="work"))
        sending = loop.create_task(self.delivery.run(), name="delivery")
        self.scheduler.start()
        for face in self.faces:
            await face.open()
        loop.run_in_executor(None, _warm, self.office, self.health.clock)
        log.info("serving", backend="sqlite" if self.office.store.sqlite else "postgresql")
        try:
            yield
        finally:
            self.leave()
            self.scheduler.stop()
            with suppress(TimeoutError):
                await asyncio.wait_for(sending, _GRACE)
            for face in self.faces:
                await face.close()
            for way in self.ways.values():
                if isinstance(way, ConsoleMessenger):
                    await way.close()
            log.info("stopped")

    def doors(self) -> Mapping[str, Receive]:
        """Where platforms come in, by path."""
        return {path: receive for face in self.faces for path, receive in face.doors().items()}

    def leave(self) -> None:
        """Claim nothing more: what is on its way lands while the last requests are answered."""
        self.health.stopping = True
        self.delivery.stop()


def _warm(office: Office, clock: Now) -> None:
    """Make ready now what the first report would otherwise wait for, a third of a second in all."""
    directory = office.directory
    for policy in {directory.trust.policy, *(school.policy for school in directory.schools.values())}:
        routes_of(policy)
    if failpoints.armed():
        return
    try:
        intake.rehearse(office, now=clock())
    except Exception as error:  # noqa: BLE001  nothing depends on it, and whatever is wrong a real report will meet too
        log.warning("rehearsal_failed", exc_info=error)


def serve(found: Settings, *, mounts: tuple[Path, ...], clock: Now) -> None:
    """Run until stopped. Raises `SignpostError` with one clear line where it cannot start."""
    logs.configure(sys.stderr, found.log_level)
    arm(found.failpoint)
    if trouble := half_of_slack(found) or half_of_teams(found):
        raise NotReadyError(trouble)
    found.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = cupboard(found, mounts)
    with plainly():
        store = Store(found.database_url.get_secret_value())
        with _alone(store):
            clock = _prepare(store, keys, clock)
            running, page, metrics = _put_together(found, store, keys, clock)
            watch = Watch(running.health, metrics, _secret(found.metrics_token), host=found.host)
            routes = [*watch.routes(), *page.routes(test=found.test), *webhooks(running.doors())]
            _run(found, application(routes, running.beside), running.leave)
            store.close()


def _prepare(store: Store, keys: KeyCupboard, clock: Now) -> Now:
    """Bring the tables up, see that they are whole, begin the audit; returns a clock that is not behind."""
    migrate(store)
    store.check()
    with store.writing() as session:
        AuditLog(keys.ring.audit).begin(session)
        if house.fact(session, ACTIVE_KEY) is None:
            house.put_fact(session, ACTIVE_KEY, keys.ring.active, clock())
        seen = house.fact(session, CLOCK_FACT)
        if store.sqlite:
            outbox.release(session)  # whoever held these is dead, since this process holds the file's lock
        session.commit()
    ahead = seen.at - clock() if seen is not None else None
    if ahead is None or ahead.total_seconds() <= 0:
        return clock
    log.warning("clock_behind", seconds=round(ahead.total_seconds()))
    return lambda: clock() + ahead


def _put_together(
    found: Settings, store: Store, keys: KeyCupboard, clock: Now
) -> tuple[_Running, ConsolePage, Metrics]:
    ways = messengers(found, store, clock)
    if not ways:
        log.error("nobody_can_be_told", reason="neither-chat-nor-email-is-set-up")
    published = in_force(store, keys)
    office = assemble(store, keys, _directory(found, published), ways, published)
    metrics = Metrics(store, clock)
    delivery = Delivery(office, ways, clock, sent=metrics.sent)
    office = replace(office, wake=delivery.wake, replica=uuid4().hex[:12])
    delivery.office = office
    jobs = _jobs(found, office, clock, published)
    scheduler = Clock(jobs)
    health = Health(store, delivery, scheduler, clock)
    page = ConsolePage(office, health, metrics, gate=Gate(_token(found), found.host), clock=clock)
    faces = tuple(_faces(found, office, ways, clock=clock, published=published))
    return _Running(office, delivery, scheduler, health, ways, faces), page, metrics


def _policies(published: PoliciesInForce) -> Callable[[], "Signpost"]:
    """The policies, made ready by whoever asks first."""
    turn, ready = Lock(), list["Signpost"]()

    def made_ready() -> "Signpost":
        from bot.signpost import Signpost
        from knowledge.understanding import shipped_mind

        with turn:
            if not ready:
                ready.append(Signpost(shipped_mind(), shelf=published))
        return ready[0]

    return made_ready


def _faces(
    found: Settings,
    office: Office,
    ways: Mapping[str, Messenger],
    *,
    clock: Now,
    published: PoliciesInForce,
) -> Iterator[_Face]:
    """The platforms' ways in, where they are set up; else nothing of them is loaded (promise F6)."""
    policies = _policies(published)
    if "slack" in ways:
        from bot.slack.face import Doors, SlackFace
        from bot.slack.messenger import SlackMessenger

        way = ways["slack"]
        if isinstance(way, SlackMessenger):
            doors = Doors(_secret(found.slack_signing_secret), _secret(found.slack_app_token))
            yield SlackFace(way.client, office, policies, clock, doors)
    if "teams" in ways:
        from bot.teams.installation import face_for
        from bot.teams.messenger import TeamsMessenger

        there = ways["teams"]
        if isinstance(there, TeamsMessenger):
            yield face_for(found, office, policies, there, clock)


def _jobs(found: Settings, office: Office, clock: Now, published: PoliciesInForce) -> tuple[Job, ...]:
    jobs = [
        Job("tick", _TICK, lambda: _tick(office, clock)),
        Job("upkeep", _UPKEEP, lambda: climbing.mend_unchased(office, now=clock()), vital=False),
        Job("beat", _BEAT, lambda: _beat(office, clock)),
        Job("forget", _FORGET, lambda: forget(office, now=clock()), vital=False),
        Job("policies", _REREAD, partial(policies_in_force.reread, published), vital=False),
    ]
    path, schools = found.schools, office.schools
    if path is not None and isinstance(schools, SchoolsInForce):
        schools_in_force.reread(office, schools, path, now=clock())
        reread = partial(schools_in_force.reread, office, schools, path)
        jobs.append(Job("schools", _REREAD, lambda: reread(now=clock()), vital=False))
    if EMAIL in office.reach:
        every = max(1.0, min(_UPKEEP, found.email_after.total_seconds() / 4))
        instead = partial(mail_instead, office, found.email_after)
        jobs.append(Job("mail", every, lambda: instead(now=clock()), vital=False))
    return tuple(jobs)


def _tick(office: Office, clock: Now) -> timedelta | None:
    """Do what is due; gives the time to what is due next."""
    climbing.tick(office, now=clock())
    return climbing.rest(office, now=clock())


def _beat(office: Office, clock: Now) -> None:
    """Leave the time in the database, so that a clock set back is noticed at the next start."""
    with office.work(clock()) as work:
        house.put_fact(work.session, CLOCK_FACT, "seen", work.now)
        work.done()


def _directory(found: Settings, published: PoliciesInForce) -> Directory:
    """The schools file; where it is faulty, the last good one. At first start it refuses."""
    try:
        return directory_from(found, published.policies())
    except Refused:
        kept = schools_in_force.remembered(published.store, published.keys)
        if kept is None:
            raise
        log.error("schools_file_faulty", reason="last-good-in-force")
        return kept


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """One `serve` on a SQLite file: an operating-system lock, which a kill lets go of."""
    if store.file is None or sys.platform == "win32":
        yield
        return
    import fcntl

    with store.file.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotReadyError("another signpost serve runs on this database: stop it first") from error
        yield


def _token(found: Settings) -> str:
    """The console page's own token, made anew where there is none, readable by its owner alone."""
    path = found.data_dir / "console.token"
    # An empty one is what is left of a start that was cut off.
    if not path.exists() or not path.read_text(encoding="utf-8").strip():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="utf-8").strip()


def _secret(value: object) -> str | None:
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal()) if reveal is not None else None


class _Server(uvicorn.Server):
    """Uvicorn, which says that it is told to stop before it has waited for the last requests."""

    def __init__(self, config: uvicorn.Config, leave: Callable[[], None]) -> None:
        super().__init__(config)
        self._leave = leave
        self._leaving = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take SIGTERM or SIGINT."""
        self._leave()
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._leaving.set)

    async def main_loop(self) -> None:
        """Serve until told to leave. Uvicorn's own looks ten times a second whether it was (promise F5)."""
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):  # which also sets the date that answers bear
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._leaving.wait()


def _run(found: Settings, app: Callable[..., Any], leave: Callable[[], None]) -> None:
    config = uvicorn.Config(
        app,
        host=found.host,
        port=found.port,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=_ANSWERING,
        forwarded_allow_ips=",".join(map(str, found.trusted_proxies)) or "",
        proxy_headers=bool(found.trusted_proxies),
    )
    logging.getLogger("uvicorn.error").disabled = True
    server = _Server(config, leave)
    server.run()
    if not server.started:
        raise NotReadyError(f"could not listen on {found.host}:{found.port}")
