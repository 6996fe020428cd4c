"""Somebody cannot be reached: another way to them, else the next person, at once; chat away: e-mail."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.messages import Alarm, Trouble
from bot.reporting.acknowledge import acknowledge
from bot.reporting.calling import UNANSWERED, tell_reporter
from bot.reporting.casefile import Actor, locked
from bot.reporting.climbing import tick
from bot.reporting.intake import Handed, hand_in, preview
from bot.reporting.office import Office
from bot.reporting.report import About
from bot.reporting.undeliverable import lost, mail_instead
from knowledge.rules import Kind
from storage.store import UnavailableError
from tests.bot.reporting.ledger import (
    HOUR,
    MINUTE,
    NOW,
    case,
    change,
    deliver,
    due,
    events,
    notices,
    on_both_chats,
    opened,
    refuse,
    said,
    told,
    urgent,
    waiting,
)
from tests.support.offices import a_report, audited

SAM = Actor("sam")
AFTER = 10 * MINUTE


def _call(office: Office, reference: str, person: str, platform: str = "slack") -> Any:
    """The newest open or sent call to somebody on a platform."""
    calls = [
        one
        for one in notices(office, reference, "pending", "sent", "leased")
        if (one.person, one.platform) == (person, platform) and one.event in {"card", "unanswered"}
    ]
    return max(calls, key=lambda one: one.created_at)


def _only_on_chat(office: Office) -> Office:
    """The same office without e-mail."""
    return replace(office, reach={"slack": office.reach["slack"]})


def test_somebody_whom_chat_reaches_no_more_is_called_by_mail_at_once(office: Office) -> None:
    reference = opened(office)
    refuse(office, _call(office, reference, "sam"))
    assert ("sam", "email", "card") in waiting(office, reference)
    assert told(office, reference) == [("sam", "dsl")]
    assert due(office, reference) == {"climb": NOW + 5 * MINUTE}


def test_somebody_whom_nothing_reaches_is_followed_by_the_next_at_once(office: Office) -> None:
    reference = opened(office)
    refuse(office, _call(office, reference, "sam"))
    refuse(office, _call(office, reference, "sam", "email"), now=NOW + timedelta(seconds=1))
    assert told(office, reference) == [("sam", "dsl"), ("helen", "principal"), ("omar", "deputy_dsl")]
    assert "unreachable" in events(office, reference)
    assert ("signpost", "unreachable", reference) in audited(office)
    assert due(office, reference) == {"climb": NOW + 5 * MINUTE + timedelta(seconds=1)}


def test_an_administrator_is_told_once_of_each_place_where_somebody_cannot_be_reached(
    office: Office,
) -> None:
    chat = _only_on_chat(office)
    first, second = opened(chat), opened(chat)
    for reference in (first, second):
        refuse(chat, _call(chat, reference, "sam"))
    alarms = [one for one in (*notices(chat, first), *notices(chat, second)) if one.event == "alarm"]
    assert [one.person for one in alarms] == ["ada"]
    assert said(chat, alarms[0]) == Alarm(Trouble.UNREACHABLE, first, "slack")
    assert len(told(chat, second)) == 3


def test_an_administrator_who_cannot_be_reached_is_not_told_so_for_ever(office: Office) -> None:
    reference = opened(office)
    refuse(office, _call(office, reference, "sam"))
    for _ in range(5):
        for alarm in [one for one in notices(office, reference, "pending") if one.event == "alarm"]:
            refuse(office, alarm)
    assert not [one for one in waiting(office, reference) if one[2] == "alarm"]


def test_from_then_on_they_are_passed_by(office: Office) -> None:
    chat = _only_on_chat(office)
    refuse(chat, _call(chat, opened(chat), "sam"))
    assert "sam" not in dict(told(chat, opened(chat)))


def test_from_then_on_the_form_shows_whoever_is_told_in_their_stead(office: Office) -> None:
    chat = _only_on_chat(office)
    answers = {"about": "pupil", "danger": "no", "image": "no", "what": "She wrote to me at night."}
    handed = Handed(Kind.PUPIL_CONTACT, answers, "tom", "tom 1", "slack")
    assert "sam" in {one.person for one in preview(chat, handed, now=NOW).recipients}
    refuse(chat, _call(chat, opened(chat), "sam"))
    opened(chat)  # which looks who can be reached
    shown = {one.person for one in preview(chat, handed, now=NOW).recipients}
    assert "sam" not in shown
    assert set(hand_in(chat, handed, now=NOW).told) == shown


def test_what_is_shown_before_sending_never_waits_for_a_database_that_is_away(office: Office) -> None:
    def away() -> None:
        raise UnavailableError("away")

    answers = {"about": "pupil", "danger": "no", "image": "no", "what": "She wrote to me at night."}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(office.store), "reading", lambda _store: away())
        assert preview(
            office, Handed(Kind.PUPIL_CONTACT, answers, "tom", "tom 1", "slack"), now=NOW
        ).recipients


def test_unreachable_on_one_platform_is_not_unreachable_on_the_other(office: Office) -> None:
    both = on_both_chats(office, "sam")
    reference = opened(both)
    refuse(both, _call(both, reference, "sam"))
    assert waiting(both, reference)[-1] == ("sam", "teams", "card")
    assert ("sam", "email", "card") not in waiting(both, reference)
    assert told(both, reference) == [("sam", "dsl")]


def test_where_the_preferred_platform_fails_the_other_is_used_at_once(office: Office) -> None:
    both = on_both_chats(office, "sam", prefers="teams")
    reference = opened(both)
    refuse(both, _call(both, reference, "sam", "teams"))
    assert ("sam", "slack", "card") in waiting(both, reference)


def test_having_been_told_in_an_earlier_lap_does_not_count_once_the_account_is_dead(office: Office) -> None:
    chat = _only_on_chat(office)
    reference = opened(chat)
    now = NOW
    while case(chat, reference).row.lap == 0:
        deliver(chat, now=now)
        now = due(chat, reference)["climb"]
        tick(chat, now=now)
    refuse(chat, _call(chat, reference, "sam"), now=now)
    assert (case(chat, reference).row.lap, case(chat, reference).row.level) == (1, 1)


def test_a_reporter_whom_chat_reaches_no_more_hears_by_mail_whom_to_ring(office: Office) -> None:
    reference = opened(office)
    here = case(office, reference)
    with office.work(NOW) as work:
        held = locked(work, here.id)
        assert held is not None
        tell_reporter(work, held, UNANSWERED)
        work.done()
    refuse(office, _call(office, reference, "tom"))
    assert ("tom", "email", "unanswered") in waiting(office, reference)


def test_a_dead_account_of_whoever_mends_the_filter_takes_no_step(office: Office) -> None:
    chat = _only_on_chat(office)
    fault = a_report(kind=Kind.FILTERING, about=About.NOBODY, answers={"fault": "The filter is off."})
    reference = opened(chat, fault)
    refuse(chat, _call(chat, reference, "ivan"))
    assert case(chat, reference).row.level == 0
    assert due(chat, reference) == {"climb": NOW + 2 * HOUR}


def test_after_the_acknowledgement_a_dead_account_calls_nobody(office: Office) -> None:
    chat = _only_on_chat(office)
    reference = opened(chat)
    tick(chat, now=NOW + 5 * MINUTE)
    card = _call(chat, reference, "helen")
    acknowledge(chat, reference, SAM, now=NOW + 5 * MINUTE)
    refuse(chat, card, now=NOW + 5 * MINUTE)
    assert len(told(chat, reference)) == 3


def test_a_refusal_that_another_replica_has_dealt_with_does_nothing(office: Office) -> None:
    reference = opened(office)
    card = _call(office, reference, "sam")
    refuse(office, card)
    change(office, "UPDATE notice SET owner = 'two', state = 'leased' WHERE id = :id", id=card.id)
    before = waiting(office, reference)
    assert before
    lost(replace(office, replica="one"), card.id, "gone", now=NOW)
    assert waiting(office, reference) == before


def test_what_chat_has_not_delivered_for_so_long_goes_by_mail_too_and_once(office: Office) -> None:
    reference = opened(office)
    assert mail_instead(office, AFTER, now=NOW + AFTER) == 0
    assert mail_instead(office, AFTER, now=NOW + AFTER + timedelta(seconds=1)) == 1
    assert waiting(office, reference) == [("sam", "email", "card"), ("sam", "slack", "card")]
    assert mail_instead(office, AFTER, now=NOW + 2 * AFTER) == 0


def test_one_acknowledgement_closes_the_mail_and_the_message(office: Office) -> None:
    reference = opened(office)
    mail_instead(office, AFTER, now=NOW + HOUR)
    acknowledge(office, reference, SAM, now=NOW + HOUR)
    assert [event for _, _, event in waiting(office, reference)] == ["progress"]


def _refused(office: Office, reason: str) -> None:
    change(office, "UPDATE notice SET attempts = 9, reason = :why WHERE state = 'pending'", why=reason)


def test_while_a_whole_platform_has_been_away_so_long_what_is_new_is_mailed_at_once(office: Office) -> None:
    opened(office)
    _refused(office, "later")
    new = opened(office, now=NOW + HOUR - timedelta(seconds=1))
    assert mail_instead(office, AFTER, now=NOW + HOUR) == 2
    assert ("sam", "email", "card") in waiting(office, new)
    newer = opened(office, now=NOW + HOUR + timedelta(seconds=1))
    assert mail_instead(office, AFTER, now=NOW + HOUR + timedelta(seconds=2)) == 1
    assert ("sam", "email", "card") in waiting(office, newer)


def test_one_conversation_that_hangs_does_not_mail_everybody(office: Office) -> None:
    opened(office)
    _refused(office, "unsure")
    new = opened(office, now=NOW + HOUR - timedelta(seconds=1))
    assert mail_instead(office, AFTER, now=NOW + HOUR) == 1
    assert ("sam", "email", "card") not in waiting(office, new)


def test_where_there_is_no_mail_nothing_is_sent_by_it(office: Office) -> None:
    reference = opened(office)
    assert mail_instead(_only_on_chat(office), AFTER, now=NOW + HOUR) == 0
    assert waiting(office, reference) == [("sam", "slack", "card")]


def test_the_reporter_of_an_urgent_case_is_mailed_whom_to_ring_when_chat_is_away(office: Office) -> None:
    reference = opened(office, urgent())
    tick(office, now=NOW + 5 * MINUTE)
    mail_instead(office, AFTER, now=NOW + HOUR)
    assert ("tom", "email", "unanswered") in waiting(office, reference)
