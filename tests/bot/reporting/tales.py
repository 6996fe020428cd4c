"""Reports as the routing tests tell them, and who at Oakfield hears of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from bot.reporting.floor import shipped_floor
from bot.reporting.kinds import NATURES
from bot.reporting.people import Directory, Family
from bot.reporting.policy_routes import PolicyRoutes, policy_routes
from bot.reporting.report import About, Report, Standing
from bot.reporting.routing import Hop, Recipient, Route, first_recipients, plan
from knowledge.loader import load_topics, shipped_pack
from knowledge.rules import Kind, Role
from tests.bot.reporting.oakfield import directory

TODAY = date(2026, 11, 23)
ABOUT, OPEN, MENTIONED = Standing.ABOUT, Standing.OPEN, Standing.MENTIONED
CHILD_KINDS = [kind for kind in Kind if NATURES[kind].family is Family.CHILD]
PEOPLE = sorted(directory().people)
UNWRITTEN = ("wales", "scotland", "ni")


@dataclass(frozen=True, slots=True)
class Tale:
    """A report as a test tells it, at Oak Primary under Dartmoor's policy unless it says otherwise."""

    kind: Kind
    standings: Mapping[str, Standing] = field(default_factory=dict)
    about: About = About.PUPIL
    policy: str | None = "dartmoor"
    nation: str = "england"
    school: str | None = "oak-primary"
    reporter: str = "priya"
    danger: bool = False
    image: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        """The report, with everything that a test has no view on left as a form would leave it."""
        return Report(
            kind=self.kind,
            urgency=NATURES[self.kind].urgency,
            reporter=self.reporter,
            school=self.school,
            about=self.about,
            subject="",
            standings=self.standings,
            danger=self.danger,
            image=self.image,
            answers=self.answers,
        )


@cache
def _policy(policy: str) -> PolicyRoutes:
    return policy_routes(shipped_pack(policy), load_topics())


def planned(tale: Tale, people: Directory | None = None) -> Route:
    routes = None if tale.policy is None else _policy(tale.policy)
    return plan(tale.report, people or directory(), routes, shipped_floor(tale.nation))


def who_is_told(tale: Tale, people: Directory | None = None) -> dict[str, Recipient]:
    people = people or directory()
    return {one.person: one for one in first_recipients(planned(tale, people), people, TODAY)}


def hops_of(route: Route) -> dict[Role, Hop]:
    return {hop.role: hop for hop in route.hops}


def who_is_rung(route: Route) -> list[str]:
    return [ring.whom for ring in route.ring]


def concern(person: str, standing: Standing = ABOUT, **more: Any) -> Tale:
    return Tale(Kind.ADULT_CONCERN, {person: standing}, About.WORKS_HERE, **more)


def without(*roles: Role) -> Directory:
    kept = tuple(one for one in directory().holdings if one.role not in roles)
    return replace(directory(), holdings=kept)


def with_person(person: str, **changes: Any) -> Directory:
    changed = replace(directory().people[person], **changes)
    return replace(directory(), people={**directory().people, person: changed})
