"""What is past its time is thrown away, and nothing else."""

from datetime import timedelta

from bot.reporting import passing_on
from bot.reporting.forgetting import EVENTS, PLACES, forget
from knowledge.rules import Role
from storage import conversations, passed, seen
from tests.bot.reporting.stage import Stage
from tests.support.served import NOW


def test_events_and_questions_go_when_their_time_is_over(stage: Stage) -> None:
    with stage.office.work(NOW) as work:
        assert seen.claim(work.session, "slack Ev1", NOW)
        assert not seen.claim(work.session, "slack Ev1", NOW)
        work.done()
    token = passing_on.pass_on(stage.office, "priya", Role.PRINCIPAL, "May I?", now=NOW)
    assert forget(stage.office, now=NOW + EVENTS - timedelta(minutes=1)) == 0
    assert forget(stage.office, now=NOW + EVENTS + timedelta(minutes=1)) == 1
    assert forget(stage.office, now=NOW + passing_on.KEPT + timedelta(minutes=1)) == 1
    with stage.office.store.reading() as session:
        assert passed.by_id(session, token) is None


def test_an_event_that_could_not_be_dealt_with_counts_when_it_comes_again(stage: Stage) -> None:
    with stage.office.work(NOW) as work:
        assert seen.claim(work.session, "slack Ev1", NOW)
        seen.release(work.session, "slack Ev1")
        assert seen.claim(work.session, "slack Ev1", NOW)
        work.done()


def test_where_somebody_is_written_to_goes_when_they_were_not_seen_for_more_than_a_year(stage: Stage) -> None:
    place = ("a:1", "https://smba.trafficmanager.net/uk", "tenant")
    for account, at in (("gone", NOW), ("here", NOW + timedelta(days=300))):
        with stage.office.work(at) as work:
            conversations.put(work.session, account, place, at)
            work.done()
    assert forget(stage.office, now=NOW + PLACES) == 0
    assert forget(stage.office, now=NOW + PLACES + timedelta(minutes=1)) == 1
    with stage.office.store.reading() as session:
        assert conversations.of(session, "gone") is None
        assert conversations.of(session, "here") is not None
