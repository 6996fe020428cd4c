"""Somebody acknowledges: their role is left alone, and all of it only once everybody who must know does."""

from dataclasses import replace

import pytest

from bot.errors import NoSuchCaseError
from bot.messages import Card, CardState, Progress, Unanswered
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.climbing import mend_unchased, tick
from bot.reporting.handling import add_note
from bot.reporting.office import Office
from bot.reporting.report import About, Standing
from bot.reporting.rights import State
from knowledge.rules import Kind, Role
from tests.bot.reporting.ledger import (
    HOUR,
    MINUTE,
    NOW,
    case,
    deliver,
    due,
    events,
    notices,
    on_both_chats,
    opened,
    said,
    told,
    urgent,
    waiting,
)
from tests.support.offices import a_report, audited

SAM, HELEN, OMAR, IVAN = (Actor(one) for one in ("sam", "helen", "omar", "ivan"))
THREAT = urgent(kind=Kind.THREAT, about=About.UNKNOWN)
"""A threat, of which both the DSL and the head must know."""


def test_the_one_acknowledgement_that_is_needed_ends_the_chase(office: Office) -> None:
    reference = opened(office)
    done = acknowledge(office, reference, SAM, now=NOW + MINUTE)
    assert (done.roles, done.fresh, done.settled) == ((Role.DSL,), True, True)
    assert case(office, reference).state is State.ACKNOWLEDGED
    assert [event for _, _, event in waiting(office, reference)] == ["progress"]
    assert tick(office, now=NOW + 6 * MINUTE) == 0
    assert told(office, reference) == [("sam", "dsl")]


def test_untouched_it_may_lie_for_as_long_as_its_whole_ladder(office: Office) -> None:
    reference = opened(office)
    acknowledge(office, reference, SAM, now=NOW + MINUTE)
    assert due(office, reference) == {"untouched": NOW + 21 * MINUTE}


def test_the_reporter_is_told_in_which_role_somebody_has_it(office: Office) -> None:
    reference = opened(office)
    acknowledge(office, reference, SAM, now=NOW)
    (progress,) = (one for one in notices(office, reference) if one.event == "progress")
    message = said(office, progress)
    assert progress.person == "tom"
    assert isinstance(message, Progress)
    assert message.role == "the designated safeguarding lead"


def test_acknowledging_twice_changes_nothing(office: Office) -> None:
    reference = opened(office)
    acknowledge(office, reference, SAM, now=NOW)
    before, audit = notices(office, reference), audited(office)
    again = acknowledge(office, reference, SAM, now=NOW + MINUTE)
    assert (again.fresh, again.settled) == (False, True)
    assert (notices(office, reference), audited(office)) == (before, audit)


def test_somebody_else_who_acknowledges_later_does_not_start_the_chase_again(office: Office) -> None:
    reference = opened(office)
    tick(office, now=NOW + 5 * MINUTE)
    acknowledge(office, reference, SAM, now=NOW + 6 * MINUTE)
    before = due(office, reference)
    acknowledge(office, reference, OMAR, now=NOW + 7 * MINUTE)
    assert due(office, reference) == before
    assert mend_unchased(office, now=NOW + 8 * MINUTE) == 0


def test_whoever_was_not_told_cannot_acknowledge_and_the_attempt_is_audited(office: Office) -> None:
    reference = opened(office)
    with pytest.raises(NoSuchCaseError):
        acknowledge(office, reference, HELEN, now=NOW)
    assert ("helen", "refused acknowledge", reference) in audited(office)
    assert case(office, reference).state is State.NOTIFIED


def test_where_two_must_know_the_one_never_silences_the_other(office: Office) -> None:
    reference = opened(office, THREAT)
    assert told(office, reference) == [("helen", "principal"), ("sam", "dsl")]
    done = acknowledge(office, reference, SAM, now=NOW)
    assert not done.settled
    assert case(office, reference).state is State.NOTIFIED
    assert ("helen", "slack", "card") in waiting(office, reference)
    assert due(office, reference) == {"climb": NOW + 5 * MINUTE}
    assert acknowledge(office, reference, HELEN, now=NOW + MINUTE).settled
    assert case(office, reference).state is State.ACKNOWLEDGED


def test_the_silent_one_of_two_is_called_again_in_every_lap_and_the_other_never(office: Office) -> None:
    reference = opened(office, THREAT)
    acknowledge(office, reference, SAM, now=NOW)
    now = NOW
    for _ in range(6):
        now = due(office, reference)["climb"]
        tick(office, now=now)
    called = [person for person, _ in told(office, reference)]
    assert called.count("sam") == 1
    assert called.count("helen") == 3


def test_the_reporter_is_not_told_that_nobody_has_answered_when_somebody_has(office: Office) -> None:
    reference = opened(office, THREAT)
    acknowledge(office, reference, SAM, now=NOW)
    tick(office, now=NOW + 5 * MINUTE)
    (ring,) = (one for one in notices(office, reference) if one.event == "unanswered")
    message = said(office, ring)
    assert isinstance(message, Unanswered)
    assert message.partly
    acknowledge(office, reference, HELEN, now=NOW + 6 * MINUTE)
    assert said(office, ring) is None


def test_calls_of_a_role_that_has_answered_are_cancelled_and_no_others(office: Office) -> None:
    reference = opened(office, THREAT)
    deliver(office)
    tick(office, now=NOW + 5 * MINUTE)
    acknowledge(office, reference, HELEN, now=NOW + 6 * MINUTE)
    assert ("omar", "slack", "card") in waiting(office, reference)
    assert not acknowledge(office, reference, HELEN, now=NOW + 6 * MINUTE).settled
    assert acknowledge(office, reference, OMAR, now=NOW + 7 * MINUTE).settled


def test_a_card_whose_sending_failed_is_not_sent_after_the_acknowledgement(office: Office) -> None:
    reference = opened(office)
    (card,) = notices(office, reference)
    acknowledge(office, reference, SAM, now=NOW)
    assert said(office, card) is None


def test_cards_that_were_sent_say_who_has_it_now(office: Office) -> None:
    reference = opened(office, THREAT)
    deliver(office)
    acknowledge(office, reference, SAM, now=NOW)
    refreshed = {
        one.person: said(office, one)
        for one in notices(office, reference, "pending")
        if one.event == "refresh"
    }
    assert set(refreshed) == {"sam", "helen"}
    helens, sams = refreshed["helen"], refreshed["sam"]
    assert isinstance(helens, Card)
    assert isinstance(sams, Card)
    assert helens.holders == ("the designated safeguarding lead",)
    assert (helens.state, sams.state) == (CardState.WAITING, CardState.ACKNOWLEDGED)


def test_an_acknowledgement_takes_the_case_out_of_the_alarms(office: Office) -> None:
    reference = opened(office)
    now = NOW
    while not case(office, reference).row.alarmed:
        now = due(office, reference)["climb"]
        tick(office, now=now)
    acknowledge(office, reference, SAM, now=now)
    assert not case(office, reference).row.alarmed


def test_mending_a_fault_answers_for_the_fault_only(office: Office) -> None:
    fault = a_report(kind=Kind.FILTERING, about=About.NOBODY, answers={"fault": "The filter is off."})
    reference = opened(office, fault)
    assert set(told(office, reference)) == {("sam", "dsl"), ("ivan", "it")}
    assert not acknowledge(office, reference, IVAN, now=NOW).settled
    assert [one for one in notices(office, reference) if one.event == "progress"] == []
    assert acknowledge(office, reference, SAM, now=NOW).settled
    (progress,) = (one for one in notices(office, reference) if one.event == "progress")
    message = said(office, progress)
    assert isinstance(message, Progress)
    assert message.role == "the designated safeguarding lead"


def test_where_the_subject_is_unknown_one_answer_is_not_enough(office: Office) -> None:
    concern = urgent(kind=Kind.ADULT_CONCERN, about=About.UNKNOWN)
    reference = opened(office, concern)
    first, *others = [Actor(person) for person, _ in told(office, reference)]
    assert not acknowledge(office, reference, first, now=NOW).settled
    assert [acknowledge(office, reference, one, now=NOW).settled for one in others][-1]


def test_a_case_that_its_first_handler_works_on_does_not_climb_again_for_lying_untouched(
    office: Office,
) -> None:
    reference = opened(office, THREAT)
    acknowledge(office, reference, SAM, now=NOW)
    add_note(office, reference, SAM, "Rang the police.", now=NOW + MINUTE)
    acknowledge(office, reference, HELEN, now=NOW + 2 * MINUTE)
    assert case(office, reference).state is State.IN_PROGRESS
    assert due(office, reference) == {}
    assert tick(office, now=NOW + 3 * HOUR) == 0


def test_a_case_that_lay_untouched_has_to_be_worked_on_anew(office: Office) -> None:
    reference = opened(office)
    acknowledge(office, reference, SAM, now=NOW)
    tick(office, now=NOW + HOUR)
    assert "untouched" in events(office, reference)
    acknowledge(office, reference, SAM, now=NOW + HOUR)
    assert case(office, reference).state is State.ACKNOWLEDGED
    assert "untouched" in due(office, reference)


def test_whom_the_case_is_about_cannot_acknowledge_it_whatever_their_role(office: Office) -> None:
    reference = opened(office, replace(urgent(), standings={"sam": Standing.ABOUT}))
    with pytest.raises(NoSuchCaseError):
        acknowledge(office, reference, SAM, now=NOW)


@pytest.mark.parametrize("written", ["{}", " {} ", "sp {}", "{}."])
def test_a_reference_may_be_written_in_any_way_that_people_write_it(office: Office, written: str) -> None:
    reference = opened(office)
    typed = written.format(reference.removeprefix("SP-") if "sp" in written else reference).lower()
    assert acknowledge(office, typed, SAM, now=NOW).reference == reference


def test_an_acknowledgement_on_one_platform_settles_the_other(office: Office) -> None:
    both = on_both_chats(office, "sam")
    reference = opened(both)
    assert [platform for _, platform, _ in waiting(both, reference)] == ["slack", "teams"]
    acknowledge(both, reference, SAM, now=NOW)
    assert [event for _, _, event in waiting(both, reference)] == ["progress"]
