"""What the use cases work with: the database, the keys, the audit, the people, and the ways to reach them."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.keyring import Keyring
from bot.reporting.people import Directory, Person
from bot.reporting.refusals import Refusals
from bot.reporting.report import Report
from bot.reporting.route import Route
from storage import house
from storage.audit import AuditLog, Deed
from storage.sealing import Place, Sealer, WrappedKey
from storage.store import Session, Store, UnavailableError, commit

EMAIL = "email"
HOUSE = "house"
"""The owner of the data key for what belongs to no case: schools files and one-time codes."""
ACTIVE_KEY = "active-key"


class Schools(Protocol):
    """The schools files: the one in force, and those that older cases were opened under."""

    @property
    def directory(self) -> Directory:
        """The one in force."""
        ...


class KeyCupboard:
    """The keys file as it is now: read again whenever it has changed, since keys rotate under load.

    Rotation holds `ACTIVE_KEY` locked while it swaps the file, so a key that `new_key` wraps with is never
    thrown away before the case it seals is committed.
    """

    def __init__(self, path: Path, read: Callable[[Path], Keyring]) -> None:
        self._path = path
        self._read = read
        self._seen: tuple[int, int] | None = None
        self._ring: Keyring | None = None

    @property
    def ring(self) -> Keyring:
        """The keys. Raises whatever `read` raises for a faulty file."""
        try:
            stat = self._path.stat()
        except OSError:
            return self._read(self._path)  # which says what is wrong, and what to do
        seen = (stat.st_mtime_ns, stat.st_ino)
        if self._ring is None or seen != self._seen:
            self._ring, self._seen = self._read(self._path), seen
        return self._ring

    @property
    def sealer(self) -> Sealer:
        """Seals and opens with the keys as they are now."""
        ring = self.ring
        return Sealer(ring.active, ring.keys)


@dataclass(slots=True)
class Lost:
    """The lanes that reach nobody, as this process last read them; None before it has."""

    lanes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """Everything a use case needs beside its arguments and the time.

    `reach` says of each platform, in order of preference, whether it has a way to a person; `plan` routes
    a report; `wake` tells the sender that something waits; `lost` is who could not be reached at last look.
    """

    store: Store
    keys: KeyCupboard
    schools: Schools
    plan: Callable[[Report], Route]
    reach: Mapping[str, Callable[[Person], bool]]
    wake: Callable[[], None] = lambda: None
    replica: str = "one"
    refusals: Refusals = field(default_factory=Refusals)
    lost: Lost = field(default_factory=Lost)

    @contextmanager
    def work(self, now: datetime) -> Iterator["Work"]:
        """Open a transaction that writes. Raises `UnavailableError`."""
        with self.store.writing() as session:
            yield Work(session, self, now)

    @property
    def directory(self) -> Directory:
        """The schools file in force."""
        return self.schools.directory

    def day(self, now: datetime) -> date:
        """The day it is in the trust's own time."""
        return now.astimezone(ZoneInfo(self.directory.trust.timezone)).date()

    @property
    def audit(self) -> AuditLog:
        """The audit chain."""
        return AuditLog(self.keys.ring.audit)

    def data_key(self, session: Session, owner: str) -> bytes | None:
        """The plain data key of a case, or of the house; None once it was purged."""
        kept = house.key_of(session, owner)
        return self.keys.sealer.unwrap(kept, owner) if kept else None

    def data_keys(self, session: Session, owners: Sequence[str]) -> Mapping[str, bytes]:
        """The plain data keys of many cases; those that were purged have none."""
        sealer = self.keys.sealer
        return {one: sealer.unwrap(kept, one) for one, kept in house.keys_of(session, owners).items()}

    def new_key(self, session: Session, owner: str) -> tuple[bytes, WrappedKey]:
        """A fresh data key, wrapped under the key that is active now and stays until this is committed."""
        house.share_fact(session, ACTIVE_KEY)
        return self.keys.sealer.new_key(owner)

    def house_key(self, session: Session) -> bytes:
        """The data key for what belongs to no case, made at first use."""
        found = self.data_key(session, HOUSE)
        if found is not None:
            return found
        key, wrapped = self.new_key(session, HOUSE)
        house.put_key(session, HOUSE, wrapped)
        return key

    def ways_to(self, person_id: str, lost: frozenset[str]) -> tuple[str, ...]:
        """The platforms on which to tell somebody; e-mail only where no chat reaches them.

        `lost` are the lanes known to be unreachable. A person on two platforms gets one notice on each,
        unless they prefer one.
        """
        person = self.directory.person(person_id)
        if person is None:
            return tuple(way for way in _account_way(person_id, lost) if way in self.reach)
        open_ways = [
            name for name, has in self.reach.items() if has(person) and f"{name}:{person_id}" not in lost
        ]
        chat = [name for name in open_ways if name != EMAIL]
        if person.prefers in chat:
            return (person.prefers,)
        return tuple(chat or open_ways)

    def unreachable(self, session: Session) -> "Unreachable":
        """Everybody whom no platform can reach."""
        self.lost.lanes = house.lost_lanes(session)
        return Unreachable(self, self.lost.lanes)

    def last_unreachable(self) -> "Unreachable":
        """The same as it was last read here, for what must not wait for the database."""
        if self.lost.lanes is None:
            with suppress(UnavailableError), self.store.reading() as session:
                return self.unreachable(session)
        return Unreachable(self, self.lost.lanes or frozenset())


@dataclass(frozen=True, slots=True)
class Unreachable(Container[str]):
    """Ids of everybody in the schools file whom no platform reaches, each looked at when asked for."""

    office: Office
    lost: frozenset[str]

    def __contains__(self, person: object) -> bool:
        return person in self.office.directory.people and not self.office.ways_to(str(person), self.lost)


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction: the session, the office and the time it is done at. Rolled back unless `done`.

    A rehearsal, which is not to be `kept`, is rolled back even then. `new_roles` are the role changes that
    nobody has agreed to, where they were read once for many cases.
    """

    session: Session
    office: Office
    now: datetime
    kept: bool = True
    new_roles: Sequence[Any] | None = None

    @property
    def directory(self) -> Directory:
        """The schools file in force."""
        return self.office.directory

    @property
    def today(self) -> date:
        """The day it is in the trust's own time."""
        return self.office.day(self.now)

    def done(self, *deeds: Deed) -> None:
        """Write the audit, last, and commit; on return all of it is on disk."""
        if deeds:
            self.office.audit.write(self.session, self.now, *deeds)
        if self.kept:
            commit(self.session)


def _account_way(person_id: str, lost: frozenset[str]) -> tuple[str, ...]:
    """Where to reach somebody who is in no schools file, known by `account:PLATFORM:ID`."""
    kind, _, rest = person_id.partition(":")
    platform = rest.partition(":")[0]
    if kind != "account" or f"{platform}:{person_id}" in lost:
        return ()
    return (platform,)


def case_place(case_id: str) -> Place:
    """Where a case's details are sealed."""
    return Place("case_file", case_id, "sealed")


def entry_place(entry_id: str) -> Place:
    """Where a line of the chronology is sealed."""
    return Place("chronology", entry_id, "sealed")
