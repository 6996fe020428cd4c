"""Everything held about one person, as a draft for the data protection officer: never released from here.

    who asks → audit → every case that may be read, searched → what concerns the person, others masked → audit

Whoever asks learns nothing of a case that is about themselves, not even that it is there (promise S5). The
searching is the program's own, and each case searched has its audit row before it is opened (promise S7).
"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.errors import SignpostError, UsageError
from bot.reporting.casefile import Actor, CaseFile, deed, read_case
from bot.reporting.finding import find_people
from bot.reporting.masking import Mask
from bot.reporting.names import folded
from bot.reporting.office import Office, Work, entry_place
from bot.reporting.people import Directory, Person
from bot.reporting.personal_data import CaseData, Finder, Item
from bot.reporting.rights import LIVE, State
from bot.reporting.sought import How, Sought, sought_for
from bot.reporting.viewing import Line
from bot.wording import subject_access as wording
from knowledge.rules import ROLE_NAMES, Role
from storage import cases, inspecting
from storage.sealing import unseal

_KEPT = frozenset({*LIVE, State.CLOSED})
_AT_ONCE = 100
"""Cases read in one transaction, so that none is long."""
_MARK = 8
_OF_ANOTHER = frozenset({"linked", "similar", "merged", "recused"})
"""Lines that speak of another case, which whoever asks may not know of."""


class NotDpoError(SignpostError):
    """Somebody else than the data protection officer asks for what is held about a person."""


@dataclass(frozen=True, slots=True)
class Request:
    """Whose data is asked for. `mark` names the request where a name must not stand: in codes and the audit.

    `others` are ids of staff who may be meant as well.
    """

    sought: Sought
    mark: str
    others: tuple[str, ...]

    @property
    def purpose(self) -> str:
        """What the code confirms."""
        return f"dsar {self.mark}"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is held about a person. `own` is what belongs to no case; `warnings` come before everything."""

    request: Request
    prepared_at: datetime
    prepared_by: str
    warnings: tuple[str, ...]
    cases: tuple[CaseData, ...]
    own: tuple[Item, ...]

    @property
    def ask_first(self) -> bool:
        """Whether even the confirmation that something is held needs advice."""
        return any(one.live for one in self.cases)


def request_for(office: Office, subject: str, *, now: datetime) -> Request:
    """Whose data a name asks for. Raises `UsageError` for no name, or one that two of the staff share."""
    directory, today = office.directory, office.day(now)
    if not folded(subject) and directory.person(subject.strip()) is None:
        raise UsageError("give the name of the person whose data is asked for")
    person, others = _staff_meant(subject, directory, today)
    sought = sought_for(subject, person)
    named = f"dsar\x1f{sought.id or ' '.join(folded(subject))}"
    mark = hmac.digest(office.audit.key, named.encode(), "sha256").hex()[:_MARK]
    return Request(sought, mark, others)


def _staff_meant(subject: str, directory: Directory, today: date) -> tuple[Person | None, tuple[str, ...]]:
    known = directory.person(subject.strip())
    found = find_people(subject, directory, today)
    sure = [match.person for match in found if match.sure]
    if known is None and len(sure) > 1:
        raise UsageError(f"several of the staff are called so: give an id, one of {', '.join(sure)}")
    person = known or (directory.people[sure[0]] if sure else None)
    return person, tuple(one.person for one in found if person is None or one.person != person.id)


def prepare(office: Office, actor: Actor, request: Request, *, now: datetime) -> Draft:
    """Search everything that the data protection officer may ask about. Raises `NotDpoError`."""
    ids = _announce(office, actor, request, now)
    finder = Finder(request.sought, Mask(request.sought, office.directory))
    readable: set[str] = set()
    found: list[CaseData] = []
    for start in range(0, len(ids), _AT_ONCE):
        with office.store.reading() as session:
            work = Work(session, office, now)
            for case in _readable(work, ids[start : start + _AT_ONCE], actor):
                readable.add(case.reference)
                data = finder(case, _lines(work, case))
                found += [data] if data else []
    with office.work(now) as work:
        own = tuple(_own(work, request.sought, frozenset(readable)))
        work.done(*(deed(actor, "dsar read", one.reference, f"request={request.mark}") for one in found))
    return Draft(request, now, actor.person, tuple(_warnings(request, actor, found)), tuple(found), own)


def _announce(office: Office, actor: Actor, request: Request, now: datetime) -> Sequence[str]:
    """Write the audit of what is about to be searched; returns the ids of those cases."""
    detail = f"request={request.mark}"
    with office.work(now) as work:
        known = work.directory.person(actor.person)
        if known is None or known.gone(work.today) or Role.DPO not in work.directory.roles_of(actor.person):
            work.done(deed(actor, "refused dsar", detail=detail))
            raise NotDpoError(
                "only the data protection officer (role dpo in the schools file) can ask for this"
            )
        rows = [row for row in cases.in_states(work.session, _KEPT) if _serves(work, actor, row.school)]
        rows = [row for row in rows if not row.drill]
        searched = (deed(actor, "dsar searched", row.reference, detail) for row in rows)
        work.done(deed(actor, "dsar", detail=detail), *searched)
    return [row.id for row in rows]


def _serves(work: Work, actor: Actor, school: str | None) -> bool:
    return Role.DPO in work.directory.roles_of(actor.person, school)


def _readable(work: Work, ids: Sequence[str], actor: Actor) -> Iterator[CaseFile]:
    """The cases that are still there, without any that is or may be about whoever asks."""
    for case_id in ids:
        row = cases.by_id(work.session, case_id)
        case = read_case(work, row) if row is not None else None
        if case is not None and actor.person not in case.barred:
            yield case


def _lines(work: Work, case: CaseFile) -> tuple[Line, ...]:
    return tuple(
        Line(
            row.at,
            row.event,
            row.by,
            unseal(case.key, row.sealed, entry_place(row.id)) if row.sealed else None,
        )
        for row in cases.chronology(work.session, case.id)
        if row.event not in _OF_ANOTHER
    )


def _warnings(request: Request, actor: Actor, found: Sequence[CaseData]) -> Iterator[str]:
    if any(one.live for one in found):
        yield wording.ASK_FIRST
    if request.sought.is_person(actor.person):
        yield wording.YOURSELF
    if request.others:
        yield wording.OTHERS.format(people=", ".join(request.others))


def _own(work: Work, sought: Sought, readable: frozenset[str]) -> Iterator[Item]:
    """What is held of a member of staff beside cases.

    Of what they did and were sent, only that which belongs to no case or to one that was read: the rest
    would give away that there is a case.
    """
    if sought.id is None:
        return
    for what, text in _entry(sought.person, work.directory) if sought.person else ():
        yield Item(f"schools file: {what}", None, text, How.RECORD)
    for row in inspecting.deeds_by(work.session, sought.id):
        if not row.reference or row.reference in readable:
            text = wording.deed(row.action, row.reference)
            yield Item("audit", datetime.fromisoformat(row.at), text, How.RECORD)
    ids = {row.id for row in cases.in_states(work.session, _KEPT) if row.reference in readable}
    for row in inspecting.notices_to(work.session, sought.id):
        if row.case_id is None or row.case_id in ids:
            yield Item("message sent to them", row.sent_at, f"{row.event} by {row.platform}", How.RECORD)


def _entry(person: Person, directory: Directory) -> Iterator[tuple[str, str]]:
    yield "id", person.id
    yield "name", ", ".join((person.name, *person.aliases))
    if person.email:
        yield "e-mail", person.email
    if person.school:
        yield "school", directory.schools[person.school].name
    for platform, account in person.accounts.items():
        yield f"account on {platform}", account
    for absence in person.away:
        yield "away", f"{absence.start} to {absence.end}"
    if person.left:
        yield "left", str(person.left)
    roles = sorted(ROLE_NAMES[role] for role in directory.roles_of(person.id))
    if roles:
        yield "roles", ", ".join(roles)
