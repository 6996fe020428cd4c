"""Everything the people of a trust may be called, made ready once for finding them in texts of any length."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from string import ascii_lowercase

from bot.reporting.names import NameParts, folded, lore, parts_of
from bot.reporting.people import Directory, Person
from knowledge.matcher import Slips

_SHORTEST_HANDLE = 5
_SHORTEST_PART = 3
_LETTERS = frozenset(ascii_lowercase)


class By(StrEnum):
    """What gave somebody away, from the most to the least certain."""

    ID = "id"
    ACCOUNT = "account"
    MENTION = "mention"
    ALIAS = "alias"
    NAME = "name"
    NICKNAME = "nickname"
    MISSPELLING = "misspelling"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody a text may mean. `sure`: a whole name, alias, account, address or id, and no mere likeness."""

    person: str
    by: By
    sure: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that together mean somebody."""

    words: tuple[str, ...]
    match: Match


@dataclass(frozen=True, slots=True)
class Called:
    """Tables from words to people. Keys are folded words; a surname of several is found by its first."""

    codes: Mapping[str, Match]
    """E-mail addresses in small letters, accounts as they are, ids after an @."""
    ids: Mapping[str, Match]
    phrases: Mapping[str, tuple[Phrase, ...]]
    """By first word, the longest first."""
    given: Mapping[str, Mapping[str, By]]
    surnames: Mapping[str, tuple[Phrase, ...]]
    given_of: Mapping[str, Mapping[str, By]]
    surnames_of: Mapping[str, tuple[tuple[str, ...], ...]]
    words: frozenset[str]
    """Every word that may begin one of these, and titles and initials."""
    slips: Slips
    whole: Mapping[str, frozenset[str]]
    """Full names and aliases without their gaps."""
    whole_slips: Slips


class _Same:
    """A directory by identity: equal texts are rare, and comparing two whole directories is slow."""

    __slots__ = ("directory",)

    def __init__(self, directory: Directory) -> None:
        self.directory = directory

    def __hash__(self) -> int:
        return id(self.directory)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.directory is self.directory


def called(directory: Directory) -> Called:
    """The tables of a directory, kept for the directories used last."""
    return _called(_Same(directory))


@lru_cache(maxsize=8)
def _called(same: _Same) -> Called:
    people = same.directory.people.values()
    builder = _Builder()
    for person in people:
        builder.add(person)
    return builder.built()


class _Builder:
    """Fills the tables person by person."""

    def __init__(self) -> None:
        self._codes: dict[str, Match] = {}
        self._ids: dict[str, Match] = {}
        self._phrases: dict[str, list[Phrase]] = {}
        self._given: dict[str, dict[str, By]] = {}
        self._surnames: dict[str, list[Phrase]] = {}
        self._whole: dict[str, set[str]] = {}

    def built(self) -> Called:
        own = {word for word, people in self._given.items() if By.NAME in people.values()}
        return Called(
            codes=self._codes,
            ids=self._ids,
            phrases={word: _longest_first(phrases) for word, phrases in self._phrases.items()},
            given=self._given,
            surnames={word: _longest_first(phrases) for word, phrases in self._surnames.items()},
            given_of=_by_person(self._given),
            surnames_of={
                person: tuple(phrase.words for phrase in phrases)
                for person, phrases in _grouped(self._surnames).items()
            },
            words=frozenset(self._phrases.keys() | self._given.keys() | self._surnames.keys())
            | _LETTERS
            | lore().any_titles,
            slips=Slips(own | self._surnames.keys()),
            whole={joined: frozenset(people) for joined, people in self._whole.items()},
            whole_slips=Slips(self._whole),
        )

    def add(self, person: Person) -> None:
        self._ids[person.id.casefold()] = Match(person.id, By.ID, sure=True)
        if person.email:
            self._codes[person.email.casefold()] = Match(person.id, By.ACCOUNT, sure=True)
        for account in person.accounts.values():
            self._codes[account] = Match(person.id, By.ACCOUNT, sure=True)
        self._name(person.id, parts_of(person.name), By.NAME)
        for alias in person.aliases:
            words = folded(alias)
            self._phrase(words, Match(person.id, By.ALIAS, sure=True))
            untitled = lore().without_title(words)
            if untitled != words:
                self._surname(person.id, untitled)
            elif len(words) > 1:
                self._name(person.id, parts_of(alias), By.ALIAS)

    def _name(self, person: str, parts: NameParts, by: By) -> None:
        sure, likely = Match(person, by, sure=True), Match(person, By.NAME, sure=False)
        self._phrase(parts.whole, sure)
        if not parts.whole:
            return
        first = parts.given[0]
        if parts.surname:
            self._phrase(first + parts.surname, sure)
            self._phrase(parts.surname + first, sure)
            for handle in _handles(parts):
                self._phrase((handle,), likely)
        for surname in _surnames(parts):
            self._phrase(first + surname, likely)
            self._surname(person, surname)
        for given in parts.given:
            self._given_name(person, given)

    def _given_name(self, person: str, given: tuple[str, ...]) -> None:
        for word in {*given, "".join(given)}:
            if len(word) > 1:
                self._given.setdefault(word, {})[person] = By.NAME
        for word in {*given[:1], "".join(given)}:
            for other in lore().also_called(word):
                self._given.setdefault(other, {}).setdefault(person, By.NICKNAME)

    def _surname(self, person: str, surname: tuple[str, ...]) -> None:
        if surname:
            self._surnames.setdefault(surname[0], []).append(
                Phrase(surname, Match(person, By.NAME, sure=False))
            )

    def _phrase(self, words: tuple[str, ...], match: Match) -> None:
        if not words:
            return
        self._phrases.setdefault(words[0], []).append(Phrase(words, match))
        if len(words) > 1:
            self._whole.setdefault("".join(words), set()).add(match.person)


def _handles(parts: NameParts) -> Iterator[str]:
    """How a name is run together in an account: priyanair, pnair, nairp."""
    first, last = "".join(parts.given[0]), "".join(parts.surname)
    for handle in (first + last, first[0] + last, last + first[0]):
        if len(handle) >= _SHORTEST_HANDLE and handle not in lore().everyday:
            yield handle


def _surnames(parts: NameParts) -> set[tuple[str, ...]]:
    """Every way to write a surname: whole, run together, its last part, each half of a double name."""
    if not parts.surname:
        return set()
    halves = {(word,) for word in parts.last if len(word) >= _SHORTEST_PART}
    middle = {words for words in parts.given[1:] if len("".join(words)) > 1}
    return {parts.surname, ("".join(parts.surname),), parts.last} | halves | middle


def _by_person(given: Mapping[str, Mapping[str, By]]) -> Mapping[str, Mapping[str, By]]:
    turned: dict[str, dict[str, By]] = {}
    for word, people in given.items():
        for person, by in people.items():
            turned.setdefault(person, {})[word] = by
    return turned


def _grouped(surnames: Mapping[str, list[Phrase]]) -> Mapping[str, list[Phrase]]:
    grouped: dict[str, list[Phrase]] = {}
    for phrases in surnames.values():
        for phrase in phrases:
            grouped.setdefault(phrase.match.person, []).append(phrase)
    return grouped


def _longest_first(phrases: list[Phrase]) -> tuple[Phrase, ...]:
    return tuple(sorted(dict.fromkeys(phrases), key=lambda phrase: (-len(phrase.words), phrase.match.person)))
