"""A question in, an answer out: the verdict of one policy, with the clauses it rests on.

    understand → hear the policy's rules → choose a verdict → cite → notice what must be reported

Pure: no clock, no network, no state. The thresholds live here; what they were measured to do is in docs/answers.md.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge import register
from knowledge.document import quote
from knowledge.index import RuleIndex
from knowledge.rules import PERMISSIVE, Kind, Pack, ReportOffer, Role, Urgency, Verdict
from knowledge.ruling import Hearing, Opinion, addresses, hear, roles
from knowledge.tripwire import Tripped, trip
from knowledge.understanding import Mind, Understanding, understand

CITED = 3
HAPPENED = 0.35
"""From this much belief that something reportable happened, the report is offered beside any verdict."""
CLOSE = 0.75
"""A rival verdict with this share of the leader's weight is a close call."""

_CHAT = frozenset({"greeting", "about-bot", "trivia", "creative-request", "home-tech", "nonsense"})
_KEEPS_OR_DELETES = re.compile(
    r"\b(?:screen\s?-?(?:shot|grab|print|capture)\w*|print\w*|keep\w*|sav(?:e|ed|es|ing)|forward\w*|delet\w*|copy|copies|cop(?:ied|ying)|"
    r"record\w*|evidence|captur\w*|wip(?:e|ed|ing)|remov\w*|download\w*|photo(?:s|graph\w*)? of)\b",
    re.IGNORECASE,
)
_REGISTER_TOPICS = frozenset({"register-lookup", "post-official-user"})


class Silence(StrEnum):
    """Why there is no verdict."""

    POLICY = "policy"
    """The policy says nothing about this."""
    SCHOOL = "school"
    """A school matter, but none for a social media policy."""
    CHAT = "chat"
    """A greeting or small talk."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause that justifies the answer; `quote` only where the school's own document is loaded."""

    address: str
    heading: str | None
    summary: str
    quote: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a face needs to show an answer; no layout and no fixed wording."""

    verdict: Verdict
    confidence: float
    topic: str | None
    says: str | None
    citations: tuple[Citation, ...] = ()
    conditions: tuple[str, ...] = ()
    route: tuple[Role, ...] = ()
    report: ReportOffer | None = None
    tripped: Tripped = field(default_factory=lambda: Tripped(danger=False, indecent=False))
    silence: Silence | None = None
    choose: tuple[str, ...] = ()
    """Slots or topics that decide between two close readings; the first is asked about."""


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

    def answer(self, message: str) -> Answer:
        """Answer any text whatever."""
        question = understand(message, self.mind)
        hearing = hear(question, self.index)
        tripped = trip(question.reading.whole, question.topics)
        offer = self._offer(question, hearing)
        verdict = _with_safety(hearing.verdict(), tripped)
        if verdict is Verdict.NOT_COVERED:
            return self._silent(question, hearing, offer)
        if tripped:
            return self._guarded(verdict, hearing, tripped)
        return self._ruled(question, hearing, verdict, offer)

    def _ruled(
        self, question: Understanding, hearing: Hearing, verdict: Verdict, offer: ReportOffer | None
    ) -> Answer:
        backing = hearing.supporting(verdict)
        lead = backing[0]
        entry = register.look_up(self.pack, question.reading.whole) if _asks_register(backing) else None
        cited = addresses(backing)
        if entry is not None:
            rows = [row.address for row in entry.channels]
            cited = [*rows, *(address for address in cited if address not in rows)]
            verdict = _for_entry(verdict, entry, lead)
        if verdict is Verdict.REPORT and offer is None:
            offer = _REFERENCE
        return Answer(
            verdict=verdict,
            confidence=round(min(1.0, sum(one.weight for one in backing)), 3),
            topic=lead.rule.topic,
            says=lead.said.says,
            citations=tuple(self._cite(address, backing) for address in cited[:CITED]),
            conditions=tuple(lead.said.conditions),
            route=tuple(roles(backing)[:CITED]),
            report=offer,
            choose=_close_call(hearing, verdict, question),
        )

    def _guarded(self, verdict: Verdict, hearing: Hearing, tripped: Tripped) -> Answer:
        """An answer beside the safety wording: nothing in it tells anybody to keep, copy or delete."""
        backing = hearing.supporting(verdict) or hearing.opinions
        allowed = [address for address in addresses(backing) if self._harmless(address, backing)]
        lead = next((one for one in backing if _harmless_text(one.said.says)), None)
        offer = ReportOffer(
            kind=Kind.NUDE_IMAGE if tripped.indecent else Kind.DISCLOSURE, urgency=Urgency.IMMEDIATE
        )
        named = [role for role in roles(backing) if role is not Role.DSL]
        return Answer(
            verdict=verdict,
            confidence=round(min(1.0, sum(one.weight for one in hearing.supporting(verdict))), 3),
            topic=backing[0].rule.topic if backing else None,
            says=lead.said.says if lead else None,
            citations=tuple(self._cite(address, backing) for address in allowed[:CITED]),
            conditions=tuple(filter(_harmless_text, lead.said.conditions)) if lead else (),
            route=(Role.DSL, *named[: CITED - 1]),
            report=offer,
            tripped=tripped,
        )

    def _silent(self, question: Understanding, hearing: Hearing, offer: ReportOffer | None) -> Answer:
        leading = max(question.topics, key=lambda topic: (question.topics[topic], topic))
        silence = Silence.POLICY
        if self.mind.catalogue[leading].act == "silent":
            silence = Silence.CHAT if leading in _CHAT else Silence.SCHOOL
        return Answer(
            verdict=Verdict.NOT_COVERED,
            confidence=round(hearing.silent, 3),
            topic=leading,
            says=None,
            route=() if silence is Silence.CHAT else self._whom_to_ask(),
            report=offer if silence is Silence.POLICY else None,
            silence=silence,
        )

    def _whom_to_ask(self) -> tuple[Role, ...]:
        """Whom this policy sends people to when they are not sure."""
        for topic in ("unsure-post", "concern-handling", "general-conduct"):
            for rule in self.pack.rules:
                if rule.topic == topic and (rule.decides or rule.tells):
                    return (rule.decides or rule.tells)[:1]
        return (Role.PRINCIPAL,)

    def _offer(self, question: Understanding, hearing: Hearing) -> ReportOffer | None:
        """The report to offer when something that must be reported has likely happened."""
        catalogue = self.mind.catalogue
        happened = {t: p for t, p in question.topics.items() if catalogue[t].report is not None}
        believed = sum(happened.values())
        if believed < HAPPENED and hearing.verdict() is not Verdict.REPORT:
            return None
        leading = max(happened, key=lambda topic: (happened[topic], topic))
        return catalogue[leading].report

    def _cite(self, address: str, backing: Sequence[Opinion]) -> Citation:
        section = address.partition(":")[0]
        said = next((one.said.says for one in backing if address in one.said.addresses), "")
        return Citation(
            address=address,
            heading=self.pack.headings.get(section),
            summary=self.pack.gists.get(address) or self._row(address) or said,
            quote=quote(address, self.quotes) or self.pack.clauses.get(address),
        )

    def _row(self, address: str) -> str | None:
        for row in self.pack.register_:
            if row.address == address:
                runs = f"run by {row.master_admin}" if row.master_admin else "no administrator is named"
                posts = f"{row.approved} may post" if row.approved else "nobody is named to post"
                since = f", opened {row.opened}" if row.opened else ""
                whose = f"{row.school}: " if row.school else ""
                return f"{whose}{', '.join(row.channels) or 'no channel'}; {runs}; {posts}{since}."
        return None

    def _harmless(self, address: str, backing: Sequence[Opinion]) -> bool:
        citation = self._cite(address, backing)
        text = f"{citation.summary} {citation.quote or ''}"
        return address not in self.pack.evidence and _harmless_text(text)


_REFERENCE = ReportOffer(kind=Kind.REFERENCE, urgency=Urgency.TODAY)


def _with_safety(verdict: Verdict, tripped: Tripped) -> Verdict:
    """A child in danger or an image of a child is never answered with a yes, a fact or a silence."""
    if tripped and verdict in {*PERMISSIVE, Verdict.NOT_COVERED, Verdict.INFO, Verdict.ASK_FIRST}:
        return Verdict.REPORT
    return verdict


def _harmless_text(text: str) -> bool:
    return not _KEEPS_OR_DELETES.search(text)


def _asks_register(backing: Sequence[Opinion]) -> bool:
    return any(one.rule.topic in _REGISTER_TOPICS or one.rule.account == "official" for one in backing[:CITED])


def _for_entry(verdict: Verdict, entry: register.Entry, lead: Opinion) -> Verdict:
    """Who may post is the register's to say, where it names the asker's role or leaves it out."""
    if lead.rule.topic != "post-official-user" or entry.approved is None:
        return verdict
    return Verdict.ALLOWED if entry.approved else Verdict.NOT_ALLOWED


def _close_call(hearing: Hearing, verdict: Verdict, question: Understanding) -> tuple[str, ...]:
    """What to ask when two readings with different verdicts are nearly as likely as each other."""
    if not hearing.opinions:
        return ()
    lead = hearing.opinions[0]
    rivals = [one for one in hearing.opinions[1:4] if one.said.verdict is not lead.said.verdict]
    rivals = [one for one in rivals if one.weight >= CLOSE * lead.weight]
    if not rivals:
        return ()
    rival = rivals[0]
    if "account" not in question.circumstances and {lead.rule.account, rival.rule.account} == {"personal", "official"}:
        return ("account",)
    return (lead.rule.topic, rival.rule.topic)
