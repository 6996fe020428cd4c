"""Reading cases: every read of one writes its audit row first, and fails if that fails (promise S7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.errors import NoSuchCaseError
from bot.reporting.casefile import Actor, CaseFile, claimed, deed, party_of, read_case
from bot.reporting.office import Office, Work, entry_place
from bot.reporting.rights import Action, Party, State, may
from bot.reporting.route import Route
from knowledge.rules import Kind, Role, Urgency
from storage import cases, timers
from storage.sealing import unseal

_REPORTERS_LINES = frozenset({"asked", "answered", "added", "reported"})


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
    the decision on a concern about an adult.
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
    with office.work(now) as work:
        case = claimed(work, reference, actor, action)
        party = party_of(work, case, actor.person)
        work.done(deed(actor, action.value, case.reference))
    with office.work(now) as work:
        return _view(work, case, party if action is not Action.RECEIPT else Party.REPORTER, actor)


def _view(work: Work, case: CaseFile, party: Party, actor: Actor) -> View:
    report, route = case.details.report, case.details.route
    if party is Party.TECHNICIAN:
        fault = {"fault": report.answers.get("fault", "")}
        return View(_summary(case), party, "", fault, (), (), None)
    lines = _lines(work, case)
    if party is Party.REPORTER:
        if actor.person in case.details.recused:
            return View(_summary(case), Party.SELF_REPORTER, "", {}, (), (), None)
        mine = tuple(line for line in lines if line.event in _REPORTERS_LINES)
        return View(_summary(case), party, report.subject, report.answers, mine, (), None)
    told = tuple((one.person, one.role, one.acknowledged) for one in case.tellings())
    clock = next(
        (one.due_at for one in timers.timers_of(work.session, case.id) if one.purpose == "decision"), None
    )
    return View(
        summary=_summary(case),
        party=party,
        subject=report.subject,
        answers=report.answers,
        chronology=lines,
        told=told,
        route=route,
        open_standings=tuple(sorted(report.held_back)),
        decide_by=clock,
        reporter=report.reporter,
    )


def _lines(work: Work, case: CaseFile) -> tuple[Line, ...]:
    return tuple(
        Line(
            row.at,
            row.event,
            row.by,
            unseal(case.key, row.sealed, entry_place(row.id)) if row.sealed else None,
        )
        for row in cases.chronology(work.session, case.id)
    )


def my_cases(office: Office, actor: Actor, *, now: datetime) -> tuple[Summary, ...]:
    """The cases that somebody was told of and may still know of, newest first."""
    with office.work(now) as work:
        shown = tuple(
            _summary(case)
            for row in cases.told_to(work.session, actor.person)
            if (case := read_case(work, row)) is not None
            and may(party_of(work, case, actor.person), Action.LIST, case.state)
        )
        work.done(deed(actor, "list", detail=f"cases={len(shown)}"))
    return shown


def my_reports(office: Office, actor: Actor, *, now: datetime) -> tuple[Summary, ...]:
    """What somebody reported, newest first."""
    with office.work(now) as work:
        found = (read_case(work, row) for row in cases.reported_by(work.session, actor.person))
        shown = tuple(_summary(case) for case in found if case is not None)
        work.done(deed(actor, "list own", detail=f"cases={len(shown)}"))
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
