"""What Slack takes as blocks, as a message and as a view, and what it refuses: nothing is cut short."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.slack.elements import (
    BUTTON,
    CONTEXT_ACTIONS,
    ID,
    IMAGE,
    MOMENT,
    MULTI_SELECTS,
    OVERFLOW,
    PICKERS,
    PICTURE,
    SELECTS,
    TICKS,
    WRITING,
    plain,
    text,
)
from tests.support.slack.shapes import (
    Check,
    Refusal,
    at,
    at_least_one,
    exactly_one,
    flag,
    kinds,
    many,
    number,
    one_of,
    refuse_unless,
    shape,
    words,
)

MOST_TEXT = 40_000
"""Characters of a message's `text`; Slack cuts some longer ones and refuses others, the stand-in refuses."""
MOST_IN_BLOCKS = 13_200
"""Characters of a message's blocks all together, as JSON (Slack's own count is unpublished, and near)."""
MOST_METADATA = 8_000
"""Bytes of a message's metadata."""
MOST_VIEW = 250_000
"""Bytes of a view."""
_BLOCK: Mapping[str, Check] = {"block_id": ID}
_CONTEXT = kinds(
    {**IMAGE, "plain_text": plain(3000), "mrkdwn": text(3000)},
    "a context block",
)
_ACTIONS = kinds({**BUTTON, **OVERFLOW, **SELECTS, **TICKS, **PICKERS, **MOMENT}, "an actions block")
_ACCESSORY = kinds(
    {**BUTTON, **OVERFLOW, **SELECTS, **MULTI_SELECTS, **TICKS, **PICKERS, **IMAGE}, "a section"
)
_INPUT = kinds({**WRITING, **SELECTS, **MULTI_SELECTS, **TICKS, **PICKERS, **MOMENT}, "an input block")


def _loose(value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield at("must be an object", place)


_RICH = kinds(
    {
        kind: shape(
            {"elements": many(_loose, 1000, 0)},
            {"border": number(0, 1), "indent": number(0, 8), "offset": number(0, 10_000)}
            | ({"style": one_of("bullet", "ordered")} if kind == "rich_text_list" else {}),
            kind=kind,
        )
        for kind in ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
    },
    "a rich text",
)
_ANYWHERE: Mapping[str, Check] = {
    "section": shape(
        {},
        {
            **_BLOCK,
            "text": text(3000),
            "fields": many(text(2000), 10),
            "accessory": _ACCESSORY,
            "expand": flag,
        },
        at_least_one("text", "fields"),
        kind="section",
    ),
    "divider": shape({}, _BLOCK, kind="divider"),
    "header": shape({"text": plain(150)}, _BLOCK, kind="header"),
    "context": shape({"elements": many(_CONTEXT, 10)}, _BLOCK, kind="context"),
    "actions": shape({"elements": many(_ACTIONS, 25)}, _BLOCK, kind="actions"),
    "input": shape(
        {"label": plain(2000), "element": _INPUT},
        {**_BLOCK, "dispatch_action": flag, "hint": plain(2000), "optional": flag},
        kind="input",
    ),
    "image": shape(
        {"alt_text": words(2000)},
        {**_BLOCK, **PICTURE, "title": plain(2000)},
        exactly_one("image_url", "slack_file"),
        kind="image",
    ),
    "rich_text": shape({"elements": many(_RICH, 100)}, _BLOCK, kind="rich_text"),
}
_MESSAGE_BLOCK = kinds(
    {
        **_ANYWHERE,
        "markdown": shape({"text": words(12_000)}, _BLOCK, kind="markdown"),
        "context_actions": shape(
            {"elements": many(kinds(CONTEXT_ACTIONS, "a context_actions block"), 5)},
            _BLOCK,
            kind="context_actions",
        ),
    },
    "a message",
)
_VIEW_BLOCK = kinds(_ANYWHERE, "a view")
_VIEW: Mapping[str, Check] = {
    "private_metadata": words(3000, 0),
    "callback_id": words(255, 0),
    "external_id": words(255, 0),
}


def elements_of(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The elements of a block with which a person can do something, or write in."""
    row = block.get("elements")
    found = [*(row if isinstance(row, list) else []), block.get("element"), block.get("accessory")]
    acting = block.get("type") in {"actions", "input", "section", "context_actions"}
    return [one for one in found if acting and isinstance(one, dict) and one.get("type") != "image"]


def _unique(value: Any, place: str) -> Iterator[str]:
    """No block_id twice on a surface, no action_id twice in a block."""
    ids = Counter(one["block_id"] for one in value if "block_id" in one)
    for name in (name for name, count in ids.items() if count > 1):
        yield at(f"block_id {name} already exists", place)
    for number_, block in enumerate(value):
        actions = Counter(one["action_id"] for one in elements_of(block) if "action_id" in one)
        for name in (name for name, count in actions.items() if count > 1):
            yield at(f"action_id {name} already exists for another element", f"{place}/{number_}/elements")


def _focused_once(value: Any, place: str) -> Iterator[str]:
    if sum(bool(one.get("focus_on_load")) for block in value for one in elements_of(block)) > 1:
        yield at("only one element can have focus_on_load", place)


def _surface(block: Check, most: int, least: int) -> Check:
    listed = many(block, most, least)

    def check(value: Any, place: str) -> Iterator[str]:
        wrong = list(listed(value, place))
        yield from wrong
        if not wrong:
            yield from _unique(value, place)
            yield from _focused_once(value, place)

    return check


_MESSAGE_BLOCKS = _surface(_MESSAGE_BLOCK, 50, 0)
_VIEW_BLOCKS = _surface(_VIEW_BLOCK, 100, 0)


def _submits(view: Any, place: str) -> Iterator[str]:
    if "submit" not in view and any(one["type"] == "input" for one in view["blocks"]):
        yield at("'submit' is required in the view when an 'input' block is in the blocks array", place)


_MODAL = shape(
    {"title": plain(24), "blocks": _VIEW_BLOCKS},
    {
        **_VIEW,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
    _submits,
    kind="modal",
)
_HOME = shape({"blocks": _VIEW_BLOCKS}, _VIEW, kind="home")


def check_blocks(blocks: Any) -> None:
    """Raise `Refusal` for blocks that a message can't have."""
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    refuse_unless(_MESSAGE_BLOCKS(blocks, "/blocks"), "invalid_blocks")
    if len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > MOST_IN_BLOCKS:
        raise Refusal("msg_blocks_too_long")


def check_view(view: Any, kind: str = "modal") -> None:
    """Raise `Refusal` for what can't be a modal, or a home tab where `kind` is `home`."""
    if not isinstance(view, dict):
        raise Refusal("cannot_parse", [at("must be an object", "/view")])
    if len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode()) > MOST_VIEW:
        raise Refusal("view_too_large")
    allowed = {kind: {"modal": _MODAL, "home": _HOME}[kind]}
    refuse_unless(kinds(allowed, "this call")(view, "/view"), "invalid_arguments")


def check_metadata(metadata: Any) -> None:
    """Raise `Refusal` for metadata other than an event's type and payload; an empty object removes it."""
    form = shape({"event_type": words(255), "event_payload": _loose})
    if not isinstance(metadata, dict):
        raise Refusal("invalid_metadata_format")
    if metadata:
        refuse_unless(form(metadata, "/metadata"), "invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > MOST_METADATA:
        raise Refusal("metadata_too_large")


def check_message(body: Mapping[str, Any], *, may_be_empty: bool = False) -> None:
    """Raise `Refusal` for a message that Slack wouldn't show: `text`, `blocks`, `attachments`, `metadata`."""
    said = body.get("text", "")
    if not isinstance(said, str):
        raise Refusal("invalid_arguments", [at("must provide a string", "/text")])
    if len(said) > MOST_TEXT:
        raise Refusal("msg_too_long")
    if body.get("attachments"):
        raise Refusal("invalid_attachments", [at("the stand-in takes blocks alone", "/attachments")])
    if "blocks" in body:
        check_blocks(body["blocks"])
    if "metadata" in body:
        check_metadata(body["metadata"])
    if not said and not body.get("blocks") and not may_be_empty:
        raise Refusal("no_text")
