"""What goes by itself and when, what never does, and whom the DPO is asked about."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.keyring import read_keyring
from bot.reporting import retention
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.handling import hold, reopen
from bot.reporting.office import Office
from bot.reporting.purging import KeyStillThereError, Purge, approve, owed, purge_case
from bot.reporting.report import About, Report, Standing
from bot.reporting.retention import RULES, Kept, Since, Waiting, Why, due_for_review, rule_for
from knowledge.rules import Kind, Urgency
from storage import cases
from tests.bot.reporting.closing import DAN, HELEN, SAM, closed
from tests.support.offices import a_report, audited, hand_in

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = 365.25 * DAY
RECORD = "MIS 4711"
ALLEGATION = a_report(
    kind=Kind.ADULT_CONCERN,
    urgency=Urgency.IMMEDIATE,
    about=About.WORKS_HERE,
    standings={"ruth": Standing.ABOUT},
    subject="Ruth Bell",
)
IMAGE = a_report(kind=Kind.NUDE_IMAGE, urgency=Urgency.IMMEDIATE, image=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.toml"


def run(office: Office, path: Path, now: datetime) -> Kept:
    return retention.run(office, path, now=now, actor=Actor("signpost", "root"))


def waiting(office: Office, now: datetime) -> list[tuple[str, Why]]:
    return [(one.reference, one.why) for one in due_for_review(office, now=now)]


# ---------- the rules


def test_every_kind_of_report_has_exactly_one_rule() -> None:
    assert sorted(kind for rule in RULES for kind in rule.kinds) == sorted(Kind)
    assert all(kind in rule_for(kind).kinds for kind in Kind)


def test_every_rule_has_a_source_and_a_period() -> None:
    for rule in RULES:
        assert rule.years > 0, rule.category
        assert rule.source, rule.category


def test_records_of_child_sexual_abuse_are_kept_for_seventy_five_years() -> None:
    rule = rule_for(Kind.GROOMING)
    assert (rule.years, rule.automatic) == (75, False)
    assert "IICSA" in rule.source


def test_allegations_against_adults_are_kept_for_ten_years_or_until_pension_age() -> None:
    rule = rule_for(Kind.ADULT_CONCERN)
    assert (rule.years, rule.since, rule.automatic) == (10, Since.ALLEGATION, False)
    assert "KCSIE" in rule.source


# ---------- what goes by itself


def test_a_case_in_the_schools_own_record_goes_after_ninety_days(office: Office, path: Path) -> None:
    reference = closed(office, now=NOW, record=RECORD)
    assert run(office, path, NOW + 89 * DAY).purged == ()
    done = run(office, path, NOW + 90 * DAY)
    assert (done.purged, done.waiting, done.destroyed) == ((reference,), (), True)
    assert ("signpost", "purged", reference) in audited(office)
    assert set(read_keyring(path).keys) == {"k2"}
    assert run(office, path, NOW + 91 * DAY) == Kept((), (), destroyed=False)


def test_several_go_under_one_change_of_the_master_key(office: Office, path: Path) -> None:
    gone = {closed(office, now=NOW, record=RECORD) for _ in range(3)}
    assert set(run(office, path, NOW + 90 * DAY).purged) == gone
    assert set(read_keyring(path).keys) == {"k2"}


def test_a_drill_goes_after_thirty_days_answered_or_not(office: Office, path: Path) -> None:
    drill = hand_in(office, a_report(drill=True), now=NOW)
    answered = hand_in(office, a_report(drill=True), now=NOW)
    acknowledge(office, answered, SAM, now=NOW)
    assert run(office, path, NOW + 29 * DAY).purged == ()
    assert set(run(office, path, NOW + 30 * DAY).purged) == {drill, answered}


def test_a_case_that_was_opened_again_stays(office: Office, path: Path) -> None:
    reference = closed(office, now=NOW, record=RECORD)
    reopen(office, reference, SAM, "It goes on.", now=NOW + DAY)
    assert run(office, path, NOW + 400 * DAY) == Kept((), (), destroyed=False)


def test_what_a_kill_left_owed_is_done_with_the_next_run(office: Office, path: Path, tmp_path: Path) -> None:
    reference = closed(office, now=NOW)
    with pytest.raises(KeyStillThereError):
        purge_case(office, tmp_path / "none" / "keys.toml", DAN, Purge(reference, "asked for"), now=NOW)
    assert run(office, path, NOW).destroyed
    assert owed(office) == {}


# ---------- what never does


@pytest.mark.parametrize("days", [1, 364, 4000])
def test_an_open_case_never_goes_and_nobody_is_asked(office: Office, path: Path, days: int) -> None:
    hand_in(office, a_report(), now=NOW)
    assert run(office, path, NOW + days * DAY) == Kept((), (), destroyed=False)


def test_a_case_in_no_other_record_never_goes_and_after_a_year_the_dpo_is_asked(
    office: Office, path: Path
) -> None:
    reference = closed(office, now=NOW)
    assert run(office, path, NOW + 364 * DAY) == Kept((), (), destroyed=False)
    assert run(office, path, NOW + 365 * DAY).purged == ()
    assert waiting(office, NOW + 365 * DAY) == [(reference, Why.NOT_TRANSFERRED)]


def test_once_its_period_is_over_the_dpo_is_told_so(office: Office) -> None:
    press = a_report(kind=Kind.PRESS, about=About.NOBODY)
    reference = closed(office, press, now=NOW, by=HELEN)
    assert waiting(office, NOW + 364 * DAY) == []
    assert waiting(office, NOW + YEAR) == [(reference, Why.PERIOD_OVER)]


def test_an_allegation_never_goes_by_itself(office: Office, path: Path) -> None:
    reference = closed(office, ALLEGATION, now=NOW, by=HELEN, record=RECORD)
    assert run(office, path, NOW + 20 * YEAR).purged == ()
    assert waiting(office, NOW + 89 * DAY) == []
    assert waiting(office, NOW + 90 * DAY) == [(reference, Why.ALLEGATION)]


@pytest.mark.parametrize("report", [IMAGE, a_report("With a picture.", image=True)])
def test_a_record_of_child_sexual_abuse_never_goes_by_itself(
    office: Office, path: Path, report: Report
) -> None:
    reference = closed(office, report, now=NOW, record=RECORD)
    assert run(office, path, NOW + 20 * YEAR).purged == ()
    assert waiting(office, NOW + 90 * DAY) == [(reference, Why.TWO_PEOPLE)]


def test_nothing_goes_under_a_legal_hold_and_the_dpo_is_told_why(office: Office, path: Path) -> None:
    reference = closed(office, now=NOW, record=RECORD)
    hold(office, reference, DAN, "A claim.", now=NOW)
    assert run(office, path, NOW + 90 * DAY).purged == ()
    assert waiting(office, NOW + 89 * DAY) == []
    assert waiting(office, NOW + 90 * DAY) == [(reference, Why.HELD)]


# ---------- the list


def test_what_waits_says_its_rule_and_nothing_of_its_content(office: Office) -> None:
    reference = closed(office, ALLEGATION, now=NOW, by=HELEN)
    (one,) = due_for_review(office, now=NOW + 365 * DAY, actor=DAN)
    assert one == Waiting(reference, Kind.ADULT_CONCERN, NOW, None, Why.NOT_TRANSFERRED)
    assert one.rule is rule_for(Kind.ADULT_CONCERN)
    assert audited(office)[-1] == ("dan", "list retention", "")


def test_an_erased_case_is_not_asked_about_again(office: Office, path: Path) -> None:
    reference = closed(office, IMAGE, now=NOW)
    approve(office, reference, HELEN, now=NOW + 365 * DAY)
    purge_case(office, path, DAN, Purge(reference, "reviewed"), now=NOW + 365 * DAY)
    assert waiting(office, NOW + 365 * DAY) == []
    with office.store.reading() as session:
        assert len(cases.in_states(session, {"purged"})) == 1
