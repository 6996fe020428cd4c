"""What people type: nothing hidden is kept, links and files are noticed, times are read as written."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reporting.typed import (
    FutureTimeError,
    UnclearTimeError,
    choice,
    clean,
    holds_a_file,
    moment,
    without_links,
)

LONDON = ZoneInfo("Europe/London")
IN_JUNE = datetime(2026, 6, 15, 13, 0, tzinfo=UTC)
"""Two in the afternoon in London."""
YES_NO = {"yes": "Yes", "no": "No", "unsure": "Not sure"}


@given(st.text())
def test_nothing_that_cannot_be_seen_is_kept(text: str) -> None:
    hidden = {chr(0), chr(27), "\r", "\u200b", "\u200f", "\u202e", "\u2066", "\ufeff", "\udcff"}
    assert not set(clean(text, lines=True)) & hidden
    assert "\n" not in clean(text, lines=False)
    assert clean(clean(text, lines=True), lines=True) == clean(text, lines=True)


def test_line_breaks_are_kept_where_there_may_be_lines() -> None:
    assert clean("one\r\ntwo\u2028three\x00\u202e ", lines=True) == "one\ntwo\nthree"
    assert clean("one\r\ntwo\tthree\u200b", lines=False) == "one two three"


@pytest.mark.parametrize("typed", ["Yes", " yes. ", "y", "TRUE", "yes"])
def test_a_yes_is_a_yes_however_it_is_written(typed: str) -> None:
    assert choice(typed, YES_NO) == "yes"


def test_not_sure_is_an_answer_only_where_it_is_offered() -> None:
    assert choice("I don't know", YES_NO) == "unsure"
    assert choice("not sure", {"yes": "Yes", "no": "No"}) is None
    assert choice("perhaps", YES_NO) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026-06-14", "2026-06-14"),
        ("2026-06-14T22:10", "2026-06-14 22:10"),
        ("2026-06-14 22:10:59", "2026-06-14 22:10"),
        ("2026-06-14T22:10:00Z", "2026-06-14 23:10"),
        ("2026-06-14T22:10+00:00", "2026-06-14 23:10"),
        ("14/06/2026", "2026-06-14"),
        ("14/6/26", "2026-06-14"),
        ("14.06.2026 9.15pm", "2026-06-14 21:15"),
        ("3rd March 2025", "2025-03-03"),
        ("today", "2026-06-15"),
        ("Today 13:30", "2026-06-15 13:30"),
        ("today at 2pm", "2026-06-15 14:00"),
        ("12am", "2026-06-15 00:00"),
        ("yesterday, 21:15", "2026-06-14 21:15"),
        ("last night 11pm", "2026-06-14 23:00"),
        ("now", "2026-06-15 14:00"),
    ],
)
def test_a_time_is_read_in_the_schools_own_time(typed: str, kept: str) -> None:
    assert moment(typed, now=IN_JUNE, zone=LONDON) == kept


@pytest.mark.parametrize(
    "typed", ["16/06/2026", "today 14:30", "2027-01-01", "9999-12-31", "2026-06-15T13:30:00Z"]
)
def test_a_time_to_come_is_refused(typed: str) -> None:
    with pytest.raises(FutureTimeError):
        moment(typed, now=IN_JUNE, zone=LONDON)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "31/02/2026",
            "99/99/2026",
            "tomorrow week",
            "0001-01-01",
            "today 25:00",
            "14pm",
            "yesterday 9",
            "9",
        ),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "5 Foo 2025", "soon", "٣/٣/٢٠٢٥"),
    ],
)
def test_what_is_no_time_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(UnclearTimeError):
        moment(typed, now=IN_JUNE, zone=LONDON)


@pytest.mark.parametrize(
    "address",
    [
        "https://pictures.example/p/1",
        "HTTP://x.example",
        "www.pictures.example",
        "pictures.example/p/1?x=2",
        "t.me/abc",
        "hxxps://x.example",
    ],
)
def test_a_web_address_is_taken_out_and_the_words_around_it_stay(address: str) -> None:
    assert without_links(f"It is at {address} since noon", "[out]") == "It is at [out] since noon"


@pytest.mark.parametrize(
    "text", ["He/she said 3.30/4.00", "and/or", "Mr. Hale", "in Year 9.He saw", "e.g. this"]
)
def test_ordinary_writing_is_no_web_address(text: str) -> None:
    assert without_links(text, "[out]") == text


@pytest.mark.parametrize(
    "text",
    ["data:image/png;base64,iVBORw0", "look: DATA:image/jpeg,xx", "data:;base64,AAAA", "(data:text/html,hi)"],
)
def test_a_file_written_out_is_noticed(text: str) -> None:
    assert holds_a_file(text)


@pytest.mark.parametrize(
    "text", ["data: names/addresses, dates of birth", "metadata:image", "the data: 30 rows"]
)
def test_talk_of_data_is_no_file(text: str) -> None:
    assert not holds_a_file(text)
