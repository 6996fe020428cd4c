"""A pack's examples and near-misses, asked and held against what the pack says they get."""

from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.answer import Adviser
from knowledge.rules import PERMISSIVE, Rule, Verdict


@dataclass(frozen=True, slots=True)
class Failed:
    """An example that got another answer than its rule promises."""

    rule: str
    question: str
    expected: Verdict
    got: Verdict


def count_cases(adviser: Adviser) -> int:
    """How many examples and near-misses a pack has."""
    return sum(len(rule.examples) + len(rule.near_misses) for rule in adviser.pack.rules)


def failing_cases(adviser: Adviser) -> Iterator[Failed]:
    """Ask every example and near-miss of a pack and yield those that fail."""
    for rule in adviser.pack.rules:
        for question, expected in _cases(rule):
            got = adviser.answer(question).verdict
            if not _as_good(got, expected):
                yield Failed(rule.id, question, expected, got)


def unreached(adviser: Adviser, clauses: frozenset[str]) -> tuple[str, ...]:
    """The clauses of a document that no rule rests on and no exclusion explains."""
    return tuple(sorted(clauses - adviser.index.addresses - adviser.pack.excluded.keys()))


def _cases(rule: Rule) -> Iterator[tuple[str, Verdict]]:
    yield from ((example, rule.verdict) for example in rule.examples)
    yield from ((miss.ask, miss.verdict) for miss in rule.near_misses)


def _as_good(got: Verdict, expected: Verdict) -> bool:
    """Whether a verdict serves as well: a condition more on what is allowed anyway does no harm."""
    return got is expected or (got in PERMISSIVE and expected is Verdict.ALLOWED)
