"""A text with everybody in it masked but one person, for a draft that somebody else reads on.

It leans towards masking: names of staff, names given on the form, given names however they are written, and
every word with a capital (or, from whoever types without any, every uncommon word) that may be a name.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from bot.reporting.names import folded, folded_word, lore, parts_of, plain_letters
from bot.reporting.people import Directory
from bot.reporting.sought import NAMES_NOBODY, Sought
from bot.reporting.typed import clean
from bot.reporting.words import Words, words_of
from knowledge.loader import load_topics

MASK = "[name]"
_CODES = (
    (re.compile(r"\bSP-[0-9A-Z]{4}-[0-9A-Z]{4}\b"), "[case]"),
    (re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), "[address]"),
    (re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://\S+|\bwww\.\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"(?<!\w)@[\w.-]{2,64}"), "[account]"),
    (re.compile(r"(?<!\w)\+?\d[\d ()-]{5,18}\d(?!\w)"), "[number]"),
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2})?")
"""A day, or a day and the hour after it: long enough to look like a telephone number, and none."""
_PLACEHOLDERS = frozenset({"case", "name", "address", "link", "account", "number"})
_SENTENCE_ENDS = frozenset('.!?:;\n"“”()[],/')
_SHORTEST = 3
_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")
_OFTEN, _RATHER_SMALL = 3, 3


class Mask:
    """Masks everybody but one person in texts."""

    def __init__(self, sought: Sought, directory: Directory) -> None:
        self._sought = sought
        self._staff = _staff_names(directory, sought)
        self._posts = frozenset(word for post in lore().posts for word in post)

    def __call__(self, text: str, others: Iterable[str] = ()) -> str:
        """The text with everybody else masked. `others` are texts that hold names, in whatever letters."""
        told = frozenset(word for one in others for word in folded(one) if len(word) > 1)
        return self._names(self._codes(clean(text, lines=True)), self._staff | (told - self._sought.own))

    def _codes(self, text: str) -> str:
        """Addresses, links, accounts and numbers masked, but for the person's own."""
        for code, mask in _CODES:
            written, done = [], 0
            for found in code.finditer(text):
                if found[0].casefold() not in self._sought.codes and not _DATE.fullmatch(found[0]):
                    written += [text[done : found.start()], mask]
                    done = found.end()
            text = "".join((*written, text[done:]))
        return text

    def _names(self, text: str, known: frozenset[str]) -> str:
        words = words_of(text)
        places = _places(text, words)
        written, done = [], 0
        for first, last in self._runs(words, known):
            kept = self._kept(words, first, last)
            for place in (one for one in range(first, last + 1) if one not in kept):
                start, end = places[place]
                alone = place == first or place - 1 in kept
                ending = "'s" if words.written[place].endswith("'s") else ""
                written += [text[done:start] if alone else "", f"{MASK if alone else ''}{ending}"]
                done = end
        return "".join((*written, text[done:]))

    def _runs(self, words: Words, known: frozenset[str]) -> Iterator[tuple[int, int]]:
        """Words that stand together like one name: from which to which."""
        careless, first = _careless(words), None
        for place in range(len(words)):
            name = self._like_a_name(words, place, known, careless=careless)
            if first is not None and (not name or _apart(words, place)):
                yield first, place - 1
                first = None
            if name and first is None:
                first = place
        if first is not None:
            yield first, len(words) - 1

    def _like_a_name(self, words: Words, place: int, known: frozenset[str], *, careless: bool) -> bool:
        word = words.folded[place]
        if word in lore().any_titles:
            follows = words.near(place + 1) and not _apart(words, place + 1)
            return follows and self._like_a_name(words, place + 1, known, careless=careless)
        if self._names_nobody(words, place):
            return word in self._sought.own and words.capital(place)
        named = len(word) >= _SHORTEST and word in lore().related
        if word in self._sought.own or word in known or named:
            small_word = word in lore().everyday or word in common_words()
            return words.capital(place) or not small_word or _after_a_title(words, place)
        return _after_a_title(words, place) or _uncommon(words, place, careless=careless)

    def _names_nobody(self, words: Words, place: int) -> bool:
        """A word with a capital that is none: a day, an app, a post, a year group, a mask."""
        word = words.folded[place]
        if word in _PLACEHOLDERS and words.gaps[place].endswith("["):
            return True
        return word in NAMES_NOBODY or word in self._posts or (len(word) == 1 and _by_a_digit(words, place))

    def _kept(self, words: Words, first: int, last: int) -> frozenset[int]:
        """Which words of a run are the person's own: all, their whole name within it, or none."""
        run = words.folded[first : last + 1]
        titled = run[0] in lore().any_titles
        bare = run[1:] if titled else run
        if bare and self._sought.own.issuperset(bare) and (not titled or self._sought.person):
            return frozenset(range(first, last + 1))
        for name in (one for one in self._sought.names if len(one) > 1):
            for place in range(len(run) - len(name) + 1):
                if run[place : place + len(name)] == name:
                    return frozenset(range(first + place, first + place + len(name)))
        return frozenset()


@cache
def common_words() -> frozenset[str]:
    """Words that people write small, by the questions Signpost has learnt from; given names left out."""
    small: dict[str, int] = {}
    tall: dict[str, int] = {}
    for topic in load_topics().values():
        for word in (found for phrase in topic.phrases for found in _WORD.findall(phrase)):
            counted = small if word.islower() else tall
            counted[folded_word(word)] = counted.get(folded_word(word), 0) + 1
    return frozenset(
        word
        for word, times in small.items()
        if times >= max(_OFTEN, _RATHER_SMALL * tall.get(word, 0)) and word not in lore().related
    )


def _careless(words: Words) -> bool:
    """Whether somebody writes without capitals: most sentences begin small."""
    begins = [place for place in range(len(words)) if words.begins(place)]
    return sum(words.written[place][0].islower() for place in begins) * 2 >= max(1, len(begins))


def _apart(words: Words, place: int) -> bool:
    """Whether a word begins something new after the one before: in a list, a sentence, a bracket."""
    before, gap = words.folded[place - 1], words.gaps[place]
    short = len(before) == 1 or before in lore().any_titles
    ends = _SENTENCE_ENDS - {"."} if short else _SENTENCE_ENDS
    return not words.near(place) or not ends.isdisjoint(gap)


def _uncommon(words: Words, place: int, *, careless: bool) -> bool:
    """Whether a word that nobody is known by may be a name all the same."""
    word, capital = words.folded[place], words.written[place][0].isupper()
    if word in common_words():
        return capital and not words.flat and words.as_name(place) and not words.begins(place)
    if word in lore().everyday and not careless and not words.flat:
        return capital and words.as_name(place)
    return capital or (careless and len(word) >= _SHORTEST)


def _after_a_title(words: Words, place: int) -> bool:
    """Whether a word follows "Mrs", "Dr" and the like, and not one that is often a word itself."""
    before = words.folded[place - 1] if words.near(place) else ""
    return before in lore().any_titles - lore().doubtful_titles and not _apart(words, place)


def _by_a_digit(words: Words, place: int) -> bool:
    """Whether a letter belongs to a digit: Y9, 7B."""
    return words.gaps[place + 1][:1].isdigit() or words.gaps[place][-1:].isdigit()


def _places(text: str, words: Words) -> list[tuple[int, int]]:
    """Where each word begins and ends in the text itself, accents and all."""
    origin = [index for index, char in enumerate(text) for _ in plain_letters(char)]
    places, at = [], 0
    for gap, word in zip(words.gaps, words.written, strict=False):
        start = at + len(gap)
        at = start + len(word)
        places.append((origin[start], origin[at - 1] + 1))
    return places


def _staff_names(directory: Directory, sought: Sought) -> frozenset[str]:
    """Every word that a member of staff other than the person is called by."""
    others = [one for one in directory.people.values() if not sought.is_person(one.id)]
    names = (word for one in others for name in (one.name, *one.aliases) for word in parts_of(name).whole)
    return frozenset((*names, *(folded_word(one.id) for one in others))) - sought.own
