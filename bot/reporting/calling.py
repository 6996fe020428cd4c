"""Acting on who is told next: notices, timers, alarms and the audit, all in the caller's transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.messages import Prompt, Stage, Trouble
from bot.reporting.casefile import BY_PUPIL, SYSTEM, CaseFile, note
from bot.reporting.escalation import Call, Climb
from bot.reporting.office import EMAIL, Work
from bot.reporting.rights import State
from knowledge.rules import Role, Urgency
from storage import cases, house, outbox, timers
from storage.audit import Deed
from storage.failpoints import failpoint
from storage.outbox import Draft

CLIMB, UNTOUCHED = "climb", "untouched"
CHASING = (CLIMB, UNTOUCHED)
"""The timers that move an open case on."""
CARD, ALERT, UNANSWERED, PROGRESS = "card", "alert", "unanswered", "progress"
REMINDER, CHECK_IN, ALARM, REFRESH = "reminder", "check_in", "alarm", "refresh"
HANDED = "handed"
OWN = frozenset({PROGRESS, UNANSWERED})
"""What reporters hear of their own report, even where it is about themselves."""
NOBODY_LEFT, CLOSED_HOURS = "nobody_left", "closed_hours"
"""What UNANSWERED may be about."""
DRILL, RESTORED, REPEAT = "drill", "restored", "repeat"
_RANKS = {Urgency.IMMEDIATE: 0, Urgency.TODAY: 3, Urgency.ROUTINE: 5}
_ALARM_RANK = 2
_REFRESH_RANK = 7


def call_out(work: Work, case: CaseFile, climb: Climb, *, marks: str = "") -> list[Deed]:
    """Tell the people of a climb, set the timer for the next, raise what alarms there are.

    Returns what the audit is to say; the caller writes it last, just before its commit.
    """
    deeds = _tell(work, case, climb, marks)
    _note_level(work, case, climb)
    _set_climb(work, case, climb)
    for role in climb.vacant if climb.lap == 0 else ():
        alarm(work, Trouble.VACANT, what=role.value, case=case)
    if climb.outside:
        alarm(work, Trouble.NOBODY_LEFT, case=case)
        if not case.holder_roles():
            tell_reporter(work, case, UNANSWERED, about=NOBODY_LEFT)
        note(work, case, "nobody_left", SYSTEM)
    if climb.alarm and not climb.outside:
        alarm(work, Trouble.UNANSWERED, case=case)
    failpoint("after-outbox-insert")
    return deeds


def _set_climb(work: Work, case: CaseFile, climb: Climb) -> None:
    """Set when the next step is taken. Somebody more told in the same step puts it off for nobody."""
    guard = guard_of(climb.lap, climb.level)
    before = [one for one in timers.timers_of(work.session, case.id) if one.purpose == CLIMB]
    due = min([work.now + climb.within, *(one.due_at for one in before if one.guard == guard)])
    put = timers.set_timer if before else timers.add_timer
    put(work.session, case.id, CLIMB, due, guard)


def guard_of(lap: int, level: int) -> str:
    """What a climb's timer remembers of where the case was."""
    return f"{lap}.{level}"


def _note_level(work: Work, case: CaseFile, climb: Climb) -> None:
    alarmed = case.row.alarmed or climb.alarm
    values = {"level": climb.level, "lap": climb.lap, "alarmed": alarmed, "changed_at": work.now}
    if any(getattr(case.row, name) != value for name, value in values.items()):
        cases.change_case(work.session, case.id, **values)


def _tell(work: Work, case: CaseFile, climb: Climb, marks: str) -> list[Deed]:
    cases.add_tellings(work.session, [_telling(work, case, call, climb) for call in climb.calls])
    events = [ALERT if call.alert else CARD for call in climb.calls]
    posts = (
        Post(call.person, event, call.role.value, marks=marks)
        for call, event in zip(climb.calls, events, strict=True)
    )
    send(work, case, *posts)
    return [_told(case, call, climb) for call in climb.calls]


def _telling(work: Work, case: CaseFile, call: Call, climb: Climb) -> dict[str, object]:
    return {
        "case_id": case.id,
        "person": call.person,
        "role": call.role.value,
        "level": climb.level,
        "lap": climb.lap,
        "alert": call.alert,
        "withdrawn": False,
        "handler": False,
        "told_at": work.now,
    }


def _told(case: CaseFile, call: Call, climb: Climb) -> Deed:
    where = f"role={call.role.value} person={call.person} level={climb.level} lap={climb.lap}"
    return Deed(SYSTEM.person, "alerted" if call.alert else "told", case.reference, where)


@dataclass(frozen=True, slots=True)
class Post:
    """One message to one person about a case. `later` puts it behind the case's own calls."""

    person: str
    event: str
    about: str = ""
    later: int = 0
    marks: str = ""


def send(work: Work, case: CaseFile, *posts: Post) -> None:
    """Put messages in the outbox, once for each platform that reaches the person."""
    lost = house.lost_lanes(work.session) if posts else frozenset[str]()
    outbox.enqueue(
        work.session, work.now, [draft for post in posts for draft in _drafts(work, case, post, lost)]
    )


def _drafts(work: Work, case: CaseFile, post: Post, lost: frozenset[str]) -> list[Draft]:
    if post.person == case.row.reporter and case.row.origin == BY_PUPIL:
        return []
    ways = work.office.ways_to(post.person, lost)
    if post.person == case.row.reporter and case.row.origin in ways:
        ways = (case.row.origin,)
    rank = _RANKS[case.urgency] + post.later
    marks = " ".join(filter(None, (DRILL if case.row.drill else "", post.marks)))
    return [Draft(post.person, way, post.event, rank, case.id, post.about, marks) for way in ways]


def tell_reporter(work: Work, case: CaseFile, event: str, *, about: str = "") -> None:
    """Tell the reporter something about their report, on the platform it came from."""
    send(work, case, Post(case.row.reporter, event, about, later=1))


def tell_progress(work: Work, case: CaseFile, stage: Stage) -> None:
    """Tell the reporter how far it is, in fixed words."""
    tell_reporter(work, case, PROGRESS, about=stage.value)


def remind(work: Work, case: CaseFile, people: Iterable[str], prompt: Prompt) -> None:
    """Remind people of something on a case; whoever is barred by now is left out."""
    for person in people:
        if person not in case.barred:
            send(work, case, Post(person, REMINDER, prompt.value))


def alarm(
    work: Work,
    trouble: Trouble,
    *,
    what: str = "",
    case: CaseFile | None = None,
) -> None:
    """Tell every administrator that something is wrong: on chat, and by e-mail as well.

    An administrator whom the case is about is left out, and told of nothing.
    """
    barred = case.barred if case else frozenset()
    case_id = case.id if case else None
    marks = DRILL if case and case.row.drill else ""
    about = " ".join(filter(None, (trouble.value, what)))
    drafts = [
        Draft(person, way, ALARM, _ALARM_RANK, case_id, about, marks)
        for person in work.directory.all_holders(Role.ADMINISTRATOR)
        if person not in barred
        for way in _every_way_to(work, person)
    ]
    outbox.enqueue(work.session, work.now, drafts)


def _every_way_to(work: Work, person: str) -> list[str]:
    """The platforms for an alarm: e-mail beside chat. One that reaches them no more is not tried again."""
    lost = house.lost_lanes(work.session)
    ways = set(work.office.ways_to(person, lost))
    known, has_mail = work.directory.person(person), work.office.reach.get(EMAIL)
    if known and has_mail and has_mail(known) and outbox.lane_of(person, EMAIL) not in lost:
        ways.add(EMAIL)
    return sorted(ways)


def refresh_cards(work: Work, case: CaseFile, *, only: str | None = None) -> None:
    """Have the cards that were sent changed in place: as the case stands by the time they are.

    One that is on its way now was composed before this; it is changed once its lease is over.
    """
    drafts = [
        Draft(row.person, row.platform, REFRESH, _REFRESH_RANK, case.id, row.id, not_before=row.lease_until)
        for row in outbox.of_case(work.session, case.id)
        if row.event in {CARD, HANDED} and may_be_there(row) and only in {None, row.person}
    ]
    waiting = {
        row.about
        for row in outbox.of_case(work.session, case.id)
        if row.event == REFRESH and row.state == "pending"
    }
    outbox.enqueue(work.session, work.now, [draft for draft in drafts if draft.about not in waiting])


def may_be_there(row: Any) -> bool:
    """Whether a notice stands before its person, as far as is known: it was sent, or may have been."""
    return bool(row.provider_id or row.state == outbox.LEASED or row.reason == outbox.UNSURE)


def stop_chase(work: Work, case: CaseFile) -> None:
    """Stop everything that still calls people for a case."""
    outbox.cancel(work.session, case.id, outbox.event_in({CARD, ALERT}))
    timers.stop_timers(work.session, case.id, *CHASING)


def open_states() -> frozenset[str]:
    """States in which a case must be chased until somebody acknowledges or works on it."""
    return frozenset({State.NOTIFIED.value, State.ACKNOWLEDGED.value})
