"""An office on a fresh database, as the use cases see it, for tests that need no server."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import text

from bot.keyring import new_keyring_text, read_keyring
from bot.private_files import create_private
from bot.reporting.floor import shipped_floor
from bot.reporting.identity import code_text
from bot.reporting.office import EMAIL, KeyCupboard, Office
from bot.reporting.people import Directory, Person
from bot.reporting.report import About, Report
from bot.reporting.route import Route
from bot.reporting.routing import plan
from bot.reporting.schools import read_schools
from bot.reporting.submit import submit
from knowledge.rules import Kind, Urgency
from storage import house
from storage.migrating import migrate
from storage.store import Store, commit

CHAT = "slack"
"""The platform in `office_for` that reaches whoever has an account there."""


@dataclass(slots=True)
class Schools:
    """The schools file in force; a test puts another in its place."""

    directory: Directory


def office_for(database_url: str, folder: Path, schools_text: str) -> Office:
    """An office with its tables made, keys in `folder`, chat and e-mail to whoever has an account or address.

    Routes come from the statutory floor alone. The caller closes its store.
    """
    keys = folder / "keys.toml"
    if not keys.exists():
        create_private(keys, new_keyring_text())
    schools = Schools(read_schools(schools_text, "schools.yml"))
    office = Office(
        store=Store(database_url),
        keys=KeyCupboard(keys, read_keyring),
        schools=schools,
        plan=partial(_plan, schools),
        reach={CHAT: _has_chat, EMAIL: _has_address},
    )
    migrate(office.store)
    with office.store.writing() as session:
        office.audit.begin(session)
        commit(session)
    return office


def code_for(office: Office, person: str, now: datetime) -> str:
    """The one-time code that somebody was sent last. Raises `AssertionError` where there is none."""
    with office.work(now) as work:
        row = house.code_of(work.session, person)
        assert row is not None, f"{person} was sent no code"
        found = code_text(work, row.id)
    assert found is not None
    return found[0]


def a_report(what: str = "A pupil has messaged me.", **changes: Any) -> Report:
    """A report by Tom at Oak Primary of a message from a pupil, changed as given."""
    report = Report(
        kind=Kind.PUPIL_CONTACT,
        urgency=Urgency.TODAY,
        reporter="tom",
        school="oak-primary",
        about=About.PUPIL,
        subject="",
        standings={},
        danger=False,
        image=False,
        answers={"danger": "no", "image": "no", "what": what},
    )
    return replace(report, **changes)


def hand_in(office: Office, report: Report, *, now: datetime) -> str:
    """Submit a report; returns its reference."""
    return submit(office, report, key=token_hex(8), origin=CHAT, now=now).reference


def audited(office: Office) -> list[tuple[str, str, str]]:
    """The audit so far, oldest first: who, what, which reference."""
    with office.store.reading() as session:
        rows = session.connection().execute(text("SELECT actor, action, reference FROM audit ORDER BY seq"))
        return [(actor, action, reference) for actor, action, reference in rows]


def _plan(schools: Schools, report: Report) -> Route:
    return plan(report, schools.directory, None, shipped_floor(schools.directory.trust.nation))


def _has_chat(person: Person) -> bool:
    return CHAT in person.accounts


def _has_address(person: Person) -> bool:
    return person.email is not None
