"""Chases as the tests of escalation tell them, on Oakfield's ladder for a child in danger."""

from dataclasses import replace
from datetime import timedelta

from bot.reporting.escalation import Chase, Climb, Telling, climb, first
from bot.reporting.people import Directory, Family, Holding
from knowledge.rules import Role, Urgency
from tests.bot.reporting.oakfield import directory
from tests.bot.reporting.tales import TODAY

MINUTES = timedelta(minutes=1)
CHILD = directory().ladder(Family.CHILD, Urgency.IMMEDIATE)
LAST = len(CHILD) - 1


def chase(*roles: Role, must: frozenset[Role] | None = None, school: str = "oak-primary") -> Chase:
    """A case on Oakfield's ladder for a child at once, which these roles must hear of unless it says else."""
    roles = roles or (Role.DSL,)
    return Chase(roles=roles, must=frozenset(roles) if must is None else must, steps=CHILD, school=school)


def told(before: Chase, step: Climb, *, by: frozenset[str] = frozenset()) -> Chase:
    """The chase once a climb's people are told, and those in `by` have acknowledged."""
    new = tuple(
        Telling(call.person, call.role, step.level, step.lap, alert=call.alert) for call in step.calls
    )
    return acknowledged(
        replace(before, level=step.level, lap=step.lap, tellings=(*before.tellings, *new)), *by
    )


def acknowledged(before: Chase, *people: str) -> Chase:
    """The chase once people who were told have acknowledged."""
    tellings = tuple(
        replace(one, acknowledged=one.acknowledged or (one.person in people and not one.alert))
        for one in before.tellings
    )
    return replace(before, tellings=tellings)


def called(step: Climb) -> dict[str, Role]:
    return {call.person: call.role for call in step.calls if not call.alert}


def laps(start: Chase, steps: int, people: Directory | None = None) -> list[Climb]:
    """The first climbs of a chase that nobody answers."""
    people = people or directory()
    found = [first(start, people, TODAY)]
    now = told(start, found[0])
    for _ in range(steps - 1):
        found.append(climb(now, people, TODAY))
        now = told(now, found[-1])
    return found


def with_holdings(people: dict[Role, str]) -> Directory:
    """Oak Primary with one person alone in each of these roles."""
    kept = tuple(one for one in directory().holdings if one.role not in people or one.school != "oak-primary")
    new = tuple(Holding(role, "oak-primary", (person,)) for role, person in people.items())
    return replace(directory(), holdings=(*new, *kept))
