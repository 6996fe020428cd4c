"""The circumstances of a question that decide between one clause and its exception.

Each circumstance is a slot with a value, found by patterns over plain text (`lexicon/circumstances.yml`). A
slot that nothing speaks of is left out: the rule then answers with its conditions, not with a guess.
"""

import re
from collections.abc import Mapping
from functools import cache

from knowledge.lexicon import lexicon_file, whole_words


def circumstances(text: str) -> dict[str, str]:
    """Find what plain text says about each slot; the first pattern that fits a slot decides it."""
    found: dict[str, str] = {}
    for slot, value, pattern in _patterns():
        if slot not in found and pattern.search(text):
            found[slot] = value
    return found


@cache
def slots() -> Mapping[str, frozenset[str]]:
    """Every slot that a pack's `when` may name, with its values."""
    values: dict[str, set[str]] = {}
    for slot, value, _ in _patterns():
        values.setdefault(slot, set()).add(value)
    return {slot: frozenset(these) for slot, these in values.items()}


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    written = lexicon_file("circumstances")
    return tuple(
        (entry["slot"], entry["is"], whole_words(entry["where"], written["lists"]))
        for entry in written["slots"]
    )
