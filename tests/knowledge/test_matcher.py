"""Misspelt words and half-remembered names."""

import pytest

from knowledge.matcher import Slips, Speller, alike, best_name, likeness, nearest

SPELLER = Speller(["instagram", "pupil", "follow", "message", "colleague", "friend"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("instgram", "instagram"), ("mesage", "message"), ("collegaue", "colleague"), ("freind", "friend")],
)
def test_a_slip_is_mended(typed: str, meant: str) -> None:
    assert SPELLER.mend(typed) == meant


@pytest.mark.parametrize("word", ["cat", "pupil", "zebra", "y9", "xyzzy", "fiend1"])
def test_other_words_stay_as_they_are(word: str) -> None:
    assert SPELLER.mend(word) == word


def test_a_name_cut_short_is_found() -> None:
    schools = {"Tavistock College": ["tavistock"], "Bridestowe": ["bridestowe"]}
    assert best_name(["who", "runs", "tavi"], schools) == "Tavistock College"
    assert best_name(["bridestow"], schools) == "Bridestowe"


def test_no_name_or_two_alike_give_none() -> None:
    assert best_name(["hello"], {"a": ["tavistock"], "b": ["morley"]}) is None
    assert best_name(["oak"], {"Oak Primary": ["oak"], "Oak College": ["oak"]}) is None


def test_fuller_names_tell_twins_apart() -> None:
    telling = {"Oak Primary": ["oak"], "Oak College": ["oak"]}
    full = {"Oak Primary": ["oak", "primary"], "Oak College": ["oak", "college"]}
    assert best_name(["oak"], telling, also=(["oak", "college"], full)) == "Oak College"


def test_likeness_ignores_the_order_of_words() -> None:
    same, other = likeness("photo of pupils", ["pupils of photo", "nothing alike"])
    assert same == 1.0
    assert other < 0.6


def test_the_nearest_known_name_is_meant_by_one_that_is_not_known() -> None:
    known = ["sam", "omar", "trust_chair"]
    assert [nearest(said, known) for said in ("omr", "trust-chair", "SAM", "xyzzy", "")] == [
        "omar",
        "trust_chair",
        "sam",
        None,
        None,
    ]


def test_spellings_of_one_name_are_alike() -> None:
    assert alike("mohamed", "muhammad")
    assert not alike("tina", "christopher")


@pytest.mark.parametrize("typed", ["priya", "prya", "pirya", "priyya", "prixa", "xriya"])
def test_a_name_is_found_from_one_slip_of_the_keyboard(typed: str) -> None:
    assert Slips(["priya", "omar", "al"]).near(typed) == ("priya",)


@pytest.mark.parametrize("typed", ["pya", "omarion", "alan", "x" * 50, ""])
def test_two_slips_are_another_word(typed: str) -> None:
    assert Slips(["priya", "omar", "al"]).near(typed) == ()


def test_a_long_name_is_found_from_two_slips_where_asked_for() -> None:
    slips = Slips(["lindqvist", "priya"])
    assert slips.near("linkwist") == ()
    assert slips.nearly("linqwist") == ("lindqvist",)
    assert slips.nearly("prxa") == ()
