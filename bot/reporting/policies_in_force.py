"""Published policies: a new version is checked and kept for good, and the newest of each is in force.

A variant is kept as it was written and laid over its trust's policy when it is read, so that it follows the
trust's newest version; as of an earlier day it lies over what the trust had then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.errors import SignpostError
from bot.logs import log
from bot.reporting.casefile import Actor, deed
from bot.reporting.office import HOUSE, KeyCupboard, Office, Work
from bot.reporting.people import Directory
from knowledge.catalogue import shipped_catalogue
from knowledge.loader import read_pack, shipped_pack, shipped_policies, unknown_topics
from knowledge.rules import Pack, Role
from knowledge.yamlfile import Refused
from storage import house, policies
from storage.sealing import Place, seal, unseal
from storage.store import Session, Store

PUBLISHERS = frozenset({Role.POLICY_OWNER, Role.EXECUTIVE})
"""Who may put any policy into force. A head may put one that only their own school goes by."""
LEAST_REASON = 10
"""Characters of a reason for publishing a draft that nobody has reviewed."""


class NotPublishedError(SignpostError):
    """A policy that isn't put into force; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Version:
    """A published version, without its pack. `reason` is why a draft was published unreviewed."""

    id: str
    policy: str
    number: int
    at: datetime
    approved_by: str
    reason: str | None = None


@dataclass(slots=True)
class PoliciesInForce:
    """The newest version of each published policy, or of those that were published by `at`.

    Holds what it last read until `refresh` finds something newer: whoever answers asks it each time.
    """

    store: Store
    keys: KeyCupboard
    at: datetime | None = None
    _newest: dict[str, str] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _packs: dict[str, Pack | Refused] = field(default_factory=dict)
    _times: int = 0

    def refresh(self) -> bool:
        """Look whether anything newer was published; True if so. Raises `UnavailableError`."""
        with self.store.reading() as session:
            newest = policies.newest(session, self.at)
            if newest == self._newest:
                return False
            texts = {one: self._texts.get(one) or self._text(session, one) for one in newest.values()}
        # Readers on other threads see either all of the old or all of the new: packs go last.
        self._texts, self._newest, self._packs = texts, newest, {}
        self._times += 1
        return True

    def policies(self) -> tuple[str, ...]:
        """Every policy that may be named: the built-in ones and those published."""
        return tuple(sorted({*shipped_policies(), *self._newest}))

    def version(self, policy: str) -> str | None:
        """The id of the version in force; None for a policy that was never published."""
        return self._newest.get(policy)

    def mark(self, policy: str) -> str | None:
        """Another one whenever the policy may have changed; None for one that was never published."""
        version = self._newest.get(policy)
        return f"{version} {self._times}" if version is not None else None

    def texts(self) -> Mapping[str, str]:
        """What each published policy's version in force says, as it was written."""
        return {policy: self._texts[version] for policy, version in self._newest.items()}

    def pack(self, policy: str) -> Pack | None:
        """The published pack in force; None for a policy that was never published. Raises `Refused`."""
        return self._pack(policy, frozenset())

    def base(self, policy: str) -> Pack:
        """The pack that a variant lies over: published or built in. Raises `KeyError`."""
        return self.pack(policy) or shipped_pack(policy)

    def _pack(self, policy: str, below: frozenset[str]) -> Pack | None:
        """A pack; `below` are the variants that lie over it, which it may not extend itself."""
        version = self._newest.get(policy)
        if version is None:
            return None
        packs = self._packs
        if version not in packs:
            packs[version] = self._read(version, below | {policy})
        found = packs[version]
        if isinstance(found, Refused):
            raise found
        return found

    def _read(self, version: str, below: frozenset[str]) -> Pack | Refused:
        def base(named: str) -> Pack:
            if named in below:
                raise KeyError(named)
            return self._pack(named, below) or shipped_pack(named)

        try:
            return read_pack(self._texts[version], version, base=base)
        except Refused as refused:
            return refused

    def _text(self, session: Session, version: str) -> str:
        row, kept = policies.version(session, version), house.key_of(session, HOUSE)
        if row is None or kept is None:
            raise NotPublishedError(f"{version} cannot be opened: its key is gone")
        return unseal(self.keys.sealer.unwrap(kept, HOUSE), row.sealed, place(version))


def in_force(store: Store, keys: KeyCupboard, at: datetime | None = None) -> PoliciesInForce:
    """What is in force now, or was at a time. Raises `UnavailableError`."""
    found = PoliciesInForce(store, keys, at)
    found.refresh()
    return found


def reread(published: PoliciesInForce) -> None:
    """Take over what was published since, for `serve`."""
    if published.refresh():
        log.info("policies_in_force", count=len(published.texts()))


def place(version: str, column: str = "sealed") -> Place:
    """Where the sealed text of a version stands."""
    return Place("policy_version", version, column)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A pack that may be published: its text, what was read from it, and why an unreviewed draft is."""

    text: str
    pack: Pack
    reason: str | None

    @property
    def digest(self) -> str:
        """What tells this text from every other."""
        return sha256(self.text.encode()).hexdigest()


def check(office: Office, text: str, file: str, reason: str | None = None) -> Submitted:
    """See that a pack may be published. Raises `Refused` with its faults, `NotPublishedError`.

    A draft needs a reason: a review leaves it `published`.
    """
    there = in_force(office.store, office.keys)
    pack = read_pack(text, file, base=there.base)
    why = (reason or "").strip()
    if strange := unknown_topics(pack, shipped_catalogue()):
        raise NotPublishedError(f"it has rules on topics that Signpost doesn't know: {', '.join(strange)}")
    if pack.status == "draft" and len(why) < LEAST_REASON:
        raise NotPublishedError(
            "this is a draft that nobody has reviewed: review it and have it say status: published, "
            "or say with --force why it is published all the same"
        )
    for policy, fault in _broken_by(pack, there):
        raise NotPublishedError(f"{policy!r}, which extends it, would no longer be whole: {fault}")
    return Submitted(text, pack, why or None)


def _broken_by(pack: Pack, there: PoliciesInForce) -> Iterator[tuple[str, str]]:
    """The published variants that would not lie over this pack, with the first fault of each."""

    def base(policy: str) -> Pack:
        return pack if policy == pack.policy.id else there.base(policy)

    above = pack.extends
    if above is not None and _leads_to(above, pack.policy.id, there):
        yield above, "they would extend each other"
    for policy, text in sorted(there.texts().items()):
        if policy != pack.policy.id:
            try:
                read_pack(text, policy, base=base)
            except Refused as refused:
                yield policy, str(refused.faults[0])


def _leads_to(policy: str | None, wanted: str, there: PoliciesInForce) -> bool:
    while policy is not None and policy != wanted:
        policy = there.base(policy).extends
    return policy == wanted


def publish(office: Office, submitted: Submitted, actor: Actor, *, now: datetime) -> Version:
    """Put a checked pack into force as its policy's next version. Raises `NotPublishedError`."""
    policy = submitted.pack.policy.id
    with office.work(now) as work:
        if not _may_publish(work.directory, actor.person, policy):
            work.done(deed(actor, "refused publish", detail=policy))
            raise NotPublishedError(
                "only a policy_owner or executive of the schools file publishes it, or its one school's head"
            )
        house.lock_fact(work.session, f"policy {policy}")
        earlier = policies.versions(work.session, policy)
        if earlier and earlier[-1].digest == submitted.digest:
            raise NotPublishedError(f"that is in force already, as {earlier[-1].id}")
        number = len(earlier) + 1
        version = Version(f"{policy}@{number}", policy, number, now, actor.person, submitted.reason)
        _keep(work, version, submitted)
        unreviewed = " unreviewed" if submitted.pack.status == "draft" else ""
        work.done(deed(actor, "policy published", detail=f"{version.id} {submitted.digest[:12]}{unreviewed}"))
    return version


def _may_publish(directory: Directory, person: str, policy: str) -> bool:
    """A head may publish what no school but their own goes by."""
    if directory.roles_of(person) & PUBLISHERS:
        return True
    bound = {school.id for school in directory.schools.values() if school.policy == policy}
    if directory.trust.policy == policy:
        bound |= directory.schools.keys()
    own = {school for school in directory.schools if Role.PRINCIPAL in directory.roles_of(person, school)}
    return bool(own) and bound <= own


def _keep(work: Work, version: Version, submitted: Submitted) -> None:
    key = work.office.house_key(work.session)
    reason = seal(key, version.reason, place(version.id, "reason")) if version.reason else None
    values: dict[str, Any] = {
        "id": version.id,
        "policy": version.policy,
        "number": version.number,
        "at": version.at,
        "approved_by": version.approved_by,
        "digest": submitted.digest,
        "sealed": seal(key, submitted.text, place(version.id)),
        "reason": reason,
    }
    policies.add_version(work.session, values)


def versions(office: Office, policy: str | None = None) -> list[Version]:
    """Every version of a policy, or of all, the oldest first."""
    with office.store.reading() as session:
        rows = policies.versions(session, policy)
        key = office.data_key(session, HOUSE) if rows else None
    return [_version(row, key) for row in rows]


def _version(row: Any, key: bytes | None) -> Version:
    reason = unseal(key, row.reason, place(row.id, "reason")) if key and row.reason else None
    return Version(row.id, row.policy, row.number, row.at, row.approved_by, reason)


def pack_of(office: Office, version: Version) -> Pack:
    """A version's pack as it was in force when it was published. Raises `Refused`."""
    found = in_force(office.store, office.keys, version.at).pack(version.policy)
    if found is None:
        raise NotPublishedError(f"{version.id} is not there")
    return found
