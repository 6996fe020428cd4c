"""Find the rules of a policy that may answer a question: by topic, and by wording when very many may."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.matcher import likeness
from knowledge.normalise import plain, words
from knowledge.rules import Pack, Rule

FEW = 120
"""Up to so many rules in the likely topics all are weighed; beyond that wording draws up a shortlist."""
SHORTLIST = 24
LIKELY = 0.002
"""Topics less likely than this are left out."""
_COMMON = 0.05
_SHARPNESS = 12.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """A rule and how much of the question's meaning falls to it, 0 to 1."""

    weight: float
    rule: Rule


class RuleIndex:
    """The rules of one pack, ready for questions."""

    def __init__(self, pack: Pack, topics: Sequence[str]) -> None:
        self.pack = pack
        self._rules = tuple(sorted(pack.rules, key=lambda rule: rule.id))
        self._numbers = {topic: number for number, topic in enumerate(topics)}
        self._topic_of = np.array([self._numbers.get(rule.topic, -1) for rule in self._rules], dtype=np.int32)
        self._by_topic: dict[int, list[int]] = {}
        for place, number in enumerate(self._topic_of.tolist()):
            self._by_topic.setdefault(number, []).append(place)
        self._texts = tuple(plain(" ".join((rule.says, *rule.examples))) for rule in self._rules)
        self._postings = _postings(self._texts) if len(self._rules) > FEW else {}

    @property
    def addresses(self) -> frozenset[str]:
        """Every clause that some rule rests on."""
        return frozenset[str]().union(*(rule.every_address for rule in self._rules))

    def on_topic(self, topic: str) -> tuple[Rule, ...]:
        """The rules of one topic."""
        number = self._numbers.get(topic)
        places = () if number is None else self._by_topic.get(number, ())
        return tuple(self._rules[place] for place in places)

    def weigh(self, question: str, likelihood: npt.NDArray[np.float32]) -> tuple[list[Weighed], float]:
        """Share each topic's probability among its rules; beside them, the share of topics without a rule."""
        likely = np.flatnonzero(likelihood >= LIKELY)
        shares = {int(number): float(likelihood[number]) for number in likely}
        unruled = sum(share for number, share in shares.items() if number not in self._by_topic)
        places = {number: self._by_topic[number] for number in shares if number in self._by_topic}
        if sum(map(len, places.values())) > FEW:
            places = self._shortlist(question, likelihood)
        weighed = [
            one for number, these in places.items() for one in self._share(question, shares[number], these)
        ]
        return sorted(weighed, key=lambda one: (-one.weight, one.rule.id)), unruled

    def _share(self, question: str, share: float, places: list[int]) -> list[Weighed]:
        if len(places) == 1:
            return [Weighed(share, self._rules[places[0]])]
        alike = np.array(likeness(question, [self._texts[place] for place in places]))
        parts = np.exp(_SHARPNESS * (alike - alike.max()))
        parts /= parts.sum()
        return [
            Weighed(share * float(part), self._rules[place])
            for part, place in zip(parts, places, strict=True)
        ]

    def _shortlist(self, question: str, likelihood: npt.NDArray[np.float32]) -> dict[int, list[int]]:
        known = np.append(likelihood, np.float32(0))
        scores = np.log(np.maximum(known, LIKELY / 10))[self._topic_of]
        for word in sorted(set(words(question))):
            posting = self._postings.get(word)
            if posting is not None:
                scores[posting[1]] += posting[0]
        best = np.argpartition(-scores, SHORTLIST)[:SHORTLIST]
        chosen: dict[int, list[int]] = {}
        for place in sorted(best.tolist()):
            number = int(self._topic_of[place])
            if number >= 0 and likelihood[number] >= LIKELY:
                chosen.setdefault(number, []).append(place)
        return chosen


def _postings(texts: Sequence[str]) -> dict[str, tuple[float, npt.NDArray[np.int32]]]:
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        for word in set(words(text)):
            places.setdefault(word, []).append(place)
    most = _COMMON * len(texts)
    return {
        word: (float(np.log(len(texts) / len(these))), np.array(these, dtype=np.int32))
        for word, these in places.items()
        if len(these) <= most
    }
