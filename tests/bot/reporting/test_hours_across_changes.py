"""R13: bells and working days keep to the clock on the wall on the days on which that is set."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reporting.hours import in_school_hours, next_opening, working_day_after
from bot.reporting.people import Calendar, Directory, Span
from tests.bot.reporting.oakfield import directory

LONDON = ZoneInfo("Europe/London")
BEGINS, ENDS = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
moments = st.sampled_from([BEGINS, ENDS]).flatmap(
    lambda change: st.timedeltas(min_value=-4 * 24 * HOUR, max_value=4 * 24 * HOUR).map(
        lambda away: change + away
    )
)


def always_in_term(opens: time = time(8), closes: time = time(17)) -> Directory:
    """Oakfield with school on every day of 2026, Sundays too, since clocks are set on Sundays."""
    term = Span(datetime(2026, 1, 1, tzinfo=UTC).date(), datetime(2026, 12, 31, tzinfo=UTC).date())
    return replace(directory(), calendar=Calendar(opens, closes, frozenset(range(7)), (term,), holidays=None))


@pytest.mark.parametrize("change", [BEGINS, ENDS])
def test_on_the_day_itself_school_opens_when_the_clock_on_the_wall_says_so(change: datetime) -> None:
    people = always_in_term()
    opens = datetime.combine(change.date(), time(8), LONDON).astimezone(UTC)
    assert not in_school_hours(opens - MINUTE, people)
    assert in_school_hours(opens, people)
    assert next_opening(change, people) == opens
    assert opens == (datetime(2026, 3, 29, 7, tzinfo=UTC) if change == BEGINS else change + 7 * HOUR)


@pytest.mark.parametrize(("change", "hours"), [(BEGINS, 3), (ENDS, 5)])
def test_a_night_school_has_an_hour_less_in_march_and_an_hour_more_in_october(
    change: datetime, hours: int
) -> None:
    people = always_in_term(time(0), time(4))
    minutes = (change - 6 * HOUR + count * MINUTE for count in range(18 * 60))
    opened = sum(in_school_hours(moment, people) for moment in minutes)
    assert opened == hours * 60


@given(now=moments)
def test_school_is_open_when_it_opens_next_and_never_before_now(now: datetime) -> None:
    people = always_in_term()
    opening = next_opening(now, people)
    assert opening is not None
    assert opening >= now
    assert in_school_hours(opening, people)
    assert (opening == now) is in_school_hours(now, people)


@given(now=moments, days=st.integers(1, 5))
def test_so_many_working_days_later_it_is_the_same_time_on_the_wall(now: datetime, days: int) -> None:
    later = working_day_after(now, directory(), days)
    wall, then = now.astimezone(LONDON), later.astimezone(LONDON)
    assert then.weekday() < 5
    assert (then.date() - wall.date()).days >= days
    assert later > now
    skipped = then.date() == BEGINS.date() and wall.time() < time(3)
    assert skipped or then.time() == wall.time()
