"""What the model looks at in a question: its words, their fragments, the concepts and circumstances."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType

from knowledge.lexicon import Lexicon
from knowledge.normalise import Reading, words

BLOCKS: Mapping[str, tuple[float, int]] = MappingProxyType(
    {
        "words": (1.0, 2),
        "fragments": (1.0, 3),
        "concepts": (1.0, 1),
        "pairs": (0.5, 2),
        "circumstances": (0.5, 1),
        "draft": (0.5, 2),
    }
)
"""Blocks of features: the length each is scaled to, and in how many phrases a feature must stand to count."""

_ONLINE = frozenset(
    (
        "social_network messaging gaming dating befriend post picture like own_account school_account "
        "settings password phishing hacked fitness_app closed_space profile_words website parent_space "
        "staff_space"
    ).split()
)
"""Concepts of which at least one comes up in nearly every question for a social media policy."""
_FRAGMENT_SIZES = (3, 4, 5)
_OPENING = 3


def features(reading: Reading, slots: Mapping[str, str], lexicon: Lexicon) -> dict[str, list[str]]:
    """Name every feature of a reading and its circumstances, by block, each once and in a fixed order."""
    everything = reading.words
    concepts = sorted(set(lexicon.found(everything)))
    found = {
        "words": [*_word_features(everything, "w"), "o:" + " ".join(everything[:_OPENING])],
        "fragments": list(_fragments(everything)),
        "concepts": [f"k:{concept}" for concept in concepts],
        "pairs": list(_pairs(concepts, "kk")),
        "circumstances": [
            *(f"s:{slot}={value}" for slot, value in slots.items()),
            "q:draft" if reading.draft else "q:plain",
            "q:offline" if _ONLINE.isdisjoint(concepts) else "q:online",
        ],
        "draft": list(_draft_features(reading, lexicon)),
    }
    return {block: sorted(set(names)) for block, names in found.items()}


def _word_features(text: tuple[str, ...], kind: str) -> Iterator[str]:
    for word in text:
        yield f"{kind}:{word}"
    for first, second in pairwise(text):
        yield f"{kind}{kind}:{first} {second}"


def _fragments(text: tuple[str, ...]) -> Iterator[str]:
    for word in text:
        edged = f"_{word}_"
        for size in _FRAGMENT_SIZES:
            for start in range(len(edged) - size + 1):
                yield f"c:{edged[start : start + size]}"


def _pairs(concepts: list[str], kind: str) -> Iterator[str]:
    for place, first in enumerate(concepts):
        for second in concepts[place + 1 :]:
            yield f"{kind}:{first}+{second}"


def _draft_features(reading: Reading, lexicon: Lexicon) -> Iterator[str]:
    if not reading.draft:
        return
    draft = words(reading.draft)
    for concept in lexicon.found(words(reading.frame)):
        yield f"f:{concept}"
    inside = sorted(set(lexicon.found(draft)))
    for concept in inside:
        yield f"d:{concept}"
    yield from _pairs(inside, "dd")
    yield from _word_features(draft, "e")
