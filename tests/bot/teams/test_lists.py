"""Lists in Teams: mine to see to first, nothing of any case's content, no name in a chat, however much."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.mine import Home
from bot.reporting.drills import Called, Drill
from bot.reporting.rights import State
from bot.reporting.viewing import Summary
from bot.teams import ids
from bot.teams.cards import Where, page_of
from bot.teams.lists import duty_card, home_card, mine_card
from bot.wording import handling as wording
from knowledge.rules import Kind, Role, Urgency
from tests.bot.reporting.oakfield import directory
from tests.bot.teams.holding import HOSTILE, hold, hold_summary, read
from tests.support.teams.cards import actions_of

AT = datetime(2026, 7, 6, 10, 0, tzinfo=UTC)
ONE = Summary("SP-0001", Kind.PUPIL_CONTACT, Urgency.TODAY, State.NOTIFIED, AT, drill=False)
MANY = tuple(
    replace(ONE, reference=f"SP-{number:04}", urgency=list(Urgency)[number % 3], drill=number % 2 == 0)
    for number in range(500)
)
DRILL = Drill("SP-0009", Kind.THREAT, None, AT, 0, 0, (Called("sam", Role.DSL, AT, None),))
DUTY = (("the designated safeguarding lead", ("Sam Okafor",)), ("the head", ()))


def opened(home: Home) -> list[str]:
    found = [one["data"] for one in actions_of(home_card(home, directory()).card)]
    return [one["value"] for one in found if one["action"] in {ids.CASE_OPEN, ids.OWN_OPEN}]


def test_an_empty_home_fits_and_offers_to_report() -> None:
    made = home_card(Home(), directory())
    hold(made.card)
    hold_summary(made.summary)
    assert [one["data"]["action"] for one in actions_of(made.card)] == [ids.REPORT_BEGIN]
    assert wording.NO_REPORTS in read(made.card)
    assert wording.MY_CASES not in read(made.card)


def test_a_full_home_fits_and_says_how_many_more_there_are() -> None:
    made = home_card(Home(MANY, MANY, DUTY * 300, (DRILL,) * 50, handles=True), directory())
    hold(made.card)
    assert "And 490 more." in read(made.card)
    assert "And 494 more." in read(made.card)


def test_what_nobody_has_acknowledged_comes_first_then_the_most_urgent() -> None:
    held = replace(ONE, reference="held", urgency=Urgency.IMMEDIATE, state=State.ACKNOWLEDGED)
    late = replace(ONE, reference="late", urgency=Urgency.ROUTINE)
    at_once = replace(ONE, reference="at once", urgency=Urgency.IMMEDIATE)
    assert opened(Home((held, late, at_once), handles=True)) == ["at once", "late", "held"]


def test_somebody_who_handles_nothing_sees_their_reports_and_no_cases() -> None:
    home = Home((ONE,), (replace(ONE, reference="mine"),), drills=(DRILL,))
    assert opened(home) == ["mine"]
    assert DRILL.reference not in read(home_card(home, directory()).card)


def test_no_name_stands_on_a_card_in_a_chat_and_roles_open_in_a_dialog() -> None:
    made = home_card(Home(on_duty=DUTY, drills=(DRILL,), handles=True), directory())
    hold(made.card)
    assert "Okafor" not in read(made.card)
    assert ids.LIST_DUTY in [one["data"]["action"] for one in actions_of(made.card)]
    duty = duty_card(DUTY)
    hold(duty, Where.DIALOG)
    assert "Sam Okafor" in read(duty)
    assert wording.NO_DUTY in read(duty)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_inert_and_many_roles_fit(text: str) -> None:
    hold(duty_card(((text[:200], (text[:200],)),) * 60), Where.DIALOG)


@pytest.mark.parametrize("where", Where)
@pytest.mark.parametrize("own", [True, False])
def test_a_long_list_goes_on_page_by_page(own: bool, where: Where) -> None:
    found: list[str] = []
    page = 0
    while True:
        made = mine_card(MANY, directory(), own=own, page=page, where=where)
        hold(made.card, where)
        pressed = [one["data"] for one in actions_of(made.card)]
        found += [one["value"] for one in pressed if one["action"] in {ids.CASE_OPEN, ids.OWN_OPEN}]
        more = [one["data"] for one in actions_of(made.card) if one["title"] == wording.SHOW_MORE]
        if not more:
            break
        assert more[0]["action"] == (ids.LIST_REPORTS if own else ids.LIST_CASES)
        page = page_of(more[0]["value"])[1]
    assert found == [one.reference for one in MANY]


def test_an_empty_list_says_so() -> None:
    made = mine_card((), directory(), own=True)
    hold(made.card)
    assert wording.NO_REPORTS in read(made.card)
