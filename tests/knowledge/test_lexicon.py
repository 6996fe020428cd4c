"""The lexicon's files: every pattern whole by itself, every term a term."""

from collections.abc import Iterator

import pytest

from knowledge.lexicon import compile_lexicon, lexicon_file, shipped_lexicon, whole_words
from knowledge.normalise import read


def _patterns() -> Iterator[tuple[str, dict[str, str]]]:
    slots = lexicon_file("circumstances")
    for entry in slots["slots"]:
        yield from ((pattern, slots["lists"]) for pattern in entry["where"])
    wires = lexicon_file("tripwire")
    for patterns in wires.values():
        yield from ((pattern, {"nude": "|".join(wires["nude"])}) for pattern in patterns)
    register = lexicon_file("register")
    yield from ((pattern, {}) for pattern in register["platforms"].values())
    for role in register["roles"]:
        yield from ((role[key], {}) for key in ("asked_as", "listed_as"))


def test_every_pattern_is_whole_by_itself() -> None:
    """A pattern cut in two at a bar may still compile when it is joined to its neighbours."""
    assert sum(bool(whole_words([pattern], lists)) for pattern, lists in _patterns()) > 600


def test_words_and_phrases_stand_for_their_concepts() -> None:
    lexicon = compile_lexicon({"gaming": ["xbox", "gamer tag"], "pupil": ["kid"]})
    assert lexicon.found(read("a kid gave me his gamer tag").words) == ["pupil", "gaming"]
    assert lexicon.found(read("y9 girl").words) == ["year_group", "pupil", "lower_school"]


@pytest.mark.parametrize("word", ["insta", "hinge", "vinted", "gofundme", "cyberbullying"])
def test_everyday_words_are_known(word: str) -> None:
    assert shipped_lexicon().found((word,))
