"""Notices in Teams: a card changed in place as its case moves, and everything else that people are told.

Nothing of a report stands in a message (promise S14): the tenant keeps and can search every card. Details
open in a dialog, checked at each click. The summary is what toasts and lock screens show: the subject.
"""

from collections.abc import Iterator, Sequence
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
    Unanswered,
)
from bot.teams import ids
from bot.teams.cards import Button, Colour, Json, Shown, Where, button, confirming, heading, para, shown
from bot.wording import chat
from bot.wording import handling as wording
from bot.wording.notices import say, sign
from knowledge.rules import Urgency

_COLOURS = {
    Urgency.IMMEDIATE: Colour.ATTENTION,
    Urgency.TODAY: Colour.ACCENT,
    Urgency.ROUTINE: Colour.PLAIN,
}
_HANDLING = (
    (wording.HAND_OVER, ids.CASE_HAND_OVER),
    (wording.ASK, ids.CASE_ASK),
    (wording.NOTE, ids.CASE_NOTE),
    (wording.CLOSE, ids.CASE_CLOSE),
)


def notice_card(notice: Message, marks: frozenset[str] = frozenset()) -> Shown:
    """A notice as it is sent, and as it is changed in place; `marks` as in `wording.notices.say`."""
    said = say(notice, marks)
    top = heading(f"{sign(notice)}{said.subject}", colour=_colour(notice))
    return shown(said.subject, [top, *map(para, said.lines)], _buttons(notice))


def acknowledge_button(reference: str, where: Where) -> Json:
    """Acknowledging, which is asked about once."""
    does = Button(wording.ACKNOWLEDGE, ids.CASE_ACKNOWLEDGE, reference, style="positive")
    return confirming(wording.acknowledge_title(reference), wording.ACKNOWLEDGE_ASKED, does, where)


def _colour(notice: Message) -> Colour:
    if isinstance(notice, Alert) or (isinstance(notice, Card) and notice.state is CardState.WAITING):
        return _COLOURS[notice.urgency]
    return Colour.PLAIN


def _buttons(notice: Message) -> Sequence[Json]:
    match notice:
        case Card():
            return _card(notice)
        case Progress() | Unanswered():
            return (_opens(wording.OPEN_OWN, ids.OWN_OPEN, notice.reference),)
        case Reminder():
            return (_reminded(notice),)
        case QuestionWaits():
            return (_opens(chat.READ_QUESTION, ids.ASK_READ, notice.token),)
        case AnswerWaits():
            return (_opens(chat.READ_ANSWER, ids.ASK_READ_ANSWER, notice.token),)
        case Alert() | CheckIn() | CodeSent() | Alarm() | RoleChanged():
            return ()
        case _:
            assert_never(notice)


def _handling(card: Card) -> Iterator[tuple[str, str]]:
    for text, action in () if card.technical else _HANDLING:
        if card.askable or action != ids.CASE_ASK:
            yield text, action


def _card(card: Card) -> Sequence[Json]:
    """Whoever has it can do everything with it; whoever is shown a technical fault, look and take it."""
    look = _opens(wording.OPEN, ids.CASE_OPEN, card.reference)
    match card.state:
        case CardState.WAITING:
            return (look, acknowledge_button(card.reference, Where.CHAT))
        case CardState.ACKNOWLEDGED:
            return (look, *(_opens(text, action, card.reference) for text, action in _handling(card)))
        case CardState.CLOSED | CardState.WITHDRAWN:
            return ()
        case _:
            assert_never(card.state)


def _reminded(reminder: Reminder) -> Json:
    if reminder.prompt is Prompt.ASKED:
        return _opens(wording.OPEN_OWN, ids.OWN_OPEN, reminder.reference)
    return _opens(wording.OPEN, ids.CASE_OPEN, reminder.reference)


def _opens(title: str, action: str, value: str) -> Json:
    return button(Button(title, action, value, opens=True), Where.CHAT)
