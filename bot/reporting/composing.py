"""A notice is composed when it is sent: the row says which event, the case says how things stand now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.messages import (
    Alarm,
    Alert,
    AnswerWaits,
    Card,
    CardState,
    CheckIn,
    CodeSent,
    Message,
    Progress,
    Prompt,
    QuestionWaits,
    Reminder,
    RoleChanged,
    Stage,
    Trouble,
    Unanswered,
)
from bot.reporting import calling, passing_on
from bot.reporting.casefile import CaseFile, chase_of, found, read_case, serves
from bot.reporting.escalation import stopped
from bot.reporting.identity import CODE, MINUTES, code_text
from bot.reporting.office import Office, Work
from bot.reporting.people import Family
from bot.reporting.rights import State
from knowledge.rules import ROLE_NAMES, Role
from storage import cases, house, outbox

ROLE_CHANGED = "role_changed"
_CALLS = frozenset({calling.CARD, calling.ALERT, calling.UNANSWERED})
_IN_A_ROLE = frozenset({calling.CARD, calling.HANDED, calling.ALERT, calling.REMINDER})
_TO_REPORTERS = frozenset({Prompt.ASKED.value})
"""Only somebody in a role is sent these, but for the reminders that go to reporters."""
HELPLINE = "the Professionals Online Safety Helpline, 0344 381 4772"


@dataclass(frozen=True, slots=True)
class Composed:
    """What to send. `edits` is the provider's id of the message that is changed in place, if one is.

    `seeks` is the notice whose message that would be where it is not known whether it has arrived.
    """

    message: Message
    edits: str | None = None
    person: str = ""
    seeks: str | None = None


def compose(work: Work, row: Any) -> Composed | None:
    """The message of a notice as things stand now; None where it should not be sent any more."""
    if row.event == CODE:
        text = code_text(work, row.about)
        return Composed(CodeSent(*text, MINUTES)) if text else None
    if row.event == ROLE_CHANGED:
        return _role_changed(work, row.about)
    if row.event in {passing_on.QUESTION, passing_on.ANSWER}:
        kind = QuestionWaits if row.event == passing_on.QUESTION else AnswerWaits
        return Composed(kind(row.about)) if passing_on.waits(work, row.about, row.person) else None
    case = found(work, row.case_id) if row.case_id else None
    if row.event == calling.ALARM:
        if case is not None and row.person in case.barred:
            return None
        trouble, _, what = row.about.partition(" ")
        reference = case.reference if case else ""
        return Composed(Alarm(Trouble(trouble), reference, what))
    return _of_case(work, case, row) if case is not None else None


def _of_case(work: Work, case: CaseFile, row: Any) -> Composed | None:
    if row.event == calling.REFRESH:
        sent = outbox.by_id(work.session, row.about)
        if sent is None or not calling.may_be_there(sent):
            return None
        seeks = None if sent.provider_id else sent.id
        return Composed(_card(work, case, sent), edits=sent.provider_id, seeks=seeks)
    if not _may_hear(work, case, row):
        return None
    if row.event in _CALLS and not _still_called(work, case, row):
        return None
    message = _event(work, case, row)
    return Composed(message) if message is not None else None


def _may_hear(work: Work, case: CaseFile, row: Any) -> bool:
    """Whether somebody may be sent this still: they may have been named, or have left their role, since."""
    if row.person in case.barred:
        return row.person == case.row.reporter and row.event in calling.OWN
    if row.event not in _IN_A_ROLE or row.about in _TO_REPORTERS:
        return True
    return bool(_roles_now(work, case, row.person))


def _roles_now(work: Work, case: CaseFile, person: str) -> frozenset[Role]:
    """The roles that somebody was told in and still holds."""
    told = {Role(one.role) for one in case.told if one.person == person and not one.withdrawn}
    return frozenset(role for role in told if serves(work, case, person, role))


def _still_called(work: Work, case: CaseFile, row: Any) -> bool:
    """Whether somebody is to be called still: a send that failed may come back after the chase has ended."""
    if case.state is not State.NOTIFIED:
        return False
    chase = chase_of(work, case) if row.event == calling.CARD and case.holder_roles() else None
    return chase is None or not stopped(Role(row.about), chase, work.directory)


def _event(work: Work, case: CaseFile, row: Any) -> Message | None:
    ring = _ring(work, case, nobody_left=row.about == calling.NOBODY_LEFT)
    match row.event:
        case calling.CARD | calling.HANDED:
            card = _card(work, case, row)
            return card if card.state is CardState.WAITING else None
        case calling.ALERT:
            return Alert(case.reference, case.urgency, ring)
        case calling.UNANSWERED:
            return Unanswered(
                case.reference,
                ring,
                closed_hours=row.about == calling.CLOSED_HOURS,
                nobody_left=row.about == calling.NOBODY_LEFT,
                partly=bool(_holders(case)),
            )
        case calling.PROGRESS:
            return _progress(case, Stage(row.about), ring)
        case calling.REMINDER:
            return Reminder(case.reference, Prompt(row.about))
        case calling.CHECK_IN:
            return CheckIn(case.reference, int(row.about), HELPLINE)
    raise ValueError(f"no such event: {row.event}")


def _card(work: Work, case: CaseFile, row: Any) -> Card:
    role = Role(row.about)
    mine = [one for one in case.told if one.person == row.person and not one.withdrawn]
    if row.person in case.barred or not _roles_now(work, case, row.person):
        state = CardState.WITHDRAWN
    elif case.state in {State.CLOSED, State.PURGED}:
        state = CardState.CLOSED
    elif any(one.acknowledged_at for one in mine):
        state = CardState.ACKNOWLEDGED
    else:
        state = CardState.WAITING
    return Card(
        reference=case.reference,
        kind=case.kind,
        urgency=case.urgency,
        opened_at=case.row.opened_at.astimezone(ZoneInfo(work.directory.trust.timezone)),
        role=_title(case, role),
        state=state,
        holders=tuple(_title(case, one) for one in _holders(case)),
        handed=row.event == calling.HANDED,
        technical=role in _technical(case),
        askable=case.askable,
    )


def card_now(office: Office, reference: str, person: str, platform: str, *, now: datetime) -> Card | None:
    """The card that somebody has about a case, as it stands now; None where they have none on that platform.

    For a platform that changes a card in the same breath as it is pressed. Raises `UnavailableError`.
    """
    with office.store.reading() as session:
        work = Work(session, office, now)
        case = read_case(work, cases.by_reference(session, reference))
        rows = outbox.of_case(session, case.id) if case is not None else []
        sent = [
            row
            for row in rows
            if (row.person, row.platform) == (person, platform)
            and row.event in {calling.CARD, calling.HANDED}
            and calling.may_be_there(row)
        ]
        return _card(work, case, sent[-1]) if case is not None and sent else None


def _technical(case: CaseFile) -> frozenset[Role]:
    return frozenset(hop.role for hop in case.details.route.hops if hop.technical)


def _holders(case: CaseFile) -> tuple[Role, ...]:
    """The roles that have answered for the report itself, and not only for a technical fault in it."""
    return tuple(role for role in case.holder_roles() if role not in _technical(case))


def _progress(case: CaseFile, stage: Stage, ring: tuple[str, ...]) -> Progress:
    """In fixed words. A self-reporter keeps the receipt and learns nothing of who has it."""
    roles = _holders(case)
    if case.row.reporter in case.details.recused:
        return Progress(case.reference, stage, ring=ring)
    return Progress(case.reference, stage, _title(case, roles[0]) if roles else "", ring)


def _title(case: CaseFile, role: Role) -> str:
    return case.details.route.titles.get(role) or ROLE_NAMES[role]


def _ring(work: Work, case: CaseFile, *, nobody_left: bool) -> tuple[str, ...]:
    """Whom to ring about a case, as lines: never whoever it is or may be about.

    The LADO, whom only England has, is named for a concern about an adult and where nobody here can be told.
    """
    contacts = work.directory.contacts_for(case.row.school)
    about_adult = case.row.family in {Family.ADULT, Family.HEAD}
    lead = not (about_adult or nobody_left) and case.barred.isdisjoint(_leads(work, case))
    lado = not lead and work.directory.trust.nation == "england"
    rows = (
        (contacts.emergency, "in an emergency"),
        (contacts.dsl_phone if lead else None, "the school's safeguarding lead"),
        (contacts.lado if lado else None, "the designated officer for allegations"),
        (contacts.social_care, "children's social care"),
        (contacts.social_care_out_of_hours, "children's social care out of hours"),
        (contacts.police, "the police, when it is no emergency"),
    )
    return tuple(f"{number}: {whom}" for number, whom in rows if number)


def _leads(work: Work, case: CaseFile) -> frozenset[str]:
    """Whoever may pick up the safeguarding lead's telephone."""
    roles = (Role.DSL, Role.DEPUTY_DSL)
    return frozenset(one for role in roles for one in work.directory.holders(role, case.row.school))


def _role_changed(work: Work, change: str) -> Composed | None:
    changed = next((one for one in house.role_changes(work.session) if one.id == change), None)
    if changed is None:
        return None
    school = work.directory.schools.get(changed.school)
    role = ROLE_NAMES[Role(changed.role)]
    return Composed(RoleChanged(changed.id[:8], role, school.name if school else ""))
