"""What a form holds while a person fills it in: each element's state, as Slack keeps and sends it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.support.slack.blocks import elements_of
from tests.support.slack.elements import offered

Values = dict[str, dict[str, dict[str, Any]]]
"""By block_id and action_id, as `view.state.values` has it."""

_ONE_OPTION = {"static_select", "external_select", "radio_buttons"}
_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}
_FIELD = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    **dict.fromkeys(_ONE_OPTION, "selected_option"),
    **dict.fromkeys(_OPTIONS, "selected_options"),
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
"""The field that holds what was chosen. What isn't here has no state: buttons and menus."""
_INITIAL = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
}
_WRITTEN = {"email_text_input": r"[^@\s]+@[^@\s]+\.\w+", "url_text_input": r"https?://\S+"}
_WHOLE, _DECIMAL = r"-?\d+", r"-?\d+(\.\d+)?"


class NotPossibleError(AssertionError):
    """No person could have done this: Slack doesn't show it, or doesn't let it through."""


def has_state(element: Mapping[str, Any]) -> bool:
    """Whether a form keeps something for this element."""
    return element.get("type") in _FIELD


def initial(element: Mapping[str, Any]) -> dict[str, Any]:
    """An element's state before anybody touches it."""
    field = _FIELD[element["type"]]
    empty: list[Any] | None = [] if field.endswith("s") else None
    return {"type": element["type"], field: element.get(_INITIAL[field], empty)}


def initial_values(blocks: Sequence[Mapping[str, Any]], kept: Values | None = None) -> Values:
    """A form's state when it is shown; `kept` is what the person had entered before it was changed.

    As Slack does: an answer stays where its block_id, its action_id and its kind do, and its choice too.
    """
    found: Values = {}
    for block in blocks:
        for element in elements_of(block):
            if has_state(element):
                name, action = block["block_id"], element["action_id"]
                before = (kept or {}).get(name, {}).get(action)
                found.setdefault(name, {})[action] = (
                    before if before and _still_fits(before, element) else initial(element)
                )
    return found


def _still_fits(state: Mapping[str, Any], element: Mapping[str, Any]) -> bool:
    if state["type"] != element["type"]:
        return False
    if "external" in element["type"]:
        return True
    chosen = [
        *state.get("selected_options", ()),
        *([state["selected_option"]] if state.get("selected_option") else []),
    ]
    return all(one in offered(element) for one in chosen)


def entered(element: Mapping[str, Any], given: Any) -> dict[str, Any]:
    """An element's state once a person has entered something: text, an option's value or its label, an id.

    Several are given as a list, nothing as None. Raises `NotPossibleError` for what the form wouldn't take.
    """
    kind = element["type"]
    field = _FIELD.get(kind)
    if field is None:
        raise NotPossibleError(f"nothing can be entered in a {kind}")
    if given is None:
        return {"type": kind, field: [] if field.endswith("s") else None}
    if kind in _ONE_OPTION:
        return {"type": kind, field: choice(element, given)}
    if kind in _OPTIONS:
        return {"type": kind, field: [choice(element, one) for one in _list(given)]}
    if field == "value":
        return {"type": kind, field: _written(element, given)}
    return {"type": kind, field: _list(given) if field.endswith("s") else given}


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list | tuple):
        raise NotPossibleError(f"several answers are given as a list, not as {given!r}")
    return list(given)


def choice(element: Mapping[str, Any], given: Any) -> dict[str, Any]:
    """The option with this value, or with this label. Raises `NotPossibleError` where it isn't offered."""
    if isinstance(given, dict) and "external" in element["type"]:
        return given
    options = offered(element)
    for option in options:
        if given in {option["value"], option["text"]["text"]}:
            return option
    shown = [(one["value"], one["text"]["text"]) for one in options]
    raise NotPossibleError(f"{element.get('action_id')} doesn't offer {given!r} but {shown}")


def _written(element: Mapping[str, Any], given: Any) -> str | None:
    said = str(given)
    if len(said) > (most := element.get("max_length", 3000)):
        raise NotPossibleError(f"{element.get('action_id')} takes {most} characters, not {len(said)}")
    return said or None


def shortcomings(blocks: Sequence[Mapping[str, Any]], values: Values) -> Iterator[str]:
    """What keeps Slack from sending a form: inputs not filled in that must be, or filled in wrongly."""
    for block in blocks:
        if block["type"] != "input" or not has_state(block["element"]):
            continue
        state = values[block["block_id"]][block["element"]["action_id"]]
        name, answer = block["label"]["text"], state[_FIELD[state["type"]]]
        if not answer:
            if not block.get("optional"):
                yield f"{name!r} is not filled in"
        elif isinstance(answer, str) and not _well_written(block["element"], answer):
            yield f"{name!r} is filled in wrongly: {answer!r}"


def _well_written(element: Mapping[str, Any], answer: str) -> bool:
    if len(answer) < element.get("min_length", 0):
        return False
    number = _DECIMAL if element.get("is_decimal_allowed") else _WHOLE
    form = number if element["type"] == "number_input" else _WRITTEN.get(element["type"], r"(?s).*")
    return re.fullmatch(form, answer) is not None


def words_of(shown: Any) -> str:
    """Everything that a person can read in blocks or in a view, a line for each piece of text."""
    return "\n".join(_texts(shown))


def _texts(shown: Any) -> Iterator[str]:
    if isinstance(shown, list | tuple):
        for one in shown:
            yield from _texts(one)
    elif isinstance(shown, dict):
        if isinstance(shown.get("text"), str):
            yield shown["text"]
        for name in ("title", "alt_text", "label", "hint", "text", "description", "placeholder", "fields"):
            yield from _texts(shown[name]) if not isinstance(shown.get(name), str | None) else ()
        for name in (
            "elements",
            "element",
            "accessory",
            "options",
            "option_groups",
            "blocks",
            "submit",
            "close",
        ):
            yield from _texts(shown.get(name))
