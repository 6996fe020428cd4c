"""A fire drill of the calling ladder: a made-up report climbs the real one, every notice marked as a drill.

Drills are kept out of every figure, and of what a subject access request searches.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import RefusedActionError, UsageError
from bot.reporting.casefile import Actor, CaseFile, deed, found
from bot.reporting.handling import HANDLING_ROLES, end_drill
from bot.reporting.kinds import NATURES
from bot.reporting.office import Office, Work
from bot.reporting.people import Directory
from bot.reporting.report import Report
from bot.reporting.rights import LIVE
from bot.reporting.submit import Receipt, submit
from knowledge.rules import Kind, Role
from storage import cases, inspecting

STARTERS = frozenset({*HANDLING_ROLES, Role.ADMINISTRATOR, Role.POLICY_OWNER}) - {Role.LINE_MANAGER}
"""Roles in which somebody may call everybody out for practice."""
ORIGIN = "terminal"
_TEXT = "A drill: nothing has happened. Acknowledge it as you would a real report."
_ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody whom a drill called, and when they acknowledged, if they have."""

    person: str
    role: Role
    told_at: datetime
    acknowledged_at: datetime | None

    @property
    def within(self) -> timedelta | None:
        """How long they took."""
        return None if self.acknowledged_at is None else self.acknowledged_at - self.told_at


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill as it stands. `level` and `lap` count from 0: how far it has climbed."""

    reference: str
    kind: Kind
    school: str | None
    started_at: datetime
    level: int
    lap: int
    called: tuple[Called, ...]


def start(office: Office, actor: Actor, kind: Kind, school: str | None, *, now: datetime) -> Receipt:
    """Start a drill at a school: the starter's own where none is named.

    Raises `UsageError` for an unknown school or where it has to be said, `RefusedActionError` for somebody
    who may not start one.
    """
    where = _school(office.directory, actor, school)
    with office.work(now) as work:
        allowed = bool(STARTERS & work.directory.roles_of(actor.person))
        about = f"kind={kind.value} school={where or 'none'}"
        work.done(deed(actor, "drill started" if allowed else "refused drill", detail=about))
    if not allowed:
        raise RefusedActionError("only somebody in a safeguarding or leading role may start a drill")
    return submit(office, _report(actor, kind, where), key=f"drill:{cases.new_id()}", origin=ORIGIN, now=now)


def _school(directory: Directory, actor: Actor, named: str | None) -> str | None:
    school = named or directory.school_of(actor.person)
    known = ", ".join(directory.schools)
    if named is not None and named not in directory.schools:
        raise UsageError(f"there is no school {named[:40]!r}: give one of {known}")
    if school is None and len(directory.schools) > 1:
        raise UsageError(f"say at which school: --school with one of {known}")
    return school or next(iter(directory.schools), None)


def _report(actor: Actor, kind: Kind, school: str | None) -> Report:
    if kind is Kind.SELF_REPORT:
        raise UsageError("a drill of a self-report would bar you from it: choose another kind")
    nature = NATURES[kind]
    image = kind is Kind.NUDE_IMAGE
    return Report(
        kind=kind,
        urgency=nature.urgency,
        reporter=actor.person,
        school=school,
        about=nature.about[0],
        subject="",
        standings={},
        danger=False,
        image=image,
        answers={"danger": "no", "image": "yes" if image else "no", "what": _TEXT, "fault": _TEXT},
        drill=True,
    )


def going_on(office: Office, actor: Actor, *, now: datetime) -> tuple[Drill, ...]:
    """The drills that are on, oldest first."""
    return tuple(_read(office, _open_ids(office, actor, now), now))


def stop(office: Office, actor: Actor, *, now: datetime) -> tuple[Drill, ...]:
    """End every drill that is on; returns who was called and how fast they were."""
    ids = _open_ids(office, actor, now)
    for case_id in ids:
        end_drill(office, case_id, actor, now=now)
    return tuple(_read(office, ids, now))


def _open_ids(office: Office, actor: Actor, now: datetime) -> tuple[str, ...]:
    """The ids of the drills that are on; their audit is written before anything of them is read."""
    with office.work(now) as work:
        rows = inspecting.drills(work.session, LIVE)
        work.done(*(deed(actor, "drill read", row.reference) for row in rows))
    return tuple(row.id for row in rows)


def _read(office: Office, ids: tuple[str, ...], now: datetime) -> Iterator[Drill]:
    with office.store.reading() as session:
        work = Work(session, office, now)
        for case in (found(work, case_id) for case_id in ids):
            if case is not None:
                yield _drill(work, case)


def _drill(work: Work, case: CaseFile) -> Drill:
    lines = cases.chronology(work.session, case.id)
    answers = [(line.by, line.at) for line in lines if line.event == _ACKNOWLEDGED]
    called = tuple(
        Called(one.person, Role(one.role), one.told_at, _answer(one, answers))
        for one in case.told
        if not one.alert
    )
    row = case.row
    return Drill(case.reference, case.kind, row.school, row.opened_at, row.level, row.lap, called)


def _answer(told: Any, answers: Iterable[tuple[str, datetime]]) -> datetime | None:
    """When somebody first acknowledged after they were told."""
    return min((at for by, at in answers if by == told.person and at >= told.told_at), default=None)
