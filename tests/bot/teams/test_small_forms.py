"""The small forms in Teams: they fit, carry a reference only, and what is typed comes back by name."""

from collections.abc import Callable
from datetime import date

import pytest

from bot.reporting.forms import Option
from bot.reporting.handling import Decision
from bot.teams import ids
from bot.teams import small_forms as forms
from bot.teams.cards import Json, Where
from bot.teams.fields import answers_of
from bot.wording import chat
from bot.wording import handling as wording
from tests.bot.teams.filling_in import pressed
from tests.bot.teams.holding import HOSTILE, hold, read
from tests.support.teams.cards import actions_of, inputs_of

REFERENCE = "SP-7Q4K-M2XD"
PEOPLE = (Option("sam", "Sam Okafor"), Option("omar", "Omar Haddad"))
TODAY = date(2026, 11, 23)
CANARY = "Zylfquist"
EVERY: dict[str, Callable[..., Json]] = {
    ids.sent(ids.CASE_NOTE): lambda **more: forms.note_card(REFERENCE, **more),
    ids.sent(ids.CASE_ASK): lambda **more: forms.ask_card(REFERENCE, **more),
    ids.sent(ids.OWN_ANSWER): lambda **more: forms.answer_card(REFERENCE, ("Which page?",), **more),
    ids.sent(ids.OWN_ADD): lambda **more: forms.add_card(REFERENCE, **more),
    ids.sent(ids.CASE_HAND_OVER): lambda **more: forms.hand_over_card(REFERENCE, PEOPLE, **more),
    ids.sent(ids.CASE_CLOSE): lambda **more: forms.close_card(REFERENCE, **more),
    ids.sent(ids.CASE_REOPEN): lambda **more: forms.reopen_card(REFERENCE, **more),
    ids.sent(ids.CASE_ACTION): lambda **more: forms.action_card(REFERENCE, PEOPLE, TODAY, **more),
    ids.ASK_ANSWERED: lambda **more: forms.question_card(REFERENCE, "Priya Nair", "May I?", **more),
}
FILLED = {"text": "Rang\nthem.", "person": "omar", "decision": "no_referral", "due": "2026-12-01"}


@pytest.mark.parametrize("action", EVERY)
def test_every_small_form_fits_and_sends_its_reference_only(action: str) -> None:
    made = EVERY[action]()
    hold(made, Where.DIALOG)
    (send,) = actions_of(made)
    assert send["data"] == {"action": action, "value": REFERENCE}


@pytest.mark.parametrize("action", EVERY)
def test_what_was_sent_stands_there_again_beside_what_was_wrong_with_it(action: str) -> None:
    made = EVERY[action](given=FILLED, fault="The note is empty.")
    hold(made, Where.DIALOG)
    assert "The note is empty." in read({"body": made["body"][:1]})
    back = answers_of(pressed(made, action))
    assert back
    assert back.items() <= FILLED.items()
    assert {f"q.{key}" for key in back} == set(inputs_of(made))


def test_a_case_is_closed_with_one_of_the_decisions_and_a_reason() -> None:
    made = EVERY[ids.sent(ids.CASE_CLOSE)]()
    offered = inputs_of(made)[ids.DECISION_FIELD]["choices"]
    assert [one["value"] for one in offered] == list(Decision)


def test_an_action_has_a_doer_and_a_day_which_begins_as_today() -> None:
    made = EVERY[ids.sent(ids.CASE_ACTION)]()
    typed = {"q.text": "Ring", "q.person": "sam"}
    assert answers_of(pressed(made, ids.sent(ids.CASE_ACTION), typed)) == {
        "text": "Ring",
        "person": "sam",
        "due": "2026-11-23",
    }
    assert ids.PERSON_FIELD not in inputs_of(forms.action_card(REFERENCE, (), TODAY, given={"due": "junk"}))


def test_a_case_that_nobody_else_may_take_says_so() -> None:
    made = forms.hand_over_card(REFERENCE, ())
    hold(made, Where.DIALOG)
    assert read(made).startswith(wording.NOBODY_TO_TAKE_IT)
    assert not actions_of(made)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_inert_and_fit_on_both_ends(text: str) -> None:
    given = {"text": text}
    for made in (
        forms.answer_card(REFERENCE, (text,) * 30, given=given),
        forms.note_card(REFERENCE, given=given),
        forms.hand_over_card(REFERENCE, (Option("sam", text), Option("omar", "Omar"))),
        forms.consent_card("token-1", text[:100], text),
        forms.question_card("token-1", text[:100], text, given=given),
        forms.answered_card(text[:100], text[:3_000], text[:1_000]),
        forms.said_card(text[:300]),
    ):
        hold(made, Where.DIALOG)


def test_the_asker_sees_whom_it_goes_to_and_may_change_the_words_first() -> None:
    made = forms.consent_card("token-1", "the Principal", f"{CANARY}?")
    assert "This goes to the Principal." in read(made)
    assert answers_of(pressed(made, ids.ASK_AGREED)) == {"text": f"{CANARY}?"}
    assert answers_of(pressed(made, ids.ASK_AGREED, {"q.text": "Shorter."})) == {"text": "Shorter."}
    assert pressed(made, ids.ASK_AGREED)["value"] == "token-1"


def test_whoever_decides_reads_the_question_and_answers_under_it() -> None:
    made = forms.question_card("token-1", "Priya Nair", CANARY)
    assert chat.asked_by("Priya Nair") in read(made)
    assert CANARY in read(made)
    assert answers_of(pressed(made, ids.ASK_ANSWERED, {"q.text": "Yes, do."})) == {"text": "Yes, do."}


def test_an_answer_stands_under_its_question_with_nothing_to_press() -> None:
    made = forms.answered_card("the Principal", "May I?", "Yes, do.")
    shown = read(made)
    assert shown.index("May I?") < shown.index("The Principal answers") < shown.index("Yes, do.")
    assert not actions_of(made)
