"""The small forms of a case, and of a question that is passed on to a person: all of them dialogs.

Each sends `ids.sent` of the button that opened it, with the case's reference or the question's token; what is
typed comes back as `text`, what is chosen as `person`, `decision` and `due`. `given` is `fields.answers_of`
what was sent before, and `fault` what was wrong with it: nothing that somebody typed goes missing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from bot.reporting.forms import Option
from bot.reporting.handling import Decision
from bot.teams import ids
from bot.teams.cards import (
    Asked,
    Button,
    Colour,
    Json,
    Where,
    button,
    card,
    choice,
    date_input,
    hint,
    para,
    text_input,
    words_under,
)
from bot.teams.text import CARD, weight
from bot.wording import chat
from bot.wording import handling as wording
from bot.wording.cases import decision_name

MOST = 3_000
"""Characters, in UTF-16 units, that fit into one field; more go into a further note."""
_NOTHING: Mapping[str, str] = MappingProxyType({})
_AROUND = 1_500
"""Bytes of what stands around the parts of a card."""


def said_card(text: str) -> Json:
    """A dialog that says one thing."""
    return card([para(text, bold=True)])


def note_card(reference: str, *, given: Mapping[str, str] = _NOTHING, fault: str = "") -> Json:
    """A note that only handlers read."""
    fields = _text(wording.NOTE_LABEL, wording.NOTE_HELP, given)
    return _sending(Button(wording.DO_NOTE, ids.sent(ids.CASE_NOTE), reference), fields, fault)


def ask_card(reference: str, *, given: Mapping[str, str] = _NOTHING, fault: str = "") -> Json:
    """A question to the reporter."""
    fields = _text(wording.ASK_LABEL, wording.ASK_HELP, given)
    return _sending(Button(wording.DO_ASK, ids.sent(ids.CASE_ASK), reference), fields, fault)


def answer_card(
    reference: str, questions: Sequence[str], *, given: Mapping[str, str] = _NOTHING, fault: str = ""
) -> Json:
    """The reporter's answer, under what was asked, the latest first; all of it stands in their report."""
    fields = list(_text(wording.ANSWER_LABEL, wording.ANSWER_HELP, given))
    asked = (part for one in reversed(questions) for part in words_under(wording.ASKED_YOU, one))
    body = [*_room_beside(asked, fields), *fields]
    return _sending(Button(wording.DO_ANSWER, ids.sent(ids.OWN_ANSWER), reference), body, fault)


def add_card(reference: str, *, given: Mapping[str, str] = _NOTHING, fault: str = "") -> Json:
    """More on one's own report."""
    fields = _text(wording.ADD_LABEL, wording.ADD_HELP, given)
    return _sending(Button(wording.DO_ADD, ids.sent(ids.OWN_ADD), reference), fields, fault)


def hand_over_card(
    reference: str, people: Sequence[Option], *, given: Mapping[str, str] = _NOTHING, fault: str = ""
) -> Json:
    """To whom a case is handed: people in a leading role, whom it isn't about, each by id and name."""
    if not people:
        return said_card(wording.NOBODY_TO_TAKE_IT)
    asked = Asked(ids.PERSON_FIELD, wording.HAND_OVER_LABEL, wording.HAND_OVER_HELP, required=True)
    fields = [choice(asked, people, given.get("person", "")), *hint(asked)]
    return _sending(Button(wording.DO_HAND_OVER, ids.sent(ids.CASE_HAND_OVER), reference), fields, fault)


def close_card(reference: str, *, given: Mapping[str, str] = _NOTHING, fault: str = "") -> Json:
    """A decision and its reason."""
    decisions = [Option(one.value, _sentence(decision_name(one.value))) for one in Decision]
    asked = Asked(ids.DECISION_FIELD, wording.DECISION_LABEL, required=True)
    decided = choice(asked, decisions, given.get("decision", ""))
    fields = [decided, *_text(wording.REASON_LABEL, wording.REASON_HELP, given)]
    return _sending(Button(wording.DO_CLOSE, ids.sent(ids.CASE_CLOSE), reference), fields, fault)


def reopen_card(reference: str, *, given: Mapping[str, str] = _NOTHING, fault: str = "") -> Json:
    """Why a closed case is opened again."""
    fields = _text(wording.REOPEN_LABEL, "", given)
    return _sending(Button(wording.DO_REOPEN, ids.sent(ids.CASE_REOPEN), reference), fields, fault)


def action_card(
    reference: str,
    owners: Sequence[Option],
    today: date,
    *,
    given: Mapping[str, str] = _NOTHING,
    fault: str = "",
) -> Json:
    """What is to be done, by which of the case's handlers, by when; without owners it isn't asked by whom."""
    who = Asked(ids.PERSON_FIELD, wording.OWNER_LABEL, required=True)
    when = Asked(ids.DUE_FIELD, wording.DUE_LABEL, wording.DUE_HELP, required=True)
    fields = [
        *_text(wording.ACTION_LABEL, "", given),
        *([choice(who, owners, given.get("person", ""))] if owners else []),
        date_input(when, _day(given.get("due", ""), today)),
        *hint(when),
    ]
    return _sending(Button(wording.DO_ACTION, ids.sent(ids.CASE_ACTION), reference), fields, fault)


def consent_card(token: str, whom: str, question: str, *, fault: str = "") -> Json:
    """The question as it would go to somebody, to be changed and agreed to. `whom` is a role in words."""
    fields = [para(chat.consent(whom)), *_text(chat.QUESTION_LABEL, "", {"text": question})]
    return _sending(Button(chat.PASS_ON, ids.ASK_AGREED, token), fields, fault)


def question_card(
    token: str, asker: str, question: str, *, given: Mapping[str, str] = _NOTHING, fault: str = ""
) -> Json:
    """The question, with a place to answer it."""
    fields = list(_text(chat.YOUR_ANSWER, chat.ANSWER_HELP, given))
    asked = words_under(chat.asked_by(asker), question)
    body = [*_room_beside(asked, fields), *fields]
    return _sending(Button(chat.SEND_ANSWER, ids.ASK_ANSWERED, token), body, fault)


def answered_card(whom: str, question: str, answer: str) -> Json:
    """The answer, under what was asked. `whom` is a role in words."""
    answered = list(words_under(chat.answered_by(whom), answer))
    return card([*_room_beside(words_under(chat.QUESTION_LABEL, question), answered), *answered])


def _sending(send: Button, fields: Iterable[Json], fault: str) -> Json:
    wrong = [para(fault, bold=True, colour=Colour.ATTENTION)] if fault else []
    sends = Button(send.title, send.action, send.value, style="positive", takes=True)
    return card([*wrong, *fields], [button(sends, Where.DIALOG)])


def _text(label: str, helps: str, given: Mapping[str, str]) -> Iterator[Json]:
    """A place for as much text as a field takes."""
    asked = Asked(ids.TEXT_FIELD, label, " ".join(filter(None, (helps, wording.AT_MOST))), required=True)
    yield text_input(asked, given.get("text", ""), most=MOST)
    yield from hint(asked)


def _room_beside(parts: Iterable[Json], others: Sequence[Json]) -> Iterator[Json]:
    """As many parts as fit on a card beside the others; the rest is read where it stands whole."""
    room = CARD - _AROUND - weight(list(others))
    for part in parts:
        room -= weight(part) + 2
        if room < 0:
            return
        yield part


def _day(given: str, today: date) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return today


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
