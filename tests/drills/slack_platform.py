"""The stand-in Slack as the drills know their platform: what was put before whom, and how it is to behave."""

import re
from collections.abc import Mapping
from time import monotonic
from typing import Any

from bot.reporting.schools import read_schools
from bot.slack.messenger import NOTICE
from bot.wording.answers import URGENCIES
from tests.support.slack.forms import words_of
from tests.support.slack.people import users_of
from tests.support.slack.record import Call as SlackCall
from tests.support.slack.record import Delivery
from tests.support.slack.stand_in import Slack
from tests.support.slack.workspace import Seen, seen
from tests.support.standin import StandIn
from tests.support.standin_platform import Call

_REFERENCE = re.compile(r"\bSP-[0-9A-Z-]+")
_PERSON = re.compile(r"^(  - \{id: (\w+), name: (?!.*\bslack:).*\bemail: .*)\}$", re.MULTILINE)
_METHODS = {"chat.postMessage": "POST", "chat.update": "PUT"}
"""What the drills call these; any other call asks for something, or shows something that is no message."""
_BY_WORDS = {": ring": "unanswered", "Signpost needs you": "alarm"}
_TROUBLES = {"cannot be reached": "unreachable"}
_GLANCE = 0.2
"""Seconds that nobody presses a button before."""
_URGENCIES = {words: urgency.value for urgency, words in URGENCIES.items()}


class SlackStandIn(StandIn):
    """A stand-in Slack with a `StandIn`'s remote control: `slack` is the workspace itself.

    A message's `event` is told from its words, as a person tells it: `card`, `alert`, `unanswered`, `alarm`,
    else `other`. The receipts that reporters are sent carry no notice's id; theirs is made of the reference.
    """

    name = "slack"

    def __init__(self) -> None:
        super().__init__()
        self.slack = Slack()
        self.slack.tolerant = True  # who kills the app looks at each delivery
        self._taken = 0
        self._notices: dict[str, str] = {}

    def start(self) -> None:
        """Start listening."""
        self.slack.start()
        self.url = self.slack.url

    def stop(self) -> None:
        """End every conversation. Raises `AssertionError` where it was at fault itself."""
        self.slack.stop()

    def admit(self, schools: str) -> str:
        """Give everybody in a schools file an account here; returns the file with their accounts' ids."""
        listed = _PERSON.sub(lambda one: f"{one[1]}, slack: U0{one[2].upper().replace('_', '')}}}", schools)
        for user in users_of(read_schools(listed, "schools.yml")):
            self.slack.add_user(user)
        return listed

    def control(self, **changes: Any) -> None:
        """Change the behaviour, in the words of `standin_platform.Behaviour`.

        Raises `ValueError` for `find=False`: Slack can be asked for a notice. Each report is answered with
        a receipt besides its notice, hence twice as many messages are dropped as asked.
        """
        if not changes.pop("find", True):
            raise ValueError("Slack can always be asked")
        if "dead" in changes:
            changes["errors"] = dict.fromkeys(changes.pop("dead"), "user_disabled")
        if "drop_after_accept" in changes:
            changes["drop_after_accept"] *= 2
        rate = changes.get("rate")
        if rate and rate.get("of") == "person":
            changes["rate"] = {**rate, "of": "channel"}
        self.slack.control(**changes)

    def record(self) -> list[Call]:
        """Every call so far, in the order of arrival."""
        with self.slack.lock:  # also since several people look at the same time
            fresh = self.slack.service.calls[self._taken :]
            self._taken += len(fresh)
            self._read.extend(map(self._call, fresh))
            return list(self._read)

    def count(self) -> int:
        """How many calls there have been."""
        return len(self.record())

    def forget(self) -> None:
        """Forget the calls so far; the messages stay where they are."""
        with self.slack.lock:
            self.slack.forget()
            self._read.clear()
            self._taken = 0

    def first_card(self, reference: str, person: str) -> Seen | None:
        """The first card about a case before somebody, as it stands now, once they can have read it."""
        calls, read = self.record(), monotonic() - _GLANCE
        found = next((one for one in calls if one.at < read and _is_card(one, reference, person)), None)
        return self.shown(*str(found.provider).split(":")) if found else None

    def shown(self, channel: str, ts: str) -> Seen:
        """A message as it stands now."""
        with self.slack.lock:
            return seen(channel, self.slack.workspace.channels[channel].messages[ts])

    def keep(self, delivery: Delivery) -> None:
        """Keep what the app answered to something that came by a door of its own."""
        with self.slack.lock:
            self.slack.deliveries.append(delivery)

    def _call(self, call: SlackCall) -> Call:
        user = self.slack.workspace.user(call.user)
        body = _body(call, user.name if user else "")
        place = f"{call.channel}:{call.ts or call.args.get('ts', '')}"
        method = _METHODS.get(call.method, "GET")
        if method == "POST" and call.accepted:
            self._notices[place] = body["id"]
        return Call(
            at=call.at,
            wall=call.wall,
            method=method,
            notice=body["id"] if method == "POST" else self._notices.get(place, ""),
            person=body["person"],
            event=body["event"] if method != "GET" else "",
            body=body,
            status=_status(call),
            provider=place if call.accepted else None,
            early=call.early,
        )


def _is_card(call: Call, reference: str, person: str) -> bool:
    return call.accepted and (call.event, call.body["reference"], call.person) == ("card", reference, person)


def _status(call: SlackCall) -> int:
    """As the console's wire has it, where Slack says that all is well and adds that it isn't."""
    return call.status if call.ok or call.status != 200 else 410


def _body(call: SlackCall, person: str) -> dict[str, Any]:
    subject, args = str(call.args.get("text") or ""), call.args
    text = words_of(args["blocks"]) if args.get("blocks") else subject
    found = _REFERENCE.search(f"{subject} {text}")
    reference = found[0].rstrip("-") if found else ""
    event = _event(subject, text, args)
    return {
        "id": _notice_of(args.get("metadata")) or f"receipt {reference}",
        "person": person,
        "reference": reference,
        "urgency": next((value for words, value in _URGENCIES.items() if subject.endswith(f": {words}")), ""),
        "subject": subject,
        "text": text,
        "event": event,
        **({"trouble": _trouble(text)} if event == "alarm" else {}),
    }


def _event(subject: str, text: str, args: Mapping[str, Any]) -> str:
    if "metadata" not in args and "ts" not in args:
        return "receipt"
    if any(subject.endswith(f": {words}") for words in _URGENCIES):
        return "alert" if "You cannot open it" in text else "card"
    return next((event for words, event in _BY_WORDS.items() if subject.endswith(words)), "other")


def _trouble(text: str) -> str:
    return next((trouble for words, trouble in _TROUBLES.items() if words in text), "other")


def _notice_of(metadata: Any) -> str:
    return str(metadata["event_payload"]["notice"]) if metadata and metadata["event_type"] == NOTICE else ""
