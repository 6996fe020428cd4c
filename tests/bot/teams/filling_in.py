"""What Teams sends back of a card, for tests that fill one in and press a button."""

from collections.abc import Mapping
from typing import Any

from tests.support.teams.cards import actions_of, inputs_of

Json = dict[str, Any]


def pressed(card: Mapping[str, Any], action: str, typed: Mapping[str, str] | None = None) -> Json:
    """The data of a button as it comes: what it carries, with what stands or was typed in every input."""
    button = next(one for one in actions_of(card) if one.get("data", {}).get("action") == action)
    fields = inputs_of(card)
    said = typed or {}
    assert set(said) <= set(fields), set(said) - set(fields)
    if button.get("associatedInputs") == "none":
        return dict(button["data"])
    values = {name: said.get(name, field.get("value", "")) for name, field in fields.items()}
    return {**button["data"], **values}
