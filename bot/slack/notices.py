"""Notices in Slack: a card changed in place as its case moves, and everything else that people are told.

Nothing of a report stands in a message (promise S14): details open in a view, checked at each click. The
text beside the blocks is what toasts and lock screens show: the notice's subject, and no more.
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
from bot.slack import ids
from bot.slack.blocks import Blocks, Confirm, Json, actions, button, message, section
from bot.slack.text import bold, inert, joined
from bot.wording import chat
from bot.wording import handling as wording
from bot.wording.notices import say, sign

_HANDLING = (
    (wording.HAND_OVER, ids.CASE_HAND_OVER),
    (wording.ASK, ids.CASE_ASK),
    (wording.NOTE, ids.CASE_NOTE),
    (wording.CLOSE, ids.CASE_CLOSE),
)


def notice_blocks(notice: Message, marks: frozenset[str] = frozenset()) -> Blocks:
    """A notice as it is sent, and as it is changed in place; `marks` as in `wording.notices.say`."""
    said = say(notice, marks)
    subject = f"{sign(notice)}{said.subject}"
    blocks = (section(joined((bold(subject), *map(inert, said.lines)))), *actions(_buttons(notice)))
    return message(said.subject, blocks)


def acknowledge_button(reference: str) -> Json:
    """Acknowledging, which Slack asks about once."""
    asked = Confirm(
        title=wording.acknowledge_title(reference),
        text=wording.ACKNOWLEDGE_ASKED,
        yes=wording.ACKNOWLEDGE,
        no=wording.NOT_YET,
    )
    return button(wording.ACKNOWLEDGE, ids.CASE_ACKNOWLEDGE, reference, style="primary", confirm=asked)


def _buttons(notice: Message) -> Sequence[Json]:
    match notice:
        case Card():
            return _card(notice)
        case Progress() | Unanswered():
            return (button(wording.OPEN_OWN, ids.OWN_OPEN, notice.reference),)
        case Reminder():
            return (_reminded(notice),)
        case QuestionWaits():
            return (button(chat.READ_QUESTION, ids.ASK_READ, notice.token, style="primary"),)
        case AnswerWaits():
            return (button(chat.READ_ANSWER, ids.ASK_READ_ANSWER, notice.token, style="primary"),)
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
    look = button(wording.OPEN, ids.CASE_OPEN, card.reference)
    match card.state:
        case CardState.WAITING:
            return (look, acknowledge_button(card.reference))
        case CardState.ACKNOWLEDGED:
            return (look, *(button(text, action, card.reference) for text, action in _handling(card)))
        case CardState.CLOSED | CardState.WITHDRAWN:
            return ()
        case _:
            assert_never(card.state)


def _reminded(reminder: Reminder) -> Json:
    if reminder.prompt is Prompt.ASKED:
        return button(wording.OPEN_OWN, ids.OWN_OPEN, reminder.reference, style="primary")
    return button(wording.OPEN, ids.CASE_OPEN, reminder.reference, style="primary")
