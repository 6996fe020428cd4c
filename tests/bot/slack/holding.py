"""Slack's limits and what may not come alive, held against any payload of the Slack face.

Figures are those of Slack's Block Kit reference, November 2026; a payload over any of them is an error there,
not a shorter message.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]

HOSTILE = (
    "<!channel> <!here> <@U0SAM> <#C1|general> <https://evil.example|safe> &lt;!channel&gt;",
    "@here @channel @everyone @sam #general sam@evil.example mailto:sam@evil.example",
    "https://evil.example/x www.evil.co.uk evil.example/a?b=1&c=2 slack://open xn--e1afmkfd.example",
    "*bold* _italic_ ~struck~ `code` ```fence``` :smile: :white_check_mark: [a](https://evil.example)",
    "> quote\n>>> more\n- item\n# heading\n| a | b |",
    "\u202egnirts desrever\u202c \u200bzero\u200dwidth\ufeff \u2066isolate\u2069 \x00\x07\x1b[31m",
    '{"type":"section","text":{"type":"mrkdwn","text":"<!channel>"}}',
    '"]}]}, "blocks": [{"type":"image","image_url":"https://evil.example/p.gif"}',
    "\u3164\u2800\u115f",
    "&" * 3_100,
    "<" * 20_000,
    "👩‍🏫" * 7_000,
    "word " * 4_000,
    "x" * 20_000,
)
"""What somebody might type, paste or be called."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_LIVE = re.compile(
    r"[@#]\w|://|[\w\-][.。．｡](?!(?<=\b\d\.)[ivx]+\b)[^\W\d_]{2}|:(?!\d{1,2}:)[\w+'-]+:|<",
)
_FORMATTED = re.compile(r"[~`]|(?m:^\s*>)")


def hold_message(blocks: Sequence[Json], text: str) -> None:
    assert 0 < len(text) <= 4_000
    _hold_blocks(blocks, 50)
    assert not any(block["type"] == "input" for block in blocks)
    _hold_inert({"text": {"type": "mrkdwn", "text": text}})
    _hold_inert({"blocks": blocks})


def hold_view(view: Json) -> None:
    assert view["type"] in {"modal", "home"}
    assert len(json.dumps(view)) <= 250_000
    _hold_blocks(view["blocks"], 100)
    assert len(view.get("private_metadata", "")) <= 3_000
    inputs = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal":
        assert set(view) <= {"type", "title", "blocks", "submit", "close", "private_metadata", "callback_id"}
        for name in {"title", "submit", "close"} & set(view):
            _hold_plain(view[name], 24)
        assert view["callback_id"]
        assert not inputs or "submit" in view, "a view with inputs has to have a way to send them"
    _hold_inert(view)


def texts(payload: Any) -> Iterator[Json]:
    """Every text object of a payload, filled-in text aside."""
    if isinstance(payload, Mapping):
        if payload.get("type") in {"mrkdwn", "plain_text"} and isinstance(payload.get("text"), str):
            yield payload
        for key, value in payload.items():
            if key != "initial_value":
                yield from texts(value)
    elif isinstance(payload, list | tuple):
        for one in payload:
            yield from texts(one)


def shown(payload: Any) -> str:
    """All that a person reads of a payload, one text a line."""
    return "\n".join(text["text"] for text in texts(payload))


def elements(payload: Any, kind: str = "") -> list[Json]:
    """Every element with an action, or those of one type."""
    found: list[Json] = []
    if isinstance(payload, Mapping):
        if "action_id" in payload and (not kind or payload.get("type") == kind):
            found.append(payload)
        found.extend(one for value in payload.values() for one in elements(value, kind))
    elif isinstance(payload, list | tuple):
        found.extend(one for value in payload for one in elements(value, kind))
    return found


def _hold_inert(payload: Any) -> None:
    for text in texts(payload):
        words = text["text"]
        if text["type"] == "plain_text" and text.get("emoji") is False:
            assert "<" not in words
        assert not _LIVE.search(words), words[:200]
        odd = [char for char in words if unicodedata.category(char) in _INVISIBLE and char != "\n"]
        assert not odd, odd[:3]
        if text["type"] == "mrkdwn":
            assert text.get("verbatim", True) is True
            _hold_unformatted(words)


def _hold_unformatted(words: str) -> None:
    own = re.sub(r"(?m)^> ?|(?m:^)(?=> )", "", words)
    assert not _FORMATTED.search(own), own[:200]
    for line in own.split("\n"):
        assert line.count("*") % 2 == 0 or "…" in line or len(own) > 2_000, line[:200]


def _hold_blocks(blocks: Sequence[Json], most: int) -> None:
    assert 0 < len(blocks) <= most
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(ids) == len(set(ids))
    assert all(0 < len(one) <= 255 for one in ids)
    actions = [one["action_id"] for one in elements(blocks)]
    assert len(actions) == len(set(actions)), actions
    assert all(0 < len(one) <= 255 for one in actions)
    for block in blocks:
        _BLOCKS[block["type"]](block)


def _section(block: Json) -> None:
    assert set(block) <= {"type", "block_id", "text", "fields", "accessory"}
    assert "text" in block or "fields" in block
    if "text" in block:
        _hold_text(block["text"], 3_000)
    assert len(block.get("fields", ())) <= 10
    for field in block.get("fields", ()):
        _hold_text(field, 2_000)
    if "accessory" in block:
        _element(block["accessory"])


def _header(block: Json) -> None:
    _hold_plain(block["text"], 150)


def _context(block: Json) -> None:
    assert 0 < len(block["elements"]) <= 10
    for one in block["elements"]:
        _hold_text(one, 2_000)


def _actions(block: Json) -> None:
    assert 0 < len(block["elements"]) <= 25
    for one in block["elements"]:
        _element(one)


def _input(block: Json) -> None:
    known = {"type", "block_id", "label", "element", "hint", "optional", "dispatch_action"}
    assert set(block) <= known
    assert block["block_id"]
    _hold_plain(block["label"], 2_000)
    if "hint" in block:
        _hold_plain(block["hint"], 2_000)
    _element(block["element"])


def _divider(block: Json) -> None:
    assert set(block) <= {"type", "block_id"}


def _element(element: Json) -> None:
    assert element["action_id"]
    kind = element["type"]
    if "placeholder" in element:
        _hold_plain(element["placeholder"], 150)
    if "confirm" in element:
        _hold_confirm(element["confirm"])
    _ELEMENTS[kind](element)


def _button(element: Json) -> None:
    assert set(element) <= {"type", "text", "action_id", "value", "style", "confirm"}
    _hold_plain(element["text"], 75)
    assert 0 < len(element.get("value", "x")) <= 2_000
    assert element.get("style", "primary") in {"primary", "danger"}


def _menu(element: Json) -> None:
    groups = element.get("option_groups")
    assert (groups is None) != ("options" not in element)
    every = []
    if groups is not None:
        assert 0 < len(groups) <= 100
        for group in groups:
            _hold_plain(group["label"], 75)
            every.extend(_options(group["options"], 100))
    else:
        every = _options(element["options"], 100)
    _hold_chosen(element, every)


def _external(element: Json) -> None:
    assert "options" not in element
    chosen = element.get(
        "initial_options", [element["initial_option"]] if "initial_option" in element else []
    )
    if chosen:
        _options(chosen, 100)


def _radios(element: Json) -> None:
    _hold_chosen(element, _options(element["options"], 10))


def _written(element: Json) -> None:
    assert len(element.get("initial_value", "")) <= 3_000
    assert element.get("max_length", 3_000) <= 3_000


def _date(element: Json) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", element.get("initial_date", "2026-11-21"))


def _options(options: Sequence[Json], most: int) -> list[Json]:
    assert 0 < len(options) <= most
    for one in options:
        assert set(one) <= {"text", "value", "description"}
        _hold_text(one["text"], 75)
        assert 0 < len(one["value"]) <= 75
        if "description" in one:
            _hold_text(one["description"], 75)
    values = [one["value"] for one in options]
    assert len(values) == len(set(values))
    return list(options)


def _hold_chosen(element: Json, every: list[Json]) -> None:
    chosen = element.get(
        "initial_options", [element["initial_option"]] if "initial_option" in element else []
    )
    assert all(one in every for one in chosen), "what is chosen has to be one of the options, to the letter"


def _hold_confirm(confirm: Json) -> None:
    for name, most in {"title": 100, "text": 300, "confirm": 30, "deny": 30}.items():
        _hold_text(confirm[name], most)


def _hold_text(text: Json, most: int) -> None:
    assert text["type"] in {"mrkdwn", "plain_text"}
    assert 0 < len(text["text"].encode("utf-16-le")) // 2 <= most, len(text["text"])


def _hold_plain(text: Json, most: int) -> None:
    assert text["type"] == "plain_text"
    _hold_text(text, most)


_BLOCKS: Mapping[str, Callable[[Json], None]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "divider": _divider,
}
_ELEMENTS: Mapping[str, Callable[[Json], None]] = {
    "button": _button,
    "static_select": _menu,
    "multi_static_select": _menu,
    "external_select": _external,
    "multi_external_select": _external,
    "radio_buttons": _radios,
    "plain_text_input": _written,
    "datepicker": _date,
}
