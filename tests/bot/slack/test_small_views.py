"""The small forms of a case: they fit, carry a reference only, and what is typed comes back by name."""

from datetime import date

import pytest

from bot.reporting.forms import Option
from bot.reporting.handling import Decision
from bot.slack import small_views as views
from bot.slack.fields import answers_of
from bot.slack.forms import errors_of
from bot.slack.passing_on import consent_view
from bot.wording import handling as wording
from tests.bot.slack.filling_in import Json, sent, state_of
from tests.bot.slack.holding import HOSTILE, hold_view, shown

REFERENCE = "SP-7Q4K-M2XD"
PEOPLE = (Option("sam", "Sam Okafor"), Option("omar", "Omar Haddad"))
EVERY: dict[str, Json] = {
    "note": views.note_view(REFERENCE),
    "ask": views.ask_view(REFERENCE),
    "answer": views.answer_view(REFERENCE, ("Which page?",)),
    "add": views.add_view(REFERENCE),
    "hand over": views.hand_over_view(REFERENCE, PEOPLE),
    "close": views.close_view(REFERENCE),
    "reopen": views.reopen_view(REFERENCE),
    "action": views.action_view(REFERENCE, PEOPLE, date(2026, 11, 23)),
}


@pytest.mark.parametrize("name", EVERY)
def test_every_small_form_fits_and_carries_its_reference_only(name: str) -> None:
    hold_view(EVERY[name])
    assert EVERY[name]["private_metadata"] == REFERENCE


def test_each_has_a_name_of_its_own() -> None:
    assert len({view["callback_id"] for view in EVERY.values()}) == len(EVERY)


@pytest.mark.parametrize("name", ["note", "ask", "answer", "add", "reopen"])
def test_what_is_typed_comes_back_as_text(name: str) -> None:
    assert answers_of(state_of(EVERY[name], {"q.text": "Rang\nthem."})) == {"text": "Rang\nthem."}


def test_a_case_is_closed_with_one_of_the_decisions_and_a_reason() -> None:
    filled = state_of(EVERY["close"], {"q.decision": "no_referral", "q.text": "Nothing to it."})
    assert answers_of(filled) == {"decision": "no_referral", "text": "Nothing to it."}
    offered = EVERY["close"]["blocks"][0]["element"]["options"]
    assert [one["value"] for one in offered] == list(Decision)


def test_an_action_has_a_doer_and_a_day() -> None:
    filled = state_of(EVERY["action"], {"q.text": "Ring", "q.person": "sam", "q.due": "2026-11-24"})
    assert answers_of(filled) == {"text": "Ring", "person": "sam", "due": "2026-11-24"}


def test_a_case_that_nobody_else_may_take_says_so() -> None:
    made = views.hand_over_view(REFERENCE, ())
    hold_view(made)
    assert wording.NOBODY_TO_TAKE_IT in shown(made)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_questions_and_names_are_inert(text: str) -> None:
    hold_view(views.answer_view(REFERENCE, (text,) * 30))
    if text.strip("\u3164\u2800\u115f"):
        hold_view(views.hand_over_view(REFERENCE, (Option("sam", text), Option("omar", "Omar"))))


def test_a_refusal_stands_at_the_first_field() -> None:
    from bot.reporting.filling import FormFault

    view = sent(EVERY["note"])
    assert errors_of([FormFault("", "the note is empty")], view) == {"q.text": "the note is empty"}


def test_a_reference_or_a_text_that_no_request_can_carry_is_given_back_without_it() -> None:
    shown = consent_view("tok\ud800en|principal", "the head", "May I\0 post\udfff this?")
    assert shown["private_metadata"] == "token|principal"
    (given,) = [one["element"]["initial_value"] for one in shown["blocks"] if one["type"] == "input"]
    assert given == "May I post this?"
