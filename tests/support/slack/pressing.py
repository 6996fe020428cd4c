"""Finding what a person presses in what the app really put before them, and telling the app of it."""

import copy
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.slack.blocks import elements_of
from tests.support.slack.forms import NotPossibleError, Values, choice, entered, has_state, initial_values
from tests.support.slack.payloads import place
from tests.support.slack.people import User
from tests.support.slack.screens import Screen
from tests.support.slack.space import Space
from tests.support.slack.workspace import Message, Seen, seen

Wanted = tuple[str, str | None, str]
"""An action_id, the value of the button (None: any), and the block_id (empty: any)."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Something to press: where it is, in which block, the element, and the message or view as it stands."""

    on: Seen | Screen
    block: Mapping[str, Any]
    element: Mapping[str, Any]
    raw: Mapping[str, Any]


def find(space: Space, user: User, on: Seen | Screen | None, wanted: Wanted) -> Spot:
    """What a person wants to press. Raises `NotPossibleError` where it isn't there, or isn't the only one."""
    looked = []
    for place_, raw in _surfaces(space, user, on):
        found = [
            Spot(place_, block, element, raw)
            for block in place_.blocks
            for element in _elements(block)
            if _is(block, element, wanted)
        ]
        if len(found) > 1:
            values = [one.element.get("value") for one in found]
            raise NotPossibleError(f"{wanted[0]} is there {len(found)} times, with the values {values}")
        if found:
            return found[0]
        looked.append([one.get("action_id") for block in place_.blocks for one in _elements(block)])
    raise NotPossibleError(f"{user.name} doesn't see {wanted} anywhere; there is {looked[:5]}")


def _elements(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [] if block["type"] == "input" else [*elements_of(block), *_feedback(block)]


def _feedback(block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The two buttons of a pair, which share its action_id and are told apart by their values."""
    for one in elements_of(block):
        if one["type"] == "feedback_buttons":
            for name in ("positive_button", "negative_button"):
                yield {**one[name], "type": "button", "action_id": one["action_id"], "of": one["type"]}


def _is(block: Mapping[str, Any], element: Mapping[str, Any], wanted: Wanted) -> bool:
    action, value, name = wanted
    if element["type"] == "feedback_buttons":
        return False
    right = element.get("action_id") == action and name in {"", block["block_id"]}
    return right and value in {None, element.get("value")}


def _surfaces(
    space: Space, user: User, on: Seen | Screen | None
) -> Iterator[tuple[Seen | Screen, Mapping[str, Any]]]:
    if isinstance(on, Screen):
        yield _open(space, user, on), on.view
    elif on is not None:
        spot = message_spot(space, user, on)
        yield spot.on, spot.raw
    elif (front := space.screens.top(user.id)) is not None:
        yield front, front.view
    else:
        for one in reversed(space.workspace.visible(user)):
            yield one, _raw(space, user, one) or {}
        if user.id in space.screens.homes:
            home = space.screens.homes[user.id]
            yield home, home.view


def _open(space: Space, user: User, screen: Screen) -> Screen:
    front = space.screens.top(user.id)
    if screen not in (space.screens.homes.get(user.id), front):
        raise NotPossibleError(f"the view {screen.title!r} isn't before {user.name} any more")
    return screen


def _raw(space: Space, user: User, message: Seen) -> Message | None:
    if message.ephemeral:
        found = space.workspace.whisper_of(user.id, message.ts)
        return found[1] if found else None
    channel = space.workspace.channels.get(message.channel)
    inside = channel is not None and user.id in channel.members
    return channel.messages.get(message.ts) if channel is not None and inside else None


def message_spot(space: Space, user: User, message: Seen) -> Spot:
    """A message as it stands now. Raises `NotPossibleError` where this person doesn't see it (any more)."""
    raw = _raw(space, user, message)
    if raw is None:
        raise NotPossibleError(f"{user.name} doesn't see the message {message.ts} in {message.channel}")
    now = seen(message.channel, raw, ephemeral=message.ephemeral)
    return Spot(now, {}, {}, copy.deepcopy(raw))


def action_of(space: Space, user: User, spot: Spot, choose: Any) -> dict[str, Any]:
    """What is sent of pressing an element, or of choosing something in it, which is then remembered."""
    element = spot.element
    if element["type"] in {"button", "icon_button"}:
        if choose is not None:
            raise NotPossibleError(f"{element['action_id']} is a button: nothing is chosen there")
        kept = {key: element[key] for key in ("text", "value", "style") if key in element}
        return {**_named(spot), "type": element.get("of", element["type"]), **kept}
    if element["type"] == "overflow":
        return {**_named(spot), "type": "overflow", "selected_option": choice(element, choose)}
    state = entered(element, choose)
    block, action = spot.block["block_id"], element["action_id"]
    kept_ = spot.on.values if isinstance(spot.on, Screen) else _message_values(space, user, spot.on)
    kept_[block][action] = state
    return changed(spot, state)


def changed(spot: Spot, state: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent of an element whose state has changed."""
    return {**_named(spot), **state}


def _named(spot: Spot) -> dict[str, Any]:
    return {
        "action_id": spot.element["action_id"],
        "block_id": spot.block["block_id"],
        "action_ts": f"{time.time():.6f}",
    }


def surroundings(space: Space, user: User, spot: Spot) -> dict[str, Any]:
    """Where something was pressed: the view with all that was entered, or the message and its channel."""
    if isinstance(spot.on, Screen):
        return {"container": {"type": "view", "view_id": spot.on.id}, "view": spot.on.row()}
    message = spot.on
    channel = space.workspace.channels[message.channel]
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    values = copy.deepcopy(_message_values(space, user, message))
    where = {"container": container, "channel": place(channel), "state": {"values": values}}
    # As at Slack, which keeps no whisper that it could send along.
    return where if message.ephemeral else {**where, "message": copy.deepcopy(dict(spot.raw))}


def _message_values(space: Space, user: User, message: Seen) -> Values:
    """What a person has chosen in a message, which Slack keeps for them alone."""
    key = (user.id, message.ts)
    values = initial_values(message.blocks, space.workspace.values.get(key))
    space.workspace.values[key] = values
    return values


def input_of(screen: Screen, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The block and element that an answer is for. Raises `NotPossibleError` where there is none."""
    asked = [
        (block, element) for block in screen.blocks for element in elements_of(block) if has_state(element)
    ]
    names = [(one["block_id"], element["action_id"]) for one, element in asked]
    found = [spot for spot, ids in zip(asked, names, strict=True) if name in {*ids, "/".join(ids)}]
    if len(found) != 1:
        known = ["/".join(ids) for ids in names]
        times = f"{len(found)} times" if found else "never"
        raise NotPossibleError(f"the view {screen.title!r} asks {times} for {name}; it asks for {known}")
    return found[0]


def tells(block: Mapping[str, Any]) -> bool:
    """Whether the app is told at once of what is entered here."""
    return bool(block["type"] != "input" or block.get("dispatch_action"))
