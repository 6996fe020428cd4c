"""`signpost report` and `signpost kinds`, run as commands on a database of their own."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from bot import app
from bot.console.confirming import CodeSentError
from bot.console.reports import kinds, report
from bot.errors import NotSavedError, SignpostError, UsageError
from bot.reporting.casefile import Actor
from bot.reporting.identity import NotConfirmedError
from bot.reporting.office import Office
from bot.reporting.viewing import my_reports
from knowledge.rules import Kind
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.offices import code_for, office_for

SAID = "He wrote to me on Instagram."
ANSWERS = ("--answer", "about=pupil", "--answer", "danger=no", "--answer", "image=no")

commands = typer.Typer()
commands.command()(report)
commands.command()(kinds)


def _run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(commands, words, input=given)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Give the office that the commands open too: its database, its keys, Oakfield."""
    url = f"sqlite:///{tmp_path / 'signpost.db'}"
    opened = office_for(url, tmp_path, OAKFIELD)
    (tmp_path / "schools.yml").write_text(OAKFIELD, encoding="utf-8")
    settings = {
        "TEST": "1",
        "DATABASE_URL": url,
        "KEYS_FILE": str(tmp_path / "keys.toml"),
        "SCHOOLS": str(tmp_path / "schools.yml"),
        "CONSOLE_URL": "http://127.0.0.1:9/notices",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"SIGNPOST_{name}", value)
    monkeypatch.chdir(tmp_path)
    yield opened
    opened.store.close()


@pytest.fixture
def code(office: Office) -> Callable[..., str]:
    """Give what asks for a code as somebody would and reads it out."""

    def asked(*words: str, person: str = "priya") -> str:
        sent = _run(*words)
        assert isinstance(sent.exception, CodeSentError), sent.output
        return code_for(office, person, app.now())

    return asked


def _reported(office: Office, person: str = "priya") -> list[str]:
    return [one.reference for one in my_reports(office, Actor(person), now=app.now())]


def _command(*more: str, kind: str = "pupil contact", text: str = SAID) -> tuple[str, ...]:
    return ("report", "--as", "Priya Nair", kind, text, *more)


def test_a_report_is_handed_in_once_its_reporter_has_given_the_code(
    office: Office, code: Callable[..., str]
) -> None:
    command = _command(*ANSWERS)
    ran = _run(*command, "--code", code(*command))
    assert ran.exit_code == 0, ran.output
    (reference,) = _reported(office)
    assert f"Received. Your reference is {reference}." in ran.output
    assert "This goes to: a member of SLT and the designated safeguarding lead." in ran.output
    assert SAID not in ran.output


def test_as_json_the_receipt_names_roles_and_nobody(office: Office, code: Callable[..., str]) -> None:
    command = _command(*ANSWERS, "--json")
    receipt = json.loads(_run(*command, "--code", code(*command)).output)
    assert receipt["reference"] in _reported(office)
    assert receipt["goes_to"] == ["a member of SLT", "the designated safeguarding lead"]
    assert "Sam" not in json.dumps(receipt)


def test_without_the_code_or_with_a_wrong_one_nothing_is_stored(
    office: Office, code: Callable[..., str]
) -> None:
    command = _command(*ANSWERS)
    right = code(*command)
    wrong = "0" * len(right) if right != "0" * len(right) else "1" * len(right)
    refused = _run(*command, "--code", wrong)
    assert isinstance(refused.exception, NotConfirmedError)
    assert _reported(office) == []


def test_the_code_for_one_kind_sends_no_other(office: Office, code: Callable[..., str]) -> None:
    given = code(*_command(*ANSWERS))
    refused = _run(*_command(*ANSWERS, "--code", given, kind="complaint"))
    assert isinstance(refused.exception, NotConfirmedError)
    assert _reported(office) == []


def test_everything_wrong_with_a_form_is_said_at_once_before_any_code_is_sent(office: Office) -> None:
    ran = _run(*_command("--answer", "danger=soon", "--answer", "colour=blue", kind="press"))
    assert isinstance(ran.exception, SignpostError)
    said = str(ran.exception)
    assert "about: Say who it is about." in said
    assert "danger: Say yes, no or not sure." in said
    assert "colour: This form has no such question." in said
    assert "\n" not in said
    with pytest.raises(AssertionError, match="was sent no code"):
        code_for(office, "priya", app.now())


def test_as_json_each_fault_has_its_question(office: Office) -> None:
    ran = _run(*_command("--json"))
    assert ran.exit_code == 1
    assert [one["key"] for one in json.loads(ran.output)["faults"]] == ["about", "danger", "image"]
    assert _reported(office) == []


def test_the_text_can_be_read_from_stdin_where_nobody_else_sees_it(
    office: Office, code: Callable[..., str]
) -> None:
    given = code(*_command(*ANSWERS))
    ran = _run(*_command(*ANSWERS, "--code", given, text="-"), given=SAID)
    assert ran.exit_code == 0, ran.output
    assert len(_reported(office)) == 1


def test_where_the_database_is_away_it_says_not_saved_and_whom_to_ring(
    office: Office, tmp_path: Path
) -> None:
    office.store.close()
    (tmp_path / "signpost.db").write_bytes(b"This is no database." * 500)
    ran = _run(*_command(*ANSWERS, "--code", "12345678"))
    assert isinstance(ran.exception, NotSavedError)
    assert str(ran.exception).startswith("NOT saved. Ring the designated safeguarding lead")
    assert "If a child is in danger, ring 999." in str(ran.exception)
    assert SAID not in str(ran.exception)


@pytest.mark.parametrize(
    "words",
    [
        ("report", "--as", "priya", "dancing", SAID),
        ("report", "--as", "priya", "press", SAID, "--answer", "about"),
        ("report", "--as", "Nobody Known", "press", SAID),
        ("report", "--as", "priya", "press", "-", "--code", "-"),
        ("kinds", "dancing"),
    ],
)
@pytest.mark.usefixtures("office")
def test_what_is_put_wrongly_is_a_usage_error(words: tuple[str, ...]) -> None:
    assert isinstance(_run(*words).exception, UsageError)


def test_every_kind_is_listed_with_what_it_is_for() -> None:
    shown = _run("kinds").output
    assert all(kind.value in shown for kind in Kind)
    assert "A journalist has been in touch" in shown


def test_a_kinds_form_is_shown_by_any_name_it_goes_by() -> None:
    shown = _run("kinds", "whistleblowing").output
    assert "A worry about how the school handles safeguarding." in shown
    assert "has to be answered" in shown


def test_as_json_each_kind_has_its_questions_with_their_answers() -> None:
    rows: dict[str, dict[str, Any]] = {row["kind"]: row for row in json.loads(_run("kinds", "--json").output)}
    assert set(rows) == {kind.value for kind in Kind}
    asked = {question["key"]: question for question in rows["pupil_contact"]["questions"]}
    assert asked["about"]["required"] is True
    assert asked["about"]["options"]["pupil"] == "A pupil here"
    assert asked["url"]["sort"] == "link"
    assert "url" not in {question["key"] for question in rows["nude_image"]["questions"]}
    assert json.loads(_run("kinds", "--json", "press").output) == rows["press"]
