"""Reading a text for names, word by word: whole ones first, then titles, pairs, and single ones that show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

from bot.reporting.called import By, Called, Match
from bot.reporting.names import lore
from bot.reporting.words import Words
from knowledge.matcher import alike

_CERTAINTY = {by: place for place, by in enumerate(By)}
_SHORTEST_MENDED = 4
_MISS = "miss"

Given = Mapping[str, By]
"""Whose given name a word is, and how that was known."""
Surnames = Mapping[str, tuple[int, By]]
"""Whose surname begins at a word, in how many words, and how that was known."""


class Care(IntEnum):
    """How sparingly words are taken for names."""

    NAME_ONLY = 0
    """Two or three words in answer to "who?": every one is a name, whatever else it means."""
    ANSWER = 1
    """A longer answer: small letters and slips are names too, everyday words aren't."""
    TEXT = 2
    """Running text: a name has to look like one, and children are left out."""


@dataclass(slots=True)
class Reading:
    """Collects whom the words may mean, the best reason for each person."""

    tables: Called
    words: Words
    care: Care
    found: dict[str, Match] = field(default_factory=dict)
    _titled: int = -1
    """The last word that followed a title."""
    _telling: frozenset[str] = frozenset()
    """The words that may begin a name: most of a long text is passed over by this alone."""

    def read(self) -> None:
        """Read every word once."""
        self._telling = self._tell()
        resume = 0
        for place, word in enumerate(self.words.folded):
            if word in self._telling and place >= resume:
                resume = place + self._at(place)

    def note(self, match: Match) -> None:
        """Keep a match, unless a better one is known of the same person."""
        known = self.found.get(match.person)
        if known is None or rank(match) < rank(known):
            self.found[match.person] = match

    def note_whole(self, joined: str) -> None:
        """Note whose whole name this is without its gap, or with a letter for it."""
        for name in self.tables.whole_slips.near(joined):
            by = By.NAME if name == joined else By.MISSPELLING
            for person in self.tables.whole[name]:
                self.note(Match(person, by, sure=False))

    def _tell(self) -> frozenset[str]:
        if self.care is not Care.TEXT:
            return frozenset(self.words.folded)
        distinct = set(zip(self.words.folded, self.words.written, strict=True))
        known = self.tables.words.intersection(self.words.folded)
        unknown = {word for word, written in distinct if not written[0].islower()} - known - lore().everyday
        near, whole = self.tables.slips.near, self.tables.whole_slips.near
        return known | {
            word for word in unknown if len(word) >= _SHORTEST_MENDED and (near(word) or whole(word))
        }

    def _at(self, place: int) -> int:
        """Read what begins at a word; say how many words it took."""
        word = self.words.folded[place]
        size = self._phrase(place) if word in self.tables.phrases else 0
        if word in lore().any_titles:
            size = max(size, self._title(place))
        if size > 1:
            return size
        return self._initial(place) if len(word) == 1 else self._name(place)

    def _phrase(self, place: int) -> int:
        """A whole name, alias or handle."""
        taken = 0
        for phrase in self.tables.phrases[self.words.folded[place]]:
            size = len(phrase.words)
            if size < taken:
                break
            if self.words.stands(place, phrase.words) and self._meant(place, size):
                taken = size
                child = self.care is Care.TEXT and self.words.child(place, size)
                self.note(replace(phrase.match, sure=phrase.match.sure and not child))
        return taken

    def _meant(self, place: int, size: int) -> bool:
        """Whether words are meant as a name: several are, unless all are everyday words in small letters."""
        if size == 1:
            return self._counts(place)
        these = range(place, place + size)
        everyday = lore().everyday.issuperset(self.words.folded[place : place + size])
        return not everyday or self.care is Care.NAME_ONLY or any(map(self.words.capital, these))

    def _title(self, place: int) -> int:
        """A title and a surname, "Dr P Nair"; after "miss" and the like a surname has to look like one."""
        at, letters = place + 1, ""
        while self.words.near(at) and len(self.words.folded[at]) == 1:
            letters += self.words.folded[at]
            at += 1
        if not self.words.near(at):
            return 0
        everyday = self.words.folded[at] in lore().everyday
        shown = not everyday or self.words.capital(at) or self.care is not Care.TEXT
        if not shown and self._doubtful(place):
            return 0
        self._titled = at
        return self._note_surname(self._surnames(at, mend=shown), letters, at - place)

    def _doubtful(self, place: int) -> bool:
        """Whether a title may be a word like any other: "i miss rose", but "miss rose said"."""
        title, before = self.words.folded[place], self.words.folded[place - 1] if place else ""
        return title in lore().doubtful_titles and (title != _MISS or before in lore().who_miss)

    def _initial(self, place: int) -> int:
        """An initial and a surname, "P. Nair": only where the letter fits."""
        shown = self.care is not Care.TEXT or self.words.capital(place)
        if not shown or not self.words.near(place + 1):
            return 0
        letter = self.words.folded[place]
        if self.words.folded[place + 1] not in self._telling:
            return 0
        named = self._surnames(place + 1, mend=self._mends(place + 1))
        fitting = {person: how for person, how in named.items() if self._has_initial(person, letter)}
        return self._note_surname(fitting, letter, 1)

    def _note_surname(self, surnames: Surnames, letters: str, before: int) -> int:
        """Note whoever bears a surname, those alone whose initials fit where any do; say how many words."""
        fitting = {person for person in surnames if self._has_initial(person, letters)}
        for person in fitting or surnames:
            self.note(Match(person, surnames[person][1], sure=False))
        return before + max(size for size, _ in surnames.values()) if surnames else 0

    def _has_initial(self, person: str, letters: str) -> bool:
        own = self.tables.given_of.get(person, {})
        return any(word[0] in letters for word, by in own.items() if by is By.NAME)

    def _name(self, place: int) -> int:
        """A given name or a surname: with its other half beside it, else alone."""
        given, surnames = self._given(place, mend=False), self._surnames(place, mend=False)
        if not given and not surnames and self._mends(place):
            given, surnames = self._given(place, mend=True), self._surnames(place, mend=True)
        self.note_whole(self.words.folded[place])
        size = max(self._pair(place, at, given, surnames) for at in (place + 1, place + 2, place - 1))
        if not size and self._counts(place):
            self._alone(place, given, surnames)
        return size

    def _mends(self, place: int) -> bool:
        """Whether a word that is nobody's name may be a slip for one."""
        word = self.words.folded[place]
        if self.care is Care.NAME_ONLY:
            return True
        if word in lore().everyday or len(word) < _SHORTEST_MENDED:
            return False
        if self.care is Care.ANSWER or place == self._titled:
            return True
        if not self.words.capital(place) or self.words.flat or word in lore().related:
            return False
        return "'" not in self.words.written[place].removesuffix("'s") and self._like_a_long_name(word)

    def _like_a_long_name(self, word: str) -> bool:
        """Short names are like any word: in running text they are right, or beside their other half."""
        return any(len(name) > _SHORTEST_MENDED for name in self.tables.slips.near(word))

    def _given(self, place: int, *, mend: bool) -> Given:
        word = self.words.folded[place]
        known = self.tables.given.get(word)
        if known is not None or not mend:
            return known or {}
        names = (self.tables.given.get(name, {}) for name in self._near(word))
        return {person: By.MISSPELLING for people in names for person, by in people.items() if by is By.NAME}

    def _surnames(self, place: int, *, mend: bool) -> Surnames:
        word = self.words.folded[place]
        known = {
            phrase.match.person: (len(phrase.words), By.NAME)
            for phrase in reversed(self.tables.surnames.get(word, ()))
            if self.words.stands(place, phrase.words)
        }
        if known or not mend:
            return known
        names = (phrase for name in self._near(word) for phrase in self.tables.surnames.get(name, ()))
        return {phrase.match.person: (1, By.MISSPELLING) for phrase in names if len(phrase.words) == 1}

    def _near(self, word: str) -> tuple[str, ...]:
        """Names that a word may be a slip for; running text is too long for guessing further."""
        near = self.tables.slips.near(word)
        return near if near or self.care is Care.TEXT else self.tables.slips.nearly(word)

    def _pair(self, place: int, at: int, given: Given, surnames: Surnames) -> int:
        """Note whoever's other half stands at another word; say how many words both take."""
        if not self._neighbours(place, at):
            return 0
        mend = self._may_slip(at)
        last = self._surnames(at, mend=mend) if given else {}
        first = self._given(at, mend=mend) if surnames else {}
        halves = [(person, given[person], *last[person]) for person in given.keys() & last.keys()]
        halves += [
            (person, surnames[person][1], 1, first[person]) for person in surnames.keys() & first.keys()
        ]
        for person, by, _, how in halves:
            self.note(Match(person, max(by, how, key=_CERTAINTY.__getitem__), sure=False))
        return (
            max((at - place + words for _, _, words, _ in halves), default=0)
            if at > place
            else len(halves[:1])
        )

    def _neighbours(self, place: int, at: int) -> bool:
        """Whether two words may be halves of one name; a middle name may stand between them."""
        first, last = min(place, at), max(place, at)
        if first < 0 or not all(map(self.words.near, range(first + 1, last + 1))):
            return False
        for between in range(first + 1, last):
            if self.words.folded[between] in lore().everyday or not self.words.capital(between):
                return False
        shown = self.words.capital(place) or self.words.capital(at) or self.care is Care.NAME_ONLY
        return shown or not {self.words.folded[place], self.words.folded[at]} <= lore().everyday

    def _may_slip(self, place: int) -> bool:
        return self.words.capital(place) or self.words.folded[place] not in lore().everyday

    def _counts(self, place: int) -> bool:
        """Whether a word by itself is taken for a name."""
        if self.care is Care.NAME_ONLY or place == self._titled:
            return True
        if self.care is Care.ANSWER:
            return self._may_slip(place)
        return self.words.as_name(place) and not self.words.child(place)

    def _alone(self, place: int, given: Given, surnames: Surnames) -> None:
        shown = self.words.capital(place) or self.words.flat or self.care is not Care.TEXT
        for person, by in given.items():
            others = (words[0] for words in self.tables.surnames_of.get(person, ()))
            if (shown or by is By.NAME) and not self._of_somebody_else(place, place + 1, others):
                self.note(Match(person, by, sure=False))
        for person, (_, by) in surnames.items():
            if shown and not self._of_somebody_else(place, place - 1, self.tables.given_of.get(person, {})):
                self.note(Match(person, by, sure=False))

    def _of_somebody_else(self, place: int, at: int, own: Iterable[str]) -> bool:
        """Whether the other half of a name in running text is nothing like somebody's: "Priya Patel in 8B".

        A name that any of the staff bears decides nothing: people mix them up.
        """
        if self.care is not Care.TEXT or self.words.flat or not 0 <= at < len(self.words):
            return False
        other = self.words.folded[at]
        if not self.words.near(max(place, at)) or not self.words.capital(at) or len(other) == 1:
            return False
        if other in self.tables.words or other in lore().everyday - lore().mostly_names:
            return False
        return not any(other[0] == name[0] or alike(other, name) for name in own)


def rank(match: Match) -> tuple[bool, int]:
    """How good a reason is, the best lowest."""
    return not match.sure, _CERTAINTY[match.by]
