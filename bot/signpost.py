"""The product on one screen: ask a policy a question."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.errors import UnknownPolicyError, WrongDocumentError
from knowledge.answer import Adviser, Answer
from knowledge.document import quote, quotes_of
from knowledge.index import RuleIndex
from knowledge.loader import STARTER, shipped_pack, shipped_policies, starter_document
from knowledge.rules import Pack
from knowledge.understanding import Mind


class Shelf(Protocol):
    """Published policies: the pack in force of each, and what tells that it may have changed."""

    def mark(self, policy: str) -> str | None:
        """Another one whenever the pack may be another; None for a policy that was never published."""
        ...

    def pack(self, policy: str) -> Pack | None:
        """Its pack. Raises `Refused` for one that this version cannot read."""
        ...

    def policies(self) -> tuple[str, ...]:
        """Every policy that may be named."""
        ...


@dataclass(slots=True)
class Signpost:
    """Answers from published policies and those that come with Signpost, or from one pack for everything.

    The shelf is looked at for each question, so that a new version answers the next one.
    """

    mind: Mind
    pack: Pack | None = None
    shelf: Shelf | None = None
    only_published: bool = False
    """As of an earlier day no built-in edition answers for one that wasn't published then."""
    quotes: Mapping[str, str] | None = None
    """The words of one document: they quote for the first policy that is asked, and for no other."""
    _advisers: dict[str, tuple[str | None, Adviser]] = field(default_factory=dict)

    def ask(self, policy: str | None, question: str, *, before: str = "", chosen: str = "") -> Answer:
        """Answer a question from a policy; see `Adviser.answer`. Raises `UnknownPolicyError`."""
        return self.adviser(policy).answer(question, before=before, chosen=chosen)

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
        mark = self.shelf.mark(key) if self.shelf and not self.pack else None
        ready = self._advisers.get(key)
        if ready is None or ready[0] != mark:
            ready = self._advisers[key] = mark, self._made_ready(key)
        return ready[1]

    def _made_ready(self, policy: str) -> Adviser:
        published = self.shelf.pack(policy) if self.shelf and not self.pack else None
        pack = self.pack or published
        if pack is None and (self.only_published or policy not in shipped_policies()):
            known = self.shelf.policies() if self.shelf else shipped_policies()
            raise UnknownPolicyError(policy or None, known)
        pack = pack or shipped_pack(policy)
        index = RuleIndex(pack, self.mind.model.topics)
        quotes, self.quotes = self.quotes or {}, None
        if not quotes and policy == STARTER and pack is shipped_pack(STARTER):
            quotes = quotes_of(starter_document(), ".md")
        if quotes and not _fits(quotes, index.addresses):
            raise WrongDocumentError(pack.policy.id)
        return Adviser(self.mind, index, quotes)


def _fits(quotes: Mapping[str, str], addresses: frozenset[str]) -> bool:
    """Whether a document has most of the clauses that a policy's rules rest on."""
    return sum(quote(address, quotes) is not None for address in addresses) >= _MOST * len(addresses)


_MOST = 0.8
