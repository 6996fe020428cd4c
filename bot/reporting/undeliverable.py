"""Somebody cannot be reached: the next is told at once, and an administrator learns of it (promise R9)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.messages import Trouble
from bot.reporting.calling import ALERT, CARD, HANDED, alarm, call_out
from bot.reporting.casefile import SYSTEM, CaseFile, chase_of, deed, locked, note
from bot.reporting.escalation import again
from bot.reporting.office import EMAIL, Office, Work
from bot.reporting.rights import State
from knowledge.rules import Role
from storage import house, outbox
from storage.audit import Deed
from storage.outbox import Draft

MAILED = "mailed"


def lost(office: Office, notice: str, reason: str, *, now: datetime) -> None:
    """A platform says that it will never reach the person of a notice.

    Undeliverable on one platform is not undeliverable: where another reaches them, it is used at once.
    """
    with office.work(now) as work:
        row = outbox.by_id(work.session, notice)
        if row is None:
            return
        house.note_lost(work.session, row.lane, reason, now)
        case = locked(work, row.case_id) if row.case_id else None
        alarm(work, Trouble.UNREACHABLE, what=row.platform, case=case)
        deeds = _pass_on(work, case, row.person, row.about, row.event) if case is not None else []
        reference = case.reference if case is not None else ""
        where = f"platform={row.platform} person={row.person}"
        work.done(deed(SYSTEM, "unreachable", reference, where), *deeds)
    office.wake()


def _pass_on(work: Work, case: CaseFile, person: str, about: str, event: str) -> list[Deed]:
    waiting = [one for one in case.told if one.person == person and one.acknowledged_at is None]
    if event not in {CARD, HANDED} or case.state is not State.NOTIFIED or not waiting:
        return []
    if _told_elsewhere(work, case, person):
        return []
    ways = work.office.ways_to(person, house.lost_lanes(work.session))
    if ways:
        drafts = [Draft(person, way, event, 0, case.id, about, _marks(case)) for way in ways]
        outbox.enqueue(work.session, work.now, drafts)
        return []
    note(work, case, "unreachable", SYSTEM, person)
    return call_out(work, case, again(chase_of(work, case), work.directory, work.today, Role(about)))


def _told_elsewhere(work: Work, case: CaseFile, person: str) -> bool:
    """Whether another platform has this person's call, or is about to."""
    return any(
        row.person == person
        and row.event in {CARD, HANDED}
        and row.state in {outbox.PENDING, outbox.LEASED, outbox.SENT}
        for row in outbox.of_case(work.session, case.id)
    )


def _marks(case: CaseFile) -> str:
    return "drill" if case.row.drill else ""


def mail_instead(office: Office, after: timedelta, *, now: datetime) -> int:
    """Calls that chat has not delivered for so long go by e-mail too; returns how many (promise R10)."""
    with office.work(now) as work:
        rows = outbox.stale_calls(work.session, _CALLS, now - after)
        drafts = []
        for row in rows:
            outbox.mark(work.session, row.id, f"{row.marks} {MAILED}".strip())
            person = work.directory.person(row.person)
            if person is not None and EMAIL in office.reach and office.reach[EMAIL](person):
                rank = 0
                drafts.append(Draft(row.person, EMAIL, row.event, rank, row.case_id, row.about, row.marks))
        outbox.enqueue(work.session, now, drafts)
        work.done()
    if drafts:
        office.wake()
    return len(drafts)


_CALLS: Collection[str] = (CARD, HANDED, ALERT)
