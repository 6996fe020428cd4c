"""Whom a case is about, said later: recused at once, everywhere; or only mentioned, and told at last.

Linked cases share the union of their recusals (promise S5).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.reporting.calling import call_out, refresh_cards
from bot.reporting.casefile import (
    SYSTEM,
    Actor,
    CaseFile,
    Details,
    chase_of,
    claimed,
    deed,
    locked,
    note,
    seal_details,
)
from bot.reporting.escalation import Call, again, settled
from bot.reporting.office import Office, Work
from bot.reporting.report import Standing
from bot.reporting.rights import LIVE, Action, State
from knowledge.rules import Role
from storage import cases, outbox
from storage.audit import Deed


def say_standing(
    office: Office, reference: str, actor: Actor, said: tuple[str, Standing], *, now: datetime
) -> None:
    """Say that a person is whom a case is about, or was only mentioned in it.

    Raises `NoSuchCaseError`. Nobody can lift their own recusal: who is barred cannot see the case at all.
    """
    person, standing = said
    with office.work(now) as work:
        case = claimed(work, reference, actor, Action.STANDING)
        details = case.details.standing(person, standing)
        _keep(work, case, details)
        note(work, case, f"standing {standing.value}", actor, person)
        deeds = _act(work, case.id, person, standing)
        for other in share_recusals(work, case.id):
            deeds.extend(_act(work, other, person, Standing.ABOUT))
        work.done(deed(actor, f"standing {standing.value}", case.reference), *deeds)
    office.wake()


def _keep(work: Work, case: CaseFile, details: Details) -> None:
    sealed = seal_details(details, case.key, case.id)
    cases.change_case(work.session, case.id, sealed=sealed, changed_at=work.now)


def _act(work: Work, case_id: str, person: str, standing: Standing) -> list[Deed]:
    case = locked(work, case_id)
    if case is None:
        return []
    if standing is Standing.MENTIONED:
        return _tell_at_last(work, case, person)
    return withdraw(work, case, person)


def withdraw(work: Work, case: CaseFile, person: str) -> list[Deed]:
    """Take a case away from somebody: nothing more is sent, what was sent becomes a stub, others are told."""
    roles = {Role(one.role) for one in case.told if one.person == person and not one.withdrawn}
    if not roles:
        return []
    outbox.cancel(work.session, case.id, outbox.for_person(person))
    cases.change_tellings(work.session, case.id, person, withdrawn=True, handler=False)
    refresh_cards(work, case, only=person)
    return _call_others(work, case.id, roles)


def _call_others(work: Work, case_id: str, roles: Iterable[Role]) -> list[Deed]:
    """Tell the next in each role that lost its person, if the case still wants an answer."""
    deeds: list[Deed] = []
    for role in sorted(roles):
        case = locked(work, case_id)
        if case is None or case.state not in LIVE:
            break
        chase = chase_of(work, case)
        if not settled(chase, work.directory):
            cases.change_case(work.session, case.id, state=State.NOTIFIED.value)
            deeds += call_out(work, case, again(chase, work.directory, work.today, role))
    return deeds


def _tell_at_last(work: Work, case: CaseFile, person: str) -> list[Deed]:
    """Somebody held back turns out to be only mentioned: told now, if this is theirs to know."""
    if case.state is not State.NOTIFIED or person in case.barred:
        return []
    chase = chase_of(work, case)
    named = (*chase.roles, *sorted(chase.must), *(Role(one) for one in _so_far(case)))
    held = work.directory.roles_of(person, case.row.school)
    role = next((one for one in dict.fromkeys(named) if one in held - chase.withheld), None)
    told = any(one.person == person and not one.withdrawn for one in case.told)
    if role is None or told:
        return []
    now = again(chase, work.directory, work.today, role)
    return call_out(work, case, replace(now, calls=(Call(person, role),), level=chase.level, lap=chase.lap))


def _so_far(case: CaseFile) -> list[str]:
    """Roles of every step up to now."""
    steps = case.details.steps[: case.row.level + 1]
    return [word for step in steps for word in step.tell if word != "route"]


def share_recusals(work: Work, case_id: str) -> list[str]:
    """Give all cases linked with one the union of their recusals; returns those that gained one."""
    group = _group(work, case_id)
    union = frozenset[str]().union(*(case.details.recused for case in group))
    gained = []
    for case in group:
        new = union - case.details.recused
        if not new:
            continue
        _keep(work, case, replace(case.details, recused=case.details.recused | union))
        gained.append(case.id)
        for person in sorted(new):
            fresh = locked(work, case.id)
            if fresh is not None and case.id != case_id:
                note(work, fresh, "recused", SYSTEM, person)
                withdraw(work, fresh, person)
    return gained


def _group(work: Work, case_id: str) -> list[CaseFile]:
    """A case with all that are linked to it, however far."""
    seen: dict[str, CaseFile] = {}
    waiting = [case_id]
    while waiting:
        one = waiting.pop()
        case = locked(work, one) if one not in seen else None
        if case is not None:
            seen[one] = case
            waiting.extend(other for other, _ in cases.linked(work.session, one))
    return [seen[one] for one in sorted(seen)]
