"""Reading cases: every read of one writes its audit row first, and fails if that fails (promise S7)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from bot.errors import NoSuchCaseError
from bot.reporting.casefile import (
    Actor,
    CaseFile,
    allowed,
    claimed,
    deed,
    found,
    listed,
    party_of,
    read_case,
    read_cases,
)
from bot.reporting.office import Office, Work, entry_place
from bot.reporting.rights import LIVE, Action, Party, State
from bot.reporting.route import Route
from knowledge.rules import Kind, Role, Urgency
from storage import cases, house, timers
from storage.sealing import unseal
from storage.store import Session

DECISION = "decision"
"""The timer of the one-working-day clock."""
_OF_ANOTHER = frozenset({"similar", "linked", "merged"})
"""Lines of a chronology whose text is the reference of another case."""
_DUPLICATE = "duplicate\n"
"""What the line of a case that was merged into another begins with, before that one's reference."""
_REPORTERS_LINES = frozenset({"asked", "answered", "added", "reported"})


_Listing = tuple[Callable[[Session, str], list[Any]], Action, str]
"""How cases are found, what somebody must be allowed with each, and what the audit calls it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chronology, with what was written there."""

    at: datetime
    event: str
    by: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A case in a list: nothing of its content."""

    reference: str
    kind: Kind
    urgency: Urgency
    state: State
    opened_at: datetime
    drill: bool


@dataclass(frozen=True, slots=True)
class View:
    """A case as one party sees it. `answers` is the report; a technician's has the fault only.

    `told` is who was told as what and whether they acknowledged; `decide_by` the one-working-day clock for
    the decision on a concern about an adult; `askable` whether the reporter may be asked things.
    """

    summary: Summary
    party: Party
    subject: str
    answers: Mapping[str, str]
    chronology: tuple[Line, ...]
    told: tuple[tuple[str, Role, bool], ...]
    route: Route | None
    open_standings: tuple[str, ...] = ()
    decide_by: datetime | None = None
    reporter: str = ""
    askable: bool = True


def asked_of_reporter(view: View) -> tuple[str, ...]:
    """The questions to the reporter that came after their last answer."""
    lines = [line for line in view.chronology if line.event in {"asked", "answered"}]
    last = max((n for n, line in enumerate(lines, start=1) if line.event == "answered"), default=0)
    return tuple(line.text or "" for line in lines[last:])


def open_case(office: Office, reference: str, actor: Actor, *, now: datetime) -> View:
    """Show a case to somebody who may open it. Raises `NoSuchCaseError`."""
    return _read(office, reference, actor, Action.OPEN, now)


def export_case(office: Office, reference: str, actor: Actor, *, now: datetime) -> View:
    """A whole case for the school's own record. Raises `NoSuchCaseError`."""
    return _read(office, reference, actor, Action.EXPORT, now)


def own_report(office: Office, reference: str, actor: Actor, *, now: datetime) -> View:
    """One's own report: its stage, questions asked and answers given, no more. Raises `NoSuchCaseError`."""
    return _read(office, reference, actor, Action.RECEIPT, now)


def _read(office: Office, reference: str, actor: Actor, action: Action, now: datetime) -> View:
    """What somebody may see. It leaves here only once the audit of it is on disk."""
    with office.work(now) as work:
        case = claimed(work, reference, actor, action)
        own = action is Action.RECEIPT
        party = _as_reporter(case, actor) if own else party_of(work, case, actor.person)
        view = _view(work, case, party, actor)
        work.done(deed(actor, action.value, case.reference))
    return view


def _as_reporter(case: CaseFile, actor: Actor) -> Party:
    return Party.SELF_REPORTER if actor.person in case.barred else Party.REPORTER


def _view(work: Work, case: CaseFile, party: Party, actor: Actor) -> View:
    report = case.details.report
    if party is Party.SELF_REPORTER:
        return View(_summary(case), party, "", {}, (), (), None)
    if party is Party.TECHNICIAN:
        fault = {"fault": report.answers.get("fault", "")}
        return View(_summary(case), party, "", fault, (), (), None)
    lines = tuple(_lines(work, case, actor))
    if party is Party.REPORTER:
        mine = tuple(line for line in lines if line.event in _REPORTERS_LINES)
        return View(_summary(case), party, report.subject, report.answers, mine, (), None)
    clocks = (one for one in timers.timers_of(work.session, case.id) if one.purpose == DECISION)
    return View(
        summary=_summary(case),
        party=party,
        subject=report.subject,
        answers=report.answers,
        chronology=lines,
        told=tuple((one.person, one.role, one.acknowledged) for one in case.tellings() if not one.alert),
        route=case.details.route,
        open_standings=tuple(sorted(report.held_back)),
        decide_by=next((one.due_at for one in clocks), None),
        reporter=report.reporter,
        askable=case.askable,
    )


def _lines(work: Work, case: CaseFile, actor: Actor) -> Iterator[Line]:
    """The chronology. What it says of another case stays out for whoever may not know of that one."""
    for row in cases.chronology(work.session, case.id):
        text = unseal(case.key, row.sealed, entry_place(row.id)) if row.sealed else None
        if row.event in _OF_ANOTHER and not _knows(work, actor, text or ""):
            continue
        if row.event == "closed" and text and text.startswith(_DUPLICATE):
            text = text if _knows(work, actor, text.removeprefix(_DUPLICATE)) else _DUPLICATE
        if row.event == "recused" and not _knows_why(work, case, actor, text or ""):
            continue
        yield Line(row.at, row.event, row.by, text)


def _knows(work: Work, actor: Actor, reference: str) -> bool:
    """Whether somebody may know that a case is there."""
    other = read_case(work, cases.by_reference(work.session, reference))
    return other is not None and allowed(work, other, actor.person, Action.LIST)


def _knows_why(work: Work, case: CaseFile, actor: Actor, person: str) -> bool:
    """Whether somebody may know of a linked case that is about a person."""
    linked = (found(work, one) for one in cases.group(work.session, case.id) - {case.id})
    return any(
        other is not None and person in other.details.own and allowed(work, other, actor.person, Action.LIST)
        for other in linked
    )


def my_cases(office: Office, actor: Actor, *, now: datetime) -> tuple[Summary, ...]:
    """The cases that somebody was told of and may still know of, newest first."""
    return _list(office, actor, (cases.told_to, Action.LIST, "list"), now)


def my_open_cases(office: Office, actor: Actor, *, now: datetime) -> tuple[Summary, ...]:
    """Those of them that still want something done; the closed ones, which only grow, are not even read."""
    return _list(office, actor, (partial(cases.told_to, states=LIVE), Action.LIST, "list"), now)


def my_reports(office: Office, actor: Actor, *, now: datetime) -> tuple[Summary, ...]:
    """What somebody reported, newest first."""
    return _list(office, actor, (cases.reported_by, Action.RECEIPT, "list own"), now)


def _list(office: Office, actor: Actor, what: _Listing, now: datetime) -> tuple[Summary, ...]:
    """What may be listed, found without the write lock: a long list would keep reports waiting for it."""
    find, action, name = what
    with office.store.reading() as session:
        reading = Work(session, office, now, new_roles=house.role_changes(session))
        found = read_cases(reading, find(session, actor.person))
        shown = tuple(_summary(case) for case in found if allowed(reading, case, actor.person, action))
    with office.work(now) as work:
        work.done(deed(listed(work, actor), name, detail=f"cases={len(shown)}"))
    return shown


def last_reported(office: Office, person: str) -> str:
    """The reference of somebody's newest report. Raises `NoSuchCaseError`."""
    with office.store.reading() as session:
        row = next(iter(cases.reported_by(session, person)), None)
    if row is None:
        raise NoSuchCaseError("last")
    return str(row.reference)


def _summary(case: CaseFile) -> Summary:
    return Summary(case.reference, case.kind, case.urgency, case.state, case.row.opened_at, case.row.drill)
