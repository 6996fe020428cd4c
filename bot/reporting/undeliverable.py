"""Somebody cannot be reached: the next is told at once, and an administrator learns of it (promise R9)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from bot.messages import Trouble
from bot.reporting.calling import ALARM, ALERT, CARD, HANDED, OWN, REFRESH, UNANSWERED, alarm, call_out
from bot.reporting.casefile import SYSTEM, CaseFile, chase_of, deed, locked, note
from bot.reporting.escalation import again
from bot.reporting.office import EMAIL, Office, Work
from bot.reporting.rights import State
from knowledge.rules import Role
from storage import house, outbox
from storage.audit import Deed
from storage.outbox import Draft

MAILED = "mailed"
_AT_ONCE = 0
_CALLS: Collection[str] = (CARD, HANDED, ALERT, UNANSWERED)


def lost(office: Office, notice: str, reason: str, *, now: datetime) -> None:
    """A platform says that it will never reach the person of a notice.

    Undeliverable on one platform is not undeliverable: where another reaches them, it is used at once.
    The notice ends in the same transaction, so that a crash cannot come between; it must be leased by this
    replica, or nothing is done.
    """
    with office.work(now) as work:
        row = outbox.by_id(work.session, notice)
        settled = {"state": outbox.UNDELIVERABLE, "reason": reason}
        if row is None or not outbox.settle(work.session, notice, office.replica, **settled):
            return
        news = house.note_lost(work.session, row.lane, reason, now)
        case = locked(work, row.case_id) if row.case_id else None
        if news:
            alarm(work, Trouble.UNREACHABLE, what=row.platform, case=case)
        deeds = _pass_on(work, case, row) if case is not None else []
        reference = case.reference if case is not None else ""
        where = f"platform={row.platform} person={row.person}"
        work.done(deed(SYSTEM, "unreachable", reference, where), *deeds)
    office.wake()


def out_of_reach(office: Office, person: str, platform: str, reason: str, *, now: datetime) -> bool:
    """Note that a platform reaches somebody no more before anything was sent to them; False if it is known.

    Their next call goes another way, or to the next person, and an administrator learns of it.
    """
    with office.work(now) as work:
        if not house.note_lost(work.session, outbox.lane_of(person, platform), reason, now):
            return False
        alarm(work, Trouble.UNREACHABLE, what=platform)
        work.done(deed(SYSTEM, "unreachable", detail=f"platform={platform} person={person}"))
    office.wake()
    return True


def within_reach(office: Office, person: str, platform: str, *, now: datetime) -> bool:
    """Note that somebody who could not be reached can be; False where that was known."""
    lane = outbox.lane_of(person, platform)
    with office.store.reading() as session:
        if lane not in house.lost_lanes(session):
            return False
    with office.work(now) as work:
        house.note_found(work.session, lane)
        work.done(deed(SYSTEM, "reachable", detail=f"platform={platform} person={person}"))
    return True


def _pass_on(work: Work, case: CaseFile, row: Any) -> list[Deed]:
    """Send it another way, else call somebody else, where it was a call that still counts."""
    if row.event in {ALARM, REFRESH} or (row.person in case.barred and row.event not in OWN):
        return []
    lost_lanes = house.lost_lanes(work.session)
    ways = work.office.ways_to(row.person, lost_lanes)
    if _told_elsewhere(work, case, row, lost_lanes):
        return []
    if ways:
        drafts = [Draft(row.person, way, row.event, _AT_ONCE, case.id, row.about, row.marks) for way in ways]
        outbox.enqueue(work.session, work.now, drafts)
        return []
    waiting = any(one.person == row.person and one.acknowledged_at is None for one in case.told)
    if row.event not in {CARD, HANDED} or case.state is not State.NOTIFIED or not waiting:
        return []
    note(work, case, "unreachable", SYSTEM, row.person)
    return call_out(work, case, again(chase_of(work, case), work.directory, work.today, Role(row.about)))


def _told_elsewhere(work: Work, case: CaseFile, dead: Any, lost_lanes: frozenset[str]) -> bool:
    """Whether another platform has the same message for this person, or is about to."""
    return any(
        (row.person, row.event, row.about) == (dead.person, dead.event, dead.about)
        and row.created_at >= dead.created_at
        and row.lane not in lost_lanes
        and row.state in {outbox.PENDING, outbox.LEASED, outbox.SENT}
        for row in outbox.of_case(work.session, case.id)
    )


def mail_instead(office: Office, after: timedelta, *, now: datetime) -> int:
    """Calls that chat has not delivered for so long go by e-mail too; returns how many (promise R10).

    Where a whole platform has been away for so long, what is new goes by e-mail at once.
    """
    with office.work(now) as work:
        rows = outbox.stale_calls(work.session, _CALLS, now)
        away = {row.platform for row in rows if _is_late(row, now - after) and _was_refused(row)}
        due = [row for row in rows if row.platform in away or _is_late(row, now - after)]
        drafts = [_mailed(work, row) for row in due if MAILED not in row.marks.split()]
        if not drafts:
            return 0
        sent = [draft for draft in drafts if draft is not None]
        outbox.enqueue(work.session, now, sent)
        work.done()
    office.wake()
    return len(sent)


def _mailed(work: Work, row: Any) -> Draft | None:
    """The e-mail in place of a call, which is marked; None for whoever has no address."""
    outbox.mark(work.session, row.id, f"{row.marks} {MAILED}".strip())
    person, has_mail = work.directory.person(row.person), work.office.reach.get(EMAIL)
    if person is None or has_mail is None or not has_mail(person):
        return None
    return Draft(row.person, EMAIL, row.event, _AT_ONCE, row.case_id, row.about, row.marks)


def _is_late(row: Any, limit: datetime) -> bool:
    return bool(row.created_at < limit)


def _was_refused(row: Any) -> bool:
    """Whether the platform itself did not take it, rather than one person's conversation hanging."""
    return row.reason not in {None, outbox.UNSURE}
