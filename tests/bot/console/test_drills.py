"""`signpost drill` and `signpost agree` at a terminal."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from bot import app
from bot.console.agreeing import agree
from bot.console.drills import drill
from bot.errors import RefusedActionError
from bot.reporting.acknowledge import acknowledge
from bot.reporting.agreeing import NoSuchChangeError
from bot.reporting.casefile import Actor
from storage import cases, house
from storage.store import commit
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.desks import Desk, desk_for
from tests.support.offices import audited


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    commands = typer.Typer()
    commands.add_typer(drill, name="drill")
    commands.command("agree")(agree)
    made = desk_for(commands, database_url, tmp_path, OAKFIELD, monkeypatch)
    yield made
    made.office.store.close()


def test_a_drill_is_started_watched_and_ended(desk: Desk) -> None:
    started = desk.confirmed("ada", "drill", "start", "--school", "oak-primary").out
    reference = started[:12]
    assert "the drill is on" in started
    assert "Sam Okafor, the designated safeguarding lead: no answer" in desk.run("drill", "status").out
    acknowledge(desk.office, reference, Actor("sam"), now=app.now())
    ended = desk.run("drill", "stop").out
    assert reference in ended
    assert "Sam Okafor, the designated safeguarding lead: acknowledged after" in ended
    assert desk.run("drill", "status").out == "No drill is on.\n"
    assert desk.run("drill", "stop").out == "No drill was on.\n"


def test_a_drill_of_another_kind_as_json(desk: Desk) -> None:
    desk.confirmed("sam", "drill", "start", "--kind", "threat")
    (row,) = json.loads(desk.run("drill", "status", "--json").out)
    assert (row["kind"], row["school"], row["lap"]) == ("threat", "oak-primary", 0)
    assert {"person", "role", "told_at", "acknowledged_after_seconds"} == set(row["called"][0])
    assert desk.run("drill", "start", "--kind", "fire", "--as", "sam").code == 2


def test_a_teacher_starts_no_drill(desk: Desk) -> None:
    assert isinstance(desk.confirmed("tom", "drill", "start").refused, RefusedActionError)


def test_who_ended_a_drill_is_in_the_audit_as_the_operating_system_knows_them(desk: Desk) -> None:
    desk.confirmed("sam", "drill", "start")
    desk.run("drill", "stop")
    with desk.office.store.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT actor, os_user FROM audit WHERE action = 'drill ended'"
        )
        assert rows.all() == [("signpost", app.os_user())]


def test_a_head_agrees_to_somebody_new_by_the_characters_that_show(desk: Desk) -> None:
    change = cases.new_id()
    values = {"id": change, "person": "ruth", "role": "deputy_dsl", "school": "oak-primary", "at": app.now()}
    with desk.office.store.writing() as session:
        house.add_role_change(session, values)
        commit(session)
    assert isinstance(desk.confirmed("tom", "agree", change[:8]).refused, NoSuchChangeError)
    said = desk.confirmed("helen", "agree", change[:8]).out
    assert (
        said == "Agreed: Ruth Bell may be told of older cases as a deputy safeguarding lead at Oak Primary.\n"
    )
    assert ("helen", "agreed", "") in audited(desk.office)
