"""Whom a case is about, said later: recused at once, everywhere; or only mentioned, and told at last.

Linked cases share whom they bar (promise S5): whoever one of them is about, or may be while that is open,
hears of none of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import RefusedActionError
from bot.reporting.calling import CLIMB, OWN, call_out, refresh_cards
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
    permitted,
    seal_details,
    serves,
)
from bot.reporting.escalation import Call, Chase, Climb, again, first, settled
from bot.reporting.office import Office, Work
from bot.reporting.report import Standing
from bot.reporting.rights import LIVE, Action, State
from knowledge.rules import Role
from storage import cases, outbox, timers
from storage.audit import Deed

_NOBODY = "nobody in the schools file has that id: give it as the file does"


def say_standing(
    office: Office, reference: str, actor: Actor, said: tuple[str, Standing], *, now: datetime
) -> None:
    """Say that a person is whom a case is about, or was only mentioned in it.

    Raises `NoSuchCaseError`, and `RefusedActionError` where there is no such person. Nobody can lift their
    own recusal: who is barred cannot see the case at all.
    """
    person, standing = said
    with office.work(now) as work:
        _hold_group(work, permitted(work, reference, actor, Action.STANDING).id)
        case = claimed(work, reference, actor, Action.STANDING)
        if work.directory.person(person) is None:
            raise RefusedActionError(_NOBODY)
        _keep(work, case, case.details.said(person, standing))
        note(work, case, f"standing {standing.value}", actor, person)
        lifted = person if standing is Standing.MENTIONED else None
        deeds = _settle(work, case.id, said_of=case.id, lifted=lifted)
        work.done(deed(actor, f"standing {standing.value}", case.reference), *deeds)
    office.wake()


def share_bars(work: Work, case_id: str) -> list[Deed]:
    """Give all cases linked with one whom any of them bars; whoever is barred now loses what they had of it.

    Returns what the audit is to say. Call it in the transaction that makes the link.
    """
    _hold_group(work, case_id)
    return _settle(work, case_id)


def join(work: Work, case: CaseFile, group: Sequence[CaseFile]) -> list[Deed]:
    """Bar from a new case whoever those that it was linked with bar; and from them, whoever it bars."""
    if not group:
        return []
    theirs, mine = group[0].details, case.details
    agreed = all(
        (one.details.recused, one.details.held_back) == (theirs.recused, theirs.held_back) for one in group
    )
    if agreed and mine.recused <= theirs.recused and mine.held_back <= theirs.recused | theirs.held_back:
        _keep(work, case, replace(mine, recused=theirs.recused, held_back=theirs.held_back))
        return []
    return share_bars(work, case.id)


@dataclass(frozen=True, slots=True)
class _Change:
    """Who is barred from a case from now on, who no longer is, and whether its route is another now."""

    case_id: str
    gained: frozenset[str]
    lost: frozenset[str]
    routed_anew: bool


def _hold_group(work: Work, case_id: str) -> None:
    """Lock a case and all that are linked with it, in one order for everybody, until nobody adds another."""
    held: frozenset[str] = frozenset()
    while not (group := cases.group(work.session, case_id)) <= held:
        for one in sorted(group - held):
            cases.by_id(work.session, one, change=True)
        held |= group


def _settle(work: Work, case_id: str, *, said_of: str = "", lifted: str | None = None) -> list[Deed]:
    """Bar the same people from a whole group, then act on what that changes in each of its cases.

    What a purged case barred stays, until somebody says (`lifted`) that a person was only mentioned.
    """
    group = [case for one in sorted(cases.group(work.session, case_id)) if (case := locked(work, one))]
    about = frozenset[str]().union(*(case.details.own for case in group))
    perhaps = frozenset[str]().union(*(case.details.report.held_back for case in group))
    changes = []
    for case in group:
        kept = {lifted} if lifted is not None else frozenset[str]()
        recused = about | (case.details.recused - kept)
        held_back = (perhaps | (case.details.held_back - kept - about)) - recused
        details = replace(case.details, recused=recused, held_back=held_back)
        routed = _routed(work, details) if case.id == said_of else details
        if routed != case.details:
            _keep(work, case, routed)
        before, after = case.barred, recused | held_back
        changes.append(_Change(case.id, after - before, before - after, _goes_elsewhere(details, routed)))
        for person in sorted(recused - case.details.recused if case.id != said_of else ()):
            note(work, case, "recused", SYSTEM, person)
    return [one for change in changes for one in _act(work, change)]


def _keep(work: Work, case: CaseFile, details: Details) -> None:
    sealed = seal_details(details, case.key, case.id)
    values = {"sealed": sealed, "changed_at": work.now}
    if details.steps != case.details.steps or details.route.school != case.row.school:
        level = case.row.level if details.steps == case.details.steps else 0
        values |= {"family": details.route.family.value, "school": details.route.school, "level": level}
    cases.change_case(work.session, case.id, **values)


def _routed(work: Work, details: Details) -> Details:
    """The same with its route as it would have been, had it been known whom it is about.

    A concern that turns out to be about the head goes past the head's staff from then on (KCSIE, part four).
    """
    route = work.office.plan(details.report)
    steps = details.steps
    if (route.family, route.urgency) != (details.route.family, details.route.urgency):
        steps = work.directory.ladder(route.family, route.urgency)
    return replace(details, route=route, steps=steps)


def _goes_elsewhere(before: Details, after: Details) -> bool:
    was, now = before.route, after.route
    told = (was.hops, was.withheld, was.school) != (now.hops, now.withheld, now.school)
    return told or before.steps != after.steps


def _act(work: Work, change: _Change) -> list[Deed]:
    """Take the case from whoever is barred or no longer on its route; tell whoever is to know instead."""
    case = locked(work, change.case_id)
    if case is None:
        return []
    told = {one.person for one in case.told if not one.withdrawn}
    out = told & change.gained
    if change.routed_anew:
        out |= {person for person in told if not _on_route(work, case, person)}
    roles = {Role(one.role) for one in case.told if one.person in out and not one.withdrawn and not one.alert}
    for person in sorted(out | change.gained):
        _withdraw(work, case, person)
    deeds = [deed(SYSTEM, "withdrawn", case.reference, f"person={person}") for person in sorted(out)]
    if out or change.routed_anew:
        deeds += _call_others(work, case.id, roles, anew=change.routed_anew)
    for person in sorted(change.lost):
        deeds += _tell_at_last(work, case.id, person)
    return deeds


def _on_route(work: Work, case: CaseFile, person: str) -> bool:
    """Whether somebody who was told has a role left in which this case may reach them."""
    roles = {Role(one.role) for one in case.told if one.person == person and not one.withdrawn}
    return any(role not in case.details.route.withheld and serves(work, case, person, role) for role in roles)


def _withdraw(work: Work, case: CaseFile, person: str) -> None:
    """Take a case away from somebody: nothing more is sent, what was sent becomes a stub."""
    whose = outbox.for_person(person)
    if person == case.row.reporter:
        others = {row.event for row in outbox.of_case(work.session, case.id)} - OWN
        outbox.cancel(work.session, case.id, whose, outbox.event_in(others))
    else:
        outbox.cancel(work.session, case.id, whose)
    cases.change_tellings(work.session, case.id, person, withdrawn=True, handler=False)
    refresh_cards(work, case, only=person)


def _call_others(work: Work, case_id: str, roles: Iterable[Role], *, anew: bool) -> list[Deed]:
    """Tell whoever a new route names, or the next in each role that lost its person, if anybody is wanted."""
    deeds: list[Deed] = []
    for role in (None,) if anew else sorted(roles):
        case = locked(work, case_id)
        if case is None or case.state not in LIVE:
            break
        chase = chase_of(work, case)
        if settled(chase, work.directory, work.today):
            continue
        cases.change_case(work.session, case.id, state=State.NOTIFIED.value)
        climb = again(chase, work.directory, work.today, role) if role else _afresh(work, chase)
        deeds += call_out(work, case, climb)
    return deeds


def _afresh(work: Work, chase: Chase) -> Climb:
    """Whom a route names that nobody was told in yet; the ladder stays where it is."""
    climb = first(chase, work.directory, work.today)
    waiting = {one.role for one in chase.tellings if not one.acknowledged and not one.alert}
    if not waiting or climb.outside:
        return climb
    calls = tuple(call for call in climb.calls if call.role not in waiting) if climb.level == 0 else ()
    return Climb(chase.level, chase.lap, calls, climb.within, vacant=climb.vacant)


def _tell_at_last(work: Work, case_id: str, person: str) -> list[Deed]:
    """Somebody held back turns out to be only mentioned: told now, if this is theirs to know."""
    case = locked(work, case_id)
    known = work.directory.person(person)
    if case is None or case.state not in LIVE or known is None or not known.here(work.today):
        return []
    chase = chase_of(work, case)
    told = any(one.person == person and not one.withdrawn for one in case.told)
    named = (*chase.roles, *sorted(chase.must), *(Role(one) for one in _so_far(case)))
    theirs = (role for role in named if role not in chase.withheld and serves(work, case, person, role))
    role = next(theirs, None)
    if role is None or told or person in case.barred or person in chase.unreachable:
        return []
    within = chase.steps[chase.level].within
    deeds = call_out(work, case, Climb(chase.level, chase.lap, (Call(person, role),), within))
    if case.state is not State.NOTIFIED:
        timers.stop_timers(work.session, case.id, CLIMB)
    return deeds


def _so_far(case: CaseFile) -> list[str]:
    """Roles of every step up to now."""
    steps = case.details.steps[: case.row.level + 1]
    return [word for step in steps for word in step.tell if word != "route"]
