"""Everything a notice can mean, as one closed union. Meanings only: words in `wording`, layout in the faces.

None of these can hold a report's content, a child's name or a colleague's name (promise S14): people are
named by role, and details are opened on a click that is checked and audited.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from knowledge.rules import Kind, Urgency


class CardState(StrEnum):
    """How a case stands, for the one message that its recipient has about it."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    """No longer for this person; the card says nothing more than that."""


class Stage(StrEnum):
    """What a reporter is told of their report, in fixed words."""

    RECEIVED = "received"
    IN_HAND = "in_hand"
    CLOSED = "closed"
    REOPENED = "reopened"


class Prompt(StrEnum):
    """What a handler is reminded of."""

    ASKED = "asked"
    ANSWERED = "answered"
    ACTION = "action"
    DECISION = "decision"
    UNTOUCHED = "untouched"
    NOT_TAKEN = "not_taken"
    ADDED = "added"
    CHECK_IN = "check_in"


class Trouble(StrEnum):
    """What an administrator is told: technical, never content."""

    UNANSWERED = "unanswered"
    VACANT = "vacant"
    UNREACHABLE = "unreachable"
    UNCHASED = "unchased"
    FAULTY = "faulty"
    SCHOOLS_FILE = "schools_file"
    NOBODY_LEFT = "nobody_left"
    STRANGER = "stranger"
    UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True)
class Card:
    """A case, to somebody who was told of it: changed in place as the case moves.

    `role` is what they were told as, `holders` the roles that have acknowledged, `handed` whether a handler
    passed it on to them, `technical` whether they are shown a technical fault only, `askable` whether the
    reporter may be asked things. `opened_at` is in the trust's own time.
    """

    reference: str
    kind: Kind
    urgency: Urgency
    opened_at: datetime
    role: str
    state: CardState
    holders: tuple[str, ...] = ()
    handed: bool = False
    technical: bool = False
    askable: bool = True


@dataclass(frozen=True, slots=True)
class Alert:
    """To somebody who is told only that a case has no answer, and whom to ring."""

    reference: str
    urgency: Urgency
    ring: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """To the reporter: nobody has answered yet, and whom to ring. `closed_hours`: school is closed now.

    `partly`: somebody has answered, though not yet everybody who must.
    """

    reference: str
    ring: tuple[str, ...]
    closed_hours: bool = False
    nobody_left: bool = False
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """To the reporter: how far their report is. `role` is who has it, `ring` whom to ring in disagreement."""

    reference: str
    stage: Stage
    role: str = ""
    ring: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reminder:
    """To a handler (or, for ASKED, the reporter): something on a case waits for them."""

    reference: str
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class CheckIn:
    """To a member of staff who was targeted, some days on."""

    reference: str
    day: int
    helpline: str


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A one-time code, to the person it confirms. `minutes` is how long it holds."""

    code: str
    purpose: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """To an administrator: something is wrong with the running of it."""

    trouble: Trouble
    reference: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """To the head and the DSL: somebody new holds a safeguarding role; older cases need their agreement."""

    change: str
    role: str
    school: str


@dataclass(frozen=True, slots=True)
class QuestionWaits:
    """To whoever decides: a colleague asks them something about the policy. `token` stands for it."""

    token: str


@dataclass(frozen=True, slots=True)
class AnswerWaits:
    """To the asker: what they had passed on has been answered. `token` stands for the question."""

    token: str


Message = (
    Card
    | Alert
    | Unanswered
    | Progress
    | Reminder
    | CheckIn
    | CodeSent
    | Alarm
    | RoleChanged
    | QuestionWaits
    | AnswerWaits
)
