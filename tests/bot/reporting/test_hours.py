"""The school calendar: terms, bells, bank holidays, and both changes of the clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.reporting.hours import in_school_hours, next_opening, uncovered_hours, working_day_after
from bot.reporting.people import Absence, Directory, Span
from tests.bot.reporting.oakfield import directory

OAKFIELD = directory()
ANY_MOMENT = some.datetimes(datetime(2026, 8, 1), datetime(2027, 8, 31), timezones=some.just(UTC))  # noqa: DTZ001


def _utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def _calendar(**changes: object) -> Directory:
    assert OAKFIELD.calendar is not None
    return replace(OAKFIELD, calendar=replace(OAKFIELD.calendar, **changes))  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        (_utc(2026, 9, 14, 6, 59), False),  # British summer time: the bell of eight is seven in UTC
        (_utc(2026, 9, 14, 7), True),
        (_utc(2026, 9, 14, 15, 59), True),
        (_utc(2026, 9, 14, 16), False),
        (_utc(2026, 11, 9, 7, 59), False),  # and eight in winter
        (_utc(2026, 11, 9, 8), True),
        (_utc(2026, 9, 12, 10), False),  # a Saturday
        (_utc(2026, 10, 26, 10), False),  # half term
        (_utc(2026, 9, 1, 10), False),  # the day before term
        (_utc(2027, 5, 3, 10), False),  # May Day, in term
        (_utc(2027, 5, 4, 10), True),
    ],
)
def test_school_is_open_between_the_bells_of_a_school_day(moment: datetime, open_: bool) -> None:
    assert in_school_hours(moment, OAKFIELD) is open_


def test_bank_holidays_are_the_named_nations_or_nobodys() -> None:
    term = (Span(date(2026, 8, 1), date(2027, 7, 31)),)
    on = {
        name: [
            day
            for day in (date(2026, 8, 31), date(2026, 11, 30), date(2027, 3, 17))
            if not _open(day, name, term)
        ]
        for name in ("england-and-wales", "scotland", "northern-ireland", None)
    }
    assert on == {
        "england-and-wales": [date(2026, 8, 31)],
        "scotland": [date(2026, 11, 30)],
        "northern-ireland": [date(2026, 8, 31), date(2027, 3, 17)],
        None: [],
    }


def _open(day: date, holidays: str | None, terms: tuple[Span, ...]) -> bool:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return in_school_hours(noon, _calendar(holidays=holidays, terms=terms))


def test_without_a_calendar_no_hour_is_a_school_hour() -> None:
    without = replace(OAKFIELD, calendar=None)
    assert not in_school_hours(_utc(2026, 9, 14, 10), without)
    assert next_opening(_utc(2026, 9, 14, 10), without) is None
    assert uncovered_hours(without, date(2026, 9, 14), 28) == ()


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (_utc(2026, 9, 14, 10), _utc(2026, 9, 14, 10)),
        (_utc(2026, 9, 14, 3), _utc(2026, 9, 14, 7)),
        (_utc(2026, 9, 11, 16), _utc(2026, 9, 14, 7)),
        (_utc(2026, 10, 23, 16), _utc(2026, 11, 2, 8)),  # over half term and the clock going back
        (_utc(2027, 3, 25, 17), _utc(2027, 4, 12, 7)),  # over Easter and the clock going forward
    ],
)
def test_school_opens_next_at_the_bell_of_the_next_school_day(moment: datetime, opens: datetime) -> None:
    assert next_opening(moment, OAKFIELD) == opens


def test_after_the_last_term_nothing_is_known() -> None:
    assert next_opening(_utc(2027, 7, 21, 16), OAKFIELD) is None
    assert next_opening(_utc(2030, 1, 1), OAKFIELD) is None


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (Span(date(2026, 10, 19), date(2026, 10, 30)), _utc(2026, 10, 23, 7), _utc(2026, 10, 26, 8)),
        (Span(date(2027, 3, 1), date(2027, 4, 9)), _utc(2027, 3, 25, 8), _utc(2027, 3, 30, 7)),
    ],
)
def test_the_bell_keeps_to_the_trusts_clock_across_a_change(
    change: Span, before: datetime, after: datetime
) -> None:
    through = _calendar(terms=(change,))
    hour = timedelta(hours=1)
    assert (in_school_hours(before - hour, through), in_school_hours(before, through)) == (False, True)
    assert (in_school_hours(after - hour, through), in_school_hours(after, through)) == (False, True)


@pytest.mark.parametrize(
    ("moment", "days", "due"),
    [
        (_utc(2026, 9, 14, 14, 30), 1, _utc(2026, 9, 15, 14, 30)),
        (_utc(2026, 9, 18, 14, 30), 1, _utc(2026, 9, 21, 14, 30)),  # Friday to Monday
        (_utc(2026, 9, 19, 14, 30), 1, _utc(2026, 9, 21, 14, 30)),  # Saturday to Monday
        (_utc(2026, 9, 14, 14, 30), 5, _utc(2026, 9, 21, 14, 30)),
        (_utc(2026, 9, 14, 23, 30), 1, _utc(2026, 9, 15, 23, 30)),  # half past midnight, by the trust's clock
        (_utc(2026, 10, 23, 14, 30), 1, _utc(2026, 10, 26, 15, 30)),  # half term counts; the clock went back
        (
            _utc(2027, 3, 25, 15, 30),
            1,
            _utc(2027, 3, 30, 14, 30),
        ),  # Good Friday to Easter Monday, clock forward
        (_utc(2026, 12, 24, 12), 1, _utc(2026, 12, 29, 12)),  # Christmas on a Friday, Boxing Day made up
    ],
)
def test_a_working_day_later_is_the_same_time_of_day(moment: datetime, days: int, due: datetime) -> None:
    assert working_day_after(moment, OAKFIELD, days) == due


def test_working_days_keep_the_nations_bank_holidays_where_the_calendar_names_none() -> None:
    maundy = _utc(2027, 3, 25, 15, 30)
    for without in (replace(OAKFIELD, calendar=None), _calendar(holidays=None)):
        assert working_day_after(maundy, without) == working_day_after(maundy, OAKFIELD)
        scots = replace(without, trust=replace(without.trust, nation="scotland"))
        assert working_day_after(maundy, scots) == _utc(2027, 3, 29, 14, 30)


@given(ANY_MOMENT)
def test_a_working_day_is_later_than_now_and_within_a_week(moment: datetime) -> None:
    due = working_day_after(moment, OAKFIELD)
    assert due.tzinfo is UTC
    assert timedelta(hours=22) < due - moment < timedelta(days=7)


@given(ANY_MOMENT)
def test_school_is_open_when_it_opens_next(moment: datetime) -> None:
    opens = next_opening(moment, OAKFIELD)
    assert opens is None or (opens >= moment and in_school_hours(opens, OAKFIELD))


def test_days_with_neither_dsl_nor_deputy_are_uncovered() -> None:
    assert uncovered_hours(OAKFIELD, date(2026, 9, 14), 28) == ()
    away = Absence(date(2026, 10, 22), date(2026, 11, 2))
    people = {
        name: replace(person, away=(away,)) if name in {"lena", "bea"} else person
        for name, person in OAKFIELD.people.items()
    }
    found = uncovered_hours(replace(OAKFIELD, people=people), date(2026, 10, 19), 28)
    assert [(one.school, one.opening.opens, one.hours) for one in found] == [
        ("oak-high", _utc(2026, 10, 22, 7), 9.0),
        ("oak-high", _utc(2026, 10, 23, 7), 9.0),
        ("oak-high", _utc(2026, 11, 2, 8), 9.0),
    ]


def test_somebody_who_has_left_covers_nothing() -> None:
    gone = {**OAKFIELD.people}
    for name in ("sam", "omar", "ruth"):
        gone[name] = replace(gone[name], left=date(2026, 9, 16))
    found = uncovered_hours(replace(OAKFIELD, people=gone), date(2026, 9, 14), 3)
    assert [(one.school, one.opening.opens.date()) for one in found] == [("oak-primary", date(2026, 9, 16))]
