"""The small forms of a case: a note, a question, an answer, handing over, closing. `answers_of` reads each.

Their `private_metadata` is the case's reference; what is typed comes back as `text`, what is chosen as
`person`, `decision` and `due`.
"""

from collections.abc import Sequence
from datetime import date

from bot.reporting.forms import Option
from bot.reporting.handling import Decision
from bot.slack import blocks as block
from bot.slack import ids
from bot.slack import text as limits
from bot.slack.blocks import Json, modal, section
from bot.slack.pages import paged, words_under
from bot.slack.text import bold, clipped
from bot.wording import chat
from bot.wording import handling as wording
from bot.wording.cases import decision_name


def said_view(text: str) -> Json:
    """A window that says one thing."""
    return modal(ids.SAID_VIEW, chat.TITLE, [section(bold(text))], close=chat.DONE)


def note_view(reference: str) -> Json:
    """A note that only handlers read."""
    return _view(
        ids.NOTE_VIEW,
        reference,
        wording.NOTE_TITLE,
        wording.DO_NOTE,
        text_field(wording.NOTE_LABEL, wording.NOTE_HELP),
    )


def ask_view(reference: str) -> Json:
    """A question to the reporter."""
    return _view(
        ids.QUESTION_VIEW,
        reference,
        wording.ASK_TITLE,
        wording.DO_ASK,
        text_field(wording.ASK_LABEL, wording.ASK_HELP),
    )


def answer_view(reference: str, questions: Sequence[str]) -> Json:
    """The reporter's answer, under what was asked, the latest first; all of it stands in their report."""
    asked = (words for question in reversed(questions) for words in words_under(wording.ASKED_YOU, question))
    field = text_field(wording.ANSWER_LABEL, wording.ANSWER_HELP)
    first = paged(asked)[0]
    return _view(ids.ANSWER_VIEW, reference, wording.ANSWER_TITLE, wording.DO_ANSWER, *first, field)


def add_view(reference: str) -> Json:
    """More on one's own report."""
    return _view(
        ids.ADD_VIEW,
        reference,
        wording.ADD_TITLE,
        wording.DO_ADD,
        text_field(wording.ADD_LABEL, wording.ADD_HELP),
    )


def hand_over_view(reference: str, people: Sequence[Option]) -> Json:
    """To whom a case is handed: people in a leading role, whom it isn't about, each by id and name."""
    if not people:
        nobody = section(bold(wording.NOBODY_TO_TAKE_IT))
        return modal(
            ids.HAND_OVER_VIEW,
            wording.HAND_OVER_TITLE,
            [nobody],
            close=wording.CANCEL,
            private_metadata=reference,
        )
    field = _chosen(ids.PERSON_FIELD, wording.HAND_OVER_LABEL, people, wording.HAND_OVER_HELP)
    return _view(ids.HAND_OVER_VIEW, reference, wording.HAND_OVER_TITLE, wording.DO_HAND_OVER, field)


def close_view(reference: str) -> Json:
    """A decision and its reason."""
    decisions = [Option(one.value, _sentence(decision_name(one.value))) for one in Decision]
    chosen = _chosen(ids.DECISION_FIELD, wording.DECISION_LABEL, decisions, "")
    return _view(
        ids.CLOSE_VIEW,
        reference,
        wording.CLOSE_TITLE,
        wording.DO_CLOSE,
        chosen,
        text_field(wording.REASON_LABEL, wording.REASON_HELP),
    )


def reopen_view(reference: str) -> Json:
    """Why a closed case is opened again."""
    return _view(
        ids.REOPEN_VIEW,
        reference,
        wording.REOPEN_TITLE,
        wording.DO_REOPEN,
        text_field(wording.REOPEN_LABEL, ""),
    )


def action_view(reference: str, owners: Sequence[Option], today: date) -> Json:
    """What is to be done, by which of the case's handlers, by when; without owners it isn't asked by whom."""
    element = {"type": "datepicker", "action_id": ids.DUE_FIELD, "initial_date": today.isoformat()}
    text = text_field(wording.ACTION_LABEL, "")
    owner = [_chosen(ids.PERSON_FIELD, wording.OWNER_LABEL, owners, "")] if owners else []
    due = block.field(ids.DUE_FIELD, wording.DUE_LABEL, element, hint=wording.DUE_HELP)
    return _view(ids.ACTION_VIEW, reference, wording.ACTION_TITLE, wording.DO_ACTION, text, *owner, due)


def _view(callback: str, reference: str, title: str, submit: str, *fields: Json) -> Json:
    return modal(callback, title, fields, submit=submit, close=wording.CANCEL, private_metadata=reference)


def text_field(label: str, helps: str, given: str = "") -> Json:
    """A place for as much text as a field takes, which comes back as `text`."""
    element: Json = {
        "type": "plain_text_input",
        "action_id": ids.TEXT_FIELD,
        "multiline": True,
        "max_length": limits.INPUT,
    }
    shown = clipped(limits.typed(given), limits.INPUT)
    filled = {"initial_value": shown} if shown else {}
    hint = " ".join(filter(None, (helps, wording.AT_MOST)))
    return block.field(ids.TEXT_FIELD, label, {**element, **filled}, hint=hint)


def _chosen(name: str, label: str, options: Sequence[Option], helps: str) -> Json:
    shown = [block.option(one.value, one.label) for one in options]
    return block.field(name, label, {**block.menu("static_select", shown), "action_id": name}, hint=helps)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
