"""A document as a draft pack: everything together, and its text as YAML that `knowledge.loader` reads."""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.catalogue import shipped_catalogue
from knowledge.importing.channels import FoundChannel, register
from knowledge.importing.clauses import Clauses, clauses
from knowledge.importing.document import Document
from knowledge.importing.drafting import Draft, Guess, Said, drafts, guessed
from knowledge.importing.kinds import matches
from knowledge.importing.metadata import Metadata, metadata
from knowledge.importing.statements import Statement, statements
from knowledge.rules import ROLE_NAMES, Role, Rule, Verdict
from knowledge.understanding import Mind, understand
from knowledge.yamlfile import written

DOUBTFUL = 0.6
"""Rules less sure than this are for a person to look at first."""
_SAYS = {
    Verdict.ALLOWED: "Yes, as far as this policy goes: the clause below is what it says about {topic}.",
    Verdict.CONDITIONAL: "Yes, within limits: keep to what the clause below says about {topic}.",
    Verdict.ASK_FIRST: "Not without asking first: {roles} decides about {topic}.",
    Verdict.NOT_ALLOWED: "No: this policy rules it out in what it says about {topic}.",
    Verdict.REPORT: "This has to be passed on: tell {roles}.",
    Verdict.INFO: "The clause below is what this policy says about {topic}.",
}


@dataclass(frozen=True, slots=True)
class Imported:
    """A document understood: its clauses, what it says of itself, its register, and the proposed rules.

    `rules` stand with the doubtful ones first; `unread` are the clauses that no rule rests on.
    """

    clauses: Clauses
    about: Metadata
    channels: tuple[FoundChannel, ...]
    rules: tuple[Draft, ...]
    unread: Mapping[str, str]

    @property
    def doubtful(self) -> tuple[Draft, ...]:
        """The rules that a person should look at first."""
        return tuple(rule for rule in self.rules if rule.confidence < DOUBTFUL)


def imported(document: Document, mind: Mind | None = None) -> Imported:
    """Understand a document; with a mind, clauses that no pattern knows are guessed at too."""
    found = clauses(document)
    about = metadata(found)
    channels = register(found, about.organisation)
    listed = {channel.address for channel in channels}
    said = tuple(one for one in statements(found) if one.address not in listed)
    kinds = matches(said)
    rules = drafts(kinds, register=[channel.address for channel in channels])
    if mind is not None:
        known = {match.statement.address for these in kinds.values() for match in these}
        rules = guessed(rules, _guesses(said, known, mind))
    ordered = tuple(sorted(rules, key=lambda rule: (rule.confidence, rule.topic)))
    return Imported(found, about, channels, ordered, _unread(found, ordered, listed))


def _guesses(said: Sequence[Statement], known: AbstractSet[str], mind: Mind) -> list[Guess]:
    """What clauses of no known kind sound like, and what questions in headings ask, where that is plain."""
    guesses: dict[str, Guess] = {}
    for one in said:
        asked = one.clause.heading.endswith("?")
        words = one.clause.heading if asked else one.text
        open_ = asked or (one.address not in known and len(words.split()) >= _FEWEST_WORDS)
        if open_ and not one.whole and one.address not in guesses:
            topic, likelihood = _likeliest(words, mind)
            if likelihood >= (_ASKED if asked else _LIKELY):
                guesses[one.address] = Guess(one, topic, likelihood, asked=asked)
    return list(guesses.values())


def _likeliest(words: str, mind: Mind) -> tuple[str, float]:
    topics = understand(words, mind).topics
    topic = max(topics, key=lambda name: (topics[name], name))
    return topic, topics[topic]


_ASKED = 0.35
_FEWEST_WORDS = 5
_LIKELY = 0.5


def _unread(found: Clauses, rules: tuple[Draft, ...], listed: set[str]) -> dict[str, str]:
    reached = {address for rule in rules for address in rule.addresses}
    reached |= {address for rule in rules for said in rule.exceptions for address in said.addresses}
    return {
        clause.address: _reason(clause.text, clause.kind, listed=clause.address in listed)
        for clause in found.all
        if clause.address not in reached
    }


def _reason(text: str, kind: str, *, listed: bool) -> str:
    if listed:
        return "a row of the register"
    if re.search(r":\s*-?$", text):
        return "introduces what follows"
    return "a table row that states no rule" if kind == "row" else "no rule was found in it: please read it"


def identifier(about: Metadata, name: str) -> str:
    """An id for the pack, from the organisation's name, else the file's."""
    known = about.organisation if not about.organisation.startswith("(") else name
    words = re.findall(r"[a-z0-9]+", known.casefold().replace("'", "").replace("’", ""))
    return "-".join(words)[:40].strip("-") or "policy"


def as_yaml(found: Imported, *, policy_id: str) -> str:
    """The draft pack as text, with how sure each rule is beside it."""
    head = "# A draft: nobody has reviewed it. The rules that the import is least sure of stand first.\n"
    body = written({key: value for key, value in _pack(found, policy_id).items() if key != "rules"})
    return head + body + written({"rules": [_rule(rule, found) for rule in found.rules]})


def _pack(found: Imported, policy_id: str) -> dict[str, Any]:
    about = found.about
    evidence = [clause.address for clause in found.clauses.all if _EVIDENCE.search(clause.text)]
    return {
        "schema": 1,
        "status": "draft",
        "policy": {
            "id": policy_id,
            "title": about.title,
            "organisation": about.organisation,
            "version": about.version,
            "approved": _day(about.approved),
            "reviewed": _day(about.reviewed),
            "review_due": _day(about.review_due),
            "nation": about.nation,
        },
        "roles": dict(about.roles),
        "register": [_channel(channel) for channel in found.channels],
        "excluded": dict(found.unread),
        "evidence": evidence,
        "headings": {address: heading for address, heading in found.clauses.headings.items() if heading},
        "clauses": found.clauses.texts,
    }


def _day(text: str | None) -> date | str | None:
    """A whole date as a date, so that YAML writes it without quotes; a month or year stays as given."""
    return date.fromisoformat(text) if text and len(text) == len("2024-07-20") else text


_EVIDENCE = re.compile(
    r"\b(?:screen\s?-?(?:shot|grab|print|capture)\w*|(?:keep|make|take|save|retain)\w* (?:a |any |the )?"
    r"(?:cop(?:y|ies)|records?|evidence|messages?|prints?|photos?)|not delete|forward\w*)\b",
    re.IGNORECASE,
)


def _channel(channel: FoundChannel) -> dict[str, Any]:
    note = "an example row of the template that nobody took out" if channel.example else None
    return {
        "address": channel.address,
        "school": channel.school,
        "channels": list(channel.channels),
        "master_admin": channel.master_admin,
        "approved": channel.approved,
        "opened": _day(channel.opened),
        "closed": _day(channel.closed),
        "note": note,
    }


def _rule(rule: Draft, found: Imported) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": rule.topic,
        "topic": rule.topic,
        "addresses": list(rule.addresses),
        "verdict": rule.verdict.value,
        "says": _says(rule.topic, rule.verdict, (*rule.decides, *rule.tells), found),
        "who": [rule.who],
        "account": rule.account,
        "confidence": rule.confidence,
    }
    if rule.why:
        plain["doubt"] = rule.why
    for key, value in (("decides", rule.decides), ("tells", rule.tells)):
        if value:
            plain[key] = list(value)
    if rule.exceptions:
        plain["exceptions"] = [_exception(rule.topic, said, found) for said in rule.exceptions]
    return plain


def _exception(topic: str, said: Said, found: Imported) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "when": dict(said.when),
        "verdict": said.verdict.value,
        "addresses": list(said.addresses),
        "says": _says(topic, said.verdict, said.decides, found),
    }
    return plain | ({"decides": list(said.decides)} if said.decides else {})


def _says(topic: str, verdict: Verdict, roles: tuple[str, ...], found: Imported) -> str:
    return usual_words(
        topic, verdict, [found.about.roles.get(role) or ROLE_NAMES[Role(role)] for role in roles]
    )


def usual_words(topic: str, verdict: Verdict, names: Sequence[str]) -> str:
    """What a drafted rule says; `names` are those who decide or are told, as the school calls them."""
    listed = " and ".join(_with_article(name) for name in names) or "whoever answers for the policy"
    return _SAYS[verdict].format(topic=_topic(topic), roles=listed)


def _topic(topic: str) -> str:
    known = shipped_catalogue()
    return known[topic].name if topic in known else topic.replace("-", " ")


def _with_article(name: str) -> str:
    return name if re.match(r"(?:the|a|an|your|whoever|police)\b", name, re.IGNORECASE) else f"the {name}"


def rules_of(found: Imported) -> Iterator[Rule]:
    """The rules as a pack holds them, for whoever looks through them without a file."""
    yield from (Rule.model_validate(_rule(rule, found)) for rule in found.rules)
