"""Apply one policy to a question as understood: its exceptions, its prohibitions, its silence.

Nothing here is certain, so nothing is decided by the likeliest topic alone. Every rule of a likely topic
is an opinion with a weight; opinions that agree add up; and a verdict is chosen by what it is worth if it is
right and what it costs if it is wrong: a wrong yes most, then a missed report, then an answer made up.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from knowledge.index import RuleIndex
from knowledge.rules import PERMISSIVE, Role, Rule, Ruling, Verdict
from knowledge.understanding import Understanding

V = Verdict
_STANCE_SAYS = 0.5
"""How strongly the speech act reweighs opinions: 0 ignores it, 1 takes it at its word."""

WORTH: Mapping[tuple[Verdict, Verdict], float] = MappingProxyType(
    {
        **{(made_up, V.NOT_COVERED): -0.4 for made_up in Verdict},
        **{(given, given): 1.0 for given in Verdict},
        **{(yes, no): -3.0 for yes in PERMISSIVE for no in (V.NOT_ALLOWED, V.ASK_FIRST, V.REPORT)},
        (V.CONDITIONAL, V.NOT_ALLOWED): -2.5,
        (V.CONDITIONAL, V.ASK_FIRST): -2.5,
        (V.CONDITIONAL, V.ALLOWED): 0.8,
        (V.ALLOWED, V.CONDITIONAL): 0.5,
        (V.NOT_ALLOWED, V.ASK_FIRST): 0.4,
        (V.ASK_FIRST, V.NOT_ALLOWED): 0.3,
        (V.REPORT, V.ASK_FIRST): 0.2,
        **{(other, V.REPORT): -0.6 for other in (V.NOT_ALLOWED, V.ASK_FIRST, V.INFO, V.NOT_COVERED)},
    }
)
"""(verdict given, verdict that is right) -> what giving it is worth; pairs left out are worth nothing."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one rule says in these circumstances, and how much weight it has."""

    weight: float
    rule: Rule
    said: Ruling

    @property
    def roles(self) -> tuple[Role, ...]:
        """Who is told and who decides, the exception's own word first."""
        told = self.said.tells or self.rule.tells
        return (*told, *(role for role in self.said.decides or self.rule.decides if role not in told))


@dataclass(frozen=True, slots=True)
class Hearing:
    """All opinions on a question, heaviest first, and the weight of what the policy is silent on."""

    opinions: tuple[Opinion, ...]
    silent: float

    @property
    def masses(self) -> dict[Verdict, float]:
        """How much weight each verdict has; they add up to about one."""
        sums: dict[Verdict, float] = defaultdict(float)
        for opinion in self.opinions:
            sums[opinion.said.verdict] += opinion.weight
        sums[Verdict.NOT_COVERED] += self.silent
        return dict(sums)

    def verdict(self) -> Verdict:
        """The verdict worth most of those that somebody speaks for; between equals the more cautious."""
        masses = self.masses
        spoken_for = [given for given in _CAUTIOUS_FIRST if masses.get(given)] or [Verdict.NOT_COVERED]
        worth = {
            given: sum(WORTH.get((given, right), 0.0) * mass for right, mass in masses.items())
            for given in spoken_for
        }
        return max(spoken_for, key=worth.__getitem__)

    def supporting(self, verdict: Verdict) -> tuple[Opinion, ...]:
        """The opinions that this verdict rests on; either of the permissive two supports the other."""
        agreed = PERMISSIVE if verdict in PERMISSIVE else {verdict}
        return tuple(opinion for opinion in self.opinions if opinion.said.verdict in agreed)


_CAUTIOUS_FIRST = (V.REPORT, V.NOT_ALLOWED, V.ASK_FIRST, V.NOT_COVERED, V.CONDITIONAL, V.INFO, V.ALLOWED)


def hear(question: Understanding, index: RuleIndex) -> Hearing:
    """Hear every rule that the question may fall under."""
    weighed, unruled = index.weigh(question.reading.whole, question.likelihood)
    heard: list[Opinion] = []
    for one in weighed:
        said = in_circumstances(one.rule, question.circumstances)
        weight = one.weight * _fit(one.rule, question) * _stance(question, said.verdict)
        heard.append(Opinion(weight, one.rule, said))
    silent = unruled * _stance(question, Verdict.NOT_COVERED)
    total = silent + sum(opinion.weight for opinion in heard) or 1.0
    shares = (Opinion(one.weight / total, one.rule, one.said) for one in heard)
    return Hearing(tuple(sorted(shares, key=lambda one: (-one.weight, one.rule.id))), silent / total)


def in_circumstances(rule: Rule, found: Mapping[str, str]) -> Ruling:
    """What a rule says in these circumstances: its most particular exception that holds, else itself."""
    holding = [e for e in rule.exceptions if all(found.get(slot) == value for slot, value in e.when.items())]
    return max(holding, key=lambda exception: len(exception.when), default=rule)


def addresses(opinions: Sequence[Opinion]) -> list[str]:
    """The clauses that opinions rest on, the weightiest first; a rule names its own best clause first."""
    sums: dict[str, float] = defaultdict(float)
    for opinion in opinions:
        for place, address in enumerate(opinion.said.addresses):
            sums[address] += opinion.weight / (1 + _FADING * place)
    return sorted(sums, key=lambda address: (-sums[address], address))


_FADING = 0.35


def roles(opinions: Sequence[Opinion]) -> list[Role]:
    """Who is named by opinions, the weightiest first."""
    sums: dict[Role, float] = defaultdict(float)
    for opinion in opinions:
        for place, role in enumerate(opinion.roles):
            sums[role] += opinion.weight / (1 + _FADING * place)
    return sorted(sums, key=lambda role: (-sums[role], role))


def _stance(question: Understanding, verdict: Verdict) -> float:
    return float(max(question.stances.get(verdict, 0.0), _DOUBT) ** _STANCE_SAYS)


_DOUBT = 0.01


def _fit(rule: Rule, question: Understanding) -> float:
    """How well a rule fits the account that the question names; 1 where it names none."""
    account = question.circumstances.get("account")
    if account and rule.account not in {"any", account}:
        return _MISFIT
    return 1.0


_MISFIT = 0.3
