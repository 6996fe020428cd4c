"""From clauses to rules: which topics a document answers, with which verdict, on which clauses.

Everything here is a proposal: each rule carries how sure it is, and a person reads the doubtful ones first.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from knowledge.catalogue import shipped_catalogue
from knowledge.importing.kinds import Match
from knowledge.importing.metadata import roles_in
from knowledge.importing.statements import Stance, Statement, conditional, dutiful, limited
from knowledge.lexicon import lexicon_file
from knowledge.rules import Role, Verdict

V = Verdict
_MOST = 6
"""So many clauses are cited by one rule at the most."""
_NEARLY = 0.75
_STRICTEST = (Stance.FORBID, Stance.ASK, Stance.CAUTION, Stance.REQUIRE, Stance.PERMIT, Stance.STATE)
_BY_STANCE = {
    Stance.ASK: V.ASK_FIRST,
    Stance.CAUTION: V.CONDITIONAL,
    Stance.FORBID: V.NOT_ALLOWED,
    Stance.PERMIT: V.ALLOWED,
    Stance.REQUIRE: V.CONDITIONAL,
    Stance.STATE: V.CONDITIONAL,
}
_FAMILY_TOPICS = frozenset(
    (
        "contact-pupil look-at-pupil-profile contact-parent former-pupil-recent former-pupil-child "
        "former-pupil-adult pupil-personal-details personal-phone-email"
    ).split()
)
_CHILD_DANGER = frozenset(
    (
        "pupil-contact-inappropriate nude-image indecent-image-found grooming-outsider child-disclosure "
        "immediate-danger radicalisation safeguarding-noticed colleague-pupil-contact"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says in some circumstances; `when` is empty for the rule itself."""

    verdict: Verdict
    addresses: tuple[str, ...]
    decides: tuple[str, ...] = ()
    when: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed rule. `confidence` is 0 to 1; `why` says what makes it doubtful, in a few words."""

    topic: str
    verdict: Verdict
    addresses: tuple[str, ...]
    account: str = "any"
    who: str = "staff"
    decides: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    exceptions: tuple[Said, ...] = ()
    confidence: float = 0.5
    why: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """A clause and the topic that it sounds like, as a question would; `asked` where its heading asks it."""

    statement: Statement
    topic: str
    likelihood: float
    asked: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    topic: str
    act: str
    account: str
    rests: tuple[tuple[str, Verdict | None], ...]
    also: tuple[str, ...]
    tells: tuple[str, ...]


def drafts(found: Mapping[str, Sequence[Match]], *, register: Sequence[str]) -> tuple[Draft, ...]:
    """Propose a rule for every topic that the clauses reach. `register` gives the addresses of its rows."""
    maker = _Maker(found, register)
    rules = {entry.topic: rule for entry in _entries() if (rule := maker.rule(entry))}
    return tuple(_with_family(rules))


def guessed(rules: Sequence[Draft], guesses: Sequence[Guess]) -> tuple[Draft, ...]:
    """The rules with what was guessed: a clause more for a topic with a rule, else a doubtful rule."""
    found = {rule.topic: rule for rule in rules}
    known = shipped_catalogue()
    for guess in guesses:
        rule = found.get(guess.topic)
        if rule is not None:
            others = tuple(one for one in rule.addresses if one != guess.statement.address)
            here = (guess.statement.address,)
            placed = (*here, *others) if guess.asked else (*others, *here)
            found[guess.topic] = replace(rule, addresses=placed[:_MOST])
            continue
        act, stance = known[guess.topic].act, guess.statement.stance
        if act == "silent":
            continue
        verdict = {"happened": V.REPORT, "fact": V.INFO}.get(act, _BY_STANCE[stance])
        roles = tuple(role for role in roles_in(guess.statement.text) if role not in _NEVER_TOLD)[:2] or (
            "principal",
        )
        found[guess.topic] = Draft(
            topic=guess.topic,
            verdict=verdict,
            addresses=(guess.statement.address,),
            who=guess.statement.audience,
            decides=roles if verdict is V.ASK_FIRST else (),
            tells=roles if verdict is V.REPORT else (),
            confidence=round(_GUESSED * guess.likelihood, 2),
            why="guessed from its wording alone",
        )
    return tuple(found.values())


_GUESSED = 0.6


class _Maker:
    def __init__(self, found: Mapping[str, Sequence[Match]], register: Sequence[str]) -> None:
        self._found = found
        self._register = tuple(register)
        asked = (role for these in found.values() for one in these for role in _approvers(one.statement))
        self._usual = next((role for role, _ in Counter(asked).most_common(1)), "principal")

    def rule(self, entry: _Entry) -> Draft | None:
        """The rule of one topic; None where no clause reaches it."""
        if entry.topic.startswith("former-pupil-") and entry.act == "may":
            return self._former(entry)
        return self._plain(entry)

    def _plain(self, entry: _Entry) -> Draft | None:
        place, lead = next(
            ((place, self._best(kind)) for place, (kind, _) in enumerate(entry.rests) if self._best(kind)),
            (0, None),
        )
        if lead is None:
            if self._register and any(kind == "register" for kind, _ in entry.rests):
                return self._from_register(entry)
            return None
        verdict = self._verdict(entry, place, lead)
        decides = tuple(self._deciders(lead.statement)) if verdict is V.ASK_FIRST else ()
        tells = self._told(entry, lead.statement) if verdict is V.REPORT else ()
        return Draft(
            topic=entry.topic,
            verdict=verdict,
            addresses=self._addresses(entry, place, lead),
            account=entry.account,
            who=lead.statement.audience,
            decides=decides,
            tells=tells,
            confidence=_confidence(lead, place, settled=entry.rests[place][1] is not None),
            why=_why(lead, place),
        )

    def _from_register(self, entry: _Entry) -> Draft:
        verdict = next(said for kind, said in entry.rests if kind == "register") or V.INFO
        decides = (self._usual,) if verdict is V.ASK_FIRST else ()
        return Draft(
            entry.topic,
            verdict,
            self._register[:_MOST],
            entry.account,
            decides=decides,
            confidence=0.7,
            why="from the table",
        )

    def _best(self, kind: str) -> Match | None:
        """The statement that speaks for a kind: the plainest, but of nearly equal ones the strictest."""
        these = self._found.get(kind, ())
        if not these:
            return None
        near = _NEARLY * max(map(_plainness, these))
        return min(
            (one for one in these if _plainness(one) >= near),
            key=lambda one: (_STRICTEST.index(one.statement.stance), -_plainness(one)),
        )

    def _verdict(self, entry: _Entry, place: int, lead: Match) -> Verdict:
        if entry.act != "may":
            return (
                V.REPORT
                if entry.act == "happened" and entry.rests[place][1] is None
                else (entry.rests[place][1] or V.INFO)
            )
        settled, stance = entry.rests[place][1], lead.statement.stance
        if settled is None:
            verdict = _BY_STANCE[stance]
            if verdict is V.ALLOWED and conditional(lead.statement.text):
                return V.CONDITIONAL
            return verdict
        if settled is V.NOT_ALLOWED and place == 0:
            given = stance is Stance.PERMIT and not dutiful(lead.statement.text)
            return V.CONDITIONAL if given else V.ASK_FIRST if any(_approvers(lead.statement)) else settled
        return settled

    def _addresses(self, entry: _Entry, place: int, lead: Match) -> tuple[str, ...]:
        """The clauses of a rule: the deciding kind's first, then those that bear on it further."""
        chosen = {lead.statement.address: _LEADS}
        listed = [kind for kind, _ in entry.rests[place:]]
        for rank, kind in enumerate([*listed, *entry.also]):
            worths = self._worths(kind, lead)
            for nth, address in enumerate(sorted(worths, key=worths.__getitem__, reverse=True)[:3]):
                chosen[address] = chosen.get(address, 0.0) + worths[address] * 0.62**rank * 0.8**nth
        if any(kind == "register" for kind in listed):
            chosen |= {address: 0.3 for address in self._register[:3] if address not in chosen}
        return tuple(sorted(chosen, key=lambda address: -chosen[address])[:_MOST])

    def _worths(self, kind: str, lead: Match) -> dict[str, float]:
        """How much each clause of a kind bears on what its lead says: one put the same way bears more."""
        worths: dict[str, float] = {}
        for match in self._found.get(kind, ()):
            alike = _ALIKE if match.statement.stance is lead.statement.stance else 1.0
            address = match.statement.address
            worths[address] = max(worths.get(address, 0.0), _plainness(match) * alike)
        return worths

    def _former(self, entry: _Entry) -> Draft | None:
        rule = self._plain(
            replace(
                entry, rests=tuple((kind, None if kind == "former-pupil" else v) for kind, v in entry.rests)
            )
        )
        lead = self._best("former-pupil")
        if rule is None or lead is None:
            return rule
        ends = any(limited(one.statement.text) for one in self._found["former-pupil"])
        strict = rule.verdict in {V.NOT_ALLOWED, V.ASK_FIRST}
        if entry.topic == "former-pupil-adult":
            grown = ends or not strict
            young = Said(rule.verdict, rule.addresses, rule.decides, {"age": "child"})
            verdict = V.CONDITIONAL if grown else rule.verdict
            return replace(rule, verdict=verdict, exceptions=(young,) if grown and strict else ())
        if entry.topic == "former-pupil-recent" and ends and strict:
            adult = Said(V.CONDITIONAL, rule.addresses, (), {"age": "adult", "left": "long_ago"})
            return replace(rule, exceptions=(adult,))
        return rule

    def _deciders(self, said: Statement) -> list[str]:
        return list(_approvers(said))[:2] or [self._usual]

    def _told(self, entry: _Entry, said: Statement) -> tuple[str, ...]:
        named = [
            role
            for role in roles_in(said.clause.whole if said.whole else said.text)
            if role not in _NEVER_TOLD
        ]
        named = named or [role for role in roles_in(said.clause.whole) if role not in _NEVER_TOLD]
        if entry.topic in _CHILD_DANGER:
            return tuple(dict.fromkeys(("dsl", *named, *entry.tells)))[:3]
        return tuple(dict.fromkeys((*named, *entry.tells)))[:3]


_LEADS = 0.5
_ALIKE = 1.2
_NEVER_TOLD = frozenset({"hr"})


def _approvers(said: Statement) -> Iterator[str]:
    if said.stance is Stance.ASK:
        yield from (role for role in roles_in(said.text) if role not in {"police", "governors"})


def _plainness(match: Match) -> float:
    """How plainly a statement speaks: a duty says more than a remark."""
    return match.score * (0.85 if match.statement.stance is Stance.STATE else 1.0)


def _confidence(lead: Match, place: int, *, settled: bool) -> float:
    sure = min(1.0, _plainness(lead)) * 0.85**place
    if not settled and lead.statement.stance is Stance.STATE:
        sure *= 0.7
    return round(max(0.05, min(0.98, sure)), 2)


def _why(lead: Match, place: int) -> str:
    if lead.statement.whole:
        return "read out of a long paragraph"
    if place:
        return "no clause says so outright: it follows from a general one"
    return "put as a remark, not as a rule" if lead.statement.stance is Stance.STATE else ""


def _with_family(rules: dict[str, Draft]) -> Iterator[Draft]:
    """The rules, with the exception for one's own family wherever the document makes one."""
    family = rules.get("contact-pupil-family")
    contact = rules.get("contact-pupil")
    if family is None and contact is not None and contact.verdict is V.NOT_ALLOWED:
        decides = contact.decides or ("principal",)
        family = replace(contact, topic="contact-pupil-family", verdict=V.ASK_FIRST, decides=decides)
        yield replace(family, confidence=0.4, why="the document makes no exception for family", exceptions=())
        rules.pop("contact-pupil-family", None)
        family = None
    for rule in rules.values():
        if (
            family is not None
            and rule.topic in _FAMILY_TOPICS
            and rule.verdict in {V.NOT_ALLOWED, V.ASK_FIRST}
        ):
            allowed = V.ALLOWED if family.verdict is V.ALLOWED else V.CONDITIONAL
            said = Said(allowed, family.addresses, (), {"relation": "family"})
            yield replace(rule, exceptions=(*rule.exceptions, said))
        else:
            yield rule


@cache
def _entries() -> tuple[_Entry, ...]:
    known = shipped_catalogue()
    return tuple(
        _Entry(
            topic,
            act,
            entry.get("account", "any"),
            tuple(_rest(one) for one in entry["rests"]),
            tuple(entry.get("also", ())),
            tuple(Role(role).value for role in entry.get("tells", ())),
        )
        for act, topics in lexicon_file("clause-topics").items()
        for topic, entry in topics.items()
        if topic in known
    )


def _rest(written: str | dict[str, str]) -> tuple[str, Verdict | None]:
    if isinstance(written, str):
        return written, None
    ((kind, verdict),) = written.items()
    return kind, Verdict(verdict)
