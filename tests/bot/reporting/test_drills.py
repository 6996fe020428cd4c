"""A fire drill climbs the real ladder, says everywhere that it is one, and counts nowhere."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import NoSuchCaseError, RefusedActionError, UsageError
from bot.reporting import drills
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.climbing import tick
from bot.reporting.handling import end_drill
from bot.reporting.office import Office
from bot.reporting.rights import LIVE
from bot.reporting.viewing import open_case
from knowledge.rules import Kind
from storage import cases, inspecting, outbox, timers
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.offices import a_report, audited, hand_in, office_for

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SAM, HELEN, ADMIN = Actor("sam"), Actor("helen"), Actor("ada", "root")
SYSTEM = Actor("signpost", "root")


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    made = office_for(database_url, tmp_path, OAKFIELD)
    yield made
    made.store.close()


def _start(office: Office, kind: Kind = Kind.PUPIL_CONTACT, now: datetime = NOW) -> str:
    return drills.start(office, ADMIN, kind, "oak-primary", now=now).reference


def test_a_drill_tells_the_people_a_real_report_would(office: Office) -> None:
    _start(office)
    hand_in(office, a_report(), now=NOW)
    with office.store.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT drill, person, role FROM telling JOIN case_file ON case_file.id = case_id"
        )
        told = {(bool(drill), person, role) for drill, person, role in rows}
    practised = {(person, role) for drill, person, role in told if drill}
    assert practised == {(person, role) for drill, person, role in told if not drill}
    assert practised


def test_every_notice_of_a_drill_is_marked(office: Office) -> None:
    reference = _start(office)
    tick(office, now=NOW + timedelta(hours=3))
    drills.stop(office, SYSTEM, now=NOW + timedelta(hours=4))
    with office.store.reading() as session:
        case = cases.by_reference(session, reference)
        assert case is not None
        marks = {row.marks for row in outbox.of_case(session, case.id) if row.event != "refresh"}
    assert marks == {"drill"}


def test_a_drill_is_kept_out_of_the_figures(office: Office) -> None:
    _start(office)
    for _ in range(12):
        tick(office, now=NOW + timedelta(days=2))
    with office.store.reading() as session:
        assert cases.count_states(session) == {}
        assert cases.count_unanswered(session, [state.value for state in LIVE]) == 0


def test_ending_says_who_acknowledged_within_what_time(office: Office) -> None:
    reference = _start(office)
    acknowledge(office, reference, SAM, now=NOW + timedelta(seconds=90))
    (ended,) = drills.stop(office, SYSTEM, now=NOW + timedelta(minutes=5))
    within = {call.person: call.within for call in ended.called}
    assert within["sam"] == timedelta(seconds=90)
    assert ended.reference == reference
    assert None in {call.within for call in ended.called} or set(within) == {"sam"}


def test_ending_closes_every_open_drill_and_nothing_else(office: Office) -> None:
    real = hand_in(office, a_report(), now=NOW)
    first, second = _start(office), _start(office, Kind.DISCLOSURE, NOW + timedelta(seconds=1))
    ended = drills.stop(office, SYSTEM, now=NOW + timedelta(seconds=2))
    assert [one.reference for one in ended] == [first, second]
    assert drills.going_on(office, SYSTEM, now=NOW) == ()
    with office.store.reading() as session:
        states = {row.reference: row.state for row in cases.in_states(session, ["notified", "closed"])}
        assert states == {real: "notified", first: "closed", second: "closed"}
        for row in cases.in_states(session, ["closed"]):
            assert timers.timers_of(session, row.id) == []
    assert drills.stop(office, SYSTEM, now=NOW) == ()


def test_a_real_case_is_never_ended_as_a_drill(office: Office) -> None:
    hand_in(office, a_report(), now=NOW)
    with office.store.reading() as session:
        (row,) = cases.in_states(session, ["notified"])
    assert not end_drill(office, row.id, SYSTEM, now=NOW)


def test_a_drill_closes_with_a_decision_and_a_reason_like_any_case(office: Office) -> None:
    reference = _start(office)
    acknowledge(office, reference, SAM, now=NOW)
    drills.stop(office, SYSTEM, now=NOW + timedelta(minutes=1))
    closed = open_case(office, reference, SAM, now=NOW).chronology[-1]
    assert (closed.event, closed.by, closed.text) == ("closed", "signpost", "other\ndrill ended")


def test_only_somebody_in_a_leading_role_may_call_everybody_out(office: Office) -> None:
    for person in ("tom", "priya", "nobody"):
        with pytest.raises(RefusedActionError):
            drills.start(office, Actor(person), Kind.PUPIL_CONTACT, "oak-primary", now=NOW)
    assert ("tom", "refused drill", "") in audited(office)
    with office.store.reading() as session:
        assert inspecting.drills(session, LIVE) == []


def test_it_has_to_be_said_at_which_school(office: Office) -> None:
    with pytest.raises(UsageError, match="oak-primary, oak-high"):
        drills.start(office, ADMIN, Kind.PUPIL_CONTACT, None, now=NOW)
    with pytest.raises(UsageError, match="no school 'elm'"):
        drills.start(office, ADMIN, Kind.PUPIL_CONTACT, "elm", now=NOW)
    assert drills.start(office, SAM, Kind.PUPIL_CONTACT, None, now=NOW).fresh


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.SELF_REPORT])
def test_every_kind_can_be_practised_but_ones_own_slip(kind: Kind, tmp_path: Path) -> None:
    office = office_for(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path, OAKFIELD)
    assert drills.start(office, ADMIN, kind, "oak-primary", now=NOW).told
    with pytest.raises(UsageError):
        drills.start(office, ADMIN, Kind.SELF_REPORT, "oak-primary", now=NOW)
    office.store.close()


def test_looking_at_a_drill_is_audited_before_it_is_read(office: Office) -> None:
    reference = _start(office)
    drills.going_on(office, SYSTEM, now=NOW)
    assert audited(office)[-1] == ("signpost", "drill read", reference)


def test_a_stranger_to_the_drill_cannot_open_it(office: Office) -> None:
    with pytest.raises(NoSuchCaseError):
        open_case(office, _start(office), Actor("tom"), now=NOW)
