"""What a schools file without faults may still lack: who can't be reached, what nobody does or covers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.reporting.hours import Uncovered, uncovered_hours
from bot.reporting.people import ROUTE, Directory, Family, Holding, Person
from knowledge.rules import Role, Urgency

AHEAD = 28
"""Days for which uncovered hours are looked for."""
_ENGLAND = "england"
_DEPUTIES = {
    Role.DSL: Role.DEPUTY_DSL,
    Role.PRINCIPAL: Role.DEPUTY_HEAD,
    Role.GOVERNORS: Role.VICE_CHAIR,
    Role.ABOUT_HEAD: Role.VICE_CHAIR,
}


@dataclass(frozen=True, slots=True)
class Held:
    """A role at a school (None: the whole trust), with those of its holders who are here, away and gone."""

    role: Role
    school: str | None
    here: tuple[str, ...]
    away: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def everybody(self) -> tuple[str, ...]:
        """All its holders, whoever can be told now first."""
        return (*self.here, *self.away, *self.gone)


@dataclass(frozen=True, slots=True)
class Lacking:
    """A role that a ladder tells and nobody holds at a school: skipped, and an administrator alarmed."""

    role: Role
    school: str
    families: tuple[Family, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """A directory as it stands on one day. People are named by id."""

    unreachable: tuple[str, ...]
    held: tuple[Held, ...]
    lacking: tuple[Lacking, ...]
    uncovered: tuple[Uncovered, ...]
    hints: tuple[str, ...]

    @property
    def vacant(self) -> tuple[Held, ...]:
        """Roles that nobody can be told in now: no holder is here."""
        return tuple(one for one in self.held if not one.here)

    @property
    def short(self) -> tuple[Held, ...]:
        """Roles that somebody holds who is away or has left."""
        return tuple(one for one in self.held if one.here and (one.away or one.gone))

    @property
    def single(self) -> tuple[Held, ...]:
        """Roles that one person alone holds, with nobody in the role that stands in for it."""
        return tuple(one for one in self.held if len(one.everybody) == 1 and not self._stands_in(one))

    def _stands_in(self, alone: Held) -> bool:
        """Whether somebody else holds the role that deputises for this one, or this one is such a role."""
        deputies = {
            person
            for one in self.held
            if one.role is _DEPUTIES.get(alone.role) and one.school in (alone.school, None)
            for person in one.everybody
        }
        return alone.role in _DEPUTIES.values() or bool(deputies - set(alone.everybody))


def survey(directory: Directory, today: date) -> Survey:
    """Look a directory over as it stands on a day, and its cover for the `AHEAD` days from then."""
    staying = (person for person in directory.people.values() if not person.gone(today))
    return Survey(
        unreachable=tuple(person.id for person in staying if not _reachable(person)),
        held=tuple(_held(holding, directory, today) for holding in directory.holdings),
        lacking=tuple(_lacking(directory)),
        uncovered=uncovered_hours(directory, today, AHEAD),
        hints=tuple(_hints(directory)),
    )


def _reachable(person: Person) -> bool:
    return bool(person.accounts or person.email)


def _held(holding: Holding, directory: Directory, today: date) -> Held:
    people = [directory.people[one] for one in holding.people]
    gone = tuple(person.id for person in people if person.gone(today))
    here = tuple(person.id for person in people if person.here(today))
    away = tuple(person.id for person in people if person.id not in {*gone, *here})
    return Held(holding.role, holding.school, here, away, gone)


def _lacking(directory: Directory) -> Iterator[Lacking]:
    telling: dict[Role, list[Family]] = {}
    for family, role in _told(directory):
        telling.setdefault(role, []).append(family)
    for role, families in telling.items():
        for school in directory.schools:
            if not directory.holders(role, school):
                yield Lacking(role, school, tuple(dict.fromkeys(families)))


def _told(directory: Directory) -> Iterator[tuple[Family, Role]]:
    for family, ladders in directory.ladders.items():
        for step in (step for steps in ladders.values() for step in steps):
            yield from ((family, Role(role)) for role in step.tell if role != ROUTE)
            yield from ((family, role) for role in step.alert)


def _hints(directory: Directory) -> Iterator[str]:
    """What is allowed and seldom meant."""
    if not directory.holders(Role.ADMINISTRATOR, None):
        yield "nobody is administrator for the whole trust, so alarms about Signpost itself reach nobody"
    if directory.calendar is None:
        yield "there is no calendar, so every hour counts as outside school hours and cover is not known"
    if directory.trust.nation != _ENGLAND and directory.contacts.lado is not None:
        yield "a LADO is named, whom only England has: nobody will be shown that number"
    if directory.contacts.social_care is None:
        yield "there is no number for children's social care"
    elif directory.contacts.social_care_out_of_hours is None:
        yield "there is no number for children's social care out of hours"
    for family, ladders in directory.ladders.items():
        yield from _ladder_hints(directory, family)
        for urgency, steps in ladders.items():
            if ROUTE not in steps[0].tell:
                yield f"the {family} ladder ({urgency}) does not begin with `route`"


def _ladder_hints(directory: Directory, family: Family) -> Iterator[str]:
    ladders = directory.ladders[family]
    if Urgency.IMMEDIATE not in ladders and family is not Family.OTHER:
        nearest = next(urgency for urgency in Urgency if urgency in ladders)
        yield f"there is no {family} ladder for immediate: that for {nearest} stands in for it"
    if family is Family.ADULT:
        tellings = (role for steps in ladders.values() for step in steps for role in step.tell)
        if Role.DSL in set(tellings):
            yield "the adult ladder tells the DSL, whom a concern about a colleague doesn't go to by default"
