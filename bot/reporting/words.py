"""A text word by word, with what its writing says of each: a name, an everyday word, a child's name."""

import re
from dataclasses import dataclass

from bot.reporting.names import folded_word, lore, plain_letters

_WORD = re.compile(r"([^\W\d_]+(?:'[^\W\d_]+)*)")
_WIDEST_GAP = 3
_SENTENCE_ENDS = frozenset('.!?:;\n\r\t"“”(•–—>*')
_BEFORE_A_MONTH = frozenset(
    "in on by until till since last next this early late mid of during from to before after every between "
    "through around and or".split()
)
_CHILD_AFTER = re.compile(
    r"[\s,(]*(?:who(?:'s| is) |is |was )?(?:an? |my |our |the )?(?:(?:in|from|of) )?(?:my |our |the )?"
    r"(?:(?:y|yr|year)s?\s?\d{1,2}\b|\d{1,2}[a-z]{0,2}\b|aged? \d|"
    r"(?:pupil|student|child|kid|boy|girl|learner)\b)",
    re.IGNORECASE,
)
_YEARS = frozenset({"y", "yr", "year", "years"})
_SHORTEST_LOWER = 4


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: folded, as written, and what stands before each (and after the last)."""

    folded: tuple[str, ...]
    written: tuple[str, ...]
    gaps: tuple[str, ...]
    flat: bool
    """Everything in small letters, or everything in capitals: case says nothing here."""

    def __len__(self) -> int:
        return len(self.folded)

    def near(self, place: int) -> bool:
        """Whether a word stands beside the one before it, with hardly anything between."""
        return 0 < place < len(self) and len(self.gaps[place]) <= _WIDEST_GAP

    def capital(self, place: int) -> bool:
        """Whether a word is written like a name: with a capital, after an @, or in a script without any."""
        return not self.written[place][0].islower() or self.gaps[place].endswith("@")

    def stands(self, place: int, words: tuple[str, ...]) -> bool:
        """Whether these words stand here, side by side."""
        end = place + len(words)
        return self.folded[place:end] == words and all(map(self.near, range(place + 1, end)))

    def begins(self, place: int) -> bool:
        """Whether a sentence, a quotation or a line begins with a word."""
        return place == 0 or not _SENTENCE_ENDS.isdisjoint(self.gaps[place])

    def as_name(self, place: int) -> bool:
        """Whether a single word stands for somebody here, and not for the thing or deed it also means."""
        word = self.folded[place]
        if word not in lore().everyday:
            return self.capital(place) or len(word) >= _SHORTEST_LOWER
        if self.flat or not self.capital(place):
            return False
        if word in lore().months and self._as_month(place):
            return False
        return not self.begins(place) or word in lore().mostly_names or self._does(place)

    def child(self, place: int, size: int = 1) -> bool:
        """Whether the words are plainly a child's name: "Tom in Y9", "a pupil called Tom", "Tom's mum"."""
        last = place + size - 1
        if self.written[last].endswith("'s") and self._after(last) in lore().families:
            return True
        soon = range(last + 1, min(last + 6, len(self)))
        after = "".join(f"{self.gaps[one]}{self.written[one]}" for one in soon) + self.gaps[soon.stop]
        return _CHILD_AFTER.match(after) is not None or self._child_before(place)

    def _after(self, place: int) -> str:
        return self.folded[place + 1] if place + 1 < len(self) else ""

    def _child_before(self, place: int) -> bool:
        before = place - 1
        if before >= 0 and self.folded[before] in {"called", "named"}:
            before -= 1
        if before < 0:
            return False
        year = self.folded[before] in _YEARS and any(char.isdigit() for char in self.gaps[before + 1])
        return year or self.folded[before] in lore().children

    def _as_month(self, place: int) -> bool:
        digits = any(char.isdigit() for char in self.gaps[place] + self.gaps[place + 1])
        before = self.folded[place - 1] if place else ""
        return digits or before in _BEFORE_A_MONTH

    def _does(self, place: int) -> bool:
        """Whether a deed follows, or something that is theirs."""
        if self.written[place].endswith("'s"):
            return True
        follows = self._after(place)
        return follows in lore().deeds or (len(follows) > _SHORTEST_LOWER and follows.endswith(("ed", "ing")))


def words_of(text: str) -> Words:
    """Take a text apart; never fails."""
    pieces = _WORD.split(plain_letters(text))
    written = tuple(pieces[1::2])
    letters = "".join(written)
    distinct = {word: folded_word(word) for word in set(written)}
    return Words(
        folded=tuple(map(distinct.__getitem__, written)),
        written=written,
        gaps=tuple(pieces[::2]),
        flat=letters.islower() or letters.isupper(),
    )
