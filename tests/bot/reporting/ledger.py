"""What the database holds of a case, as the engine's tests read it, and what befalls it from outside."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot.messages import Message
from bot.reporting.casefile import CaseFile, found
from bot.reporting.composing import compose
from bot.reporting.office import Office
from bot.reporting.people import Directory
from bot.reporting.report import Report
from bot.reporting.undeliverable import lost
from knowledge.rules import Kind, Urgency
from storage import cases, outbox, timers
from storage.outbox import PENDING
from tests.support.offices import Schools, a_report, hand_in

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""A Monday in term, when school is open."""
NIGHT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OTHER_CHAT = "teams"


def urgent(**changes: Any) -> Report:
    """A report by Tom at Oak Primary that cannot wait: the DSL hears of it first."""
    return a_report(**{"kind": Kind.DISCLOSURE, "urgency": Urgency.IMMEDIATE, **changes})


def opened(office: Office, report: Report | None = None, *, now: datetime = NOW) -> str:
    """Hand in a report; returns its reference."""
    return hand_in(office, report or urgent(), now=now)


def with_people(office: Office, directory: Directory) -> Office:
    """The same office under another schools file."""
    return replace(office, schools=Schools(directory))


def on_both_chats(office: Office, *people: str, prefers: str | None = None) -> Office:
    """The same office with a second chat platform, which reaches these people beside the first."""
    directory = office.directory
    changed = {
        one: replace(
            directory.people[one],
            accounts={**directory.people[one].accounts, OTHER_CHAT: f"T-{one}"},
            prefers=prefers,
        )
        for one in people
    }
    both = with_people(office, replace(directory, people={**directory.people, **changed}))
    return replace(both, reach={OTHER_CHAT: lambda person: OTHER_CHAT in person.accounts, **office.reach})


def case(office: Office, reference: str, *, now: datetime = NOW) -> CaseFile:
    """A case as it stands."""
    with office.work(now) as work:
        row = cases.by_reference(work.session, reference)
        assert row is not None
        read = found(work, row.id)
        assert read is not None
        return read


def told(office: Office, reference: str) -> list[tuple[str, str]]:
    """Who was told, as what, step by step; whoever was alerted or taken off is left out."""
    tellings = case(office, reference).tellings()
    ordered = sorted(tellings, key=lambda one: (one.lap, one.level, one.person))
    return [(one.person, one.role.value) for one in ordered if not one.alert]


def notices(office: Office, reference: str, *states: str) -> list[Any]:
    """The notices of a case in these states, or all."""
    with office.store.reading() as session:
        row = cases.by_reference(session, reference)
        assert row is not None
        found = outbox.of_case(session, row.id)
    return [one for one in found if not states or one.state in states]


def waiting(office: Office, reference: str) -> list[tuple[str, str, str]]:
    """Whom a case's waiting notices go to, where, and what they are."""
    return sorted((one.person, one.platform, one.event) for one in notices(office, reference, PENDING))


def due(office: Office, reference: str) -> dict[str, datetime]:
    """When each of a case's timers falls due, by what it is for; of several, the last."""
    with office.store.reading() as session:
        row = cases.by_reference(session, reference)
        assert row is not None
        return {timer.purpose: timer.due_at for timer in timers.timers_of(session, row.id)}


def events(office: Office, reference: str) -> list[str]:
    """The lines of a case's chronology."""
    with office.store.reading() as session:
        row = cases.by_reference(session, reference)
        assert row is not None
        return [line.event for line in cases.chronology(session, row.id)]


def said(office: Office, notice: Any, *, now: datetime = NOW) -> Message | None:
    """What a notice would say if it were sent now."""
    with office.work(now) as work:
        row = outbox.by_id(work.session, notice.id)
        composed = compose(work, row)
    return composed.message if composed is not None else None


def deliver(office: Office, *, now: datetime = NOW) -> None:
    """Have everything that waits arrive."""
    change(
        office,
        "UPDATE notice SET state = 'sent', provider_id = 'm-' || id, sent_at = :at WHERE state = 'pending'",
        at=now.replace(tzinfo=None) if office.store.sqlite else now,
    )


def refuse(office: Office, notice: Any, reason: str = "gone", *, now: datetime = NOW) -> None:
    """Have a platform say that it will never reach the person of a notice."""
    change(office, "UPDATE notice SET state = 'leased', owner = :me WHERE id = :id", me="one", id=notice.id)
    lost(replace(office, replica="one"), notice.id, reason, now=now)


def change(office: Office, statement: str, **values: Any) -> int:
    """Reach past the program into its tables; returns how many rows that changed."""
    with office.store.writing() as session:
        changed = session.connection().execute(text(statement), values)
        session.commit()
    return changed.rowcount
