"""The school calendar: when a school is open, when it opens next, and which hours no DSL covers.

Every moment goes in and comes out aware, in UTC; days and bells in between are those of the trust's clock.
The calendar only ever adds people: nothing waits for a school to open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.reporting.people import Calendar, Directory
from knowledge.rules import Role

_COVERING = (Role.DSL, Role.DEPUTY_DSL)
_DIVISIONS = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}
_NATIONS = {"england": "england-and-wales", "wales": "england-and-wales", "ni": "northern-ireland"}
_SATURDAY = 5
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Opening:
    """One school day from its first bell to its last, in UTC."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A school day on which neither the DSL nor any deputy is there. `hours` may have a fraction."""

    school: str
    opening: Opening

    @property
    def hours(self) -> float:
        """How long nobody covers."""
        return (self.opening.closes - self.opening.opens) / _HOUR


def in_school_hours(now: datetime, directory: Directory) -> bool:
    """Whether school is open: in term, no bank holiday, between the bells. Never, without a calendar."""
    opening = _opening(now.astimezone(_zone(directory)).date(), directory)
    return opening is not None and opening.opens <= now < opening.closes


def is_closed(now: datetime, directory: Directory) -> bool:
    """Whether school is known to be closed; without a calendar nobody knows."""
    return directory.calendar is not None and not in_school_hours(now, directory)


def next_opening(now: datetime, directory: Directory) -> datetime | None:
    """When school is next open: now, where it is open already; None where the calendar has no more terms."""
    first = now.astimezone(_zone(directory)).date()
    last = (
        max((term.end for term in directory.calendar.terms), default=first) if directory.calendar else first
    )
    for opening in _openings(directory, first, (last - first).days + 1):
        if now < opening.closes:
            return max(now, opening.opens).astimezone(UTC)
    return None


def working_day_after(now: datetime, directory: Directory, days: int = 1) -> datetime:
    """The same time of day so many working days later: Monday to Friday without bank holidays.

    Term dates don't count here: a local authority's working day runs through the school holidays. What comes
    in on a Saturday counts from that moment, so one working day later is Monday at the same time.
    """
    zone = _zone(directory)
    local = now.astimezone(zone)
    day = local.date()
    for _ in range(days):
        day += _DAY
        while not _works(day, directory):
            day += _DAY
    return datetime.combine(day, local.time(), zone).astimezone(UTC)


def uncovered_hours(directory: Directory, start: date, days: int) -> tuple[Uncovered, ...]:
    """The school days, from `start` for so many days, on which a school has no DSL and no deputy.

    Going by who is away, who has left and who holds the roles; nothing is known without a calendar.
    """
    return tuple(
        Uncovered(school, opening)
        for opening in _openings(directory, start, days)
        for school in directory.schools
        if not _covered(school, opening.opens.astimezone(_zone(directory)).date(), directory)
    )


def _covered(school: str, day: date, directory: Directory) -> bool:
    holders = (directory.person(one) for role in _COVERING for one in directory.holders(role, school))
    return any(person is not None and person.here(day) for person in holders)


def _openings(directory: Directory, start: date, days: int) -> Iterator[Opening]:
    for count in range(days):
        opening = _opening(start + count * _DAY, directory)
        if opening is not None:
            yield opening


def _opening(day: date, directory: Directory) -> Opening | None:
    calendar = directory.calendar
    if calendar is None or not _school_day(day, calendar):
        return None
    return Opening(_moment(day, calendar.opens, directory), _moment(day, calendar.closes, directory))


def _school_day(day: date, calendar: Calendar) -> bool:
    in_term = any(term.covers(day) for term in calendar.terms)
    return (
        in_term and day.weekday() in calendar.days and day not in _bank_holidays(calendar.holidays, day.year)
    )


def _works(day: date, directory: Directory) -> bool:
    """Whether it is a working day where the trust is, also where its calendar keeps no bank holidays."""
    named = directory.calendar.holidays if directory.calendar else None
    kept = named or _NATIONS.get(directory.trust.nation, directory.trust.nation)
    return day.weekday() < _SATURDAY and day not in _bank_holidays(kept, day.year)


@lru_cache(maxsize=64)
def _bank_holidays(named: str | None, year: int) -> frozenset[date]:
    if named is None:
        return frozenset()
    import holidays  # a tenth of a second: not before somebody's calendar keeps any (promise F6)

    return frozenset(holidays.country_holidays("GB", subdiv=_DIVISIONS[named], years=year))


def _moment(day: date, bell: time, directory: Directory) -> datetime:
    """A bell of the trust's own clock, which is set forward and back twice a year, in UTC."""
    return datetime.combine(day, bell, _zone(directory)).astimezone(UTC)


def _zone(directory: Directory) -> ZoneInfo:
    return ZoneInfo(directory.trust.timezone)
