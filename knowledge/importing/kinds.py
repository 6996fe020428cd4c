"""Which kinds of clause a statement is: patterns that all have to be found (lexicon/clauses.yml)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

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
    ways: tuple[tuple[re.Pattern[str], ...], ...]
    but: re.Pattern[str] | None
    who: str
    heading: re.Pattern[str] | None


def matches(said: Sequence[Statement]) -> dict[str, list[Match]]:
    """Every kind with the statements that are of it, the plainest first, each clause once."""
    found: dict[str, dict[str, Match]] = {}
    for statement in said:
        for kind in _kinds():
            score = _score(kind, statement)
            if score:
                match = Match(kind.name, statement, score)
                best = found.setdefault(kind.name, {}).get(statement.address)
                if best is None or best.score < score:
                    found[kind.name][statement.address] = match
    return {
        kind: sorted(these.values(), key=lambda one: (-one.score, one.statement.address))
        for kind, these in found.items()
    }


def _score(kind: _Kind, said: Statement) -> float:
    if said.audience != kind.who or (kind.but is not None and kind.but.search(said.text)):
        return 0.0
    bare = max((len(way) for way in kind.ways if all(p.search(said.text) for p in way)), default=0)
    if bare:
        return _worth(bare, said)
    headed = f"{said.about}: {said.text}"
    under = max((len(way) for way in kind.ways if len(way) > 1 and _under(way, said, headed)), default=0)
    if under:
        return _worth(under, said) * _WITH_HEADING
    named = kind.heading is not None and kind.heading.search(said.about)
    return _worth(1, said) * _BY_HEADING if named and not said.whole else 0.0


def _under(way: Sequence[re.Pattern[str]], said: Statement, headed: str) -> bool:
    """Whether the heading supplies what a statement leaves out, and the statement at least half."""
    own = sum(pattern.search(said.text) is not None for pattern in way)
    return 2 * own >= len(way) and all(pattern.search(headed) for pattern in way)


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
            tuple(tuple(_compiled(pattern, lists) for pattern in way) for way in entry["where"]),
            _compiled("|".join(entry["but"]), lists) if entry.get("but") else None,
            entry.get("who", "staff"),
            _compiled(entry["heading"], lists) if entry.get("heading") else None,
        )
        for name, entry in written["kinds"].items()
    )


def _compiled(pattern: str, lists: Mapping[str, str]) -> re.Pattern[str]:
    for name, listed in lists.items():
        pattern = pattern.replace(f"<{name}>", listed)
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")
