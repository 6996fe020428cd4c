"""What holds of every chase: it only goes on, somebody is told, nobody who mustn't be, and answers end it."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reporting.escalation import STANDS_IN, Chase, climb, first, settled, stopped
from bot.reporting.people import ROUTE, Absence, Directory, Person, Step
from knowledge.rules import Role
from tests.bot.reporting.chases import MINUTES, acknowledged, laps, told
from tests.bot.reporting.oakfield import directory
from tests.bot.reporting.tales import TODAY

PEOPLE = sorted(directory().people)
LAST_RESORT = {Role.ABOUT_HEAD, Role.GOVERNORS, Role.ABOUT_EXECUTIVE}
LADDER_ROLES = [role for role in Role if directory().all_holders(role)]
ladders = st.lists(
    st.builds(
        Step,
        tell=st.lists(
            st.sampled_from([ROUTE, *(role.value for role in LADDER_ROLES)]), min_size=1, max_size=3
        ).map(tuple),
        alert=st.lists(st.sampled_from(LADDER_ROLES), max_size=1).map(tuple),
        within=st.just(MINUTES),
    ),
    min_size=1,
    max_size=4,
).map(tuple)
chases = st.builds(
    Chase,
    roles=st.lists(st.sampled_from(LADDER_ROLES), min_size=1, max_size=3, unique=True).map(tuple),
    must=st.frozensets(st.sampled_from(LADDER_ROLES), max_size=2),
    steps=ladders,
    school=st.sampled_from(["oak-primary", "oak-high", None]),
    at_least=st.integers(1, 2),
    barred=st.frozensets(st.sampled_from(PEOPLE)),
    withheld=st.frozensets(st.sampled_from(LADDER_ROLES), max_size=3),
    technical=st.sampled_from([frozenset(), frozenset({Role.IT})]),
    unreachable=st.frozensets(st.sampled_from(PEOPLE), max_size=5),
)


def staff(changes: dict[str, str]) -> Directory:
    """Oakfield with some people away or gone on the day."""
    people: dict[str, Person] = dict(directory().people)
    for person, what in changes.items():
        if what == "away":
            people[person] = replace(people[person], away=(Absence(TODAY, TODAY),))
        else:
            people[person] = replace(people[person], left=TODAY)
    return replace(directory(), people=people)


staffs = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(["away", "gone"]), max_size=8).map(staff)
answers = st.lists(st.sampled_from(PEOPLE), max_size=6)


def eligible(chase: Chase, people: Directory) -> set[str]:
    return {
        one.id
        for one in people.people.values()
        if one.here(TODAY) and one.id not in chase.barred and one.id not in chase.unreachable
    }


@given(start=chases, people=staffs)
@settings(deadline=None, max_examples=300)
def test_a_chase_only_ever_goes_on_and_begins_another_lap_only_with_an_alarm(
    start: Chase, people: Directory
) -> None:
    steps = laps(start, 3 * len(start.steps) + 2, people)
    places = [(step.lap, step.level) for step in steps]
    assert all(before < after for before, after in pairwise(places))
    for before, after in pairwise(steps):
        assert after.alarm is (after.lap > before.lap)
        assert after.lap - before.lap <= 2
    assert all(0 <= step.level < len(start.steps) for step in steps)
    assert all(step.within > timedelta() for step in steps)


@given(start=chases, people=staffs)
@settings(deadline=None, max_examples=300)
def test_at_every_climb_somebody_is_told_who_may_be_or_everybody_outside_is_named(
    start: Chase, people: Directory
) -> None:
    may_be_told = eligible(start, people)
    for step in laps(start, 3 * len(start.steps) + 2, people):
        real = [call for call in step.calls if not call.alert and call.role not in start.technical]
        assert {call.person for call in step.calls} <= may_be_told
        assert not {call.role for call in step.calls} & start.withheld
        assert bool(real) is not step.outside


@given(start=chases, people=staffs)
@settings(deadline=None, max_examples=300)
def test_nobody_is_called_twice_in_a_lap_and_nobody_at_once_in_two_roles(
    start: Chase, people: Directory
) -> None:
    by_lap: dict[int, list[str]] = {}
    for step in laps(start, 3 * len(start.steps) + 2, people):
        by_lap.setdefault(step.lap, []).extend(call.person for call in step.calls)
    assert all(len(people) == len(set(people)) for people in by_lap.values())


@given(start=chases, people=staffs, answering=answers)
@settings(deadline=None, max_examples=300)
def test_whoever_has_acknowledged_is_not_called_again_and_their_roles_neither(
    start: Chase, people: Directory, answering: list[str]
) -> None:
    now = told(start, first(start, people, TODAY))
    for person in answering:
        now = acknowledged(now, person)
        answered = {role for one in now.answered for role in people.roles_of(one, start.school)}
        step = climb(now, people, TODAY)
        assert not {call.person for call in step.calls} & now.answered
        assert not {call.role for call in step.calls if not call.alert} & (answered - LAST_RESORT)
        now = told(now, step)


@given(start=chases, people=staffs)
@settings(deadline=None, max_examples=300)
def test_where_everybody_who_is_told_answers_it_is_settled_but_for_roles_that_nobody_here_can_answer(
    start: Chase, people: Directory
) -> None:
    now = replace(start, must=start.must - start.withheld)
    now = told(now, first(now, people, TODAY), by=frozenset(PEOPLE))
    for _ in range(3 * len(start.steps)):
        if settled(now, people, TODAY):
            return
        now = told(now, climb(now, people, TODAY), by=frozenset(PEOPLE))
    owed = [role for role in now.must if not stopped(role, now, people)]
    assert owed or not now.told
    stand_ins = {one for role in owed for one in (role, *STANDS_IN.get(role, ()))} - start.withheld
    could = {person for role in stand_ins for person in people.holders(role, start.school)}
    assert not could & eligible(start, people)
