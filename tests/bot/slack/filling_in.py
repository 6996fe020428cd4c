"""What Slack sends back of a view, for tests that fill one in."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def state_of(view: Json, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The state of a view as it was opened, with what somebody has typed or chosen since, by block id."""
    said = typed or {}
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    assert set(said) <= {block["block_id"] for block in inputs}
    return {
        "values": {
            block["block_id"]: {
                block["element"]["action_id"]: _value(block["element"], said.get(block["block_id"]))
            }
            for block in inputs
        }
    }


def sent(view: Json, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A view as it comes with a submission."""
    return {**view, "state": state_of(view, typed)}


def _value(element: Json, said: str | None) -> dict[str, Any]:
    kind = element["type"]
    if kind == "plain_text_input":
        return {"type": kind, "value": said if said is not None else element.get("initial_value")}
    if kind == "datepicker":
        return {"type": kind, "selected_date": said or element.get("initial_date")}
    if kind.startswith("multi"):
        chosen = [_option(one) for one in said.split(",")] if said else element.get("initial_options", [])
        return {"type": kind, "selected_options": chosen}
    return {"type": kind, "selected_option": _option(said) if said else element.get("initial_option")}


def _option(value: str) -> dict[str, Any]:
    return {"value": value, "text": {"type": "plain_text", "text": value}}
