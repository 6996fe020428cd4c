"""A form's questions as places to answer in a view, and what a view holds as answers.

A question's block keeps its id however the form changes around it, so Slack keeps what was typed there. An
answer longer than Slack's field goes on in further blocks, which `answers_of` puts together again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.reporting.forms import STANDING, Option, Question, Sort
from bot.slack import blocks as block
from bot.slack import ids
from bot.slack import text as limits
from bot.slack.blocks import Json
from bot.slack.text import clipped, pieces, plain, size
from bot.wording import reporting as wording

MOST_PARTS = 7
"""Fields that somebody may ask for one answer: 20,000 characters fit."""
_MOST_FILLED = 2 * MOST_PARTS
"""Fields that an answer to begin with may fill, were it all emoji, which may count for two."""
_GROWS = "what"
"""The question whose answer somebody can ask more room for."""
_ALMOST_FULL = limits.INPUT - 100
_FEW = 4
"""Up to so many answers stand below each other; more are a menu."""
_MOST_PICKED = 20
_DIGITS = 4
_CHOICES = frozenset({Sort.CHOICE, Sort.YES_NO})


@dataclass(frozen=True, slots=True)
class Filled:
    """What fills a form in: answers by block (`written`) or by key, and the people who can be picked.

    `rooms` is how many fields `what` has at the least.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    people: Sequence[Option] = ()
    rooms: int = 1


def question_blocks(question: Question, filled: Filled) -> Iterator[Json]:
    """The place, or places, where one question is answered."""
    if question.sort is Sort.LONG:
        yield from _long(question, filled)
        return
    made = block.field(
        block_of(question.key),
        question.label,
        _element(question, filled),
        hint=question.help,
        optional=not question.required,
    )
    changes = question.sort in _CHOICES or question.sort is Sort.PERSON
    yield {**made, "dispatch_action": True} if changes else made


def block_of(key: str, part: int = 1) -> str:
    """The id of a question's block."""
    return f"{ids.QUESTION}{key}{ids.PART}{part}" if part > 1 else f"{ids.QUESTION}{key}"


def written(state: object) -> dict[str, str]:
    """What a view's state holds, field by field, as `Filled` takes it to show the form again."""
    values = state.get("values") if isinstance(state, Mapping) else None
    found: dict[str, str] = {}
    for name, actions in values.items() if isinstance(values, Mapping) else ():
        if not (isinstance(name, str) and name.startswith(ids.QUESTION) and isinstance(actions, Mapping)):
            continue
        said = next((text for text in map(_said, actions.values()) if text), "")
        if said:
            found[name.removeprefix(ids.QUESTION)] = said
    return found


def answers_of(state: object) -> dict[str, str]:
    """The answers in a view's state, question key to text; what was left empty is left out."""
    parts, gap = written(state), ""
    found: dict[str, str] = {}
    for name in sorted(parts, key=_place):
        key = name.partition(ids.PART)[0]
        found[key] = f"{found[key]}{gap}{parts[name]}" if key in found else parts[name]
        gap = "" if parts[name][-1].isspace() or size(parts[name]) >= limits.INPUT - 1 else "\n"
    return found


def found_people(people: Sequence[Option], typed: str) -> Json:
    """Whoever's name has all the words typed so far: the answer to Slack's request for options."""
    words = plain(typed).casefold().split()
    found = (one for one in people if all(word in one.label.casefold() for word in words))
    return {"options": [shown for shown, _ in zip(map(_option, found), range(limits.OPTIONS), strict=False)]}


def _long(question: Question, filled: Filled) -> Iterator[Json]:
    texts = _parts(question.key, filled)
    for part, text in enumerate(texts, start=1):
        label = question.label if part == 1 else wording.continued(question.label)
        last = part == len(texts)
        room = wording.room(limits.INPUT, more=question.key == _GROWS)
        hints = (question.help if part == 1 else "", room if last else "")
        element = {**_typed(question.key, text, part), "multiline": True}
        yield block.field(
            block_of(question.key, part),
            label,
            element,
            hint=" ".join(filter(None, hints)),
            optional=not question.required or part > 1,
        )


def _parts(key: str, filled: Filled) -> list[str]:
    """What stands in each field of a long answer, an empty one after a full one."""
    given = [filled.answers.get(key, "")]
    given += [filled.answers.get(f"{key}{ids.PART}{part}", "") for part in range(2, _MOST_FILLED + 1)]
    while len(given) > 1 and not given[-1]:
        given.pop()
    texts = [piece for text in given for piece in (list(pieces(text, limits.INPUT)) or [""])]
    if size(texts[-1]) > _ALMOST_FULL:
        texts.append("")
    texts += [""] * (filled.rooms - len(texts) if key == _GROWS else 0)
    return texts[:_MOST_FILLED]


def _element(question: Question, filled: Filled) -> Json:
    given = filled.answers.get(question.key, "")
    if question.sort is Sort.PERSON:
        return _picking(question.key, given, filled.people)
    if question.sort in _CHOICES and question.options:
        return _choosing(question, given)
    return _typed(question.key, given)


def _typed(key: str, given: str, part: int = 1) -> Json:
    number = f"{ids.PART}{part}" if part > 1 else ""
    made: Json = {
        "type": "plain_text_input",
        "action_id": f"{ids.REPORT_ANSWER}.{key}{number}",
        "max_length": limits.INPUT,
    }
    shown = clipped(limits.typed(given), limits.INPUT)
    return {**made, "initial_value": shown} if shown else made


def _choosing(question: Question, given: str) -> Json:
    shown = [_option(one) for one in question.options]
    near = question.required or question.key.startswith(STANDING)
    few = near and len(shown) <= _FEW
    made: Json = {
        **(
            {"type": "radio_buttons", "options": shown}
            if few
            else {
                **block.menu("static_select", shown),
                "placeholder": block.label(wording.CHOOSE_HERE, limits.PLACEHOLDER),
            }
        ),
        "action_id": f"{ids.REPORT_ANSWER}.{question.key}",
    }
    only = shown[0] if question.required and len(shown) == 1 else None
    chosen = next((one for one in shown if one["value"] == given), only)
    return {**made, "initial_option": chosen} if chosen else made


def _picking(key: str, given: str, people: Sequence[Option]) -> Json:
    """A menu of people, or a search where there are more than a menu holds."""
    shown = [_option(one) for one in people]
    if not shown:
        return _typed(key, given)
    if len(shown) > limits.OPTIONS:
        made: Json = {
            "type": "multi_external_select",
            "action_id": ids.REPORT_PEOPLE,
            "min_query_length": 1,
        }
    else:
        made = {**block.menu("multi_static_select", shown), "action_id": f"{ids.REPORT_ANSWER}.{key}"}
    made["placeholder"] = block.label(wording.SEARCH_HERE, limits.PLACEHOLDER)
    made["max_selected_items"] = _MOST_PICKED
    wanted = {one.strip() for one in given.split(",")}
    chosen = [one for one in shown if one["value"] in wanted][:_MOST_PICKED]
    return {**made, "initial_options": chosen} if chosen else made


def _option(one: Option) -> Json:
    return block.option(one.value, one.label)


def _said(element: Any) -> str:
    """What one element of a state holds; nothing for what is none of ours."""
    if not isinstance(element, Mapping):
        return ""
    for name in ("value", "selected_date", "selected_user"):
        if isinstance(element.get(name), str):
            return str(element[name])
    options = element.get("selected_options") or [element.get("selected_option")]
    values = [one.get("value") for one in options if isinstance(one, Mapping)] if _is_list(options) else []
    return ",".join(value for value in values if isinstance(value, str))


def _is_list(options: object) -> bool:
    return isinstance(options, list | tuple)


def _place(name: str) -> tuple[str, int]:
    key, _, number = name.partition(ids.PART)
    return key, int(number) if number.isdecimal() and number.isascii() and len(number) < _DIGITS else 0
