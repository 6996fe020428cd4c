"""A case as its use cases see it: the row, what is sealed on it, and who was told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from bot.errors import NoSuchCaseError
from bot.reporting.escalation import Chase, Telling
from bot.reporting.office import Work, case_place, entry_place
from bot.reporting.people import Step
from bot.reporting.report import Report, Standing
from bot.reporting.rights import Action, Party, State, may
from bot.reporting.route import Route
from knowledge.rules import Kind, Role, Urgency
from storage import cases, house
from storage.audit import Deed
from storage.sealing import seal, unseal


@dataclass(frozen=True, slots=True)
class Details:
    """What is sealed on a case: the report, its route and ladder as they were taken over, and who is barred.

    `recused` is whom it, or a case linked with it, is about; `held_back` whom it may be about.
    """

    report: Report
    route: Route
    steps: tuple[Step, ...]
    recused: frozenset[str]
    held_back: frozenset[str]

    def standing(self, person: str, standing: Standing) -> "Details":
        """The same, with somebody's standing settled or opened."""
        standings = {**self.report.standings, person: standing}
        recused = self.recused - {person} if standing is not Standing.ABOUT else self.recused | {person}
        held = self.held_back - {person} if standing is not Standing.OPEN else self.held_back | {person}
        return replace(
            self, report=replace(self.report, standings=standings), recused=recused, held_back=held
        )


_DETAILS = TypeAdapter(Details)


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
    """The case of a row; None once it was purged."""
    key = work.office.data_key(work.session, row.id)
    if key is None:
        return None
    details = _DETAILS.validate_json(unseal(key, row.sealed, case_place(row.id)))
    return CaseFile(row, key, details, cases.tellings(work.session, row.id))


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
    entry = cases.new_id()
    sealed = seal(case.key, text, entry_place(entry)) if text is not None else None
    return cases.add_entry(
        work.session, case.id, id=entry, at=work.now, event=event, by=actor.person, sealed=sealed
    )


def party_of(work: Work, case: CaseFile, person: str) -> Party:
    """How somebody stands to a case. A role taken away is gone at once (promise S6)."""
    reported = case.row.reporter == person
    if person in case.barred:
        return Party.SELF_REPORTER if reported and person in case.details.recused else Party.SUBJECT
    told = [one for one in case.told if one.person == person and not one.withdrawn and not one.alert]
    in_role = [one for one in told if _still_holds(work, case, person, Role(one.role))]
    if any(one.handler for one in in_role):
        return Party.HANDLER
    if in_role:
        technical = {hop.role for hop in case.details.route.hops if hop.technical}
        return Party.TECHNICIAN if all(Role(one.role) in technical for one in in_role) else Party.CALLED
    if reported:
        return Party.REPORTER
    held = work.directory.roles_of(person, case.row.school)
    return Party.DPO if Role.DPO in held else Party.STRANGER


def _still_holds(work: Work, case: CaseFile, person: str, role: Role) -> bool:
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
    row = cases.by_reference(work.session, tidy_reference(reference), change=True)
    case = read_case(work, row) if row is not None else None
    if case is not None:
        party = party_of(work, case, actor.person)
        if may(party, action, case.state) or _own_receipt(case, actor, action):
            return case
    known = case.reference if case is not None else ""
    work.done(deed(actor, f"refused {action.value}", known))
    raise NoSuchCaseError(reference)


def deed(actor: Actor, action: str, reference: str = "", detail: str = "") -> Deed:
    """What the audit is to say of something done."""
    return Deed(actor.person, action, reference, detail, actor.os_user)


def _own_receipt(case: CaseFile, actor: Actor, action: Action) -> bool:
    """Whoever handles what they reported themselves keeps their receipt and may answer and add."""
    if case.row.reporter != actor.person or actor.person in case.barred:
        return False
    return may(Party.REPORTER, action, case.state)


def tidy_reference(written: str) -> str:
    """A reference as people type it: any case, with or without dashes."""
    letters = "".join(letter for letter in written.upper() if letter.isalnum()).removeprefix("SP")
    return f"SP-{letters[:4]}-{letters[4:8]}"


def new_to_role(work: Work, case: CaseFile) -> frozenset[tuple[str, Role]]:
    """People whose role is newer than the case and not agreed to: this case stays shut to them in it."""
    changes = house.role_changes(work.session)
    return frozenset((one.person, Role(one.role)) for one in changes if one.at > case.row.opened_at)


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
