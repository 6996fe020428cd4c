"""App Home: mine to see to first, nothing of any case's content, and within Slack's limits however much."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.mine import Home
from bot.reporting.drills import Called, Drill
from bot.reporting.rights import State
from bot.reporting.viewing import Summary
from bot.slack import ids
from bot.slack.home import home_view, list_view
from bot.slack.pages import page_of
from bot.wording import handling as wording
from knowledge.rules import Kind, Role, Urgency
from tests.bot.reporting.oakfield import directory
from tests.bot.slack.holding import HOSTILE, elements, hold_view, shown

AT = datetime(2026, 7, 6, 10, 0, tzinfo=UTC)
ONE = Summary("SP-0001", Kind.PUPIL_CONTACT, Urgency.TODAY, State.NOTIFIED, AT, drill=False)
MANY = tuple(
    replace(ONE, reference=f"SP-{number:04}", urgency=list(Urgency)[number % 3], drill=number % 2 == 0)
    for number in range(500)
)
DRILL = Drill("SP-0009", Kind.THREAT, None, AT, 0, 0, (Called("sam", Role.DSL, AT, None),))
DUTY = (("the designated safeguarding lead", ("Sam Okafor",)), ("the head", ()))


def opened(home: Home) -> list[str]:
    return [one["value"] for one in elements(home_view(home, directory())) if "open" in one["action_id"]]


def test_an_empty_home_fits_and_offers_to_report() -> None:
    made = home_view(Home(), directory())
    hold_view(made)
    assert ids.HOME_REPORT in [one["action_id"] for one in elements(made)]
    assert wording.NO_REPORTS in shown(made)
    assert wording.MY_CASES not in shown(made)


def test_a_full_home_fits_and_says_how_many_more_there_are() -> None:
    made = home_view(Home(MANY, MANY, DUTY * 300, (DRILL,) * 50, handles=True), directory())
    hold_view(made)
    assert "And 480 more." in shown(made)


def test_what_nobody_has_acknowledged_comes_first_then_the_most_urgent() -> None:
    held = replace(ONE, reference="held", urgency=Urgency.IMMEDIATE, state=State.ACKNOWLEDGED)
    late = replace(ONE, reference="late", urgency=Urgency.ROUTINE)
    at_once = replace(ONE, reference="at once", urgency=Urgency.IMMEDIATE)
    assert opened(Home((held, late, at_once), handles=True)) == ["at once", "late", "held"]


def test_a_guest_sees_their_reports_and_no_cases() -> None:
    made = home_view(Home((ONE,), (replace(ONE, reference="mine"),), drills=(DRILL,)), directory())
    assert [one["value"] for one in elements(made) if "value" in one] == ["mine"]
    assert DRILL.reference not in shown(made)


@pytest.mark.parametrize("own", [True, False])
def test_a_long_list_goes_on_page_by_page(own: bool) -> None:
    found: list[str] = []
    page = 0
    while True:
        made = list_view(MANY, directory(), own=own, page=page)
        hold_view(made)
        rows = [one for one in elements(made) if "open" in one["action_id"]]
        found.extend(one["value"] for one in rows)
        more = [one for one in elements(made) if one["text"]["text"] == wording.SHOW_MORE]
        if not more:
            break
        page = page_of(more[0]["value"])[1]
    assert found == [one.reference for one in MANY]


def test_who_is_on_duty_is_named_by_role_and_hostile_names_are_inert() -> None:
    read = shown(home_view(Home(on_duty=DUTY), directory()))
    assert "the designated safeguarding lead*: Sam Okafor" in read
    assert wording.NO_DUTY in read
    for text in HOSTILE:
        hold_view(home_view(Home(on_duty=((text[:200], (text[:200],)),)), directory()))


def test_an_empty_list_says_so() -> None:
    made = list_view((), directory(), own=True)
    hold_view(made)
    assert wording.NO_REPORTS in shown(made)
