"""A question passed on to a person: agreed to first, never in a message, and inert on both ends."""

import pytest

from bot.messages import AnswerWaits, QuestionWaits
from bot.slack import ids, passing_on
from bot.slack.fields import answers_of
from bot.slack.notices import notice_blocks
from bot.wording import chat
from tests.bot.slack.filling_in import state_of
from tests.bot.slack.holding import HOSTILE, elements, hold_message, hold_view, shown

CANARY = "Zylfquist"


def test_the_asker_sees_whom_it_goes_to_and_may_change_the_words_first() -> None:
    view = passing_on.consent_view("token-1", "the Principal", f"{CANARY}?")
    hold_view(view)
    assert "This goes to the Principal." in shown(view)
    assert answers_of(state_of(view)) == {"text": f"{CANARY}?"}
    assert answers_of(state_of(view, {"q.text": "Shorter."})) == {"text": "Shorter."}
    assert view["private_metadata"] == "token-1"


def test_a_message_only_says_that_something_waits() -> None:
    waiting = {
        ids.ASK_READ: notice_blocks(QuestionWaits("token-1")),
        ids.ASK_READ_ANSWER: notice_blocks(AnswerWaits("token-1")),
    }
    for name, made in waiting.items():
        hold_message(made.blocks, made.text)
        assert [(one["action_id"], one["value"]) for one in elements(list(made.blocks))] == [
            (name, "token-1")
        ]


def test_whoever_decides_reads_the_question_and_answers_under_it() -> None:
    view = passing_on.question_view("token-1", "Priya Nair", CANARY)
    hold_view(view)
    assert chat.asked_by("Priya Nair") in shown(view)
    assert CANARY in shown(view)
    assert answers_of(state_of(view, {"q.text": "Yes, do."})) == {"text": "Yes, do."}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_inert_on_both_ends(text: str) -> None:
    hold_view(passing_on.consent_view("token-1", text[:100], text))
    hold_view(passing_on.question_view("token-1", text[:100], text))
    hold_view(passing_on.answered_view(text[:100], text[:3_000], text[:3_000]))
