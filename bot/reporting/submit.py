"""A report comes in: one transaction, and a receipt only once it is on disk.

dedupe → case → recusals → ladder → step one's notices → timer → audit → commit → receipt
"""

import hmac
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import SimpleNamespace

from bot.reporting.calling import UNANSWERED, call_out, tell_reporter
from bot.reporting.casefile import (
    SYSTEM,
    Actor,
    CaseFile,
    Details,
    chase_of,
    deed,
    locked,
    note,
    read_case,
    seal_details,
)
from bot.reporting.escalation import Climb, first
from bot.reporting.hours import is_closed, working_day_after
from bot.reporting.office import Office, Work
from bot.reporting.people import Family
from bot.reporting.recusal import join
from bot.reporting.report import Report
from bot.reporting.rights import State
from bot.reporting.route import Route
from knowledge.rules import ROLE_NAMES, Kind, Role, Urgency
from storage import cases, timers
from storage.audit import Deed
from storage.failpoints import failpoint
from storage.store import TakenError

_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""No vowels, so that no word comes about; nothing that looks like something else."""
_HALF = 4
_SIMILAR_FOR = timedelta(days=14)
SIMILAR = "similar"
_POINTERS = ("handle", "url", "account")
_ATTEMPTS = 3
CHECK_IN_DAYS = (3, 14)
CHECK_IN_TIMER, DECISION_TIMER = "check_in", "decision"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the reporter is told once the report is safe. `fresh` is False for a repeated submission.

    Whoever reports about themselves keeps the reference only: `own`, and neither `told` nor `titles`.
    """

    reference: str
    route: Route
    told: tuple[str, ...]
    """Ids of whoever is told at once."""
    titles: tuple[str, ...] = ()
    """Their roles, as the school writes them."""
    own: bool = False
    fresh: bool = True
    closed_hours: bool = False


def submit(office: Office, report: Report, *, key: str, origin: str, now: datetime) -> Receipt:
    """Store a report and start its ladder. The same `key` again gives the same receipt, and no second case.

    Raises `UnavailableError` when the database cannot take it: then nothing is stored.
    """
    route = office.plan(report)
    for _ in range(_ATTEMPTS):
        try:
            with office.work(now) as work:
                seen = cases.by_dedupe(work.session, key)
                receipt = _again(work, seen) if seen else _store(work, report, route, key=key, origin=origin)
        except TakenError:
            continue  # another replica took the same submission, or (once in an age) drew the same reference
        failpoint("before-receipt")
        office.wake()
        return receipt
    raise RuntimeError("a report could not be given a reference")


def rehearse(office: Office, report: Report, *, now: datetime) -> None:
    """Store a report and keep nothing of it, so that the first real one finds everything made ready.

    Raises `UnavailableError`.
    """
    with office.work(now) as work:
        key = f"rehearsal {cases.new_id()}"
        _store(replace(work, kept=False), report, office.plan(report), key=key, origin="")


def new_reference() -> str:
    """A reference that cannot be guessed and reads well over a telephone, as in SP-7Q4K-M2XD."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(2 * _HALF))
    return f"SP-{drawn[:_HALF]}-{drawn[_HALF:]}"


def _again(work: Work, row: object) -> Receipt:
    case = read_case(work, row)
    if case is None:
        raise RuntimeError("a submission of a purged case")
    first = [one for one in case.told if one.told_at == case.row.opened_at and not one.alert]
    return _receipt(case, [(one.person, Role(one.role)) for one in first], fresh=False)


def _receipt(case: CaseFile, calls: Sequence[tuple[str, Role]], *, fresh: bool) -> Receipt:
    route = case.details.route
    if case.row.reporter in case.barred:
        return Receipt(case.reference, route, (), own=True, fresh=fresh)
    titles = tuple(dict.fromkeys(route.titles.get(role, ROLE_NAMES[role]) for _, role in calls))
    told = tuple(dict.fromkeys(one for one, _ in calls))
    return Receipt(case.reference, route, told, titles, fresh=fresh)


def _store(work: Work, report: Report, route: Route, *, key: str, origin: str) -> Receipt:
    case = _open(work, report, route, key=key, origin=origin)
    failpoint("after-case-insert")
    similar, barring = _link_similar(work, case)
    if similar:
        case = locked(work, case.id) or case
    climb, closed = _start(work, case)
    deeds = [*barring, *call_out(work, case, climb)]
    _set_clocks(work, case)
    _note_arrival(work, case, similar)
    actor = Actor(report.reporter)
    about = f"kind={report.kind.value} urgency={route.urgency.value}"
    work.done(deed(actor, "reported", case.reference, about), *deeds)
    calls = [(call.person, call.role) for call in climb.calls if not call.alert]
    return replace(_receipt(case, calls, fresh=True), closed_hours=closed)


def _open(work: Work, report: Report, route: Route, *, key: str, origin: str) -> CaseFile:
    """Write the case itself, its ladder copied onto it."""
    case_id = cases.new_id()
    data_key, wrapped = work.office.new_key(work.session, case_id)
    steps = work.directory.ladder(route.family, route.urgency)
    details = Details(report, route, steps, route.recused, route.held_back)
    values = {
        "id": case_id,
        "reference": new_reference(),
        "dedupe": key,
        "kind": report.kind.value,
        "urgency": route.urgency.value,
        "family": route.family.value,
        "school": route.school,
        "reporter": report.reporter,
        "origin": origin,
        "state": State.NOTIFIED.value,
        "level": 0,
        "lap": 0,
        "drill": report.drill,
        "held": False,
        "alarmed": False,
        "version": 0,
        "schools": work.directory.digest,
        "opened_at": work.now,
        "changed_at": work.now,
        "sealed": seal_details(details, data_key, case_id),
    }
    cases.add_case(work.session, values, wrapped)
    row = SimpleNamespace(**values, closed_at=None, transferred_at=None)
    return CaseFile(row, data_key, details, ())


def _start(work: Work, case: CaseFile) -> tuple[Climb, bool]:
    """Step one; outside school hours an immediate case tells the second step's people as well, at once."""
    immediate = case.urgency is Urgency.IMMEDIATE
    closed = immediate and is_closed(work.now, work.directory)
    climb = first(chase_of(work, case), work.directory, work.today, wide=closed)
    if closed and not climb.outside:
        tell_reporter(work, case, UNANSWERED, about="closed_hours")
    return replace(climb, alarm=climb.outside), closed


def _set_clocks(work: Work, case: CaseFile) -> None:
    """One working day for the decision on an adult; check-ins for staff who were targeted."""
    if case.details.route.family in {Family.ADULT, Family.HEAD}:
        due = working_day_after(work.now, work.directory, days=1)
        timers.set_timer(work.session, case.id, DECISION_TIMER, due)
    if case.kind is Kind.STAFF_TARGETED:
        for day in CHECK_IN_DAYS:
            timers.add_timer(
                work.session, case.id, CHECK_IN_TIMER, work.now + timedelta(days=day), guard=str(day)
            )


def _note_arrival(work: Work, case: CaseFile, similar: list[str]) -> None:
    note(work, case, "reported", Actor(case.details.report.reporter))
    for reference in similar:
        note(work, case, SIMILAR, SYSTEM, reference)


def _link_similar(work: Work, case: CaseFile) -> tuple[list[str], list[Deed]]:
    """Link a report to those that point at the same account, link or person, which then bar the same people.

    Each is linked to the first of its kind: a flood of them stays a star, and nobody walks a chain. Returns
    the references of the others, and what the audit is to say.
    """
    macs = set(_fingerprints(work.office.audit.key, case.details.report))
    cases.hold_fingerprints(work.session, macs)
    since = work.now - _SIMILAR_FOR
    rows = cases.sharing_fingerprints(work.session, macs, since, drill=case.details.report.drill)
    cases.add_fingerprints(work.session, case.id, macs)
    ids = sorted(set(cases.hubs(work.session, [row.id for row in rows], SIMILAR).values()))
    heads = [head for one in ids if (head := locked(work, one)) is not None]
    for head in heads:
        cases.link(work.session, case.id, head.id, SIMILAR)
    return [str(row.reference) for row in rows], join(work, case, heads)


def _fingerprints(key: bytes, report: Report) -> Iterator[str]:
    """Keyed digests of what a report points at: useless without the key, the same for the same thing."""
    pointed = {name: report.answers.get(name, "") for name in _POINTERS}
    pointed["subject"] = f"{report.school}/{report.subject}" if " " in report.subject.strip() else ""
    for name, value in pointed.items():
        plain = "".join(value.casefold().split()).strip("@/")
        if plain:
            kind = "account" if name == "handle" else name
            yield hmac.digest(key, f"fingerprint\x1f{kind}\x1f{plain}".encode(), "sha256").hex()
