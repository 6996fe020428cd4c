"""Which kinds of clause a statement is: patterns that all have to be found (lexicon/clauses.yml)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from knowledge.importing.statements import Statement
from knowledge.lexicon import lexicon_file

_WITH_HEADING = 0.75
_BY_HEADING = 0.55
_WHOLE = 0.7
_LONG = 250
"""Words at which length halves a match: a long paragraph mentions everything."""


@dataclass(frozen=True, slots=True)
class Match:
    """A statement that is of a kind, and how plainly: 0 to about 1.3."""

    kind: str
    statement: Statement
    score: float


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    ways: tuple[tuple[int, ...], ...]
    """Places in `_PATTERNS`: many kinds ask for the same words."""
    but: re.Pattern[str] | None
    who: str
    heading: re.Pattern[str] | None


def matches(said: Sequence[Statement]) -> dict[str, list[Match]]:
    """Every kind with the statements that are of it, the plainest first."""
    found: dict[str, list[Match]] = {}
    kinds = _kinds()
    for statement in said:
        heard = _Heard(statement)
        for kind in kinds:
            score = heard.score(kind) if statement.audience == kind.who else 0.0
            if score:
                found.setdefault(kind.name, []).append(Match(kind.name, statement, score))
    return {
        kind: sorted(these, key=lambda one: (-one.score, one.statement.address))
        for kind, these in found.items()
    }


class _Heard:
    """One statement, and what was found in it so far: many kinds ask for the same words."""

    def __init__(self, said: Statement) -> None:
        self._said = said
        self._in_text: list[bool | None] = [None] * len(_PATTERNS)

    def score(self, kind: _Kind) -> float:
        """How plainly the statement is of a kind; 0 where it is not."""
        patterns, share = self._patterns(kind)
        if not patterns or (kind.but is not None and kind.but.search(self._said.text)):
            return 0.0
        return _worth(patterns, self._said) * share

    def _patterns(self, kind: _Kind) -> tuple[int, float]:
        """How many patterns of the best way were found, and what that is worth for where they were."""
        headed = 0
        bare = 0
        for way in kind.ways:
            found = sum(map(self._has, way))
            if found == len(way):
                bare = max(bare, found)
            elif not bare and 2 * found >= len(way) > 1 and all(map(self._has_anywhere, way)):
                headed = max(headed, len(way))
        if bare or headed:
            return (bare, 1.0) if bare else (headed, _WITH_HEADING)
        named = kind.heading is not None and kind.heading.search(self._said.about)
        return (1, _BY_HEADING) if named and not self._said.whole else (0, 0.0)

    def _has(self, place: int) -> bool:
        known = self._in_text[place]
        if known is None:
            known = self._in_text[place] = _PATTERNS[place].search(self._said.text) is not None
        return known

    def _has_anywhere(self, place: int) -> bool:
        """Whether the heading supplies what the statement leaves out."""
        return self._has(place) or _in_heading(self._said.about, place)


@lru_cache(maxsize=100_000)
def _in_heading(about: str, place: int) -> bool:
    return _PATTERNS[place].search(about) is not None


_PATTERNS: list[re.Pattern[str]] = []
"""Every pattern of every kind, once."""


def _worth(patterns: int, said: Statement) -> float:
    plainness = 0.8 + 0.15 * min(patterns, 3)
    length = 1 / (1 + len(said.text.split()) / _LONG)
    return plainness * length * (_WHOLE if said.whole else 1.0)


@cache
def _kinds() -> tuple[_Kind, ...]:
    written = lexicon_file("clauses")
    lists: Mapping[str, str] = written["lists"]
    return tuple(
        _Kind(
            name,
            tuple(tuple(_placed(pattern, lists) for pattern in way) for way in entry["where"]),
            _compiled("|".join(entry["but"]), lists) if entry.get("but") else None,
            entry.get("who", "staff"),
            _compiled(entry["heading"], lists) if entry.get("heading") else None,
        )
        for name, entry in written["kinds"].items()
    )


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{text})(?!\w)")


def _placed(pattern: str, lists: Mapping[str, str]) -> int:
    compiled = _compiled(pattern, lists)
    if compiled not in _PATTERNS:
        _PATTERNS.append(compiled)
    return _PATTERNS.index(compiled)


def _compiled(pattern: str, lists: Mapping[str, str]) -> re.Pattern[str]:
    for name, listed in lists.items():
        pattern = pattern.replace(f"<{name}>", listed)
    return _pattern(pattern)
