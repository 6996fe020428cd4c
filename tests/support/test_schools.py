"""The schools files that the drills run with, read as the program reads them."""

from datetime import timedelta

from bot.reporting.schools import read_schools
from knowledge.rules import Role
from tests.bot.reporting.oakfield import directory
from tests.support.schools import fast_schools, many_recipients


def test_fast_schools_are_oakfield_with_every_step_as_long_as_asked_and_no_calendar() -> None:
    fast, oakfield = read_schools(fast_schools(step="3s"), "fast.yml"), directory()
    steps = [step for ladders in fast.ladders.values() for ladder in ladders.values() for step in ladder]
    assert {step.within for step in steps} == {timedelta(seconds=3)}
    assert [step.tell for step in steps] == [
        step.tell for ladders in oakfield.ladders.values() for ladder in ladders.values() for step in ladder
    ]
    assert (fast.people, fast.holdings, fast.contacts) == (
        oakfield.people,
        oakfield.holdings,
        oakfield.contacts,
    )
    assert fast.calendar is None


def test_fast_schools_keep_their_calendar_where_that_is_asked_for() -> None:
    assert read_schools(fast_schools(calendar=True), "fast.yml").calendar == directory().calendar


def test_each_of_many_schools_has_its_own_dsl_principal_and_teacher() -> None:
    many = read_schools(many_recipients(300, step="2s"), "many.yml")
    for role, before in ((Role.DSL, "p"), (Role.PRINCIPAL, "h")):
        assert [many.holders(role, f"s{number}") for number in range(300)] == [
            (f"{before}{number}",) for number in range(300)
        ]
    assert {many.school_of(f"t{number}") for number in range(300)} == set(many.schools)
    assert len({person.name for person in many.people.values()}) == len(many.people)
