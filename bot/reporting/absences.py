"""Days away that people say themselves, in chat, laid over what the schools file says of them.

Whoever is away is passed over by the ladder; who covers for them is the next in the role. Only oneself can be
put away like this, and each time it is in the audit.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.errors import RefusedActionError
from bot.reporting.casefile import Actor, deed
from bot.reporting.office import Office
from bot.reporting.people import Absence, Directory
from storage import house

PREFIX = "away "
LONGEST = timedelta(days=366)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HOW = "Write it as: /signpost away 2026-11-23 2026-11-27, or /signpost away off when you are back."
_NOT_LISTED = "Only somebody in the schools file can be put away here: tell whoever keeps that file."
_PAST = "Those days are past, or the last comes before the first."
_TOO_LONG = "That is more than a year: tell whoever keeps the schools file."

Rows = tuple[tuple[str, str], ...]
"""Person and days, as they are kept: ("sam", "2026-11-23 2026-11-27")."""


def declare(office: Office, person: str, words: list[str], *, now: datetime) -> Absence | None:
    """Put somebody away for the days they say, or back with "off". Raises `RefusedActionError`."""
    if office.directory.person(person) is None:
        raise RefusedActionError(_NOT_LISTED)
    absence = None if words == ["off"] else _read(words, office.day(now))
    with office.work(now) as work:
        if absence is None:
            house.drop_fact(work.session, PREFIX + person)
        else:
            house.put_fact(work.session, PREFIX + person, _written(absence), now)
        detail = _written(absence) if absence else "back"
        work.done(deed(Actor(person), "away", detail=detail))
    return absence


def kept(facts: Iterable[Any]) -> Rows:
    """What is kept, from the facts of an installation."""
    return tuple(sorted((one.name.removeprefix(PREFIX), one.value) for one in facts))


def laid_over(directory: Directory, rows: Rows) -> Directory:
    """The directory with what people said of themselves; somebody who has gone from the file is left out."""
    said: Mapping[str, Absence] = {person: _parsed(days) for person, days in rows}
    people = {
        name: replace(person, away=(*person.away, said[name])) if name in said else person
        for name, person in directory.people.items()
    }
    return replace(directory, people=people) if said.keys() & directory.people.keys() else directory


def _read(words: list[str], today: date) -> Absence:
    if not 1 <= len(words) <= 2 or not all(map(_DAY.fullmatch, words)):  # noqa: PLR2004  one day, or first and last
        raise RefusedActionError(_HOW)
    try:
        first, last = date.fromisoformat(words[0]), date.fromisoformat(words[-1])
    except ValueError:
        raise RefusedActionError(_HOW) from None
    if last < max(first, today):
        raise RefusedActionError(_PAST)
    if last - first > LONGEST:
        raise RefusedActionError(_TOO_LONG)
    return Absence(first, last)


def _written(absence: Absence) -> str:
    return f"{absence.start.isoformat()} {absence.end.isoformat()}"


def _parsed(days: str) -> Absence:
    first, last = days.split()
    return Absence(date.fromisoformat(first), date.fromisoformat(last))
