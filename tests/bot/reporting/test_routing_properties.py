"""What holds of every route: no subject is told, somebody is, the floor stands, and nothing is lost."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reporting.report import About, Standing
from bot.reporting.routing import from_json, to_json
from knowledge.loader import shipped_policies
from knowledge.rules import Kind
from tests.bot.reporting.tales import (
    ABOUT,
    CHILD_KINDS,
    MENTIONED,
    OPEN,
    PEOPLE,
    UNWRITTEN,
    Tale,
    planned,
    who_is_rung,
    who_is_told,
)

tales = st.builds(
    Tale,
    kind=st.sampled_from(list(Kind)),
    about=st.sampled_from(list(About)),
    policy=st.sampled_from([None, *shipped_policies()]),
    nation=st.sampled_from(["england", *UNWRITTEN]),
    school=st.sampled_from([None, "oak-primary", "oak-high"]),
    reporter=st.sampled_from([*PEOPLE, "account:slack:U9"]),
    danger=st.booleans(),
    image=st.booleans(),
)
standings = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(list(Standing)))


@pytest.mark.parametrize("standing", [ABOUT, OPEN])
@pytest.mark.parametrize("kind", list(Kind))
def test_whoever_it_is_or_may_be_about_is_never_told_and_somebody_else_always_is(
    kind: Kind, standing: Standing
) -> None:
    for person in PEOPLE:
        for policy in shipped_policies():
            for school in ("oak-primary", "oak-high"):
                told = who_is_told(
                    Tale(kind, {person: standing}, About.WORKS_HERE, policy=policy, school=school)
                )
                assert told, (person, policy, school)
                assert person not in told


@pytest.mark.parametrize("kind", list(Kind))
def test_where_everybody_is_named_nobody_is_told_and_the_lado_is_shown(kind: Kind) -> None:
    tale = Tale(kind, dict.fromkeys(PEOPLE, ABOUT), About.WORKS_HERE)
    assert who_is_told(tale) == {}
    (lado,) = [ring for ring in planned(tale).ring if ring.whom == "the LADO"]
    assert lado.number == "Oakshire LADO, 01632 960000"


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.FILTERING])
def test_no_other_report_has_a_technical_hop(kind: Kind) -> None:
    assert not any(hop.technical for hop in planned(Tale(kind)).hops)


def test_it_mending_a_filter_is_not_somebody_who_was_told() -> None:
    everybody_else = dict.fromkeys(set(PEOPLE) - {"ivan"}, ABOUT)
    tale = Tale(Kind.FILTERING, everybody_else, About.WORKS_HERE)
    assert [one.technical for one in who_is_told(tale).values()] == [True]
    assert "the LADO" in who_is_rung(planned(tale))


@given(tale=tales, standings=standings)
@settings(deadline=None, max_examples=400)
def test_no_subject_is_told_and_where_nobody_can_be_somebody_outside_is_shown(
    tale: Tale, standings: Mapping[str, Standing]
) -> None:
    tale = replace(tale, standings=standings)
    route = planned(tale)
    told = who_is_told(tale)
    assert not set(told) & {one for one, standing in standings.items() if standing is not MENTIONED}
    if not any(not one.technical for one in told.values()):
        assert any("Nobody here" in said for said in route.statements)
        assert ("the LADO" in who_is_rung(route)) is (tale.nation == "england")
    assert len(who_is_rung(route)) == len(set(who_is_rung(route)))


@given(tale=tales, standings=standings)
@settings(deadline=None)
def test_a_route_comes_back_from_a_case_as_it_was(tale: Tale, standings: Mapping[str, Standing]) -> None:
    route = planned(replace(tale, standings=standings))
    plain = json.loads(json.dumps(to_json(route)))
    assert from_json(plain) == route
    assert to_json(from_json(plain)) == plain


@given(tale=tales, person=st.sampled_from(PEOPLE))
@settings(deadline=None, max_examples=200)
def test_whoever_is_only_mentioned_is_never_recused(tale: Tale, person: str) -> None:
    mentioned = planned(replace(tale, standings={person: MENTIONED}))
    assert mentioned == planned(tale)


@given(tale=tales)
@settings(deadline=None, max_examples=200)
def test_a_report_about_nobody_in_the_file_recuses_nobody(tale: Tale) -> None:
    expected = {tale.reporter} if tale.kind is Kind.SELF_REPORT else set()
    assert planned(tale).barred == expected


@pytest.mark.parametrize("policy", shipped_policies())
@pytest.mark.parametrize("kind", CHILD_KINDS)
def test_a_report_that_merely_mentions_the_dsl_reaches_the_dsl(kind: Kind, policy: str) -> None:
    told = who_is_told(Tale(kind, {"sam": MENTIONED, "priya": MENTIONED}, policy=policy))
    assert set(told) == set(who_is_told(Tale(kind, policy=policy)))
    if kind is not Kind.PUPIL_ACTIVITY:
        assert "sam" in told


@given(tale=tales, standings=standings)
@settings(deadline=None, max_examples=200)
def test_a_policy_never_takes_anything_from_the_floor(tale: Tale, standings: Mapping[str, Standing]) -> None:
    tale = replace(tale, standings=standings)
    bare, full = planned(replace(tale, policy=None)), planned(tale)
    assert bare.must <= full.must
    assert set(who_is_rung(bare)) <= set(who_is_rung(full))
    assert bare.at_least <= full.at_least
