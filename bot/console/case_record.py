"""A case's record written out for the school's own system: text, JSON, or a CSV that runs no formula."""

import csv
from collections.abc import Iterator
from dataclasses import asdict
from io import StringIO
from typing import Literal

from bot.console import inert
from bot.reporting.people import Directory
from bot.reporting.record import Happening, Record, Task, record_of
from bot.reporting.viewing import View
from bot.wording import cases as wording

Shape = Literal["text", "json", "csv"]


def as_record(view: View, directory: Directory, shape: Shape) -> str:
    """A case's record in one of the shapes, harmless wherever it is opened."""
    record = record_of(view, directory)
    if shape == "json":
        return inert.as_json(as_row(record)) + "\n"
    return _as_csv(record) if shape == "csv" else _as_text(record)


def as_row(record: Record) -> dict[str, object]:
    """A record as plain data, its names those of a safeguarding record's fields."""
    return {
        "reference": record.reference,
        "drill": record.drill,
        "incident_date": record.incident,
        "reported_at": record.reported,
        "category": record.category,
        "urgency": record.urgency,
        "state": record.state,
        "school": record.school,
        "subject": record.subject,
        "reported_by": record.reporter,
        "concern": [{"question": asked, "answer": answer} for asked, answer in record.concern],
        "actions": [asdict(task) for task in record.actions],
        "decisions": list(record.decisions),
        "told": [{"person": who, "role": role, "acknowledged": done} for who, role, done in record.told],
        "chronology": [asdict(one) for one in record.chronology],
    }


def _columns(record: Record) -> Iterator[tuple[str, str]]:
    if record.drill:
        yield "Drill", wording.DRILL
    yield "Reference", record.reference
    yield "Incident date", record.incident
    yield "Reported", record.reported
    yield "Category", record.category
    yield "Urgency", record.urgency
    yield "State", record.state
    yield "School", record.school
    yield "Subject", record.subject
    yield "Reported by", record.reporter
    yield "Concern", "\n".join(f"{asked} {answer}" for asked, answer in record.concern)
    yield "Actions", "\n".join(map(task_line, record.actions))
    yield "Decision", "\n".join(record.decisions)
    yield "Chronology", "\n".join(map(happening_line, record.chronology))


def task_line(task: Task) -> str:
    """An action on one line."""
    return inert.line(f"{task.due}: {task.what} ({task.owner})")


def happening_line(one: Happening) -> str:
    """A line of a chronology on one line."""
    return inert.line(f"{one.at} {one.who}: {one.what}{': ' if one.text else ''}{one.text}")


def _as_csv(record: Record) -> str:
    """A heading and one row. It begins with a byte order mark: without it Excel misreads accents."""
    written = StringIO()
    columns = tuple(_columns(record))
    rows = csv.writer(written, quoting=csv.QUOTE_ALL)
    rows.writerow([name for name, _ in columns])
    rows.writerow([inert.cell(text) for _, text in columns])
    return f"\ufeff{written.getvalue()}"


def _as_text(record: Record) -> str:
    parts = (f"{name}: {inert.lines(text)}" for name, text in _columns(record) if "\n" not in text and text)
    blocks = (f"\n{name}\n{inert.lines(text)}" for name, text in _columns(record) if "\n" in text)
    return "\n".join((*parts, *blocks)) + "\n"
