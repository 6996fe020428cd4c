"""The kinds of report: which ladder each climbs, how urgent it is, what it asks and how people call it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.reporting.people import Family
from bot.reporting.report import About
from knowledge.rules import Kind, Urgency

ANYBODY = (
    About.PUPIL,
    About.FORMER_PUPIL,
    About.WORKS_HERE,
    About.MYSELF,
    About.PARENT,
    About.OUTSIDER,
    About.UNKNOWN,
)
OR_NOBODY = (*ANYBODY, About.NOBODY)
ADULTS_HERE = (About.WORKS_HERE, About.MYSELF, About.UNKNOWN)
"""A concern about an adult is about that adult: a child's name in its place would hide whom to recuse."""

EVIDENCE = ("platform", "handle", "url", "posted_at", "seen_at", "captured_by", "said")
_CHILD, _ADULT, _HEAD, _OTHER = Family.CHILD, Family.ADULT, Family.HEAD, Family.OTHER
_NOW, _TODAY = Urgency.IMMEDIATE, Urgency.TODAY


def _likeliest(*first: About) -> tuple[About, ...]:
    return tuple(dict.fromkeys((*first, *ANYBODY)))


@dataclass(frozen=True, slots=True)
class Nature:
    """What is so of every report of a kind.

    `fields` are the questions of its own and `evidence` those it shares, both in order, by key; `spoken` is
    what people call it when they type a command; `about` is whom it can be about, the likeliest first.
    """

    family: Family
    urgency: Urgency
    fields: tuple[str, ...]
    spoken: tuple[str, ...]
    evidence: tuple[str, ...] = EVIDENCE
    about: tuple[About, ...] = ANYBODY


NATURES: Mapping[Kind, Nature] = {
    Kind.PUPIL_CONTACT: Nature(
        _CHILD,
        _TODAY,
        ("what", "target", "account", "family", "answered"),
        ("pupil contact", "contact by a pupil", "a pupil contacted me", "pupil message", "follow request"),
    ),
    Kind.NUDE_IMAGE: Nature(
        _CHILD,
        _NOW,
        ("what", "adult_involved", "staff_involved", "shared", "seen"),
        ("nude image", "nudes", "semi nude", "sexting", "sexual image", "indecent image"),
        evidence=("platform", "posted_at", "seen_at"),
    ),
    Kind.GROOMING: Nature(
        _CHILD,
        _NOW,
        ("what", "account", "meeting", "demands"),
        ("grooming", "sextortion", "blackmail", "exploitation", "stranger online"),
        evidence=("platform", "url", "seen_at", "captured_by", "said"),
        about=_likeliest(About.OUTSIDER, About.UNKNOWN),
    ),
    Kind.CHILD_ON_CHILD: Nature(
        _CHILD,
        _NOW,
        ("what", "children", "together"),
        ("child on child", "peer on peer", "peer abuse", "harmful sexual behaviour"),
    ),
    Kind.DISCLOSURE: Nature(
        _CHILD,
        _NOW,
        ("what", "where_when", "present", "adult_involved", "staff_involved", "told"),
        ("disclosure", "a child told me", "child worried", "self harm", "suicidal"),
        evidence=(),
    ),
    Kind.RADICALISATION: Nature(
        _CHILD,
        _NOW,
        ("what", "plan"),
        ("radicalisation", "radicalization", "extremism", "prevent"),
    ),
    Kind.ONLINE_SAFETY: Nature(
        _CHILD,
        _TODAY,
        ("what", "children", "ongoing"),
        ("online safety", "cyberbullying", "bullying", "illegal content", "harmful content"),
    ),
    Kind.THREAT: Nature(
        _CHILD,
        _NOW,
        ("what", "target", "due", "police_told"),
        ("threat", "violence", "threat of violence", "weapon"),
        about=OR_NOBODY,
    ),
    Kind.FILTERING: Nature(
        _CHILD,
        _TODAY,
        ("what", "reached", "fault"),
        ("filtering", "monitoring", "filter failure", "web filter", "blocked site"),
        evidence=(),
        about=OR_NOBODY,
    ),
    Kind.FORMER_PUPIL_UNDER_18: Nature(
        _CHILD,
        _TODAY,
        ("what", "under_18", "target", "account", "family", "answered"),
        ("former pupil under 18", "former pupil still a child", "ex pupil under 18"),
        about=_likeliest(About.FORMER_PUPIL),
    ),
    Kind.PUPIL_ACTIVITY: Nature(
        _CHILD,
        _TODAY,
        ("what", "children", "ongoing"),
        ("pupil activity", "pupil post", "what a pupil posted"),
    ),
    Kind.ADULT_CONCERN: Nature(
        _ADULT,
        _NOW,
        ("what", "role_here", "child_harmed", "children", "told"),
        ("adult concern", "allegation", "low level concern", "staff concern", "concern about an adult"),
        about=ADULTS_HERE,
    ),
    Kind.SELF_REPORT: Nature(
        _ADULT,
        _NOW,
        ("what", "children", "told"),
        ("self report", "my own slip", "my mistake", "slip", "i did something"),
        evidence=("platform", "posted_at", "said"),
        about=(About.MYSELF,),
    ),
    Kind.COLLEAGUE_ACTIVITY: Nature(
        _ADULT,
        _TODAY,
        ("behaviour", "what", "role_here"),
        ("colleague activity", "colleague post", "what a colleague posted", "staff post"),
        about=ADULTS_HERE,
    ),
    Kind.SAFEGUARDING_PRACTICE: Nature(
        _HEAD,
        _NOW,
        ("what", "raised"),
        ("safeguarding practice", "whistleblowing", "how safeguarding is handled", "concern ignored"),
        evidence=(),
        about=(About.WORKS_HERE, About.NOBODY, About.UNKNOWN),
    ),
    Kind.REFERENCE: Nature(
        _OTHER,
        _TODAY,
        ("what", "ongoing"),
        ("reference", "inappropriate reference", "post about the school", "comment about the school"),
        about=OR_NOBODY,
    ),
    Kind.FORMER_PUPIL_CONTACT: Nature(
        _OTHER,
        _TODAY,
        ("under_18", "what", "target", "account", "family", "answered"),
        ("former pupil contact", "contact by a former pupil", "ex pupil", "leaver"),
        about=_likeliest(About.FORMER_PUPIL),
    ),
    Kind.COMPLAINT: Nature(
        _OTHER,
        _TODAY,
        ("behaviour", "what", "complained"),
        ("complaint", "complaint about staff", "complaint that names staff"),
    ),
    Kind.STAFF_TARGETED: Nature(
        _OTHER,
        _TODAY,
        ("target", "what", "ongoing", "police_told"),
        ("staff targeted", "trolling", "staff abuse", "harassment", "abuse of staff"),
    ),
    Kind.IMPERSONATION: Nature(
        _OTHER,
        _TODAY,
        ("what", "target", "account", "contacting"),
        ("impersonation", "fake account", "fake profile", "deepfake", "spoof account"),
        evidence=("platform", "url", "seen_at", "captured_by", "said"),
        about=_likeliest(About.UNKNOWN, About.NOBODY),
    ),
    Kind.PRESS: Nature(
        _OTHER,
        _TODAY,
        ("outlet", "what", "deadline", "reach_them"),
        ("press", "journalist", "reporter", "media enquiry", "newspaper"),
        evidence=(),
        about=_likeliest(About.NOBODY),
    ),
    Kind.DATA_BREACH: Nature(
        _OTHER,
        _TODAY,
        ("what", "people", "contained", "discovered"),
        ("data breach", "data leak", "personal data", "wrong recipient", "gdpr"),
        evidence=("platform", "url"),
        about=_likeliest(About.NOBODY),
    ),
    Kind.ACCOUNT_SECURITY: Nature(
        _OTHER,
        _TODAY,
        ("account", "what", "access", "mfa"),
        ("account security", "hacked", "phishing", "account taken over", "scam"),
        evidence=(),
        about=_likeliest(About.NOBODY),
    ),
    Kind.OTHER: Nature(
        _OTHER, _TODAY, ("what",), ("other", "something else", "anything else"), about=OR_NOBODY
    ),
}

FAMILIES: Mapping[Kind, Family] = {kind: nature.family for kind, nature in NATURES.items()}
HARMLESS_UNTIL_SAID = frozenset({Kind.PRESS, Kind.ACCOUNT_SECURITY, Kind.FILTERING, Kind.DATA_BREACH})
"""Kinds whose reporter may leave out whether a child is in danger and whether an image is involved."""
_KEEPS_ITS_KIND = frozenset(
    {Kind.GROOMING, Kind.CHILD_ON_CHILD, Kind.ADULT_CONCERN, Kind.SELF_REPORT, Kind.SAFEGUARDING_PRACTICE}
)
"""With an image these stay what they are: filed as an image alone, a concern about an adult or about how the
school handles safeguarding would reach the very people it may be about."""


def family_of(kind: Kind, *, subject_is_head_or_executive: bool) -> Family:
    """The ladder a report climbs: a concern about the head or an executive goes past their staff."""
    family = FAMILIES[kind]
    return Family.HEAD if family is Family.ADULT and subject_is_head_or_executive else family


def filed_as(kind: Kind, answers: Mapping[str, str]) -> Kind:
    """The kind that a report turns out to be by what its form was told; "not sure" counts as a yes.

    Nobody grades an allegation: a complaint or a colleague's post that may be about behaviour towards a child
    is a concern about an adult, and such a concern about oneself is a self-report.
    """
    if kind is Kind.FORMER_PUPIL_CONTACT and _maybe(answers, "under_18"):
        kind = Kind.FORMER_PUPIL_UNDER_18
    if kind in {Kind.COMPLAINT, Kind.COLLEAGUE_ACTIVITY} and _maybe(answers, "behaviour"):
        kind = Kind.ADULT_CONCERN
    if kind is Kind.COLLEAGUE_ACTIVITY and answers.get("image") == "yes":
        kind = Kind.ADULT_CONCERN
    if kind in {Kind.ADULT_CONCERN, Kind.COLLEAGUE_ACTIVITY} and answers.get("about") == About.MYSELF:
        kind = Kind.SELF_REPORT
    if answers.get("image") == "yes" and kind not in _KEEPS_ITS_KIND:
        kind = Kind.NUDE_IMAGE
    return kind


def danger_of(kind: Kind, answers: Mapping[str, str]) -> str:
    """Whether a child is in danger now: yes, no, unsure, or empty where that has yet to be said."""
    return answers.get("danger") or ("no" if kind in HARMLESS_UNTIL_SAID else "")


def image_of(kind: Kind, answers: Mapping[str, str]) -> str:
    """Whether an image of a child is involved: yes, no, unsure, or empty where that has yet to be said.

    A report of a nude image involves one, whatever else was answered: also an image only said to exist.
    """
    said = answers.get("image", "")
    if kind is Kind.NUDE_IMAGE:
        return said if said == "unsure" else "yes"
    return said or ("no" if kind in HARMLESS_UNTIL_SAID else "")


def urgency_of(kind: Kind, answers: Mapping[str, str]) -> Urgency:
    """How soon it has to reach somebody: the kind's own urgency, which answers raise and never lower."""
    said = {danger_of(kind, answers), image_of(kind, answers), answers.get("urgent")}
    usual = NATURES[filed_as(kind, answers)].urgency
    return min(usual, _NOW if "yes" in said else _TODAY if "unsure" in said else usual, key=_HOW_SOON.index)


def kind_named(text: str) -> Kind | None:
    """The kind that somebody means by a word or two, or by the start of them; None where that is open."""
    typed = _plain(text)
    if not typed:
        return None
    if typed in _SPOKEN:
        return _SPOKEN[typed]
    meant = {kind for spoken, kind in _SPOKEN.items() if spoken.startswith(typed)}
    return meant.pop() if len(meant) == 1 else None


def _maybe(answers: Mapping[str, str], key: str) -> bool:
    return answers.get(key) in {"yes", "unsure"}


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


def _spoken() -> Iterator[tuple[str, Kind]]:
    for kind, nature in NATURES.items():
        yield _plain(kind), kind
        yield from ((_plain(name), kind) for name in nature.spoken)


_HOW_SOON = tuple(Urgency)
_SPOKEN = dict(_spoken())
