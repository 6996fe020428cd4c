"""A notice says how things stand when it goes out: in the trust's own time, or not at all any more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.messages import Alert, Card, CardState, CheckIn, Progress, Stage, Unanswered
from bot.reporting.acknowledge import acknowledge
from bot.reporting.calling import CHECK_IN, Post, call_out, send, tell_progress
from bot.reporting.casefile import Actor, locked
from bot.reporting.climbing import tick
from bot.reporting.escalation import Call, Climb
from bot.reporting.handling import Closing, Decision, close, hand_over
from bot.reporting.office import Office
from bot.reporting.people import Contacts
from bot.reporting.recusal import say_standing
from bot.reporting.report import About, Standing
from bot.wording.notices import say
from knowledge.rules import Kind, Role
from tests.bot.reporting.ledger import (
    MINUTE,
    NOW,
    case,
    deliver,
    notices,
    opened,
    refuse,
    said,
    urgent,
    with_people,
)

SAM, TOM = Actor("sam"), Actor("tom")
DONE = Closing(Decision.NO_REFERRAL, "A slip of the thumb.")


def _alert(office: Office, reference: str) -> Any:
    """Alert the chief executive; returns the notice."""
    here = case(office, reference)
    with office.work(NOW) as work:
        held = locked(work, here.id)
        assert held is not None
        call = Call("ceo", Role.EXECUTIVE, alert=True)
        work.done(*call_out(work, held, Climb(here.row.level, here.row.lap, (call,), 5 * MINUTE)))
    return notices(office, reference)[-1]


def _post(office: Office, reference: str, post: Post) -> None:
    here = case(office, reference)
    with office.work(NOW) as work:
        held = locked(work, here.id)
        assert held is not None
        send(work, held, post)
        work.done()


def test_a_card_says_when_the_report_came_in_by_the_clock_on_the_schools_wall(office: Office) -> None:
    july = datetime(2026, 7, 6, 10, 0, tzinfo=UTC)
    for now, wall in ((july, "06 Jul 11:00"), (NOW, "23 Nov 10:00")):
        card = next(one for one in notices(office, opened(office, now=now)) if one.event == "card")
        message = said(office, card)
        assert message is not None
        assert wall in say(message).text


def test_a_card_names_the_role_and_what_kind_of_report_it_is(office: Office) -> None:
    (card,) = notices(office, opened(office))
    message = said(office, card)
    assert isinstance(message, Card)
    assert (message.kind, message.role) == (Kind.DISCLOSURE, "the designated safeguarding lead")
    assert (message.state, message.handed, message.technical) == (CardState.WAITING, False, False)


def test_a_call_that_was_put_off_is_not_sent_once_the_chase_has_ended(office: Office) -> None:
    reference = opened(office)
    tick(office, now=NOW + 5 * MINUTE)
    _alert(office, reference)
    waited = notices(office, reference)
    assert all(said(office, one) is not None for one in waited)
    acknowledge(office, reference, SAM, now=NOW + 5 * MINUTE)
    assert [one.event for one in waited if said(office, one) is not None] == []


def test_a_call_in_a_role_that_has_answered_is_not_sent_though_the_chase_goes_on(office: Office) -> None:
    reference = opened(office, urgent(kind=Kind.THREAT, about=About.UNKNOWN))
    tick(office, now=NOW + 5 * MINUTE)
    called = {one.person: one for one in notices(office, reference) if one.event == "card"}
    acknowledge(office, reference, SAM, now=NOW + 5 * MINUTE)
    assert {person for person, one in called.items() if said(office, one)} == {"helen", "omar"}


def test_somebody_whom_it_turns_out_to_be_about_is_sent_nothing_and_their_card_becomes_a_stub(
    office: Office,
) -> None:
    reference = opened(office)
    deliver(office)
    say_standing(office, reference, TOM, ("sam", Standing.ABOUT), now=NOW)
    stub = next(one for one in notices(office, reference, "pending") if one.event == "refresh")
    message = said(office, stub)
    assert isinstance(message, Card)
    assert message.state is CardState.WITHDRAWN
    _post(office, reference, Post("sam", CHECK_IN, "3"))
    assert said(office, notices(office, reference)[-1]) is None


def test_the_card_of_a_closed_case_says_no_more_than_that(office: Office) -> None:
    reference = opened(office)
    deliver(office)
    acknowledge(office, reference, SAM, now=NOW)
    deliver(office)
    close(office, reference, SAM, DONE, now=NOW)
    refresh = [one for one in notices(office, reference, "pending") if one.event == "refresh"][-1]
    message = said(office, refresh)
    assert message is not None
    assert say(message).lines == (f"{reference} is closed.",)


def test_a_hand_over_that_waited_until_the_case_was_closed_is_not_sent(office: Office) -> None:
    reference = opened(office)
    acknowledge(office, reference, SAM, now=NOW)
    hand_over(office, reference, SAM, "omar", now=NOW)
    handed = next(one for one in notices(office, reference) if one.event == "handed")
    message = said(office, handed)
    assert isinstance(message, Card)
    assert message.handed
    close(office, reference, SAM, DONE, now=NOW)
    assert said(office, handed) is None


def test_an_alert_names_the_reference_and_whom_to_ring_and_nothing_else(office: Office) -> None:
    reference = opened(office)
    message = said(office, _alert(office, reference))
    assert isinstance(message, Alert)
    assert message.reference == reference
    assert "01632 960003: the school's safeguarding lead" in message.ring


def test_the_reporter_of_a_concern_about_an_adult_is_given_the_designated_officers_number(
    office: Office,
) -> None:
    concern = urgent(kind=Kind.ADULT_CONCERN, about=About.WORKS_HERE, standings={"ruth": Standing.ABOUT})
    reference = opened(office, concern)
    tick(office, now=NOW + 15 * MINUTE)
    ring = next(one for one in notices(office, reference) if one.event == "unanswered")
    message = said(office, ring)
    assert isinstance(message, Unanswered)
    assert any("Oakshire LADO" in line for line in message.ring)
    assert not any("safeguarding lead" in line for line in message.ring)


def test_a_self_reporter_does_not_learn_who_has_it(office: Office) -> None:
    reference = opened(office, urgent(kind=Kind.SELF_REPORT, about=About.MYSELF))
    here = case(office, reference)
    with office.work(NOW) as work:
        held = locked(work, here.id)
        assert held is not None
        tell_progress(work, held, Stage.IN_HAND)
        work.done()
    acknowledge(office, reference, Actor("helen"), now=NOW)
    progress = next(one for one in notices(office, reference) if one.event == "progress")
    message = said(office, progress)
    assert isinstance(message, Progress)
    assert message.role == ""


def test_a_check_in_says_nothing_of_what_happened(office: Office) -> None:
    reference = opened(office, urgent(subject="Alfie Tester"))
    _post(office, reference, Post("priya", CHECK_IN, "3"))
    message = said(office, notices(office, reference)[-1])
    assert isinstance(message, CheckIn)
    assert "Alfie" not in say(message).text
    assert "0344 381 4772" in say(message).text


def test_a_notice_of_a_case_that_was_purged_says_nothing(office: Office) -> None:
    reference = opened(office)
    (card,) = notices(office, reference)
    with office.work(NOW) as work:
        work.session.connection().exec_driver_sql("DELETE FROM case_key")
        work.done()
    assert said(office, card) is None


def test_a_dead_accounts_refresh_changes_nothing(office: Office) -> None:
    reference = opened(office)
    deliver(office)
    acknowledge(office, reference, SAM, now=NOW)
    refresh = next(one for one in notices(office, reference) if one.event == "refresh")
    refuse(office, refresh, now=NOW + timedelta(seconds=1))
    assert not [one for one in notices(office, reference, "pending") if one.event in {"card", "refresh"}]


def test_numbers_that_the_schools_file_lacks_are_left_out(office: Office) -> None:
    bare = {one: replace(school, contacts=Contacts()) for one, school in office.directory.schools.items()}
    without = with_people(office, replace(office.directory, schools=bare, contacts=Contacts()))
    message = said(without, _alert(without, opened(without)))
    assert isinstance(message, Alert)
    assert message.ring == ("999: in an emergency", "101: the police, when it is no emergency")
