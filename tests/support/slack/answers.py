"""What the app's answers come to before a person: to a command, to a form, and through a response_url."""

from collections.abc import Mapping
from typing import Any

from tests.support.slack.blocks import check_message, check_view
from tests.support.slack.people import BOT
from tests.support.slack.record import Delivery
from tests.support.slack.screens import Screen
from tests.support.slack.shapes import Refusal
from tests.support.slack.space import Space, refuse_dead
from tests.support.slack.workspace import ReplyTo

_REPLY = frozenset(
    "text blocks attachments response_type replace_original delete_original thread_ts metadata "
    "unfurl_links unfurl_media mrkdwn".split()
)
_EMPTY: tuple[Any, ...] = (None, "", {})


def respond(space: Space, reply: ReplyTo, said: Mapping[str, Any]) -> str:
    """Do what was posted to a response_url, or answered to a command: the message's ts, empty if none.

    Raises `Refusal`.
    """
    if unknown := said.keys() - _REPLY:
        raise Refusal("invalid_payload", sorted(unknown))
    refuse_dead(space, reply.user, reply.channel)
    if said.get("delete_original"):
        _delete(space, reply)
        return ""
    check_message(said)
    if said.get("replace_original") and reply.ts:
        return _replace(space, reply, said)
    channel = space.workspace.channels[reply.channel]
    if said.get("response_type") == "in_channel":
        return str(space.workspace.post(channel, BOT, said)["ts"])
    user = space.workspace.user(reply.user)
    if user is None:
        raise Refusal("user_not_found")
    return str(space.workspace.whisper(channel, user, said)["ts"])


def _delete(space: Space, reply: ReplyTo) -> None:
    if reply.ephemeral:
        space.workspace.drop_whisper(reply.user, reply.ts)
        return
    channel = space.workspace.channels[reply.channel]
    if reply.ts not in channel.messages:
        raise Refusal("message_not_found")
    space.workspace.delete(channel, reply.ts)


def _replace(space: Space, reply: ReplyTo, said: Mapping[str, Any]) -> str:
    if reply.ephemeral:
        found = space.workspace.whisper_of(reply.user, reply.ts)
        message = found[1] if found else None
    else:
        message = space.workspace.channels[reply.channel].messages.get(reply.ts)
    if message is None:
        raise Refusal("message_not_found")
    space.workspace.change(message, {"text": "", **said})
    return reply.ts


def answered_command(space: Space, reply: ReplyTo, delivery: Delivery) -> str:
    """Show what was answered to a slash command; what was wrong with it, empty where nothing was."""
    if delivery.body in _EMPTY:
        return ""
    said = {"text": delivery.body} if isinstance(delivery.body, str) else delivery.body
    if not isinstance(said, dict):
        return f"no answer to a command: {said!r:.500}"
    try:
        respond(space, reply, said)
    except Refusal as refusal:
        return f"the answer to a command was refused: {refusal}"
    return ""


def answered_form(space: Space, screen: Screen, delivery: Delivery) -> str:
    """Do what was answered to a form; what was wrong with it, empty where nothing was."""
    if delivery.body in _EMPTY:
        space.screens.close(screen)
        return ""
    try:
        _act(space, screen, delivery.body)
    except Refusal as refusal:
        return f"the answer to a form was refused: {refusal}"
    return ""


def _act(space: Space, screen: Screen, said: Any) -> None:
    match said:
        case {"response_action": "clear", **rest} if not rest:
            space.screens.clear(screen.user)
        case {"response_action": "errors", "errors": dict(errors), **rest} if errors and not rest:
            _mark(screen, errors)
        case {"response_action": "update", "view": view, **rest} if not rest:
            check_view(view)
            space.screens.replace(screen, view)
        case {"response_action": "push", "view": view, **rest} if not rest:
            check_view(view)
            space.screens.push_on(screen.user, view)
        case _:
            raise Refusal("cannot_parse", [f"no answer to a form: {said!r:.500}"])


def _mark(screen: Screen, errors: Mapping[str, Any]) -> None:
    inputs = {block["block_id"] for block in screen.blocks if block["type"] == "input"}
    for block, message in errors.items():
        if block not in inputs:
            raise Refusal("invalid_arguments", [f"errors names {block}, which is no input of this form"])
        if not isinstance(message, str) or not message:
            raise Refusal("invalid_arguments", [f"errors has no words for {block}"])
    screen.errors = dict(errors)
