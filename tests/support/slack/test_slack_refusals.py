"""What Block Kit doesn't know, the stand-in Slack refuses by name: misspelt, misplaced, missing, twice."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.slack.blocks import check_blocks, check_message, check_metadata, check_view
from tests.support.slack.pieces import (
    Json,
    actions,
    button,
    input_,
    marked,
    modal,
    option,
    plain,
    section,
    select,
    text_input,
    xs,
)
from tests.support.slack.shapes import Refusal

WRONG: tuple[tuple[str, Json, str], ...] = (
    ("an unknown block", {"type": "secton"}, "unsupported type: secton"),
    ("no type", {"text": plain("a")}, "missing required field: type"),
    ("a field that nobody knows", {**section("a"), "colour": "red"}, "invalid additional property: colour"),
    ("a misspelt field of an element", actions(button(disabled=True)), "additional property: disabled"),
    ("a section with nothing in it", {"type": "section"}, "must define either text or fields"),
    ("no text at all", section(""), "must be more than 0 characters"),
    ("a text that is a string", {"type": "section", "text": "a"}, "must be an object"),
    ("a marked header", {"type": "header", "text": marked("a")}, "unsupported type: mrkdwn"),
    ("a marked button", actions(button(text=marked("a"))), "unsupported type: mrkdwn"),
    ("a marked label", input_(text_input(), label=marked("a")), "unsupported type: mrkdwn"),
    ("a marked option", input_(select(options=[{"text": marked("a"), "value": "v"}])), "unsupported type"),
    ("emoji in marked text", {"type": "section", "text": {**marked("a"), "emoji": True}}, "property: emoji"),
    (
        "verbatim in plain text",
        {"type": "header", "text": {**plain("a"), "verbatim": True}},
        "property: verbatim",
    ),
    ("a button without text", actions({"type": "button"}), "missing required field: text"),
    ("a third style", actions(button(style="warning")), "must be a valid enum value"),
    ("a value that isn't text", actions(button(value=7)), "must provide a string"),
    ("a value that is nothing", actions(button(value=None)), "must provide a string"),
    ("an address that is none", actions(button(url="oakfield")), "must be a valid url"),
    ("an input of no kind", input_(button()), "unsupported type: button"),
    ("a text input among buttons", actions(text_input()), "unsupported type: plain_text_input"),
    ("a menu for several among buttons", actions({"type": "multi_users_select"}), "unsupported type"),
    (
        "an input without a label",
        {"type": "input", "element": text_input()},
        "missing required field: label",
    ),
    ("no options", input_(select(options=[])), "no fewer than 1 items"),
    ("neither options nor groups", input_({"type": "static_select"}), "must define either options or"),
    ("options twice over", input_(select(options=[option("a"), option("a")])), "duplicate option value: a"),
    ("an initial option not on offer", input_(select(initial_option=option("z"))), "must match one of"),
    ("lengths the wrong way round", input_(text_input(min_length=9, max_length=3)), "min_length must be"),
    ("a date that is none", input_({"type": "datepicker", "initial_date": "2026-13-01"}), "valid date"),
    ("a time that is none", input_({"type": "timepicker", "initial_time": "24:00"}), "valid time"),
    ("an image without words for it", {"type": "image", "image_url": "https://x.example"}, "alt_text"),
    ("one action_id twice in a block", actions(button(action_id="a"), button(action_id="a")), "a already"),
    ("a context with buttons", {"type": "context", "elements": [button()]}, "unsupported type: button"),
    ("something else altogether", {"type": ["section"]}, "unsupported type"),
)


@pytest.mark.parametrize(("what", "block", "complaint"), WRONG, ids=[one[0] for one in WRONG])
def test_what_block_kit_does_not_know_is_refused_by_name(what: str, block: Json, complaint: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_blocks([block])
    assert refused.value.code == "invalid_blocks", what
    assert complaint in "; ".join(refused.value.messages)
    assert "[json-pointer:/blocks/0" in refused.value.row()["response_metadata"]["messages"][0]


def test_a_block_id_stands_once_on_a_surface_and_an_action_id_once_in_a_block() -> None:
    twice = [{**section("a"), "block_id": "b"}, {**section("a"), "block_id": "b"}]
    with pytest.raises(Refusal, match="block_id b already exists"):
        check_blocks(twice)
    with pytest.raises(Refusal, match="block_id b already exists"):
        check_view(modal(*twice))
    check_blocks([actions(button(action_id="a")), actions(button(action_id="a"))])


def test_a_view_with_inputs_needs_something_to_submit_it_with() -> None:
    view = modal(input_(text_input()))
    check_view(view)
    del view["submit"]
    with pytest.raises(Refusal, match="'submit' is required"):
        check_view(view)


def test_only_a_message_has_feedback_buttons_and_markdown() -> None:
    pair: Json = {
        "type": "feedback_buttons",
        "positive_button": {"text": plain("Helped"), "value": "yes"},
        "negative_button": {"text": plain("Wrong"), "value": "no"},
    }
    blocks: list[Json] = [
        {"type": "context_actions", "elements": [pair]},
        {"type": "markdown", "text": xs(12_000)},
    ]
    check_blocks(blocks)
    with pytest.raises(Refusal, match="unsupported type: context_actions"):
        check_view(modal(*blocks))
    with pytest.raises(Refusal, match="less than 12001 characters"):
        check_blocks([{"type": "markdown", "text": xs(12_001)}])


FEEDBACK: tuple[tuple[str, int], ...] = (("text", 75), ("value", 2000), ("accessibility_label", 75))


@pytest.mark.parametrize(("field", "most"), FEEDBACK)
@pytest.mark.parametrize("kind", ["feedback_buttons", "icon_button"])
def test_the_buttons_under_an_answer_have_limits_too(kind: str, field: str, most: int) -> None:
    def block(count: int) -> Json:
        worded = plain(xs(count)) if field == "text" else xs(count)
        one: Json = {"text": plain("a"), "value": "a", field: worded}
        pair = {"positive_button": one, "negative_button": {"text": plain("b"), "value": "b"}}
        element = {"icon": "trash", **one} if kind == "icon_button" else pair
        return {"type": "context_actions", "elements": [{"type": kind, **element}]}

    check_blocks([block(most)])
    with pytest.raises(Refusal, match=f"less than {most + 1} characters"):
        check_blocks([block(most + 1)])
    five = block(1)["elements"] * 5
    check_blocks([{"type": "context_actions", "elements": five}])
    with pytest.raises(Refusal, match="no more than 5 items"):
        check_blocks([{"type": "context_actions", "elements": [*five, five[0]]}])


def test_one_element_at_most_is_in_focus_at_first() -> None:
    focused = input_(text_input(focus_on_load=True))
    check_view(modal(focused, input_(text_input())))
    with pytest.raises(Refusal, match="only one element can have focus_on_load"):
        check_view(modal(focused, focused))


def test_a_message_says_something_in_blocks_or_in_text() -> None:
    check_message({"blocks": [section("a")]})
    check_message({"text": "a"})
    empty: tuple[Json, ...] = ({}, {"text": ""}, {"blocks": []})
    for nothing in empty:
        with pytest.raises(Refusal, match="no_text"):
            check_message(nothing)
    with pytest.raises(Refusal, match="invalid_blocks_format"):
        check_message({"blocks": "a"})
    with pytest.raises(Refusal, match="invalid_attachments"):
        check_message({"text": "a", "attachments": [{}]})


def test_a_view_that_is_no_view_cannot_be_parsed() -> None:
    with pytest.raises(Refusal, match="cannot_parse"):
        check_view("a modal")
    with pytest.raises(Refusal, match="unsupported type: home"):
        check_view({"type": "home", "blocks": []})


_WORDS = st.sampled_from(
    "type text section actions input elements element button static_select options option_groups value "
    "initial_option label plain_text mrkdwn action_id block_id fields accessory".split()
)
_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | _WORDS
_ANYTHING = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=12,
)
_CHECKS: tuple[Callable[[Any], None], ...] = (
    lambda sent: check_message({"text": "a", "blocks": [sent]}),
    check_view,
    check_blocks,
    check_metadata,
)


@settings(max_examples=200, deadline=None)
@given(_ANYTHING)
def test_whatever_is_sent_is_taken_or_refused_but_never_breaks_the_stand_in(sent: Any) -> None:
    rows = []
    for check in _CHECKS:
        try:
            check(sent)
        except Refusal as refusal:
            rows.append(refusal.row())
    assert all(json.dumps(row) and row["ok"] is False and row["error"] for row in rows)
