"""Slack's limits, each at its edge: right at the limit it is taken, one over it is refused with its place."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.slack.blocks import (
    MOST_IN_BLOCKS,
    MOST_METADATA,
    MOST_VIEW,
    check_blocks,
    check_message,
    check_metadata,
    check_view,
)
from tests.support.slack.pieces import (
    Json,
    actions,
    button,
    confirm,
    dividers,
    input_,
    marked,
    modal,
    option,
    options,
    plain,
    section,
    select,
    text_input,
    xs,
)
from tests.support.slack.shapes import Refusal

_TEXT, _SAID = "/element/options/0/text/text", "/element/options/0/description/text"
_FIRST, _ASKING = "/element/initial_value", "/element/min_query_length"


def _ticks(kind: str, **more: Any) -> Json:
    return {"type": kind, "options": [{**option("a"), **more}]}


def _grouped(count: int) -> Json:
    return {"type": "static_select", "option_groups": [{"label": plain("g"), "options": options(count)}]}


def _picture(count: int) -> Json:
    return {"type": "image", "image_url": "https://x.example", "alt_text": xs(count)}


Limit = tuple[str, int, Callable[[int], Json], str]
"""What is limited, to how many, a block with so many, and the place of one too many within the block."""
IN_A_BLOCK: tuple[Limit, ...] = (
    ("section text", 3000, lambda n: section(xs(n)), "/text/text"),
    ("marked text", 3000, lambda n: {"type": "section", "text": marked(xs(n))}, "/text/text"),
    ("fields", 10, lambda n: {"type": "section", "fields": [plain("a")] * n}, "/fields"),
    ("field", 2000, lambda n: {"type": "section", "fields": [marked(xs(n))]}, "/fields/0/text"),
    ("header", 150, lambda n: {"type": "header", "text": plain(xs(n))}, "/text/text"),
    ("context", 10, lambda n: {"type": "context", "elements": [marked("a")] * n}, "/elements"),
    ("actions", 25, lambda n: actions(*[button() for _ in range(n)]), "/elements"),
    ("block_id", 255, lambda n: {**section("a"), "block_id": xs(n)}, "/block_id"),
    ("action_id", 255, lambda n: actions(button(action_id=xs(n))), "/elements/0/action_id"),
    ("button text", 75, lambda n: actions(button(text=plain(xs(n)))), "/elements/0/text/text"),
    ("button value", 2000, lambda n: actions(button(value=xs(n))), "/elements/0/value"),
    (
        "button url",
        3000,
        lambda n: actions(button(url=f"https://x.example/{xs(n - 18)}")),
        "/elements/0/url",
    ),
    (
        "label for readers",
        75,
        lambda n: actions(button(accessibility_label=xs(n))),
        "/elements/0/accessibility_label",
    ),
    ("confirm title", 100, lambda n: confirm(title=plain(xs(n))), "/elements/0/confirm/title/text"),
    ("confirm text", 300, lambda n: confirm(text=plain(xs(n))), "/elements/0/confirm/text/text"),
    ("confirm button", 30, lambda n: confirm(confirm=plain(xs(n))), "/elements/0/confirm/confirm/text"),
    ("deny button", 30, lambda n: confirm(deny=plain(xs(n))), "/elements/0/confirm/deny/text"),
    ("label", 2000, lambda n: input_(text_input(), label=plain(xs(n))), "/label/text"),
    ("hint", 2000, lambda n: input_(text_input(), hint=plain(xs(n))), "/hint/text"),
    (
        "placeholder",
        150,
        lambda n: input_(text_input(placeholder=plain(xs(n)))),
        "/element/placeholder/text",
    ),
    ("initial value", 3000, lambda n: input_(text_input(initial_value=xs(n))), "/element/initial_value"),
    ("max_length", 3000, lambda n: input_(text_input(max_length=n)), "/element/max_length"),
    ("min_length", 3000, lambda n: input_(text_input(min_length=n)), "/element/min_length"),
    ("options", 100, lambda n: input_(select(options=options(n))), "/element/options"),
    (
        "options of several",
        100,
        lambda n: input_({"type": "multi_static_select", "options": options(n)}),
        "/element/options",
    ),
    (
        "option groups",
        100,
        lambda n: input_(
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
        lambda n: input_(
            {"type": "static_select", "option_groups": [{"label": plain(xs(n)), "options": options(1)}]}
        ),
        "/element/option_groups/0/label/text",
    ),
    (
        "option text",
        75,
        lambda n: input_(select(options=[{"text": plain(xs(n)), "value": "v"}])),
        "/element/options/0/text/text",
    ),
    (
        "option value",
        150,
        lambda n: input_(select(options=[{"text": plain("t"), "value": xs(n)}])),
        "/element/options/0/value",
    ),
    (
        "option description",
        75,
        lambda n: input_(select(options=[{**option("v"), "description": plain(xs(n))}])),
        "/element/options/0/description/text",
    ),
    ("radio", 10, lambda n: input_({"type": "radio_buttons", "options": options(n)}), "/element/options"),
    ("boxes", 10, lambda n: input_({"type": "checkboxes", "options": options(n)}), "/element/options"),
    ("menu", 5, lambda n: actions({"type": "overflow", "options": options(n)}), "/elements/0/options"),
    (
        "alt text",
        2000,
        lambda n: {"type": "image", "image_url": "https://x.example", "alt_text": xs(n)},
        "/alt_text",
    ),
    ("context text", 3000, lambda n: {"type": "context", "elements": [plain(xs(n))]}, "/elements/0/text"),
    ("context mark", 3000, lambda n: {"type": "context", "elements": [marked(xs(n))]}, "/elements/0/text"),
    ("radio text", 75, lambda n: input_(_ticks("radio_buttons", text=marked(xs(n)))), _TEXT),
    ("box text", 75, lambda n: input_(_ticks("checkboxes", text=plain(xs(n)))), _TEXT),
    ("box description", 75, lambda n: input_(_ticks("checkboxes", description=marked(xs(n)))), _SAID),
    ("box value", 150, lambda n: input_(_ticks("checkboxes", value=xs(n))), "/element/options/0/value"),
    (
        "menu text",
        75,
        lambda n: actions(_ticks("overflow", text=plain(xs(n)))),
        "/elements/0/options/0/text/text",
    ),
    ("options in a group", 100, lambda n: input_(_grouped(n)), "/element/option_groups/0/options"),
    (
        "picture's words",
        2000,
        lambda n: {"type": "context", "elements": [_picture(n)]},
        "/elements/0/alt_text",
    ),
    ("picture's title", 2000, lambda n: {**_picture(1), "title": plain(xs(n))}, "/title/text"),
    ("mail at first", 3000, lambda n: input_({"type": "email_text_input", "initial_value": xs(n)}), _FIRST),
    ("asking from", 3000, lambda n: input_({"type": "external_select", "min_query_length": n}), _ASKING),
    ("files", 10, lambda n: input_({"type": "file_input", "max_files": n}), "/element/max_files"),
)


@pytest.mark.parametrize(("what", "most", "made", "place"), IN_A_BLOCK, ids=[one[0] for one in IN_A_BLOCK])
def test_a_block_is_taken_at_each_limit_and_refused_one_over_it(
    what: str, most: int, made: Callable[[int], Json], place: str
) -> None:
    check_blocks([made(most)])
    check_view(modal(made(most)))
    with pytest.raises(Refusal) as refused:
        check_blocks([made(most + 1)])
    assert refused.value.code == "invalid_blocks", what
    assert f"[json-pointer:/blocks/0{place}]" in "".join(refused.value.messages)
    with pytest.raises(Refusal) as refused:
        check_view(modal(made(most + 1)))
    assert refused.value.code == "invalid_arguments"
    assert f"[json-pointer:/view/blocks/0{place}]" in "".join(refused.value.messages)


IN_A_VIEW: tuple[Limit, ...] = (
    ("title", 24, lambda n: modal(title=plain(xs(n))), "/title/text"),
    ("submit", 24, lambda n: modal(submit=plain(xs(n))), "/submit/text"),
    ("close", 24, lambda n: modal(close=plain(xs(n))), "/close/text"),
    ("private_metadata", 3000, lambda n: modal(private_metadata=xs(n)), "/private_metadata"),
    ("callback_id", 255, lambda n: modal(callback_id=xs(n)), "/callback_id"),
    ("external_id", 255, lambda n: modal(external_id=xs(n)), "/external_id"),
    ("blocks", 100, lambda n: modal(*dividers(n)), "/blocks"),
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
    check_blocks(dividers(50))
    with pytest.raises(Refusal, match=r"invalid_blocks: no more than 50 items allowed"):
        check_blocks(dividers(51))


def test_a_home_tab_has_a_hundred_blocks_and_no_title() -> None:
    check_view({"type": "home", "blocks": dividers(100)}, "home")
    with pytest.raises(Refusal, match="no more than 100"):
        check_view({"type": "home", "blocks": dividers(101)}, "home")
    with pytest.raises(Refusal, match="invalid additional property: title"):
        check_view({"type": "home", "blocks": [], "title": plain("a")}, "home")


def test_all_blocks_of_a_message_together_are_limited() -> None:
    def of(size: int) -> list[Json]:
        blocks = [section(xs(2500)) for _ in range(5)]
        room = size - len(json.dumps(blocks, separators=(",", ":")))
        fill = section("x")
        spare = room - len(json.dumps(fill, separators=(",", ":")))
        return [*blocks, section(xs(spare))]

    check_blocks(of(MOST_IN_BLOCKS))
    with pytest.raises(Refusal, match="msg_blocks_too_long"):
        check_blocks(of(MOST_IN_BLOCKS + 1))


def test_text_over_the_hard_limit_is_refused_rather_than_cut() -> None:
    check_message({"text": xs(40_000)})
    with pytest.raises(Refusal, match="msg_too_long"):
        check_message({"text": xs(40_001)})


def test_a_view_over_250_kilobytes_is_too_large() -> None:
    def of(size: int) -> Json:
        view = modal(*[section(xs(2900)) for _ in range(84)])
        spare = size - len(json.dumps({**view, "private_metadata": ""}, separators=(",", ":")))
        return {**view, "private_metadata": xs(spare)}

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
    check_metadata({"event_type": "n", "event_payload": {"id": xs(MOST_METADATA - bare)}})
    with pytest.raises(Refusal, match="metadata_too_large"):
        check_metadata({"event_type": "n", "event_payload": {"id": xs(MOST_METADATA - bare + 1)}})


def _date(day: str) -> Json:
    return {"type": "datepicker", "initial_date": day}


def _time(at: str) -> Json:
    return {"type": "timepicker", "initial_time": at}


def _moment(at: int) -> Json:
    return {"type": "datetimepicker", "initial_date_time": at}


LEAST: tuple[tuple[str, Json, Json], ...] = (
    ("max_length", text_input(max_length=1), text_input(max_length=0)),
    ("min_length", text_input(min_length=0), text_input(min_length=-1)),
    ("initial text", text_input(initial_value=""), text_input(initial_value=None)),
    ("lengths", text_input(min_length=3, max_length=3), text_input(min_length=4, max_length=3)),
    ("longest by default", text_input(min_length=3000), text_input(min_length=3001)),
    ("files", {"type": "file_input", "max_files": 1}, {"type": "file_input", "max_files": 0}),
    ("first month", _date("2026-01-01"), _date("2026-00-01")),
    ("last month", _date("2026-12-31"), _date("2026-13-31")),
    ("last day", _date("2026-10-31"), _date("2026-10-32")),
    ("first day", _date("2026-10-01"), _date("2026-10-00")),
    ("last hour", _time("23:59"), _time("24:00")),
    ("last minute", _time("09:59"), _time("09:60")),
    ("first moment", _moment(10**9), _moment(10**9 - 1)),
    ("last moment", _moment(10**10 - 1), _moment(10**10)),
)


@pytest.mark.parametrize(("what", "right", "wrong"), LEAST, ids=[one[0] for one in LEAST])
def test_an_input_is_taken_at_its_edge_and_refused_beyond(what: str, right: Json, wrong: Json) -> None:
    check_view(modal(input_(right)))
    with pytest.raises(Refusal) as refused:
        check_view(modal(input_(wrong)))
    assert refused.value.code == "invalid_arguments", what


def test_what_a_view_carries_may_be_empty() -> None:
    check_view(modal(private_metadata="", callback_id="", external_id=""))


def test_the_limits_of_a_whole_are_slacks() -> None:
    assert (MOST_IN_BLOCKS, MOST_METADATA, MOST_VIEW) == (13_200, 8_000, 250_000)
