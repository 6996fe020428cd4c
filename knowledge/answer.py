"""A question in, an answer out: the verdict of one policy, with the clauses it rests on.

    understand → hear the policy's rules → choose a verdict → cite → notice what must be reported

Pure: no clock, no network, no state. The thresholds live here; docs/answers.md says what they do.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from knowledge import register
from knowledge.citing import Citation, Citer, describe, unsafe_beside_an_image
from knowledge.following import follows
from knowledge.index import RuleIndex
from knowledge.normalise import plain, questions, tidy
from knowledge.rules import PERMISSIVE, Kind, Pack, ReportOffer, Role, Urgency, Verdict
from knowledge.ruling import Hearing, Opinion, addresses, hear, roles
from knowledge.tripwire import Tripped, trip
from knowledge.understanding import Mind, Understanding, about_topic, understand

ACCOUNTS = ("personal", "official")
CITED = 3
"""So many clauses are cited at the most, and so many roles named."""
HAPPENED = 0.2
"""From this much belief that something reportable happened, the report is offered beside any verdict."""
CLOSE = 0.75
"""A rival verdict with this share of the leader's weight is a close call."""

SURE = 0.85
"""From this confidence on, one question of several in a message speaks for itself."""
_STRICTNESS = (
    *(Verdict.NOT_COVERED, Verdict.INFO, Verdict.ALLOWED, Verdict.CONDITIONAL),
    *(Verdict.ASK_FIRST, Verdict.NOT_ALLOWED, Verdict.REPORT),
)
LONGEST_WATCHED = 100_000
"""So much of a message is watched for danger; a pasted thread hides it far down."""

_REPORTS = re.compile(
    r"\b(?:my|a|this|it|something|somebody|someone|them|him|her) report|"
    r"\breport(?:ing|ed)? (?:this|it|that|a|an|my|him|her|them|some\w+)\b"
)
MEANT = 0.15
"""From this share on, an account that isn't named may be the one that is meant."""
_CHAT = frozenset({"greeting", "about-bot", "trivia", "creative-request", "home-tech", "nonsense"})
_REGISTER_TOPICS = frozenset({"register-lookup", "post-official-user"})
_WHEN_UNSURE = ("unsure-post", "concern-handling", "general-conduct")
_SAME_ADVICE = (PERMISSIVE, frozenset({Verdict.NOT_ALLOWED, Verdict.ASK_FIRST}))


class Silence(StrEnum):
    """Why there is no verdict."""

    POLICY = "policy"
    """The policy says nothing about this."""
    SCHOOL = "school"
    """A school matter, but none for a social media policy."""
    REPORTING = "reporting"
    """Somebody who seems to want to report something: they must learn that nobody has been told."""
    CHAT = "chat"
    """A greeting or small talk."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a face needs to show an answer; no layout and no fixed wording.

    `choose` names what decides between two close readings: the slot `account`, or two topics.
    """

    verdict: Verdict
    confidence: float
    topic: str | None
    says: str | None = None
    citations: tuple[Citation, ...] = ()
    conditions: tuple[str, ...] = ()
    route: tuple[Role, ...] = ()
    report: ReportOffer | None = None
    tripped: Tripped = field(default_factory=Tripped)
    silence: Silence | None = None
    choose: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Topics of other questions in the same message, which this answer leaves open."""


@dataclass(frozen=True, slots=True)
class Adviser:
    """One policy, ready to answer. `quotes` holds the document's own words by address, where loaded."""

    mind: Mind
    index: RuleIndex
    quotes: Mapping[str, str] = field(default_factory=dict)

    @property
    def pack(self) -> Pack:
        """The policy answered from."""
        return self.index.pack

    def answer(self, message: str, *, before: str = "", chosen: str = "") -> Answer:
        """Answer any text whatever; of two questions in one the stricter, with the other named.

        Where the whole message trips the wire, no part of it may push the safety wording aside. `before` is
        the message that this one may go on from; `chosen` what somebody picked from `Answer.choose`.
        """
        if chosen or (before and follows(message)):
            return self._answer_one(message, before=before, chosen=chosen)
        whole = self._answer_one(message)
        parts = questions(message)
        if len(parts) == 1 or whole.tripped:
            return whole
        sure = [one for one in map(self._answer_one, parts) if one.confidence >= SURE and one.topic]
        strictest = max([whole, *sure], key=lambda one: _STRICTNESS.index(one.verdict))
        also = dict.fromkeys(one.topic for one in sure if one.topic and one.topic != strictest.topic)
        return replace(strictest, also=tuple(also))

    def _answer_one(self, message: str, *, before: str = "", chosen: str = "") -> Answer:
        before = before if follows(message) else ""
        account = chosen if chosen in ACCOUNTS else ""
        question = understand(message, self.mind, before=before, account=account)
        tripped = trip(plain(tidy(f"{before}\n{message}", longest=LONGEST_WATCHED)), question.topics)
        if chosen in question.topics:
            question = about_topic(question, chosen)
        hearing = hear(question, self.index)
        verdict = _with_safety(hearing.verdict(), tripped)
        offer = self._offer(question, verdict)
        if tripped:
            answer = self._guarded(verdict, hearing, tripped)
        elif verdict is Verdict.NOT_COVERED:
            answer = self._silent(question, hearing, offer)
        else:
            answer = self._ruled(question, hearing, verdict, offer)
        return _past_the_head(answer) if tripped.about_head and answer.report else answer

    def _ruled(
        self, question: Understanding, hearing: Hearing, verdict: Verdict, offer: ReportOffer | None
    ) -> Answer:
        backing = hearing.supporting(verdict)
        lead = backing[0]
        says, conditions = lead.said.says, lead.said.conditions
        cited = addresses(backing)
        entry = register.look_up(self.pack, question.reading.whole) if _asks_register(backing) else None
        if entry is not None:
            rows = [row.address for row in entry.channels]
            cited = [*rows, *(address for address in cited if address not in rows)]
            by_register = _by_register(verdict, entry, lead)
            if by_register is not verdict:
                verdict, conditions = by_register, ()
                says = f"The register says who may post. {' '.join(map(describe, entry.channels))}"
        citer = Citer(self.pack, self.quotes)
        return Answer(
            verdict=verdict,
            confidence=_share(backing),
            topic=lead.rule.topic,
            says=says,
            citations=tuple(citer.cite(address, backing) for address in cited[:CITED]),
            conditions=conditions,
            route=tuple(roles(backing)[:CITED]),
            report=offer,
            choose=_close_call(hearing, question),
        )

    def _guarded(self, verdict: Verdict, hearing: Hearing, tripped: Tripped) -> Answer:
        """An answer beside the safety wording: nothing in it tells anybody to keep, copy or delete."""
        backing = hearing.supporting(verdict)
        citer = Citer(self.pack, self.quotes, guarded=True)
        cited = [address for address in addresses(backing) if citer.may_cite(address)]
        lead = next((one for one in backing if not unsafe_beside_an_image(one.said.says)), None)
        conditions = lead.said.conditions if lead else ()
        kind = Kind.NUDE_IMAGE if tripped.indecent else Kind.DISCLOSURE
        named = [role for role in roles(backing) if role is not Role.DSL]
        return Answer(
            verdict=verdict,
            confidence=_share(backing),
            topic=backing[0].rule.topic if backing else None,
            says=lead.said.says if lead else None,
            citations=tuple(citer.cite(address, backing) for address in cited[:CITED]),
            conditions=tuple(line for line in conditions if not unsafe_beside_an_image(line)),
            route=(Role.DSL, *named[: CITED - 1]),
            report=ReportOffer(kind=kind, urgency=Urgency.IMMEDIATE),
            tripped=tripped,
        )

    def _silent(self, question: Understanding, hearing: Hearing, offer: ReportOffer | None) -> Answer:
        leading = max(question.topics, key=lambda topic: (question.topics[topic], topic))
        silence = Silence.POLICY
        if self.mind.catalogue[leading].act == "silent":
            silence = Silence.CHAT if leading in _CHAT else Silence.SCHOOL
        route = () if silence is Silence.CHAT else self._whom_to_ask()
        if _REPORTS.search(question.reading.whole):
            silence, route = Silence.REPORTING, (Role.DSL, *self._whom_to_ask())
        return Answer(
            verdict=Verdict.NOT_COVERED,
            confidence=round(hearing.silent, 3),
            topic=leading,
            route=route,
            report=offer if silence is Silence.POLICY else None,
            silence=silence,
        )

    def _whom_to_ask(self) -> tuple[Role, ...]:
        """Whom this policy sends people to when they are not sure."""
        for topic in _WHEN_UNSURE:
            for rule in self.index.on_topic(topic):
                if rule.decides or rule.tells:
                    return (rule.decides or rule.tells)[:1]
        return (Role.PRINCIPAL,)

    def _offer(self, question: Understanding, verdict: Verdict) -> ReportOffer | None:
        """The report to offer when something that must be reported has likely happened."""
        catalogue = self.mind.catalogue
        happened = {topic: p for topic, p in question.topics.items() if catalogue[topic].report is not None}
        believed = max(sum(happened.values()), question.stances[Verdict.REPORT])
        if believed < HAPPENED and verdict is not Verdict.REPORT:
            return None
        leading = max(happened, key=lambda topic: (happened[topic], topic))
        return catalogue[leading].report


def _with_safety(verdict: Verdict, tripped: Tripped) -> Verdict:
    """A child in danger or an image of a child is never answered with a yes, a fact or a silence."""
    return Verdict.REPORT if tripped and verdict is not Verdict.NOT_ALLOWED else verdict


def _by_register(verdict: Verdict, entry: register.Entry, lead: Opinion) -> Verdict:
    """Who may post is the register's to say: a role left out may not, whatever the post."""
    if entry.approved is False and (verdict in PERMISSIVE or lead.rule.topic == "post-official-user"):
        return Verdict.NOT_ALLOWED
    if entry.approved and lead.rule.topic == "post-official-user":
        return Verdict.ALLOWED
    return verdict


def _past_the_head(answer: Answer) -> Answer:
    """A concern about the head goes to the governors, never to the head (KCSIE part four)."""
    others = tuple(role for role in answer.route if role not in {Role.PRINCIPAL, Role.SLT, Role.GOVERNORS})
    return replace(answer, says=None, conditions=(), route=(Role.GOVERNORS, *others))


def _share(backing: Sequence[Opinion]) -> float:
    return round(min(1.0, sum(one.weight for one in backing)), 3)


def _asks_register(backing: Sequence[Opinion]) -> bool:
    return any(
        one.rule.topic in _REGISTER_TOPICS or one.rule.account == "official" for one in backing[:CITED]
    )


def _close_call(hearing: Hearing, question: Understanding) -> tuple[str, ...]:
    """What to ask when two readings that advise differently are about as likely as each other."""
    if "account" not in question.circumstances and _account_decides(hearing):
        return ("account",)
    lead, *others = hearing.opinions
    for rival in others:
        if rival.weight < CLOSE * lead.weight:
            break
        if not _same_advice(rival.said.verdict, lead.said.verdict):
            return (lead.rule.topic, rival.rule.topic)
    return ()


def _account_decides(hearing: Hearing) -> bool:
    """Whether the answer for the school's account and for one's own differ, and both are likely meant."""
    verdicts: list[Verdict] = []
    for account in ("personal", "official"):
        meant = tuple(one for one in hearing.opinions if one.rule.account == account)
        if sum(one.weight for one in meant) < MEANT:
            return False
        verdicts.append(Hearing(meant, 0.0).verdict())
    return not _same_advice(*verdicts)


def _same_advice(first: Verdict, second: Verdict) -> bool:
    return first is second or {first, second} in _SAME_ADVICE
