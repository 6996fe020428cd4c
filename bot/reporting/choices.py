"""Whom somebody may choose on a case of theirs: who can take it over, who can own an action."""

from datetime import datetime

from bot.errors import RefusedActionError
from bot.reporting.casefile import Actor, CaseFile, claimed, deed
from bot.reporting.handling import role_to_take
from bot.reporting.office import Office, Work
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
