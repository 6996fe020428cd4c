"""Reading what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.normalise import LONGEST, read, tidy, words


@pytest.mark.parametrize("text", ["y9", "Y9", "yr 9", "Yr.9", "year nine", "Year 9", "Y9s", "year 9's"])
def test_year_groups_are_written_one_way(text: str) -> None:
    assert "year9" in read(f"a {text} girl").words


def test_a_draft_is_told_from_the_question_about_it() -> None:
    reading = read("ok for my insta? 'Best class ever, couldn't be prouder of Ellie' thoughts?")
    assert reading.draft == "best class ever, couldnt be prouder of ellie"
    assert words(reading.frame) == ("ok", "for", "my", "insta", "thoughts")


def test_an_apostrophe_is_no_quotation() -> None:
    assert read("my sister's lad's in Y5, that's fine isn't it").draft == ""


def test_curly_quotes_and_apostrophes_read_like_straight_ones() -> None:
    assert read("can\u2019t I post \u201call done\u201d").draft == "all done"
    assert "cant" in read("can\u2019t").words


def test_what_cannot_be_seen_is_dropped() -> None:
    assert tidy("po\u200bst\u202e this\x00") == "post this"


@given(st.text(max_size=LONGEST * 2))
def test_any_text_can_be_read(text: str) -> None:
    reading = read(text)
    assert len(reading.whole) <= LONGEST * 20
    assert all(word == word.casefold() for word in reading.words)
