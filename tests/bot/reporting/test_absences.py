"""Whoever says in chat that they are away is passed over until they are back."""

from datetime import date

import pytest

from bot.errors import RefusedActionError
from bot.reporting import absences
from bot.reporting.schools_in_force import SchoolsInForce, look_for_absences
from storage import house
from tests.bot.reporting.stage import Stage
from tests.support.offices import audited
from tests.support.served import NOW

TODAY = date(2026, 11, 20)


def _looked(stage: Stage) -> SchoolsInForce:
    schools = SchoolsInForce(stage.office.directory)
    look_for_absences(stage.office, schools)
    return schools


def test_somebody_away_is_not_here_on_those_days_and_is_again_afterwards(stage: Stage) -> None:
    absences.declare(stage.office, "sam", ["2026-11-20", "2026-11-24"], now=NOW)
    sam = _looked(stage).directory.people["sam"]
    assert [sam.here(date(2026, 11, day)) for day in (19, 20, 24, 25)] == [True, False, False, True]
    assert audited(stage.office)[-1][:2] == ("sam", "away")


def test_one_day_is_enough_to_say_and_off_brings_somebody_back(stage: Stage) -> None:
    absences.declare(stage.office, "sam", ["2026-11-20"], now=NOW)
    assert not _looked(stage).directory.people["sam"].here(TODAY)
    assert absences.declare(stage.office, "sam", ["off"], now=NOW) is None
    assert _looked(stage).directory.people["sam"].here(TODAY)


def test_a_server_takes_it_over_and_lets_go_of_it_again(stage: Stage) -> None:
    schools = _looked(stage)
    before = schools.directory
    absences.declare(stage.office, "sam", ["2026-11-20"], now=NOW)
    look_for_absences(stage.office, schools)
    assert not schools.directory.people["sam"].here(TODAY)
    assert schools.directory.digest == before.digest
    absences.declare(stage.office, "sam", ["off"], now=NOW)
    look_for_absences(stage.office, schools)
    assert schools.directory == before


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["tomorrow"],
        ["2026-11-19"],
        ["2026-11-24", "2026-11-20"],
        ["2026-02-30"],
        ["2026-11-20", "2028-11-20"],
        ["2026-11-20", "2026-11-21", "2026-11-22"],
    ],
)
def test_what_are_no_days_to_come_is_refused_and_nothing_is_kept(stage: Stage, words: list[str]) -> None:
    with pytest.raises(RefusedActionError):
        absences.declare(stage.office, "sam", words, now=NOW)
    with stage.office.store.reading() as session:
        assert house.facts_under(session, absences.PREFIX) == []


@pytest.mark.parametrize("person", ["nobody", "account:slack:U0STRANGER"])
def test_somebody_unlisted_is_told_who_keeps_the_file(stage: Stage, person: str) -> None:
    with pytest.raises(RefusedActionError, match="schools file"):
        absences.declare(stage.office, person, ["2026-11-20"], now=NOW)
