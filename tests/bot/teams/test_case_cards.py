"""A case opened in Teams: all of it, on as many pages as it takes, and to each party no more than theirs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.reporting import viewing
from bot.reporting.report import About, Standing
from bot.reporting.rights import LIVE, Action, Party, State, may
from bot.reporting.viewing import Line, Summary, View, asked_of_reporter
from bot.teams import ids
from bot.teams.cards import Where, page_of
from bot.teams.case_cards import case_card, own_card
from bot.teams.text import plain
from bot.wording import cases as said
from bot.wording import handling as wording
from knowledge.rules import Kind, Role, Urgency
from tests.bot.reporting.oakfield import directory
from tests.bot.reporting.stage import Stage
from tests.bot.reporting.tales import Tale, planned
from tests.bot.teams.holding import HOSTILE, hold, read
from tests.support.teams.cards import actions_of

REFERENCE = "SP-7Q4K-M2XD"
AT = datetime(2026, 7, 6, 10, 0, tzinfo=UTC)
SUMMARY = Summary(REFERENCE, Kind.ONLINE_SAFETY, Urgency.TODAY, State.ACKNOWLEDGED, AT, drill=False)
ROUTE = planned(Tale(Kind.ONLINE_SAFETY))
CASE = View(
    SUMMARY,
    Party.HANDLER,
    "Kit Year 9",
    {"what": "It was on the village page.", "platform": "Snapchat", "danger": "no", "image": "no"},
    (
        Line(AT, "reported", "priya", None),
        Line(AT, "acknowledged", "sam", None),
        Line(AT, "asked", "sam", "Which page?"),
        Line(AT, "answered", "priya", "The village one."),
        Line(AT, "note", "sam", "Rang the parents."),
        Line(AT, "action", "sam", "sam 2026-07-08 Ring again"),
    ),
    (("sam", Role.DSL, True), ("helen", Role.PRINCIPAL, False)),
    ROUTE,
    reporter="priya",
)


def pages(view: View, show: Any = case_card) -> list[Mapping[str, Any]]:
    """Every page of a case, by its own buttons."""
    found = [show(view, directory())]
    while turn := _next(found[-1]):
        reference, page = page_of(turn)
        assert reference == view.summary.reference
        assert page == len(found)
        found.append(show(view, directory(), page=page))
    return found


def _next(card: Mapping[str, Any]) -> str:
    more = [one["data"]["value"] for one in actions_of(card) if one["title"] == wording.SHOW_MORE]
    return str(more[0]) if more else ""


def pressed(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = [one["data"] for one in actions_of(card) if "data" in one]
    return [(one["action"], one["value"]) for one in found]


def actions(view: View) -> set[str]:
    return {action for action, _ in pressed(case_card(view, directory()))}


@pytest.mark.parametrize("state", [State.NOTIFIED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.CLOSED])
@pytest.mark.parametrize("party", [Party.CALLED, Party.HANDLER, Party.TECHNICIAN])
def test_a_case_has_the_buttons_of_what_its_reader_may_do_now(party: Party, state: State) -> None:
    view = replace(CASE, party=party, summary=replace(SUMMARY, state=state))
    hold(case_card(view, directory()), Where.DIALOG)
    known = {
        Action.HAND_OVER: ids.CASE_HAND_OVER,
        Action.ASK: ids.CASE_ASK,
        Action.NOTE: ids.CASE_NOTE,
        Action.ACT: ids.CASE_ACTION,
        Action.CLOSE: ids.CASE_CLOSE,
        Action.REOPEN: ids.CASE_REOPEN,
    }
    wanted = {name for action, name in known.items() if may(party, action, state)}
    if party is not Party.HANDLER and state in LIVE:
        wanted.add(ids.CASE_ACKNOWLEDGE)
    assert actions(view) == wanted


def test_a_handler_sees_report_route_people_actions_and_chronology() -> None:
    shown = read(case_card(CASE, directory()))
    for words in (
        "Kit Year 9",
        "It was on the village page.",
        "Snapchat",
        "Priya Nair",
        "Sam Okafor, the designated safeguarding lead",
        "Ring again",
        "Rang the parents.",
        wording.GOES_TO,
        "acknowledged it",
    ):
        assert words in shown


def test_what_was_just_done_is_said_above_the_case() -> None:
    for show in (case_card, own_card):
        card = show(CASE, directory(), said="Your note is kept.")
        hold(card, Where.DIALOG)
        assert read({"body": card["body"][:1]}) == "Your note is kept."


def test_whoever_may_not_be_asked_is_not_offered_to_be() -> None:
    assert ids.CASE_ASK in actions(CASE)
    assert ids.CASE_ASK not in actions(replace(CASE, askable=False))


def test_what_comes_first_in_a_case_about_an_adult_comes_first() -> None:
    route = planned(Tale(Kind.ADULT_CONCERN, about=About.WORKS_HERE))
    made = case_card(replace(CASE, route=route, decide_by=AT + timedelta(days=1)), directory())
    first = read({"body": made["body"][:1]})
    assert said.not_before_advice("england") in first
    assert "Decide by Tue 07 Jul 2026 11:00" in first


def test_it_sees_the_fault_and_nothing_else() -> None:
    view = View(SUMMARY, Party.TECHNICIAN, "", {"fault": "The filter is off."}, (), (), None)
    shown = read(case_card(view, directory()))
    assert "The filter is off." in shown
    assert said.NO_TECHNICIAN in shown
    assert wording.HEADS["reporter"] not in shown


def test_how_staff_stand_to_it_is_settled_one_by_one_and_asked_once_more() -> None:
    view = replace(CASE, open_standings=("ruth", "omar"))
    made = case_card(view, directory())
    hold(made, Where.DIALOG)
    about = [value for action, value in pressed(made) if action == ids.CASE_ABOUT]
    assert [ids.parted(one) for one in about] == [(REFERENCE, "ruth"), (REFERENCE, "omar")]
    asking = [one for one in actions_of(made) if one["type"] == "Action.ShowCard"]
    assert len(asking) == 4
    assert wording.ABOUT_ASKED in read(asking[0]["card"])
    assert "Ruth Bell: is it about them" in read(made)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_inert_and_whole_on_every_page(text: str) -> None:
    text = text[:6_000]
    lines = tuple(Line(AT, event, "sam", text) for event in ("note", "asked", "answered", "added"))
    view = replace(CASE, subject=text, answers={"what": text, "handle": text}, chronology=lines)
    for made in (pages(view), pages(replace(view, party=Party.REPORTER), own_card)):
        for page in made:
            hold(page, Where.DIALOG)
        letters = [char for char in plain(text) if char.isalnum()]
        shown = [char for page in made for char in read(page) if char.isalnum()]
        assert _holds(shown, letters)


def _holds(shown: list[str], letters: list[str]) -> bool:
    """Whether the letters come one after the other, whatever stands between two pages of them."""
    following = iter(shown)
    return all(letter in following for letter in letters)


def test_a_case_of_many_long_notes_is_read_page_by_page() -> None:
    lines = tuple(Line(AT, "note", "sam", f"note{number} " + "word " * 900) for number in range(60))
    made = pages(replace(CASE, chronology=lines))
    assert len(made) > 20
    for page in made:
        hold(page, Where.DIALOG)
    shown = "\n".join(map(read, made))
    assert all(f"note{number} " in shown for number in range(60))


def test_a_page_that_is_not_there_is_the_nearest_one() -> None:
    assert case_card(CASE, directory(), page=99)["body"]
    for value in ("SP-1|x", "SP-1|-1", "SP-1", "SP-1|99999999999999999999", "SP-1|²"):
        assert page_of(value) == ("SP-1", 0)


def test_a_reporter_sees_how_far_it_is_and_no_handlers_name() -> None:
    mine = tuple(line for line in CASE.chronology if line.event in {"reported", "asked", "answered"})
    view = replace(CASE, party=Party.REPORTER, chronology=mine, told=(), route=None, reporter="")
    made = own_card(view, directory())
    hold(made, Where.DIALOG)
    shown = read(made)
    assert wording.NOT_DONE in shown
    assert "Which page?" in shown
    assert "Sam Okafor" not in shown
    assert pressed(made) == [(ids.OWN_ADD, REFERENCE)]


def test_an_open_question_can_be_answered_and_an_answered_one_is_closed() -> None:
    asked = (Line(AT, "asked", "sam", "First?"), Line(AT, "answered", "priya", "Yes."))
    view = replace(CASE, party=Party.REPORTER, chronology=asked)
    assert asked_of_reporter(view) == ()
    again = replace(view, chronology=(*asked, Line(AT, "asked", "sam", "And then?")))
    assert asked_of_reporter(again) == ("And then?",)
    assert (ids.OWN_ANSWER, REFERENCE) in pressed(own_card(again, directory()))
    closed = replace(again, summary=replace(SUMMARY, state=State.CLOSED))
    assert pressed(own_card(closed, directory())) == []


def test_a_self_reporter_keeps_reference_and_state_and_learns_no_more() -> None:
    view = View(SUMMARY, Party.SELF_REPORTER, "", {}, (), (), None)
    made = own_card(view, directory())
    hold(made, Where.DIALOG)
    assert pressed(made) == []
    assert wording.OWN_STATES["acknowledged"] in read(made)


def test_a_drill_says_so_first() -> None:
    drill = replace(CASE, summary=replace(SUMMARY, drill=True))
    for made in (case_card(drill, directory()), own_card(replace(drill, party=Party.REPORTER), directory())):
        assert said.DRILL in read({"body": made["body"][:1]})


def test_every_button_carries_the_reference_and_no_content(sqlite_stage: Stage) -> None:
    tale = Tale(Kind.ONLINE_SAFETY, {"ruth": Standing.OPEN}, reporter="tom", answers={"what": "Zylfquist"})
    reference = sqlite_stage.report(tale)
    sqlite_stage.acknowledge(reference, "sam")
    view = sqlite_stage.do(viewing.open_case, reference, "sam")
    made = case_card(view, directory())
    hold(made, Where.DIALOG)
    assert "Zylfquist" in read(made)
    assert pressed(made)
    assert all(ids.parted(value)[0] == reference for _, value in pressed(made))
