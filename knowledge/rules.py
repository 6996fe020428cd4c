"""The values a policy is made of: what a pack says, frozen and checked.

The shapes follow the pack format (docs/packs.md). A pack is data that a policy officer reads and writes;
these classes refuse what no pack may hold, and `loader` turns refusals into faults with lines.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from knowledge.circumstances import slots


class Verdict(StrEnum):
    """What the policy says to the asker. See the glossary for each."""

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    ASK_FIRST = "ask_first"
    NOT_ALLOWED = "not_allowed"
    REPORT = "report"
    INFO = "info"
    NOT_COVERED = "not_covered"


PERMISSIVE = frozenset({Verdict.ALLOWED, Verdict.CONDITIONAL})
"""Verdicts that somebody may act on: they need a margin over whatever forbids."""


class Role(StrEnum):
    """Whom a rule, the schools file or the statutory floor names to decide or to be told."""

    DSL = "dsl"
    DEPUTY_DSL = "deputy_dsl"
    TRUST_SAFEGUARDING = "trust_safeguarding"
    PRINCIPAL = "principal"
    SLT = "slt"
    EXECUTIVE = "executive"
    DPO = "dpo"
    LINE_MANAGER = "line_manager"
    HR = "hr"
    GOVERNORS = "governors"
    COMMUNICATIONS = "communications"
    POLICE = "police"
    IT = "it"
    DEPUTY_HEAD = "deputy_head"
    ABOUT_HEAD = "about_head"
    ABOUT_EXECUTIVE = "about_executive"
    VICE_CHAIR = "vice_chair"
    ADMINISTRATOR = "administrator"
    POLICY_OWNER = "policy_owner"


class Urgency(StrEnum):
    """How soon a report has to reach a person."""

    IMMEDIATE = "immediate"
    TODAY = "today"
    ROUTINE = "routine"


class Kind(StrEnum):
    """Report kinds, as the interfaces brief lists them by family."""

    PUPIL_CONTACT = "pupil_contact"
    NUDE_IMAGE = "nude_image"
    GROOMING = "grooming"
    CHILD_ON_CHILD = "child_on_child"
    DISCLOSURE = "disclosure"
    RADICALISATION = "radicalisation"
    ONLINE_SAFETY = "online_safety"
    THREAT = "threat"
    FILTERING = "filtering"
    FORMER_PUPIL_UNDER_18 = "former_pupil_under_18"
    PUPIL_ACTIVITY = "pupil_activity"
    ADULT_CONCERN = "adult_concern"
    SELF_REPORT = "self_report"
    COLLEAGUE_ACTIVITY = "colleague_activity"
    SAFEGUARDING_PRACTICE = "safeguarding_practice"
    REFERENCE = "reference"
    FORMER_PUPIL_CONTACT = "former_pupil_contact"
    COMPLAINT = "complaint"
    STAFF_TARGETED = "staff_targeted"
    IMPERSONATION = "impersonation"
    PRESS = "press"
    DATA_BREACH = "data_breach"
    ACCOUNT_SECURITY = "account_security"
    OTHER = "other"


_PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")


def _whole_or_partial(value: date | str) -> date | str:
    if isinstance(value, str) and not _PARTIAL_DATE.fullmatch(value):
        raise ValueError("is no date: write 2024-07-20, 2024-07 or 2024")
    return value


def _known_slots(when: dict[str, str]) -> dict[str, str]:
    known = slots()
    for slot, value in when.items():
        if slot not in known:
            raise ValueError(f"{slot!r} is no circumstance: use one of {', '.join(sorted(known))}")
        if value not in known[slot]:
            raise ValueError(f"{slot} is never {value!r}: use {' or '.join(sorted(known[slot]))}")
    return when


def _ruled(verdict: Verdict) -> Verdict:
    if verdict is Verdict.NOT_COVERED:
        raise ValueError("a rule cannot be not_covered: leave the topic out, silence needs no rule")
    return verdict


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Address = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.\-]+:\d+$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Day = Annotated[date | str, AfterValidator(_whole_or_partial)]
When = Annotated[dict[str, str], AfterValidator(_known_slots), Field(min_length=1)]
Account = Literal["personal", "official", "any"]
Audience = Literal["staff", "pupils", "parents"]
RuleVerdict = Annotated[Verdict, AfterValidator(_ruled)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Policy(_Value):
    """Whose policy it is and how current. Dates are as exact as the document gives them."""

    id: Slug
    title: Text
    organisation: Text
    version: str | None = None
    approved: Day | None = None
    reviewed: Day | None = None
    review_due: Day | None = None
    nation: Literal["england", "wales", "scotland", "ni"] = "england"

    def overdue(self, today: date) -> bool:
        """Whether the review is past due; a due month or year ends with its last day."""
        if self.review_due is None:
            return False
        if isinstance(self.review_due, date):
            return today > self.review_due
        return f"{today:%Y-%m}"[: len(self.review_due)] > self.review_due


class Channel(_Value):
    """One row of the register of official channels; gaps stay gaps."""

    address: Address
    school: str | None = None
    channels: tuple[str, ...] = ()
    master_admin: str | None = None
    approved: str | None = None
    opened: Day | None = None
    closed: Day | None = None
    note: str | None = None


class Contradiction(_Value):
    """Clauses of one document that cannot both hold, or a clause against the document's own header."""

    addresses: tuple[Address, ...] = Field(min_length=1)
    says: Text


class NearMiss(_Value):
    """A question that looks like this rule's but has another verdict."""

    ask: Text
    verdict: Verdict


class Ruling(_Value):
    """What is said in one set of circumstances."""

    verdict: RuleVerdict
    addresses: tuple[Address, ...] = Field(min_length=1)
    says: Text
    conditions: tuple[Text, ...] = ()
    decides: tuple[Role, ...] = ()
    tells: tuple[Role, ...] = ()


class RuleException(Ruling):
    """Where this policy says something else: all of `when` has to hold."""

    when: When


class Rule(Ruling):
    """What one policy says about one topic; in a draft, how sure the import is of it, and why no surer."""

    id: Slug
    topic: Slug
    exceptions: tuple[RuleException, ...] = ()
    who: tuple[Audience, ...] = ("staff",)
    account: Account = "any"
    examples: tuple[Text, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    doubt: Text | None = None

    @property
    def every_address(self) -> frozenset[str]:
        """The clauses this rule rests on, its exceptions' too."""
        return frozenset(self.addresses).union(*(exception.addresses for exception in self.exceptions))


class Pack(_Value):
    """A policy as Signpost knows it: metadata, register, rules, and the clauses that state no rule.

    `evidence` lists the clauses that tell staff to screenshot, print, keep, save, forward or delete: they
    are withheld where a child may be in danger or an image of a child is involved. `gists` says in a few
    words what each clause is about, `headings` names the sections. `extends` names the policy that this one
    is a variant of (`knowledge.variants`); what is read is already whole.
    """

    schema_: Literal[1] = Field(alias="schema")
    status: Literal["draft", "published"] = "published"
    extends: Slug | None = None
    policy: Policy
    roles: dict[Role, str] = Field(default_factory=dict)
    register_: tuple[Channel, ...] = Field(default=(), alias="register")
    contradictions: tuple[Contradiction, ...] = ()
    rules: tuple[Rule, ...] = Field(min_length=1)
    excluded: dict[Address, Text] = Field(default_factory=dict)
    evidence: tuple[Address, ...] = ()
    gists: dict[Address, Text] = Field(default_factory=dict)
    headings: dict[str, Text] = Field(default_factory=dict)
    clauses: dict[Address, str] = Field(default_factory=dict)

    def role_name(self, role: Role) -> str:
        """What this school calls a role, else its plain name."""
        return self.roles.get(role) or ROLE_NAMES[role]


class ReportOffer(_Value):
    """What a report of this topic would be filed as."""

    kind: Kind
    urgency: Urgency


class Topic(_Value):
    """A kind of situation that people ask about, whatever the policy says of it.

    `name` fits on a button, `about` tells a policy officer what belongs here. `act` is what a question of
    this topic does: ask leave, tell what happened, ask a fact, or speak of something that no social media
    policy is about.
    """

    id: Slug
    name: Text
    about: Text
    act: Literal["may", "happened", "fact", "silent"]
    report: ReportOffer | None = None
    phrases: tuple[Text, ...] = ()


class Asked(_Value):
    """A question that was put to a policy, with what it is about and the verdict that is right."""

    ask: Text
    topic: Slug
    verdict: Verdict


ROLE_NAMES = {
    Role.DSL: "the designated safeguarding lead",
    Role.DEPUTY_DSL: "a deputy safeguarding lead",
    Role.TRUST_SAFEGUARDING: "the trust's safeguarding lead",
    Role.PRINCIPAL: "the head",
    Role.SLT: "a member of the senior leadership team",
    Role.EXECUTIVE: "the chief executive or executive team",
    Role.DPO: "the data protection officer",
    Role.LINE_MANAGER: "your line manager",
    Role.HR: "human resources",
    Role.GOVERNORS: "the governors",
    Role.COMMUNICATIONS: "the communications team",
    Role.POLICE: "the police",
    Role.IT: "IT support",
    Role.DEPUTY_HEAD: "a deputy head",
    Role.ABOUT_HEAD: "whoever hears concerns about the head",
    Role.ABOUT_EXECUTIVE: "whoever hears concerns about the executive",
    Role.VICE_CHAIR: "the vice chair of governors",
    Role.ADMINISTRATOR: "whoever runs Signpost here",
    Role.POLICY_OWNER: "whoever keeps the policy",
}
"""Plain names, for a policy that gives a role no name of its own."""
