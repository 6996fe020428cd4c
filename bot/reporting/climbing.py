"""What falls due: the next step of a ladder, an untouched case, check-ins, clocks. One transaction each."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from bot.logs import log
from bot.messages import Prompt, Trouble
from bot.reporting.calling import (
    CHASING,
    CHECK_IN,
    CLIMB,
    RESTORED,
    UNANSWERED,
    UNTOUCHED,
    Post,
    alarm,
    call_out,
    guard_of,
    remind,
    send,
    tell_reporter,
)
from bot.reporting.casefile import SYSTEM, CaseFile, chase_of, deed, locked, note
from bot.reporting.escalation import climb, first
from bot.reporting.finding import find_people
from bot.reporting.handling import ACTION_TIMER, HANDOVER_TIMER
from bot.reporting.office import Office, Work
from bot.reporting.rights import LIVE, State
from bot.reporting.submit import CHECK_IN_TIMER, DECISION_TIMER
from knowledge.rules import Urgency
from storage import cases, house, timers
from storage.audit import Deed
from storage.failpoints import failpoint
from storage.store import UnavailableError

_MOST = 100
_ROUNDS = 20
_AGAIN_AFTER = timedelta(seconds=5)
_SAY_AGAIN_AFTER = timedelta(hours=1)
_FAULTY = "faulty "
_MOVING = frozenset({*CHASING, RESTORED})
"""Timers of which an open case has one."""
_MYSELF = frozenset({"me", "myself", "i"})


def tick(office: Office, *, now: datetime) -> int:
    """Do all that is due; returns how much. A database that is away raises `UnavailableError`.

    A case that cannot be moved on, whatever the reason, keeps no other waiting: it is tried again later.
    """
    done, began, at = 0, monotonic(), now
    for _ in range(_ROUNDS):
        with office.store.reading() as session:
            due = timers.due_timers(session, at, _MOST)
        done += _round(office, due, at)
        if len(due) < _MOST:
            break
        at = now + timedelta(seconds=monotonic() - began)
    return done


def rest(office: Office, *, now: datetime) -> timedelta | None:
    """How long nothing falls due; None while there is no timer."""
    with office.store.reading() as session:
        following = timers.next_due(session, now)
    return following - now if following is not None else None


def _round(office: Office, due: Sequence[tuple[str, str]], now: datetime) -> int:
    done, locked_out = 0, False
    for timer, case in due:
        try:
            if fire(office, timer, case, now=now):
                done += 1
                office.wake()
        except UnavailableError:
            if locked_out:
                raise
            locked_out = True  # one case may be locked; with a second one it is the database
        except Exception as error:  # noqa: BLE001  one faulty case must not end the chase of all others
            log.error("timer_failed", case=case, exc_info=error)
            _put_off(office, timer, case, now)
    return done


def _put_off(office: Office, timer: str, case_id: str, now: datetime) -> None:
    """Try again soon; an administrator is told once an hour that it fails."""
    with office.work(now) as work:
        timers.put_off(work.session, timer, now + _AGAIN_AFTER)
        said = house.fact(work.session, _FAULTY + case_id)
        if said is None or said.at <= now - _SAY_AGAIN_AFTER:
            house.put_fact(work.session, _FAULTY + case_id, "failed", now)
            alarm(work, Trouble.FAULTY)
        work.done()


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
    now = climb(chase_of(work, case), work.directory, work.today)
    if case.urgency is Urgency.IMMEDIATE and not now.outside:
        tell_reporter(work, case, UNANSWERED)
    note(work, case, "unanswered", SYSTEM)
    return call_out(work, case, now)


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
    """Ask whoever was targeted how they are; where nobody can say who it was, the handlers are reminded."""
    targets = _targeted(work, case)
    if not targets:
        remind(work, case, case.handlers(), Prompt.CHECK_IN)
    for person in (one for one in targets if one not in case.barred):
        send(work, case, Post(person, CHECK_IN, timer.guard, later=1))
    return []


def _targeted(work: Work, case: CaseFile) -> tuple[str, ...]:
    """The members of staff whom the report says it was aimed at: its reporter, whoever it names, or both."""
    report = case.details.report
    said = report.answers.get("target", "")
    myself = (report.reporter,) if _MYSELF & set(re.findall(r"\w+", said.casefold())) else ()
    found = find_people(said, work.directory, work.today, school=case.row.school) if said else ()
    sure = tuple(one.person for one in found if one.sure)
    only = (found[0].person,) if len(found) == 1 and not myself else ()
    return tuple(dict.fromkeys((*myself, *(sure or only))))


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
    with office.store.reading() as session:
        found = [row.id for row in timers.unchased(session, waiting, _MOVING)]
    return sum(_mended(office, case_id, now) for case_id in found)


def _mended(office: Office, case_id: str, now: datetime) -> bool:
    try:
        return _mend(office, case_id, now)
    except UnavailableError:
        raise
    except Exception as error:  # noqa: BLE001  one faulty case must not keep the others from being mended
        log.error("mend_failed", case=case_id, exc_info=error)
        return False


def _mend(office: Office, case_id: str, now: datetime) -> bool:
    with office.work(now) as work:
        case = locked(work, case_id)
        timed = {one.purpose for one in timers.timers_of(work.session, case_id)}
        if case is None or not timed.isdisjoint(_MOVING):
            return False
        if case.state not in {State.NOTIFIED, State.ACKNOWLEDGED}:
            return False
        purpose = CLIMB if case.state is State.NOTIFIED else UNTOUCHED
        timers.set_timer(work.session, case.id, purpose, now, guard_of(case.row.lap, case.row.level))
        alarm(work, Trouble.UNCHASED, case=case)
        work.done(deed(SYSTEM, "mended", case.reference))
    return True
