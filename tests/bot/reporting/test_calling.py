"""Acting on who is told next: which messages wait for whom, when the next step falls due, who is alarmed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import Trouble
from bot.reporting.calling import alarm, call_out, refresh_cards, stop_chase
from bot.reporting.casefile import CaseFile, locked
from bot.reporting.escalation import Call, Climb
from bot.reporting.office import Office, Work
from bot.reporting.report import Standing
from knowledge.rules import Role, Urgency
from storage import house
from tests.bot.reporting.ledger import (
    HOUR,
    MINUTE,
    NOW,
    case,
    deliver,
    due,
    events,
    notices,
    opened,
    told,
    urgent,
    waiting,
    with_people,
)
from tests.bot.reporting.oakfield import directory
from tests.bot.reporting.tales import without
from tests.support.offices import a_report, audited

RUTH = Call("ruth", Role.DEPUTY_DSL)


def _held(work: Work, case_id: str) -> CaseFile:
    held = locked(work, case_id)
    assert held is not None
    return held


def _call_out(office: Office, reference: str, climb: Climb, *, at: timedelta = MINUTE) -> None:
    here = case(office, reference)
    with office.work(NOW + at) as work:
        work.done(*call_out(work, _held(work, here.id), climb))


def _alarm(office: Office, reference: str | None = None, what: str = "") -> None:
    here = case(office, reference).id if reference else None
    with office.work(NOW) as work:
        about = _held(work, here) if here else None
        alarm(work, Trouble.VACANT, what=what, case=about)
        work.done()


def test_the_people_of_a_step_are_told_noted_and_audited_and_the_next_step_is_due(office: Office) -> None:
    reference = opened(office)
    _call_out(office, reference, Climb(1, 0, (RUTH,), HOUR))
    assert told(office, reference) == [("sam", "dsl"), ("ruth", "deputy_dsl")]
    assert ("ruth", "slack", "card") in waiting(office, reference)
    assert due(office, reference) == {"climb": NOW + MINUTE + HOUR}
    assert audited(office)[-1] == ("signpost", "told", reference)
    assert (case(office, reference).row.level, case(office, reference).row.lap) == (1, 0)


def test_somebody_more_who_is_told_in_the_same_step_puts_the_next_off_for_nobody(office: Office) -> None:
    reference = opened(office)
    _call_out(office, reference, Climb(0, 0, (RUTH,), 5 * MINUTE), at=4 * MINUTE)
    assert due(office, reference) == {"climb": NOW + 5 * MINUTE}


def test_whoever_is_alerted_is_sent_an_alert_and_is_not_called(office: Office) -> None:
    reference = opened(office)
    _call_out(office, reference, Climb(2, 0, (Call("ceo", Role.EXECUTIVE, alert=True),), HOUR))
    assert ("ceo", "slack", "alert") in waiting(office, reference)
    assert told(office, reference) == [("sam", "dsl")]
    assert audited(office)[-1] == ("signpost", "alerted", reference)


def test_where_nobody_is_left_the_reporter_and_an_administrator_are_told(office: Office) -> None:
    reference = opened(office)
    deliver(office)
    _call_out(office, reference, Climb(2, 1, (), HOUR, alarm=True, outside=True))
    assert waiting(office, reference) == [
        ("ada", "email", "alarm"),
        ("ada", "slack", "alarm"),
        ("tom", "slack", "unanswered"),
    ]
    assert "nobody_left" in events(office, reference)


@pytest.mark.parametrize(
    ("urgency", "ranks"), [(Urgency.IMMEDIATE, [0, 2]), (Urgency.TODAY, [3, 2]), (Urgency.ROUTINE, [5, 2])]
)
def test_the_more_urgent_a_case_the_sooner_its_notices_go_with_alarms_in_between(
    office: Office, urgency: Urgency, ranks: list[int]
) -> None:
    reference = opened(office, a_report(urgency=urgency))
    _alarm(office, reference)
    places = {one.event: one.place // 10**18 for one in notices(office, reference)}
    assert [places["card"], places["alarm"]] == ranks


def test_an_alarm_goes_to_every_administrator_on_chat_and_by_mail(office: Office) -> None:
    reference = opened(office)
    _alarm(office, reference, "slt")
    alarms = [one for one in notices(office, reference) if one.event == "alarm"]
    assert sorted((one.person, one.platform, one.about) for one in alarms) == [
        ("ada", "email", "vacant slt"),
        ("ada", "slack", "vacant slt"),
    ]


def test_an_administrator_whom_the_case_is_about_is_told_of_nothing(office: Office) -> None:
    reference = opened(office, urgent(standings={"ada": Standing.ABOUT}))
    _alarm(office, reference)
    assert not [one for one in waiting(office, reference) if one[0] == "ada"]


def test_an_alarm_is_not_sent_to_where_it_can_no_longer_arrive(office: Office) -> None:
    reference = opened(office)
    with office.work(NOW) as work:
        house.note_lost(work.session, "email:ada", "refused", NOW)
        work.done()
    _alarm(office, reference)
    assert [one for one in waiting(office, reference) if one[0] == "ada"] == [("ada", "slack", "alarm")]


def test_where_no_role_of_administrator_is_held_an_alarm_goes_to_nobody(office: Office) -> None:
    _alarm(with_people(office, without(Role.ADMINISTRATOR)))
    with office.store.reading() as session:
        assert session.connection().exec_driver_sql("SELECT COUNT(*) FROM notice").scalar() == 0


def test_notices_about_a_drill_say_so_alarms_too(office: Office) -> None:
    reference = opened(office, urgent(drill=True))
    _alarm(office, reference)
    assert {one.marks for one in notices(office, reference)} == {"drill"}


def test_only_cards_that_were_sent_are_changed_and_each_once_at_a_time(office: Office) -> None:
    reference = opened(office)
    deliver(office)
    _call_out(office, reference, Climb(1, 0, (RUTH,), HOUR))
    here = case(office, reference)
    for _ in range(2):
        with office.work(NOW) as work:
            refresh_cards(work, _held(work, here.id))
            work.done()
    assert [one for one in waiting(office, reference) if one[2] == "refresh"] == [("sam", "slack", "refresh")]


def test_stopping_the_chase_cancels_calls_and_alerts_and_leaves_the_reporters_messages(
    office: Office,
) -> None:
    reference = opened(office)
    _call_out(office, reference, Climb(2, 1, (Call("ceo", Role.EXECUTIVE, alert=True),), HOUR, outside=True))
    here = case(office, reference)
    with office.work(NOW) as work:
        stop_chase(work, _held(work, here.id))
        work.done()
    assert {event for _, _, event in waiting(office, reference)} == {"unanswered", "alarm"}
    assert due(office, reference) == {}


def test_a_reporter_who_is_in_no_schools_file_is_told_where_they_reported(office: Office) -> None:
    reference = opened(office, urgent(reporter="account:slack:U9"))
    _call_out(office, reference, Climb(2, 1, (), HOUR, outside=True))
    assert ("account:slack:U9", "slack", "unanswered") in waiting(office, reference)


def test_the_calls_of_one_moment_keep_their_order(office: Office) -> None:
    people = replace(directory(), digest="1" * 64)
    reference = opened(with_people(office, people))
    calls = tuple(Call(one, Role.SLT) for one in ("tessa", "helen", "vera", "dan"))
    _call_out(office, reference, Climb(1, 0, calls, HOUR))
    cards = sorted(notices(office, reference), key=lambda one: one.place)
    assert [one.person for one in cards] == ["sam", "tessa", "helen", "vera", "dan"]
