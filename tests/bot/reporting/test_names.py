"""Names as people write them."""

import pytest

from bot.reporting.names import folded, lore, parts_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("O’Neill-Gómez", ("oneill", "gomez")),
        ("  Łucja   Wiśniewska ", ("lucja", "wisniewska")),
        ("Priya's", ("priya",)),
        ("Søren Strauß", ("soren", "strauss")),
        ("李娜", ("李娜",)),
        ("42 !", ()),
    ],
)
def test_a_name_is_folded_to_small_plain_letters(name: str, words: tuple[str, ...]) -> None:
    assert folded(name) == words


def test_a_name_is_taken_apart_without_its_title() -> None:
    parts = parts_of("Dr Mary Ann van der Berg-Jones")
    assert parts.whole == ("mary", "ann", "van", "der", "berg", "jones")
    assert parts.given == (("mary",), ("ann",))
    assert (parts.surname, parts.last) == (("van", "der", "berg", "jones"), ("berg", "jones"))
    assert parts_of("Cher").given == (("cher",),)
    assert parts_of("Mrs").whole == ()


def test_a_nickname_is_known_both_ways_and_spellings_by_each_other() -> None:
    assert {"bill", "will", "billy"} <= lore().also_called("william")
    assert "william" in lore().also_called("bill")
    assert "muhammad" in lore().also_called("mohamed")
    assert "samantha" not in lore().also_called("samuel")
    assert lore().also_called("priya") == frozenset()


def test_a_head_of_year_is_not_the_head() -> None:
    posts = lore().posts
    assert posts["head",] == "principal"
    assert posts["head", "of", "year"] is None


def test_there_are_nicknames_enough_and_they_go_both_ways() -> None:
    related = lore().related
    assert sum(map(len, related.values())) // 2 >= 150
    assert all(name in related[other] for name, others in related.items() for other in others)
