"""Near enough: misspelt words, names of schools and accounts, similar wording. The only door to rapidfuzz."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

_SHORTEST_MENDED = 5
_LONG_WORD = 8
_NAME_LIKENESS = 84.0
_MEANT = 0.6
_SHORTEST_SLIPPED = 3


class Speller:
    """Mends misspelt words against a vocabulary; words it knows stay as they are.

    A word is mended only when exactly its first letter fits and it is one slip away (two in a long word),
    since a wrong mend can turn the meaning round.
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._known = frozenset(vocabulary)
        self._drawers: dict[tuple[str, int], list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= _SHORTEST_MENDED and word.isalpha():
                self._drawers.setdefault((word[0], len(word)), []).append(word)
        self.mend = lru_cache(maxsize=4096)(self._mend)

    def _mend(self, word: str) -> str:
        if word in self._known or len(word) < _SHORTEST_MENDED or not word.isalpha():
            return word
        slips = 2 if len(word) >= _LONG_WORD else 1
        drawers = (self._drawers.get((word[0], len(word) + step), ()) for step in range(-slips, slips + 1))
        near = [choice for drawer in drawers for choice in drawer]
        best = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips)
        return best[0] if best else word


Names = Mapping[str, Iterable[str]]


def best_name(
    said: Sequence[str], names: Names, *, also: tuple[Sequence[str], Names] | None = None
) -> str | None:
    """The key whose words come up in a text, misspelt or cut short ("tavi"); None when none or several do.

    `also` gives fuller words and names for telling apart keys that are equally near.
    """
    scores = {key: _name_score(said, tuple(parts)) for key, parts in names.items()}
    top = max(scores.values(), default=0.0)
    leaders = [key for key, score in scores.items() if score == top]
    if top and len(leaders) > 1 and also is not None:
        return best_name(also[0], {key: also[1][key] for key in leaders})
    return leaders[0] if top and len(leaders) == 1 else None


def _name_score(words: Sequence[str], parts: tuple[str, ...]) -> float:
    return sum(max((_likeness(word, part) for word in words), default=0.0) for part in parts)


def _likeness(word: str, part: str) -> float:
    if word == part:
        return 100.0
    shortest = 4
    if len(word) >= shortest and part.startswith(word):
        return 95.0
    ratio = fuzz.ratio(word, part, score_cutoff=_NAME_LIKENESS)
    return ratio if min(len(word), len(part)) > shortest else 0.0


def likeness(question: str, texts: Sequence[str]) -> list[float]:
    """How much alike a question and each text are, 0 to 1, whatever the order of words."""
    scores = process.cdist([question], texts, scorer=fuzz.token_set_ratio)
    return [float(score) / 100.0 for score in scores[0]]


def nearest(said: str, known: Iterable[str]) -> str | None:
    """The known name that somebody most likely meant by one that isn't known; None where none is near."""
    best = process.extractOne(
        said.casefold(), list(known), scorer=OSA.normalized_similarity, score_cutoff=_MEANT
    )
    return best[0] if best else None


def alike(one: str, other: str) -> bool:
    """Whether two names look like spellings of one another ("mohamed" and "muhammad")."""
    return fuzz.ratio(one, other) >= _MEANT * 100.0


class Slips:
    """Names by what is typed for them with one slip, found without comparing every name with every word."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, tuple[str, ...]] = {}
        self._long: list[str] = []
        self._longest = 0
        for name in sorted(set(names)):
            self._longest = max(self._longest, len(name))
            if len(name) >= _LONG_WORD:
                self._long.append(name)
            if len(name) >= _SHORTEST_SLIPPED:
                for shortened in set(_shortened(name)):
                    self._names[shortened] = (*self._names.get(shortened, ()), name)
        self.near = lru_cache(maxsize=8192)(self._near)
        self.nearly = lru_cache(maxsize=8192)(self._nearly)

    def _near(self, word: str) -> tuple[str, ...]:
        """The names one slip away from a word, in alphabetical order; a name itself is among them.

        Two words within one slip share a spelling that lacks at most one letter of each.
        """
        if len(word) > self._longest + 1:
            return ()
        met = (self._names[shortened] for shortened in _shortened(word) if shortened in self._names)
        near = {name for names in met for name in names}
        return tuple(sorted(name for name in near if OSA.distance(word, name, score_cutoff=1) <= 1))

    def _nearly(self, word: str) -> tuple[str, ...]:
        """The long names two slips away from a word, the nearest first."""
        return tuple(
            name
            for name, _, _ in process.extract(
                word, self._long, scorer=OSA.distance, score_cutoff=2, limit=None
            )
        )


def _shortened(word: str) -> Iterator[str]:
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]
