"""The stand-in Slack itself: start it, script it, read what the app did, act as its people."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from secrets import token_hex
from typing import Any, Self

from tests.support.processes import LOOPBACK
from tests.support.slack.behaviour import Behaviour
from tests.support.slack.doors import DEADLINE, Door, HttpDoor, Parcel, Post
from tests.support.slack.forms import NotPossibleError
from tests.support.slack.installation import installed
from tests.support.slack.payloads import Origin, echo_of, event_of
from tests.support.slack.people import BOT, EVERYBODY_ELSE, User
from tests.support.slack.person import Person
from tests.support.slack.record import Call, Delivery
from tests.support.slack.running import Running
from tests.support.slack.screens import Screen
from tests.support.slack.service import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Service
from tests.support.slack.sockets import SocketDoor, Sockets
from tests.support.slack.space import Space
from tests.support.slack.workspace import Channel, Seen, Workspace, direct_id, seen
from tests.support.waiting import wait_for


class TroubleError(AssertionError):
    """Slack's user would have been shown a warning: the app answered late, wrongly or not at all."""


class Slack:
    """A workspace with people in it, its Web API on loopback, and the ways to the app.

    `users` are added to the guests, leavers and strangers whom every workspace here has.
    """

    def __init__(self, users: Iterable[User] = ()) -> None:
        given = list(users)
        named = {one.id for one in given}
        self.workspace = Workspace([*given, *(one for one in EVERYBODY_ELSE if one.id not in named)])
        self.lock = threading.RLock()
        self.space = Space(self.workspace)
        self.service = Service(self.space, self.lock)
        self.deliveries: list[Delivery] = []
        self.tolerant = False
        self.door: Door | None = None
        self._doors: list[Door] = []
        self.sockets = Sockets(self.space)
        self.service.connect = lambda: {"url": self.sockets.ticket(self.origin)}
        self.service.posted = self._echo
        self._echoes: ThreadPoolExecutor | None = None
        self._running = Running([*self.service.routes(), *self.sockets.routes()], self.sockets.close)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; calls are taken when this returns."""
        self._running.start()

    def stop(self) -> None:
        """End every conversation. Raises `AssertionError` where the stand-in was at fault itself."""
        if self._echoes is not None:
            self._echoes.shutdown()
            self._echoes = None
        for door in self._doors:
            door.close()
        self._running.stop()
        assert not self.service.faults, f"the stand-in was at fault: {self.service.faults[0]}"

    @property
    def origin(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT`."""
        return f"http://{LOOPBACK}:{self._running.port}"

    @property
    def url(self) -> str:
        """What `SIGNPOST_SLACK_API_URL` is set to."""
        return f"{self.origin}/api/"

    @property
    def settings(self) -> dict[str, str]:
        """The settings with which the program takes signed HTTP from this stand-in."""
        return {
            "SIGNPOST_SLACK_API_URL": self.url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        }

    @property
    def socket_settings(self) -> dict[str, str]:
        """The settings with which it connects by Socket Mode instead."""
        return {
            "SIGNPOST_SLACK_API_URL": self.url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
        }

    def over_http(self, to: str | Post) -> HttpDoor:
        """Reach the app at its `/slack/events`: a URL, or a function that posts a body with headers."""
        door = HttpDoor(to, SIGNING_SECRET)
        self._doors.append(door)
        self.door = door
        return door

    def over_socket_mode(self, *, connections: int = 1, within: float = 10) -> SocketDoor:
        """Reach the app over the connections that it makes, once there are as many."""
        enough = f"{connections} Socket Mode connection(s)"
        self.wait_for(lambda: self.sockets.count >= connections, within=within, what=enough)
        door = SocketDoor(self.sockets, self._running)
        self.door = door
        return door

    def install(self, manifest: Any) -> None:
        """Have the app as its manifest makes it: people are offered nothing else, the token may do no more.

        Raises `Refusal` for a manifest that Slack wouldn't take.
        """
        self.space.installation = installed(manifest)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every Socket Mode connection to make way for another, and close it (not after a `warning`)."""
        self._running.ask(self.sockets.disconnect(reason))

    def cut(self) -> None:
        """Break every Socket Mode connection off without a word."""
        self._running.ask(self.sockets.cut())

    def control(self, **changes: Any) -> None:
        """Change the behaviour: `control(down=True)`, `control(hang=["sam"])`, `control(rate={"per": 1})`.

        What isn't named stays as it is. Raises `ValueError` or `TypeError` for what isn't known.
        """
        with self.lock:
            self.space.behaviour = self.space.behaviour.changed(changes)
            if "rate" in changes:
                self.service.patience.forget()
        if self.sockets.count and (self.behaviour.down or self.behaviour.refuse):
            self.cut()

    @property
    def behaviour(self) -> Behaviour:
        """How it behaves just now."""
        return self.space.behaviour

    def calls(self, method: str = "") -> list[Call]:
        """Every call so far in order of arrival, or one method's (`response_url` is one)."""
        with self.lock:
            return [one for one in self.service.calls if method in {"", one.method}]

    def refused(self) -> list[Call]:
        """The calls that Slack answered with an error of any kind."""
        return [one for one in self.calls() if not one.ok]

    def forget(self) -> None:
        """Forget the calls and deliveries so far; what was put before people stays there."""
        with self.lock:
            self.service.calls.clear()
            self.deliveries.clear()

    def user(self, named: str) -> User:
        """The user with this id or user name. Raises `NotPossibleError` where there is none."""
        user = self.workspace.user(named)
        if user is None:
            raise NotPossibleError(f"nobody here goes by {named}")
        return user

    def person(self, named: str) -> Person:
        """Somebody to act as, by id or user name."""
        return Person(self, self.user(named))

    def add_user(self, user: User) -> User:
        """Add somebody, or put them in the place of whoever has this id."""
        with self.lock:
            self.workspace.add_user(user)
        return user

    def change_user(self, named: str, **changes: Any) -> User:
        """Change an account: `change_user("tom", deleted=True)`."""
        return self.add_user(replace(self.user(named), **changes))

    def add_channel(
        self, name: str, *members: str, private: bool = False, shared: bool = False, bot: bool = True
    ) -> Channel:
        """Add a channel with these people in it, and with the app unless told otherwise."""
        inside = {self.user(one).id for one in members} | ({BOT.id} if bot else set())
        kind, letter = ("group", "G") if private else ("channel", "C")
        with self.lock:
            place = f"{letter}0{name.upper().replace('-', '')}"
            return self.workspace.add_channel(Channel(place, name, kind, inside, shared=shared))

    def channel(self, named: str) -> Channel:
        """The conversation with this id or name. Raises `NotPossibleError` where there is none."""
        channel = self.workspace.channel(named)
        if channel is None:
            raise NotPossibleError(f"there is no channel {named}")
        return channel

    def messages_to(self, named: str) -> list[Seen]:
        """What the app has put before one person alone, the oldest first: direct messages and whispers."""
        user = self.user(named)
        with self.lock:
            shown = self.workspace.visible(user)
        return [
            one for one in shown if one.user == BOT.id and (one.ephemeral or one.channel == direct_id(user))
        ]

    def messages_in(self, channel: str) -> list[Seen]:
        """What stands in a channel for all its members, the oldest first, whoever wrote it."""
        with self.lock:
            place = self.channel(channel)
            return [seen(place.id, one) for one in place.messages.values()]

    def views_of(self, named: str) -> list[Screen]:
        """The modals that a person has open, the top one last."""
        with self.lock:
            return list(self.space.screens.stacks.get(self.user(named).id, []))

    def home_of(self, named: str) -> Screen | None:
        """A person's home tab, as last published; None where it never was."""
        return self.space.screens.homes.get(self.user(named).id)

    def wait_for(
        self, look: Callable[[], Any], *, within: float = 15, what: str = "something at Slack"
    ) -> Any:
        """Wait until a look finds something, and give it. Raises `AssertionError` after `within` seconds."""
        return wait_for(look, bool, within=within, what=what)

    def send(self, parcel: Parcel) -> Delivery:
        """Hand something to the app, time the answer, and keep it.

        Raises `TroubleError` where a person would have been warned, unless `tolerant` is set.
        """
        return self._kept(self._door().deliver(parcel))

    def _door(self) -> Door:
        if self.door is None:
            raise RuntimeError("no way to the app: call over_http or over_socket_mode first")
        return self.door

    def _kept(self, delivery: Delivery) -> Delivery:
        self.deliveries.append(delivery)
        self.judge(delivery)
        return delivery

    def judge(self, delivery: Delivery) -> None:
        """Raise `TroubleError` for a delivery that went wrong, unless `tolerant` is set."""
        if delivery.trouble and not self.tolerant:
            raise TroubleError(
                f"{delivery.kind} {delivery.name}: {delivery.trouble}; body: {delivery.body!r:.500}"
            )

    def amended(self, delivery: Delivery, trouble: str) -> Delivery:
        """A delivery whose answer turned out to be of no use, if there is trouble with it."""
        if not trouble:
            return delivery
        amended = replace(delivery, trouble=trouble)
        self.deliveries[self.deliveries.index(delivery)] = amended
        self.judge(amended)
        return amended

    @contextmanager
    def tolerating(self) -> Iterator[None]:
        """Let deliveries go wrong for a while: look at each one's `trouble`."""
        before, self.tolerant = self.tolerant, True
        try:
            yield
        finally:
            self.tolerant = before

    def send_event(self, event: Mapping[str, Any], *, origin: Origin | None = None) -> Delivery:
        """Send an event as it is given, in the envelope that Slack puts around each."""
        if lacking := self.space.installation.lacks_event(event):
            raise NotPossibleError(f"the app isn't subscribed to {lacking}, so that Slack tells it nothing")
        payload = event_of(event, event_id=f"Ev{token_hex(5).upper()}", origin=origin or Origin())
        return self.send(Parcel("events_api", str(event.get("type")), payload))

    def redeliver(
        self,
        delivery: Delivery,
        *,
        attempt: int = 1,
        reason: str = "http_timeout",
        through: Door | None = None,
    ) -> Delivery:
        """Deliver the same thing again, freshly signed: an event as Slack's retry, with its `event_id`.

        `through` is the way to another replica of the app.
        """
        retry = attempt if delivery.kind == "events_api" else 0
        parcel = Parcel(delivery.kind, delivery.name, delivery.payload, retry=retry, reason=reason)
        return self._kept((through or self._door()).deliver(parcel))

    def replay(self, delivery: Delivery) -> Delivery:
        """Send the very same bytes under the same signature again, as an eavesdropper would."""
        assert isinstance(self.door, HttpDoor), "only signed HTTP can be replayed"
        parcel = Parcel(delivery.kind, delivery.name, delivery.payload)
        return self._kept(self.door.deliver_raw(parcel, *delivery.sent))

    def post_raw(self, body: bytes, headers: Mapping[str, str]) -> Delivery:
        """Post any bytes with any headers to the app; whatever comes back is no trouble."""
        assert isinstance(self.door, HttpDoor), "only over HTTP"
        delivery = self.door.deliver_raw(Parcel("raw", "raw", {}), body, headers)
        self.deliveries.append(delivery)
        return delivery

    def _echo(self, method: str, result: Mapping[str, Any]) -> None:
        """Tell the app of its own direct messages, from another thread: the app waits for this one."""
        event = echo_of(self.workspace, method, result) if self.behaviour.echo and self.door else None
        if event is None or self.space.installation.lacks_event(event):
            return
        self._echoes = self._echoes or ThreadPoolExecutor(1, "echoes")
        payload = event_of(event, event_id=f"Ev{token_hex(5).upper()}", origin=Origin())
        parcel = Parcel("events_api", f"echo:{event.get('subtype', 'message')}", payload)
        self._echoes.submit(lambda: self.deliveries.append(self._door().deliver(parcel)))

    def verify_url(self) -> Delivery:
        """Ask the app whether it is there, as Slack does when its address is entered."""
        challenge = token_hex(16)
        payload = {"token": "an-old-verification-token", "challenge": challenge, "type": "url_verification"}
        delivery = self.send(Parcel("events_api", "url_verification", payload))
        right = delivery.body in (challenge, {"challenge": challenge})
        return self.amended(delivery, "" if right else "the challenge wasn't given back")

    def slowest(self) -> float:
        """The longest that the app has taken for any answer, in seconds; 0 where there was none yet."""
        return max((one.seconds for one in self.deliveries), default=0.0)

    def late(self) -> list[Delivery]:
        """What the app answered too late for Slack, or not at all."""
        return [one for one in self.deliveries if one.seconds > DEADLINE or not one.status]

    def wait_for_calls(self, good: Callable[[list[Call]], bool], *, within: float) -> list[Call]:
        """Wait until the record is good, and give it. Raises `AssertionError` after `within` seconds."""
        return wait_for(self.calls, good, within=within, what="the right calls at Slack")
