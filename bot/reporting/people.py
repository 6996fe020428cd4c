"""The people of a trust: who works where, who holds which role, how to reach them and in which order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from knowledge.rules import Role, Urgency

ROUTE = "route"
"""What a step tells where the policy (over the statutory floor) decides: whoever the route names."""

SUBORDINATES = frozenset({Role.DSL, Role.DEPUTY_DSL, Role.DEPUTY_HEAD, Role.SLT, Role.PRINCIPAL})
"""Roles that a concern about the head never goes to: held by the head or by somebody who works under them
(KCSIE, part four: such a concern goes past the head's own staff)."""


class Family(StrEnum):
    """Which ladder a report climbs: by whom the concern is about."""

    CHILD = "child"
    ADULT = "adult"
    HEAD = "head"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    def covers(self, day: date) -> bool:
        """Whether a day lies within."""
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class Absence(Span):
    """Days on which somebody is away."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff or a governor, as the schools file names them.

    `accounts` maps a platform to this person's id there; `left` is the first day on which they no longer
    work here; `manager` is a person's id; `prefers` limits notices to one platform. `school` is None for
    whoever works for the whole trust.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    email: str | None
    school: str | None
    accounts: Mapping[str, str]
    away: tuple[Absence, ...]
    left: date | None
    manager: str | None
    prefers: str | None

    def gone(self, day: date) -> bool:
        """Whether they have left by that day."""
        return self.left is not None and day >= self.left

    def here(self, day: date) -> bool:
        """Whether they can be told something that day: neither gone nor away."""
        return not self.gone(day) and not any(absence.covers(day) for absence in self.away)


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds a role at a school (None: for the whole trust), in the order in which they are told.

    `group` is an Entra group that `signpost schools sync` compares it with; it grants nothing by itself.
    """

    role: Role
    school: str | None
    people: tuple[str, ...]
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Contacts:
    """Telephone numbers and names that are shown to people; None where the schools file gives none."""

    dsl_phone: str | None = None
    lado: str | None = None
    social_care: str | None = None
    social_care_out_of_hours: str | None = None
    police: str = "101"
    emergency: str = "999"


@dataclass(frozen=True, slots=True)
class School:
    """A school, with the policy and contacts that hold there (the trust's where it has none of its own)."""

    id: str
    name: str
    policy: str
    contacts: Contacts


@dataclass(frozen=True, slots=True)
class Trust:
    """The trust, or the one school that runs Signpost. `timezone` is an IANA name."""

    id: str
    name: str
    nation: str
    policy: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder: whom to tell (`ROUTE` or a role's value), whom to alert, how long to wait."""

    tell: tuple[str, ...]
    alert: tuple[Role, ...]
    within: timedelta


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a school is open, in the trust's own time.

    `days` counts Monday as 0; `holidays` says whose bank holidays are kept (england-and-wales, scotland,
    northern-ireland), None for nobody's.
    """

    opens: time
    closes: time
    days: frozenset[int]
    terms: tuple[Span, ...]
    holidays: str | None


Ladders = Mapping[Family, Mapping[Urgency, tuple[Step, ...]]]


@dataclass(frozen=True, slots=True)
class Directory:
    """A whole schools file, checked. `digest` is the SHA-256 of its text, in hexadecimal digits."""

    digest: str
    trust: Trust
    schools: Mapping[str, School]
    people: Mapping[str, Person]
    holdings: tuple[Holding, ...]
    contacts: Contacts
    ladders: Ladders
    calendar: Calendar | None
    _held: Mapping[tuple[Role, str | None], tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _holdings: Mapping[str, tuple[Holding, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        held: dict[tuple[Role, str | None], tuple[str, ...]] = {}
        holdings: dict[str, tuple[Holding, ...]] = {}
        for holding in self.holdings:
            place = (holding.role, holding.school)
            held[place] = (*held.get(place, ()), *holding.people)
            for person in holding.people:
                holdings[person] = (*holdings.get(person, ()), holding)
        object.__setattr__(self, "_held", held)
        object.__setattr__(self, "_holdings", holdings)

    def person(self, person_id: str) -> Person | None:
        """The person of that id, also one who has left."""
        return self.people.get(person_id)

    def holders(self, role: Role, school: str | None) -> tuple[str, ...]:
        """Ids of whoever holds a role for a school, in order: the school's own people, then the trust's.

        Without a school: the trust's. Whoever is away or has left is named too: ask the person for a day.
        """
        own = (school,) if school is None else (school, None)
        named = (person for place in own for person in self._held.get((role, place), ()))
        return tuple(dict.fromkeys(named))

    def all_holders(self, role: Role) -> tuple[str, ...]:
        """Ids of whoever holds a role anywhere in the trust, in file order."""
        named = (person for holding in self.holdings if holding.role is role for person in holding.people)
        return tuple(dict.fromkeys(named))

    def roles_of(self, person_id: str, school: str | None = None) -> frozenset[Role]:
        """The roles somebody holds: anywhere, or only those that count at one school."""
        return frozenset(
            holding.role
            for holding in self._holdings.get(person_id, ())
            if school is None or holding.school in (school, None)
        )

    def by_account(self, platform: str, account: str) -> Person | None:
        """Whose account that is on a platform."""
        owners = (person for person in self.people.values() if person.accounts.get(platform) == account)
        return next(owners, None)

    def by_address(self, addresses: Iterable[str]) -> Person | None:
        """The one person with one of these e-mail addresses; nobody where two share one."""
        wanted = {address.casefold() for address in addresses} - {""}
        found = [one for one in self.people.values() if (one.email or "").casefold() in wanted]
        return found[0] if len(found) == 1 else None

    def ladder(self, family: Family, urgency: Urgency) -> tuple[Step, ...]:
        """The steps for a family and urgency; there is always one.

        A missing urgency takes the next more urgent ladder of the same family, else its most urgent one; a
        missing family takes `other`, from which a concern about the head leaves out whoever works under them.
        """
        own = self.ladders.get(family)
        if own:
            return _as_urgent(own, urgency)
        steps = _as_urgent(self.ladders[Family.OTHER], urgency)
        return _past_the_head(steps) if family is Family.HEAD else steps

    def contacts_for(self, school: str | None) -> Contacts:
        """The contacts that hold at a school, else the trust's."""
        found = self.schools.get(school) if school is not None else None
        return found.contacts if found else self.contacts

    def policy_for(self, person_id: str | None) -> str:
        """The policy that holds for somebody: their own school's, else the trust's."""
        school = self.school_of(person_id)
        return self.schools[school].policy if school is not None else self.trust.policy

    def school_of(self, person_id: str | None) -> str | None:
        """The school somebody works at; None for whoever is unknown or works for the whole trust."""
        person = self.people.get(person_id) if person_id is not None else None
        return person.school if person else None


def _as_urgent(ladders: Mapping[Urgency, tuple[Step, ...]], urgency: Urgency) -> tuple[Step, ...]:
    """The ladder of that urgency, else the next more urgent one, else the most urgent there is."""
    by_urgency = tuple(Urgency)
    wanted = by_urgency.index(urgency)
    nearest = (*reversed(by_urgency[: wanted + 1]), *by_urgency[wanted + 1 :])
    return next(ladders[one] for one in nearest if one in ladders)


def _past_the_head(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps without the head's own staff; what is left empty goes, and the route is always told."""
    kept = (
        Step(
            tuple(role for role in step.tell if role not in SUBORDINATES),
            tuple(role for role in step.alert if role not in SUBORDINATES),
            step.within,
        )
        for step in steps
    )
    told = tuple(step for step in kept if step.tell)
    return told or (Step((ROUTE,), (), steps[0].within),)
