"""`signpost dsar`: a draft for the data protection officer alone, marked as one, and never a release."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from bot import app
from bot.console.subject_access import dsar
from bot.errors import UsageError
from bot.reporting.report import About, Standing
from bot.reporting.subject_access import NotDpoError
from bot.wording import subject_access as wording
from knowledge.rules import Kind
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.desks import Desk, desk_for
from tests.support.offices import a_report, audited, code_for, hand_in

NAME = "Jamie Ostrowski"


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    commands = typer.Typer()
    commands.command()(dsar)
    made = desk_for(commands, database_url, tmp_path, OAKFIELD, monkeypatch)
    yield made
    made.office.store.close()


@pytest.fixture
def reference(desk: Desk) -> str:
    """Give a case about Jamie."""
    answers = {"what": "Jamie wrote to me.\x1b[2J Kierra saw it.", "image": "no"}
    return hand_in(desk.office, a_report(subject=NAME, answers=answers), now=app.now())


def test_a_draft_says_at_both_ends_that_it_is_one(desk: Desk, reference: str) -> None:
    out = desk.confirmed("dan", "--subject", NAME).out
    assert out.startswith(wording.WATERMARK)
    assert out.rstrip().endswith(wording.WATERMARK)
    assert reference in out
    assert "Jamie wrote to me." in out
    assert "Kierra" not in out
    assert "\x1b" not in out
    assert "possible: child abuse, third party" in out


def test_json_says_that_nothing_was_released(desk: Desk, reference: str) -> None:
    row = json.loads(desk.confirmed("dan", "--subject", NAME, "--json").out)
    assert row["released"] is False
    assert row["watermark"] == wording.WATERMARK
    assert [one["reference"] for one in row["cases"]] == [reference]
    assert "third_party" in row["cases"][0]["items"][0]["possible_exemptions"]
    assert set(row["grounds"]) >= {
        "serious_harm",
        "child_abuse",
        "third_party",
        "legal_privilege",
        "references",
    }


def test_a_live_allegation_is_said_first(desk: Desk) -> None:
    report = a_report(kind=Kind.ADULT_CONCERN, about=About.WORKS_HERE, standings={"omar": Standing.ABOUT})
    hand_in(desk.office, report, now=app.now())
    out = desk.confirmed("dan", "--subject", "omar").out
    assert out.index("ASK BEFORE CONFIRMING") < out.index("SP-")


@pytest.mark.usefixtures("reference")
def test_nobody_else_gets_one_even_with_a_code_of_their_own(desk: Desk) -> None:
    refused = desk.confirmed("sam", "--subject", NAME)
    assert isinstance(refused.refused, NotDpoError)
    assert refused.out == ""


@pytest.mark.usefixtures("reference")
def test_a_code_for_one_person_gives_no_draft_about_another(desk: Desk) -> None:
    desk.run("--subject", NAME, "--as", "dan")
    code = code_for(desk.office, "dan", app.now())
    other = desk.run("--subject", "Somebody Else", "--as", "dan", "--code", code)
    assert other.refused is not None
    assert other.out == ""


@pytest.mark.usefixtures("reference")
def test_no_name_stands_in_the_code_or_the_audit(desk: Desk) -> None:
    assert NAME not in str(desk.run("--subject", NAME, "--as", "dan").refused)
    desk.confirmed("dan", "--subject", NAME)
    with desk.office.store.reading() as session:
        tables = ("SELECT * FROM audit", "SELECT * FROM code")
        kept = [session.connection().exec_driver_sql(query).all() for query in tables]
    assert "amie" not in str(kept)
    assert any(action == "dsar read" for _, action, _ in audited(desk.office))


@pytest.mark.usefixtures("reference")
def test_a_draft_goes_to_a_new_file_for_its_owner_alone(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "draft.txt"
    printed = desk.confirmed("dan", "--subject", NAME, "-o", str(out)).out
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "Jamie wrote" in out.read_text(encoding="utf-8")
    assert "Jamie wrote" not in printed
    assert "nothing is overwritten" in str(desk.run("--subject", NAME, "--as", "dan", "-o", str(out)).refused)


def test_nothing_found_is_said_with_what_to_try(desk: Desk) -> None:
    assert wording.NOTHING in desk.confirmed("dan", "--subject", "Nobody Atall").out
    assert isinstance(desk.run("--subject", "  ", "--as", "dan").refused, UsageError)


@pytest.mark.usefixtures("reference")
def test_a_name_can_come_on_standard_input(desk: Desk) -> None:
    desk.run("--subject", "-", "--as", "dan", given=NAME)
    code = code_for(desk.office, "dan", app.now())
    assert "Jamie wrote" in desk.run("--subject", "-", "--as", "dan", "--code", code, given=NAME).out
