"""The product on one screen: ask a policy a question."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import UnknownPolicyError, WrongDocumentError
from knowledge.answer import Adviser, Answer
from knowledge.document import quote, quotes_of
from knowledge.index import RuleIndex
from knowledge.loader import STARTER, shipped_pack, shipped_policies, starter_document
from knowledge.rules import Pack
from knowledge.understanding import Mind


@dataclass(slots=True)
class Signpost:
    """Answers from the policies that come with Signpost, or from one pack for everything."""

    mind: Mind
    pack: Pack | None = None
    quotes: Mapping[str, str] | None = None
    """The words of one document: they quote for the first policy that is asked, and for no other."""
    _advisers: dict[str, Adviser] = field(default_factory=dict)

    def ask(self, policy: str | None, question: str) -> Answer:
        """Answer a question from a policy. Raises `UnknownPolicyError`."""
        return self.adviser(policy).answer(question)

    def ask_all(
        self, rows: Iterable[Mapping[str, Any]], default: str | None = None
    ) -> Iterator[tuple[Mapping[str, Any], Answer | str]]:
        """Answer rows of `policy` and `question`; a bad row yields what is wrong with it instead."""
        for row in rows:
            question, policy = row.get("question"), row.get("policy")
            if not isinstance(question, str):
                yield row, "the row has no question"
            elif self.pack is None and not isinstance(policy or default, str):
                yield row, "the row names no policy"
            else:
                try:
                    yield row, self.ask(policy or default, question)
                except UnknownPolicyError as error:
                    yield row, str(error)

    def adviser(self, policy: str | None) -> Adviser:
        """The adviser for a policy, made ready once. Raises `UnknownPolicyError`."""
        key = self.pack.policy.id if self.pack else policy or ""
        if key not in self._advisers:
            self._advisers[key] = self._made_ready(key)
        return self._advisers[key]

    def _made_ready(self, policy: str) -> Adviser:
        if self.pack is None and policy not in shipped_policies():
            raise UnknownPolicyError(policy or None, shipped_policies())
        pack = self.pack or shipped_pack(policy)
        index = RuleIndex(pack, self.mind.model.topics)
        quotes, self.quotes = self.quotes or {}, None
        if not quotes and self.pack is None and policy == STARTER:
            quotes = quotes_of(starter_document(), ".md")
        if quotes and not _fits(quotes, index.addresses):
            raise WrongDocumentError(pack.policy.id)
        return Adviser(self.mind, index, quotes)


def _fits(quotes: Mapping[str, str], addresses: frozenset[str]) -> bool:
    """Whether a document has most of the clauses that a policy's rules rest on."""
    return sum(quote(address, quotes) is not None for address in addresses) >= _MOST * len(addresses)


_MOST = 0.8
