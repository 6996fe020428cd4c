"""Teams' door in this process, without what stands behind it: each activity that comes in is kept."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.server.asgi import application
from bot.server.webhooks import webhooks
from bot.teams.activity import Activity
from bot.teams.hosts import Hosts
from bot.teams.keys import Keys
from bot.teams.sdk import Endpoint
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.served import Answer, Pairs, called, nothing, scope_of
from tests.support.teams import signing
from tests.support.teams.people import on_teams, users_of
from tests.support.teams.stand_in import Teams

PATH = "/api/messages"
_LONGEST = 30.0


@dataclass(slots=True)
class Handled:
    """What came in, and what is done with it: answered with `answer`, or `trouble` is raised."""

    activities: list[Activity] = field(default_factory=list)
    answer: Mapping[str, Any] | None = None
    trouble: Exception | None = None

    async def __call__(self, activity: Activity) -> Mapping[str, Any] | None:
        """Keep it."""
        self.activities.append(activity)
        if self.trouble is not None:
            raise self.trouble
        return self.answer


@dataclass(slots=True)
class Doorstep:
    """The server's application with Teams' door alone, on a loop that goes on between requests."""

    teams: Teams
    endpoint: Endpoint
    handled: Handled
    app: Any
    loop: asyncio.AbstractEventLoop

    def post(self, body: bytes, headers: Pairs) -> Answer:
        """One request as these bytes, with these headers as they are."""
        scope = scope_of("POST", PATH, [("host", "127.0.0.1"), *headers], ("127.0.0.1", 50_000))
        answer: Answer = self.play(called(self.app, scope, body))
        return answer

    def door(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """The way in for the stand-in."""
        answer = self.post(body, list(headers.items()))
        return answer.status, answer.body

    def play(self, call: Any) -> Any:
        """Do something on the loop."""
        return asyncio.run_coroutine_threadsafe(call, self.loop).result(_LONGEST)


def everybody() -> Iterator[Any]:
    """Everybody of Oakfield, on Teams."""
    from bot.reporting.schools import read_schools

    return users_of(read_schools(on_teams(OAKFIELD), "schools.yml"))


@contextmanager
def doorstep(*more_keys: dict[str, Any]) -> Iterator[Doorstep]:
    """The door, beside a stand-in Teams whose login publishes these keys too."""
    with Teams(everybody()) as teams:
        teams.login.keys += more_keys
        handled, loop = Handled(), asyncio.new_event_loop()
        keys, hosts = Keys(teams.openid_url), Hosts([teams.service_url])
        endpoint = Endpoint(signing.APP, [signing.TENANT], handled, keys=keys, hosts=hosts)
        app = application(webhooks({PATH: endpoint.receive}), nothing)
        found = Doorstep(teams, endpoint, handled, app, loop)
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            found.play(endpoint.open())
            teams.over_http(found.door)
            yield found
            found.play(endpoint.close())
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(_LONGEST)
            loop.close()
