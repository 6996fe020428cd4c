"""Each platform on a stage: what arrives there can be read, and it can be made to misbehave.

A new platform gets a stage here, and one line in `PLATFORMS`.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Self, TypeVar

from bot.addresses import mail_server
from bot.console.demo_messenger import DemoMessenger
from bot.console_messenger import ConsoleMessenger
from bot.delivery import Envelope, Messenger, TryLaterError, UnreachableError
from bot.mail import Mail
from bot.reporting.people import Directory
from bot.reporting.schools import read_schools
from bot.slack.client import SlackClient
from bot.slack.messenger import SlackMessenger
from bot.teams.auth import Credential, Tokens
from bot.teams.client import TeamsClient
from bot.teams.hosts import Hosts
from bot.teams.messenger import TeamsMessenger
from bot.teams.places import Places
from bot.wording.notices import say
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.fake_messenger import Platform, Sending, accepts, raises
from tests.support.offices import office_for
from tests.support.processes import LOOPBACK, free_port
from tests.support.slack.people import users_of
from tests.support.slack.service import BOT_TOKEN
from tests.support.slack.stand_in import Slack
from tests.support.slack.workspace import seen
from tests.support.smtp import MailSink
from tests.support.standin import StandIn
from tests.support.teams import login, people, signing
from tests.support.teams.cards import parts_of
from tests.support.teams.space import Seen
from tests.support.teams.stand_in import Teams

T = TypeVar("T")
SECONDS = 4.0
"""How long a call may take on these stages, unless a test waits for its end."""
_SENDER = "Signpost <signpost@oakfield.example>"
_NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@cache
def directory() -> Directory:
    """Everybody of Oakfield, on every platform."""
    return read_schools(people.on_teams(OAKFIELD), "schools.yml")


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message before somebody: where, what it says now, and all of it as it came over the wire."""

    where: str
    text: str
    raw: str


class Stage(ABC):
    """A platform ready to be played on, as a context manager.

    `asks`: it can be asked whether a notice arrived. `edits`: it changes messages in place. `says_when`: it
    says for how long it wants to be left alone.
    """

    asks: ClassVar[bool] = True
    edits: ClassVar[bool] = True
    says_when: ClassVar[bool] = True
    messenger: Messenger

    def __init__(self, hall: Any, seconds: float = SECONDS) -> None:
        self._hall = hall
        self._seconds = seconds
        self._held = ExitStack()

    @classmethod
    def hall(cls) -> AbstractContextManager[Any]:
        """What takes long to start and serves many stages of this platform, one after the other."""
        return nullcontext()

    def __enter__(self) -> Self:
        self._runner = self._held.enter_context(asyncio.Runner())
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def play(self, call: Coroutine[Any, Any, T]) -> T:
        """Do something with the messenger, in the one loop that it lives in."""
        return self._runner.run(call)

    @abstractmethod
    def open(self) -> None:
        """Make the messenger; what is put on `_held` is closed at the end."""

    @abstractmethod
    def arrived(self) -> list[Arrived]:
        """What is before people now, in the order of arrival."""


class RemoteStage(Stage):
    """A platform that can fail: all but the terminal."""

    @abstractmethod
    def be_busy(self) -> None:
        """Take one more message at most, and put every other off."""

    @abstractmethod
    def lose(self, address: str) -> None:
        """Never reach this address again."""

    @abstractmethod
    def hang_on(self, address: str) -> None:
        """Answer nothing that is for this address."""

    @abstractmethod
    def drop_one(self) -> None:
        """Take one more message and hang up instead of saying so."""

    @abstractmethod
    def go_away(self) -> None:
        """Be there for nobody."""


class ConsoleStage(RemoteStage):
    """The console messenger, and the stand-in at the other end of its wire."""

    messenger: ConsoleMessenger

    @classmethod
    def hall(cls) -> StandIn:
        """The stand-in is a process of its own."""
        return StandIn()

    def open(self) -> None:
        """Make the stand-in as it was when it was new."""
        self._there: StandIn = self._hall
        self._there.control(down=False, hang=[], dead=[], rate=None, drop_after_accept=0)
        self._there.forget()
        self.messenger = ConsoleMessenger(self._there.url, seconds=self._seconds)
        self._held.callback(lambda: self.play(self.messenger.close()))

    def arrived(self) -> list[Arrived]:
        """As the last call about each message left it."""
        now: dict[str | None, Arrived] = {}
        for call in self._there.record():
            if call.accepted or (call.method == "PUT" and call.provider):
                now[call.provider] = Arrived(call.person, str(call.body["text"]), str(call.body))
        return list(now.values())

    def be_busy(self) -> None:
        """Take one message a minute."""
        self._there.control(rate={"per": 60.0, "of": "all"})

    def lose(self, address: str) -> None:
        """Answer 410."""
        self._there.control(dead=[address])

    def hang_on(self, address: str) -> None:
        """Answer nothing."""
        self._there.control(hang=[address])

    def drop_one(self) -> None:
        """Hang up."""
        self._there.control(drop_after_accept=1)

    def go_away(self) -> None:
        """Answer 503."""
        self._there.control(down=True)


class MailStage(RemoteStage):
    """E-mail, and a mail server that keeps what it is sent."""

    asks, edits, says_when = False, False, False
    messenger: Mail

    def open(self) -> None:
        """Start a mail server of its own."""
        self._there = self._held.enter_context(MailSink())
        self.messenger = Mail(mail_server(self._there.url), _SENDER, seconds=self._seconds)

    def arrived(self) -> list[Arrived]:
        """Every mail."""
        kept = self._there.messages
        return [Arrived(", ".join(one.recipients), one.body, one.raw.decode()) for one in kept]

    def be_busy(self) -> None:
        """Answer 451."""
        self._there.busy = True

    def lose(self, address: str) -> None:
        """Answer 550."""
        self._there.dead = frozenset({address})

    def hang_on(self, address: str) -> None:
        """Answer nothing."""
        self._there.hang = frozenset({address})

    def drop_one(self) -> None:
        """Hang up."""
        self._there.drop_after_accept = 1

    def go_away(self) -> None:
        """Send to a port where nobody listens."""
        nobody = mail_server(f"smtp://{LOOPBACK}:{free_port()}")
        self.messenger = Mail(nobody, _SENDER, seconds=self._seconds)


class SlackStage(RemoteStage):
    """Slack's messenger, and the strict stand-in Slack."""

    messenger: SlackMessenger

    @classmethod
    def hall(cls) -> Slack:
        """The stand-in listens in a thread of its own."""
        return Slack(users_of(directory()))

    def open(self) -> None:
        """Make the stand-in as it was when it was new."""
        self._there: Slack = self._hall
        self._there.control(down=False, hang=[], errors={}, rate=None, drop_after_accept=0, faults=[])
        with self._there.lock:
            self._there.workspace.channels.clear()
        client = SlackClient(BOT_TOKEN, self._there.url, seconds=self._seconds)
        self.play(client.open())
        self._held.callback(lambda: self.play(client.close()))
        self.messenger = SlackMessenger(client)

    def arrived(self) -> list[Arrived]:
        """What stands in the direct conversations now; the text without the subject above it."""
        with self._there.lock:
            channels = list(self._there.workspace.channels.values())
            found = [
                (one["ts"], place.user, seen(place.id, one))
                for place in channels
                for one in place.messages.values()
            ]
        return [
            Arrived(user, one.words.partition("\n")[2], one.everything)
            for _, user, one in sorted(found, key=lambda each: each[0])
        ]

    def be_busy(self) -> None:
        """Take one message a minute; say 429 and for how long to every other."""
        self._there.control(rate={"per": 60.0, "of": "all"})

    def lose(self, address: str) -> None:
        """Say that the account is switched off."""
        self._there.control(errors={address: "user_disabled"})

    def hang_on(self, address: str) -> None:
        """Answer nothing."""
        self._there.control(hang=[address] if self._there.workspace.user(address) else [])

    def drop_one(self) -> None:
        """Hang up."""
        self._there.control(drop_after_accept=1)

    def go_away(self) -> None:
        """Answer 503."""
        self._there.control(down=True)


class TeamsStage(RemoteStage):
    """Teams' messenger, and the strict stand-in Teams."""

    asks = False
    messenger: TeamsMessenger

    @classmethod
    def hall(cls) -> Teams:
        """The stand-in listens in a thread of its own."""
        return Teams(people.users_of(directory()))

    def open(self) -> None:
        """Make the stand-in as it was when it was new, and places of which none is known."""
        self._there: Teams = self._hall
        self._there.control(down=False, hang=[], dead=[], rate=None, drop_after_accept=0)
        self._there.forget()
        with self._there.space.lock:
            self._there.space.conversations.clear()
        folder = Path(self._held.enter_context(TemporaryDirectory()))
        office = office_for(f"sqlite:///{folder / 'signpost.db'}", folder, people.on_teams(OAKFIELD))
        self._held.callback(office.store.close)
        credential = Credential(app_id=signing.APP, tenant=signing.TENANT, secret=login.SECRET)
        tokens = Tokens(credential, login_url=self._there.origin)
        hosts = Hosts([self._there.service_url])
        client = TeamsClient(tokens, signing.TENANT, hosts, seconds=self._seconds)
        self.play(client.open())
        self._held.callback(lambda: self.play(client.close()))
        self.play(tokens.for_bot())
        self.messenger = TeamsMessenger(client, Places(office), lambda: _NOW, tenant=signing.TENANT)

    def arrived(self) -> list[Arrived]:
        """What stands in the conversations now; the text without the subject above it."""
        with self._there.space.lock:
            seen = [
                (owner.account, one)
                for place in self._there.space.conversations.values()
                if (owner := self._there.space.owner(place.id)) is not None
                for one in place.messages.values()
            ]
        found = sorted(seen, key=lambda each: each[1].id)
        return [Arrived(account, _words(one), repr(one)) for account, one in found]

    def be_busy(self) -> None:
        """Take one message a minute; say 429 and for how long to every other."""
        self._there.control(rate={"per": 60.0, "of": "all"})

    def lose(self, address: str) -> None:
        """Say that the account is no more."""
        self._there.control(dead=[address])

    def hang_on(self, address: str) -> None:
        """Answer nothing."""
        self._there.control(hang=[address])

    def drop_one(self) -> None:
        """Hang up."""
        self._there.control(drop_after_accept=1)

    def go_away(self) -> None:
        """Answer 503."""
        self._there.control(down=True)


def _words(seen: Seen) -> str:
    parts = parts_of(seen.card or {})
    return "\n".join([part["text"] for part in parts if part.get("type") in {"TextBlock", "TextRun"}][1:])


class FakeStage(RemoteStage):
    """The fake that the tests of delivery send to: verified by passing what the real ones pass."""

    messenger: Platform

    def open(self) -> None:
        """Make one."""
        self.messenger = Platform()

    def arrived(self) -> list[Arrived]:
        """What it was given and took, as last changed."""
        taken = [one for one in self.messenger.sent if one.notice in self.messenger.has]
        changed = dict(self.messenger.edited)
        now = [changed.get(f"m-{one.notice}", one) for one in taken]
        return [Arrived(one.address, say(one.message, one.marks).text, repr(one)) for one in now]

    def be_busy(self) -> None:
        """Put off for a second."""
        self.messenger.does = raises(TryLaterError(1.0))

    def lose(self, address: str) -> None:
        """Say so."""
        self._to(address, raises(UnreachableError("gone")))

    def hang_on(self, address: str) -> None:
        """Wait, as long as a call may take."""

        async def hang(_envelope: Envelope) -> str:
            await asyncio.sleep(self._seconds)
            raise TryLaterError(unsure=True)

        self._to(address, hang)

    def drop_one(self) -> None:
        """Take it in silence."""

        async def drop(envelope: Envelope) -> str:
            self.messenger.has.add(envelope.notice)
            raise TryLaterError(unsure=True)

        self.messenger.does = drop

    def go_away(self) -> None:
        """Take nothing."""
        self.messenger.does = raises(TryLaterError())

    def _to(self, address: str, does: Sending) -> None:
        async def do(envelope: Envelope) -> str:
            return await (does if envelope.address == address else accepts)(envelope)

        self.messenger.does = do


class TerminalStage(Stage):
    """The terminal of `signpost demo`: what was printed there stays, so a change comes as a new message."""

    edits = False
    messenger: DemoMessenger

    def open(self) -> None:
        """Make one."""
        self.messenger = DemoMessenger()
        self._seen: list[Arrived] = []

    def arrived(self) -> list[Arrived]:
        """What was printed."""
        for one in self.messenger.arrived():
            said = say(one.envelope.message, one.envelope.marks)
            self._seen.append(Arrived(one.envelope.address, said.text, repr(one)))
        return list(self._seen)


REMOTE: tuple[type[RemoteStage], ...] = (
    ConsoleStage,
    MailStage,
    SlackStage,
    TeamsStage,
    FakeStage,
)
PLATFORMS: tuple[type[Stage], ...] = (*REMOTE, TerminalStage)
