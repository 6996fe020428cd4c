"""The vocabulary of staff: which concept a word or phrase stands for ("gamertag" is gaming)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from knowledge.normalise import plain, words

CONCEPT_FILES = ("people", "places", "deeds", "occasions")
_YEAR = re.compile(r"^year(\d+)s?$")
_SIXTH_FORM_FROM = 12


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Concepts by phrase; a phrase is a tuple of words."""

    concepts: Mapping[tuple[str, ...], frozenset[str]]
    longest: int

    def found(self, text: tuple[str, ...]) -> list[str]:
        """Find the concepts in a text, in order of their place, a concept as often as it stands there."""
        hits: list[str] = []
        for start in range(len(text)):
            hits.extend(_year_concepts(text[start]))
            for size in range(min(self.longest, len(text) - start), 0, -1):
                hits.extend(sorted(self.concepts.get(text[start : start + size], ())))
        return hits

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that stands in some phrase."""
        return frozenset(word for phrase in self.concepts for word in phrase)


def _year_concepts(word: str) -> tuple[str, ...]:
    year = _YEAR.match(word)
    if year is None:
        return ()
    return ("year_group", "pupil", "sixth_form" if int(year[1]) >= _SIXTH_FORM_FROM else "lower_school")


def compile_lexicon(concepts: Mapping[str, Iterable[str]]) -> Lexicon:
    """Build a lexicon from concept -> terms."""
    table: dict[tuple[str, ...], set[str]] = {}
    for concept, terms in concepts.items():
        for term in terms:
            table.setdefault(words(plain(term)), set()).add(concept)
    return Lexicon({phrase: frozenset(names) for phrase, names in table.items()}, max(map(len, table)))


@cache
def shipped_lexicon() -> Lexicon:
    """Read the lexicon that comes with Signpost (`knowledge/lexicon/*.yml`), once."""
    concepts: dict[str, list[str]] = {}
    for name in CONCEPT_FILES:
        for concept, terms in lexicon_file(name).items():
            concepts.setdefault(concept, []).extend(terms)
    return compile_lexicon(concepts)


def lexicon_file(name: str) -> dict[str, Any]:
    """Read one file of the lexicon's folder."""
    text = files("knowledge").joinpath("lexicon", f"{name}.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


def whole_words(patterns: Iterable[str], lists: Mapping[str, str] | None = None) -> re.Pattern[str]:
    """Compile patterns of the lexicon into one that finds any of them as whole words; `<name>` is a list."""
    joined = "|".join(patterns)
    for name, listed in (lists or {}).items():
        joined = joined.replace(f"<{name}>", f"(?:{listed})")
    return re.compile(rf"\b(?:{joined})\b")
