"""The register of official channels is looked up, not guessed: by school, platform, account and role."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from knowledge.lexicon import lexicon_file, whole_words
from knowledge.matcher import best_name
from knowledge.normalise import plain, words
from knowledge.rules import Channel, Pack


@dataclass(frozen=True, slots=True)
class Entry:
    """The rows that a question is about, and whether the asker's role may post there.

    `approved` is None unless both the row and the asker's role are clear.
    """

    channels: tuple[Channel, ...]
    approved: bool | None


def look_up(pack: Pack, text: str) -> Entry | None:
    """Find the rows that plain text speaks of. None where no school or account of the register is named."""
    rows = [row for row in pack.register_ if row.channels and row.school]
    named: dict[str, set[str]] = {}
    for row in rows:
        named.setdefault(row.school or "", set()).update(
            words(plain(" ".join((row.school or "", *row.channels))))
        )
    common = _speech().common
    telling = {school: {word for word in these if word not in common} for school, these in named.items()}
    school = best_name(
        [word for word in words(text) if word not in common], telling, also=(words(text), named)
    )
    if school is None:
        return None
    here = [row for row in rows if row.school == school]
    fitting = [row for row in here if _speaks_of(row, text)] or here
    return Entry(tuple(fitting), _approved(fitting, text))


def _speaks_of(row: Channel, text: str) -> bool:
    listed = plain(" ".join(row.channels))
    return any(name in listed and spoken.search(text) for name, spoken in _speech().platforms.items())


def _approved(rows: Iterable[Channel], text: str) -> bool | None:
    cells = [row.approved.casefold() for row in rows if row.approved]
    said = ((_how_said(asked_as, text), listed_as) for asked_as, listed_as in _speech().roles)
    roles = sorted((how, place) for place, (how, _) in enumerate(said) if how is not None)
    if not roles or not cells:
        return None
    _, listed_as = _speech().roles[roles[0][1]]
    return any(listed_as.search(cell) for cell in cells)


def _how_said(role: re.Pattern[str], text: str) -> tuple[bool, int] | None:
    """How a role is spoken of: first what somebody says of themselves, then by its place in the text."""
    places = [found.span() for found in role.finditer(text)]
    told = [
        (not (_OF_ONESELF.search(text[:start]) or _AT_WORK.match(text[end:])), start) for start, end in places
    ]
    return min(told, default=None)


_OF_ONESELF = re.compile(r"(?:^|\b(?:im|i am|as|me as|being)(?: (?:the|a|an|our|only|just|\w+s))*) ?$")
_AT_WORK = re.compile(r" ?(?:here\b|at \w|over at \w|for \w|,|:)")


@dataclass(frozen=True, slots=True)
class _Speech:
    """How staff speak of platforms and roles (`lexicon/register.yml`)."""

    platforms: dict[str, re.Pattern[str]]
    common: frozenset[str]
    roles: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]


@cache
def _speech() -> _Speech:
    written = lexicon_file("register")
    platforms = {name: whole_words([pattern]) for name, pattern in written["platforms"].items()}
    roles = tuple((_asked(role), whole_words([role["listed_as"]])) for role in written["roles"])
    return _Speech(platforms, frozenset(written["common"]), roles)


def _asked(role: dict[str, Any]) -> re.Pattern[str]:
    but = f"(?!{role['not_before']})" if "not_before" in role else ""
    return re.compile(rf"\b(?:{role['asked_as']})\b{but}")
