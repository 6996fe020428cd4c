"""What falls due: the next step in time, the next lap with an alarm, reminders, cases that nothing moved."""

from datetime import timedelta
from typing import Any

import pytest

from bot.messages import Alarm, CheckIn, Prompt, Reminder, Trouble
from bot.reporting.acknowledge import acknowledge
from bot.reporting.calling import RESTORED
from bot.reporting.casefile import Actor
from bot.reporting.climbing import mend_unchased, rest, tick
from bot.reporting.handling import Closing, Decision, add_action, add_note, close, hand_over
from bot.reporting.office import Office
from bot.reporting.report import About, Standing
from bot.reporting.rights import State
from knowledge.rules import Kind
from storage import cases, timers
from tests.bot.reporting.ledger import (
    HOUR,
    MINUTE,
    NOW,
    case,
    change,
    due,
    events,
    notices,
    opened,
    said,
    told,
    urgent,
    waiting,
)
from tests.support.offices import a_report, audited

SAM, OMAR = Actor("sam"), Actor("omar")
DAY = timedelta(days=1)
TARGETED = {"kind": Kind.STAFF_TARGETED, "about": About.UNKNOWN}


def _sent(office: Office, reference: str, event: str) -> list[Any]:
    return [one for one in notices(office, reference) if one.event == event]


def _next(office: Office, reference: str) -> Any:
    """Let the time until the next step go by; returns when that was."""
    now = due(office, reference)["climb"]
    assert tick(office, now=now) == 1
    return now


def _reminded(office: Office, reference: str) -> list[tuple[str, Prompt]]:
    found = [(one.person, said(office, one)) for one in _sent(office, reference, "reminder")]
    return [(person, message.prompt) for person, message in found if isinstance(message, Reminder)]


def test_the_next_step_is_taken_when_it_is_due_and_not_before(office: Office) -> None:
    reference = opened(office)
    assert tick(office, now=NOW + 5 * MINUTE - timedelta(microseconds=1)) == 0
    assert tick(office, now=NOW + 5 * MINUTE) == 1
    assert told(office, reference) == [("sam", "dsl"), ("helen", "principal"), ("omar", "deputy_dsl")]
    assert due(office, reference) == {"climb": NOW + 10 * MINUTE}
    assert tick(office, now=NOW + 5 * MINUTE) == 0


def test_the_clock_is_told_when_the_next_step_is_due(office: Office) -> None:
    assert rest(office, now=NOW) is None
    opened(office)
    assert rest(office, now=NOW + 2 * MINUTE) == 3 * MINUTE


def test_a_late_step_gives_its_people_their_whole_time(office: Office) -> None:
    reference = opened(office)
    tick(office, now=NOW + HOUR)
    assert due(office, reference) == {"climb": NOW + HOUR + 5 * MINUTE}


def test_a_whole_lap_without_an_answer_raises_an_alarm_on_chat_and_by_mail_once_a_lap(
    office: Office,
) -> None:
    reference = opened(office)
    for _ in range(6):
        now = _next(office, reference)
    alarms = _sent(office, reference, "alarm")
    assert (
        sorted((one.person, one.platform) for one in alarms)
        == [("ada", "email")] * 2 + [("ada", "slack")] * 2
    )
    assert said(office, alarms[0], now=now) == Alarm(Trouble.UNANSWERED, reference)
    assert (case(office, reference).row.lap, case(office, reference).row.alarmed) == (2, True)


def test_the_reporter_of_an_urgent_case_is_told_at_every_missed_step_whom_to_ring(office: Office) -> None:
    reference = opened(office)
    for _ in range(4):
        _next(office, reference)
    told_so = _sent(office, reference, "unanswered")
    assert [(one.person, one.platform) for one in told_so] == [("tom", "slack")] * 4


def test_the_reporter_of_a_case_that_can_wait_is_not(office: Office) -> None:
    reference = opened(office, a_report())
    _next(office, reference)
    assert _sent(office, reference, "unanswered") == []


def test_a_timer_from_before_the_last_step_does_nothing(office: Office) -> None:
    reference = opened(office)
    change(office, "UPDATE timer SET guard = '0.7'")
    assert tick(office, now=NOW + HOUR) == 0
    assert told(office, reference) == [("sam", "dsl")]


def test_a_closed_case_climbs_no_more(office: Office) -> None:
    reference = opened(office)
    acknowledge(office, reference, SAM, now=NOW)
    close(office, reference, SAM, Closing(Decision.NO_REFERRAL, "A slip of the thumb."), now=NOW)
    assert tick(office, now=NOW + 30 * DAY) == 0
    assert due(office, reference) == {}


def test_acknowledged_and_untouched_it_climbs_on_and_its_handlers_are_reminded(office: Office) -> None:
    reference = opened(office)
    acknowledge(office, reference, SAM, now=NOW)
    assert tick(office, now=NOW + 20 * MINUTE) == 1
    assert case(office, reference).state is State.NOTIFIED
    assert told(office, reference)[1:] == [("helen", "principal"), ("omar", "deputy_dsl")]
    assert _reminded(office, reference) == [("sam", Prompt.UNTOUCHED)]
    assert acknowledge(office, reference, OMAR, now=NOW + 21 * MINUTE).settled


def test_acknowledged_and_worked_on_it_stays_where_it_is(office: Office) -> None:
    reference = opened(office)
    acknowledge(office, reference, SAM, now=NOW)
    add_note(office, reference, SAM, "Spoke to her.", now=NOW + MINUTE)
    assert tick(office, now=NOW + DAY) == 0


def test_after_one_working_day_handlers_are_asked_for_the_decision_on_an_adult(office: Office) -> None:
    concern = urgent(kind=Kind.ADULT_CONCERN, about=About.WORKS_HERE, standings={"ruth": Standing.ABOUT})
    reference = opened(office, concern)
    acknowledge(office, reference, Actor("helen"), now=NOW)
    add_note(office, reference, Actor("helen"), "Rang the LADO.", now=NOW)
    tick(office, now=NOW + DAY)
    assert _reminded(office, reference) == [("helen", Prompt.DECISION)]
    assert "decision_due" in events(office, reference)


def test_on_the_morning_an_action_is_due_its_owner_is_reminded(office: Office) -> None:
    reference = opened(office)
    acknowledge(office, reference, SAM, now=NOW)
    tomorrow = (NOW + DAY).date()
    add_action(office, reference, SAM, ("sam", "Ring her mother.", tomorrow), now=NOW)
    assert tick(office, now=NOW + 21 * HOUR) == 0
    assert tick(office, now=NOW + 22 * HOUR) == 1
    assert _reminded(office, reference) == [("sam", Prompt.ACTION)]


def test_a_hand_over_that_nobody_takes_stays_with_the_giver_who_is_told(office: Office) -> None:
    reference = opened(office)
    acknowledge(office, reference, SAM, now=NOW)
    hand_over(office, reference, SAM, "omar", now=NOW)
    tick(office, now=NOW + 5 * MINUTE)
    assert _reminded(office, reference) == [("sam", Prompt.NOT_TAKEN)]


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("Me", ["tom"]),
        ("me.", ["tom"]),
        ("Priya Nair", ["priya"]),
        ("Mrs Nair", ["priya"]),
        ("me and Priya Nair", ["priya", "tom"]),
        ("Lindqvist", ["tessa"]),
    ],
)
def test_whoever_was_targeted_is_asked_how_they_are(office: Office, target: str, asked: list[str]) -> None:
    reference = opened(office, a_report(**TARGETED, answers={"target": target}))
    acknowledge(office, reference, Actor("helen"), now=NOW)
    add_note(office, reference, Actor("helen"), "Reported the account.", now=NOW)
    tick(office, now=NOW + 3 * DAY)
    first = _sent(office, reference, "check_in")
    assert sorted(one.person for one in first) == asked
    message = said(office, first[0])
    assert isinstance(message, CheckIn)
    assert message.day == 3
    tick(office, now=NOW + 14 * DAY)
    assert len(_sent(office, reference, "check_in")) == 2 * len(asked)


@pytest.mark.parametrize("target", ["", "everybody", "the whole department"])
def test_where_nobody_can_say_who_was_targeted_the_handlers_are_reminded(office: Office, target: str) -> None:
    reference = opened(office, a_report(**TARGETED, answers={"target": target}))
    acknowledge(office, reference, Actor("helen"), now=NOW)
    add_note(office, reference, Actor("helen"), "Reported the account.", now=NOW)
    tick(office, now=NOW + 3 * DAY)
    assert _sent(office, reference, "check_in") == []
    assert _reminded(office, reference) == [("helen", Prompt.CHECK_IN)]


def test_whom_the_case_is_about_is_not_asked_how_they_are(office: Office) -> None:
    about = a_report(**TARGETED, answers={"target": "Priya Nair"}, standings={"priya": Standing.ABOUT})
    reference = opened(office, about)
    tick(office, now=NOW + 3 * DAY)
    assert _sent(office, reference, "check_in") == []


def _spoil(office: Office, reference: str) -> None:
    """Damage what is sealed on a case, so that nothing can be read of it any more."""
    change(office, "UPDATE case_file SET sealed = :junk WHERE reference = :it", junk=b"junk", it=reference)


def test_one_case_that_cannot_be_read_keeps_no_other_from_climbing(office: Office) -> None:
    broken, sound = opened(office), opened(office, now=NOW + timedelta(seconds=1))
    _spoil(office, broken)
    assert tick(office, now=NOW + 6 * MINUTE) == 1
    assert len(told(office, sound)) == 3


def test_a_case_that_cannot_be_moved_on_is_tried_again_and_an_administrator_told_once_an_hour(
    office: Office,
) -> None:
    _spoil(office, opened(office))
    for minutes in range(5, 20):
        assert tick(office, now=NOW + minutes * MINUTE) == 0
    assert _alarms(office) == ["faulty", "faulty"]
    tick(office, now=NOW + 2 * HOUR)
    assert _alarms(office) == ["faulty"] * 4


def _alarms(office: Office) -> list[str]:
    with office.store.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT about FROM notice WHERE event = 'alarm'")
        return [about for (about,) in rows]


def test_everything_that_fell_due_during_an_outage_is_done_in_one_go(office: Office) -> None:
    references = [opened(office, a_report()) for _ in range(120)]
    assert tick(office, now=NOW + 3 * HOUR) == 120
    assert all(len(told(office, one)) > 1 for one in references[::10])


def _restore(office: Office, reference: str) -> None:
    """Set the timer that a restore sets for each open case."""
    restored = case(office, reference)
    with office.work(NOW) as work:
        timers.set_timer(work.session, restored.id, RESTORED, NOW)
        work.done()


def test_a_restored_case_starts_one_fresh_lap_that_says_so(office: Office) -> None:
    reference = opened(office)
    _next(office, reference)
    _restore(office, reference)
    change(office, "DELETE FROM timer WHERE purpose = 'climb'")
    assert tick(office, now=NOW) == 1
    row = case(office, reference).row
    assert (row.lap, row.level) == (1, 0)
    assert [one.marks for one in notices(office, reference) if one.marks] == ["restored"]
    assert due(office, reference) == {"climb": NOW + 5 * MINUTE}


def test_a_restored_case_that_was_answered_meanwhile_calls_nobody(office: Office) -> None:
    reference = opened(office)
    acknowledge(office, reference, SAM, now=NOW)
    _restore(office, reference)
    assert tick(office, now=NOW) == 0
    assert told(office, reference) == [("sam", "dsl")]


def test_an_open_case_that_has_lost_its_timer_is_set_going_with_an_alarm(office: Office) -> None:
    reference = opened(office)
    change(office, "DELETE FROM timer")
    assert tick(office, now=NOW + HOUR) == 0
    assert mend_unchased(office, now=NOW + HOUR) == 1
    assert mend_unchased(office, now=NOW + HOUR) == 0
    assert tick(office, now=NOW + HOUR) == 1
    assert len(told(office, reference)) == 3
    assert ("signpost", "mended", reference) in audited(office)
    (alarm, _) = _sent(office, reference, "alarm")
    assert said(office, alarm) == Alarm(Trouble.UNCHASED, reference)


def test_an_acknowledged_case_that_has_lost_its_timer_is_set_going_too(office: Office) -> None:
    reference = opened(office)
    acknowledge(office, reference, SAM, now=NOW)
    change(office, "DELETE FROM timer")
    assert mend_unchased(office, now=NOW + HOUR) == 1
    tick(office, now=NOW + HOUR)
    assert case(office, reference).state is State.NOTIFIED


def test_a_case_whose_timer_is_out_of_date_is_found_to_have_none(office: Office) -> None:
    reference = opened(office)
    change(office, "UPDATE timer SET guard = '0.7'")
    tick(office, now=NOW + HOUR)
    assert mend_unchased(office, now=NOW + HOUR) == 1
    tick(office, now=NOW + HOUR)
    assert len(told(office, reference)) == 3


def test_cases_that_are_chased_worked_on_or_closed_are_left_alone(office: Office) -> None:
    opened(office)
    worked, shut = opened(office), opened(office)
    for reference in (worked, shut):
        acknowledge(office, reference, SAM, now=NOW)
        add_note(office, reference, SAM, "Spoke to her.", now=NOW)
    close(office, shut, SAM, Closing(Decision.NO_REFERRAL, "A slip of the thumb."), now=NOW)
    assert mend_unchased(office, now=NOW + HOUR) == 0


def test_one_case_that_cannot_be_mended_keeps_no_other_from_it(office: Office) -> None:
    broken, sound = opened(office), opened(office)
    change(office, "DELETE FROM timer")
    _spoil(office, broken)
    assert mend_unchased(office, now=NOW + HOUR) == 1
    assert due(office, sound)


def test_a_purged_case_is_not_climbed_for(office: Office) -> None:
    reference = opened(office)
    with office.store.reading() as session:
        row = cases.by_reference(session, reference)
    assert row is not None
    change(office, "DELETE FROM case_key WHERE owner = :it", it=row.id)
    assert tick(office, now=NOW + HOUR) == 0
    assert waiting(office, reference) == [("sam", "slack", "card")]
