"""An answer in Slack, as a busy teacher reads it, and what must not be in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bot.answering import Setting
from bot.reporting.people import Contacts
from bot.slack import answers, ids
from bot.slack.answers import answer_blocks
from bot.slack.blocks import Blocks
from bot.wording import chat
from bot.wording.answers import EXAMPLES
from knowledge.answer import Adviser, Answer, Silence
from knowledge.citing import Citation
from knowledge.loader import shipped_pack
from knowledge.rules import Kind, ReportOffer, Role, Urgency, Verdict
from knowledge.tripwire import Tripped
from tests.bot.slack.holding import HOSTILE, elements, hold_message, hold_view, shown

SETTING = Setting("token-1", date(2026, 11, 21), "england", Contacts(dsl_phone="01632 960003"))
QUESTIONS = (
    "can i post the sports day photos on my own facebook",
    "a y9 messaged me on insta, can i reply?",
    "a nude of a y9 is going round on snap, shall i screenshot it",
    "who is the data protection officer",
    "can i add a pupil on snapchat",
    "hiya",
    "what is the dress code",
    "i want to report something",
    "the head is messaging a pupil at night",
    "is it ok to like a post of a parent",
)


def _asked(adviser: Adviser, question: str, setting: Setting = SETTING) -> Blocks:
    return answer_blocks(adviser.answer(question), adviser.pack, adviser.mind.catalogue, setting)


def _actions(made: Blocks) -> list[str]:
    return [one["action_id"] for one in elements(list(made.blocks))]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_keeps_within_slacks_limits(each_adviser: Adviser, question: str) -> None:
    made = _asked(each_adviser, question)
    hold_message(made.blocks, made.text)
    for one in elements(list(made.blocks)):
        assert one["value"].startswith(SETTING.token)
    hold_view(answers.answer_view(made))


def test_the_verdict_is_said_once_and_not_again_before_its_reason(adviser: Callable[[str], Adviser]) -> None:
    made = _asked(adviser("dartmoor"), QUESTIONS[0])
    assert made.blocks[0]["text"]["text"].endswith(" No")
    assert made.blocks[1]["text"]["text"].startswith("School photographs")
    assert made.text.startswith("No. School photographs")


def test_safety_comes_before_everything_else_and_says_nothing_of_screenshots(
    adviser: Callable[[str], Adviser],
) -> None:
    read = shown(_asked(adviser("dartmoor"), QUESTIONS[2]).blocks)
    assert read.index(chat.BEFORE_ALL) < read.index("Report this")
    assert "screenshot" not in read.lower()


def test_what_calls_for_a_report_offers_one_with_the_leads_number_and_says_that_none_was_made(
    adviser: Callable[[str], Adviser],
) -> None:
    made = _asked(adviser("dartmoor"), QUESTIONS[1])
    assert ids.ASK_REPORT in _actions(made)
    read = shown(made.blocks)
    assert "01632 960003" in read
    assert "nobody has been told" in read


def test_a_question_that_calls_for_a_report_is_never_passed_on_as_a_message(each_adviser: Adviser) -> None:
    for question in QUESTIONS:
        made = _actions(_asked(each_adviser, question))
        assert not {ids.ASK_REPORT, ids.ASK_DECIDER} <= set(made)


def test_a_toast_says_nothing_of_a_question_that_calls_for_a_report(
    adviser: Callable[[str], Adviser],
) -> None:
    for question in (QUESTIONS[1], QUESTIONS[2], "i want to report something"):
        assert _asked(adviser("dartmoor"), question).text == chat.READ_NOW


def test_where_somebody_decides_they_can_be_asked(adviser: Callable[[str], Adviser]) -> None:
    pack = shipped_pack("dartmoor")
    answer = Answer(Verdict.ASK_FIRST, 0.9, "unsure-post", says="Ask.", route=(Role.PRINCIPAL,))
    made = answer_blocks(answer, pack, adviser("dartmoor").mind.catalogue, SETTING)
    button = next(one for one in elements(list(made.blocks)) if one["action_id"] == ids.ASK_DECIDER)
    assert button["text"]["text"] == "Ask the Principal"
    assert ids.parted(button["value"]) == ("token-1", "principal")
    none = answer_blocks(answer, pack, adviser("dartmoor").mind.catalogue, replace(SETTING, may_ask=False))
    assert ids.ASK_DECIDER not in _actions(none)


def test_a_silent_policy_cites_nothing_and_names_whom_to_ask(adviser: Callable[[str], Adviser]) -> None:
    answer = Answer(Verdict.NOT_COVERED, 0.9, None, route=(Role.PRINCIPAL,), silence=Silence.POLICY)
    made = answer_blocks(answer, shipped_pack("dartmoor"), adviser("dartmoor").mind.catalogue, SETTING)
    assert "§" not in shown(made.blocks)
    assert ids.ASK_DECIDER in _actions(made)


def test_two_close_readings_are_put_to_the_asker(adviser: Callable[[str], Adviser]) -> None:
    catalogue = adviser("dartmoor").mind.catalogue
    topics = tuple(catalogue)[:2]
    for choose, values in ((("account",), ["personal", "official"]), (topics, list(topics))):
        answer = Answer(Verdict.CONDITIONAL, 0.5, topics[0], says="With care.", choose=choose)
        made = answer_blocks(answer, shipped_pack("dartmoor"), catalogue, SETTING)
        hold_message(made.blocks, made.text)
        chosen = [
            one for one in elements(list(made.blocks)) if ids.does(ids.ASK_CHOOSE).match(one["action_id"])
        ]
        assert [ids.parted(one["value"])[1] for one in chosen] == values


@pytest.mark.parametrize("kind", [Kind.ADULT_CONCERN, Kind.SELF_REPORT])
def test_a_worry_about_a_colleague_is_not_sent_to_ring_only_whom_it_may_be_about(
    adviser: Callable[[str], Adviser], kind: Kind
) -> None:
    answer = Answer(
        Verdict.REPORT, 0.9, None, says="Tell.", report=ReportOffer(kind=kind, urgency=Urgency.IMMEDIATE)
    )
    made = answer_blocks(answer, shipped_pack("dartmoor"), adviser("dartmoor").mind.catalogue, SETTING)
    assert "whichever of them it isn't about" in shown(made.blocks)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_schools_own_words_are_inert_and_fit(adviser: Callable[[str], Adviser], text: str) -> None:
    citations = (Citation("1:1", text, text, text), Citation("1:2", None, text, None))
    answer = Answer(
        Verdict.CONDITIONAL,
        0.9,
        None,
        says=text[:9_000],
        citations=citations,
        conditions=(text[:500],) * 4,
        tripped=Tripped(danger=True),
    )
    pack = shipped_pack("dartmoor")
    named = pack.model_copy(update={"policy": pack.policy.model_copy(update={"title": text})})
    made = answer_blocks(answer, named, adviser("dartmoor").mind.catalogue, SETTING)
    hold_message(made.blocks, made.text)


def test_an_overdue_policy_says_so(adviser: Callable[[str], Adviser]) -> None:
    late = replace(SETTING, today=date(2040, 1, 1))
    assert "due for review" in shown(_asked(adviser("dartmoor"), QUESTIONS[4], late).blocks)


def test_in_a_thread_nothing_is_said_but_that_it_was_answered_privately() -> None:
    made = answers.privately_answered()
    assert shown(made.blocks) == made.text == chat.PRIVATELY


def test_an_outsider_gets_a_number_to_ring_and_nothing_to_press() -> None:
    made = answers.outsider_blocks("england", SETTING.numbers)
    hold_message(made.blocks, made.text)
    assert "01632 960003" in made.text
    assert not elements(list(made.blocks))


def test_greeting_and_help_keep_within_the_limits_and_say_who_else_can_read() -> None:
    for made in (answers.greeting(), answers.help_blocks(), answers.plain_blocks("One.", "Two.")):
        hold_message(made.blocks, made.text)
    for made in (answers.greeting(), answers.help_blocks()):
        assert chat.WHO_CAN_READ in shown(made.blocks)


def test_the_suggested_prompts_are_questions_of_staff() -> None:
    prompts = answers.suggested_prompts()
    assert [one["message"] for one in prompts] == list(EXAMPLES)
    assert all(len(one["title"]) <= 60 for one in prompts)
