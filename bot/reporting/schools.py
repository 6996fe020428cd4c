"""The schools file, read whole or not at all: every fault at once, with its line and remedy."""

from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from bot.reporting.people import (
    Absence,
    Calendar,
    Contacts,
    Directory,
    Holding,
    Ladders,
    Person,
    School,
    Span,
    Step,
    Trust,
)
from bot.reporting.schools_checks import cross_faults
from bot.reporting.schools_draft import Draft, read_draft
from bot.reporting.schools_shapes import (
    DAYS,
    CalendarShape,
    ContactsShape,
    PersonShape,
    SchoolShape,
    StepShape,
)
from knowledge.yamlfile import Fault, Refused, parse

LARGEST = 1_000_000
"""Bytes of a schools file that are read: a trust of two thousand people needs a third of that."""
_PLATFORMS = ("slack", "teams")


def load_schools(path: Path, *, known_policies: Collection[str] | None = None) -> Directory:
    """Read the schools file at a path. Raises `Refused` with every fault, also where it can't be read."""
    try:
        with path.open("rb") as opened:
            text = opened.read(LARGEST + 1).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = f"it cannot be read ({error})"
        raise Refused([Fault(str(path), 1, what, "Give a UTF-8 YAML file")]) from error
    return read_schools(text, str(path), known_policies=known_policies)


def read_schools(text: str, file: str, *, known_policies: Collection[str] | None = None) -> Directory:
    """Read a schools file from its text; `file` is its name in faults. Raises `Refused` with every fault.

    Whether the policies it names exist is checked where `known_policies` are given.
    """
    encoded = text.encode("utf-8", errors="replace")
    if len(encoded) > LARGEST:
        raise Refused([Fault(file, 1, "the file is too large", f"Keep it under {LARGEST:,} bytes")])
    draft = read_draft(parse(text, file))
    faults = {*draft.faults, *cross_faults(draft, known_policies)}
    if faults or draft.trust is None or draft.contacts is None:
        raise Refused(sorted(faults, key=lambda fault: (fault.line, fault.what)))
    return _directory(draft, sha256(encoded).hexdigest())


def _directory(draft: Draft, digest: str) -> Directory:
    """The directory of a draft without faults."""
    assert draft.trust is not None  # noqa: S101  a draft without faults has both
    assert draft.contacts is not None  # noqa: S101
    trust = Trust(**draft.trust.value.model_dump())
    contacts = draft.contacts.value
    return Directory(
        digest=digest,
        trust=trust,
        schools=MappingProxyType(
            {entry.value.id: _school(entry.value, trust, contacts) for entry in draft.schools}
        ),
        people=MappingProxyType({entry.value.id: _person(entry.value) for entry in draft.people}),
        holdings=tuple(
            Holding(entry.value.role, entry.value.school, tuple(entry.value.people), group=entry.value.group)
            for entry in draft.roles
        ),
        contacts=_contacts(contacts),
        ladders=_ladders(draft),
        calendar=_calendar(draft.calendar.value) if draft.calendar else None,
    )


def _school(shape: SchoolShape, trust: Trust, contacts: ContactsShape) -> School:
    return School(shape.id, shape.name, shape.policy or trust.policy, _contacts(contacts, shape.contacts))


def _contacts(*layers: ContactsShape) -> Contacts:
    """Contacts laid over each other: the last that names one wins."""
    merged: dict[str, str] = {}
    for layer in layers:
        merged |= layer.model_dump(exclude_none=True)
    return Contacts(**merged)


def _person(shape: PersonShape) -> Person:
    accounts = {platform: getattr(shape, platform) for platform in _PLATFORMS}
    return Person(
        id=shape.id,
        name=shape.name,
        aliases=tuple(shape.aliases),
        email=shape.email,
        school=shape.school,
        accounts=MappingProxyType({platform: account for platform, account in accounts.items() if account}),
        away=tuple(Absence(span.start, span.end) for span in shape.away),
        left=shape.left,
        manager=shape.manager,
        prefers=shape.prefers,
    )


def _ladders(draft: Draft) -> Ladders:
    return MappingProxyType(
        {
            family: MappingProxyType(
                {
                    urgency: tuple(_step(entry.value) for entry in steps)
                    for urgency, steps in by_urgency.items()
                }
            )
            for family, by_urgency in draft.ladders.items()
        }
    )


def _step(shape: StepShape) -> Step:
    return Step(tuple(shape.tell), tuple(shape.alert), shape.within)


def _calendar(shape: CalendarShape) -> Calendar:
    opens, closes = shape.hours
    terms = sorted((Span(term.start, term.end) for term in shape.terms), key=lambda term: term.start)
    days = frozenset(DAYS.index(day) for day in shape.days)
    return Calendar(opens, closes, days, tuple(terms), shape.holidays)
