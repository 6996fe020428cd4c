"""`signpost teams package`: from settings to a file that Teams takes, or one line that says what lacks."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import signpost
from bot.errors import NotReadyError, SignpostError, UsageError
from bot.settings import half_of_teams, read_settings
from bot.teams.package import faults_of
from tests.bot.reporting.oakfield import OAKFIELD

APP = "7e4a0000-0000-4000-8000-00000000000a"
SETTINGS = {"TEAMS_APP_ID": APP, "TEAMS_TENANT_ID": APP, "TEAMS_APP_SECRET": "not-a-real-one"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a schools file, and settings that are whole."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schools.yml").write_text(OAKFIELD, encoding="utf-8")
    for name, value in {**SETTINGS, "SIGNPOST_SCHOOLS": "schools.yml"}.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def _run(*words: str) -> str:
    ran = CliRunner().invoke(signpost, ["teams", "package", *words], standalone_mode=False)
    if ran.exception is not None:
        raise ran.exception
    return ran.output


def test_a_package_is_built_from_the_settings_and_the_schools_file(here: Path) -> None:
    said = _run()
    assert "Oakfield Academy Trust" in said
    assert "https://www.oakfield.example" in said
    assert list(faults_of((here / "signpost-teams.zip").read_bytes())) == []


def test_a_package_that_is_there_is_replaced_only_where_that_is_said(here: Path) -> None:
    (here / "app.zip").write_bytes(b"mine")
    with pytest.raises(SignpostError, match="is there already"):
        _run("-o", "app.zip")
    assert (here / "app.zip").read_bytes() == b"mine"
    shown = json.loads(_run("-o", "app.zip", "--replace", "--as-version", "2.0.1", "--json"))
    assert (shown["app_id"], shown["version"]) == (APP, "2.0.1")
    assert shown["bytes"] == (here / "app.zip").stat().st_size


def test_a_faulty_address_writes_nothing(here: Path) -> None:
    with pytest.raises(SignpostError, match="no package was written"):
        _run("--privacy", "oakfield.example/privacy")
    assert not (here / "signpost-teams.zip").exists()


def test_without_addresses_in_a_schools_file_the_website_is_asked_for(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIGNPOST_SCHOOLS")
    with pytest.raises(UsageError, match="--website"):
        _run()
    assert _run("--website", "https://oakfield.example")
    assert (here / "signpost-teams.zip").exists()


def test_without_an_app_there_is_no_package(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name)
    with pytest.raises(NotReadyError, match="set TEAMS_APP_ID"):
        _run()
    assert not (here / "signpost-teams.zip").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, ""),
        (SETTINGS, ""),
        ({**SETTINGS, "TEAMS_TENANT_ID": f"{APP}, {APP.upper()}"}, ""),
        ({"TEAMS_PUPILS": "pupils.oakfield.example"}, "TEAMS_PUPILS is set and no app: set TEAMS_APP_ID"),
        ({"TEAMS_APP_SECRET": "x"}, "TEAMS_APP_SECRET is set and no app: set TEAMS_APP_ID"),
        ({**SETTINGS, "TEAMS_APP_ID": "signpost"}, "TEAMS_APP_ID holds no id"),
        ({**SETTINGS, "TEAMS_TENANT_ID": "oakfield.example"}, "TEAMS_TENANT_ID holds no id"),
        ({**SETTINGS, "TEAMS_TENANT_ID": ""}, "Teams has an app and no tenant"),
        ({**SETTINGS, "TEAMS_APP_SECRET": ""}, "Teams has an app and no credential"),
        (
            {**SETTINGS, "TEAMS_MANAGED_IDENTITY": "system"},
            "TEAMS_APP_SECRET and TEAMS_MANAGED_IDENTITY are set: set one of",
        ),
    ],
)
def test_half_set_settings_are_said_in_one_line_with_a_remedy_and_no_secret(
    given: dict[str, str], said: str
) -> None:
    half = half_of_teams(read_settings(given, Path("/nowhere")))
    assert half.startswith(said)
    assert bool(half) == bool(said)
    assert "\n" not in half
    assert "not-a-real-one" not in half
