"""Cards as people use them in the stand-in: which button is meant, what is filled in, what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.teams.cards import DIALOG, actions_of, faults_of, inputs_of

CARD = "application/vnd.microsoft.card.adaptive"
SAYING = "application/vnd.microsoft.activity.message"
REFUSED = "application/vnd.microsoft.error"
EXECUTE, SUBMIT = "Action.Execute", "Action.Submit"


class NotPossibleError(AssertionError):
    """What the test wants to do, no person could do in Teams."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """A dialog in front of somebody. `command` is the message extension's that opened it, where one did."""

    card: dict[str, Any]
    title: str = ""
    command: str = ""
    context: str = ""


def button(card: Mapping[str, Any], action: str, value: str | None) -> Mapping[str, Any]:
    """The one button of a card that does this. Raises `NotPossibleError`."""
    found = [
        one
        for one in actions_of(card)
        if (data := one.get("data") or {}).get("action") == action and value in {None, data.get("value")}
    ]
    if len(found) != 1:
        there = sorted(str((one.get("data") or {}).get("action", one["type"])) for one in actions_of(card))
        raise NotPossibleError(f"{len(found)} buttons do {action} {value or ''}; there are: {there}")
    return found[0]


def filled(card: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, str]:
    """The inputs of a card with these answers in them, as Teams sends them. Raises `NotPossibleError`.

    Inputs go by their ids, with or without `q.`. What isn't answered stays as the card has it.
    """
    inputs = inputs_of(card)
    given = {name if name in inputs else f"q.{name}": value for name, value in answers.items()}
    if strange := sorted(set(given) - set(inputs)):
        raise NotPossibleError(f"there is no input {strange}; there are: {sorted(inputs)}")
    found = {}
    for name, one in inputs.items():
        value = given.get(name, str(one.get("value", one.get("valueOff", "false") if _toggle(one) else "")))
        _check(name, one, value)
        if value or name in given:
            found[name] = value
    return found


def dialog_in(body: Any, before: Dialog | None, *, command: str = "", context: str = "") -> tuple[Any, str]:
    """What an answer to a dialog's invoke leaves in front: the next dialog or None, and its last words.

    Raises `AssertionError` where Teams could make nothing of the answer.
    """
    if body in (None, {}, ""):
        return None, ""
    task = body.get("task") if isinstance(body, dict) else None
    assert isinstance(task, dict), f"no answer to a dialog: {body!r:.300}"
    if task.get("type") == "message":
        assert isinstance(task.get("value"), str), task
        return None, task["value"]
    assert task.get("type") == "continue", task
    value = task["value"]
    assert value["card"]["contentType"] == CARD, value
    card, title = value["card"]["content"], value.get("title", "")
    assert isinstance(title, str), value
    faults = faults_of(card, DIALOG)
    assert not faults, "\n".join(faults)
    named = (before.command, before.context) if before is not None else (command, context)
    return Dialog(card, title, *named), ""


def _toggle(one: Mapping[str, Any]) -> bool:
    return one.get("type") == "Input.Toggle"


def _check(name: str, one: Mapping[str, Any], value: str) -> None:
    if one.get("isRequired") and not value.strip():
        raise NotPossibleError(f"Teams doesn't send this form: {name} is required")
    if len(value) > one.get("maxLength", len(value)):
        raise NotPossibleError(f"Teams takes no more than {one['maxLength']} characters in {name}")
    if one.get("type") == "Input.ChoiceSet" and value:
        offered = {choice["value"] for choice in one["choices"]}
        chosen = value.split(",") if one.get("isMultiSelect") else [value]
        if not set(chosen) <= offered:
            raise NotPossibleError(f"{name} doesn't offer {value}; it offers {sorted(offered)}")
