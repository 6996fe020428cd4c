"""What handlers and reporters do with a case after it was acknowledged, each in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.errors import RefusedActionError
from bot.messages import Prompt, Stage
from bot.reporting.calling import (
    HANDED,
    REMINDER,
    UNTOUCHED,
    Post,
    refresh_cards,
    remind,
    send,
    stop_chase,
    tell_progress,
    tell_reporter,
)
from bot.reporting.casefile import BY_PUPIL, Actor, CaseFile, claimed, deed, locked, note, permitted, serves
from bot.reporting.office import Office, Work
from bot.reporting.recusal import share_bars
from bot.reporting.rights import LIVE, Action, State
from bot.reporting.typed import clean
from knowledge.rules import Role
from storage import cases, outbox, timers
from storage.audit import Deed

ACTION_TIMER, HANDOVER_TIMER = "action", "handover"
LONGEST = 20_000
"""Characters of a note, question, answer or reason."""
DRILL_ENDED = "drill ended"
_WORKING_HOURS_START = time(8, 0)
HANDLING_ROLES = (
    *(Role.DSL, Role.DEPUTY_DSL, Role.TRUST_SAFEGUARDING, Role.PRINCIPAL, Role.DEPUTY_HEAD, Role.SLT),
    *(Role.EXECUTIVE, Role.GOVERNORS, Role.ABOUT_HEAD, Role.ABOUT_EXECUTIVE, Role.VICE_CHAIR),
    *(Role.DPO, Role.HR, Role.COMMUNICATIONS, Role.LINE_MANAGER),
)
"""Roles in which a case can be handed to somebody."""


class Decision(StrEnum):
    """How a case is closed. Each needs a reason, NO_REFERRAL too (KCSIE part one)."""

    NO_REFERRAL = "no_referral"
    EARLY_HELP = "early_help"
    SOCIAL_CARE = "social_care"
    POLICE = "police"
    LADO = "lado"
    LOW_LEVEL = "low_level"
    PREVENT = "prevent"
    IN_SCHOOL = "in_school"
    COMPLAINT = "complaint"
    REMOVED = "removed"
    NO_ACTION = "no_action"
    DUPLICATE = "duplicate"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Closing:
    """A decision with its reason."""

    decision: Decision
    reason: str


@contextmanager
def _doing(
    office: Office, reference: str, actor: Actor, action: Action, now: datetime
) -> Iterator[tuple[Work, CaseFile]]:
    """Open a transaction on a case that the actor may do this with; commits and wakes the sender after."""
    with office.work(now) as work:
        case = claimed(work, reference, actor, action)
        yield work, case
        work.done(deed(actor, action.value, case.reference))
    office.wake()


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two cases of the actor's, both locked, and what the audit is to say beside the deed itself."""

    work: Work
    first: CaseFile
    second: CaseFile
    deeds: list[Deed]


@contextmanager
def _doing_with_both(
    office: Office, references: tuple[str, str], actor: Actor, action: Action, now: datetime
) -> Iterator[_Pair]:
    """Open a transaction on a case and another one that the actor may link; whom they bar is shared after."""
    with office.work(now) as work:
        tried = zip(references, (action, Action.LINK), strict=True)
        ids = sorted(permitted(work, reference, actor, each).id for reference, each in tried)
        for one in ids:
            locked(work, one)
        first = claimed(work, references[0], actor, action)
        second = claimed(work, references[1], actor, Action.LINK)
        if first.id == second.id:
            raise RefusedActionError("that is the same case")
        pair = _Pair(work, first, second, [deed(actor, action.value, first.reference)])
        yield pair
        pair.deeds.extend(share_bars(work, first.id))
        work.done(*pair.deeds)
    office.wake()


def _worked_on(work: Work, case: CaseFile) -> None:
    """A handler did something: an acknowledged case is in progress and climbs no more for lying untouched."""
    if case.state is State.ACKNOWLEDGED:
        cases.change_case(work.session, case.id, state=State.IN_PROGRESS.value, changed_at=work.now)
        timers.stop_timers(work.session, case.id, UNTOUCHED)


def _said(text: str, what: str) -> str:
    """What somebody wrote, without what can't be seen. Raises `RefusedActionError`."""
    said = clean(text, lines=True)
    if not said:
        raise RefusedActionError(f"the {what} is empty: say it in a few words")
    if len(said) > LONGEST:
        raise RefusedActionError(f"the {what} is longer than {LONGEST:,} characters: shorten it")
    return said


def add_note(office: Office, reference: str, actor: Actor, text: str, *, now: datetime) -> None:
    """Write a note that only handlers see. Raises `NoSuchCaseError`, `RefusedActionError`."""
    said = _said(text, "note")
    with _doing(office, reference, actor, Action.NOTE, now) as (work, case):
        note(work, case, "note", actor, said)
        _worked_on(work, case)


def ask_reporter(office: Office, reference: str, actor: Actor, question: str, *, now: datetime) -> None:
    """Ask the reporter something. They are told that a question waits; the question is on the case."""
    said = _said(question, "question")
    with _doing(office, reference, actor, Action.ASK, now) as (work, case):
        if case.row.reporter in case.barred:
            raise RefusedActionError("this report is about its own reporter: speak to them as procedure says")
        if case.row.origin == BY_PUPIL:
            raise RefusedActionError("a pupil wrote this: speak to them in person, and never through here")
        note(work, case, "asked", actor, said)
        tell_reporter(work, case, REMINDER, about=Prompt.ASKED.value)
        _worked_on(work, case)


def answer_question(office: Office, reference: str, actor: Actor, text: str, *, now: datetime) -> None:
    """Answer what a handler asked. Raises `NoSuchCaseError` for anybody but the reporter."""
    said = _said(text, "answer")
    with _doing(office, reference, actor, Action.ANSWER, now) as (work, case):
        note(work, case, "answered", actor, said)
        remind(work, case, case.handlers(), Prompt.ANSWERED)


def add_information(office: Office, reference: str, actor: Actor, text: str, *, now: datetime) -> None:
    """Add something to one's own report; its handlers are told."""
    said = _said(text, "text")
    with _doing(office, reference, actor, Action.ADD, now) as (work, case):
        note(work, case, "added", actor, said)
        remind(work, case, case.handlers(), Prompt.ADDED)


def add_action(
    office: Office, reference: str, actor: Actor, action: tuple[str, str, date], *, now: datetime
) -> None:
    """Note what is to be done, by whom, by when; they are reminded on the morning of that day."""
    owner, text, due = action
    said = _said(text, "action")
    with _doing(office, reference, actor, Action.ACT, now) as (work, case):
        if owner not in case.handlers():
            raise RefusedActionError(
                "an action is owned by somebody who handles the case: hand it over first"
            )
        if due < work.today:
            raise RefusedActionError("the date is past: give today or a later day")
        note(work, case, "action", actor, f"{owner} {due.isoformat()} {said}")
        morning = datetime.combine(due, _WORKING_HOURS_START, ZoneInfo(work.directory.trust.timezone))
        timers.add_timer(work.session, case.id, ACTION_TIMER, max(morning, work.now), guard=owner)
        _worked_on(work, case)


def hand_over(office: Office, reference: str, actor: Actor, to: str, *, now: datetime) -> None:
    """Hand a case to somebody in a leading role; until it is taken it stays with the giver."""
    with _doing(office, reference, actor, Action.HAND_OVER, now) as (work, case):
        role = role_to_take(work, case, to)
        told = {
            "case_id": case.id,
            "person": to,
            "role": role.value,
            "level": case.row.level,
            "lap": case.row.lap,
            "alert": False,
            "withdrawn": False,
            "handler": False,
            "told_at": now,
        }
        cases.add_tellings(work.session, [told])
        send(work, case, Post(to, HANDED, role.value))
        within = min(step.within for step in case.details.steps)
        timers.add_timer(work.session, case.id, HANDOVER_TIMER, now + within, guard=f"{actor.person} {to}")
        note(work, case, "handed_over", actor, to)
        _worked_on(work, case)


def role_to_take(work: Work, case: CaseFile, to: str) -> Role:
    """The role in which somebody takes a case over. Raises `RefusedActionError`, alike for every reason."""
    person = work.directory.person(to)
    fit = (one for one in HANDLING_ROLES if one not in case.details.route.withheld)
    role = next((one for one in fit if serves(work, case, to, one)), None)
    if person is None or role is None or not person.here(work.today) or to in case.barred:
        raise RefusedActionError("this case cannot be handed to them: choose somebody else")
    if not work.office.ways_to(to, frozenset()):
        raise RefusedActionError("they cannot be reached here: choose somebody else, or speak to them")
    return role


def close(office: Office, reference: str, actor: Actor, closing: Closing, *, now: datetime) -> None:
    """Close a case with a decision and its reason. The reporter learns that it is closed and no more."""
    reason = _said(closing.reason, "reason")
    with _doing(office, reference, actor, Action.CLOSE, now) as (work, case):
        note(work, case, "closed", actor, f"{closing.decision.value}\n{reason}")
        _shut(work, case)


def _shut(work: Work, case: CaseFile) -> None:
    stop_chase(work, case)
    outbox.cancel(work.session, case.id)
    timers.stop_timers(work.session, case.id, ACTION_TIMER, HANDOVER_TIMER, "decision")
    cases.change_case(
        work.session, case.id, state=State.CLOSED.value, closed_at=work.now, changed_at=work.now
    )
    tell_progress(work, case, Stage.CLOSED)
    refresh_cards(work, case)


def end_drill(office: Office, case_id: str, actor: Actor, *, now: datetime) -> bool:
    """Close a drill, whoever handles it. False where it is none, or over already."""
    with office.work(now) as work:
        case = locked(work, case_id)
        if case is None or not case.row.drill or case.state not in LIVE:
            return False
        note(work, case, "closed", actor, f"{Decision.OTHER.value}\n{DRILL_ENDED}")
        _shut(work, case)
        timers.stop_timers(work.session, case.id)
        work.done(deed(actor, "drill ended", case.reference))
    office.wake()
    return True


def reopen(office: Office, reference: str, actor: Actor, reason: str, *, now: datetime) -> None:
    """Open a closed case again, with a reason; it lies untouched no longer than a lap before it climbs."""
    said = _said(reason, "reason")
    with _doing(office, reference, actor, Action.REOPEN, now) as (work, case):
        note(work, case, "reopened", actor, said)
        cases.change_case(
            work.session,
            case.id,
            state=State.ACKNOWLEDGED.value,
            closed_at=None,
            transferred_at=None,
            changed_at=now,
        )
        lap = sum((step.within for step in case.details.steps), timedelta())
        timers.set_timer(work.session, case.id, UNTOUCHED, now + lap)
        tell_progress(work, case, Stage.REOPENED)
        refresh_cards(work, case)


def link(office: Office, reference: str, actor: Actor, other: str, *, now: datetime) -> None:
    """Link two cases that the actor handles; from now on they bar the same people."""
    with _doing_with_both(office, (reference, other), actor, Action.LINK, now) as pair:
        cases.link(pair.work.session, pair.first.id, pair.second.id, "linked")
        note(pair.work, pair.first, "linked", actor, pair.second.reference)
        note(pair.work, pair.second, "linked", actor, pair.first.reference)


def merge(office: Office, reference: str, actor: Actor, into: str, *, now: datetime) -> None:
    """Close a case as a duplicate of another that is about the same people and nobody else."""
    with _doing_with_both(office, (reference, into), actor, Action.CLOSE, now) as pair:
        work, case, second = pair.work, pair.first, pair.second
        if not _same_subject(case, second):
            raise RefusedActionError("these cases are not about the same people: link them instead")
        cases.link(work.session, case.id, second.id, "merged")
        note(work, case, "closed", actor, f"{Decision.DUPLICATE.value}\n{second.reference}")
        note(work, second, "merged", actor, case.reference)
        _shut(work, case)


def _same_subject(one: CaseFile, other: CaseFile) -> bool:
    """Whether both name the same subject: the same members of staff, and the same words for anybody else."""
    first, second = one.details.report, other.details.report
    if first.held_back or second.held_back:
        return False
    if one.details.own | other.details.own:
        return one.details.own == other.details.own
    name, same = (" ".join(report.subject.casefold().split()) for report in (first, second))
    return bool(name) and name == same and first.about is second.about


def transfer(office: Office, reference: str, actor: Actor, record: str, *, now: datetime) -> None:
    """Note the number under which the school's own safeguarding record holds this case from now on."""
    said = _said(record, "record number")
    with _doing(office, reference, actor, Action.TRANSFER, now) as (work, case):
        note(work, case, "transferred", actor, said)
        cases.change_case(work.session, case.id, transferred_at=now, changed_at=now)


def hold(office: Office, reference: str, actor: Actor, reason: str, *, now: datetime) -> None:
    """Put a legal hold on a case: while it holds, nothing purges the case."""
    _set_hold(office, reference, actor, ("held", _said(reason, "reason")), now=now)


def release(office: Office, reference: str, actor: Actor, reason: str, *, now: datetime) -> None:
    """Lift a legal hold."""
    _set_hold(office, reference, actor, ("released", _said(reason, "reason")), now=now)


def _set_hold(office: Office, reference: str, actor: Actor, said: tuple[str, str], *, now: datetime) -> None:
    event, reason = said
    with office.work(now) as work:
        case = claimed(work, reference, actor, Action.HOLD)
        note(work, case, event, actor, reason)
        cases.change_case(work.session, case.id, held=event == "held")
        work.done(deed(actor, event, case.reference))
