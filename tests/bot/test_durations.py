"""Lengths of time, read and said."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.durations import parse_duration, say_duration


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2s", timedelta(seconds=2)),
        ("15m", timedelta(minutes=15)),
        ("1h", timedelta(hours=1)),
        ("2d", timedelta(hours=48)),
        ("090m", timedelta(minutes=90)),
    ],
)
def test_a_duration_is_a_number_and_its_unit(written: str, meant: timedelta) -> None:
    assert parse_duration(written) == meant


@pytest.mark.parametrize(
    "written",
    ["", "15", "m", "15 m", "15m\n", "-1h", "1.5h", "1h30m", "1H", "0m", "9999999d", "١٥m", "²s", "a week"],
)
def test_anything_else_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match="as in 30s, 15m"):
        parse_duration(written)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=1), "1 second"),
        (timedelta(minutes=15), "15 minutes"),
        (timedelta(hours=1, minutes=30), "1 hour and 30 minutes"),
        (timedelta(days=2, hours=3, seconds=5), "2 days, 3 hours and 5 seconds"),
        (timedelta(hours=48), "2 days"),
        (timedelta(milliseconds=20), "less than a second"),
    ],
)
def test_a_duration_is_said_as_people_say_it(length: timedelta, words: str) -> None:
    assert say_duration(length) == words


def test_a_negative_duration_is_not_said() -> None:
    with pytest.raises(ValueError, match="negative"):
        say_duration(timedelta(seconds=-1))


@given(some.integers(1, 999_999), some.sampled_from("smhd"))
def test_every_written_duration_can_be_said(count: int, unit: str) -> None:
    assert say_duration(parse_duration(f"{count}{unit}"))


@given(some.text())
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    try:
        length = parse_duration(text)
    except ValueError:
        return
    assert length > timedelta(0)
