"""Slack's door in this process: the real listeners on an office of their own, beside the stand-in Slack."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text
from sqlmodel import SQLModel
from starlette.types import ASGIApp

from bot.reporting.office import Office
from bot.server.asgi import application
from bot.server.webhooks import webhooks
from bot.signpost import Signpost
from bot.slack.client import SlackClient
from bot.slack.face import Doors, SlackFace
from knowledge.understanding import shipped_mind
from tests.bot.reporting.oakfield import directory
from tests.support.offices import office_for
from tests.support.schools import fast_schools
from tests.support.served import NOW, Answer, Pairs, called, nothing, scope_of
from tests.support.slack.doors import signed
from tests.support.slack.people import users_of
from tests.support.slack.service import BOT_TOKEN, SIGNING_SECRET
from tests.support.slack.stand_in import Slack

EVENTS = "/slack/events"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
_LONGEST = 30.0


@cache
def policies() -> Signpost:
    """The policies, made ready once for all."""
    return Signpost(shipped_mind())


@dataclass(slots=True)
class Doorstep:
    """The application with Slack's door alone, on a loop that goes on between requests as a server's does."""

    office: Office
    slack: Slack
    app: ASGIApp
    face: SlackFace
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def post(self, body: bytes, headers: Pairs, *, method: str = "POST") -> Answer:
        """One request as these bytes, with these headers as they are: also twice, also no ASCII."""
        scope = scope_of(method, EVENTS, [("host", "127.0.0.1"), *headers], ("127.0.0.1", 50_000))
        return asyncio.run_coroutine_threadsafe(called(self.app, scope, body), self.loop).result(_LONGEST)

    def door(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """The way in for the stand-in."""
        answer = self.post(body, list(headers.items()))
        return answer.status, answer.body

    def signed(self, body: bytes, kind: str, *, at: int | None = None) -> Answer:
        """A request as Slack signs it."""
        stamp = int(time.time()) if at is None else at
        return self.post(body, [("content-type", kind), *signed(body, SIGNING_SECRET, stamp).items()])

    def play(self, call: Any) -> Any:
        """Do something on the loop that the listeners run on."""
        return asyncio.run_coroutine_threadsafe(call, self.loop).result(_LONGEST)

    def settle(self) -> None:
        """Wait until everything that a request set off is done."""
        self.play(_others_done())

    def rows(self) -> dict[str, int]:
        """How many rows each table has, the audit's too."""
        names = list(SQLModel.metadata.tables)
        query = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)  # noqa: S608  our own names
        with self.office.store.engine.connect() as connection:
            return {str(name): int(count) for name, count in connection.execute(text(query))}

    def audited(self) -> list[tuple[str, str, str]]:
        """The audit so far, oldest first: who, what, which case."""
        with self.office.store.reading() as session:
            rows = session.connection().execute(
                text("SELECT actor, action, reference FROM audit ORDER BY seq")
            )
            return [(actor, action, reference) for actor, action, reference in rows]


async def _others_done() -> None:
    async with asyncio.timeout(_LONGEST):
        while True:
            others = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
            if not others:
                return
            await asyncio.wait(others, timeout=_LONGEST)


def as_form(payload: Mapping[str, Any]) -> bytes:
    """An interaction as it goes over the wire."""
    return urlencode({"payload": json.dumps(payload)}).encode()


@contextmanager
def doorstep(database_url: str, folder: Path, slack: Slack | None = None) -> Iterator[Doorstep]:
    """The application; another's `slack` makes it a second replica in the same workspace."""
    office = office_for(database_url, folder, fast_schools())
    there = slack or Slack(users_of(directory()))
    if slack is None:
        there.start()
    client = SlackClient(BOT_TOKEN, there.url)
    face = SlackFace(client, office, policies, lambda: NOW, Doors(secret=SIGNING_SECRET))
    found = Doorstep(office, there, application(webhooks({EVENTS: face.receive}), nothing), face)
    thread = threading.Thread(target=found.loop.run_forever, daemon=True)
    thread.start()
    try:
        found.play(face.open())
        if slack is None:
            there.over_http(found.door)
        yield found
        found.settle()
        found.play(face.close())
    finally:
        found.loop.call_soon_threadsafe(found.loop.stop)
        thread.join(_LONGEST)
        found.loop.close()
        office.store.close()
        if slack is None:
            there.stop()
