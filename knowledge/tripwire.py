"""What must be noticed whatever the question matches: a child in danger, an image of a child.

The patterns (`lexicon/tripwire.yml`) lean towards noticing too much: a needless word of safety costs little,
a missed one can cost a child. The floor comes from KCSIE part one (immediate danger: 999 first) and the UKCIS
advice on nudes and semi-nudes of March 2024 (never view, copy, save, share or delete).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from knowledge.lexicon import lexicon_file, whole_words

BELIEVED = 0.35
"""From this probability of its topics the wire trips even where no pattern does."""


@dataclass(frozen=True, slots=True)
class Tripped:
    """What the tripwire noticed."""

    danger: bool = False
    indecent: bool = False
    about_head: bool = False
    """The one it is about seems to be the head: then the head is not whom to tell (KCSIE part four)."""

    def __bool__(self) -> bool:
        return self.danger or self.indecent


def trip(text: str, topics: Mapping[str, float]) -> Tripped:
    """Notice danger and indecent images of children from plain text and the topics' probabilities."""
    imaged = topics.get("nude-image", 0.0) + topics.get("indecent-image-found", 0.0)
    endangered = sum(
        topics.get(topic, 0.0) for topic in ("immediate-danger", "child-disclosure", "grooming-outsider")
    )
    return Tripped(
        danger=_in_danger(text) or endangered >= BELIEVED,
        indecent=_image_of_a_child(text) or imaged >= BELIEVED,
        about_head=bool(_wires()["about_head"].search(text)),
    )


def _in_danger(text: str) -> bool:
    """Danger in what is left once figures of speech are taken out."""
    wires = _wires()
    left = wires["not_danger"].sub(" ", text)
    return bool(wires["danger"].search(left)) and not wires["make_believe"].search(left)


def _image_of_a_child(text: str) -> bool:
    wires = _wires()
    if wires["image_of_child"].search(text):
        return True
    spoken_of = wires["nude"].search(text) and wires["child"].search(text)
    return bool(spoken_of) and not wires["grown_ups_own"].search(text)


@cache
def _wires() -> dict[str, re.Pattern[str]]:
    written = lexicon_file("tripwire")
    nude = {"nude": "|".join(written["nude"])}
    return {name: whole_words(patterns, nude) for name, patterns in written.items()}
