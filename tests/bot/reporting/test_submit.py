"""A report comes in: one case, whoever is told first, a timer and the audit, all of it or nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import Unanswered
from bot.reporting.office import Office
from bot.reporting.people import Step
from bot.reporting.report import About, Report, Standing
from bot.reporting.rights import State
from bot.reporting.submit import new_reference, submit
from knowledge.rules import Kind, Role, Urgency
from storage import cases
from storage.store import TakenError
from tests.bot.reporting.ledger import (
    HOUR,
    MINUTE,
    NIGHT,
    NOW,
    case,
    due,
    events,
    notices,
    on_both_chats,
    opened,
    said,
    told,
    urgent,
    waiting,
    with_people,
)
from tests.bot.reporting.oakfield import directory
from tests.bot.reporting.tales import PEOPLE, without
from tests.support.offices import CHAT, a_report, audited

CONCERN = {"kind": Kind.ADULT_CONCERN, "about": About.WORKS_HERE, "urgency": Urgency.IMMEDIATE}


def _submitted(office: Office, report: Report, key: str = "k") -> str:
    return submit(office, report, key=key, origin=CHAT, now=NOW).reference


def test_a_report_becomes_a_case_with_its_first_step_its_timer_and_its_audit(office: Office) -> None:
    reference = opened(office)
    assert case(office, reference).state is State.NOTIFIED
    assert told(office, reference) == [("sam", "dsl")]
    assert waiting(office, reference) == [("sam", CHAT, "card")]
    assert due(office, reference) == {"climb": NOW + 5 * MINUTE}
    assert [line for line in audited(office) if line[2] == reference] == [
        ("tom", "reported", reference),
        ("signpost", "told", reference),
    ]


def test_the_same_submission_again_gives_the_same_receipt_and_no_second_case(office: Office) -> None:
    first = submit(office, urgent(), key="k", origin=CHAT, now=NOW)
    again = submit(office, urgent(), key="k", origin=CHAT, now=NOW + HOUR)
    assert (first.fresh, again.fresh) == (True, False)
    assert (again.reference, again.told, again.titles) == (first.reference, first.told, first.titles)
    assert len(notices(office, first.reference)) == 1
    assert [action for _, action, _ in audited(office)].count("reported") == 1


def test_two_submissions_with_different_keys_are_two_cases(office: Office) -> None:
    assert _submitted(office, urgent(), "k1") != _submitted(office, urgent(), "k2")


def test_a_receipt_says_in_which_roles_people_are_told(office: Office) -> None:
    receipt = submit(office, urgent(), key="k", origin=CHAT, now=NOW)
    assert receipt.told == ("sam",)
    assert receipt.titles == ("the designated safeguarding lead",)


def test_a_self_reporters_receipt_says_nothing_of_who_hears_of_it(office: Office) -> None:
    slip = urgent(kind=Kind.SELF_REPORT, about=About.MYSELF)
    receipt = submit(office, slip, key="k", origin=CHAT, now=NOW)
    assert receipt.titles == ()
    assert "tom" not in receipt.told
    assert "tom" in case(office, receipt.reference).barred


def test_the_ladder_is_copied_so_a_later_schools_file_changes_no_open_case(office: Office) -> None:
    reference = opened(office)
    slow = (Step(("dsl",), (), timedelta(days=9)),)
    ladders = {family: dict.fromkeys(urgencies, slow) for family, urgencies in directory().ladders.items()}
    later = with_people(office, replace(directory(), ladders=ladders, digest="0" * 64))
    assert case(later, reference).details.steps[0].within == 5 * MINUTE


def test_out_of_school_hours_an_urgent_case_tells_the_second_step_too_and_the_reporter_whom_to_ring(
    office: Office,
) -> None:
    reference = opened(office, now=NIGHT)
    assert {person for person, _ in told(office, reference)} == {"sam", "omar", "helen"}
    (ring,) = (one for one in notices(office, reference) if one.event == "unanswered")
    message = said(office, ring, now=NIGHT)
    assert isinstance(message, Unanswered)
    assert (ring.person, message.closed_hours) == ("tom", True)
    assert any("01632 960002" in line for line in message.ring)
    assert due(office, reference)["climb"] == NIGHT + 5 * MINUTE


def test_out_of_school_hours_a_case_that_can_wait_until_today_tells_nobody_more(office: Office) -> None:
    reference = opened(office, a_report(), now=NIGHT)
    assert told(office, reference) == [("sam", "dsl")]
    assert not [one for one in notices(office, reference) if one.event == "unanswered"]


def test_a_report_that_nobody_here_may_hear_of_is_stored_and_its_reporter_told_whom_to_ring(
    office: Office,
) -> None:
    reference = opened(office, urgent(standings=dict.fromkeys(set(PEOPLE) - {"tom", "ada"}, Standing.ABOUT)))
    assert told(office, reference) == []
    assert case(office, reference).row.alarmed
    asked = {(person, event) for person, _, event in waiting(office, reference)}
    assert asked == {("tom", "unanswered"), ("ada", "alarm")}
    assert "nobody_left" in events(office, reference)


def test_a_vacant_role_is_skipped_and_an_administrator_told_of_it(office: Office) -> None:
    vacant = with_people(office, without(Role.DSL))
    reference = opened(vacant)
    assert ("ada", "email", "alarm") in waiting(office, reference)
    assert told(vacant, reference)


def test_a_concern_about_an_adult_starts_the_clock_of_one_working_day(office: Office) -> None:
    friday = NOW - timedelta(days=3)
    reference = opened(office, urgent(**CONCERN, standings={"ruth": Standing.ABOUT}), now=friday)
    assert due(office, reference)["decision"] == friday + timedelta(days=3)


def test_a_member_of_staff_who_was_targeted_is_asked_on_day_3_and_day_14_how_they_are(
    office: Office,
) -> None:
    reference = opened(office, a_report(kind=Kind.STAFF_TARGETED, about=About.UNKNOWN))
    with office.store.reading() as session:
        row = cases.by_reference(session, reference)
    assert row is not None
    assert due(office, reference)["check_in"] == NOW + timedelta(days=14)


def test_a_report_that_points_at_the_same_account_is_linked_and_shares_whom_it_bars(office: Office) -> None:
    account = {"account": "@night_owl_44"}
    about_ruth = urgent(**CONCERN, standings={"ruth": Standing.ABOUT}, answers=account)
    first = opened(office, about_ruth)
    second = opened(office, urgent(answers={"handle": " night_owl_44"}), now=NOW + MINUTE)
    assert "similar" in events(office, second)
    assert "ruth" in case(office, second).barred
    assert "ruth" in case(office, first).barred


def test_a_report_of_a_drill_is_never_linked_with_a_real_one(office: Office) -> None:
    account = {"handle": "@night_owl_44"}
    opened(office, urgent(answers=account))
    drill = opened(office, urgent(answers=account, drill=True), now=NOW + MINUTE)
    assert "similar" not in events(office, drill)


def test_whoever_is_on_two_platforms_is_told_on_both_but_for_a_preference(office: Office) -> None:
    both = on_both_chats(office, "sam")
    assert waiting(both, opened(both)) == [("sam", "slack", "card"), ("sam", "teams", "card")]
    one = on_both_chats(office, "sam", prefers="teams")
    assert waiting(one, opened(one)) == [("sam", "teams", "card")]


def test_a_reference_has_no_vowel_and_nothing_that_looks_like_something_else() -> None:
    drawn = {new_reference() for _ in range(500)}
    assert len(drawn) == 500
    assert all(len(one) == 12 and one.startswith("SP-") and one[7] == "-" for one in drawn)
    assert not {letter for one in drawn for letter in one[3:]} & set("AEIOU01L")


def test_a_reference_that_is_taken_is_drawn_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = opened(office)
    drawn = iter([taken, "SP-2222-3333"])
    monkeypatch.setattr("bot.reporting.submit.new_reference", lambda: next(drawn))
    assert _submitted(office, urgent()) == "SP-2222-3333"


def test_what_fails_in_the_middle_stores_nothing_at_all(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(*_: object, **__: object) -> None:
        raise TakenError

    monkeypatch.setattr("bot.reporting.submit.call_out", taken)
    with pytest.raises(RuntimeError, match="reference"):
        _submitted(office, urgent())
    with office.store.reading() as session:
        assert cases.in_states(session, [state.value for state in State]) == []
    assert audited(office) == []
