"""The program with reports and acknowledgements going through Teams, as signed activities over HTTP."""

import json
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any, LiteralString, Self

import httpx

from bot.teams import ids
from tests.drills.teams_platform import TeamsStandIn
from tests.drills.verdict import look
from tests.support.processes import LOOPBACK
from tests.support.program import Program, Reply
from tests.support.teams.cards import actions_of, inputs_of
from tests.support.teams.dialogs import filled
from tests.support.teams.stand_in import Delivery
from tests.support.warm import WarmProgram

_MOST_TIMES = 6
"""Its kind is chosen, it is shown with whom it goes to, and sent; again where a kill made it forgotten."""
_NOT_SAVED = "NOT saved"
_SUBMIT = "composeExtension/submitAction"
_CALLED: LiteralString = (
    "SELECT reference, telling.person FROM case_file JOIN telling ON case_id = case_file.id "
    "WHERE NOT telling.alert AND telling.lap = 0 AND telling.level = 0 ORDER BY telling.told_at"
)


class TeamsProgram(Program):
    """The program at a stand-in Teams; what else a `Program` can do goes by the console's page, as ever.

    Build it with `at`. A receipt in Teams names roles: whom it goes to is read from the database.
    """

    _platform: TeamsStandIn
    _door: str

    @classmethod
    def at(
        cls, platform: TeamsStandIn, folder: Path, *, database: str, schools: str, **settings: str
    ) -> Self:
        """Set the program up for this tenant, everybody in the schools file having an account there."""
        listed = platform.admit(schools)
        found = cls(folder, database=database, schools=listed, **{**platform.teams.settings, **settings})
        found.meet(platform)
        return found

    def meet(self, platform: TeamsStandIn) -> None:
        """Take reports from this tenant; the first program there takes what else its people do."""
        self._platform = platform
        self._door = f"http://{LOOPBACK}:{self.port}/api/messages"
        platform.teams.over_http(self._door)

    def replica(self, folder: Path, **settings: str) -> Self:
        """Another server, as ever, in the same tenant."""
        found = super().replica(folder, **self._platform.teams.settings, **settings)
        found.meet(self._platform)
        return found

    def report(
        self, person: str, kind: str, answers: Mapping[str, str], *, key: str = "", drill: bool = False
    ) -> Reply:
        """Go through the dialog until the receipt is shown: 200 also where the same form was sent before.

        503 where the form says that nothing was saved. Raises `httpx.TransportError` where no answer comes.
        """
        assert not drill, "the form in Teams has no way to practise"
        token = key or token_hex(8)
        sent: dict[str, Any] = {"action": ids.REPORT_KIND, "value": token, ids.KIND_FIELD: kind}
        for _ in range(_MOST_TIMES):
            card = self._shown(self._pressed(person, sent))
            does = {str((one.get("data") or {}).get("action")) for one in actions_of(card)}
            if ids.OWN_OPEN in does:
                return self._receipt(card)
            if _NOT_SAVED in json.dumps(card):
                return Reply(503, _NOT_SAVED)
            if ids.REPORT_KIND in does:
                sent = {"action": ids.REPORT_KIND, "value": token, ids.KIND_FIELD: kind}
            else:
                sent = _filled(card, answers)
        return Reply(500, "the form was sent in vain, over and over")

    @staticmethod
    def first(*, repeated: bool) -> int:
        """The same for both: a receipt in Teams doesn't say which it is."""
        del repeated
        return 200

    def acknowledge(self, reference: str, person: str) -> Reply:
        """Press the card's button: 404 while there is no card, 504 where the card doesn't say so.

        Raises `httpx.TransportError` where no answer comes.
        """
        card = self._platform.first_card(reference, person)
        if card is None:
            return Reply(404, f"{person} has no card about {reference}")
        if _waits(card.card):
            there = self._platform.teams.person(person)
            _answered(there.presses(card, ids.CASE_ACKNOWLEDGE))
            card = self._platform.first_card(reference, person)
        if card is None or _waits(card.card):
            return Reply(504, "the card still waits")
        return Reply(200, "{}")

    def _pressed(self, person: str, data: Mapping[str, Any]) -> Delivery:
        """What the app answers to a dialog of the message extension, sent by somebody."""
        there = self._platform.teams.person(person)
        value = {"commandId": ids.REPORT, "commandContext": "compose", "data": dict(data)}
        activity = there.activity("invoke", name=_SUBMIT, value=value)
        return _answered(self._platform.teams.send(activity))

    @staticmethod
    def _shown(delivery: Delivery) -> dict[str, Any]:
        task = (delivery.body or {}).get("task") or {}
        assert task.get("type") == "continue", f"no page of a form: {delivery.body!r:.300}"
        card: dict[str, Any] = task["value"]["card"]["content"]
        return card

    def _receipt(self, card: Mapping[str, Any]) -> Reply:
        opens = next(one for one in actions_of(card) if (one.get("data") or {}).get("action") == ids.OWN_OPEN)
        reference = str(opens["data"]["value"])
        rows = look(self.environment["SIGNPOST_DATABASE_URL"], _CALLED)
        goes_to = list(dict.fromkeys(str(person) for case, person in rows if case == reference))
        return Reply(200, json.dumps({"reference": reference, "goes_to": goes_to}))


class WarmTeamsProgram(TeamsProgram, WarmProgram):
    """The same, forked rather than started from nothing."""


def _filled(card: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """The form sent on, with these answers where it asks for them."""
    there = {name.removeprefix(ids.QUESTION) for name in inputs_of(card)}
    given = {key: text for key, text in answers.items() if key in there}
    go_on = next(one for one in actions_of(card) if (one.get("data") or {}).get("action") == ids.REPORT_NEXT)
    return {**go_on["data"], **filled(card, given)}


def _waits(card: Mapping[str, Any] | None) -> bool:
    return any(
        (one.get("data") or {}).get("action") == ids.CASE_ACKNOWLEDGE for one in actions_of(card or {})
    )


def _answered(delivery: Delivery) -> Delivery:
    """A delivery that the app took. Raises `httpx.TransportError` where no answer came."""
    if not delivery.status:
        raise httpx.RemoteProtocolError("no answer came")
    assert delivery.status == 200, f"the app answered {delivery.status}: {delivery.body!r}"
    return delivery
