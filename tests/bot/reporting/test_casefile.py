"""A case as its use cases see it: sealed on its row, opened with its own key, found however it is typed."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.reporting.casefile import (
    allowed,
    chase_of,
    found,
    locked,
    parties_of,
    party_of,
    read_case,
    tidy_reference,
)
from bot.reporting.handling import add_note
from bot.reporting.report import About, Standing
from bot.reporting.rights import Action, Party, State
from bot.reporting.viewing import open_case
from knowledge.rules import Kind, Role
from storage import cases
from storage.sealing import SealBrokenError
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.reporting.stage import Stage
from tests.bot.reporting.tales import Tale

WORRY = Tale(Kind.ONLINE_SAFETY, reporter="tom", answers={"what": "Zylfquist"})
CONCERN = Tale(Kind.ADULT_CONCERN, {"colin": Standing.ABOUT}, About.WORKS_HERE)


def test_a_case_comes_back_from_the_database_as_it_went_in(stage: Stage) -> None:
    tale = replace(WORRY, standings={"vera": Standing.ABOUT, "pat": Standing.OPEN, "dan": Standing.MENTIONED})
    case = stage.case(stage.report(tale))
    assert case.details.report == tale.report
    assert (case.kind, case.urgency, case.state) == (tale.kind, tale.report.urgency, State.NOTIFIED)
    assert case.barred == {"vera", "pat"}
    assert case.details.steps == stage.office.directory.ladder(case.details.route.family, case.urgency)


def put(stage: Stage, statement: str, **values: str) -> None:
    """Reach past the program into its tables."""
    with stage.office.store.writing() as session:
        assert session.connection().execute(text(statement), values).rowcount == 1
        session.commit()


def test_a_report_moved_to_another_cases_row_does_not_open(stage: Stage) -> None:
    """Whoever can write in the database cannot put one case's words in another's place (promise S10)."""
    mine, other = stage.case(stage.report(WORRY)), stage.case(stage.report(CONCERN))
    moved = "UPDATE case_file SET sealed = (SELECT sealed FROM case_file WHERE id = :mine) WHERE id = :other"
    put(stage, moved, mine=mine.id, other=other.id)
    with pytest.raises(SealBrokenError):
        stage.case(other.reference)


def test_a_key_moved_to_another_case_does_not_open(stage: Stage) -> None:
    mine, other = stage.case(stage.report(WORRY)), stage.case(stage.report(CONCERN))
    moved = "UPDATE case_key SET wrapped = (SELECT wrapped FROM case_key WHERE owner = :mine) "
    put(stage, f"{moved} WHERE owner = :other", mine=mine.id, other=other.id)
    with pytest.raises(SealBrokenError):
        stage.case(other.reference)


MOVES = {
    "another line": "UPDATE chronology SET sealed = (SELECT sealed FROM chronology WHERE id = :first) "
    "WHERE id = :second",
    "another column": "UPDATE chronology SET sealed = (SELECT sealed FROM case_file WHERE id = :first) "
    "WHERE id = :second",
}


@pytest.mark.parametrize("where", MOVES)
def test_a_line_of_the_chronology_moved_elsewhere_does_not_open(stage: Stage, where: str) -> None:
    reference = stage.report(WORRY)
    stage.acknowledge(reference, "sam")
    stage.do(add_note, reference, "sam", "First.")
    stage.do(add_note, reference, "sam", "Second.")
    case = stage.case(reference)
    with stage.office.store.reading() as session:
        first, second = [row.id for row in cases.chronology(session, case.id) if row.event == "note"]
    put(stage, MOVES[where], first=first if where == "another line" else case.id, second=second)
    with pytest.raises(SealBrokenError):
        stage.do(open_case, reference, "sam")


def test_a_case_whose_key_is_gone_is_no_case_any_more(stage: Stage) -> None:
    case = stage.case(stage.report(WORRY))
    put(stage, "DELETE FROM case_key WHERE owner = :owner", owner=case.id)
    with stage.office.work(stage.now) as work:
        assert found(work, case.id) is None
        assert locked(work, case.id) is None
        assert read_case(work, None) is None


def test_nothing_of_a_report_stands_open_on_its_row(stage: Stage) -> None:
    case = stage.case(stage.report(WORRY))
    assert "Zylfquist" not in str(case.row)
    assert b"Zylfquist" not in case.row.sealed


@pytest.mark.parametrize(
    "typed", ["SP-7Q4K-M2XD", "sp-7q4k-m2xd", "7Q4KM2XD", " sp 7q4k m2xd ", "SP–7Q4K–M2XD", "`SP-7Q4K-M2XD`"]
)
def test_a_reference_is_understood_however_it_is_typed(typed: str) -> None:
    assert tidy_reference(typed) == "SP-7Q4K-M2XD"


def test_one_person_can_stand_to_a_case_in_several_ways(stage: Stage) -> None:
    reference = stage.report(Tale(Kind.DATA_BREACH, reporter="dan"))
    with stage.office.work(stage.now) as work:
        case = stage.case(reference)
        assert parties_of(work, case, "dan") == (Party.CALLED, Party.REPORTER, Party.DPO)
        assert party_of(work, case, "dan") is Party.CALLED
        assert allowed(work, case, "dan", Action.HOLD)
        assert allowed(work, case, "dan", Action.RECEIPT)
        assert not allowed(work, case, "dan", Action.NOTE)


@pytest.mark.parametrize("standing", [Standing.ABOUT, Standing.OPEN])
def test_whom_it_is_or_may_be_about_is_nothing_else(stage: Stage, standing: Standing) -> None:
    reference = stage.report(Tale(Kind.DATA_BREACH, {"dan": standing}, reporter="dan"))
    with stage.office.work(stage.now) as work:
        assert parties_of(work, stage.case(reference), "dan") == (Party.SELF_REPORTER,)
    other = stage.report(Tale(Kind.DATA_BREACH, {"dan": standing}))
    with stage.office.work(stage.now) as work:
        assert parties_of(work, stage.case(other), "dan") == (Party.SUBJECT,)


def test_a_line_manager_is_called_for_as_long_as_they_manage_the_reporter(stage: Stage) -> None:
    reference = stage.report(WORRY)
    with stage.office.work(stage.now) as work:
        told = {"person": "omar", "role": "line_manager", "level": 0, "lap": 0, "alert": False}
        rest = {"withdrawn": False, "handler": False, "told_at": stage.now}
        cases.add_tellings(work.session, [{"case_id": stage.case(reference).id, **told, **rest}])
        work.done()
    with stage.office.work(stage.now) as work:
        assert party_of(work, stage.case(reference), "omar") is Party.CALLED
    stage.use_schools(OAKFIELD.replace("manager: omar", "manager: ruth"))
    with stage.office.work(stage.now) as work:
        assert party_of(work, stage.case(reference), "omar") is Party.STRANGER


def test_a_chase_knows_whom_the_case_bars_and_who_must_answer(stage: Stage) -> None:
    reference = stage.report(replace(WORRY, standings={"vera": Standing.ABOUT, "pat": Standing.OPEN}))
    with stage.office.work(stage.now) as work:
        chase = chase_of(work, stage.case(reference))
    assert chase.barred == {"vera", "pat"}
    assert Role.DSL in chase.must
