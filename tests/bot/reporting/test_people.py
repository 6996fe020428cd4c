"""Who works where, who holds what, and which ladder a report climbs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.reporting.people import SUBORDINATES, Absence, Family, Step
from knowledge.rules import Role, Urgency
from tests.bot.reporting.oakfield import directory

OAKFIELD = directory()
TODAY = date(2026, 9, 14)


def test_a_schools_own_people_come_before_the_trusts() -> None:
    assert OAKFIELD.holders(Role.DEPUTY_DSL, "oak-primary") == ("omar", "ruth")
    assert OAKFIELD.holders(Role.TRUST_SAFEGUARDING, "oak-primary") == ("tessa",)
    both = replace(
        OAKFIELD, holdings=(*reversed(OAKFIELD.holdings), replace(OAKFIELD.holdings[0], school=None))
    )
    assert both.holders(Role.DSL, "oak-high") == ("lena", "sam")
    assert both.holders(Role.DSL, "oak-primary") == ("sam",)


def test_without_a_school_only_the_trusts_own_holders_count() -> None:
    assert OAKFIELD.holders(Role.DSL, None) == ()
    assert OAKFIELD.holders(Role.EXECUTIVE, None) == ("ceo",)


def test_somebodys_roles_are_those_that_count_at_a_school() -> None:
    assert OAKFIELD.roles_of("omar") == {Role.DEPUTY_DSL, Role.DEPUTY_HEAD, Role.SLT}
    assert OAKFIELD.roles_of("omar", "oak-high") == frozenset()
    assert OAKFIELD.roles_of("tessa", "oak-high") == {Role.TRUST_SAFEGUARDING}
    assert OAKFIELD.roles_of("nobody") == frozenset()


def test_an_account_belongs_to_one_platform() -> None:
    found = OAKFIELD.by_account("slack", "U0PRIYA")
    assert found is not None
    assert found.id == "priya"
    assert OAKFIELD.by_account("teams", "U0PRIYA") is None


def test_a_persons_own_school_decides_policy_and_contacts() -> None:
    assert OAKFIELD.policy_for("lena") == "rack-house"
    assert (
        OAKFIELD.policy_for("priya") == OAKFIELD.policy_for("ceo") == OAKFIELD.policy_for(None) == "dartmoor"
    )
    assert OAKFIELD.contacts_for("oak-high").dsl_phone == "01632 960013"
    assert OAKFIELD.contacts_for("oak-high").lado == OAKFIELD.contacts.lado
    assert OAKFIELD.contacts_for(None) == OAKFIELD.contacts_for("nowhere") == OAKFIELD.contacts
    assert OAKFIELD.school_of("ceo") is None


def test_absences_include_their_last_day_and_leavers_are_gone_from_theirs() -> None:
    away = Absence(TODAY, TODAY + timedelta(days=1))
    tom = replace(OAKFIELD.people["tom"], away=(away,), left=TODAY + timedelta(days=9))
    here = [tom.here(TODAY + timedelta(days=days)) for days in (-1, 0, 1, 2, 8, 9, 10)]
    assert here == [True, False, False, True, True, False, False]
    assert not tom.gone(TODAY + timedelta(days=8))
    assert tom.gone(TODAY + timedelta(days=9))


@pytest.mark.parametrize(
    ("family", "urgency", "waits"),
    [
        (Family.CHILD, Urgency.TODAY, timedelta(hours=2)),
        (Family.CHILD, Urgency.ROUTINE, timedelta(hours=2)),
        (Family.ADULT, Urgency.ROUTINE, timedelta(minutes=15)),
        (Family.OTHER, Urgency.ROUTINE, timedelta(days=2)),
        (Family.OTHER, Urgency.IMMEDIATE, timedelta(hours=2)),
    ],
)
def test_a_missing_urgency_takes_the_next_more_urgent_ladder(
    family: Family, urgency: Urgency, waits: timedelta
) -> None:
    assert OAKFIELD.ladder(family, urgency)[0].within == waits


def test_a_missing_family_takes_other() -> None:
    only_other = replace(OAKFIELD, ladders={Family.OTHER: OAKFIELD.ladders[Family.OTHER]})
    assert only_other.ladder(Family.CHILD, Urgency.TODAY) == OAKFIELD.ladder(Family.OTHER, Urgency.TODAY)


@pytest.mark.parametrize("urgency", list(Urgency))
def test_a_concern_about_the_head_never_climbs_through_their_own_staff(urgency: Urgency) -> None:
    only_other = replace(OAKFIELD, ladders={Family.OTHER: OAKFIELD.ladders[Family.OTHER]})
    steps = only_other.ladder(Family.HEAD, urgency)
    assert steps
    assert not {role for step in steps for role in (*step.tell, *step.alert)} & SUBORDINATES


def test_the_route_is_told_where_a_stand_in_ladder_names_the_heads_staff_alone() -> None:
    step = Step(("principal",), (Role.SLT,), timedelta(hours=1))
    directory_of_one = replace(OAKFIELD, ladders={Family.OTHER: {Urgency.TODAY: (step,)}})
    assert directory_of_one.ladder(Family.HEAD, Urgency.TODAY) == (Step(("route",), (), timedelta(hours=1)),)
