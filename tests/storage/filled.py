"""Stores with something in every table, put there without any of the use cases."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Executable, select, text
from sqlmodel import Session, SQLModel

from storage import cases, conversations, house, outbox, policies, timers
from storage.audit import AuditLog, Deed
from storage.migrating import migrate
from storage.outbox import Draft
from storage.sealing import Sealer
from storage.store import Store, commit

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
AUDIT_KEY = b"a" * 32
AUDIT = AuditLog(AUDIT_KEY)
SEALER = Sealer("k1", {"k1": b"1" * 32})
HOUSE = "house"


def opened(url: str) -> Store:
    """A store with its tables made and an audit chain begun."""
    store = Store(url)
    migrate(store)
    with store.writing() as session:
        AUDIT.begin(session)
        commit(session)
    return store


def add_case(session: Session, *, state: str = "notified", drill: bool = False) -> str:
    """A case with something in every table that hangs on cases; returns its id."""
    case = uuid4().hex
    values = {
        "id": case,
        "reference": f"SP-{case[:8]}",
        "dedupe": f"key {case}",
        "kind": "pupil_contact",
        "urgency": "today",
        "family": "child",
        "school": None,
        "reporter": "tom",
        "origin": "slack",
        "state": state,
        "level": 0,
        "lap": 0,
        "drill": drill,
        "held": False,
        "alarmed": False,
        "version": 0,
        "schools": "0" * 64,
        "opened_at": NOW,
        "changed_at": NOW,
        "sealed": os.urandom(300),
    }
    cases.add_case(session, values, SEALER.new_key(case)[1])
    cases.add_entry(session, case, at=NOW, event="reported", by="tom", sealed=os.urandom(40))
    cases.add_entry(session, case, at=NOW, event="told", by="signpost")
    told = {"case_id": case, "person": "sam", "role": "dsl", "level": 0, "lap": 0, "told_at": NOW}
    cases.add_tellings(session, [{**told, "alert": False, "withdrawn": False, "handler": False}])
    cases.add_fingerprints(session, case, {"0" * 64})
    outbox.enqueue(session, NOW, [Draft("sam", "slack", "card", 3, case, "dsl"), Draft("x", "email", "y", 1)])
    purpose = "climb" if state == "notified" else "untouched"
    timers.set_timer(session, case, purpose, NOW + timedelta(hours=2), "0.0")
    return case


def fill(store: Store, count: int = 3) -> list[str]:
    """Cases, linked with each other, and something in every other table; returns the cases' ids."""
    with store.writing() as session:
        AUDIT.begin(session)
        ids = [
            add_case(session, state="acknowledged" if number == 0 else "notified") for number in range(count)
        ]
        cases.link(session, ids[0], ids[-1], "linked")
        house.put_key(session, HOUSE, SEALER.new_key(HOUSE)[1])
        house.put_fact(session, "active-key", "k1", NOW)
        house.put_schools(session, "0" * 64, os.urandom(200), NOW)
        house.note_lost(session, "slack:omar", "gone", NOW)
        house.add_role_change(
            session, {"id": uuid4().hex, "person": "ruth", "role": "dsl", "school": "", "at": NOW}
        )
        code = {"id": uuid4().hex, "person": "sam", "purpose": "case list", "digest": "0" * 64}
        house.put_code(session, {**code, "tries": 0, "expires_at": NOW, "sealed": os.urandom(20)})
        published = {"policy": "hill", "at": NOW, "approved_by": "pat", "digest": "0" * 64}
        for number in (1, 2):
            values = {**published, "id": f"hill@{number}", "number": number, "sealed": os.urandom(300)}
            policies.add_version(session, {**values, "reason": os.urandom(20) if number == 1 else None})
        gap = policies.count_gap(session, "hill", "2026-11", "phishing")
        policies.add_gap_question(session, uuid4().hex, gap, os.urandom(60))
        place = ("a:1sam", "https://smba.trafficmanager.net/uk", "7e4a0001-0000-4000-8000-0000000000af")
        conversations.put(session, "7b1c0000-0000-4000-8000-000000000002", place, NOW)
        AUDIT.write(session, NOW, *(Deed("tom", "reported", case) for case in ids))
        commit(session)
    return ids


def everything(store: Store, *, but: Iterable[str] = ()) -> dict[str, set[tuple[Any, ...]]]:
    """Every row of every table, by table."""
    with store.reading() as session:
        return {
            table.name: {tuple(row) for row in session.connection().execute(select(table))}
            for table in SQLModel.metadata.sorted_tables
            if table.name not in set(but)
        }


def change(store: Store, statement: str | Executable, **values: Any) -> None:
    """Do something that no code of ours does, committed."""
    with store.writing() as session:
        order = text(statement) if isinstance(statement, str) else statement
        session.connection().execute(order, values)
        commit(session)
