"""Oakfield at the stand-in Slack with the program started beside it: what people do there, in a line each."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.reporting.schools import read_schools
from bot.slack import ids
from tests.journeys import records
from tests.support.processes import LOOPBACK
from tests.support.program import Program
from tests.support.schools import fast_schools
from tests.support.slack import payloads
from tests.support.slack.doors import Parcel
from tests.support.slack.people import users_of
from tests.support.slack.person import Person
from tests.support.slack.record import Delivery
from tests.support.slack.screens import Screen
from tests.support.slack.staff import Staff
from tests.support.slack.stand_in import Slack
from tests.support.slack.workspace import Seen
from tests.support.warm import WarmProgram

HTTP, SOCKET = "http", "socket"
_MESSAGES = ("chat.", "response_url", "views.publish")


@dataclass(frozen=True, slots=True)
class School(Staff):
    """The workspace and the program; `door` is the way between them."""

    program: Program
    door: str

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
        return records.audited(self.program.data, action, reference)

    def cases(self) -> int:
        """How many cases there are."""
        return records.count_cases(self.program.data)

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


@contextmanager
def school(folder: Path, door: str = HTTP, *, step: str = "1h", **settings: str) -> Iterator[School]:
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
