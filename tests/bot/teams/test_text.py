"""Nothing that anybody writes comes alive in Teams or goes missing (S13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.teams.cards import heading, para, rows, words, words_under
from bot.teams.text import clipped, cut, inert, pieces, plain, typed, weight
from tests.bot.teams.holding import HOSTILE, hold, read
from tests.support.teams.cards import texts_of

TRICKY = st.text(alphabet=st.sampled_from("<>&!@#*_~`:/.|-+=[]()\\{}1\n abehDT\u202e\u200b👩é"), max_size=200)


def card(*body: dict[str, object]) -> dict[str, object]:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body)}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_inert_wherever_it_stands(text: str) -> None:
    short = text[:700]
    hold(card(heading(short), para(short)))


@given(TRICKY)
def test_nothing_that_teams_acts_on_survives(text: str) -> None:
    hold(card(heading(text), para(text), *words_under(text, text)))


@given(TRICKY)
def test_every_letter_is_kept_in_order(text: str) -> None:
    letters = [char for char in text if char.isalnum()]
    for made in (plain(text), inert(text)):
        assert [char for char in made if char.isalnum() and char != "ˍ"] == letters


@given(TRICKY)
def test_making_text_inert_twice_changes_nothing_more(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_text_that_teams_makes_nothing_of_stays_as_it_is() -> None:
    for text in (
        "Year 9, 14.30, § 5.iii:9; e.g. snake_case (see 8:3).",
        "At 11:00: late (8:3: see there), 5 < 6 & 7",
        "£5 – “quoted”",
    ):
        assert plain(text) == text
        assert inert(text) == text.replace("<", "‹")
    assert plain("One\n- two\n3. three *four*") == "One\n- two\n3. three *four*"


@given(st.text(max_size=400), st.integers(min_value=24, max_value=200))
def test_pieces_make_the_whole_text_again_and_none_is_too_heavy(text: str, limit: int) -> None:
    made = list(pieces(text, limit))
    assert "".join(made) == text
    assert all(weight(piece) <= limit for piece in made)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_long_text_is_shown_whole_in_blocks_that_fit(text: str) -> None:
    parts = list(words(text))
    assert all(weight(part) < 8_000 for part in parts)
    shown = "".join(texts_of(card(*parts)))
    assert [char for char in shown if char.isalnum()] == [char for char in plain(text) if char.isalnum()]


@given(st.text(alphabet=st.characters(codec=None), max_size=100))
def test_what_was_typed_comes_back_as_it_was_but_for_what_json_cannot_carry(text: str) -> None:
    assert typed(text) == text.replace("\0", "").encode("utf-8", "ignore").decode()


def test_a_cut_text_says_that_it_goes_on() -> None:
    assert clipped("one two three", 8) == "one two…"
    assert "one" in read(card(para("one")))


def test_two_styles_on_a_line_do_not_run_into_each_other() -> None:
    (line,) = rows([("State", "closed"), ("Empty", "")])
    assert "".join(run["text"] for run in line["inlines"]) == "State: closed"


@given(st.text(alphabet=st.sampled_from("aé👩🏫\n"), max_size=60), st.integers(min_value=0, max_value=80))
def test_a_field_is_filled_as_far_as_it_counts(text: str, units: int) -> None:
    made = cut(text, units)
    assert text.startswith(made)
    assert len(made.encode("utf-16-le")) <= 2 * units
    left = text[len(made) : len(made) + 1]
    assert not left or len((made + left).encode("utf-16-le")) > 2 * units
