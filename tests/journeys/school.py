"""Oakfield at the stand-in Slack with the program started beside it: what people do there, in a line each."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.reporting.schools import read_schools
from bot.slack import ids
from bot.wording import reporting as wording
from knowledge.rules import Kind
from tests.drills.warm import WarmProgram
from tests.support.processes import LOOPBACK
from tests.support.program import Program
from tests.support.schools import fast_schools
from tests.support.slack import payloads
from tests.support.slack.doors import Parcel
from tests.support.slack.people import users_of
from tests.support.slack.person import Person
from tests.support.slack.record import Delivery
from tests.support.slack.screens import Screen
from tests.support.slack.stand_in import Slack
from tests.support.slack.workspace import Seen
from tests.support.waiting import wait_for

HTTP, SOCKET = "http", "socket"
SAFE = {"q.danger": "no", "q.image": "no"}
_MESSAGES = ("chat.", "response_url", "views.publish")
_GROUP = {kind: number for number, (_, kinds) in enumerate(wording.KIND_GROUPS) for kind in kinds}


@dataclass(frozen=True, slots=True)
class School:
    """The workspace and the program; `door` is the way between them."""

    slack: Slack
    program: Program
    door: str

    def person(self, named: str) -> Person:
        """Somebody to act as."""
        return self.slack.person(named)

    def ask(self, who: Person, text: str, *, thread: str = "") -> Seen:
        """Ask in a direct message; gives the answer."""
        before = len(who.messages())
        who.dm(text, thread=thread)
        return self.next_of(who, before)

    def next_of(self, who: Person, before: int) -> Seen:
        """The message that comes after so many."""
        found = wait_for(
            who.messages, lambda now: len(now) > before, within=8, what=f"an answer to {who.name}"
        )
        return found[-1]

    def form(self, who: Person, kind: Kind, text: str = "") -> Screen:
        """Begin a report by command, and choose its kind."""
        who.slash(ids.REPORT_COMMAND, text)
        return self.chosen(who, kind)

    def chosen(self, who: Person, kind: Kind) -> Screen:
        """Choose the kind of a report that was begun."""
        who.wait_for_view(lambda view: view.has(ids.numbered(ids.REPORT_CHOOSE, 0)))
        who.press(ids.numbered(ids.REPORT_CHOOSE, _GROUP[kind]), choose=kind.value)
        return who.wait_for_view(lambda view: view.callback_id == ids.REPORT_FORM)

    def fill(self, who: Person, answers: Mapping[str, Any]) -> Screen:
        """Fill the form in, one answer after the other, as far as it has grown each time."""
        for name, given in answers.items():
            view = who.wait_for_view(lambda view, name=name: block(view, name) is not None)  # type: ignore[misc]  # mypy cannot infer a default's type
            was = view.view["hash"]
            if who.fill({name: given}):
                who.wait_for_view(lambda view, was=was: view.view["hash"] != was)  # type: ignore[misc]  # mypy cannot infer a default's type
        view_now = who.view
        assert view_now is not None
        return view_now

    def sent(self, who: Person) -> str:
        """Press Next, then Send: the reference on the receipt."""
        who.submit()
        assert who.view is not None
        assert wording.CHECK_AND_SEND in who.view.words, who.view.words
        return self.sent_now(who)

    def sent_now(self, who: Person) -> str:
        """Press Send on a form that shows whom it goes to: the reference on the receipt."""
        who.submit()
        assert who.view is not None
        assert who.view.title == wording.RECEIPT_TITLE, who.view.words
        return reference_in(who.view)

    def report(self, who: Person, kind: Kind, answers: Mapping[str, Any]) -> str:
        """A whole report by command; gives its reference."""
        self.form(who, kind)
        self.fill(who, {**SAFE, **answers})
        found = self.sent(who)
        who.close_view(all_of_them=True)
        return found

    def card(self, who: Person, reference: str, *, within: float = 8) -> Seen:
        """The card about a case that somebody is sent."""
        return who.wait_for_message(
            lambda one: reference in one.text and one.has(ids.CASE_OPEN), within=within
        )

    def card_now(self, who: Person, card: Seen, good: Callable[[Seen], bool]) -> Seen:
        """The same card once it has become good."""

        def look() -> Seen | None:
            return next((one for one in who.messages() if one.ts == card.ts and good(one)), None)

        found: Seen = self.slack.wait_for(look, within=8, what=f"the card of {who.name} to change")
        return found

    def opened(self, who: Person, card: Seen) -> Screen:
        """Open a case from its card."""
        who.press(ids.CASE_OPEN, card)
        return who.wait_for_view(lambda view: view.callback_id in {ids.CASE_VIEW, ids.SAID_VIEW})

    def forge(self, who: Person, action: str, value: str, card: Seen) -> Delivery:
        """Send somebody's click, validly signed, on a button that stands in another person's message."""
        with self.slack.lock:
            trigger = self.slack.space.screens.trigger(who.id)
        pressed = {"type": "button", "action_id": action, "block_id": "b", "value": value, "action_ts": "1.0"}
        payload = payloads.interaction(
            "block_actions",
            who.user,
            trigger_id=trigger,
            container={"type": "message", "message_ts": card.ts, "channel_id": card.channel},
            channel={"id": card.channel, "name": "directmessage"},
            actions=[pressed],
            response_url=f"{self.slack.origin}/response/none",
        )
        return self.slack.send(Parcel("interactive", f"forged:{action}", payload))

    def audited(self, action: str = "", reference: str = "") -> list[tuple[str, str, str]]:
        """The audit so far, oldest first: who, what, which case."""
        with closing(sqlite3.connect(f"file:{self.program.data / 'signpost.db'}?mode=ro", uri=True)) as file:
            rows = file.execute("SELECT actor, action, reference FROM audit ORDER BY seq").fetchall()
        return [row for row in rows if action in {"", row[1]} and reference in {"", row[2]}]

    def cases(self) -> int:
        """How many cases there are."""
        with closing(sqlite3.connect(f"file:{self.program.data / 'signpost.db'}?mode=ro", uri=True)) as file:
            return int(file.execute("SELECT count(*) FROM case_file").fetchone()[0])

    def messages(self) -> str:
        """All that ever went into a message or a home tab, as it came over the wire."""
        calls = [one for one in self.slack.calls() if one.method.startswith(_MESSAGES)]
        spoken = [one.body for one in self.slack.deliveries if one.kind == "slash_commands"]
        return "\n".join(str(one) for one in [*(call.args for call in calls), *spoken])

    def put_before(self, who: str) -> str:
        """All that one person was ever shown: messages, windows, home, lists."""
        user = self.slack.user(who).id
        calls = [str(one.args) for one in self.slack.calls() if one.user == user]
        answers = [str(one.body) for one in self.slack.deliveries if _by(one.payload) == user]
        return "\n".join([*calls, *answers])


def _by(payload: Mapping[str, Any]) -> str:
    user = payload.get("user")
    return str(user.get("id")) if isinstance(user, Mapping) else str(payload.get("user_id") or "")


def block(view: Screen, name: str) -> Mapping[str, Any] | None:
    """The block of a question, as it stands in a form."""
    return next((one for one in view.blocks if one.get("block_id") == name), None)


def inputs(view: Screen) -> list[str]:
    """The questions that a form asks, in order."""
    return [str(one["block_id"]) for one in view.blocks if one["type"] == "input"]


def reference_in(view: Screen) -> str:
    """The reference that a receipt names."""
    found = [word.strip(".") for word in view.words.split() if word.startswith("SP-")]
    assert found, view.words
    return found[0]


@contextmanager
def school(folder: Path, door: str = HTTP, *, step: str = "60s", **settings: str) -> Iterator[School]:
    """Oakfield, its workspace and the program, over one of the two doors."""
    text = fast_schools(step=step)
    with Slack(users_of(read_schools(text, "schools.yml"))) as slack:
        ours = slack.socket_settings if door == SOCKET else slack.settings
        program = WarmProgram(folder, schools=text, **{**ours, **settings})
        with program:
            if door == SOCKET:
                slack.over_socket_mode()
            else:
                slack.over_http(f"http://{LOOPBACK}:{program.port}/slack/events")
            yield School(slack, program, door)
        assert not slack.late(), "Slack was answered too late"
