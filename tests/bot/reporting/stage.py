"""Cases at Oakfield in any state, with somebody standing to them in each way: for tests of the use cases."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlmodel import col, select

from bot.messages import Message
from bot.reporting import climbing, handling, viewing
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor, CaseFile, read_case
from bot.reporting.composing import compose
from bot.reporting.office import EMAIL, Office, Work
from bot.reporting.report import About, Standing
from bot.reporting.rights import Party, State
from bot.reporting.schools import read_schools
from bot.reporting.submit import submit
from knowledge.rules import Kind
from storage import cases, outbox, timers
from storage.erasing import erase_cases
from storage.models import AuditRow
from storage.outbox import Lease
from storage.store import commit
from tests.bot.reporting.tales import Tale
from tests.support.offices import CHAT, Schools

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""School is open."""
PLATFORMS = (CHAT, EMAIL)
SUBJECT = "vera"
WHO = {
    Party.REPORTER: "priya",
    Party.SUBJECT: SUBJECT,
    Party.CALLED: "omar",
    Party.HANDLER: "sam",
    Party.TECHNICIAN: "ivan",
    Party.DPO: "dan",
    Party.STRANGER: "tom",
}
"""Who is what to a `Stage.filter_fault`; a self-reporter has a case of their own."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice as its person was sent it."""

    person: str
    event: str
    message: Message


@dataclass(slots=True)
class Stage:
    """An office, and the time by its clock."""

    office: Office
    now: datetime = MONDAY

    def use_schools(self, text: str) -> None:
        """Put another schools file in force."""
        assert isinstance(self.office.schools, Schools)
        self.office.schools.directory = read_schools(text, "schools.yml")

    def after(self, **duration: float) -> datetime:
        """Let time pass; returns what it is then."""
        self.now += timedelta(**duration)
        return self.now

    def report(self, tale: Tale, *, key: str = "", drill: bool = False, **words: Any) -> str:
        """Hand in a report; returns its reference. `words` replace parts of the report."""
        report = replace(tale.report, drill=drill, **words)
        now = self.after(seconds=1)
        receipt = submit(self.office, report, key=key or token_hex(8), origin="slack", now=now)
        return receipt.reference

    def filter_fault(self) -> str:
        """A case to which every party of `WHO` stands as it says there."""
        answers = {"fault": "the filter on the laptops", "what": "Something got through."}
        tale = Tale(Kind.FILTERING, {SUBJECT: Standing.ABOUT}, About.WORKS_HERE, answers=answers)
        reference = self.report(tale)
        self.acknowledge(reference, "sam")
        self.do(handling.hand_over, reference, "sam", "omar")
        return reference

    def own_slip(self) -> str:
        """A case that Priya reported about herself, handled by the head."""
        reference = self.report(Tale(Kind.SELF_REPORT, {"priya": Standing.ABOUT}, About.MYSELF))
        self.acknowledge(reference, "helen")
        return reference

    def do(self, use_case: Any, reference: str, person: str, *more: Any) -> Any:
        """Have somebody do something with a case, a second after whatever was done last."""
        return use_case(self.office, reference, Actor(person), *more, now=self.after(seconds=1))

    def acknowledge(self, reference: str, person: str) -> Any:
        """Have somebody acknowledge a case."""
        return self.do(acknowledge, reference, person)

    def put_in(self, reference: str, state: State) -> None:
        """Bring a case to a state past all rules; a purged one is erased as a purge does it."""
        with self.office.work(self.now) as work:
            row = cases.by_reference(work.session, reference)
            assert row is not None
            if state is State.PURGED:
                erase_cases(work.session, [row.id], state.value, self.now)
            else:
                cases.change_case(work.session, row.id, state=state.value)
            commit(work.session)

    def tick(self) -> int:
        """Do all that is due."""
        return climbing.tick(self.office, now=self.now)

    def climb(self, reference: str) -> None:
        """Let nobody answer until the next step is due, and take it."""
        due = [one.due_at for one in self.timers(reference) if one.purpose == "climb"]
        self.now = max(self.now, *due)
        self.tick()

    def case(self, reference: str) -> CaseFile:
        """A case as the use cases read it."""
        with self.office.store.reading() as session:
            work = Work(session, self.office, self.now)
            found = read_case(work, cases.by_reference(session, reference))
        assert found is not None
        return found

    def timers(self, reference: str) -> list[Any]:
        """The timers of a case, the next first."""
        with self.office.store.reading() as session:
            return timers.timers_of(session, self.case(reference).id)

    def notices(self, reference: str, person: str | None = None) -> list[Any]:
        """The notices of a case, to one person or to everybody; cancelled ones too."""
        case_id = self.case(reference).id
        with self.office.store.reading() as session:
            return [row for row in outbox.of_case(session, case_id) if person in {None, row.person}]

    def deliver(self) -> list[Sent]:
        """Send everything that waits, at once and to everybody; returns what each was sent."""
        sent: list[Sent] = []
        while (batch := self._batch()) is not None:
            sent += batch
        return sent

    def _batch(self) -> list[Sent] | None:
        with self.office.work(self.now) as work:
            lease = Lease("test", self.now, 10)
            rows = outbox.claim(work.session, lease, most=1000, pace=0, on=PLATFORMS)
            sent = []
            for row in rows:
                composed = compose(work, row)
                if composed is not None:
                    sent.append(Sent(row.person, row.event, composed.message))
                state = outbox.SENT if composed else outbox.CANCELLED
                named = (composed.edits or row.id) if composed else None
                values = {"state": state, "provider_id": named, "sent_at": self.now}
                outbox.settle(work.session, row.id, "test", **values)
            work.done()
        return sent if rows else None

    def waiting(self, reference: str, person: str) -> list[str]:
        """The events of the notices that are still to be sent to somebody about a case."""
        return [row.event for row in self.notices(reference, person) if row.state in {"pending", "leased"}]

    def told(self, reference: str) -> list[str]:
        """Who was told of a case and still counts, in order, not counting whoever was only alerted."""
        found = sorted(self.case(reference).told, key=lambda one: (one.told_at, one.level, one.lap))
        return [one.person for one in found if not one.withdrawn and not one.alert]

    def listed(self, person: str) -> list[str]:
        """The references that somebody's list of cases shows."""
        return [one.reference for one in viewing.my_cases(self.office, Actor(person), now=self.now)]

    def deeds(self, after: int = 0) -> list[Any]:
        """The rows of the audit after the first so many, in order."""
        query = select(AuditRow).where(col(AuditRow.seq) > after).order_by(col(AuditRow.seq))
        with self.office.store.reading() as session:
            return list(session.connection().execute(query).all())

    def audited(self) -> int:
        """How many rows the audit has."""
        with self.office.store.reading() as session:
            return self.office.audit.anchor(session).seq
