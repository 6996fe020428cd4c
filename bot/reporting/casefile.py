"""A case as its use cases see it: the row, what is sealed on it, and who was told."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from bot.errors import NoSuchCaseError
from bot.reporting.escalation import Chase, Telling
from bot.reporting.office import Work, case_place, entry_place
from bot.reporting.people import Step
from bot.reporting.refusals import FIRST, UNLISTED, noteworthy
from bot.reporting.report import Report, Standing
from bot.reporting.rights import Action, Party, State, may
from bot.reporting.route import Route
from knowledge.rules import Kind, Role, Urgency
from storage import cases, house
from storage.audit import Deed
from storage.sealing import seal, unseal

BY_PUPIL = "pupil"
"""The origin of what a pupil wrote: they are sent nothing about it, on any platform."""
_ACCOUNT = re.compile(r"account:[a-z]{1,20}:[A-Za-z0-9_-]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Details:
    """What is sealed on a case: the report, its route and ladder as they were taken over, and who is barred.

    `recused` is whom it, or a case linked with it, is about; `held_back` whom one of them may be about.
    """

    report: Report
    route: Route
    steps: tuple[Step, ...]
    recused: frozenset[str]
    held_back: frozenset[str]

    @property
    def own(self) -> frozenset[str]:
        """Whom this report itself is about, whatever is linked with it."""
        oneself = {self.report.reporter} if self.report.kind is Kind.SELF_REPORT else frozenset[str]()
        return self.report.subjects | oneself

    def said(self, person: str, standing: Standing) -> "Details":
        """The same, with what was said of somebody; whom it bars is settled with the cases linked to it."""
        standings = {**self.report.standings, person: standing}
        return replace(self, report=replace(self.report, standings=standings))


_DETAILS = TypeAdapter(Details)
_AT_ONCE = 400
_LONGEST_NAME = 100
"""Characters of a name that the audit takes: whoever says they are somebody may say so at any length."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person's id, and the operating-system user where it is done at a terminal."""

    person: str
    os_user: str = ""


SYSTEM = Actor("signpost")


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case, read inside a transaction."""

    row: Any
    key: bytes
    details: Details
    told: Sequence[Any]

    @property
    def id(self) -> str:
        """The opaque id."""
        return str(self.row.id)

    @property
    def reference(self) -> str:
        """What people call it."""
        return str(self.row.reference)

    @property
    def kind(self) -> Kind:
        """Its kind."""
        return Kind(self.row.kind)

    @property
    def urgency(self) -> Urgency:
        """Its urgency."""
        return Urgency(self.row.urgency)

    @property
    def state(self) -> State:
        """Where it is."""
        return State(self.row.state)

    @property
    def barred(self) -> frozenset[str]:
        """Who may not be told."""
        return self.details.recused | self.details.held_back

    @property
    def askable(self) -> bool:
        """Whether its reporter may be asked things through here: no pupil, and nobody whom it is about."""
        return self.row.origin != BY_PUPIL and self.row.reporter not in self.barred

    def tellings(self) -> tuple[Telling, ...]:
        """Who was told and still counts."""
        return tuple(
            Telling(
                one.person, Role(one.role), one.level, one.lap, one.acknowledged_at is not None, one.alert
            )
            for one in self.told
            if not one.withdrawn
        )

    def handlers(self) -> tuple[str, ...]:
        """Who has acknowledged and handles it."""
        return tuple(dict.fromkeys(one.person for one in self.told if one.handler and not one.withdrawn))

    def holder_roles(self) -> tuple[Role, ...]:
        """The roles that have acknowledged, in order."""
        done = sorted((one for one in self.told if _answered(one)), key=lambda one: one.acknowledged_at)
        return tuple(dict.fromkeys(Role(one.role) for one in done))


def _answered(telling: Any) -> bool:
    return telling.acknowledged_at is not None and not telling.withdrawn and not telling.alert


def seal_details(details: Details, key: bytes, case_id: str) -> bytes:
    """A case's details, sealed for their place."""
    return seal(key, _DETAILS.dump_json(details).decode(), case_place(case_id))


def read_case(work: Work, row: Any) -> CaseFile | None:
    """The case of a row; None where there is no row, or once it was purged."""
    key = work.office.data_key(work.session, row.id) if row is not None else None
    if key is None:
        return None
    return _unsealed(row, key, cases.tellings(work.session, row.id))


def read_cases(work: Work, rows: Sequence[Any]) -> Iterator[CaseFile]:
    """The cases of many rows, in their order, without those that were purged; some hundreds to a question."""
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        ids = [row.id for row in some]
        keys = work.office.data_keys(work.session, ids)
        told = cases.tellings_of(work.session, ids)
        yield from (_unsealed(row, keys[row.id], told[row.id]) for row in some if row.id in keys)


def _unsealed(row: Any, key: bytes, told: Sequence[Any]) -> CaseFile:
    details = _DETAILS.validate_json(unseal(key, row.sealed, case_place(row.id)))
    return CaseFile(row, key, details, told)


def locked(work: Work, case_id: str) -> CaseFile | None:
    """A case by its id, locked until the transaction ends."""
    row = cases.by_id(work.session, case_id, change=True)
    return read_case(work, row) if row is not None else None


def found(work: Work, case_id: str) -> CaseFile | None:
    """A case by its id as it stands, not locked."""
    row = cases.by_id(work.session, case_id)
    return read_case(work, row) if row is not None else None


def note(work: Work, case: CaseFile, event: str, actor: Actor, text: str | None = None) -> str:
    """Write a line of the chronology, its text sealed."""
    entry = cases.next_id()
    sealed = seal(case.key, text, entry_place(entry)) if text is not None else None
    return cases.add_entry(
        work.session, case.id, id=entry, at=work.now, event=event, by=actor.person, sealed=sealed
    )


def party_of(work: Work, case: CaseFile, person: str) -> Party:
    """How somebody stands to a case, first of all."""
    return parties_of(work, case, person)[0]


def parties_of(work: Work, case: CaseFile, person: str) -> tuple[Party, ...]:
    """All that somebody is to a case, the foremost first. Whom it is or may be about is nothing else.

    A role taken away is gone at once, and one given since waits for somebody's word (promise S6).
    """
    reported = case.row.reporter == person
    if person in case.barred:
        return (Party.SELF_REPORTER if reported else Party.SUBJECT,)
    found = [*_as_told(work, case, person)]
    if reported:
        found.append(Party.REPORTER)
    if _holds(work, case, person, Role.DPO):
        found.append(Party.DPO)
    return tuple(found) or (Party.STRANGER,)


def allowed(work: Work, case: CaseFile, person: str, action: Action) -> bool:
    """Whether somebody may do something with a case now, in any of the ways they stand to it."""
    return any(may(party, action, case.state) for party in parties_of(work, case, person))


def _as_told(work: Work, case: CaseFile, person: str) -> Iterator[Party]:
    told = [one for one in case.told if one.person == person and not one.withdrawn and not one.alert]
    in_role = [one for one in told if serves(work, case, person, Role(one.role))]
    if any(one.handler for one in in_role):
        yield Party.HANDLER
    elif in_role:
        technical = {hop.role for hop in case.details.route.hops if hop.technical}
        yield Party.TECHNICIAN if all(Role(one.role) in technical for one in in_role) else Party.CALLED


def serves(work: Work, case: CaseFile, person: str, role: Role) -> bool:
    """Whether somebody holds a role for this case now, and did when it came in or was agreed to since."""
    return _holds(work, case, person, role) and (person, role) not in new_to_role(work, case)


def _holds(work: Work, case: CaseFile, person: str, role: Role) -> bool:
    known = work.directory.person(person)
    if known is None or known.gone(work.today):
        return False
    if role is Role.LINE_MANAGER:
        reporter = work.directory.person(case.row.reporter)
        return reporter is not None and reporter.manager == person
    return role in work.directory.roles_of(person, case.row.school)


def claimed(work: Work, reference: str, actor: Actor, action: Action) -> CaseFile:
    """The case, locked, if the actor may do this with it now.

    Raises `NoSuchCaseError` alike for what is unknown and what is forbidden; the attempt is audited.
    """
    case = permitted(work, reference, actor, action)
    if work.office.store.sqlite:
        return case  # whoever writes is alone anyway
    held = locked(work, case.id)
    if held is None or not allowed(work, held, actor.person, action):
        raise _refused(work, reference, actor, (action, case.reference))
    return held


def permitted(work: Work, reference: str, actor: Actor, action: Action) -> CaseFile:
    """The case as it stands, not locked: somebody who may not have it keeps nobody waiting either.

    Raises `NoSuchCaseError` alike, and after as much work, for what is unknown and what is forbidden.
    """
    tidy = tidy_reference(reference)
    row = cases.nearest(work.session, tidy)
    case = read_case(work, row)
    may_have_it = case is not None and allowed(work, case, actor.person, action)
    meant = case if row is not None and row.reference == tidy else None
    if meant is not None and may_have_it:
        return meant
    raise _refused(work, reference, actor, (action, meant.reference if meant else ""))


def listed(work: Work, actor: Actor) -> Actor:
    """The actor as the audit may name them: what no schools file and no platform knows could be any text."""
    known = work.directory.person(actor.person) is not None or _ACCOUNT.fullmatch(actor.person)
    return actor if known else replace(actor, person=UNLISTED)


def _refused(work: Work, reference: str, actor: Actor, tried: tuple[Action, str]) -> NoSuchCaseError:
    """What to raise; the attempt is in the audit by then, or counted there with others like it."""
    action, known = tried
    whose = actor.person if work.directory.person(actor.person) else UNLISTED
    times = work.office.refusals.count(whose, work.now)
    if noteworthy(times):
        detail = f"attempts={times}" if times > FIRST else ""
        work.done(deed(listed(work, actor), f"refused {action.value}", known, detail))
    else:
        work.done()
    return NoSuchCaseError(reference)


def deed(actor: Actor, action: str, reference: str = "", detail: str = "") -> Deed:
    """What the audit is to say of something done."""
    return Deed(actor.person[:_LONGEST_NAME], action, reference, detail, actor.os_user)


def tidy_reference(written: str) -> str:
    """A reference as people type it: any case, with or without dashes."""
    letters = "".join(letter for letter in written.upper() if letter.isalnum()).removeprefix("SP")
    return f"SP-{letters[:4]}-{letters[4:8]}"


def new_to_role(work: Work, case: CaseFile) -> frozenset[tuple[str, Role]]:
    """People whose role is newer than the case and not agreed to: this case stays shut to them in it."""
    school = case.row.school
    changes = house.role_changes(work.session) if work.new_roles is None else work.new_roles
    return frozenset(
        (one.person, Role(one.role))
        for one in changes
        if one.at > case.row.opened_at and (school is None or one.school in {"", school})
    )


def chase_of(work: Work, case: CaseFile) -> Chase:
    """All that decides who is told next."""
    route = case.details.route
    return Chase(
        roles=tuple(hop.role for hop in route.hops),
        must=route.must,
        steps=case.details.steps,
        school=case.row.school,
        manager=route.manager,
        level=case.row.level,
        lap=case.row.lap,
        at_least=route.at_least,
        tellings=case.tellings(),
        barred=case.barred,
        barred_in=new_to_role(work, case),
        withheld=route.withheld,
        technical=frozenset(hop.role for hop in route.hops if hop.technical),
        unreachable=work.office.unreachable(work.session),
    )
