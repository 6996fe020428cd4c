"""Erasing a case for good: its key is thrown away, and the master key that could still open a copy (S11).

A legal hold blocks it. Records of child sexual abuse take two people: one approves, the other purges.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import KeysError, NoSuchCaseError, RefusedActionError, SignpostError
from bot.reporting.casefile import Actor, CaseFile, claimed, deed, read_case, tidy_reference
from bot.reporting.office import Office, Work
from bot.reporting.rekeying import Progress, retire, rotate
from bot.reporting.rights import Action, State
from knowledge.rules import Kind, Role
from storage import cases, house
from storage.erasing import erase_cases
from storage.failpoints import failpoint
from storage.store import UnavailableError

CHILD_SEXUAL_ABUSE = frozenset({Kind.NUDE_IMAGE, Kind.GROOMING, Kind.CHILD_ON_CHILD})
"""Kinds whose records two people have to agree to erase; as has any with an image of a child in it."""
APPROVERS = frozenset({Role.DPO, Role.PRINCIPAL, Role.TRUST_SAFEGUARDING})
LONGEST_REASON = 200
"""Characters: the reason stands in the audit for good, where no name of a child belongs."""
_APPROVED_FOR = timedelta(days=30)
_APPROVAL = "purge-approval"
_TO_DESTROY = "keys-to-destroy"
_ROUNDS = 2
"""Where an earlier rotation had stopped half way, the first round only finishes that one."""


class KeyStillThereError(SignpostError):
    """Cases are erased, but not yet the master key that opens their copies in older backups."""

    def __init__(self, references: Sequence[str], why: str) -> None:
        super().__init__(
            f"{', '.join(references)} is erased here, but older backups' keys still open it, since the "
            f"master key could not be destroyed ({why}): run signpost purge again"
        )


@dataclass(frozen=True, slots=True)
class Purge:
    """Which case to erase, and why."""

    reference: str
    reason: str


def purge_case(office: Office, keys_path: Path, actor: Actor, purge: Purge, *, now: datetime) -> str:
    """Erase a closed case, and destroy the master key it was under; returns its reference.

    Raises `NoSuchCaseError` for whoever may not, `RefusedActionError` where a hold or a missing second
    person is in the way, `KeyStillThereError` where the case is erased and the key is not.
    """
    reason = reason_given(purge.reason)
    with office.work(now) as work:
        case = claimed(work, purge.reference, actor, Action.PURGE)
        _refuse_held(case)
        if takes_two(case):
            _refuse_unapproved(work, case, actor)
        erase(work, case, actor, reason)
    failpoint("purge")
    destroy_keys(office, keys_path, now=now)
    return case.reference


def approve(office: Office, reference: str, actor: Actor, *, now: datetime) -> str:
    """Agree, as the second person, that a case is erased; returns its reference. Holds for thirty days.

    Raises `NoSuchCaseError` for whoever is none of `APPROVERS` at its school, or may not hear of it.
    """
    with office.work(now) as work:
        case = _to_approve(work, reference, actor)
        _refuse_held(case)
        house.put_fact(work.session, _approval(case.reference, actor.person), "approved", now)
        work.done(deed(actor, "purge approved", case.reference))
    return case.reference


def takes_two(case: CaseFile) -> bool:
    """Whether two people have to agree that a case is erased."""
    return case.kind in CHILD_SEXUAL_ABUSE or case.details.report.image


def erase(work: Work, case: CaseFile, actor: Actor, reason: str) -> None:
    """Erase a case and commit. The caller has checked everything, and runs `destroy_keys` soon."""
    erase_cases(work.session, [case.id], State.PURGED.value, work.now)
    for fact in house.facts_under(work.session, _approval(case.reference, "")):
        house.drop_fact(work.session, fact.name)
    names = " ".join(work.office.keys.ring.keys)
    house.put_fact(work.session, f"{_TO_DESTROY} {case.reference}", names, work.now)
    failpoint("purge")
    work.done(deed(actor, "purged", case.reference, reason))


def owed(office: Office) -> dict[str, frozenset[str]]:
    """References of erased cases with the master keys, still in the keys file, that open their copies."""
    there = frozenset(office.keys.ring.keys)
    with office.store.reading() as session:
        facts = house.facts_under(session, f"{_TO_DESTROY} ")
    return {fact.name.rpartition(" ")[2]: there.intersection(fact.value.split()) for fact in facts}


def destroy_keys(office: Office, keys_path: Path, *, now: datetime, progress: Progress | None = None) -> bool:
    """Destroy every master key that an erased case's key was ever under; True if there was any to destroy.

    Backups' keys from before open no more. Raises `KeyStillThereError`: then doing it again goes on where
    it stopped.
    """
    before = owed(office)
    if not before:
        return False
    try:
        for _ in range(_ROUNDS):
            if any(owed(office).values()):
                rotate(office, keys_path, now=now, progress=progress)
                failpoint("purge")
                retire(office, keys_path, now=now)
    except (KeysError, UnavailableError) as error:
        raise KeyStillThereError(sorted(before), str(error)) from error
    failpoint("purge")
    with office.work(now) as work:
        for reference in before:
            house.drop_fact(work.session, f"{_TO_DESTROY} {reference}")
        work.done()
    office.store.forget_deleted()
    return any(before.values())


def reason_given(text: str) -> str:
    """A reason as the audit keeps it: one line. Raises `RefusedActionError`."""
    reason = " ".join(text.split())
    if not reason:
        raise RefusedActionError("the reason is empty: say in a few words why, without a name")
    if len(reason) > LONGEST_REASON:
        raise RefusedActionError(f"the reason is longer than {LONGEST_REASON} characters: shorten it")
    return reason


def _refuse_held(case: CaseFile) -> None:
    if case.row.held:
        raise RefusedActionError(
            f"{case.reference} is under a legal hold: nothing erases it while that holds"
        )


def _refuse_unapproved(work: Work, case: CaseFile, actor: Actor) -> None:
    since = work.now - _APPROVED_FOR
    agreed = {
        fact.name.rpartition(" ")[2]
        for fact in house.facts_under(work.session, _approval(case.reference, ""))
        if fact.at > since
    }
    if not any(_may_approve(work, case, person) for person in agreed - {actor.person}):
        raise RefusedActionError(
            f"{case.reference} is a record of child sexual abuse, which two people have to agree to erase: "
            f"first a second DPO, head or trust safeguarding lead (signpost purge {case.reference} --approve)"
        )


def _to_approve(work: Work, reference: str, actor: Actor) -> CaseFile:
    row = cases.by_reference(work.session, tidy_reference(reference), change=True)
    case = read_case(work, row) if row is not None else None
    if case is not None and case.state is State.CLOSED and _may_approve(work, case, actor.person):
        return case
    work.done(deed(actor, "refused approve", case.reference if case is not None else ""))
    raise NoSuchCaseError(reference)


def _may_approve(work: Work, case: CaseFile, person: str) -> bool:
    known = work.directory.person(person)
    if known is None or known.gone(work.today) or person in case.barred:
        return False
    return bool(APPROVERS & work.directory.roles_of(person, case.row.school))


def _approval(reference: str, person: str) -> str:
    return f"{_APPROVAL} {reference} {person}"
