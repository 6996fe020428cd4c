"""Who is told next: step by step, lap by lap, never whom it is about, until all who must have answered."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.reporting.escalation import STANDS_IN, Call, Chase, Telling, again, climb, first, settled
from bot.reporting.people import ROUTE, Absence, Family, Step
from bot.reporting.schools import read_schools
from knowledge.rules import Role, Urgency
from tests.bot.reporting.chases import (
    CHILD,
    LAST,
    MINUTES,
    acknowledged,
    called,
    chase,
    laps,
    told,
    with_holdings,
)
from tests.bot.reporting.oakfield import OAKFIELD, directory
from tests.bot.reporting.tales import TODAY, with_person, without


def test_it_climbs_step_by_step_and_then_begins_again_with_an_alarm() -> None:
    one, two, three, four = laps(chase(), 4)
    assert [(step.level, step.lap, step.alarm) for step in (one, two, three, four)] == [
        (0, 0, False),
        (1, 0, False),
        (2, 0, False),
        (0, 1, True),
    ]
    assert [called(step) for step in (one, two, three)] == [
        {"sam": Role.DSL},
        {"omar": Role.DEPUTY_DSL, "helen": Role.PRINCIPAL},
        {"tessa": Role.TRUST_SAFEGUARDING},
    ]
    assert three.calls[-1] == Call("ceo", Role.EXECUTIVE, alert=True)
    assert [step.within for step in (one, two, three)] == [5 * MINUTES, 5 * MINUTES, 10 * MINUTES]


def test_the_next_lap_starts_with_each_roles_next_person() -> None:
    steps = laps(chase(), 8)
    assert [called(step).get("omar") for step in (steps[1], steps[4], steps[7])] == [
        Role.DEPUTY_DSL,
        None,
        Role.DEPUTY_DSL,
    ]
    assert called(steps[4])["ruth"] is Role.DEPUTY_DSL


def test_outside_school_hours_the_second_steps_people_are_told_at_once() -> None:
    step = first(chase(), directory(), TODAY, wide=True)
    assert set(called(step)) == {"sam", "omar", "helen"}
    assert (step.level, step.within) == (1, 5 * MINUTES)


def test_where_two_must_hear_of_it_and_the_first_step_has_one_the_next_step_is_told_too() -> None:
    step = first(replace(chase(), at_least=2), directory(), TODAY)
    assert set(called(step)) == {"sam", "omar", "helen"}


def test_a_small_school_where_one_person_is_head_and_dsl_tells_them_once_and_needs_them_once() -> None:
    small = with_holdings({Role.DSL: "helen", Role.DEPUTY_DSL: "ruth"})
    start = chase(Role.PRINCIPAL, Role.DSL)
    step = first(start, small, TODAY)
    assert list(called(step)) == ["helen"]
    assert settled(told(start, step, by=frozenset({"helen"})), small, TODAY)


def test_a_small_school_whose_only_person_is_whom_it_is_about_goes_past_them() -> None:
    small = with_holdings({Role.DSL: "helen", Role.DEPUTY_DSL: "helen"})
    step = first(replace(chase(), barred=frozenset({"helen"})), small, TODAY)
    assert "helen" not in called(step)
    assert called(step) == {"tessa": Role.TRUST_SAFEGUARDING}


def test_a_role_that_nobody_holds_is_skipped_and_named() -> None:
    step = first(chase(Role.DSL, Role.HR, must=frozenset()), without(Role.HR), TODAY)
    assert (called(step), step.vacant) == ({"sam": Role.DSL}, (Role.HR,))


def test_where_nobody_is_in_a_role_that_must_hear_of_it_whoever_stands_in_is_told_at_once() -> None:
    step = first(chase(), without(Role.DSL), TODAY)
    assert called(step) == {"omar": Role.DEPUTY_DSL}
    assert step.vacant == (Role.DSL,)


def test_somebody_away_is_passed_by_until_they_are_back() -> None:
    away = with_person("sam", away=(Absence(TODAY, TODAY),))
    step = first(chase(), away, TODAY)
    assert called(step) == {"omar": Role.DEPUTY_DSL}
    assert step.vacant == ()
    assert "sam" in called(first(chase(), away, TODAY + timedelta(days=1)))


def test_somebody_who_has_left_is_passed_by_for_good_and_their_role_is_vacant() -> None:
    gone = with_person("sam", left=TODAY)
    step = first(chase(), gone, TODAY)
    assert "sam" not in called(step)
    assert step.vacant == (Role.DSL,)
    assert "sam" in called(first(chase(), gone, TODAY - timedelta(days=1)))


def test_whoever_is_unreachable_or_new_to_the_role_is_passed_by() -> None:
    start = chase(Role.DEPUTY_DSL)
    assert set(called(first(start, directory(), TODAY))) == {"omar", "sam"}
    unreachable = replace(start, unreachable=frozenset({"omar"}))
    assert called(first(unreachable, directory(), TODAY))["ruth"] is Role.DEPUTY_DSL
    new = replace(start, barred_in=frozenset({("omar", Role.DEPUTY_DSL)}))
    assert called(first(new, directory(), TODAY))["ruth"] is Role.DEPUTY_DSL


def test_whoever_is_new_to_one_role_may_still_be_told_in_another() -> None:
    start = replace(
        chase(Role.DEPUTY_DSL, Role.DEPUTY_HEAD), barred_in=frozenset({("omar", Role.DEPUTY_DSL)})
    )
    step = first(start, directory(), TODAY)
    assert (called(step)["ruth"], called(step)["omar"]) == (Role.DEPUTY_DSL, Role.DEPUTY_HEAD)


def test_a_role_that_the_case_withholds_is_told_at_no_step() -> None:
    start = replace(chase(Role.ABOUT_HEAD), withheld=frozenset({Role.DSL, Role.DEPUTY_DSL, Role.PRINCIPAL}))
    roles = {role for step in laps(start, 9) for role in called(step).values()}
    assert roles == {Role.ABOUT_HEAD, Role.TRUST_SAFEGUARDING}


def test_the_reporters_line_manager_is_told_where_the_policy_names_one_and_nobody_where_there_is_none() -> (
    None
):
    start = replace(chase(Role.LINE_MANAGER), manager="ruth")
    assert called(first(start, directory(), TODAY))["ruth"] is Role.LINE_MANAGER
    assert Role.LINE_MANAGER in first(replace(start, manager=None), directory(), TODAY).vacant


def test_an_acknowledgement_stops_its_own_role_and_no_other() -> None:
    start = chase(Role.DSL, Role.PRINCIPAL)
    step = first(start, directory(), TODAY)
    now = told(start, step, by=frozenset({"sam"}))
    assert not settled(now, directory(), TODAY)
    for _ in range(2 * len(CHILD)):
        step = climb(now, directory(), TODAY)
        assert "sam" not in called(step)
        now = told(now, step)
    assert "helen" in called(climb(replace(now, level=LAST), directory(), TODAY))
    assert settled(acknowledged(now, "helen"), directory(), TODAY)


@pytest.mark.parametrize(
    ("answered", "role"),
    [("omar", Role.DSL), ("tessa", Role.DSL), ("omar", Role.PRINCIPAL), ("helen", Role.SLT)],
)
def test_whoever_stands_in_for_a_role_or_holds_it_as_well_answers_for_it(answered: str, role: Role) -> None:
    as_role = {"omar": Role.DEPUTY_DSL, "tessa": Role.TRUST_SAFEGUARDING, "helen": Role.PRINCIPAL}[answered]
    start = replace(chase(role), tellings=(Telling(answered, as_role, 1, 0, acknowledged=True),))
    assert settled(start, directory(), TODAY)


def test_the_dsl_does_not_answer_for_the_head() -> None:
    start = replace(chase(Role.PRINCIPAL), tellings=(Telling("sam", Role.DSL, 0, 0, acknowledged=True),))
    assert not settled(start, directory(), TODAY)


def test_where_the_subject_is_unknown_two_people_have_to_answer() -> None:
    start = replace(chase(must=frozenset()), at_least=2)
    now = told(start, first(start, directory(), TODAY), by=frozenset({"sam"}))
    assert not settled(now, directory(), TODAY)
    assert settled(acknowledged(now, "helen"), directory(), TODAY)


def test_where_only_one_person_could_be_told_one_answer_is_enough() -> None:
    start = replace(chase(must=frozenset()), at_least=2, tellings=(Telling("sam", Role.DSL, 0, 0),))
    assert settled(acknowledged(start, "sam"), directory(), TODAY)


def test_a_role_left_without_anybody_who_could_answer_is_not_waited_for() -> None:
    start = chase(Role.DSL, Role.PRINCIPAL)
    now = told(start, first(start, directory(), TODAY), by=frozenset({"sam"}))
    headless = without(Role.DEPUTY_HEAD, Role.EXECUTIVE)
    gone = replace(
        headless, people={**headless.people, "helen": replace(headless.people["helen"], left=TODAY)}
    )
    assert not settled(now, headless, TODAY)
    assert settled(now, gone, TODAY)
    assert settled(replace(now, barred=frozenset({"helen"})), headless, TODAY)


def test_a_head_who_is_away_for_a_week_is_waited_for() -> None:
    start = chase(Role.DSL, Role.PRINCIPAL)
    away = with_person("helen", away=(Absence(TODAY, TODAY + timedelta(days=7)),))
    now = told(start, first(start, away, TODAY), by=frozenset({"sam"}))
    assert not settled(now, away, TODAY)


def test_mending_a_fault_is_no_answer_to_the_report() -> None:
    start = replace(chase(Role.DSL, Role.IT, must=frozenset()), technical=frozenset({Role.IT}))
    step = first(start, directory(), TODAY)
    assert called(step) == {"sam": Role.DSL, "ivan": Role.IT}
    now = told(start, step, by=frozenset({"ivan"}))
    assert not settled(now, directory(), TODAY)
    assert settled(acknowledged(now, "sam"), directory(), TODAY)


def test_telling_it_alone_is_telling_nobody_so_the_next_step_is_taken_at_once() -> None:
    start = replace(chase(Role.IT, must=frozenset()), technical=frozenset({Role.IT}))
    only_it = replace(start, steps=(Step((ROUTE,), (), MINUTES), *CHILD[1:]))
    step = first(only_it, directory(), TODAY)
    assert (step.level, called(step)["ivan"]) == (1, Role.IT)
    assert {"omar", "helen"} <= set(called(step))


def test_a_dead_account_is_followed_by_the_next_in_the_role_else_by_the_next_step() -> None:
    start = chase(Role.DEPUTY_DSL, must=frozenset())
    now = told(start, first(start, directory(), TODAY))
    after = again(replace(now, unreachable=frozenset({"omar"})), directory(), TODAY, Role.DEPUTY_DSL)
    assert (called(after), after.level, after.lap) == ({"ruth": Role.DEPUTY_DSL}, 0, 0)
    both = told(replace(now, unreachable=frozenset({"omar", "ruth"})), after)
    assert again(both, directory(), TODAY, Role.DEPUTY_DSL).level == 1


def test_a_dead_account_in_a_role_that_has_answered_calls_nobody() -> None:
    start = chase(Role.DSL, Role.PRINCIPAL)
    now = told(start, first(start, directory(), TODAY), by=frozenset({"sam"}))
    assert again(now, directory(), TODAY, Role.DSL).calls == ()


def test_a_dead_account_of_whoever_mends_a_fault_takes_no_step() -> None:
    start = replace(chase(Role.DSL, Role.IT, must=frozenset()), technical=frozenset({Role.IT}))
    now = told(start, first(start, directory(), TODAY))
    after = again(replace(now, unreachable=frozenset({"ivan"})), directory(), TODAY, Role.IT)
    assert (after.calls, after.level) == ((), 0)


def test_nobody_on_the_ladder_leaves_the_chair_of_governors_and_then_only_bodies_outside() -> None:
    ladder = frozenset({"sam", "omar", "ruth", "helen", "tessa"})
    step = first(replace(chase(), barred=ladder), directory(), TODAY)
    assert called(step) == {"chair": Role.ABOUT_HEAD}
    assert step.alarm
    everybody = frozenset(directory().people)
    nobody = first(replace(chase(), barred=everybody), directory(), TODAY)
    assert (nobody.calls, nobody.outside, nobody.alarm) == ((), True, True)


def test_the_chair_is_not_told_of_a_case_that_withholds_it_from_them() -> None:
    ladder = frozenset({"sam", "omar", "ruth", "helen", "tessa"})
    start = replace(chase(), barred=ladder, withheld=frozenset({Role.ABOUT_HEAD, Role.GOVERNORS}))
    assert called(first(start, directory(), TODAY)) == {"trust_chair": Role.ABOUT_EXECUTIVE}


def test_an_alert_is_no_call_and_cannot_be_acknowledged() -> None:
    start = replace(chase(must=frozenset()), tellings=(Telling("ceo", Role.EXECUTIVE, 2, 0, alert=True),))
    assert not settled(acknowledged(start, "ceo"), directory(), TODAY)


def test_everybody_who_stands_in_for_a_role_holds_another() -> None:
    assert all(role not in stand_ins for role, stand_ins in STANDS_IN.items())


def test_at_a_school_of_two_people_the_one_who_is_everything_is_called_every_lap() -> None:
    tiny = read_schools(_TINY, "tiny.yml")
    start = Chase(
        roles=(Role.DSL,),
        must=frozenset({Role.DSL}),
        steps=tiny.ladder(Family.CHILD, Urgency.IMMEDIATE),
        school="dell",
    )
    steps = laps(start, 3, tiny)
    assert [called(step) for step in steps] == [{"hd": Role.DSL}] * 3
    assert [(step.lap, step.alarm) for step in steps] == [(0, False), (1, True), (2, True)]


_TINY = f"""\
trust: {{id: dell, name: Dell School, nation: england, policy: dartmoor, timezone: Europe/London}}
schools: [{{id: dell, name: Dell School}}]
people:
  - {{id: hd, name: Hetty Dale, email: hd@dell.example, school: dell}}
  - {{id: gov, name: Gus Ovens, email: gov@dell.example, school: dell}}
roles:
  - {{role: dsl, school: dell, people: [hd]}}
  - {{role: principal, school: dell, people: [hd]}}
  - {{role: about_head, school: dell, people: [gov]}}
  - {{role: about_executive, people: [gov]}}
  - {{role: administrator, people: [gov]}}
{OAKFIELD[OAKFIELD.index("contacts:", OAKFIELD.index("roles:")) :]}"""
