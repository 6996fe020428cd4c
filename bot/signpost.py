"""The product on one screen: ask a policy a question."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import UnknownPolicyError
from knowledge.answer import Adviser, Answer
from knowledge.index import RuleIndex
from knowledge.loader import shipped_pack, shipped_policies
from knowledge.rules import Pack
from knowledge.understanding import Mind


@dataclass(slots=True)
class Signpost:
    """Answers from the policies that come with Signpost, or from one pack for everything."""

    mind: Mind
    pack: Pack | None = None
    quotes: Mapping[str, str] | None = None
    _advisers: dict[str, Adviser] | None = None

    def ask(self, policy: str | None, question: str) -> Answer:
        """Answer a question from a policy. Raises `UnknownPolicyError`."""
        return self.adviser(policy).answer(question)

    def ask_all(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Answer | str]]:
        """Answer rows of `policy` and `question`; a bad row yields what is wrong with it instead."""
        for row in rows:
            question, policy = row.get("question"), row.get("policy")
            if not isinstance(question, str):
                yield row, "the row has no question"
            elif self.pack is None and not isinstance(policy, str):
                yield row, "the row names no policy"
            else:
                try:
                    yield row, self.ask(policy, question)
                except UnknownPolicyError as error:
                    yield row, str(error)

    def adviser(self, policy: str | None) -> Adviser:
        """The adviser for a policy, made ready once. Raises `UnknownPolicyError`."""
        if self._advisers is None:
            self._advisers = {}
        key = self.pack.policy.id if self.pack else policy or ""
        if key not in self._advisers:
            self._advisers[key] = self._made_ready(key)
        return self._advisers[key]

    def _made_ready(self, policy: str) -> Adviser:
        if self.pack is None and policy not in shipped_policies():
            raise UnknownPolicyError(policy or None, shipped_policies())
        pack = self.pack or shipped_pack(policy)
        return Adviser(self.mind, RuleIndex(pack, self.mind.model.topics), self.quotes or {})
