"""`signpost doctor` at a terminal: the worst first, each remedy in its line, exit 1 for a fault."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from bot import app
from bot.console.doctor import doctor
from bot.doctor import Finding, fault, ok, warn
from bot.errors import SettingsError
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.desks import Desk, desk_for

FOUND = [ok("the keys are good"), warn("no backup", "make one"), fault("nobody is told\x1b[2J", "set it up")]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    commands = typer.Typer()
    commands.command()(doctor)
    made = desk_for(commands, f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path, OAKFIELD, monkeypatch)
    yield made
    made.office.store.close()


def _finds(monkeypatch: pytest.MonkeyPatch, *found: Finding) -> None:
    monkeypatch.setattr(app, "checkup", lambda: iter(found), raising=False)


def test_faults_come_first_each_with_its_remedy_in_the_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _finds(monkeypatch, *FOUND)
    said = desk.run()
    assert said.out.splitlines() == [
        "✗ nobody is told[2J. Remedy: set it up",
        "! no backup. Remedy: make one",
        "3 things looked at, 1 of them fine.",
    ]
    assert said.code == 1


def test_warnings_alone_are_no_failure_and_what_is_fine_is_shown_when_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _finds(monkeypatch, *FOUND[:2])
    assert desk.run().code == 0
    assert "✓ the keys are good" in desk.run("--all").out


def test_json_has_everything(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _finds(monkeypatch, *FOUND)
    said = desk.run("--json")
    assert [row["level"] for row in json.loads(said.out)] == ["ok", "warn", "fault"]
    assert set(json.loads(said.out)[0]) == {"level", "what", "remedy"}
    assert said.code == 1


def test_settings_that_cannot_be_read_are_findings_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Iterator[Finding]:
        raise SettingsError(("SIGNPOST_PORT: expected a whole number", "SIGNPOST_HOST: expected a host name"))

    monkeypatch.setattr(app, "checkup", refuse, raising=False)
    said = desk.run()
    assert said.code == 1
    assert "SIGNPOST_PORT: expected a whole number" in said.out
    assert "SIGNPOST_HOST" in said.out
