"""The stand-in Teams itself: start it, script it, read what the app did, act as its people."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from tests.support.processes import LOOPBACK
from tests.support.slack.running import Running
from tests.support.teams import signing
from tests.support.teams.login import OPENID, SECRET, Login
from tests.support.teams.people import EVERYBODY_ELSE, User
from tests.support.teams.person import NotPossibleError, Person
from tests.support.teams.service import REGION, Behaviour, Call, Service
from tests.support.teams.space import CHANNEL, GROUP, Conversation, Seen, Space
from tests.support.waiting import wait_for

Post = Callable[[bytes, Mapping[str, str]], tuple[int, bytes]]
"""Post a body with its headers to the app: the answer's status and body, status 0 where none came."""
DEADLINE = 5.0
"""Seconds that Teams waits for the answer to an invoke, or somebody is told that the app doesn't answer."""
_PATIENCE = 20.0


class TroubleError(AssertionError):
    """Whoever uses Teams would have been told that something went wrong with the app."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One activity that reached the app: its answer's status and body, and how long that took.

    `sent` are the bytes and headers as they went.
    """

    activity: Mapping[str, Any]
    status: int
    body: Any
    seconds: float
    trouble: str = ""
    sent: tuple[bytes, Mapping[str, str]] = field(default=(b"", {}), repr=False)


class Teams:
    """A tenant with people in it, its connector and its logins on loopback, and the way to the app.

    The app is installed for everybody, unless `without` names them.
    """

    def __init__(self, users: Iterable[User] = ()) -> None:
        given = list(users)
        named = {one.name for one in given}
        self.space = Space([*given, *(one for one in EVERYBODY_ELSE if one.name not in named)])
        self.login = Login()
        self.service = Service(self.space, self.login)
        self.deliveries: list[Delivery] = []
        self.tolerant = False
        self._post: Post | None = None
        self._client: httpx.Client | None = None
        self._running = Running([*self.service.routes(), *self.login.routes()], _nothing)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; calls are taken when this returns."""
        self._running.start()

    def stop(self) -> None:
        """End every conversation."""
        if self._client is not None:
            self._client.close()
        self._running.stop()

    @property
    def origin(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT`."""
        return f"http://{LOOPBACK}:{self._running.port}"

    @property
    def service_url(self) -> str:
        """The connector's address, as activities name it."""
        return f"{self.origin}{REGION}"

    @property
    def openid_url(self) -> str:
        """Where the keys are named."""
        return f"{self.origin}{OPENID}"

    @property
    def settings(self) -> dict[str, str]:
        """The settings with which the program takes signed activities from this stand-in."""
        return {
            "TEAMS_APP_ID": signing.APP,
            "TEAMS_APP_SECRET": SECRET,
            "TEAMS_TENANT_ID": signing.TENANT,
            "SIGNPOST_TEAMS_OPENID_URL": self.openid_url,
            "SIGNPOST_TEAMS_LOGIN_URL": self.origin,
            "SIGNPOST_TEAMS_SERVICE_URLS": self.service_url,
        }

    def over_http(self, to: str | Post) -> None:
        """Reach the app at its address, or through a function that posts a body with headers."""
        if self._client is not None:
            self._client.close()
        if isinstance(to, str):
            self._client = httpx.Client(timeout=_PATIENCE, trust_env=False)
            self._post = _poster(self._client, to)
        else:
            self._post = to

    def control(self, **changes: Any) -> None:
        """Change the behaviour: `control(down=True)`, `control(hang=["sam"])`, `control(dead=["omar"])`.

        `without` names those for whom the app isn't installed. What isn't named stays as it is.
        """
        with self.space.lock:
            if "without" in changes:
                self.space.without = {self.user(one).account for one in changes.pop("without")}
            self.service.behaviour = self.service.behaviour.changed(changes)
            if "rate" in changes:
                self.service.patience.forget()

    @property
    def behaviour(self) -> Behaviour:
        """How it behaves just now."""
        return self.service.behaviour

    def calls(self, method: str = "") -> list[Call]:
        """Every call of the app so far in order, or those of one kind: create, send, update."""
        with self.space.lock:
            return [one for one in self.service.calls if method in {"", one.method}]

    def refused(self) -> list[Call]:
        """The calls that weren't answered well: a card that Teams doesn't take is one."""
        return [one for one in self.calls() if not 200 <= one.status < 300]

    def forget(self) -> None:
        """Forget the calls and deliveries so far; what was put before people stays there."""
        with self.space.lock:
            self.service.calls.clear()
            self.deliveries.clear()

    def user(self, named: str) -> User:
        """Somebody by name, Entra id or id in Teams. Raises `NotPossibleError` where there is none."""
        found = self.space.user(named)
        if found is None:
            raise NotPossibleError(f"nobody here goes by {named}")
        return found

    def person(self, named: str) -> Person:
        """Somebody to act as."""
        return Person(self, self.user(named))

    def add_user(self, user: User) -> User:
        """Add somebody to the tenant."""
        with self.space.lock:
            self.space.users[user.name] = user
        return user

    def add_channel(self, name: str, *members: str) -> Conversation:
        """Add a channel of a team with these people in it, and the app."""
        return self._add(Conversation(f"19:{name}@thread.tacv2", CHANNEL, set(), name), members)

    def add_group(self, name: str, *members: str) -> Conversation:
        """Add a group chat with these people in it, and the app."""
        return self._add(Conversation(f"19:{name}@thread.v2", GROUP, set(), name), members)

    def conversation(self, named: str) -> Conversation:
        """A conversation by its id or name. Raises `NotPossibleError` where there is none."""
        with self.space.lock:
            for one in self.space.conversations.values():
                if named in {one.id, one.name}:
                    return one
        raise NotPossibleError(f"there is no conversation {named}")

    def messages_to(self, named: str) -> list[Seen]:
        """What the app has put before one person alone, as it stands now, the oldest first."""
        with self.space.lock:
            place = self.space.personal(self.user(named))
            return [one for one in place.messages.values() if one.from_app]

    def messages_in(self, named: str) -> list[Seen]:
        """What stands in a channel or group, whoever wrote it."""
        with self.space.lock:
            return list(self.conversation(named).messages.values())

    def wait_for(
        self, look: Callable[[], Any], *, within: float = 15, what: str = "something in Teams"
    ) -> Any:
        """Wait until a look finds something, and give it. Raises `AssertionError` after `within` seconds."""
        return wait_for(look, bool, within=within, what=what)

    def send(self, activity: Mapping[str, Any], *, token: str | None = None) -> Delivery:
        """Hand an activity to the app under a good token (or that one), time the answer, and keep it.

        Raises `TroubleError` where a person would have been told of trouble, unless `tolerant` is set.
        """
        signed = token or signing.token(signing.claims(self.service_url))
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {signed}"}
        return self.send_raw(json.dumps(activity).encode(), headers, activity=activity)

    def send_raw(
        self, body: bytes, headers: Mapping[str, str], *, activity: Mapping[str, Any] | None = None
    ) -> Delivery:
        """Hand these very bytes to the app."""
        if self._post is None:
            raise RuntimeError("no way to the app: call over_http first")
        began = time.monotonic()
        status, answer = self._post(body, headers)
        seconds = time.monotonic() - began
        delivery = Delivery(
            activity or {}, status, _read(answer), seconds, _trouble(status, seconds), sent=(body, headers)
        )
        with self.space.lock:
            self.deliveries.append(delivery)
        if delivery.trouble and not self.tolerant:
            raise TroubleError(
                f"{_named(delivery.activity)}: {delivery.trouble}; body: {delivery.body!r:.500}"
            )
        return delivery

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Deliver the same activity again, freshly signed, as Teams does where no answer came."""
        return self.send(delivery.activity)

    @contextmanager
    def tolerating(self) -> Iterator[None]:
        """Let deliveries go wrong for a while: look at each one's `trouble`."""
        before, self.tolerant = self.tolerant, True
        try:
            yield
        finally:
            self.tolerant = before

    def _add(self, made: Conversation, members: Iterable[str]) -> Conversation:
        made.members = {self.user(one).account for one in members}
        with self.space.lock:
            return self.space.conversations.setdefault(made.id, made)


async def _nothing() -> None:
    return


def _poster(client: httpx.Client, url: str) -> Post:
    def post(body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        try:
            answer = client.post(url, content=body, headers=dict(headers))
        except httpx.TransportError:
            return 0, b""
        return answer.status_code, answer.content

    return post


def _read(answer: bytes) -> Any:
    if not answer:
        return None
    try:
        return json.loads(answer)
    except ValueError:
        return answer.decode(errors="replace")


def _trouble(status: int, seconds: float) -> str:
    if not status:
        return "no answer came"
    if seconds > DEADLINE:
        return f"the answer took {seconds:.2f} s, where Teams waits for {DEADLINE:g}"
    return "" if 200 <= status < 300 else f"the app answered {status}"


def _named(activity: Mapping[str, Any]) -> str:
    return f"{activity.get('type')} {activity.get('name', '')}".strip()
