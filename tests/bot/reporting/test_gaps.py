"""What was asked in vain is counted by topic and month, and says of nobody that they asked."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.reporting.gaps import LONGEST, Gap, How, gaps, note, note_feedback, unanswered
from knowledge.answer import Answer, Silence
from knowledge.rules import Kind, ReportOffer, Urgency, Verdict
from knowledge.tripwire import Tripped
from tests.bot.reporting.stage import Stage

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
OPEN = Answer(Verdict.NOT_COVERED, 0.9, "phishing", silence=Silence.POLICY)
OFFER = ReportOffer(kind=Kind.OTHER, urgency=Urgency.TODAY)


def test_topics_are_counted_by_month_and_policy(stage: Stage) -> None:
    for _ in range(2):
        assert note(stage.office, "hill", OPEN, agreed=None, now=NOW)
    assert note(stage.office, "vale", OPEN, agreed=None, now=NOW)
    assert note(stage.office, "hill", OPEN, agreed=None, now=NOW + timedelta(days=31))
    assert gaps(stage.office, "2026-11") == [
        Gap("hill", "2026-11", "phishing", 2, ()),
        Gap("vale", "2026-11", "phishing", 1, ()),
    ]
    assert [gap.asked for gap in gaps(stage.office, "2026-12")] == [1]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(Verdict.ALLOWED, 0.9, "phishing"),
        Answer(Verdict.NOT_COVERED, 0.9, "greeting", silence=Silence.CHAT),
        Answer(Verdict.NOT_COVERED, 0.9, "staff-leave-pay", silence=Silence.SCHOOL),
        Answer(Verdict.NOT_COVERED, 0.9, "phishing", silence=Silence.REPORTING),
        Answer(Verdict.NOT_COVERED, 0.9, "phishing", silence=Silence.POLICY, report=OFFER),
        Answer(Verdict.NOT_COVERED, 0.9, "phishing", silence=Silence.POLICY, tripped=Tripped(danger=True)),
        Answer(Verdict.NOT_COVERED, 0.9, None, silence=Silence.POLICY),
    ],
)
def test_answers_chat_and_anything_that_may_be_a_report_are_never_counted(
    stage: Stage, answer: Answer
) -> None:
    assert not unanswered(answer)
    assert not note(stage.office, "hill", answer, agreed="what about Alfie", now=NOW)
    assert gaps(stage.office, "2026-11") == []


def test_a_question_is_kept_only_where_its_asker_agreed_and_without_names(stage: Stage) -> None:
    asked = "Can Mrs Nair and Alfie Tester from 9B enter a quiz at https://quiz.example or ring 01632 960999?"
    note(stage.office, "hill", OPEN, agreed=None, now=NOW)
    note(stage.office, "hill", OPEN, agreed=asked, now=NOW)
    (gap,) = gaps(stage.office, "2026-11")
    (question,) = gap.questions
    assert gap.asked == 2
    assert "enter a quiz" in question
    for told in ("Nair", "Alfie", "Tester", "quiz.example", "960999"):
        assert told not in question


def test_a_question_is_kept_in_part_where_it_is_very_long(stage: Stage) -> None:
    note(stage.office, "hill", OPEN, agreed="is this a scam " * 200, now=NOW)
    (gap,) = gaps(stage.office, "2026-11")
    assert len(gap.questions[0]) == LONGEST


def test_tallies_go_after_two_years_with_their_questions(stage: Stage) -> None:
    note(stage.office, "hill", OPEN, agreed="is this a scam", now=NOW)
    note(stage.office, "hill", OPEN, agreed=None, now=NOW.replace(year=2028))
    assert len(gaps(stage.office, "2026-11")) == 1
    note(stage.office, "hill", OPEN, agreed=None, now=NOW.replace(year=2028, month=12))
    assert gaps(stage.office, "2026-11") == []


def test_what_is_said_of_an_answer_is_counted_beside_what_was_left_open(stage: Stage) -> None:
    answer = Answer(Verdict.NOT_ALLOWED, 0.9, "logo-personal")
    for how in (How.WRONG, How.WRONG, How.HELPED):
        assert note_feedback(stage.office, "hill", answer, how, now=NOW)
    assert {(one.topic, one.how, one.asked) for one in gaps(stage.office, "2026-11")} == {
        ("logo-personal", How.WRONG, 2),
        ("logo-personal", How.HELPED, 1),
    }


@pytest.mark.parametrize(
    "answer",
    [
        Answer(Verdict.REPORT, 0.9, "child-disclosure", report=OFFER),
        Answer(Verdict.REPORT, 0.9, "child-disclosure", tripped=Tripped(danger=True)),
        Answer(Verdict.NOT_COVERED, 0.9, None),
    ],
)
def test_what_has_to_be_reported_is_counted_nowhere(stage: Stage, answer: Answer) -> None:
    assert not note_feedback(stage.office, "hill", answer, How.WRONG, now=NOW)
    assert gaps(stage.office, "2026-11") == []
