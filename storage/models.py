"""The tables. Strings, timestamps and ids only: what they mean is said in `bot.reporting`.

Every text that somebody wrote, and every name, is sealed (columns named `sealed`); the rest is what queries
need. `state` columns hold small words that the module using them lists.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Index, LargeBinary
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC timestamps that come back aware, from SQLite too. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a timestamp without a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def _time(**more: Any) -> Any:
    return Field(sa_type=UtcTime, **more)


def _sealed(**more: Any) -> Any:
    return Field(sa_type=LargeBinary, **more)


class Case(SQLModel, table=True):
    """A report and everything after it. `version` counts changes, for compare-and-set."""

    __tablename__ = "case_file"
    __table_args__ = (Index("ix_case_file_state_id", "state", "id"),)
    id: str = Field(primary_key=True)
    reference: str = Field(unique=True)
    dedupe: str = Field(unique=True)
    kind: str
    urgency: str
    family: str
    school: str | None = None
    reporter: str = Field(index=True)
    origin: str
    """The platform the report came from; receipts go back there."""
    state: str
    level: int = 0
    lap: int = 0
    drill: bool = False
    held: bool = False
    alarmed: bool = False
    version: int = 0
    schools: str
    """Digest of the schools file in force when the report came in."""
    opened_at: datetime = _time()
    changed_at: datetime = _time()
    closed_at: datetime | None = _time(default=None)
    transferred_at: datetime | None = _time(default=None)
    sealed: bytes = _sealed()


class CaseKey(SQLModel, table=True):
    """A case's data key, wrapped. Throwing the row away erases the case (promise S11)."""

    __tablename__ = "case_key"
    owner: str = Field(primary_key=True)
    master: str
    wrapped: bytes = _sealed()


class Entry(SQLModel, table=True):
    """One line of a case's chronology."""

    __tablename__ = "chronology"
    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="case_file.id", index=True)
    at: datetime = _time()
    event: str
    by: str
    sealed: bytes | None = _sealed(default=None)


class Telling(SQLModel, table=True):
    """Somebody who was told of a case in a role, and whether they acknowledged it."""

    __tablename__ = "telling"
    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="case_file.id", index=True)
    person: str = Field(index=True)
    role: str
    level: int
    lap: int
    alert: bool = False
    withdrawn: bool = False
    handler: bool = False
    told_at: datetime = _time()
    acknowledged_at: datetime | None = _time(default=None)


class Notice(SQLModel, table=True):
    """The outbox: one message to one person on one platform. Ids and small words, never narrative."""

    __tablename__ = "notice"
    id: str = Field(primary_key=True)
    case_id: str | None = Field(default=None, foreign_key="case_file.id", index=True)
    person: str
    platform: str
    lane: str
    """Person and platform: one queue each, so that one who hangs delays nobody else."""
    event: str
    about: str = ""
    """What the message is about beside its case: a role, a chronology entry, a code."""
    place: int = Field(sa_type=BigInteger, index=True)
    """Order within all notices: urgency first, then age."""
    state: str = Field(index=True)
    not_before: datetime = _time()
    owner: str | None = None
    lease_until: datetime | None = _time(default=None)
    attempts: int = 0
    marks: str = ""
    provider_id: str | None = None
    reason: str | None = None
    created_at: datetime = _time()
    sent_at: datetime | None = _time(default=None, index=True)


class Timer(SQLModel, table=True):
    """Something that falls due on a case: the next step of its ladder, a check-in, a clock."""

    __tablename__ = "timer"
    __table_args__ = (Index("ix_timer_case_id_purpose", "case_id", "purpose"),)
    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="case_file.id")
    purpose: str
    guard: str = ""
    """What must still hold when it falls due, as in lap and level: another value and it is out of date."""
    due_at: datetime = _time(index=True)


class AuditRow(SQLModel, table=True):
    """One link of the audit chain: who did what, when, to which reference (promise S8)."""

    __tablename__ = "audit"
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: str
    actor: str
    os_user: str
    action: str
    reference: str
    detail: str
    mac: str


class AuditHead(SQLModel, table=True):
    """Where the chain ends, itself under the audit key, so that a cut end shows."""

    __tablename__ = "audit_head"
    id: int = Field(primary_key=True)
    seq: int
    mac: str
    seal: str


class Code(SQLModel, table=True):
    """A one-time code that confirms who is at a terminal; kept as a digest, its text sealed until sent."""

    __tablename__ = "code"
    id: str = Field(primary_key=True)
    person: str = Field(index=True)
    purpose: str
    digest: str
    tries: int = 0
    expires_at: datetime = _time()
    sealed: bytes | None = _sealed(default=None)


class Unreachable(SQLModel, table=True):
    """A person whom a platform cannot reach for good, until they are seen there again."""

    __tablename__ = "unreachable"
    lane: str = Field(primary_key=True)
    reason: str
    at: datetime = _time()


class SchoolsFile(SQLModel, table=True):
    """Each schools file that was ever in force, sealed, by digest."""

    __tablename__ = "schools_file"
    digest: str = Field(primary_key=True)
    at: datetime = _time()
    sealed: bytes = _sealed()


class RoleChange(SQLModel, table=True):
    """Somebody newly in a safeguarding role: open cases stay shut to them until a head or DSL agrees."""

    __tablename__ = "role_change"
    id: str = Field(primary_key=True)
    person: str
    role: str
    school: str = ""
    at: datetime = _time()
    agreed_by: str | None = None
    agreed_at: datetime | None = _time(default=None)


class Fingerprint(SQLModel, table=True):
    """Keyed digests of what a report points at, for finding similar reports without reading any."""

    __tablename__ = "fingerprint"
    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="case_file.id", index=True)
    mac: str = Field(index=True)


class Link(SQLModel, table=True):
    """Two cases that belong together. `how` is similar, linked or merged."""

    __tablename__ = "link"
    id: str = Field(primary_key=True)
    one: str = Field(foreign_key="case_file.id", index=True)
    other: str = Field(foreign_key="case_file.id", index=True)
    how: str


class SeenEvent(SQLModel, table=True):
    """An event of a platform that has been dealt with; kept as long as the platform may deliver it again."""

    __tablename__ = "seen_event"
    id: str = Field(primary_key=True)
    at: datetime = _time(index=True)


class ConversationPlace(SQLModel, table=True):
    """Where somebody's account in Teams is written to: Teams lets nobody be found by their name."""

    __tablename__ = "conversation"
    account: str = Field(primary_key=True)
    conversation: str
    service_url: str
    tenant: str
    seen_at: datetime = _time()


class PassedQuestion(SQLModel, table=True):
    """A question about the policy, passed on with its asker's consent to whoever decides, and the answer."""

    __tablename__ = "passed_question"
    id: str = Field(primary_key=True)
    asker: str
    decider: str
    role: str
    at: datetime = _time(index=True)
    answered_at: datetime | None = _time(default=None)
    sealed: bytes = _sealed()
    answer: bytes | None = _sealed(default=None)


class Fact(SQLModel, table=True):
    """Small facts about this installation: the drill that is on, the last backup, who agreed to what."""

    __tablename__ = "fact"
    name: str = Field(primary_key=True)
    value: str
    at: datetime = _time()


class PolicyVersion(SQLModel, table=True):
    """A policy as it was published, its pack sealed. `id` is the policy and the number: `hill@2`."""

    __tablename__ = "policy_version"
    id: str = Field(primary_key=True)
    policy: str = Field(index=True)
    number: int
    at: datetime = _time()
    approved_by: str
    digest: str
    sealed: bytes = _sealed()
    reason: bytes | None = _sealed(default=None)
    """Why a draft was published that nobody had reviewed."""


class Gap(SQLModel, table=True):
    """How often, in a month (`2026-11`), a policy left a topic open, or its answer was called wrong."""

    __tablename__ = "gap"
    id: str = Field(primary_key=True)
    policy: str
    month: str = Field(index=True)
    topic: str
    how: str
    asked: int


class GapQuestion(SQLModel, table=True):
    """A question that its asker agreed to pass on; neither who it was nor when."""

    __tablename__ = "gap_question"
    id: str = Field(primary_key=True)
    gap_id: str = Field(foreign_key="gap.id", index=True)
    sealed: bytes = _sealed()
