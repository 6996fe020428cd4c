"""A person acknowledges a case: their role's chase stops; all of it, once every role that must know has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.messages import Stage
from bot.reporting.calling import (
    CARD,
    HANDED,
    UNTOUCHED,
    guard_of,
    refresh_cards,
    stop_chase,
    tell_progress,
)
from bot.reporting.casefile import Actor, CaseFile, chase_of, claimed, deed, locked, note, party_of
from bot.reporting.escalation import Chase, settled, stopped
from bot.reporting.office import Office, Work
from bot.reporting.rights import Action, Party, State
from knowledge.rules import Role
from storage import cases, outbox, timers
from storage.failpoints import failpoint

_WORK = frozenset({"note", "asked", "action", "handed_over"})
_CALLS_ANEW = frozenset({"reported", "reopened", "untouched", "restored"})
"""Lines of the chronology."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What an acknowledgement did: in which roles, whether it was new, whether the chase is over."""

    reference: str
    roles: tuple[Role, ...]
    fresh: bool
    settled: bool


def acknowledge(office: Office, reference: str, actor: Actor, *, now: datetime) -> Acknowledged:
    """Acknowledge a case. Again by the same person changes nothing. Raises `NoSuchCaseError`."""
    with office.work(now) as work:
        case = claimed(work, reference, actor, Action.ACKNOWLEDGE)
        failpoint("acknowledge")
        mine = [one for one in case.told if _waits(one, actor.person)]
        roles = tuple(dict.fromkeys(Role(one.role) for one in case.told if one.person == actor.person))
        if not mine:
            return Acknowledged(case.reference, roles, fresh=False, settled=_settled(work, case))
        first = not chase_of(work, case).answered
        handler = party_of(work, case, actor.person) is not Party.TECHNICIAN
        cases.acknowledge(work.session, case.id, actor.person, now, handler=handler)
        outbox.cancel(work.session, case.id, outbox.for_person(actor.person), outbox.event_in({CARD, HANDED}))
        note(work, case, "acknowledged", actor)
        done = _after(work, case.id, first=first and handler)
        work.done(deed(actor, "acknowledged", case.reference))
    office.wake()
    return Acknowledged(case.reference, roles, fresh=True, settled=done)


def _waits(telling: Any, person: str) -> bool:
    counts = telling.person == person and not telling.alert and not telling.withdrawn
    return counts and telling.acknowledged_at is None


def _after(work: Work, case_id: str, *, first: bool) -> bool:
    """Stop what is answered: all of the chase, or the calls of roles that have answered."""
    case = locked(work, case_id)
    if case is None:
        return False
    chase = chase_of(work, case)
    done = settled(chase, work.directory, work.today)
    if done:
        _end_chase(work, case)
    else:
        _stop_answered_roles(work, case, chase)
    if first:
        tell_progress(work, case, Stage.IN_HAND)
    refresh_cards(work, case)
    return done


def _end_chase(work: Work, case: CaseFile) -> None:
    """Nobody is called any more, and no alarm stands; untouched, it may lie as long as a lap of its ladder.

    Somebody who acknowledges after that changes nothing of it.
    """
    if case.state is not State.NOTIFIED:
        return
    stop_chase(work, case)
    state = State.IN_PROGRESS if _worked_on(work, case) else State.ACKNOWLEDGED
    cases.change_case(work.session, case.id, state=state.value, alarmed=False, changed_at=work.now)
    if state is State.ACKNOWLEDGED:
        due = work.now + whole_lap(case)
        timers.set_timer(work.session, case.id, UNTOUCHED, due, guard_of(case.row.lap, case.row.level))


def _worked_on(work: Work, case: CaseFile) -> bool:
    """Whether whoever answered first has done something already, since the case last called for an answer."""
    for line in reversed(cases.chronology(work.session, case.id)):
        if line.event in _WORK or line.event in _CALLS_ANEW:
            return line.event in _WORK
    return False


def _stop_answered_roles(work: Work, case: CaseFile, chase: Chase) -> None:
    """Cancel the calls of whoever was told in answered roles only."""
    open_roles: dict[str, bool] = {}
    for one in case.told:
        if one.acknowledged_at is None and not one.alert:
            still = not stopped(Role(one.role), chase, work.directory)
            open_roles[one.person] = open_roles.get(one.person, False) or still
    for person in (person for person, still in open_roles.items() if not still):
        outbox.cancel(work.session, case.id, outbox.for_person(person), outbox.event_in({CARD}))


def whole_lap(case: CaseFile) -> timedelta:
    """As long as all steps of a case's ladder together: so long may an acknowledged case lie untouched."""
    return sum((step.within for step in case.details.steps), timedelta())


def _settled(work: Work, case: CaseFile) -> bool:
    return settled(chase_of(work, case), work.directory, work.today)
