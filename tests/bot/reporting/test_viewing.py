"""Reading cases: each read is in the audit before anybody has it, and nobody sees what isn't theirs (S7)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from bot.errors import NoSuchCaseError
from bot.messages import Card
from bot.reporting import handling, subject_access, viewing
from bot.reporting.casefile import Actor
from bot.reporting.report import About, Standing
from bot.reporting.rights import Party, State
from knowledge.rules import Kind
from storage.store import TakenError
from tests.bot.reporting.stage import Stage
from tests.bot.reporting.tales import Tale

CANARY = "Zylfquist"
SLIP = Tale(Kind.SELF_REPORT, {"priya": Standing.ABOUT}, About.MYSELF)
WORRY = Tale(Kind.ONLINE_SAFETY, reporter="tom", answers={"what": CANARY, "handle": "@night.owl"})


def read_dsar(stage: Stage, _reference: str) -> Any:
    request = subject_access.request_for(stage.office, CANARY, now=stage.now)
    return subject_access.prepare(stage.office, Actor("dan"), request, now=stage.now)


READS: dict[str, Any] = {
    "open": lambda stage, ref: stage.do(viewing.open_case, ref, "sam"),
    "export": lambda stage, ref: stage.do(viewing.export_case, ref, "sam"),
    "receipt": lambda stage, ref: stage.do(viewing.own_report, ref, "tom"),
    "list": lambda stage, _ref: viewing.my_cases(stage.office, Actor("sam"), now=stage.now),
    "list own": lambda stage, _ref: viewing.my_reports(stage.office, Actor("tom"), now=stage.now),
    "dsar read": read_dsar,
}


@pytest.fixture
def reference(stage: Stage) -> str:
    """Give the reference of a case that Tom reported and Sam handles."""
    reference = stage.report(WORRY)
    stage.acknowledge(reference, "sam")
    return reference


@contextmanager
def questions(stage: Stage) -> Iterator[list[str]]:
    """Note what the database is asked meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(stage.office.store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(stage.office.store.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("action", READS)
def test_every_read_is_in_the_audit_with_who_read_what(stage: Stage, reference: str, action: str) -> None:
    READS[action](stage, reference)
    read = stage.deeds()[-1]
    assert read.action == action
    assert read.actor == {"receipt": "tom", "list own": "tom", "dsar read": "dan"}.get(action, "sam")
    assert read.reference == ("" if action.startswith("list") else reference)


@pytest.mark.parametrize("action", READS)
def test_what_cannot_be_written_in_the_audit_cannot_be_read(
    stage: Stage, reference: str, action: str
) -> None:
    no_more_audit(stage)
    with pytest.raises((DBAPIError, TakenError)) as refused:
        READS[action](stage, reference)
    assert CANARY not in str(refused.value)


def no_more_audit(stage: Stage) -> None:
    """Have the database refuse every new row of the audit."""
    with stage.office.store.writing() as session:
        for statement in _SQLITE if stage.office.store.sqlite else _POSTGRESQL:
            session.connection().execute(text(statement))
        session.commit()


_SQLITE = ("CREATE TRIGGER no_more BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no more'); END",)
_POSTGRESQL = (
    "CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'",
    "CREATE TRIGGER no_more BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION no_more()",
)


def test_a_case_shows_its_report_route_people_and_chronology(stage: Stage, reference: str) -> None:
    view = stage.do(viewing.open_case, reference, "sam")
    assert view.party is Party.HANDLER
    assert view.answers["what"] == CANARY
    assert view.told == (("sam", "dsl", True),)
    assert [line.event for line in view.chronology] == ["reported", "acknowledged"]
    assert view.reporter == "tom"
    assert view.route is not None


def test_a_technician_is_shown_the_fault_and_nothing_else(stage: Stage) -> None:
    answers = {"fault": "the laptops' filter", "what": CANARY, "reached": "Zoe"}
    reference = stage.report(Tale(Kind.FILTERING, answers=answers))
    view = stage.do(viewing.open_case, reference, "ivan")
    assert view.answers == {"fault": "the laptops' filter"}
    assert (view.subject, view.chronology, view.told, view.route, view.reporter) == ("", (), (), None, "")


def test_a_reporter_sees_their_report_and_what_was_asked_and_nothing_else(
    stage: Stage, reference: str
) -> None:
    stage.do(handling.add_note, reference, "sam", "For handlers.")
    view = stage.do(viewing.own_report, reference, "tom")
    assert view.answers["what"] == CANARY
    assert (view.told, view.route) == ((), None)
    assert "For handlers." not in str(view)


def test_a_list_holds_nothing_of_a_case_but_what_it_is(stage: Stage, reference: str) -> None:
    (shown,) = viewing.my_cases(stage.office, Actor("sam"), now=stage.now)
    assert (shown.reference, shown.kind) == (reference, Kind.ONLINE_SAFETY)
    assert CANARY not in str(shown)


def test_whoever_was_told_finds_it_listed_and_nobody_else_does(stage: Stage, reference: str) -> None:
    assert stage.listed("sam") == [reference]
    for person in ("tom", "helen", "vera", "nobody-at-all"):
        assert stage.listed(person) == []


def test_the_open_cases_are_listed_without_the_closed_ones(stage: Stage, reference: str) -> None:
    other = stage.filter_fault()
    stage.put_in(reference, State.CLOSED)
    found = viewing.my_open_cases(stage.office, Actor("sam"), now=stage.now)
    assert [one.reference for one in found] == [other]
    assert sorted(stage.listed("sam")) == sorted([reference, other])


@pytest.mark.parametrize("listing", [viewing.my_cases, viewing.my_open_cases, viewing.my_reports])
def test_a_long_list_asks_the_database_no_more_than_a_short_one(stage: Stage, listing: Any) -> None:
    who = Actor("priya" if listing is viewing.my_reports else "sam")
    asked = []
    for more in (1, 20):
        for _ in range(more):
            stage.filter_fault()
        with questions(stage) as seen:
            found = listing(stage.office, who, now=stage.now)
        asked.append((len(found), len(seen)))
    assert [many for many, _ in asked] == [1, 21]
    assert asked[0][1] == asked[1][1]


def test_one_finds_ones_own_reports_and_no_others(stage: Stage, reference: str) -> None:
    own = [one.reference for one in viewing.my_reports(stage.office, Actor("tom"), now=stage.now)]
    assert own == [reference]
    assert viewing.my_reports(stage.office, Actor("sam"), now=stage.now) == ()
    assert viewing.last_reported(stage.office, "tom") == reference
    with pytest.raises(NoSuchCaseError):
        viewing.last_reported(stage.office, "sam")


def test_a_case_about_an_adult_shows_the_clock_of_one_working_day(stage: Stage) -> None:
    reference = stage.report(Tale(Kind.ADULT_CONCERN, {"colin": Standing.ABOUT}, About.WORKS_HERE))
    view = stage.do(viewing.open_case, reference, stage.told(reference)[0])
    assert view.decide_by is not None
    assert (view.decide_by - view.summary.opened_at).days == 1


def test_whom_there_is_still_to_ask_about_is_shown(stage: Stage) -> None:
    reference = stage.report(replace(WORRY, standings={"vera": Standing.OPEN, "pat": Standing.MENTIONED}))
    assert stage.do(viewing.open_case, reference, "sam").open_standings == ("vera",)


# What a case says of another one.


def chronology(stage: Stage, reference: str, person: str) -> list[tuple[str, str | None]]:
    view = stage.do(viewing.open_case, reference, person)
    return [(line.event, line.text) for line in view.chronology]


def test_a_similar_report_is_named_to_whoever_may_know_of_it(stage: Stage, reference: str) -> None:
    second = stage.report(replace(WORRY, reporter="priya"))
    assert ("similar", reference) in chronology(stage, second, "sam")


def test_a_similar_report_is_not_there_for_whoever_may_not(stage: Stage) -> None:
    answers = {"handle": "@night.owl"}
    first = stage.report(
        Tale(Kind.ADULT_CONCERN, {"colin": Standing.ABOUT}, About.WORKS_HERE, answers=answers)
    )
    second = stage.report(WORRY)
    stage.do(handling.add_note, _acknowledged(stage, second, "sam"), "sam", "A note.")
    shown = chronology(stage, second, "sam")
    assert first not in str(shown)
    assert "similar" not in {event for event, _ in shown}


def test_why_somebody_is_kept_out_is_shown_only_to_whoever_may_know_of_the_other_case(stage: Stage) -> None:
    first = _acknowledged(stage, stage.report(WORRY), "sam")
    answers = {"handle": "@night.owl"}
    stage.report(Tale(Kind.ADULT_CONCERN, {"colin": Standing.ABOUT}, About.WORKS_HERE, answers=answers))
    assert "recused" not in {event for event, _ in chronology(stage, first, "sam")}
    third = stage.report(replace(WORRY, standings={"pat": Standing.ABOUT}, reporter="priya"))
    assert third in stage.listed("sam")
    assert ("recused", "pat") in chronology(stage, first, "sam")


def test_a_duplicate_names_the_case_it_went_into_only_to_whoever_may_know_of_it(stage: Stage) -> None:
    first, second = (_acknowledged(stage, stage.report(WORRY, subject="Zoe"), "sam") for _ in range(2))
    stage.do(handling.hand_over, first, "sam", "omar")
    stage.acknowledge(first, "omar")
    stage.do(handling.merge, first, "sam", second)
    assert ("closed", f"duplicate\n{second}") in chronology(stage, first, "sam")
    assert ("closed", "duplicate\n") in chronology(stage, first, "omar")


def _acknowledged(stage: Stage, reference: str, person: str) -> str:
    stage.acknowledge(reference, person)
    return reference


def test_no_read_leaves_a_trace_of_what_was_read_beside_the_database(stage: Stage, tmp_path: Path) -> None:
    reference = stage.report(WORRY)
    stage.do(viewing.open_case, reference, "sam")
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if CANARY.encode() in file.read_bytes()]


def test_it_says_whether_the_reporter_may_be_asked_and_so_does_its_card(stage: Stage) -> None:
    slip, worry = stage.report(SLIP), stage.report(WORRY)
    cards = {one.message.reference: one.message for one in stage.deliver() if isinstance(one.message, Card)}
    for reference, may in ((slip, False), (worry, True)):
        assert stage.do(viewing.open_case, reference, stage.told(reference)[0]).askable is may
        assert cards[reference].askable is may
