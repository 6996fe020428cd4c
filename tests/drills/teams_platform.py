"""The stand-in Teams as the drills know their platform: what was put before whom, and how it is to behave."""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from time import time
from typing import Any

from bot.reporting.schools import read_schools
from bot.wording.answers import URGENCIES
from bot.wording.notices import REPEAT
from bot.wording.reporting import RECEIPT_TITLE
from tests.support.standin import StandIn
from tests.support.standin_platform import Call
from tests.support.teams.people import account_of, users_of
from tests.support.teams.service import CREATE, UPDATE
from tests.support.teams.service import Call as TeamsCall
from tests.support.teams.space import Seen
from tests.support.teams.stand_in import Delivery, Teams

_REFERENCE = re.compile(r"\bSP-[0-9A-Z-]+")
_PERSON = re.compile(r"^(  - \{id: (\w+), name: (?!.*\bteams:).*\bemail: .*)\}$", re.MULTILINE)
_BY_WORDS = {": ring": "unanswered", "Signpost needs you": "alarm"}
_TROUBLES = {"cannot be reached": "unreachable"}
_URGENCIES = {words: urgency.value for urgency, words in URGENCIES.items()}
_NO_ANSWER, _GOOD, _GONE, _WELL = 0, 200, 410, range(200, 300)
_REFUSED = frozenset({403, 404})
_NAMED = 16


class TeamsStandIn(StandIn):
    """A stand-in Teams with a `StandIn`'s remote control: `teams` is the tenant itself.

    Teams shows no app a notice's id: here a notice is known by whom it is for and what it says, but for the
    mark of a repeat. A message's `event` is told from its words.
    """

    name = "teams"

    def __init__(self) -> None:
        super().__init__()
        self.teams = Teams()
        self.teams.tolerant = True  # who kills the app looks at each delivery
        self._taken = 0
        self._notices: dict[str, str] = {}

    def start(self) -> None:
        """Start listening."""
        self.teams.start()
        self.url = self.teams.origin

    def stop(self) -> None:
        """End every conversation. Raises `AssertionError` where it was at fault itself."""
        self.teams.stop()

    def admit(self, schools: str) -> str:
        """Give everybody in a schools file an account here; returns the file with their Entra ids."""
        listed = _PERSON.sub(lambda one: f"{one[1]}, teams: {account_of(one[2])}}}", schools)
        for user in users_of(read_schools(listed, "schools.yml")):
            self.teams.add_user(user)
        return listed

    def control(self, **changes: Any) -> None:
        """Change the behaviour, in the words of `standin_platform.Behaviour`.

        Raises `ValueError` for `find=True`: Teams cannot be asked for a notice. Each report is answered with
        a receipt besides its notice, hence twice as many messages are dropped as asked.
        """
        if changes.pop("find", False):
            raise ValueError("Teams cannot be asked")
        if "drop_after_accept" in changes:
            changes["drop_after_accept"] *= 2
        rate = changes.get("rate")
        if rate and rate.get("of") == "person":
            changes["rate"] = {**rate, "of": "channel"}
        self.teams.control(**changes)

    def record(self) -> list[Call]:
        """Every call so far, in the order of arrival."""
        with self.teams.space.lock:  # also since several people look at the same time
            fresh = self.teams.service.calls[self._taken :]
            self._taken += len(fresh)
            self._read.extend(map(self._call, fresh))
            return list(self._read)

    def count(self) -> int:
        """How many calls there have been."""
        return len(self.record())

    def forget(self) -> None:
        """Forget the calls so far; the messages stay where they are."""
        with self.teams.space.lock:
            self.teams.forget()
            self._read.clear()
            self._taken = 0

    def first_card(self, reference: str, person: str) -> Seen | None:
        """The first card about a case before somebody, as it stands now."""
        wanted = ("card", reference, person)
        calls = (one for one in self.record() if one.accepted)
        found = next((one for one in calls if (one.event, one.body["reference"], one.person) == wanted), None)
        if found is None:
            return None
        conversation, _, message = str(found.provider).rpartition("|")
        with self.teams.space.lock:
            return self.teams.space.conversations[conversation].messages[message]

    def keep(self, delivery: Delivery) -> None:
        """Keep what the app answered to something that came by a door of its own."""
        with self.teams.space.lock:
            self.teams.deliveries.append(delivery)

    def _call(self, call: TeamsCall) -> Call:
        user = self.teams.space.user(call.account)
        body = _body(call.body, user.name if user else "") if call.method != CREATE else _nothing(user)
        place = f"{call.conversation}|{call.message}" if call.message else None
        method = {CREATE: "GET", UPDATE: "PUT"}.get(call.method, "POST")
        if method == "POST" and place:
            self._notices[place] = body["id"]
        return Call(
            at=call.at,
            wall=time(),
            method=method,
            notice=body["id"] if method == "POST" else self._notices.get(place or "", ""),
            person=body["person"],
            event=body["event"] if method != "GET" else "",
            body=body,
            status=_status(call.status),
            provider=place,
            early=call.early,
        )


def _status(status: int) -> int:
    """As the console's wire has it."""
    if status in _WELL:
        return _GOOD
    return _GONE if status in _REFUSED else status


def _nothing(user: Any) -> dict[str, Any]:
    return {"id": "", "person": user.name if user else "", "reference": "", "urgency": "", "event": ""}


def _body(said: Mapping[str, Any], person: str) -> dict[str, Any]:
    subject, text = str(said.get("summary") or ""), "\n".join(_words(said.get("attachments")))
    found = _REFERENCE.search(f"{subject} {text}")
    reference = found[0].rstrip("-") if found else ""
    event = _event(subject, text)
    known = f"{person} {event} {reference} {text.replace(REPEAT, '').split()}"
    return {
        "id": sha256(known.encode()).hexdigest()[:_NAMED],
        "person": person,
        "reference": reference,
        "urgency": next((value for words, value in _URGENCIES.items() if subject.endswith(f": {words}")), ""),
        "subject": subject,
        "text": text,
        "event": event,
        **({"trouble": _trouble(text)} if event == "alarm" else {}),
    }


def _words(part: Any) -> Iterator[str]:
    """All the text on a card."""
    if isinstance(part, Mapping):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for inner in part.values():
            yield from _words(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _words(inner)


def _event(subject: str, text: str) -> str:
    if subject.startswith(RECEIPT_TITLE):
        return "receipt"
    if any(subject.endswith(f": {words}") for words in _URGENCIES):
        return "alert" if "You cannot open it" in text else "card"
    return next((event for words, event in _BY_WORDS.items() if subject.endswith(words)), "other")


def _trouble(text: str) -> str:
    return next((trouble for words, trouble in _TROUBLES.items() if words in text), "other")
