"""What a route is: who has to hear of a report, on whose word, and whom people may ring outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from bot.reporting.people import Family
from knowledge.rules import Role, Urgency


@dataclass(frozen=True, slots=True)
class Origin:
    """On whose word somebody is told: a clause (`dartmoor 8:3`), guidance with its edition, or Signpost."""

    source: str
    says: str


@dataclass(frozen=True, slots=True)
class Hop:
    """A role that hears of a report. `must`: somebody in it has to acknowledge, whoever else does.

    `technical`: whoever is told in this role is shown the form's `fault` field and nothing else, ever.
    """

    role: Role
    must: bool
    origins: tuple[Origin, ...]
    technical: bool = False


@dataclass(frozen=True, slots=True)
class Ring:
    """A body outside the school. People are shown it, with a number and the reason; it is never messaged."""

    whom: str
    number: str
    why: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Route:
    """Where a report goes: pure data, copied on the case when it is stored.

    `recused` are the ids of whom it is about, `held_back` of whom it may be about; none of them is told.
    `at_least` people are told at the first step. `withheld` are roles that no step of this case's ladder
    tells. `manager` is the reporter's, where the policy names the line manager. `conflicts` says in one
    sentence each where policy and floor name different people, `statements` what else a person should know
    of this route. `titles` are the roles' names as the school writes them.
    """

    family: Family
    urgency: Urgency
    hops: tuple[Hop, ...]
    ring: tuple[Ring, ...]
    recused: frozenset[str]
    held_back: frozenset[str]
    at_least: int
    conflicts: tuple[str, ...]
    school: str | None = None
    withheld: frozenset[Role] = frozenset()
    manager: str | None = None
    statements: tuple[str, ...] = ()
    titles: Mapping[Role, str] = field(default_factory=dict)

    @property
    def barred(self) -> frozenset[str]:
        """Ids of everybody who may not hear of this report."""
        return self.recused | self.held_back

    @property
    def must(self) -> frozenset[Role]:
        """The roles in which somebody has to acknowledge."""
        return frozenset(hop.role for hop in self.hops if hop.must)


_SHAPE = TypeAdapter(Route)
_SETS = ("recused", "held_back", "withheld")


def to_json(route: Route) -> dict[str, Any]:
    """A route as plain data for a case: lists, strings, numbers and truths, sets in alphabetical order."""
    plain: dict[str, Any] = _SHAPE.dump_python(route, mode="json")
    return {**plain, **{name: sorted(plain[name]) for name in _SETS}}


def from_json(plain: Mapping[str, Any]) -> Route:
    """The route that `to_json` wrote. Raises `ValueError` where the data is no route."""
    return _SHAPE.validate_python(dict(plain))
