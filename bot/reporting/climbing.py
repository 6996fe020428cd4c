"""What falls due: the next step of a ladder, an untouched case, check-ins, clocks. One transaction each."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.messages import Prompt, Trouble
from bot.reporting.calling import (
    CHASING,
    CHECK_IN,
    CLIMB,
    RESTORED,
    UNANSWERED,
    UNTOUCHED,
    alarm,
    call_out,
    guard_of,
    remind,
    tell_reporter,
)
from bot.reporting.casefile import SYSTEM, CaseFile, chase_of, deed, locked, note
from bot.reporting.escalation import climb, first
from bot.reporting.handling import ACTION_TIMER, HANDOVER_TIMER
from bot.reporting.office import Office, Work
from bot.reporting.rights import LIVE, State
from bot.reporting.submit import CHECK_IN_TIMER, DECISION_TIMER
from knowledge.rules import Urgency
from storage import cases, timers
from storage.audit import Deed
from storage.failpoints import failpoint

_MOST = 100


def tick(office: Office, *, now: datetime) -> int:
    """Do all that is due; returns how much. A database that is away raises `UnavailableError`."""
    with office.store.reading() as session:
        due = timers.due_timers(session, now, _MOST)
    done = sum(fire(office, timer, case, now=now) for timer, case in due)
    if done:
        office.wake()
    return done


def fire(office: Office, timer_id: str, case_id: str, *, now: datetime) -> bool:
    """Do what one timer is for. False when another replica did, or what it waited for has happened.

    The case is locked before its timer, as an acknowledgement does: of the two, one comes first and the
    other sees it (promise R8).
    """
    with office.work(now) as work:
        failpoint("timer-due")
        case = locked(work, case_id)
        timer = timers.take_timer(work.session, timer_id)
        if timer is None:
            return False
        deeds = _PURPOSES[timer.purpose](work, case, timer) if case is not None else None
        failpoint("after-climb")
        work.done(*(deeds or ()))
    return deeds is not None


def _climb(work: Work, case: CaseFile, timer: Any) -> list[Deed] | None:
    if case.state is not State.NOTIFIED or timer.guard != guard_of(case.row.lap, case.row.level):
        return None
    if case.urgency is Urgency.IMMEDIATE:
        tell_reporter(work, case, UNANSWERED)
    note(work, case, "unanswered", SYSTEM)
    return call_out(work, case, climb(chase_of(work, case), work.directory, work.today))


def _untouched(work: Work, case: CaseFile, _timer: Any) -> list[Deed] | None:
    """Acknowledged, and nothing done since: it climbs again, and the handlers are reminded."""
    if case.state is not State.ACKNOWLEDGED:
        return None
    remind(work, case, case.handlers(), Prompt.UNTOUCHED)
    note(work, case, "untouched", SYSTEM)
    cases.forget_acknowledgements(work.session, case.id)
    cases.change_case(work.session, case.id, state=State.NOTIFIED.value)
    again = locked(work, case.id)
    if again is None:
        return None
    return call_out(work, again, climb(chase_of(work, again), work.directory, work.today))


def _restored(work: Work, case: CaseFile, _timer: Any) -> list[Deed] | None:
    """After a restore: one fresh lap, marked as such (promise R19)."""
    if case.state is not State.NOTIFIED:
        return None
    chase = replace(chase_of(work, case), lap=case.row.lap + 1, level=0)
    note(work, case, "restored", SYSTEM)
    return call_out(work, case, first(chase, work.directory, work.today), marks=RESTORED)


def _check_in(work: Work, case: CaseFile, timer: Any) -> list[Deed]:
    tell_reporter(work, case, CHECK_IN, about=timer.guard)
    return []


def _decision(work: Work, case: CaseFile, _timer: Any) -> list[Deed] | None:
    if case.state not in LIVE:
        return None
    remind(work, case, case.handlers(), Prompt.DECISION)
    note(work, case, "decision_due", SYSTEM)
    return []


def _action(work: Work, case: CaseFile, timer: Any) -> list[Deed] | None:
    if case.state not in LIVE:
        return None
    remind(work, case, (timer.guard,), Prompt.ACTION)
    return []


def _handover(work: Work, case: CaseFile, timer: Any) -> list[Deed] | None:
    """Handed over and not taken: whoever handed it over still has it, and learns so."""
    giver, _, taker = timer.guard.partition(" ")
    if case.state not in LIVE or taker in case.handlers():
        return None
    remind(work, case, (giver,), Prompt.NOT_TAKEN)
    note(work, case, "not_taken", SYSTEM)
    return []


_PURPOSES: Mapping[str, Callable[[Work, CaseFile, Any], list[Deed] | None]] = {
    CLIMB: _climb,
    UNTOUCHED: _untouched,
    RESTORED: _restored,
    CHECK_IN_TIMER: _check_in,
    DECISION_TIMER: _decision,
    ACTION_TIMER: _action,
    HANDOVER_TIMER: _handover,
}


def mend_unchased(office: Office, *, now: datetime) -> int:
    """Find open cases that nothing moves on any more and set them going; returns how many (promise R15)."""
    waiting = frozenset({State.NOTIFIED.value, State.ACKNOWLEDGED.value})
    purposes = (*CHASING, RESTORED)
    with office.store.reading() as session:
        found = [row.id for row in timers.unchased(session, waiting, purposes)]
    return sum(_mend(office, case_id, now) for case_id in found)


def _mend(office: Office, case_id: str, now: datetime) -> bool:
    with office.work(now) as work:
        case = locked(work, case_id)
        stuck = case is not None and not any(
            one.purpose in {*CHASING, RESTORED} for one in timers.timers_of(work.session, case_id)
        )
        if case is None or not stuck or case.state not in {State.NOTIFIED, State.ACKNOWLEDGED}:
            return False
        purpose = CLIMB if case.state is State.NOTIFIED else UNTOUCHED
        timers.set_timer(work.session, case.id, purpose, now, guard_of(case.row.lap, case.row.level))
        alarm(work, Trouble.UNCHASED, case=case)
        work.done(deed(SYSTEM, "mended", case.reference))
    return True
