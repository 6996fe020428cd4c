"""Notices in plain English, once, for every face: a short subject and a few lines. No content, no names.

The subject is what a lock screen shows, on a desk where pupils walk by: reference and urgency, no more.
"""

from dataclasses import dataclass
from typing import assert_never

from bot.messages import (
    Alarm,
    Alert,
    AnswerWaits,
    Card,
    CardState,
    CheckIn,
    CodeSent,
    Message,
    Progress,
    Prompt,
    QuestionWaits,
    Reminder,
    RoleChanged,
    Stage,
    Trouble,
    Unanswered,
)
from bot.wording.answers import KINDS, URGENCIES
from bot.wording.chat import ANSWER_WAITS, QUESTION_WAITS
from knowledge.rules import Urgency


@dataclass(frozen=True, slots=True)
class Said:
    """A notice in words: the subject, and the lines under it."""

    subject: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n".join(self.lines)


REPEAT = "This is a repeat: the first copy may not have arrived."
RESTORED = "Signpost was restored from a backup; you may have seen this before."
DRILL = "DRILL. This is practice: nothing has happened."
_SIGNS = {Urgency.IMMEDIATE: "🔴", Urgency.TODAY: "🟠", Urgency.ROUTINE: "🔵"}
_DONE = "⚪"
_OPEN = frozenset({CardState.WAITING, CardState.ACKNOWLEDGED})
_MARKS = {"repeat": REPEAT, "restored": RESTORED, "drill": DRILL}
RING_999 = "If a child is in danger now, ring 999."
OWN_CALL = "You may ring children's social care or the police yourself, at any time."
NOT_DONE = "Received does not mean dealt with."
NO_MORE_SAID = "What was decided about anybody is not told here."
DISAGREE = (
    "If you disagree, say so to whoever you would tell next, and you may ring outside the school yourself:"
)
_STAND_BY = {
    Urgency.IMMEDIATE: "Please acknowledge now.",
    Urgency.TODAY: "Please acknowledge today.",
    Urgency.ROUTINE: "Please acknowledge when you can.",
}


def urgency_sign(urgency: Urgency) -> str:
    """A dot in the colour of an urgency; its words always stand beside it."""
    return _SIGNS[urgency]


def sign(notice: Message) -> str:
    """What stands before a notice's subject, where it has an urgency; a case that is over has a grey dot."""
    if isinstance(notice, Card):
        return f"{_SIGNS[notice.urgency] if notice.state in _OPEN else _DONE} "
    return f"{_SIGNS[notice.urgency]} " if isinstance(notice, Alert) else ""


def say(message: Message, marks: frozenset[str] = frozenset()) -> Said:
    """A message in words, with what it is marked as on top."""
    said = _say(message)
    drill = "DRILL " if "drill" in marks else ""
    above = tuple(text for mark, text in _MARKS.items() if mark in marks)
    return Said(drill + said.subject, (*above, *said.lines))


def _say(message: Message) -> Said:  # noqa: C901, PLR0911  one branch a message
    match message:
        case Card():
            return _card(message)
        case Alert():
            return _alert(message)
        case Unanswered():
            return _unanswered(message)
        case Progress():
            return _progress(message)
        case Reminder():
            return Said(message.reference, _PROMPTS[message.prompt])
        case CheckIn():
            return _check_in(message)
        case CodeSent():
            return _code(message)
        case Alarm():
            return _alarm(message)
        case RoleChanged():
            return _role_changed(message)
        case QuestionWaits():
            return Said("A question for you", (QUESTION_WAITS,))
        case AnswerWaits():
            return Said("An answer for you", (ANSWER_WAITS,))
        case _:
            assert_never(message)


def _subject(reference: str, urgency: Urgency) -> str:
    return f"{reference}: {URGENCIES[urgency]}"


def _card(card: Card) -> Said:
    if card.state is CardState.WITHDRAWN:
        return Said(card.reference, ("This message is no longer for you. There is nothing to do.",))
    if card.state is CardState.CLOSED:
        return Said(card.reference, (f"{card.reference} is closed.",))
    what = "A technical fault" if card.technical else f"A report: {KINDS[card.kind]}"
    lines = [f"{what}. To you as {card.role}."]
    if card.handed:
        lines = [f"Handed over to you as {card.role}: {KINDS[card.kind]}."]
    lines += [f"{holder[:1].upper()}{holder[1:]} has acknowledged it." for holder in card.holders]
    if card.state is CardState.WAITING:
        lines.append(_STAND_BY[card.urgency])
    lines.append(f"Came in {card.opened_at:%d %b %H:%M}. Open it for the details.")
    return Said(_subject(card.reference, card.urgency), tuple(lines))


def _alert(alert: Alert) -> Said:
    lines = (
        f"{alert.reference} has no answer yet. You cannot open it; please make sure that somebody does:",
        *alert.ring,
    )
    return Said(_subject(alert.reference, alert.urgency), lines)


def _unanswered(message: Unanswered) -> Said:
    first = f"Nobody has answered {message.reference} yet. More people are being told. You can ring:"
    if message.partly:
        first = f"{message.reference} has an answer, but not yet from everybody who must know. You can ring:"
    if message.closed_hours:
        first = f"School is closed, so an answer to {message.reference} may take longer. You can ring:"
    if message.nobody_left:
        first = f"There is nobody left here whom Signpost may tell of {message.reference}. Please ring:"
    return Said(f"{message.reference}: ring", (RING_999, first, *message.ring, OWN_CALL))


def _progress(message: Progress) -> Said:
    match message.stage:
        case Stage.RECEIVED:
            lines: tuple[str, ...] = (f"Your report {message.reference} has been received.", NOT_DONE)
        case Stage.IN_HAND:
            by = message.role or "somebody"
            lines = (f"Your report {message.reference} has been acknowledged by {by}.", NOT_DONE)
        case Stage.REOPENED:
            lines = (f"Your report {message.reference} has been opened again.",)
        case Stage.CLOSED:
            closed = f"Your report {message.reference} has been looked at and closed."
            lines = (closed, NO_MORE_SAID, DISAGREE, *message.ring)
        case _:
            assert_never(message.stage)
    return Said(message.reference, lines)


_PROMPTS: dict[Prompt, tuple[str, ...]] = {
    Prompt.ASKED: ("There is a question for you about your report. Open it to read and answer.",),
    Prompt.ANSWERED: ("Your question has been answered. Open the case to read it.",),
    Prompt.ADDED: ("The reporter has added something. Open the case to read it.",),
    Prompt.ACTION: ("An action of yours is due today. Open the case to see it.",),
    Prompt.DECISION: (
        "One working day has gone by: low level, or may it meet the harm threshold?",
        "If unsure, ask the LADO. Don't question or tell the person before the LADO has advised.",
    ),
    Prompt.UNTOUCHED: ("You acknowledged this and nothing has been noted since. Others are being told now.",),
    Prompt.CHECK_IN: ("Somebody here was targeted some days ago. Ask how they are, and who stands by them.",),
    Prompt.NOT_TAKEN: ("The person you handed this to has not taken it. It is still yours.",),
}


def _check_in(message: CheckIn) -> Said:
    ask = "How are you? What happened to you online was reported some days ago, and you are not on your own."
    help_line = f"You can talk to your line manager, or ring {message.helpline}."
    return Said(message.reference, (ask, help_line))


def _code(message: CodeSent) -> Said:
    lines = (
        f"Your one-time code is {message.code}. It holds for {message.minutes} minutes.",
        f"Somebody at the Signpost terminal asked for it, as you, to: {message.purpose}.",
        "If that was not you, tell nobody the code, and tell whoever runs Signpost.",
    )
    return Said("Signpost code", lines)


_TROUBLES = {
    Trouble.UNANSWERED: "A case has gone a whole lap of its ladder without an answer. Make sure people look.",
    Trouble.VACANT: "A role on the ladder is held by nobody: {what}. Mend the schools file.",
    Trouble.UNREACHABLE: "A recipient cannot be reached on {what}. `signpost doctor` says who.",
    Trouble.UNCHASED: "A case had nothing to move it on. It has been set going again; report this fault.",
    Trouble.FAULTY: "A case cannot be moved on: it fails each time, so nobody more is told of it. "
    "The log says where. Report this fault, and make sure that people look at what is open.",
    Trouble.SCHOOLS_FILE: "The schools file has faults; the last good one stays in force. "
    "`signpost schools check` lists them.",
    Trouble.NOBODY_LEFT: "There is nobody left who may be told of a case. Its reporter has numbers to ring.",
    Trouble.STRANGER: "Somebody who is not in the schools file has reported something. List them.",
    Trouble.UNLISTED: "Somebody wrote to Signpost from an account that is in no list: {what}. If they work "
    "here, put them in the schools file, or in the staff's group.",
}


def _alarm(message: Alarm) -> Said:
    about = f"{message.reference}: " if message.reference else ""
    return Said(f"{about}Signpost needs you", (_TROUBLES[message.trouble].format(what=message.what),))


def _role_changed(message: RoleChanged) -> Said:
    where = f" at {message.school}" if message.school else ""
    lines = (
        f"Somebody new holds the role {message.role}{where}. New cases reach them from now on.",
        f"Older cases stay shut to them until you agree: signpost agree {message.change}",
    )
    return Said("Signpost: a safeguarding role has changed", lines)
