"""Whom somebody may choose: who can take a case over, who can own an action, whom a report is about."""

from datetime import date, datetime

from bot.errors import RefusedActionError
from bot.reporting.casefile import Actor, CaseFile, claimed, deed
from bot.reporting.forms import Option
from bot.reporting.handling import role_to_take
from bot.reporting.office import Office, Work
from bot.reporting.people import Directory, Person, School
from bot.reporting.rights import Action


def takers(office: Office, reference: str, actor: Actor, *, now: datetime) -> tuple[str, ...]:
    """Ids of whoever a case can be handed to now, but for the giver. Raises `NoSuchCaseError`."""
    with office.work(now) as work:
        case = claimed(work, reference, actor, Action.HAND_OVER)
        found = tuple(
            one for one in work.directory.people if one != actor.person and _can_take(work, case, one)
        )
        work.done(deed(actor, "list takers", case.reference))
    return found


def owners(office: Office, reference: str, actor: Actor, *, now: datetime) -> tuple[str, ...]:
    """Ids of whoever handles a case, and so can own an action on it. Raises `NoSuchCaseError`."""
    with office.work(now) as work:
        case = claimed(work, reference, actor, Action.ACT)
        work.done(deed(actor, "list owners", case.reference))
    return case.handlers()


def _can_take(work: Work, case: CaseFile, person: str) -> bool:
    try:
        role_to_take(work, case, person)
    except RefusedActionError:
        return False
    return True


def staff(directory: Directory, today: date) -> tuple[Option, ...]:
    """Everybody who works here, by name, with their school; for picking whom a report is about."""
    there = (one for one in directory.people.values() if not one.gone(today))
    named = (Option(one.id, _with_school(one, directory.schools.get(one.school or ""))) for one in there)
    return tuple(sorted(named, key=lambda option: option.label.casefold()))


def _with_school(person: Person, school: School | None) -> str:
    return f"{person.name}, {school.name}" if school else person.name
