"""Which Adaptive Cards 1.5 Teams takes of Signpost, as a message and as a dialog: strict, and nothing is cut.

It knows the elements that Signpost uses and no more, so that a slip of the pen is a fault. What Teams would
show badly without refusing it is a fault too: text that doesn't wrap, an input that a screen reader cannot
name, a colour that is lost in the dark theme.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.teams.shapes import (
    Check,
    any_words,
    anything,
    day,
    flag,
    kinds,
    many,
    one_of,
    shape,
    whole,
    words,
)

CHAT, DIALOG = "chat", "dialog"
MOST_BYTES = 24_000
"""Of a card as JSON, every sign that isn't ASCII written out. Teams cuts off at 28 KB."""
MOST_pressable = 6
"""Actions in a set; Teams shows no more."""
MOST_CHOICES = 300
MOST_SUMMARY = 4_000


def assert_valid(card: Any, where: str = CHAT) -> None:
    """Fail with everything that is wrong with a card that stands in a `chat` or a `dialog`."""
    found = faults_of(card, where)
    assert not found, "\n".join(found)


def faults_of(card: Any, where: str = CHAT) -> list[str]:
    """What is wrong with a card, each with its place; nothing where Teams takes it and shows it well."""
    assert where in (CHAT, DIALOG), where
    found = list(_card(card, "card"))
    if found:
        return found
    parts = list(_parts(card, "card"))
    found += [f"{place}: the id {name} stands twice" for place, name in _twice(parts)]
    found += [said for place, part in parts for said in _acting(part, place, where)]
    found += _nested(parts)
    names = {part["id"] for _, part in parts if "id" in part}
    shown_or_hidden = {one for _, part in parts for one in part.get("targetElements", ())}
    found += [f"card: shows or hides {one}, which isn't there" for one in shown_or_hidden - names]
    weight = len(json.dumps(card))
    if weight > MOST_BYTES:
        found.append(f"card: {weight} bytes, and {MOST_BYTES} is the most")
    return found


def parts_of(card: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every element, text run and action of a card, in reading order."""
    return (part for _, part in _parts(card, "card"))


def inputs_of(card: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The inputs of a card, by id."""
    return {part["id"]: part for part in parts_of(card) if str(part.get("type", "")).startswith("Input.")}


def actions_of(card: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Everything that can be pressed on a card, those behind a question to confirm included."""
    return [part for part in parts_of(card) if str(part.get("type", "")).startswith("Action.")]


def texts_of(card: Mapping[str, Any]) -> list[str]:
    """Every word that a card shows or can show, piece by piece."""
    shown = ("text", "title", "label", "placeholder", "errorMessage", "tooltip", "altText", "value")
    pieces = (part[key] for part in parts_of(card) for key in shown if isinstance(part.get(key), str))
    return [*pieces, *([card["fallbackText"]] if "fallbackText" in card else [])]


def _items(value: Any, place: str) -> Iterator[str]:
    yield from many(_ELEMENT)(value, place)


def _pressable(value: Any, place: str) -> Iterator[str]:
    yield from many(_ACTION, most=MOST_pressable)(value, place)


def _inner(value: Any, place: str) -> Iterator[str]:
    yield from shape({key: _ROOT[key] for key in ("type", "body", "actions")}, "type body")(value, place)


def _fallback(value: Any, place: str) -> Iterator[str]:
    if value != "drop":
        yield from (_ACTION if str(place).count("Action.") else _ELEMENT)(value, place)


_COLOURS = one_of("default", "accent", "attention")
"""`dark` and `light` are fixed, and lost in one theme or another; on white, Teams' `good` (#92C353) and `warning`
(#F8D22A) have a contrast of 2.1 and 1.5 to one."""
_SPACING = one_of("default", "none", "small", "medium", "large", "extraLarge", "padding")
_STYLE = one_of("default", "emphasis", "good", "attention", "warning", "accent")
_ALIGNED = one_of("left", "center", "right")
_ANY: Mapping[str, Check] = {
    "type": words,
    "id": words,
    "isVisible": flag,
    "separator": flag,
    "spacing": _SPACING,
    "height": one_of("auto", "stretch"),
    "fallback": _fallback,
    "requires": anything,
}
_FONT: Mapping[str, Check] = {
    "color": _COLOURS,
    "fontType": one_of("default", "monospace"),
    "isSubtle": flag,
    "size": one_of("default", "small", "medium", "large", "extraLarge"),
    "weight": one_of("default", "lighter", "bolder"),
}
_RUN = shape(
    {"type": one_of("TextRun"), "text": words, "italic": flag, "highlight": flag, **_FONT}, "type text"
)
_FACT = shape({"title": words, "value": words}, "title value")
_CHOICE = shape({"title": words, "value": words}, "title value")
_INPUT: Mapping[str, Check] = {**_ANY, "label": words, "isRequired": flag, "errorMessage": words}
_DATA = shape(
    {
        "action": words,
        "value": any_words,
        "msteams": shape({"type": one_of("task/fetch")}, "type"),
        "asked": any_words,
    },
    "action value",
)


def _wrapping(value: Any, place: str) -> Iterator[str]:
    yield from _TEXT_SHAPE(value, place)
    if value.get("wrap") is not True:
        yield f"{place}: must wrap, or it is cut off at 320 px"


def _typed(value: Any, place: str) -> Iterator[str]:
    yield from _TYPED_SHAPE(value, place)
    if isinstance(value.get("value"), str) and len(value["value"]) > value.get("maxLength", 10**9):
        yield f"{place}: holds more than its maxLength"
    yield from _mended(value, place)


def _chosen(value: Any, place: str) -> Iterator[str]:
    yield from _CHOSEN_SHAPE(value, place)
    choices = value.get("choices")
    if not isinstance(choices, list) or not all(isinstance(one, dict) for one in choices):
        return
    values = [one.get("value") for one in choices]
    if len(set(values)) != len(values):
        yield f"{place}: two choices have the same value"
    given = str(value["value"]).split(",") if value.get("value") else []
    if any(one not in values for one in given) or (len(given) > 1 and not value.get("isMultiSelect")):
        yield f"{place}: what is chosen is not among the choices"
    if value.get("isMultiSelect") and any("," in str(one) for one in values):
        yield f"{place}: a comma in a value would part it"
    yield from _mended(value, place)


def _dated(value: Any, place: str) -> Iterator[str]:
    yield from _DATE_SHAPE(value, place)
    yield from _mended(value, place)


def _mended(value: Mapping[str, Any], place: str) -> Iterator[str]:
    if value.get("isRequired") and "errorMessage" not in value:
        yield f"{place}: says nothing where it is left empty"


_TEXT_SHAPE = shape(
    {
        **_ANY,
        **_FONT,
        "text": words,
        "wrap": flag,
        "horizontalAlignment": _ALIGNED,
        "maxLines": whole,
        "style": one_of("default", "heading"),
    },
    "type text wrap",
)
_TYPED_SHAPE = shape(
    {
        **_INPUT,
        "isMultiline": flag,
        "maxLength": whole,
        "placeholder": words,
        "style": one_of("text", "tel", "email"),
        "value": any_words,
    },
    "type id label",
)
_CHOSEN_SHAPE = shape(
    {
        **_INPUT,
        "choices": many(_CHOICE, most=MOST_CHOICES),
        "isMultiSelect": flag,
        "style": one_of("compact", "expanded", "filtered"),
        "placeholder": words,
        "value": any_words,
        "wrap": flag,
    },
    "type id label choices",
)
_DATE_SHAPE = shape({**_INPUT, "min": day, "max": day, "value": day, "placeholder": words}, "type id label")
_COLUMN = shape(
    {
        **_ANY,
        "type": one_of("Column"),
        "items": _items,
        "width": anything,
    },
    "items",
)
_ELEMENT = kinds(
    {
        "TextBlock": _wrapping,
        "RichTextBlock": shape(
            {**_ANY, "inlines": many(_RUN), "horizontalAlignment": _ALIGNED}, "type inlines"
        ),
        "FactSet": shape({**_ANY, "facts": many(_FACT)}, "type facts"),
        "Container": shape(
            {**_ANY, "items": _items, "style": _STYLE, "bleed": flag},
            "type items",
        ),
        "ColumnSet": shape({**_ANY, "columns": many(_COLUMN, most=3), "style": _STYLE}, "type columns"),
        "ActionSet": shape({**_ANY, "actions": _pressable}, "type actions"),
        "Input.Text": _typed,
        "Input.ChoiceSet": _chosen,
        "Input.Date": _dated,
        "Input.Toggle": shape(
            {
                **_INPUT,
                "title": words,
                "value": words,
                "valueOn": words,
                "valueOff": words,
                "wrap": flag,
            },
            "type id label title",
        ),
    }
)
_PRESSED: Mapping[str, Check] = {
    "type": words,
    "id": words,
    "title": words,
    "tooltip": words,
    "style": one_of("default", "positive", "destructive"),
    "mode": one_of("primary", "secondary"),
    "isEnabled": flag,
    "fallback": _fallback,
    "requires": anything,
}
_SENDING: Mapping[str, Check] = {**_PRESSED, "data": _DATA, "associatedInputs": one_of("auto", "none")}
_ACTION = kinds(
    {
        "Action.Execute": shape({**_SENDING, "verb": words}, "type title verb data"),
        "Action.Submit": shape(_SENDING, "type title data"),
        "Action.ToggleVisibility": shape(
            {**_PRESSED, "targetElements": many(words)}, "type title targetElements"
        ),
        "Action.ShowCard": shape({**_PRESSED, "card": _inner}, "type title card"),
    }
)
_ROOT: Mapping[str, Check] = {
    "type": one_of("AdaptiveCard"),
    "version": one_of("1.5"),
    "body": _items,
    "actions": _pressable,
    "fallbackText": words,
    "$schema": one_of("http://adaptivecards.io/schemas/adaptive-card.json"),
    "msteams": shape({"width": one_of("Full")}, "width"),
}
_card = shape(_ROOT, "type version body")


def _parts(node: Any, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object of a card with a type, or that is a fact or a choice, with its place."""
    if isinstance(node, list):
        for number, one in enumerate(node):
            yield from _parts(one, f"{place}[{number}]")
    elif isinstance(node, dict):
        yield place, node
        for name, one in node.items():
            if name != "data":
                yield from _parts(one, f"{place}.{name}")


def _twice(parts: list[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, str]]:
    counted = Counter(part["id"] for _, part in parts if "id" in part)
    return [(place, part["id"]) for place, part in parts if counted[part.get("id", "")] > 1]


def _acting(part: Mapping[str, Any], place: str, where: str) -> Iterator[str]:
    """What a button may be, by where it stands: a dialog's buttons send, a chat's act or open a dialog."""
    kind, data = part.get("type"), part.get("data", {})
    if kind == "Action.Execute":
        if where == DIALOG:
            yield f"{place}: a dialog takes no Action.Execute"
        if part["verb"] != data["action"]:
            yield f"{place}: its verb is not its action"
    if kind == "Action.Submit" and ("msteams" in data) != (where == CHAT):
        yield f"{place}: opens a dialog from a dialog" if where == DIALOG else f"{place}: sends from a chat"
    if kind == "Action.Submit" and where == CHAT and part.get("associatedInputs") == "auto":
        yield f"{place}: a button that opens a dialog takes no inputs along"


def _nested(parts: list[tuple[str, Mapping[str, Any]]]) -> list[str]:
    shown = [place for place, part in parts if part.get("type") == "Action.ShowCard"]
    return [
        f"{one}: a card that unfolds may not unfold another"
        for one in shown
        if any(one.startswith(f"{other}.") for other in shown)
    ]
