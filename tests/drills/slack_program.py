"""The program with reports and acknowledgements going through Slack, as signed requests over HTTP."""

import json
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any, LiteralString, Self

import httpx

from bot.reporting.forms import questions
from bot.slack import ids
from bot.slack.forms import Draft, Form, form_view
from knowledge.rules import Kind
from tests.bot.slack.filling_in import sent
from tests.drills.slack_platform import SlackStandIn
from tests.drills.verdict import look
from tests.support.processes import LOOPBACK
from tests.support.program import Program, Reply
from tests.support.slack import payloads
from tests.support.slack.doors import HttpDoor, Parcel
from tests.support.slack.people import TEAM
from tests.support.slack.record import Delivery
from tests.support.slack.screens import Screen
from tests.support.slack.service import SIGNING_SECRET
from tests.support.slack.staff import reference_in
from tests.support.waiting import wait_for
from tests.support.warm import WarmProgram

_SEEN = 3.0
"""Seconds in which the card must say that it was acknowledged; else the button is pressed again."""
_MOST_TIMES = 4
"""A form is sent once to see whom it goes to, and once for good; again where that has changed meanwhile."""
_NOT_SAVED = "NOT saved"
_CALLED: LiteralString = (
    "SELECT reference, telling.person FROM case_file JOIN telling ON case_id = case_file.id "
    "WHERE NOT telling.alert AND telling.lap = 0 AND telling.level = 0 ORDER BY telling.told_at"
)


class SlackProgram(Program):
    """The program at a stand-in Slack; what else a `Program` can do goes by the console's page, as ever.

    Build it with `at`. A receipt in Slack names roles: whom it goes to is read from the database.
    """

    _platform: SlackStandIn
    _door: HttpDoor
    _drafts: dict[tuple[str, str], dict[str, Any]]

    @classmethod
    def at(
        cls, platform: SlackStandIn, folder: Path, *, database: str, schools: str, **settings: str
    ) -> Self:
        """Set the program up for this workspace, everybody in the schools file having an account there."""
        listed = platform.admit(schools)
        found = cls(folder, database=database, schools=listed, **{**platform.slack.settings, **settings})
        found.meet(platform)
        return found

    def meet(self, platform: SlackStandIn) -> None:
        """Take reports from this workspace; the first program there takes its clicks as well."""
        self._platform, self._drafts = platform, {}
        self._door = HttpDoor(f"http://{LOOPBACK}:{self.port}/slack/events", SIGNING_SECRET)
        if platform.slack.door is None:
            platform.slack.door = self._door

    def replica(self, folder: Path, **settings: str) -> Self:
        """Another server, as ever, in the same workspace."""
        found = super().replica(folder, **self._platform.slack.settings, **settings)
        found.meet(self._platform)
        return found

    def close(self) -> None:
        """Kill the server, if it runs, and let go of every connection."""
        self._door.close()
        super().close()

    def report(
        self, person: str, kind: str, answers: Mapping[str, str], *, key: str = "", drill: bool = False
    ) -> Reply:
        """Send the form until the receipt is shown: 200 also where the same form was sent before.

        503 where the form says that nothing was saved, 422 where it has faults. The view of a report goes on
        where it was left when no answer came. Raises `httpx.TransportError` where none comes.
        """
        assert not drill, "the form in Slack has no way to practise"
        key = key or token_hex(8)
        for _ in range(_MOST_TIMES):
            view = self._drafts.get((person, key)) or _begun(kind, answers, key)
            answer = self._submitted(person, view)
            match answer:
                case {"response_action": "update", "view": dict(shown)} if _is_receipt(shown):
                    return self._receipt(shown)
                case {"response_action": "update", "view": dict(shown)}:
                    self._drafts[person, key] = shown
                case {"response_action": "errors", "errors": dict(errors)}:
                    said = " ".join(map(str, errors.values()))
                    return Reply(503 if _NOT_SAVED in said else 422, said)
                case _:
                    return Reply(500, f"no answer to a form: {answer!r}")
        return Reply(500, "the form was sent in vain, over and over")

    @staticmethod
    def first(*, repeated: bool) -> int:
        """The same for both: a receipt in Slack doesn't say which it is."""
        del repeated
        return 200

    def acknowledge(self, reference: str, person: str) -> Reply:
        """Press the card's button: 404 while there is no card, 504 where the card doesn't say so in time.

        Raises `httpx.TransportError` where no answer comes.
        """
        platform = self._platform
        card = platform.first_card(reference, person)
        if card is None:
            return Reply(404, f"{person} has no card about {reference}")
        if card.has(ids.CASE_ACKNOWLEDGE):
            _answered(platform.slack.person(person).press(ids.CASE_ACKNOWLEDGE, card))
        try:
            wait_for(
                lambda: platform.shown(card.channel, card.ts).has(ids.CASE_ACKNOWLEDGE),
                lambda waits: not waits,
                within=_SEEN,
                what="the card to change",
            )
        except AssertionError as late:
            return Reply(504, str(late))
        return Reply(200, "{}")

    def _submitted(self, person: str, view: Mapping[str, Any]) -> Any:
        """What the app answers to a form, sent as it was shown."""
        platform = self._platform
        whole = {"id": f"V{token_hex(5).upper()}", "team_id": TEAM, "hash": token_hex(6), **sent(view)}
        payload = payloads.interaction(
            "view_submission",
            platform.slack.user(person),
            trigger_id=token_hex(8),
            view=whole,
            response_urls=[],
        )
        parcel = Parcel("interactive", f"view_submission:{ids.REPORT_FORM}", payload)
        delivery = self._door.deliver(parcel)
        platform.keep(delivery)
        return _answered(delivery).body

    def _receipt(self, shown: Mapping[str, Any]) -> Reply:
        reference = reference_in(Screen("", dict(shown), {}))
        goes_to = self._people(_CALLED, reference)
        return Reply(200, json.dumps({"reference": reference, "goes_to": goes_to}))

    def _people(self, query: LiteralString, reference: str) -> list[str]:
        rows = look(self.environment["SIGNPOST_DATABASE_URL"], query)
        return list(dict.fromkeys(str(person) for case, person in rows if case == reference))


class WarmSlackProgram(SlackProgram, WarmProgram):
    """The same, forked rather than started from nothing."""


def _begun(kind: str, answers: Mapping[str, str], key: str) -> dict[str, Any]:
    """The form as it stands once it is filled in, nobody having been shown yet whom it goes to."""
    chosen = Kind(kind)
    asked = questions(chosen, answers)
    return form_view(Form(Draft(chosen, key), asked, answers=answers))


def _is_receipt(view: Mapping[str, Any]) -> bool:
    return view.get("callback_id") == ids.RECEIPT_VIEW


def _answered(delivery: Delivery) -> Delivery:
    """A delivery that the app took. Raises `httpx.TransportError` where no answer came."""
    if not delivery.status:
        raise httpx.RemoteProtocolError("no answer came")
    assert delivery.status == 200, f"the app answered {delivery.status}: {delivery.body!r}"
    return delivery
