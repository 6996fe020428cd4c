"""The person whose data is asked for, found in texts however they are written.

Missing a place where they stand would withhold what is theirs, so this leans towards finding: a given name or
initials alone will do, and a person looks at what was found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bot.reporting.names import lore, parts_of
from bot.reporting.people import Person
from bot.reporting.words import Words, words_of
from knowledge.matcher import Slips

ACCOUNT = "account:"
_SHORTEST_MENDED, _SHORTEST_NICKNAME = 5, 3
NAMES_NOBODY = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march july september october "
    "november december id im ive ill ok year years yr y key stage ks school academy trust class form tutor "
    "room lesson period break lunch instagram snapchat whatsapp tiktok facebook messenger youtube discord "
    "twitch twitter telegram roblox minecraft fortnite xbox playstation signal reddit teams google gmail "
    "email zoom online dsl ddsl lado slt ta ceo dpo hr kcsie ceop nspcc pe re it uk gcse sen senco send ehcp "
    "adhd english maths science welsh french german spanish history geography christmas easter police mum "
    "dad miss sir i he she it they we you who which that this these those there what everybody everyone "
    "everything nobody somebody someone all both one my his her their our your the a an and but so then "
    "also".split()
)
"""Words with a capital, or all in capitals, that name nobody."""


class How(StrEnum):
    """How somebody was found: recorded by id, by the whole name, or by a part that others share."""

    RECORD = "record"
    NAME = "name"
    PART = "part"


@dataclass(frozen=True)
class Sought:
    """Whose data is asked for: a member of staff (`person`), or somebody known by name or account only.

    `id` is what cases know them by, if anything. Words are folded: small plain letters. `also` is what a
    given name is shortened or respelt to.
    """

    name: str
    id: str | None
    person: Person | None
    names: tuple[tuple[str, ...], ...]
    given: frozenset[str]
    surnames: frozenset[str]
    also: frozenset[str]

    @cached_property
    def own(self) -> frozenset[str]:
        """Every word that may stand for them."""
        return (
            frozenset(word for name in self.names for word in name) | self.given | self.surnames | self.also
        )

    @cached_property
    def codes(self) -> frozenset[str]:
        """Their address and accounts, in small letters."""
        if self.person is None:
            return frozenset()
        return frozenset(
            code.casefold() for code in (self.person.email, *self.person.accounts.values()) if code
        )

    @cached_property
    def slips(self) -> Slips:
        """Their names as they may be misspelt."""
        return Slips(word for word in self.given | self.surnames if len(word) >= _SHORTEST_MENDED)

    @cached_property
    def initials(self) -> frozenset[str]:
        """Their initials as one word."""
        letters = frozenset("".join(word[0] for word in name) for name in self.names if len(name) > 1)
        return letters - NAMES_NOBODY - lore().everyday

    def is_person(self, person_id: str) -> bool:
        """Whether an id is theirs."""
        return self.id is not None and self.id == person_id

    def found_in(self, text: str) -> How | None:
        """Whether, and how surely, a text speaks of them."""
        if any(code in text.casefold() for code in self.codes):
            return How.NAME
        words = words_of(text)
        if any(_stands(name, words) for name in self.names if len(name) > 1):
            return How.NAME
        return How.PART if any(self._may_be(words, place) for place in range(len(words))) else None

    def _may_be(self, words: Words, place: int) -> bool:
        word = words.folded[place]
        if word in self.initials and words.written[place].isupper():
            return True
        if not words.as_name(place):
            return False
        return word in self.own or (word not in lore().everyday and bool(self.slips.near(word)))


def sought_for(name: str, person: Person | None) -> Sought:
    """Whoever is called so; where they are a member of staff, by everything the schools file calls them.

    `account:PLATFORM:ID` is somebody who reported and is in no schools file.
    """
    account = name.strip() if person is None and name.strip().startswith(ACCOUNT) else None
    written = (person.name, *person.aliases) if person else () if account else (name,)
    parts = [parts_of(one) for one in written]
    given = frozenset(word for one in parts for words in one.given for word in words)
    also = frozenset(other for word in given for other in lore().also_called(word))
    return Sought(
        name=written[0] if written else name.strip(),
        id=person.id if person else account,
        person=person,
        names=tuple(dict.fromkeys(name for one in parts for name in _orders(one.whole))),
        given=given,
        surnames=frozenset(word for one in parts for word in one.surname),
        also=frozenset(word for word in also if len(word) >= _SHORTEST_NICKNAME),
    )


def _orders(whole: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A name as it stands, without its middle, and with its surname first."""
    if not whole:
        return
    yield whole
    yield (whole[0], whole[-1])
    yield (*whole[-1:], *whole[:-1])


def _stands(name: tuple[str, ...], words: Words) -> bool:
    size = len(name)
    starts = (place for place, word in enumerate(words.folded) if word == name[0])
    return any(words.folded[place : place + size] == name for place in starts)
