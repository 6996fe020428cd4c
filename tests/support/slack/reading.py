"""What the app reads at the stand-in Slack: conversations, their messages, and who is who."""

import copy
import math
from collections.abc import Iterable
from typing import Any

from tests.support.slack.shapes import Refusal, at
from tests.support.slack.space import (
    Args,
    Space,
    can,
    channel_of,
    member_of,
    person_of,
    refuse_undeliverable,
    truth,
    whole,
)
from tests.support.slack.workspace import Message, direct_id


def open_direct(space: Space, args: Args) -> dict[str, Any]:
    """Answer conversations.open."""
    if args.get("channel"):
        return {"channel": channel_of(space, args).row()}
    names = [one for one in str(args.get("users", "")).split(",") if one]
    if not names:
        raise Refusal("users_list_not_supplied")
    if len(names) > 1:
        raise Refusal("method_not_supported_for_channel_type", [at("the stand-in opens no groups", "/users")])
    user = person_of(space, {"user": names[0]})
    refuse_undeliverable(space, user)
    if user.is_stranger:
        raise Refusal("user_not_visible")
    known = direct_id(user) in space.workspace.channels
    channel = space.workspace.direct(user)
    shown = channel.row() if truth(args, "return_im") else {"id": channel.id}
    return {"channel": shown, **({"no_op": True, "already_open": True} if known else {})}


def _within(args: Args, messages: Iterable[Message]) -> list[Message]:
    oldest, latest = _moment(args, "oldest", 0), _moment(args, "latest", math.inf)
    edge = truth(args, "inclusive")
    return [
        one
        for one in messages
        if oldest < (stamp := float(one["ts"])) < latest or (edge and stamp in {oldest, latest})
    ]


def _moment(args: Args, name: str, default: float) -> float:
    try:
        return float(args.get(name) or default)
    except (TypeError, ValueError):
        raise Refusal(f"invalid_ts_{name}") from None


def _page(args: Args, messages: list[Message]) -> dict[str, Any]:
    limit = whole(args, "limit", 100)
    if not 1 <= limit <= 999:
        raise Refusal("invalid_limit")
    cursor = str(args.get("cursor") or "0")
    if not cursor.isdigit() or int(cursor) > len(messages):
        raise Refusal("invalid_cursor")
    start, end = int(cursor), int(cursor) + limit
    rows = [_told(one, metadata=truth(args, "include_all_metadata")) for one in messages[start:end]]
    more = end < len(messages)
    return {
        "messages": rows,
        "has_more": more,
        "response_metadata": {"next_cursor": str(end) if more else ""},
    }


def _told(message: Message, *, metadata: bool) -> Message:
    hidden = set() if metadata else {"metadata"}
    return {key: copy.deepcopy(value) for key, value in message.items() if key not in hidden}


def history(space: Space, args: Args) -> dict[str, Any]:
    """Answer conversations.history."""
    channel = member_of(space, args)
    tops = (one for one in channel.messages.values() if one.get("thread_ts", one["ts"]) == one["ts"])
    return _page(args, sorted(_within(args, tops), key=lambda one: float(one["ts"]), reverse=True))


def replies(space: Space, args: Args) -> dict[str, Any]:
    """Answer conversations.replies."""
    channel, top = member_of(space, args), str(args["ts"])
    if top not in channel.messages:
        raise Refusal("thread_not_found")
    thread = [one for one in channel.messages.values() if top in {one["ts"], one.get("thread_ts")}]
    kept = [one for one in thread if one["ts"] == top or one in _within(args, thread)]
    return _page(args, sorted(kept, key=lambda one: float(one["ts"])))


def info(space: Space, args: Args) -> dict[str, Any]:
    """Answer conversations.info."""
    return {"channel": channel_of(space, args).row()}


def _shows_email(space: Space) -> bool:
    return can(space, "users:read.email")


def user(space: Space, args: Args) -> dict[str, Any]:
    """Answer users.info."""
    return {"user": person_of(space, args).row(email=_shows_email(space))}


def by_email(space: Space, args: Args) -> dict[str, Any]:
    """Answer users.lookupByEmail."""
    for user in space.workspace.users():
        if user.email.lower() == str(args["email"]).lower() and not user.deleted and not user.is_stranger:
            return {"user": user.row()}
    raise Refusal("users_not_found")


def everybody(space: Space, args: Args) -> dict[str, Any]:
    """Answer users.list."""
    users = [one for one in space.workspace.users() if not one.is_stranger]
    limit, cursor = whole(args, "limit", len(users)), str(args.get("cursor") or "0")
    if not cursor.isdigit() or limit < 1:
        raise Refusal("invalid_cursor" if limit > 0 else "invalid_limit")
    end = int(cursor) + limit
    rows = [one.row(email=_shows_email(space)) for one in users[int(cursor) : end]]
    following = str(end) if end < len(users) else ""
    return {"members": rows, "cache_ts": 1_700_000_000, "response_metadata": {"next_cursor": following}}
