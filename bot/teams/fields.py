"""A form's questions as places to answer on a card, and what comes back of a card as answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.reporting.filling import FIELD_LIMIT
from bot.reporting.forms import STANDING, Option, Question, Sort
from bot.teams import ids
from bot.teams.cards import Asked, Colour, Json, choice, hint, para, people_input, small_print, text_input
from bot.teams.text import CHOICES, weight
from bot.wording import teams as wording
from knowledge.rules import Kind

_FEW = 4
"""Up to so many answers stand below each other; more are a list that opens."""
_LIST = 10_000
"""Bytes of a list of choices; with more to choose from, a name is typed in instead."""
_MOST_KEYS = 200
_MOST_PICKED = 20
_CHOICES = frozenset({Sort.CHOICE, Sort.YES_NO})


@dataclass(frozen=True, slots=True)
class Filled:
    """How one question is shown: what stands in it, what is wrong with it, who can be picked.

    `kept`: what was answered is too long to be shown again, and holds as long as nothing new is written.
    """

    given: str = ""
    faults: Sequence[str] = ()
    people: Sequence[Option] = ()
    kept: bool = False


def question_parts(question: Question, filled: Filled) -> Iterator[Json]:
    """The place where one question is answered, with what helps and what is wrong."""
    if filled.kept and question.sort is Sort.PERSON:
        yield from small_print([_picked(filled)])
        return
    label = wording.please(question.label) if question.required else question.label
    asked = Asked(question.key, label, question.help)
    yield from (para(fault, bold=True, colour=Colour.ATTENTION) for fault in filled.faults)
    yield _element(question, asked, filled)
    yield from hint(asked)
    if filled.kept:
        yield from small_print([wording.kept(len(filled.given))])


def has_list(question: Question, people: Sequence[Option]) -> bool:
    """Whether a question about people can be put as a list to pick from."""
    return question.sort is not Sort.PERSON or (0 < len(people) <= CHOICES and fits(people))


def fits(options: Sequence[Option]) -> bool:
    """Whether a list of choices is light enough for a card."""
    return len(options) <= CHOICES and weight([(one.value, one.label) for one in options]) <= _LIST


def answers_of(data: object) -> dict[str, str]:
    """The answers that come with a button, question key to text; what was left empty is left out.

    Several choices come with commas between them, as Teams sends them. The kind is read by `kind_of`.
    """
    found: dict[str, str] = {}
    for name, value in _inputs(data):
        said = _said(value)
        if said and name != ids.KIND_FIELD:
            found[name.removeprefix(ids.QUESTION)] = said
    return found


def asked_in(data: object) -> frozenset[str]:
    """The keys of what stood on the card to be answered: what came back empty of these has been taken out."""
    asked = data.get("asked") if isinstance(data, Mapping) else None
    keys = asked.split(",")[:_MOST_KEYS] if isinstance(asked, str) else []
    return frozenset(filter(None, keys))


def kind_of(data: object) -> Kind | None:
    """The kind that was chosen; None where none was, or none that there is."""
    chosen = data.get(ids.KIND_FIELD) if isinstance(data, Mapping) else None
    return next((kind for kind in Kind if kind == chosen), None)


def _inputs(data: object) -> Iterator[tuple[str, Any]]:
    pairs = list(data.items())[:_MOST_KEYS] if isinstance(data, Mapping) else []
    for name, value in pairs:
        if isinstance(name, str) and len(name) > len(ids.QUESTION) and name.startswith(ids.QUESTION):
            yield name, value


def _said(value: object) -> str:
    if isinstance(value, list):
        return ",".join(one for one in value if isinstance(one, str))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if value.strip() else ""
    return ""


def _element(question: Question, asked: Asked, filled: Filled) -> Json:
    given = "" if filled.kept else filled.given
    if question.sort is Sort.PERSON and has_list(question, filled.people):
        return people_input(asked, filled.people, given)
    if question.sort in _CHOICES and question.options:
        return _choosing(question, asked, given)
    return text_input(asked, given, long=question.sort is Sort.LONG, most=FIELD_LIMIT)


def _choosing(question: Question, asked: Asked, given: str) -> Json:
    """A choice; where there are too many to list, such as the schools of a large trust, a name typed in."""
    options = question.options
    if not fits(options):
        label = next((one.label for one in options if one.value == given), given)
        return text_input(asked, label, long=False, most=FIELD_LIMIT)
    near = (question.required or question.key.startswith(STANDING)) and len(options) <= _FEW
    only = options[0].value if question.required and len(options) == 1 else ""
    return choice(asked, options, given or only, near=near)


def _picked(filled: Filled) -> str:
    """Whom somebody picked from a list that a heavy card has no room for."""
    labels = {one.value: one.label for one in filled.people}
    names = [labels[one] for one in filled.given.split(",") if one in labels]
    return wording.picked(names[:_MOST_PICKED]) if names else ""
