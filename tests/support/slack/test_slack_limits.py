"""Slack's limits, each at its edge: right at the limit it is taken, one over it is refused with its place."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.slack.blocks import (
    MOST_IN_BLOCKS,
    MOST_METADATA,
    MOST_VIEW,
    check_blocks,
    check_message,
    check_metadata,
    check_view,
)
from tests.support.slack.little_app import option, plain, section
from tests.support.slack.shapes import Refusal

Json = dict[str, Any]


def _x(count: int) -> str:
    return "x" * count


def _marked(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def _options(count: int) -> list[Json]:
    return [option(f"o{number}") for number in range(count)]


def _button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Open"), **more}


def _actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def _input(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def _text_input(**more: Any) -> Json:
    return {"type": "plain_text_input", **more}


def _select(**more: Any) -> Json:
    return {"type": "static_select", "options": _options(2), **more}


def _confirm(**more: Any) -> Json:
    sure = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
    return _actions(_button(confirm={**sure, **more}))


def _modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "submit": plain("Send"), "blocks": list(blocks), **more}


def _one_of_each(count: int) -> list[Json]:
    return [{"type": "divider"} for _ in range(count)]


Limit = tuple[str, int, Callable[[int], Json], str]
"""What is limited, to how many, a block with so many, and the place of one too many within the block."""
IN_A_BLOCK: tuple[Limit, ...] = (
    ("section text", 3000, lambda n: section(_x(n)), "/text/text"),
    ("marked text", 3000, lambda n: {"type": "section", "text": _marked(_x(n))}, "/text/text"),
    ("fields", 10, lambda n: {"type": "section", "fields": [plain("a")] * n}, "/fields"),
    ("field", 2000, lambda n: {"type": "section", "fields": [_marked(_x(n))]}, "/fields/0/text"),
    ("header", 150, lambda n: {"type": "header", "text": plain(_x(n))}, "/text/text"),
    ("context", 10, lambda n: {"type": "context", "elements": [_marked("a")] * n}, "/elements"),
    ("actions", 25, lambda n: _actions(*[_button() for _ in range(n)]), "/elements"),
    ("block_id", 255, lambda n: {**section("a"), "block_id": _x(n)}, "/block_id"),
    ("action_id", 255, lambda n: _actions(_button(action_id=_x(n))), "/elements/0/action_id"),
    ("button text", 75, lambda n: _actions(_button(text=plain(_x(n)))), "/elements/0/text/text"),
    ("button value", 2000, lambda n: _actions(_button(value=_x(n))), "/elements/0/value"),
    (
        "button url",
        3000,
        lambda n: _actions(_button(url=f"https://x.example/{_x(n - 18)}")),
        "/elements/0/url",
    ),
    (
        "label for readers",
        75,
        lambda n: _actions(_button(accessibility_label=_x(n))),
        "/elements/0/accessibility_label",
    ),
    ("confirm title", 100, lambda n: _confirm(title=plain(_x(n))), "/elements/0/confirm/title/text"),
    ("confirm text", 300, lambda n: _confirm(text=plain(_x(n))), "/elements/0/confirm/text/text"),
    ("confirm button", 30, lambda n: _confirm(confirm=plain(_x(n))), "/elements/0/confirm/confirm/text"),
    ("deny button", 30, lambda n: _confirm(deny=plain(_x(n))), "/elements/0/confirm/deny/text"),
    ("label", 2000, lambda n: _input(_text_input(), label=plain(_x(n))), "/label/text"),
    ("hint", 2000, lambda n: _input(_text_input(), hint=plain(_x(n))), "/hint/text"),
    (
        "placeholder",
        150,
        lambda n: _input(_text_input(placeholder=plain(_x(n)))),
        "/element/placeholder/text",
    ),
    ("initial value", 3000, lambda n: _input(_text_input(initial_value=_x(n))), "/element/initial_value"),
    ("max_length", 3000, lambda n: _input(_text_input(max_length=n)), "/element/max_length"),
    ("min_length", 3000, lambda n: _input(_text_input(min_length=n)), "/element/min_length"),
    ("options", 100, lambda n: _input(_select(options=_options(n))), "/element/options"),
    (
        "options of several",
        100,
        lambda n: _input({"type": "multi_static_select", "options": _options(n)}),
        "/element/options",
    ),
    (
        "option groups",
        100,
        lambda n: _input(
            {
                "type": "static_select",
                "option_groups": [{"label": plain("g"), "options": [option(f"o{g}")]} for g in range(n)],
            }
        ),
        "/element/option_groups",
    ),
    (
        "group label",
        75,
        lambda n: _input(
            {"type": "static_select", "option_groups": [{"label": plain(_x(n)), "options": _options(1)}]}
        ),
        "/element/option_groups/0/label/text",
    ),
    (
        "option text",
        75,
        lambda n: _input(_select(options=[{"text": plain(_x(n)), "value": "v"}])),
        "/element/options/0/text/text",
    ),
    (
        "option value",
        150,
        lambda n: _input(_select(options=[{"text": plain("t"), "value": _x(n)}])),
        "/element/options/0/value",
    ),
    (
        "option description",
        75,
        lambda n: _input(_select(options=[{**option("v"), "description": plain(_x(n))}])),
        "/element/options/0/description/text",
    ),
    ("radio", 10, lambda n: _input({"type": "radio_buttons", "options": _options(n)}), "/element/options"),
    ("boxes", 10, lambda n: _input({"type": "checkboxes", "options": _options(n)}), "/element/options"),
    ("menu", 5, lambda n: _actions({"type": "overflow", "options": _options(n)}), "/elements/0/options"),
    (
        "alt text",
        2000,
        lambda n: {"type": "image", "image_url": "https://x.example", "alt_text": _x(n)},
        "/alt_text",
    ),
    ("files", 10, lambda n: _input({"type": "file_input", "max_files": n}), "/element/max_files"),
)


@pytest.mark.parametrize(("what", "most", "made", "place"), IN_A_BLOCK, ids=[one[0] for one in IN_A_BLOCK])
def test_a_block_is_taken_at_each_limit_and_refused_one_over_it(
    what: str, most: int, made: Callable[[int], Json], place: str
) -> None:
    check_blocks([made(most)])
    check_view(_modal(made(most)))
    with pytest.raises(Refusal) as refused:
        check_blocks([made(most + 1)])
    assert refused.value.code == "invalid_blocks", what
    assert f"[json-pointer:/blocks/0{place}]" in "".join(refused.value.messages)
    with pytest.raises(Refusal) as refused:
        check_view(_modal(made(most + 1)))
    assert refused.value.code == "invalid_arguments"
    assert f"[json-pointer:/view/blocks/0{place}]" in "".join(refused.value.messages)


IN_A_VIEW: tuple[Limit, ...] = (
    ("title", 24, lambda n: _modal(title=plain(_x(n))), "/title/text"),
    ("submit", 24, lambda n: _modal(submit=plain(_x(n))), "/submit/text"),
    ("close", 24, lambda n: _modal(close=plain(_x(n))), "/close/text"),
    ("private_metadata", 3000, lambda n: _modal(private_metadata=_x(n)), "/private_metadata"),
    ("callback_id", 255, lambda n: _modal(callback_id=_x(n)), "/callback_id"),
    ("external_id", 255, lambda n: _modal(external_id=_x(n)), "/external_id"),
    ("blocks", 100, lambda n: _modal(*_one_of_each(n)), "/blocks"),
)


@pytest.mark.parametrize(("what", "most", "made", "place"), IN_A_VIEW, ids=[one[0] for one in IN_A_VIEW])
def test_a_view_is_taken_at_each_limit_and_refused_one_over_it(
    what: str, most: int, made: Callable[[int], Json], place: str
) -> None:
    check_view(made(most))
    with pytest.raises(Refusal, match=f"json-pointer:/view{place}") as refused:
        check_view(made(most + 1))
    assert refused.value.code == "invalid_arguments", what


def test_a_message_has_fifty_blocks_and_no_more() -> None:
    check_blocks(_one_of_each(50))
    with pytest.raises(Refusal, match=r"invalid_blocks: no more than 50 items allowed"):
        check_blocks(_one_of_each(51))


def test_a_home_tab_has_a_hundred_blocks_and_no_title() -> None:
    check_view({"type": "home", "blocks": _one_of_each(100)}, "home")
    with pytest.raises(Refusal, match="no more than 100"):
        check_view({"type": "home", "blocks": _one_of_each(101)}, "home")
    with pytest.raises(Refusal, match="invalid additional property: title"):
        check_view({"type": "home", "blocks": [], "title": plain("a")}, "home")


def test_all_blocks_of_a_message_together_are_limited() -> None:
    def of(size: int) -> list[Json]:
        blocks = [section(_x(2500)) for _ in range(5)]
        room = size - len(json.dumps(blocks, separators=(",", ":")))
        fill = section("x")
        spare = room - len(json.dumps(fill, separators=(",", ":")))
        return [*blocks, section(_x(spare))]

    check_blocks(of(MOST_IN_BLOCKS))
    with pytest.raises(Refusal, match="msg_blocks_too_long"):
        check_blocks(of(MOST_IN_BLOCKS + 1))


def test_text_over_the_hard_limit_is_refused_rather_than_cut() -> None:
    check_message({"text": _x(40_000)})
    with pytest.raises(Refusal, match="msg_too_long"):
        check_message({"text": _x(40_001)})


def test_a_view_over_250_kilobytes_is_too_large() -> None:
    def of(size: int) -> Json:
        view = _modal(*[section(_x(2900)) for _ in range(84)])
        spare = size - len(json.dumps({**view, "private_metadata": ""}, separators=(",", ":")))
        return {**view, "private_metadata": _x(spare)}

    check_view(of(MOST_VIEW))
    with pytest.raises(Refusal, match="view_too_large"):
        check_view(of(MOST_VIEW + 1))


def test_metadata_is_an_event_type_and_its_payload() -> None:
    check_metadata({"event_type": "notice", "event_payload": {"id": "n1"}})
    check_metadata({})
    for wrong in ({"event_type": "notice"}, {"event_type": 1, "event_payload": {}}, {"id": "n1"}):
        with pytest.raises(Refusal, match="invalid_metadata_schema"):
            check_metadata(wrong)
    with pytest.raises(Refusal, match="invalid_metadata_format"):
        check_metadata("n1")
    bare = len(json.dumps({"event_type": "n", "event_payload": {"id": ""}}))
    check_metadata({"event_type": "n", "event_payload": {"id": _x(MOST_METADATA - bare)}})
    with pytest.raises(Refusal, match="metadata_too_large"):
        check_metadata({"event_type": "n", "event_payload": {"id": _x(MOST_METADATA - bare + 1)}})


WRONG: tuple[tuple[str, Json, str], ...] = (
    ("an unknown block", {"type": "secton"}, "unsupported type: secton"),
    ("no type", {"text": plain("a")}, "missing required field: type"),
    ("a field that nobody knows", {**section("a"), "colour": "red"}, "invalid additional property: colour"),
    ("a misspelt field of an element", _actions(_button(disabled=True)), "additional property: disabled"),
    ("a section with nothing in it", {"type": "section"}, "must define either text or fields"),
    ("no text at all", section(""), "must be more than 0 characters"),
    ("a text that is a string", {"type": "section", "text": "a"}, "must be an object"),
    ("a marked header", {"type": "header", "text": _marked("a")}, "unsupported type: mrkdwn"),
    ("a marked button", _actions(_button(text=_marked("a"))), "unsupported type: mrkdwn"),
    ("a marked label", _input(_text_input(), label=_marked("a")), "unsupported type: mrkdwn"),
    ("a marked option", _input(_select(options=[{"text": _marked("a"), "value": "v"}])), "unsupported type"),
    ("emoji in marked text", {"type": "section", "text": {**_marked("a"), "emoji": True}}, "property: emoji"),
    (
        "verbatim in plain text",
        {"type": "header", "text": {**plain("a"), "verbatim": True}},
        "property: verbatim",
    ),
    ("a button without text", _actions({"type": "button"}), "missing required field: text"),
    ("a third style", _actions(_button(style="warning")), "must be a valid enum value"),
    ("a value that isn't text", _actions(_button(value=7)), "must provide a string"),
    ("a value that is nothing", _actions(_button(value=None)), "must provide a string"),
    ("an address that is none", _actions(_button(url="oakfield")), "must be a valid url"),
    ("an input of no kind", _input(_button()), "unsupported type: button"),
    ("a text input among buttons", _actions(_text_input()), "unsupported type: plain_text_input"),
    ("a menu for several among buttons", _actions({"type": "multi_users_select"}), "unsupported type"),
    (
        "an input without a label",
        {"type": "input", "element": _text_input()},
        "missing required field: label",
    ),
    ("no options", _input(_select(options=[])), "no fewer than 1 items"),
    ("neither options nor groups", _input({"type": "static_select"}), "must define either options or"),
    ("options twice over", _input(_select(options=[option("a"), option("a")])), "duplicate option value: a"),
    ("an initial option not on offer", _input(_select(initial_option=option("z"))), "must match one of"),
    ("lengths the wrong way round", _input(_text_input(min_length=9, max_length=3)), "min_length must be"),
    ("a date that is none", _input({"type": "datepicker", "initial_date": "2026-13-01"}), "valid date"),
    ("a time that is none", _input({"type": "timepicker", "initial_time": "24:00"}), "valid time"),
    ("an image without words for it", {"type": "image", "image_url": "https://x.example"}, "alt_text"),
    ("one action_id twice in a block", _actions(_button(action_id="a"), _button(action_id="a")), "a already"),
    ("a context with buttons", {"type": "context", "elements": [_button()]}, "unsupported type: button"),
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
        check_view(_modal(*twice))
    check_blocks([_actions(_button(action_id="a")), _actions(_button(action_id="a"))])


def test_a_view_with_inputs_needs_something_to_submit_it_with() -> None:
    view = _modal(_input(_text_input()))
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
        {"type": "markdown", "text": _x(12_000)},
    ]
    check_blocks(blocks)
    with pytest.raises(Refusal, match="unsupported type: context_actions"):
        check_view(_modal(*blocks))
    with pytest.raises(Refusal, match="less than 12001 characters"):
        check_blocks([{"type": "markdown", "text": _x(12_001)}])


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
