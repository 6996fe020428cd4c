"""Rules and clauses that contradict each other, and situations that nothing is said about."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from knowledge.linting.values import Clause, Finding, Paper
from knowledge.rules import Pack
from knowledge.yamlfile import parse


@dataclass(frozen=True, slots=True)
class Peers:
    """What comparable policies cover, topics' plain names, and what the statutory floor says of a topic."""

    topics: Mapping[str, frozenset[str]]
    names: Mapping[str, str] = field(default_factory=dict)
    floor: Mapping[str, str] = field(default_factory=dict)

    def covered_by_all(self, but: str) -> frozenset[str]:
        """The topics that every other policy has a rule for; none where there are fewer than two others."""
        others = [topics for policy, topics in self.topics.items() if policy != but]
        return frozenset.intersection(*others) if len(others) > 1 else frozenset()


@dataclass(frozen=True, slots=True)
class _Dispute:
    about: str
    forbids: re.Pattern[str]
    allows: re.Pattern[str]


def contradicting(pack: Pack) -> Iterator[Finding]:
    """What whoever read the policy for its pack found to disagree."""
    for known in pack.contradictions:
        yield Finding("contradiction", known.addresses, known.says.rstrip("."), "Decide which one holds")


def disputed(paper: Paper, pack: Pack | None) -> Iterator[Finding]:
    """Clauses of which one forbids without exception what another allows; not those a pack names already."""
    known = [set(one.addresses) for one in pack.contradictions] if pack else []
    for dispute in _disputes():
        forbid = [clause for clause, text in paper.read_whole() if dispute.forbids.search(text)]
        allow = [clause for clause, text in paper.read_whole() if dispute.allows.search(text)]
        if not forbid or not allow:
            continue
        addresses = tuple(clause.address for clause in _once([*forbid, *allow]))
        if len(addresses) > 1 and not any(len(named & set(addresses)) > 1 for named in known):
            what = f"one clause forbids without exception what another allows: {dispute.about}"
            yield Finding("contradiction", addresses, what, "Decide which one holds")


def uncovered(pack: Pack, peers: Peers) -> Iterator[Finding]:
    """Situations that every comparable policy covers and this one doesn't."""
    silent = peers.covered_by_all(pack.policy.id) - {rule.topic for rule in pack.rules}
    for topic in sorted(silent, key=lambda one: (one not in peers.floor, one)):
        says = peers.floor.get(topic)
        name = peers.names.get(topic, topic)
        what = f"nothing is said on {name}, which every comparable policy covers"
        remedy = f"Add a clause; meanwhile {says}" if says else "Add a clause, or leave it to be asked"
        yield Finding("uncovered", (), what, remedy)


def unreached(paper: Paper, pack: Pack) -> Iterator[Finding]:
    """Clauses that no rule rests on and no exclusion explains; clauses of rules that aren't there."""
    known = frozenset[str]().union(*(rule.every_address for rule in pack.rules)) | pack.excluded.keys()
    words = {clause.address: clause.text for clause in paper.clauses}
    place = {address: address if address in words else _longer(address, words) for address in known}
    reached = set(place.values())
    if left := [address for address in words if address not in reached]:
        what = f"no rule rests on {'this clause' if len(left) == 1 else f'these {len(left)} clauses'}"
        yield Finding("unreached", tuple(left), what, "Write a rule for it, or exclude it and say why")
    if lost := sorted(address for address, found in place.items() if found is None):
        yield Finding("lost-clause", tuple(lost), "the document has no such clause", "Correct the address")


def _longer(address: str, there: Iterable[str]) -> str | None:
    """The clause that a pack's address means where it names the section by its heading's first words."""
    section, _, number = address.partition(":")
    begins, ends = f"{section}-", f":{number}"
    return next((one for one in there if one.startswith(begins) and one.endswith(ends)), None)


def _once(clauses: list[Clause]) -> list[Clause]:
    return list({clause.address: clause for clause in clauses}.values())


@cache
def _disputes() -> tuple[_Dispute, ...]:
    text = files("knowledge.linting").joinpath("disputes.yml").read_text(encoding="utf-8")
    return tuple(
        _Dispute(
            entry["about"],
            re.compile(entry["forbids"], re.IGNORECASE),
            re.compile(entry["allows"], re.IGNORECASE),
        )
        for entry in parse(text, "knowledge/linting/disputes.yml").data
    )
