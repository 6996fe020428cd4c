"""A notice is composed when it is sent: the row says which event, the case says how things stand now."""

from dataclasses import dataclass
from typing import Any

from bot.messages import (
    Alarm,
    Alert,
    Card,
    CardState,
    CheckIn,
    CodeSent,
    Message,
    Progress,
    Prompt,
    Reminder,
    RoleChanged,
    Stage,
    Trouble,
    Unanswered,
)
from bot.reporting import calling
from bot.reporting.casefile import CaseFile, found
from bot.reporting.identity import CODE, MINUTES, code_text
from bot.reporting.office import Work
from bot.reporting.people import Contacts
from bot.reporting.rights import LIVE, State
from knowledge.rules import ROLE_NAMES, Role
from storage import house, outbox

ROLE_CHANGED = "role_changed"
HELPLINE = "the Professionals Online Safety Helpline, 0344 381 4772"


@dataclass(frozen=True, slots=True)
class Composed:
    """What to send. `edits` is the provider's id of the message that is changed in place, if one is."""

    message: Message
    edits: str | None = None
    person: str = ""


def compose(work: Work, row: Any) -> Composed | None:
    """The message of a notice as things stand now; None where it should not be sent any more."""
    if row.event == CODE:
        text = code_text(work, row.about)
        return Composed(CodeSent(*text, MINUTES)) if text else None
    if row.event == ROLE_CHANGED:
        return _role_changed(work, row.about)
    case = found(work, row.case_id) if row.case_id else None
    if row.event == calling.ALARM:
        trouble, _, what = row.about.partition(" ")
        reference = case.reference if case else ""
        return Composed(Alarm(Trouble(trouble), reference, what))
    return _of_case(work, case, row) if case is not None else None


def _of_case(work: Work, case: CaseFile, row: Any) -> Composed | None:
    if row.event == calling.REFRESH:
        sent = outbox.by_id(work.session, row.about)
        if sent is None or sent.provider_id is None:
            return None
        return Composed(_card(case, sent), edits=sent.provider_id)
    if row.person in case.barred and row.person != case.row.reporter:
        return None
    message = _event(work, case, row)
    return Composed(message) if message is not None else None


def _event(work: Work, case: CaseFile, row: Any) -> Message | None:
    ring = numbers(work.directory.contacts_for(case.row.school), family=case.row.family)
    match row.event:
        case calling.CARD | calling.HANDED:
            return _card(case, row) if case.state in LIVE else None
        case calling.ALERT:
            return Alert(case.reference, case.urgency, numbers(work.directory.contacts_for(case.row.school)))
        case calling.UNANSWERED:
            nobody = row.about == "nobody_left"
            return Unanswered(case.reference, ring, row.about == "closed_hours", nobody)
        case calling.PROGRESS:
            return _progress(case, Stage(row.about), ring)
        case calling.REMINDER:
            return Reminder(case.reference, Prompt(row.about))
        case calling.CHECK_IN:
            return CheckIn(case.reference, int(row.about), HELPLINE)
    raise ValueError(f"no such event: {row.event}")


def _card(case: CaseFile, row: Any) -> Card:
    role = Role(row.about)
    technical = any(hop.technical and hop.role is role for hop in case.details.route.hops)
    mine = [one for one in case.told if one.person == row.person and not one.withdrawn]
    if row.person in case.barred or not mine:
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
        opened_at=case.row.opened_at,
        role=_title(case, role),
        state=state,
        holders=tuple(_title(case, one) for one in case.holder_roles()),
        handed=row.event == calling.HANDED,
        technical=technical,
    )


def _progress(case: CaseFile, stage: Stage, ring: tuple[str, ...]) -> Progress:
    """In fixed words. A self-reporter keeps the receipt and learns nothing of who has it."""
    roles = case.holder_roles()
    if case.row.reporter in case.details.recused:
        return Progress(case.reference, stage, ring=ring)
    return Progress(case.reference, stage, _title(case, roles[0]) if roles else "", ring)


def _title(case: CaseFile, role: Role) -> str:
    return case.details.route.titles.get(role) or ROLE_NAMES[role]


def numbers(contacts: Contacts, *, family: str = "child") -> tuple[str, ...]:
    """Whom to ring, as lines; a concern about an adult has the LADO among them, if the schools file does."""
    rows = (
        (contacts.emergency, "in an emergency"),
        (contacts.dsl_phone if family in {"child", "other"} else None, "the school's safeguarding lead"),
        (contacts.lado if family in {"adult", "head"} else None, "the designated officer for allegations"),
        (contacts.social_care, "children's social care"),
        (contacts.social_care_out_of_hours, "children's social care out of hours"),
        (contacts.police, "the police, when it is no emergency"),
    )
    return tuple(f"{number}: {whom}" for number, whom in rows if number)


def _role_changed(work: Work, change: str) -> Composed | None:
    changed = next((one for one in house.role_changes(work.session) if one.id == change), None)
    if changed is None:
        return None
    school = work.directory.schools.get(changed.school)
    role = ROLE_NAMES[Role(changed.role)]
    return Composed(RoleChanged(changed.id[:8], role, school.name if school else ""))
