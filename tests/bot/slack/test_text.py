"""Nothing that anybody writes comes alive in Slack, goes missing, or is cut where it would break (S13)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.text import bold, clipped, inert, pieces, plain, quoted, size
from tests.bot.slack.holding import HOSTILE, hold_message

TRICKY = st.text(alphabet=st.sampled_from("<>&!@#*_~`:/.|-\n abeh1\u202e\u200b👩é"), max_size=200)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_inert_in_markup_and_in_plain_text(text: str) -> None:
    for made in (inert(text), bold(text), quoted(text)):
        short = clipped(made, 3_000) or "-"
        hold_message([{"type": "section", "text": {"type": "mrkdwn", "text": short}}], "text")
    short = clipped(plain(text), 75) or "-"
    button = {"type": "plain_text", "text": short, "emoji": False}
    hold_message(
        [{"type": "actions", "elements": [{"type": "button", "text": button, "action_id": "a"}]}], "text"
    )


@given(TRICKY)
def test_no_sign_that_slack_acts_on_survives(text: str) -> None:
    made = inert(text)
    assert not re.search(r"[<>*~`]|://|[@#]\w|:(?!\d{1,2}:)[\w+'-]+:", made)
    assert not re.search(r"&(?!amp;|lt;|gt;)", made)
    assert not re.search(r"(?<![^\W_])_|_(?![^\W_])", made)


@given(TRICKY)
def test_every_letter_is_kept_in_order(text: str) -> None:
    letters = [char for char in text if char.isalnum()]
    unescaped = inert(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert [char for char in unescaped if char.isalnum() and char != "ˍ"] == letters


def test_text_that_slack_makes_nothing_of_stays_as_it_is() -> None:
    for text in (
        "Year 9, 14.30, § 5.iii:9; e.g. snake_case (see 8:3).",
        "Line one\nLine two, at 11:00: late (8:3: see there)",
        "£5 – “quoted”",
    ):
        assert inert(text) == text
        assert plain(text, lines=True) == text


def test_a_host_is_broken_however_much_it_looks_like_a_clause() -> None:
    for text in ("evil.vi", "a.5.vi", "5.vi.example", "x-5.vi", "5.video"):
        assert "." not in inert(text).replace(".5", "").replace("5.vi․", "")


def test_what_is_swapped_looks_the_same() -> None:
    assert inert("see https://evil.example or @sam") == "see https∶//evil․example or @\u200asam"


@given(st.text(max_size=400), st.integers(min_value=10, max_value=100))
def test_a_cut_text_fits_and_cuts_no_escaped_sign(text: str, limit: int) -> None:
    made = clipped(inert(text), limit)
    assert size(made) <= limit
    assert not re.search(r"&(?!amp;|lt;|gt;)", made)


@given(TRICKY, st.integers(min_value=10, max_value=60))
def test_pieces_make_the_whole_text_again(text: str, limit: int) -> None:
    made = inert(text)
    parts = list(pieces(made, limit))
    assert "".join(parts) == made
    assert all(0 < size(part) <= limit for part in parts)
    assert not any(re.search(r"&(?!amp;|lt;|gt;)", part) for part in parts)
