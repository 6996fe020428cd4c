"""What handlers and reporters do with a case: said to whom, noted where, refused when, and in the audit."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.errors import NoSuchCaseError, RefusedActionError
from bot.messages import Card, CardState, Progress, Prompt, Reminder
from bot.messages import Stage as Step
from bot.reporting import handling, recusal, viewing
from bot.reporting.handling import LONGEST, Closing, Decision
from bot.reporting.report import About, Standing
from bot.reporting.rights import State
from bot.reporting.submit import submit
from knowledge.rules import Kind
from storage import cases
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.reporting.stage import Stage
from tests.bot.reporting.tales import Tale

WORRY = Tale(Kind.ONLINE_SAFETY, reporter="tom")
CLOSED = Closing(Decision.NO_REFERRAL, "Spoke to the family.")


@pytest.fixture
def handled(stage: Stage) -> str:
    """Give the reference of a case that Tom reported and Sam handles."""
    reference = stage.report(WORRY)
    stage.acknowledge(reference, "sam")
    stage.deliver()
    return reference


def written(stage: Stage, reference: str, event: str) -> list[str | None]:
    """What the chronology has under an event."""
    lines = stage.do(viewing.open_case, reference, "sam").chronology
    return [line.text for line in lines if line.event == event]


def heard(stage: Stage, person: str) -> list[Any]:
    """What somebody is sent of all that waits."""
    return [one.message for one in stage.deliver() if one.person == person]


def test_a_note_is_for_handlers_only(stage: Stage, handled: str) -> None:
    stage.do(handling.add_note, handled, "sam", "Rang home.")
    assert written(stage, handled, "note") == ["Rang home."]
    assert "Rang home." not in str(stage.do(viewing.own_report, handled, "tom"))
    assert heard(stage, "tom") == []


def test_an_acknowledged_case_that_is_worked_on_no_longer_climbs_for_lying_untouched(
    stage: Stage, handled: str
) -> None:
    assert {one.purpose for one in stage.timers(handled)} == {"untouched"}
    stage.do(handling.add_note, handled, "sam", "Rang home.")
    assert stage.case(handled).state is State.IN_PROGRESS
    assert stage.timers(handled) == []


def test_a_question_reaches_the_reporter_without_its_words_and_the_answer_its_handler(
    stage: Stage, handled: str
) -> None:
    stage.do(handling.ask_reporter, handled, "sam", "Which app was it?")
    assert heard(stage, "tom") == [Reminder(handled, Prompt.ASKED)]
    asked = [line.text for line in stage.do(viewing.own_report, handled, "tom").chronology]
    assert asked == [None, "Which app was it?"]
    stage.do(handling.answer_question, handled, "tom", "The blue one.")
    assert heard(stage, "sam") == [Reminder(handled, Prompt.ANSWERED)]
    assert written(stage, handled, "answered") == ["The blue one."]


def test_somebody_whom_it_is_about_is_asked_nothing_through_it(stage: Stage) -> None:
    reference = stage.own_slip()
    with pytest.raises(RefusedActionError):
        stage.do(handling.ask_reporter, reference, "helen", "What happened?")


def test_what_a_reporter_adds_is_on_the_case_and_its_handlers_hear_that_it_is(
    stage: Stage, handled: str
) -> None:
    stage.do(handling.add_information, handled, "tom", "It happened again.")
    assert heard(stage, "sam") == [Reminder(handled, Prompt.ADDED)]
    assert written(stage, handled, "added") == ["It happened again."]


def test_an_action_has_an_owner_who_handles_the_case_and_is_reminded_that_morning(
    stage: Stage, handled: str
) -> None:
    stage.do(handling.add_action, handled, "sam", ("sam", "Ring home.", date(2026, 11, 25)))
    assert written(stage, handled, "action") == ["sam 2026-11-25 Ring home."]
    stage.after(days=1, hours=21, minutes=59)
    stage.tick()
    assert heard(stage, "sam") == []
    stage.after(minutes=1)
    stage.tick()
    assert heard(stage, "sam") == [Reminder(handled, Prompt.ACTION)]


@pytest.mark.parametrize("owner", ["helen", "nobody", ""])
def test_nobody_else_owns_an_action(stage: Stage, handled: str, owner: str) -> None:
    with pytest.raises(RefusedActionError, match="handles the case"):
        stage.do(handling.add_action, handled, "sam", (owner, "Ring home.", date(2026, 11, 25)))


def test_an_action_is_not_due_in_the_past(stage: Stage, handled: str) -> None:
    with pytest.raises(RefusedActionError, match="past"):
        stage.do(handling.add_action, handled, "sam", ("sam", "Ring home.", date(2026, 11, 22)))


def test_a_case_handed_over_stays_with_the_giver_until_it_is_taken(stage: Stage, handled: str) -> None:
    stage.do(handling.hand_over, handled, "sam", "helen")
    (card,) = heard(stage, "helen")
    assert isinstance(card, Card)
    assert card.handed
    assert stage.case(handled).handlers() == ("sam",)
    stage.acknowledge(handled, "helen")
    assert stage.case(handled).handlers() == ("sam", "helen")


def test_a_case_handed_over_and_not_taken_comes_back_to_the_giver(stage: Stage, handled: str) -> None:
    stage.do(handling.hand_over, handled, "sam", "helen")
    stage.deliver()
    stage.after(hours=3)
    stage.tick()
    assert Reminder(handled, Prompt.NOT_TAKEN) in heard(stage, "sam")


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("vera", "whom it is about"),
        ("ruth", "whom it may be about"),
        ("tom", "in no leading role"),
        ("marcus", "at another school"),
        ("omar", "away"),
        ("gone", "unknown"),
    ],
)
def test_a_case_that_cannot_be_handed_to_somebody_says_the_same_whatever_the_reason(
    stage: Stage, to: str, why: str
) -> None:
    away = OAKFIELD.replace("slack: U0OMAR}", "slack: U0OMAR, away: [{from: 2026-11-01, to: 2026-12-31}]}")
    stage.use_schools(away)
    standings = {"vera": Standing.ABOUT, "ruth": Standing.OPEN}
    reference = stage.report(replace(WORRY, standings=standings))
    stage.acknowledge(reference, "sam")
    with pytest.raises(RefusedActionError) as refused:
        stage.do(handling.hand_over, reference, "sam", to)
    assert str(refused.value) == "this case cannot be handed to them: choose somebody else", why


def test_closing_takes_a_decision_and_its_reason(stage: Stage, handled: str) -> None:
    with pytest.raises(RefusedActionError, match="reason is empty"):
        stage.do(handling.close, handled, "sam", Closing(Decision.NO_REFERRAL, "  "))
    stage.do(handling.close, handled, "sam", CLOSED)
    assert written(stage, handled, "closed") == ["no_referral\nSpoke to the family."]
    assert stage.case(handled).state is State.CLOSED


def test_the_reporter_of_a_closed_case_learns_that_and_no_more(stage: Stage, handled: str) -> None:
    stage.do(handling.close, handled, "sam", CLOSED)
    (said,) = heard(stage, "tom")
    assert isinstance(said, Progress)
    assert said.stage is Step.CLOSED


def test_nothing_of_a_closed_case_goes_on(stage: Stage, handled: str) -> None:
    stage.do(handling.add_action, handled, "sam", ("sam", "Ring home.", date(2026, 11, 25)))
    stage.do(handling.hand_over, handled, "sam", "helen")
    stage.do(handling.close, handled, "sam", CLOSED)
    stage.deliver()
    stage.after(days=30)
    stage.tick()
    assert stage.deliver() == []
    assert stage.timers(handled) == []


def test_the_card_of_a_closed_case_becomes_a_stub(stage: Stage) -> None:
    reference = stage.report(WORRY)
    stage.deliver()
    stage.acknowledge(reference, "sam")
    stage.do(handling.close, reference, "sam", CLOSED)
    cards = [one for one in heard(stage, "sam") if isinstance(one, Card)]
    assert {card.state for card in cards} == {CardState.CLOSED}


def test_a_case_is_opened_again_with_a_reason_and_may_not_lie_untouched(stage: Stage, handled: str) -> None:
    stage.do(handling.close, handled, "sam", CLOSED)
    with pytest.raises(RefusedActionError, match="reason is empty"):
        stage.do(handling.reopen, handled, "sam", "")
    stage.do(handling.reopen, handled, "sam", "It went on.")
    assert stage.case(handled).state is State.ACKNOWLEDGED
    assert written(stage, handled, "reopened") == ["It went on."]
    assert "untouched" in {one.purpose for one in stage.timers(handled)}


def test_cases_of_the_same_handler_can_be_linked_and_each_names_the_other(stage: Stage) -> None:
    first, second = _two(stage, WORRY, replace(WORRY, reporter="priya"))
    stage.do(handling.link, first, "sam", second)
    assert written(stage, first, "linked") == [second]
    assert written(stage, second, "linked") == [first]


def test_a_case_cannot_be_linked_with_itself_or_with_somebody_elses(stage: Stage, handled: str) -> None:
    with pytest.raises(RefusedActionError, match="same case"):
        stage.do(handling.link, handled, "sam", handled)
    other = stage.report(Tale(Kind.ADULT_CONCERN, {"colin": Standing.ABOUT}, About.WORKS_HERE))
    for unknown in (other, "SP-2222-3333"):
        with pytest.raises(NoSuchCaseError):
            stage.do(handling.link, handled, "sam", unknown)


def test_what_is_linked_and_whom_it_bars_is_in_the_audit(stage: Stage) -> None:
    first, second = _two(stage, WORRY, replace(WORRY, reporter="priya", standings={"omar": Standing.ABOUT}))
    stage.do(handling.hand_over, first, "sam", "omar")
    before = len(stage.deeds())
    stage.do(handling.link, first, "sam", second)
    rows = [(row.actor, row.action, row.reference) for row in stage.deeds()[before:]]
    assert rows[0] == ("sam", "link", first)
    assert ("signpost", "withdrawn", first) in rows


def test_a_case_is_merged_only_with_one_about_the_same_people(stage: Stage) -> None:
    first, second = (stage.report(WORRY, subject="Alfie Tester") for _ in range(2))
    third = stage.report(WORRY, subject="Zoe Sample")
    for reference in (first, second, third):
        stage.acknowledge(reference, "sam")
    with pytest.raises(RefusedActionError, match="not about the same people"):
        stage.do(handling.merge, first, "sam", third)
    stage.do(handling.merge, first, "sam", second)
    assert stage.case(first).state is State.CLOSED
    assert written(stage, first, "closed") == [f"duplicate\n{second}"]
    assert written(stage, second, "merged") == [first]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"vera": Standing.ABOUT}, {}),
        ({"vera": Standing.ABOUT}, {"chair": Standing.ABOUT}),
        ({"vera": Standing.OPEN}, {"vera": Standing.OPEN}),
        ({"vera": Standing.OPEN}, {}),
    ],
)
def test_cases_about_different_people_are_never_merged(
    stage: Stage, one: dict[str, Standing], other: dict[str, Standing]
) -> None:
    first, second = _two(stage, replace(WORRY, standings=one), replace(WORRY, standings=other))
    for pair in ((first, second), (second, first)):
        with pytest.raises(RefusedActionError, match="not about the same people"):
            stage.do(handling.merge, pair[0], "sam", pair[1])


def test_cases_that_share_whom_they_bar_are_still_not_about_the_same_people(stage: Stage) -> None:
    first, second = _two(stage, replace(WORRY, standings={"vera": Standing.ABOUT}), WORRY)
    stage.do(handling.link, first, "sam", second)
    with pytest.raises(RefusedActionError, match="not about the same people"):
        stage.do(handling.merge, first, "sam", second)


def test_a_closed_case_takes_the_number_of_the_schools_own_record(stage: Stage, handled: str) -> None:
    stage.do(handling.close, handled, "sam", CLOSED)
    stage.do(handling.transfer, handled, "sam", "R-2026-117")
    assert written(stage, handled, "transferred") == ["R-2026-117"]
    assert stage.case(handled).row.transferred_at is not None


def test_a_legal_hold_is_put_on_and_lifted_by_the_data_protection_officer(stage: Stage, handled: str) -> None:
    stage.do(handling.hold, handled, "dan", "A claim.")
    assert stage.case(handled).row.held
    stage.do(handling.release, handled, "dan", "It is settled.")
    assert not stage.case(handled).row.held
    assert written(stage, handled, "held") == ["A claim."]


WRITERS: dict[str, Any] = {
    "note": lambda stage, ref, text: stage.do(handling.add_note, ref, "sam", text),
    "question": lambda stage, ref, text: stage.do(handling.ask_reporter, ref, "sam", text),
    "answer": lambda stage, ref, text: stage.do(handling.answer_question, ref, "tom", text),
    "text": lambda stage, ref, text: stage.do(handling.add_information, ref, "tom", text),
    "reason": lambda stage, ref, text: stage.do(handling.close, ref, "sam", Closing(Decision.OTHER, text)),
    "hold": lambda stage, ref, text: stage.do(handling.hold, ref, "dan", text),
}


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u202e", "\x00", "x" * (LONGEST + 1)])
def test_what_says_nothing_or_too_much_is_refused_and_leaves_nothing(
    stage: Stage, handled: str, write: str, text: str
) -> None:
    before = stage.case(handled).row.version, len(stage.deeds())
    with pytest.raises(RefusedActionError):
        WRITERS[write](stage, handled, text)
    assert (stage.case(handled).row.version, len(stage.deeds())) == before


def test_what_cannot_be_seen_is_not_kept(stage: Stage, handled: str) -> None:
    stage.do(handling.add_note, handled, "sam", "Rang\u202e home\x00.\x1b[2J \ud800Twice.\u200b\nSpoke.")
    assert written(stage, handled, "note") == ["Rang home.[2J Twice.\nSpoke."]


def test_every_deed_is_in_the_audit_by_whoever_did_it_and_says_nothing_of_what_was_written(
    stage: Stage, handled: str
) -> None:
    before = len(stage.deeds())
    words = "Zylfquist"
    stage.do(handling.add_note, handled, "sam", words)
    stage.do(handling.ask_reporter, handled, "sam", words)
    stage.do(handling.answer_question, handled, "tom", words)
    stage.do(handling.add_information, handled, "tom", words)
    stage.do(handling.add_action, handled, "sam", ("sam", words, date(2026, 11, 25)))
    stage.do(handling.hand_over, handled, "sam", "helen")
    stage.do(handling.hold, handled, "dan", words)
    stage.do(handling.release, handled, "dan", words)
    stage.do(recusal.say_standing, handled, "sam", ("pat", Standing.MENTIONED))
    stage.do(handling.close, handled, "sam", Closing(Decision.POLICE, words))
    stage.do(handling.transfer, handled, "sam", words)
    stage.do(handling.reopen, handled, "sam", words)
    rows = stage.deeds()[before:]
    assert [(row.actor, row.action) for row in rows] == [
        ("sam", "note"),
        ("sam", "ask"),
        ("tom", "answer"),
        ("tom", "add"),
        ("sam", "act"),
        ("sam", "hand_over"),
        ("dan", "held"),
        ("dan", "released"),
        ("sam", "standing mentioned"),
        ("sam", "close"),
        ("sam", "transfer"),
        ("sam", "reopen"),
    ]
    assert {row.reference for row in rows} == {handled}
    assert words not in str(rows)
    assert stage.office.audit.verify(stage.office.store)[1] == ()


def test_a_hold_over_a_case_that_is_handed_to_nobody_new_lasts_no_longer_than_a_step(
    stage: Stage, handled: str
) -> None:
    stage.do(handling.hand_over, handled, "sam", "helen")
    (timer,) = [one for one in stage.timers(handled) if one.purpose == "handover"]
    assert timer.due_at == stage.now + timedelta(hours=2)


def _two(stage: Stage, one: Tale, other: Tale) -> tuple[str, str]:
    """Two cases that Sam handles."""
    first, second = stage.report(one), stage.report(other)
    for reference in (first, second):
        stage.acknowledge(reference, "sam")
    return first, second


def test_a_receipt_asked_for_again_says_what_it_said_the_first_time(stage: Stage) -> None:
    """Who was told since, or has it by now, is not for whoever repeats a submission."""
    reference = stage.report(WORRY, key="again")
    with stage.office.store.reading() as session:
        assert cases.by_dedupe(session, "again") is not None
    first = submit(stage.office, WORRY.report, key="again", origin="slack", now=stage.now)
    stage.climb(reference)
    stage.acknowledge(reference, "sam")
    stage.do(handling.hand_over, reference, "sam", "ruth")
    again = submit(stage.office, WORRY.report, key="again", origin="slack", now=stage.now)
    assert again == first
    assert (again.reference, again.told, again.fresh) == (reference, ("sam",), False)
