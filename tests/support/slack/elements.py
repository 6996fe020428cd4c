"""What Slack takes as a text, an option, a confirmation or an element of Block Kit, with every limit."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.slack.shapes import (
    Check,
    at,
    exactly_one,
    flag,
    kinds,
    like,
    link,
    many,
    number,
    one_of,
    shape,
    words,
)

ID = words(255)
"""What an action_id, a block_id, a callback_id or an external_id may be."""
_ANY_ID = words(255)
_SELECTED = number(1, 10_000)


def plain(most: int) -> Check:
    """A text object that may only be plain."""
    return kinds({"plain_text": _plain_text(most)}, "this text")


def text(most: int) -> Check:
    """A text object, plain or with Slack's marks."""
    marked = shape({"text": words(most)}, {"verbatim": flag}, kind="mrkdwn")
    return kinds({"plain_text": _plain_text(most), "mrkdwn": marked}, "this text")


def _plain_text(most: int) -> Check:
    return shape({"text": words(most)}, {"emoji": flag}, kind="plain_text")


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def option(label: Check, *, description: Check | None = None, url: bool = False) -> Check:
    """One choice: its text at most 75 characters, its value 150, its description 75."""
    more: dict[str, Check] = {"description": description or plain(75)}
    return shape({"text": label, "value": words(150)}, {**more, **({"url": link()} if url else {})})


_CHOICE = option(plain(75))
_MARKED_CHOICE = option(text(75), description=text(75))
_MENU_CHOICE = option(plain(75), url=True)
_GROUP = shape({"label": plain(75), "options": many(_CHOICE, 100)})


OFFER = shape(
    {},
    {"options": many(_CHOICE, 100, 0), "option_groups": many(_GROUP, 100, 0)},
    exactly_one("options", "option_groups"),
)
"""What the app answers to somebody who types into a menu."""


def offered(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every option that an element offers, in groups or not."""
    within = [one for group in element.get("option_groups", ()) for one in group["options"]]
    return [*element.get("options", ()), *within]


def _initially_offered(element: Any, place: str) -> Iterator[str]:
    """Whatever is chosen at first must be on offer, exactly."""
    if "initial_option" in element and element["initial_option"] not in offered(element):
        yield at("initial_option must match one of the options", f"{place}/initial_option")
    for count, one in enumerate(element.get("initial_options", ())):
        if one not in offered(element):
            yield at("initial_options must match the options", f"{place}/initial_options/{count}")


def _distinct_values(element: Any, place: str) -> Iterator[str]:
    seen = Counter(one["value"] for one in offered(element))
    for value in (value for value, count in seen.items() if count > 1):
        yield at(f"duplicate option value: {value}", place)


def _lengths_in_order(element: Any, place: str) -> Iterator[str]:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if least > most:
        yield at("min_length must be less than max_length", place)


_ACTS: Mapping[str, Check] = {"action_id": ID, "confirm": CONFIRM}
_FOCUS: Mapping[str, Check] = {"action_id": ID, "focus_on_load": flag}
_PLACE: Mapping[str, Check] = {"placeholder": plain(150)}
_PICK: Mapping[str, Check] = {**_ACTS, **_FOCUS}
_SELECT: Mapping[str, Check] = {**_PICK, **_PLACE}
_WRITE: Mapping[str, Check] = {
    **_FOCUS,
    **_PLACE,
    "dispatch_action_config": shape(
        {"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 2)}
    ),
}
_LISTED: Mapping[str, Check] = {"options": many(_CHOICE, 100), "option_groups": many(_GROUP, 100)}
_DATE = like(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", "date")
_TIME = like(r"(?:[01]\d|2[0-3]):[0-5]\d", "time")
_DECIMAL = like(r"-?\d+(?:\.\d+)?", "number")
_FILTER = shape(
    {},
    {
        "include": many(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
_ONE_LIST = exactly_one("options", "option_groups")


def _select(kind: str, fields: Mapping[str, Check], *also: Check) -> dict[str, Check]:
    return {kind: shape({}, {**_SELECT, **fields}, *also, kind=kind)}


_CHECKS = (_ONE_LIST, _initially_offered, _distinct_values)
SELECTS: Mapping[str, Check] = {
    **_select("static_select", {**_LISTED, "initial_option": _CHOICE}, *_CHECKS),
    **_select("external_select", {"initial_option": _CHOICE, "min_query_length": number(0, 3000)}),
    **_select("users_select", {"initial_user": _ANY_ID}),
    **_select(
        "conversations_select",
        {
            "initial_conversation": _ANY_ID,
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": _FILTER,
        },
    ),
    **_select("channels_select", {"initial_channel": _ANY_ID, "response_url_enabled": flag}),
}
_MANY_CHOICES: Mapping[str, Check] = {
    "initial_options": many(_CHOICE, 100),
    "max_selected_items": _SELECTED,
}
_MANY_IDS = many(_ANY_ID, 1000)
MULTI_SELECTS: Mapping[str, Check] = {
    **_select("multi_static_select", {**_LISTED, **_MANY_CHOICES}, *_CHECKS),
    **_select("multi_external_select", {**_MANY_CHOICES, "min_query_length": number(0, 3000)}),
    **_select("multi_users_select", {"initial_users": _MANY_IDS, "max_selected_items": _SELECTED}),
    **_select(
        "multi_conversations_select",
        {
            "initial_conversations": _MANY_IDS,
            "default_to_current_conversation": flag,
            "filter": _FILTER,
            "max_selected_items": _SELECTED,
        },
    ),
    **_select("multi_channels_select", {"initial_channels": _MANY_IDS, "max_selected_items": _SELECTED}),
}
BUTTON: Mapping[str, Check] = {
    "button": shape(
        {"text": plain(75)},
        {
            **_ACTS,
            "url": link(),
            "value": words(2000),
            "style": one_of("primary", "danger"),
            "accessibility_label": words(75),
        },
        kind="button",
    )
}
OVERFLOW: Mapping[str, Check] = {
    "overflow": shape({"options": many(_MENU_CHOICE, 5)}, _ACTS, _distinct_values, kind="overflow")
}
TICKS: Mapping[str, Check] = {
    "checkboxes": shape(
        {"options": many(_MARKED_CHOICE, 10)},
        {**_PICK, "initial_options": many(_MARKED_CHOICE, 10)},
        _initially_offered,
        _distinct_values,
        kind="checkboxes",
    ),
    "radio_buttons": shape(
        {"options": many(_MARKED_CHOICE, 10)},
        {**_PICK, "initial_option": _MARKED_CHOICE},
        _initially_offered,
        _distinct_values,
        kind="radio_buttons",
    ),
}
PICKERS: Mapping[str, Check] = {
    "datepicker": shape({}, {**_SELECT, "initial_date": _DATE}, kind="datepicker"),
    "timepicker": shape({}, {**_SELECT, "initial_time": _TIME, "timezone": words(75)}, kind="timepicker"),
}
MOMENT: Mapping[str, Check] = {
    "datetimepicker": shape(
        {}, {**_PICK, "initial_date_time": number(10**9, 10**10 - 1)}, kind="datetimepicker"
    )
}
WRITING: Mapping[str, Check] = {
    "plain_text_input": shape(
        {},
        {
            **_WRITE,
            "initial_value": words(3000, 0),
            "multiline": flag,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
        _lengths_in_order,
        kind="plain_text_input",
    ),
    "email_text_input": shape({}, {**_WRITE, "initial_value": words(3000)}, kind="email_text_input"),
    "url_text_input": shape({}, {**_WRITE, "initial_value": link()}, kind="url_text_input"),
    "number_input": shape(
        {"is_decimal_allowed": flag},
        {**_WRITE, "initial_value": _DECIMAL, "min_value": _DECIMAL, "max_value": _DECIMAL},
        kind="number_input",
    ),
    "file_input": shape(
        {}, {"action_id": ID, "filetypes": many(words(20), 50), "max_files": number(1, 10)}, kind="file_input"
    ),
}
_SLACK_FILE = shape({}, {"id": _ANY_ID, "url": link()}, exactly_one("id", "url"))
PICTURE: Mapping[str, Check] = {"image_url": link(), "slack_file": _SLACK_FILE}
IMAGE: Mapping[str, Check] = {
    "image": shape({"alt_text": words(2000)}, PICTURE, exactly_one("image_url", "slack_file"), kind="image")
}
_FEEDBACK = shape({"text": plain(75), "value": words(2000)}, {"accessibility_label": words(75)})
CONTEXT_ACTIONS: Mapping[str, Check] = {
    "feedback_buttons": shape(
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
        {"action_id": ID},
        kind="feedback_buttons",
    ),
    "icon_button": shape(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            **_ACTS,
            "value": words(2000),
            "accessibility_label": words(75),
            "visible_to_user_ids": _MANY_IDS,
        },
        kind="icon_button",
    ),
}
