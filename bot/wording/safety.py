"""The fixed safety texts above a form: what to do first, what not to do, and who may be rung.

Checked against the UK guidance on nudes and semi-nudes (UKCIS, March 2024) and KCSIE. Nothing here says that
a report ends anybody's own duty, or that anybody may not ring the police, social care or the LADO themselves.
"""

from collections.abc import Mapping
from typing import Protocol

from bot.wording.answers import INDECENT
from knowledge.rules import Kind

LEADS: Mapping[str, str] = {
    "england": "the designated safeguarding lead",
    "wales": "the designated safeguarding person",
    "scotland": "the child protection coordinator",
    "ni": "the designated teacher",
}
"""What each nation calls whoever leads on safeguarding in a school."""

NSPCC_LINE = "0800 028 0285"
PROFESSIONALS_HELPLINE = "0344 381 4772"
"""The Professionals Online Safety Helpline of the UK Safer Internet Centre."""


class Numbers(Protocol):
    """The numbers a school gives its staff; None where it gives none."""

    @property
    def dsl_phone(self) -> str | None:
        """The safeguarding lead's telephone."""

    @property
    def lado(self) -> str | None:
        """The local authority's designated officer: a name, a number, or both."""

    @property
    def social_care(self) -> str | None:
        """Children's social care."""

    @property
    def social_care_out_of_hours(self) -> str | None:
        """The same at night and at the weekend."""

    @property
    def police(self) -> str:
        """The police, where it is no emergency."""

    @property
    def emergency(self) -> str:
        """The emergency services."""


_POLICE_TOO = "If an adult may be involved, the police must hear of it too: settle together who rings them."
WORDS_ONLY = (
    "This form takes words only, for the same reason: nothing can be attached, and a web address is left out."
)
LEAVE_AS_IS = (
    "Don't delete anything and don't reply, and leave dealing with it to whoever gets this report. "
    "A screenshot helps, with the account, the date and the time on it."
)
STAY_WITH_THEM = (
    "Stay with the child if you can. Who answers the child, and how, you settle with whoever you ring."
)
OWN_WORDS = "Use the child's own words. Ask no leading questions, and don't look into it yourself."
PROMISE_NOTHING = "Don't promise to keep it secret: say that you will tell somebody whose job is to help."

_LISTEN = (OWN_WORDS, PROMISE_NOTHING)
_NOT_GRADED = "You are not asked how serious it is: whoever looks into it decides that, and takes advice."
_NOT_TOLD = (
    "Don't question the person and don't tell them about this report: advice is taken before anybody does."
)
_POLICE = (
    "Grooming and blackmail are crimes: you may ring the police yourself, on 101, or 999 if it can't wait. "
    "CEOP, the police's own agency for it, takes reports of sexual abuse online on its website."
)
_NSPCC = (
    f"You can also talk it over with the NSPCC's whistleblowing advice line, {NSPCC_LINE}, "
    "before or after you report here, and you needn't give your name."
)
_PAST_THE_HEAD = (
    "If telling the head would be a conflict of interest, or the head runs the school alone, "
    "go directly to the local authority's designated officer"
)
_ICO = (
    "The data protection officer decides whether the Information Commissioner has to be told: "
    "where so, within 72 hours of the school noticing."
)

_OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    Kind.PUPIL_CONTACT: (
        "It isn't your fault that a pupil got in touch. Saying so early keeps you both safe.",
    ),
    Kind.NUDE_IMAGE: _LISTEN,
    Kind.GROOMING: (_POLICE, *_LISTEN),
    Kind.CHILD_ON_CHILD: _LISTEN,
    Kind.DISCLOSURE: _LISTEN,
    Kind.RADICALISATION: (
        "If somebody may be about to do harm, ring 999.",
        "Anything else goes to {lead}, who makes the referral where one is needed.",
    ),
    Kind.THREAT: (
        "If it may happen soon, ring 999 now and then tell a senior colleague.",
        "For anything else the police are on 101.",
    ),
    Kind.FILTERING: (
        "This goes to {lead}. IT gets the technical fault and nothing else, so keep names out of that field.",
    ),
    Kind.ADULT_CONCERN: (_NOT_GRADED, _NOT_TOLD),
    Kind.SELF_REPORT: ("Thank you for saying so yourself. Write it as it was; it needn't look good.",),
    Kind.COLLEAGUE_ACTIVITY: (_NOT_GRADED, _NOT_TOLD),
    Kind.SAFEGUARDING_PRACTICE: (_NSPCC,),
    Kind.STAFF_TARGETED: (
        f"The Professionals Online Safety Helpline advises school staff, {PROFESSIONALS_HELPLINE}.",
        "If you are threatened, ring 999, or 101 where it can wait.",
    ),
    Kind.IMPERSONATION: ("Don't answer the fake. Whoever gets this can ask the platform to take it down.",),
    Kind.PRESS: ("Say only that somebody will ring back: no comment, no names, and nothing about a pupil.",),
    Kind.DATA_BREACH: (
        "Say it now, even if you know little. If you can still stop or recall it, do.",
        _ICO,
    ),
    Kind.ACCOUNT_SECURITY: (
        "Change the password from another device if you still can, and everywhere else you use the same one.",
    ),
}


def danger(answer: str, whom: str) -> tuple[str, ...]:
    """What comes before all else where a child is in danger (`yes`) or may be (`unsure`); else nothing."""
    first = {
        "yes": "Ring 999 now, before you send this.",
        "unsure": "If you think a child may be in danger, ring 999 now. You needn't be certain.",
    }.get(answer)
    return (f"{first} Then ring {whom}.", STAY_WITH_THEM) if first else ()


def never_image(whom: str) -> tuple[str, ...]:
    """What is said wherever a nude or semi-nude of somebody under 18 is, or may be, involved."""
    return (f"Now, in person or by phone, tell {whom}.", _POLICE_TOO, INDECENT[-1], WORDS_ONLY)


def of_kind(kind: Kind, nation: str) -> tuple[str, ...]:
    """What every form of a kind says, in the nation's own words for the lead."""
    return tuple(line.format(lead=LEADS[nation]) for line in _OF_KIND.get(kind, ()))


def lead_on(nation: str, numbers: Numbers) -> str:
    """The safeguarding lead, with the telephone where the school gives one."""
    return f"{LEADS[nation]} on {numbers.dsl_phone}" if numbers.dsl_phone else LEADS[nation]


def past_the_lead(numbers: Numbers) -> str:
    """Whom to ring where the worry is about how the school handles safeguarding."""
    return f"children's social care{_listed(numbers.social_care, numbers.social_care_out_of_hours)}"


def either(nation: str, numbers: Numbers) -> str:
    """Whom to ring where it is about an adult who works here."""
    return f"the head or {lead_on(nation, numbers)}, whichever of them it isn't about"


def lado_card(nation: str, numbers: Numbers) -> tuple[str, ...]:
    """When to go past the head at once. Only England has a LADO: elsewhere there is no such card."""
    if nation != "england":
        return ()
    who = numbers.lado or "your local authority gives the number"
    return (f"{_PAST_THE_HEAD} (LADO): {who}.",)


def outside(nation: str, numbers: Numbers) -> str:
    """Whom anybody may ring themselves, at any time, whatever was reported here."""
    care = f"children's social care{_listed(numbers.social_care, numbers.social_care_out_of_hours)}"
    lado = f" or the LADO{_listed(numbers.lado)}" if nation == "england" else ""
    police = f"the police ({numbers.police}, or {numbers.emergency} in an emergency)"
    return f"You may contact any of these yourself, at any time: {police}, {care}{lado}."


def _listed(*numbers: str | None) -> str:
    known = [number for number in numbers if number]
    return f" ({' or, out of hours, '.join(known)})" if known else ""
