"""Names as people write them: folded to plain letters, split into words, with what else a name goes by."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from knowledge.matcher import alike
from knowledge.rules import Role
from knowledge.yamlfile import Refused, parse

_FILE = "names.yml"
_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th"}
    | {
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "ß": "ss",
        "ı": "i",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
    }
)
"""Letters that Unicode does not take apart, and the apostrophes that keyboards and telephones write."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_PARTICLES = frozenset(
    "van von der den de da di do dos del della la le el al bin ibn mac mc st o ap ab ter".split()
)
"""Words that belong to the surname after them."""


def plain_letters(text: str) -> str:
    """The text without accents, its capitals kept."""
    if text.isascii():
        return text.replace("`", "'")
    apart = unicodedata.normalize("NFKD", text.translate(_UNDECOMPOSED))
    return "".join(char for char in apart if not unicodedata.combining(char))


def folded(name: str) -> tuple[str, ...]:
    """The words of a name in small plain letters: "O'Neill-Gómez" is oneill, gomez."""
    return tuple(folded_word(word) for word in _WORD.findall(plain_letters(name)))


def folded_word(word: str) -> str:
    """One word of plain letters, small, without apostrophes or a possessive ending: "Priya's" is priya."""
    if "'" in word:
        return word.lower().removesuffix("'s").replace("'", "")
    return word.lower()


class _Written(BaseModel):
    """The shape of names.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nicknames: dict[str, str]
    everyday: str
    mostly_names: str
    months: str
    titles: str
    doubtful_titles: str
    who_miss: str
    deeds: str
    children: str
    families: str
    posts: dict[Role, list[str]]
    nobodys_posts: list[str]


@dataclass(frozen=True, slots=True)
class Lore:
    """What is known of names in general: names.yml says what each part is for."""

    related: Mapping[str, frozenset[str]]
    everyday: frozenset[str]
    mostly_names: frozenset[str]
    months: frozenset[str]
    doubtful_titles: frozenset[str]
    any_titles: frozenset[str]
    who_miss: frozenset[str]
    deeds: frozenset[str]
    children: frozenset[str]
    families: frozenset[str]
    posts: Mapping[tuple[str, ...], Role | None]

    def also_called(self, given: str) -> frozenset[str]:
        """What somebody of that given name may be called as well: William is Bill, and Bill is William."""
        return self.related.get(given, frozenset())

    def without_title(self, name: tuple[str, ...]) -> tuple[str, ...]:
        """The words of a name after "Mrs", "Dr" and the like."""
        while name and name[0] in self.any_titles:
            name = name[1:]
        return name


@cache
def lore() -> Lore:
    """The lore of names that comes with Signpost. Raises `Refused` where its file is faulty."""
    found = parse(files("bot.reporting").joinpath(_FILE).read_text(encoding="utf-8"), _FILE)
    if found.faults:
        raise Refused(found.faults)
    written = _Written.model_validate(found.data)
    posts: dict[tuple[str, ...], Role | None] = {folded(post): None for post in written.nobodys_posts}
    posts |= {folded(post): role for role, said in written.posts.items() for post in said}
    return Lore(
        related=_related(written.nicknames),
        everyday=frozenset(folded(written.everyday)) | frozenset(folded(written.months)),
        mostly_names=frozenset(folded(written.mostly_names)),
        months=frozenset(folded(written.months)),
        doubtful_titles=frozenset(folded(written.doubtful_titles)),
        any_titles=frozenset(folded(f"{written.titles} {written.doubtful_titles}")),
        who_miss=frozenset(folded(written.who_miss)),
        deeds=frozenset(folded(written.deeds)),
        children=frozenset(folded(written.children)),
        families=frozenset(folded(written.families)),
        posts=MappingProxyType(posts),
    )


def _related(nicknames: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """Every name's others: a formal name and its short ones, and those of one line that look alike."""
    related: dict[str, set[str]] = {}
    for formal, short in nicknames.items():
        first, *rest = (*folded(formal), *folded(short))
        for one in rest:
            related.setdefault(first, set()).add(one)
            related.setdefault(one, set()).add(first)
            related[one] |= {other for other in rest if other != one and alike(one, other)}
    return MappingProxyType({name: frozenset(others) for name, others in related.items()})


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name in parts, each a tuple of words: given names one by one, and the surname with its particles."""

    whole: tuple[str, ...]
    given: tuple[tuple[str, ...], ...]
    surname: tuple[str, ...]
    last: tuple[str, ...]
    """The surname's last part alone: Berg of van der Berg."""


def parts_of(name: str) -> NameParts:
    """Take a name apart. A hyphen joins ("Nair-Jones" is one surname of two words); a title is left out."""
    chunks = [words for words in map(folded, name.split()) if words]
    while chunks and lore().without_title(chunks[0]) == ():
        chunks = chunks[1:]
    whole = tuple(word for words in chunks for word in words)
    if len(chunks) <= 1:
        return NameParts(whole, tuple(chunks), (), ())
    begins = len(chunks) - 1
    while begins > 1 and chunks[begins - 1][0] in _PARTICLES:
        begins -= 1
    surname = tuple(word for words in chunks[begins:] for word in words)
    return NameParts(whole, tuple(chunks[:begins]), surname, chunks[-1])
