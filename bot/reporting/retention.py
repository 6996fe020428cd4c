"""How long cases are kept: a rule for each kind with its source, what goes by itself, what the DPO is asked.

Signpost is where a report comes in, and seldom where its record belongs: a case whose number in the school's
own safeguarding record is noted goes by itself soon after. Questions that were asked are not kept at all.
Never by itself: a case that is open, one that is in no other record, an allegation against an adult, and a
record of child sexual abuse.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from bot.reporting.casefile import SYSTEM, Actor, CaseFile, deed, locked, read_cases
from bot.reporting.office import Office, Work
from bot.reporting.people import Family
from bot.reporting.purging import destroy_keys, erase, takes_two
from bot.reporting.rekeying import Progress
from bot.reporting.rights import LIVE, State
from knowledge.rules import Kind
from storage import cases

TRANSFERRED_FOR = timedelta(days=90)
"""How long a case stays after its number in the school's own record was noted."""
DRILLS_FOR = timedelta(days=30)
ASK_AFTER = timedelta(days=365)
"""How long after its closing the DPO is asked about a case that is in no other record."""
_YEAR = timedelta(days=365.25)


class Since(StrEnum):
    """What a period is counted from. Signpost knows the day a case was closed and none of the others."""

    BIRTH = "the child's date of birth"
    ALLEGATION = "the allegation, or until pension age if that is later"
    CLOSED = "the day the case was closed"


class Why(StrEnum):
    """Why a case waits for the DPO."""

    NOT_TRANSFERRED = "not_transferred"
    PERIOD_OVER = "period_over"
    ALLEGATION = "allegation"
    TWO_PEOPLE = "two_people"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long the school's record of some kinds is kept by default, from when, and on whose word.

    `automatic`: Signpost's own copy goes by itself once the case is in the school's record.
    """

    category: str
    kinds: frozenset[Kind]
    years: int
    since: Since
    source: str
    automatic: bool


RULES = (
    RetentionRule(
        "child sexual abuse",
        frozenset({Kind.NUDE_IMAGE, Kind.GROOMING, Kind.CHILD_ON_CHILD}),
        75,
        Since.CLOSED,
        "IICSA final report (October 2022), recommendation 17",
        automatic=False,
    ),
    RetentionRule(
        "child protection",
        frozenset(
            {
                *(Kind.PUPIL_CONTACT, Kind.DISCLOSURE, Kind.RADICALISATION, Kind.ONLINE_SAFETY, Kind.THREAT),
                *(Kind.FORMER_PUPIL_UNDER_18, Kind.PUPIL_ACTIVITY),
            }
        ),
        25,
        Since.BIRTH,
        "IRMS toolkit for schools, child protection information on the pupil record",
        automatic=True,
    ),
    RetentionRule(
        "allegations and concerns about adults",
        frozenset(
            {Kind.ADULT_CONCERN, Kind.SELF_REPORT, Kind.COLLEAGUE_ACTIVITY, Kind.SAFEGUARDING_PRACTICE}
        ),
        10,
        Since.ALLEGATION,
        "KCSIE, part four, record keeping; IRMS toolkit for schools",
        automatic=False,
    ),
    RetentionRule(
        "complaints and staff",
        frozenset({Kind.COMPLAINT, Kind.STAFF_TARGETED, Kind.IMPERSONATION, Kind.FORMER_PUPIL_CONTACT}),
        6,
        Since.CLOSED,
        "IRMS toolkit for schools, complaints; Limitation Act 1980, section 5",
        automatic=True,
    ),
    RetentionRule(
        "personal data breaches",
        frozenset({Kind.DATA_BREACH}),
        6,
        Since.CLOSED,
        "UK GDPR, article 33(5), for keeping them at all; Limitation Act 1980 for how long",
        automatic=True,
    ),
    RetentionRule(
        "filtering and accounts",
        frozenset({Kind.FILTERING, Kind.ACCOUNT_SECURITY}),
        3,
        Since.CLOSED,
        "Signpost's own default: long enough for three yearly reviews of filtering (KCSIE, part two)",
        automatic=True,
    ),
    RetentionRule(
        "everything else",
        frozenset({Kind.REFERENCE, Kind.PRESS, Kind.OTHER}),
        1,
        Since.CLOSED,
        "Signpost's own default, since no guidance sets one",
        automatic=True,
    ),
)
"""Defaults, for the DPO to hold against the school's own schedule; every kind has exactly one."""

_BY_KIND = {kind: rule for rule in RULES for kind in rule.kinds}


def rule_for(kind: Kind) -> RetentionRule:
    """The rule that a kind of report falls under."""
    return _BY_KIND[kind]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that the DPO is asked about: nothing of its content."""

    reference: str
    kind: Kind
    closed_at: datetime
    transferred_at: datetime | None
    why: Why

    @property
    def rule(self) -> RetentionRule:
        """What its kind falls under."""
        return rule_for(self.kind)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a run did: references that it erased, cases that wait for the DPO, whether keys were destroyed."""

    purged: tuple[str, ...]
    waiting: tuple[Waiting, ...]
    destroyed: bool


def due_for_review(office: Office, *, now: datetime, actor: Actor = SYSTEM) -> tuple[Waiting, ...]:
    """The closed cases that the DPO is asked about, oldest report first."""
    with office.work(now) as work:
        waiting = tuple(_waiting(work))
        work.done(deed(actor, "list retention", detail=f"cases={len(waiting)}"))
    return waiting


def run(
    office: Office, keys_path: Path, *, now: datetime, actor: Actor = SYSTEM, progress: Progress | None = None
) -> Kept:
    """Erase what goes by itself, destroy the keys that still open copies of it, list what waits for the DPO.

    Raises `KeyStillThereError` where the keys file cannot be written.
    """
    with office.work(now) as work:
        due = [case.id for case in _closed(work) if _reason(work, case)]
    purged = [reference for case_id in due if (reference := _purge(office, case_id, actor, now))]
    destroyed = destroy_keys(office, keys_path, now=now, progress=progress)
    return Kept(tuple(purged), due_for_review(office, now=now, actor=actor), destroyed)


def _purge(office: Office, case_id: str, actor: Actor, now: datetime) -> str | None:
    """Erase a case that is due; None where somebody changed it meanwhile."""
    with office.work(now) as work:
        case = locked(work, case_id)
        reason = _reason(work, case) if case is not None else None
        if case is None or reason is None:
            return None
        erase(work, case, actor, reason)
    return case.reference


def _reason(work: Work, case: CaseFile) -> str | None:
    """Why a case goes by itself now; None where it doesn't."""
    if case.row.held:
        return None
    if case.row.drill:
        return "retention: drill" if case.row.opened_at <= work.now - DRILLS_FOR else None
    return "retention: transferred" if _in_the_record(work, case) and _automatic(case) else None


def _automatic(case: CaseFile) -> bool:
    return rule_for(case.kind).automatic and not _allegation(case) and not takes_two(case)


def _allegation(case: CaseFile) -> bool:
    return case.row.family in {Family.ADULT, Family.HEAD}


def _in_the_record(work: Work, case: CaseFile) -> bool:
    """Whether a closed case's number in the school's own record was noted long enough ago."""
    noted = case.row.transferred_at
    return case.state is State.CLOSED and noted is not None and noted <= work.now - TRANSFERRED_FOR


def _closed(work: Work) -> Iterator[CaseFile]:
    """Closed cases and drills in any state, that are not erased."""
    rows = cases.in_states(work.session, (*LIVE, State.CLOSED))
    yield from read_cases(work, [row for row in rows if row.state == State.CLOSED or row.drill])


def _waiting(work: Work) -> Iterator[Waiting]:
    for case in _closed(work):
        row = case.row
        why = _why(work, case) if row.closed_at is not None and not row.drill else None
        if why is not None:
            yield Waiting(case.reference, case.kind, row.closed_at, row.transferred_at, why)


def _why(work: Work, case: CaseFile) -> Why | None:
    """Why the DPO is asked about a closed case; None where it is too early, or where it goes by itself."""
    if case.row.transferred_at is None:
        closed_for = work.now - case.row.closed_at
        rule = rule_for(case.kind)
        over = rule.since is Since.CLOSED and closed_for >= rule.years * _YEAR
        why = Why.PERIOD_OVER if over else Why.NOT_TRANSFERRED if closed_for >= ASK_AFTER else None
    elif not _in_the_record(work, case):
        return None
    else:
        why = Why.ALLEGATION if _allegation(case) else Why.TWO_PEOPLE if takes_two(case) else None
    return Why.HELD if case.row.held and (why or _automatic(case)) else why
