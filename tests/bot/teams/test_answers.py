"""An answer in Teams, as a busy teacher reads it, and what must not be in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bot.answering import Setting
from bot.reporting.people import Contacts
from bot.teams import answers, ids
from bot.teams.answers import answer_card
from bot.teams.cards import Shown, Where
from bot.wording import chat
from bot.wording import teams as here
from knowledge.answer import Adviser, Answer, Silence
from knowledge.citing import Citation
from knowledge.loader import shipped_pack
from knowledge.rules import Kind, ReportOffer, Role, Urgency, Verdict
from knowledge.tripwire import Tripped
from tests.bot.teams.holding import HOSTILE, hold, hold_summary, read
from tests.support.teams.cards import actions_of, inputs_of

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


def _asked(adviser: Adviser, question: str, setting: Setting = SETTING, where: Where = Where.CHAT) -> Shown:
    return answer_card(adviser.answer(question), adviser.pack, adviser.mind.catalogue, setting, where=where)


def _actions(made: Shown) -> list[str]:
    return [one["data"]["action"] for one in actions_of(made.card)]


@pytest.mark.parametrize("where", Where)
@pytest.mark.parametrize("question", QUESTIONS)
def test_teams_takes_every_answer_in_a_chat_and_in_a_dialog(
    each_adviser: Adviser, question: str, where: Where
) -> None:
    made = _asked(each_adviser, question, where=where)
    hold(made.card, where)
    hold_summary(made.summary)
    for one in actions_of(made.card):
        assert one["data"]["value"].startswith(SETTING.token)


def test_the_verdict_is_said_once_and_not_again_before_its_reason(adviser: Callable[[str], Adviser]) -> None:
    made = _asked(adviser("dartmoor"), QUESTIONS[0])
    assert made.card["body"][0]["text"].endswith(" No")
    assert made.card["body"][1]["inlines"][0]["text"].startswith("School photographs")
    assert made.summary.startswith("No. School photographs")


def test_safety_comes_before_everything_else_and_says_nothing_of_screenshots(
    adviser: Callable[[str], Adviser],
) -> None:
    said = read(_asked(adviser("dartmoor"), QUESTIONS[2]).card)
    assert said.index(chat.BEFORE_ALL) < said.index("Report this")
    assert "screenshot" not in said.lower()


def test_what_calls_for_a_report_offers_one_with_the_leads_number_and_says_that_none_was_made(
    adviser: Callable[[str], Adviser],
) -> None:
    made = _asked(adviser("dartmoor"), QUESTIONS[1])
    assert ids.ASK_REPORT in _actions(made)
    assert "01632 960003" in read(made.card)
    assert "nobody has been told" in read(made.card)


def test_a_question_that_calls_for_a_report_is_never_passed_on_as_a_message(each_adviser: Adviser) -> None:
    for question in QUESTIONS:
        assert not {ids.ASK_REPORT, ids.ASK_DECIDER} <= set(_actions(_asked(each_adviser, question)))


def test_a_toast_says_nothing_of_a_question_that_calls_for_a_report(
    adviser: Callable[[str], Adviser],
) -> None:
    for question in (QUESTIONS[1], QUESTIONS[2], "i want to report something"):
        assert _asked(adviser("dartmoor"), question).summary == chat.READ_NOW


def test_where_somebody_decides_they_can_be_asked(adviser: Callable[[str], Adviser]) -> None:
    pack = shipped_pack("dartmoor")
    answer = Answer(Verdict.ASK_FIRST, 0.9, "unsure-post", says="Ask.", route=(Role.PRINCIPAL,))
    made = answer_card(answer, pack, adviser("dartmoor").mind.catalogue, SETTING)
    button = next(one for one in actions_of(made.card) if one["data"]["action"] == ids.ASK_DECIDER)
    assert button["title"] == "Ask the Principal"
    assert ids.parted(button["data"]["value"]) == ("token-1", "principal")
    none = answer_card(answer, pack, adviser("dartmoor").mind.catalogue, replace(SETTING, may_ask=False))
    assert ids.ASK_DECIDER not in _actions(none)


def test_a_silent_policy_cites_nothing_and_names_whom_to_ask(adviser: Callable[[str], Adviser]) -> None:
    answer = Answer(Verdict.NOT_COVERED, 0.9, None, route=(Role.PRINCIPAL,), silence=Silence.POLICY)
    made = answer_card(answer, shipped_pack("dartmoor"), adviser("dartmoor").mind.catalogue, SETTING)
    assert "§" not in read(made.card)
    assert ids.ASK_DECIDER in _actions(made)


def test_two_close_readings_are_put_to_the_asker(adviser: Callable[[str], Adviser]) -> None:
    catalogue = adviser("dartmoor").mind.catalogue
    topics = tuple(catalogue)[:2]
    for choose, values in ((("account",), ["personal", "official"]), (topics, list(topics))):
        answer = Answer(Verdict.CONDITIONAL, 0.5, topics[0], says="With care.", choose=choose)
        made = answer_card(answer, shipped_pack("dartmoor"), catalogue, SETTING)
        hold(made.card)
        chosen = [one["data"]["value"] for one in actions_of(made.card) if one.get("verb") == ids.ASK_CHOOSE]
        assert [ids.parted(one)[1] for one in chosen] == values


@pytest.mark.parametrize("kind", [Kind.ADULT_CONCERN, Kind.SELF_REPORT])
def test_a_worry_about_a_colleague_is_not_sent_to_ring_only_whom_it_may_be_about(
    adviser: Callable[[str], Adviser], kind: Kind
) -> None:
    answer = Answer(
        Verdict.REPORT, 0.9, None, says="Tell.", report=ReportOffer(kind=kind, urgency=Urgency.IMMEDIATE)
    )
    made = answer_card(answer, shipped_pack("dartmoor"), adviser("dartmoor").mind.catalogue, SETTING)
    assert "whichever of them it isn't about" in read(made.card)


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
    made = answer_card(answer, named, adviser("dartmoor").mind.catalogue, SETTING)
    hold(made.card)
    hold_summary(made.summary)


def test_an_overdue_policy_says_so(adviser: Callable[[str], Adviser]) -> None:
    late = replace(SETTING, today=date(2040, 1, 1))
    assert "due for review" in read(_asked(adviser("dartmoor"), QUESTIONS[4], late).card)


def test_in_a_channel_nothing_is_said_but_that_it_was_answered_privately() -> None:
    made = answers.privately_card()
    assert made.summary == chat.PRIVATELY
    assert chat.PRIVATELY in read(made.card)
    assert not actions_of(made.card)


def test_an_outsider_gets_a_number_to_ring_and_nothing_to_press() -> None:
    made = answers.outsider_card("england", SETTING.numbers)
    hold(made.card)
    assert "01632 960003" in read(made.card)
    assert not actions_of(made.card)


@pytest.mark.parametrize("nation", ["england", "wales", "scotland", "ni"])
@pytest.mark.parametrize("passed_on", [True, False])
def test_a_pupil_gets_fixed_words_and_nothing_to_press(nation: str, passed_on: bool) -> None:
    made = answers.pupil_card(nation, SETTING.numbers, passed_on=passed_on)
    hold(made.card)
    said = read(made.card)
    assert not actions_of(made.card)
    assert all(words in said for words in ("999", "0800 1111", "adult in school whom you trust"))
    assert ("I am passing this to" in said) is passed_on
    assert made.summary == chat.READ_NOW


def test_somebody_who_is_not_listed_is_told_whom_to_ring_and_can_report() -> None:
    made = answers.unknown_card("england", SETTING.numbers)
    hold(made.card)
    assert "01632 960003" in read(made.card)
    assert _actions(made) == [ids.REPORT_BEGIN]


def test_greeting_and_help_are_taken_and_say_who_else_can_read() -> None:
    for made in (answers.greeting_card(), answers.help_card(), answers.plain_card("One.", "Two.")):
        hold(made.card)
        hold_summary(made.summary)
    for made in (answers.greeting_card(), answers.help_card()):
        assert here.WHO_CAN_READ in read(made.card)


def test_a_post_is_checked_in_a_dialog_that_sends_its_words() -> None:
    made = answers.check_card("token-1", fault=here.CHECK_NOTHING)
    hold(made, Where.DIALOG)
    assert list(inputs_of(made)) == [ids.TEXT_FIELD]
    (check,) = actions_of(made)
    assert check["data"] == {"action": ids.ASK_CHECK, "value": "token-1"}
    assert "associatedInputs" not in check
