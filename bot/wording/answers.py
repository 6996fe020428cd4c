"""The plain-English sentences, once, for every face. Meanings come in, words go out; no layout."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from knowledge.rules import Kind, Pack, Policy, ReportOffer, Role, Urgency, Verdict

if TYPE_CHECKING:  # whoever only takes reports needs the words for kinds, and nothing that answers questions
    from knowledge.answer import Answer
    from knowledge.tripwire import Tripped

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

VERDICTS = {
    Verdict.ALLOWED: "Yes, that's fine",
    Verdict.CONDITIONAL: "Yes, with care",
    Verdict.ASK_FIRST: "Ask first",
    Verdict.NOT_ALLOWED: "No",
    Verdict.REPORT: "Report this",
    Verdict.INFO: "What the policy says",
    Verdict.NOT_COVERED: "Your policy doesn't say",
}
NOTHING_SENT = "Nothing has been reported"
SCHOOL_MATTER = "Not one for this policy"
HELLO = "Hello! I answer “can I post this?” from your school's social media policy."
EXAMPLES = (
    "One of my Year 9s has asked to follow me on Instagram. Can I accept?",
    "Can I put the sports day photos on my own Facebook if I blur the faces?",
    "A parent is slagging off a colleague on the village page. What do I do?",
)
YOU_COULD_ASK = "You could ask:"
CHAT = "That's not something I can help with, but I do know your social media policy. You could ask:"

KINDS = {
    Kind.PUPIL_CONTACT: "contact by a pupil",
    Kind.NUDE_IMAGE: "nude or semi-nude image of a child",
    Kind.GROOMING: "grooming or sextortion",
    Kind.CHILD_ON_CHILD: "child-on-child abuse online",
    Kind.DISCLOSURE: "a child who may need help",
    Kind.RADICALISATION: "radicalisation",
    Kind.ONLINE_SAFETY: "online safety concern",
    Kind.THREAT: "threat of violence",
    Kind.FILTERING: "filtering or monitoring failure",
    Kind.FORMER_PUPIL_UNDER_18: "contact with a former pupil who is still a child",
    Kind.PUPIL_ACTIVITY: "a pupil's activity online",
    Kind.ADULT_CONCERN: "concern about an adult who works here",
    Kind.SELF_REPORT: "something I did myself",
    Kind.COLLEAGUE_ACTIVITY: "a colleague's activity online",
    Kind.SAFEGUARDING_PRACTICE: "how safeguarding is handled here",
    Kind.REFERENCE: "inappropriate reference to the school, staff or pupils",
    Kind.FORMER_PUPIL_CONTACT: "contact by a former pupil",
    Kind.COMPLAINT: "complaint that names somebody",
    Kind.STAFF_TARGETED: "abuse of a member of staff",
    Kind.IMPERSONATION: "fake account or impersonation",
    Kind.PRESS: "press enquiry",
    Kind.DATA_BREACH: "personal data exposed",
    Kind.ACCOUNT_SECURITY: "account taken over",
    Kind.OTHER: "something else",
}
URGENCIES = {Urgency.IMMEDIATE: "at once", Urgency.TODAY: "today", Urgency.ROUTINE: "when you can"}

_RING = (
    "If a child is in danger right now, ring 999. "
    "Then tell the designated safeguarding lead yourself, in person or by phone."
)
_STAY = "Stay with the child if you can. Listen, don't question, and don't promise to keep it to yourself."
_TELL = (
    "Tell the designated safeguarding lead now, in person or by phone. "
    "If an adult may be involved, the police must hear of it too: settle with the lead who rings them."
)
_DON_T_OPEN = (
    "Don't open it, look at it again, show it or send it to anybody, and don't ask a child to. "
    "Take no picture of it, not even to prove it, and leave the device as it is. "
    "If you have seen it already, just say so: nobody will blame you."
)
DANGER = (_RING, _STAY)
INDECENT = (_TELL, _DON_T_OPEN)
NOT_A_REPORT = "Asking here is not a report: nobody has been told until you tell them."
CLOSE_CALL_ACCOUNT = "Is it the school's account or your own?"


def verdict(answer: "Answer") -> str:
    """The verdict at a glance."""
    from knowledge.answer import Silence

    if answer.silence is Silence.SCHOOL:
        return SCHOOL_MATTER
    if answer.silence is Silence.REPORTING:
        return NOTHING_SENT
    return VERDICTS[answer.verdict]


def reason(answer: "Answer", pack: Pack) -> str:  # noqa: PLR0911  one return a case
    """One to three sentences under the verdict."""
    from knowledge.answer import Silence

    if answer.silence is Silence.CHAT:
        return chat(answer)
    if answer.silence is Silence.REPORTING:
        return f"{NOT_A_REPORT} To report something, tell {people(answer.route, pack)} now."
    if answer.silence is Silence.POLICY:
        return (
            f"The {pack.policy.title.lower()} is silent on this, so I won't guess. {ask_whom(answer, pack)}"
        )
    if answer.silence is Silence.SCHOOL:
        return f"That is a school matter, but no social media policy answers it. {ask_whom(answer, pack)}"
    if answer.tripped.about_head and answer.report:
        return (
            f"If this is about the head, don't take it to them. It has to reach {people(answer.route, pack)}."
        )
    if answer.says is None:
        return f"This has to reach {people(answer.route, pack)} now."
    return answer.says


def chat(answer: "Answer") -> str:
    """The friendly line for a greeting or small talk; the example questions follow it."""
    return f"{HELLO} {YOU_COULD_ASK}" if answer.topic in {"greeting", "about-bot"} else CHAT


def ask_whom(answer: "Answer", pack: Pack) -> str:
    """Whom to ask when there is no answer."""
    return f"Ask {people(answer.route, pack)}." if answer.route else ""


def people(route: Sequence[Role], pack: Pack) -> str:
    """Roles as this school names them, joined as a person would."""
    names = [role_name(role, pack) for role in route]
    if not names:
        return "the head"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def role_name(role: Role, pack: Pack) -> str:
    """A role as this school names it, with its article."""
    name = pack.role_name(role)
    return name if name.startswith(("the ", "a ", "your ", "human", "IT")) else f"the {name}"


def whom(answer: "Answer", pack: Pack) -> str | None:
    """Who decides or is told, as a short line; None where nobody is named."""
    if not answer.route or answer.verdict is Verdict.NOT_COVERED:
        return None
    lead = {Verdict.REPORT: "Tell", Verdict.ASK_FIRST: "Ask"}.get(answer.verdict, "If in doubt, ask")
    return f"{lead} {people(answer.route, pack)}"


def safety(tripped: "Tripped") -> tuple[str, ...]:
    """What comes before everything else where a child may be in danger or an image of a child is involved."""
    lines = DANGER if tripped.danger else ()
    return (*lines, *INDECENT) if tripped.indecent else lines


def offer(report: ReportOffer) -> str:
    """The offer of a report. It must never read as if one had been made."""
    what = f"{KINDS[report.kind]}, to be seen to {URGENCIES[report.urgency]}"
    return f"This calls for a report: {what}. {NOT_A_REPORT}"


def close_call(answer: "Answer", topics: dict[str, str]) -> str | None:
    """What to ask back when two readings are about as likely."""
    if not answer.choose:
        return None
    if answer.choose[0] == "account":
        return CLOSE_CALL_ACCOUNT
    first, second = (topics[topic] for topic in answer.choose)
    return f"Which is nearer: {first}, or {second}?"


def left_open(answer: "Answer", topics: dict[str, str]) -> str | None:
    """What to say of the other questions in the same message."""
    if not answer.also:
        return None
    names = " and ".join(topics[topic] for topic in answer.also)
    return f"You asked about {names} too: ask that by itself, the answer may differ."


DRAFT = "draft, read from the document and reviewed by nobody"
"""Beside the edition of a policy that nobody has published."""


def edition(policy: Policy) -> str:
    """Which policy, which version, of when."""
    parts = [f"{policy.organisation}: {policy.title}"]
    if policy.version:
        parts.append(f"v{policy.version}")
    if policy.approved:
        parts.append(f"approved {day(policy.approved)}")
    elif policy.reviewed:
        parts.append(f"reviewed {day(policy.reviewed)}")
    return ", ".join(parts)


def overdue(policy: Policy) -> str:
    """The warning under an answer from a policy past its review date."""
    due = day(policy.review_due) if policy.review_due else "the past"
    return f"This policy was due for review in {due}; it may have changed."


def day(when: date | str) -> str:
    """A date as people write it, as exact as it is known: 20 July 2023, July 2024, 2024."""
    if isinstance(when, date):
        return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"
    year, _, month = when.partition("-")
    return f"{_MONTHS[int(month) - 1]} {year}" if month else year


def no_dates(policy: Policy) -> str | None:
    """The note under an answer from a policy that gives no date at all."""
    dated = policy.approved or policy.reviewed or policy.review_due
    return None if dated else "This policy carries no date, so I can't tell how current it is."
