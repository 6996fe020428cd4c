"""Two editions of a policy side by side: clauses, rules, and which questions now get another answer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.answer import Adviser, Answer
from knowledge.rules import Pack, Role, Rule, Verdict


@dataclass(frozen=True, slots=True)
class Changed:
    """A clause or a rule that is not as it was; None where it is new, or gone."""

    name: str
    before: str | None
    after: str | None

    @property
    def how(self) -> str:
        """New, gone or changed."""
        return "new" if self.before is None else "gone" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A question that now gets another answer, and what of it is another."""

    question: str
    before: Answer
    after: Answer

    @property
    def differs(self) -> tuple[str, ...]:
        """Which of verdict, route, conditions and report differ."""
        pairs = {
            "verdict": (self.before.verdict, self.after.verdict),
            "route": (self.before.route, self.after.route),
            "conditions": (self.before.conditions, self.after.conditions),
            "report": (self.before.report, self.after.report),
        }
        return tuple(name for name, (one, other) in pairs.items() if one != other)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs between two editions."""

    clauses: tuple[Changed, ...]
    rules: tuple[Changed, ...]
    answers: tuple[Otherwise, ...]
    asked: int


def compare(old: Adviser, new: Adviser, questions: Iterable[str] = ()) -> Comparison:
    """Compare two editions, asking both the examples of both and any further questions."""
    asked = list(dict.fromkeys((*example_questions(old.pack), *example_questions(new.pack), *questions)))
    return Comparison(
        tuple(changed_clauses(old.pack, new.pack)),
        tuple(changed_rules(old.pack, new.pack)),
        tuple(_answered_otherwise(old, new, asked)),
        len(asked),
    )


def example_questions(pack: Pack) -> Iterator[str]:
    """The examples and near-misses of a pack."""
    for rule in pack.rules:
        yield from rule.examples
        yield from (miss.ask for miss in rule.near_misses)


def changed_clauses(old: Pack, new: Pack) -> Iterator[Changed]:
    """Clauses by address: the document's words where both packs hold them, else what each is about."""
    whole = bool(old.clauses and new.clauses)
    before, after = (old.clauses, new.clauses) if whole else (old.gists, new.gists)
    for address in dict.fromkeys((*before, *after)):
        if before.get(address) != after.get(address):
            yield Changed(address, before.get(address), after.get(address))


def changed_rules(old: Pack, new: Pack) -> Iterator[Changed]:
    """Rules by id, as far as they bear on an answer: examples don't."""
    before, after = ({rule.id: rule for rule in pack.rules} for pack in (old, new))
    for name in dict.fromkeys((*before, *after)):
        one, other = (_said(rules.get(name)) for rules in (before, after))
        if one != other:
            yield Changed(name, one, other)


def _said(rule: Rule | None) -> str | None:
    """What a rule says, on one line."""
    if rule is None:
        return None
    plain = [_ruling(rule.verdict, (*rule.decides, *rule.tells), rule.says, rule.conditions)]
    plain += [
        f"if {', '.join(f'{slot} {value}' for slot, value in sorted(one.when.items()))}: "
        + _ruling(one.verdict, (*one.decides, *one.tells), one.says, one.conditions)
        for one in rule.exceptions
    ]
    return f"{' / '.join(plain)} [{rule.account}; {' '.join(rule.addresses)}]"


def _ruling(verdict: Verdict, roles: Iterable[Role], says: str, conditions: Iterable[str]) -> str:
    whom = ", ".join(role.value for role in roles)
    said = f"{verdict.value}{f' ({whom})' if whom else ''}: {says}"
    return "; ".join((said, *conditions))


def _answered_otherwise(old: Adviser, new: Adviser, questions: Iterable[str]) -> Iterator[Otherwise]:
    for question in questions:
        found = Otherwise(question, old.answer(question), new.answer(question))
        if found.differs:
            yield found
