"""The vocabulary of staff: which concept a word or phrase stands for ("gamertag" is gaming)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from knowledge.normalise import plain, words

_YEAR = re.compile(r"^year(\d+)s?$")
_SIXTH_FORM_FROM = 12


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Concepts by phrase; a phrase is a tuple of words."""

    concepts: Mapping[tuple[str, ...], frozenset[str]]
    longest: int

    def found(self, text: tuple[str, ...]) -> list[str]:
        """The concepts in a text, in order of their place, a concept as often as it stands there."""
        hits: list[str] = []
        for start in range(len(text)):
            hits.extend(self._year(text[start]))
            for size in range(min(self.longest, len(text) - start), 0, -1):
                hits.extend(sorted(self.concepts.get(text[start : start + size], ())))
        return hits

    @staticmethod
    def _year(word: str) -> tuple[str, ...]:
        year = _YEAR.match(word)
        if year is None:
            return ()
        return ("year_group", "pupil", "sixth_form" if int(year[1]) >= _SIXTH_FORM_FROM else "lower_school")

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that stands in some phrase."""
        return frozenset(word for phrase in self.concepts for word in phrase)


def compile_lexicon(concepts: Mapping[str, Iterable[str]]) -> Lexicon:
    """Build a lexicon from concept -> terms."""
    table: dict[tuple[str, ...], set[str]] = {}
    for concept, terms in concepts.items():
        for term in terms:
            table.setdefault(words(plain(term)), set()).add(concept)
    return Lexicon({phrase: frozenset(names) for phrase, names in table.items()}, max(map(len, table)))


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that comes with Signpost (`knowledge/lexicon/*.yml`)."""
    concepts: dict[str, list[str]] = {}
    for name in ("people", "places", "deeds", "occasions"):
        text = files("knowledge").joinpath("lexicon", f"{name}.yml").read_text(encoding="utf-8")
        for concept, terms in yaml.load(text, Loader=yaml.CSafeLoader).items():
            concepts.setdefault(concept, []).extend(terms)
    return compile_lexicon(concepts)
