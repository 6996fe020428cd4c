"""Slack's Web API as the stand-in answers it: what each method takes, needs and does."""

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.slack.behaviour import Behaviour
from tests.support.slack.blocks import check_message
from tests.support.slack.people import BOT, TEAM, User
from tests.support.slack.screens import Screens
from tests.support.slack.shapes import Refusal, at
from tests.support.slack.workspace import APP, DOMAIN, Channel, Message, Workspace

Args = Mapping[str, Any]


@dataclass(slots=True)
class Space:
    """All that a method can read and change."""

    workspace: Workspace
    screens: Screens = field(default_factory=Screens)
    behaviour: Behaviour = field(default_factory=Behaviour)


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what it does, the arguments it knows, those it can't do without, and the scopes it needs.

    A scope with `*` in it is asked for by the kind of conversation: `im`, `channels` or `groups`.
    """

    run: Callable[[Space, Args], dict[str, Any]]
    takes: frozenset[str]
    needs: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()


def truth(args: Args, name: str) -> bool:
    """An argument that is true or false, as JSON or as a form has it."""
    return str(args.get(name)).lower() in {"true", "1"}


def whole(args: Args, name: str, default: int) -> int:
    """An argument that is a number."""
    try:
        return int(args.get(name) or default)
    except (TypeError, ValueError):
        raise Refusal("invalid_arguments", [at("must provide an integer", f"/{name}")]) from None


def can(space: Space, scope: str) -> bool:
    """Whether the token has a scope."""
    return space.behaviour.scopes is None or scope in space.behaviour.scopes


def check_scopes(space: Space, method: Method, args: Args) -> None:
    """Raise `Refusal` where the token may not call this method."""
    channel = space.workspace.channels.get(str(args.get("channel", "")))
    place = {"im": "im", "group": "groups"}.get(channel.kind if channel else "", "channels")
    for scope in (one.replace("*", place) for one in method.scopes):
        if not any(can(space, one) for one in scope.split("|")):
            have = ",".join(sorted(space.behaviour.scopes or ()))
            raise Refusal("missing_scope", needed=scope, provided=have)


def _person(space: Space, args: Args, name: str = "user") -> User:
    user = space.workspace.user(str(args[name]))
    if user is None or user.id != args[name]:
        raise Refusal("user_not_found")
    return user


def refuse_dead(space: Space, *names: str) -> None:
    """Raise `Refusal` for people and channels that a test has made unreachable."""
    for name in names:
        if code := space.behaviour.errors.get(name):
            raise Refusal(code)


def _refuse_undeliverable(space: Space, user: User) -> None:
    refuse_dead(space, user.id, user.name)
    if user.deleted:
        raise Refusal("user_disabled")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")


def channel_of(space: Space, args: Args, *, posting: bool = False) -> Channel:
    """The conversation that a call names; where something is posted, a person's id stands for theirs."""
    named = str(args["channel"])
    refuse_dead(space, named)
    user = space.workspace.user(named)
    if posting and user is not None and user.id == named:
        _refuse_undeliverable(space, user)
        if user.is_stranger:
            raise Refusal("channel_not_found")
        return space.workspace.direct(user)
    channel = space.workspace.channel(named) if posting else space.workspace.channels.get(named)
    if channel is None or (channel.kind == "group" and BOT.id not in channel.members):
        raise Refusal("channel_not_found")
    refuse_dead(space, channel.id)
    if posting:
        _refuse_closed(space, channel)
    return channel


def _refuse_closed(space: Space, channel: Channel) -> None:
    if channel.archived:
        raise Refusal("is_archived")
    if channel.kind == "im" and (user := space.workspace.user(channel.user)) is not None:
        _refuse_undeliverable(space, user)
    if BOT.id not in channel.members and not (channel.kind == "channel" and can(space, "chat:write.public")):
        raise Refusal("not_in_channel")


def _own(channel: Channel, args: Args, refusal: str) -> Message:
    message = channel.messages.get(str(args["ts"]))
    if message is None:
        raise Refusal("message_not_found")
    if message["user"] != BOT.id:
        raise Refusal(refusal)
    return message


def _auth_test(_space: Space, _args: Args) -> dict[str, Any]:
    return {
        "url": f"https://{DOMAIN}.slack.example/",
        "team": "Oakfield Academy Trust",
        "user": BOT.name,
        "team_id": TEAM,
        "user_id": BOT.id,
        "bot_id": BOT.bot_id,
        "is_enterprise_install": False,
    }


def _post(space: Space, args: Args) -> dict[str, Any]:
    channel = channel_of(space, args, posting=True)
    check_message(args)
    thread = args.get("thread_ts")
    if thread and str(thread) not in channel.messages:
        raise Refusal("thread_not_found")
    message = space.workspace.post(channel, BOT, args)
    return {"channel": channel.id, "ts": message["ts"], "message": copy.deepcopy(message)}


def _whisper(space: Space, args: Args) -> dict[str, Any]:
    channel = channel_of(space, args, posting=True)
    user = _person(space, args)
    refuse_dead(space, user.id, user.name)
    check_message(args)
    if user.id not in channel.members:
        raise Refusal("user_not_in_channel")
    return {"message_ts": space.workspace.whisper(channel, user, args)["ts"]}


def _update(space: Space, args: Args) -> dict[str, Any]:
    channel = channel_of(space, args)
    message = _own(channel, args, "cant_update_message")
    if not {"text", "blocks", "attachments"} & args.keys():
        raise Refusal("no_text")
    check_message(args, may_be_empty=bool(message["text"]) and "text" not in args)
    space.workspace.change(message, args)
    return {
        "channel": channel.id,
        "ts": message["ts"],
        "text": message["text"],
        "message": copy.deepcopy(message),
    }


def _delete(space: Space, args: Args) -> dict[str, Any]:
    channel = channel_of(space, args)
    message = _own(channel, args, "cant_delete_message")
    space.workspace.delete(channel, message["ts"])
    return {"channel": channel.id, "ts": message["ts"]}


def _permalink(space: Space, args: Args) -> dict[str, Any]:
    channel = channel_of(space, args)
    stamp = str(args["message_ts"])
    if stamp not in channel.messages:
        raise Refusal("message_not_found")
    link = f"https://{DOMAIN}.slack.example/archives/{channel.id}/p{stamp.replace('.', '')}"
    thread = channel.messages[stamp].get("thread_ts", stamp)
    more = f"?thread_ts={thread}&cid={channel.id}" if thread != stamp else ""
    return {"channel": channel.id, "permalink": link + more}


def _open_direct(space: Space, args: Args) -> dict[str, Any]:
    if args.get("channel"):
        return {"channel": channel_of(space, args).row()}
    names = [one for one in str(args.get("users", "")).split(",") if one]
    if not names:
        raise Refusal("users_list_not_supplied")
    if len(names) > 1:
        raise Refusal("method_not_supported_for_channel_type", [at("the stand-in opens no groups", "/users")])
    user = _person(space, {"user": names[0]})
    _refuse_undeliverable(space, user)
    if user.is_stranger:
        raise Refusal("user_not_visible")
    known = any(one.user == user.id for one in space.workspace.channels.values())
    channel = space.workspace.direct(user)
    shown = channel.row() if truth(args, "return_im") else {"id": channel.id}
    return {"channel": shown, **({"no_op": True, "already_open": True} if known else {})}


def _within(args: Args, messages: Iterable[Message]) -> list[Message]:
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    edge = truth(args, "inclusive")
    return [
        one
        for one in messages
        if oldest < (at_ := float(one["ts"])) < latest or (edge and at_ in {oldest, latest})
    ]


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


def _history(space: Space, args: Args) -> dict[str, Any]:
    channel = _member_of(space, args)
    tops = (one for one in channel.messages.values() if one.get("thread_ts", one["ts"]) == one["ts"])
    return _page(args, sorted(_within(args, tops), key=lambda one: float(one["ts"]), reverse=True))


def _replies(space: Space, args: Args) -> dict[str, Any]:
    channel, top = _member_of(space, args), str(args["ts"])
    if top not in channel.messages:
        raise Refusal("thread_not_found")
    thread = [one for one in channel.messages.values() if top in {one["ts"], one.get("thread_ts")}]
    kept = [one for one in thread if one["ts"] == top or one in _within(args, thread)]
    return _page(args, sorted(kept, key=lambda one: float(one["ts"])))


def _member_of(space: Space, args: Args) -> Channel:
    channel = channel_of(space, args)
    if BOT.id not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _info(space: Space, args: Args) -> dict[str, Any]:
    return {"channel": channel_of(space, args).row()}


def _shows_email(space: Space) -> bool:
    return can(space, "users:read.email")


def _user(space: Space, args: Args) -> dict[str, Any]:
    return {"user": _person(space, args).row(email=_shows_email(space))}


def _by_email(space: Space, args: Args) -> dict[str, Any]:
    for user in space.workspace.users():
        if user.email.lower() == str(args["email"]).lower() and not user.deleted and not user.is_stranger:
            return {"user": user.row()}
    raise Refusal("users_not_found")


def _everybody(space: Space, args: Args) -> dict[str, Any]:
    users = [one for one in space.workspace.users() if not one.is_stranger]
    limit, cursor = whole(args, "limit", len(users)), str(args.get("cursor") or "0")
    if not cursor.isdigit() or limit < 1:
        raise Refusal("invalid_cursor" if limit > 0 else "invalid_limit")
    end = int(cursor) + limit
    rows = [one.row(email=_shows_email(space)) for one in users[int(cursor) : end]]
    following = str(end) if end < len(users) else ""
    return {"members": rows, "cache_ts": 1_700_000_000, "response_metadata": {"next_cursor": following}}


def _view_open(space: Space, args: Args) -> dict[str, Any]:
    return {"view": space.screens.open(args["trigger_id"], args["view"]).row()}


def _view_push(space: Space, args: Args) -> dict[str, Any]:
    return {"view": space.screens.push(args["trigger_id"], args["view"]).row()}


def _view_update(space: Space, args: Args) -> dict[str, Any]:
    return {"view": space.screens.update(args, args["view"]).row()}


def _view_publish(space: Space, args: Args) -> dict[str, Any]:
    user = _person(space, {"user": args["user_id"]}, "user")
    refuse_dead(space, user.id, user.name)
    return {"view": space.screens.publish(user.id, args, args["view"]).row()}


def _thread(space: Space, args: Args) -> dict[str, Any]:
    channel = space.workspace.channels.get(str(args["channel_id"]))
    if channel is None:
        raise Refusal("channel_not_found")
    refuse_dead(space, channel.id, channel.user)
    if str(args["thread_ts"]) not in channel.messages:
        raise Refusal("invalid_thread_ts")
    return {}


def _prompts(space: Space, args: Args) -> dict[str, Any]:
    prompts = args["prompts"]
    right = isinstance(prompts, list) and all(
        isinstance(one, dict) and one.keys() == {"title", "message"} and all(map(str, one.values()))
        for one in prompts
    )
    if not right or not 1 <= len(prompts) <= 4:
        raise Refusal("invalid_arguments", [at("must be one to four titles with messages", "/prompts")])
    return _thread(space, args)


def _method(
    run: Callable[[Space, Args], dict[str, Any]], needs: str = "", may: str = "", scopes: str = ""
) -> Method:
    must = tuple(needs.split())
    return Method(run, frozenset((*must, *may.split(), "token", "team_id")), must, tuple(scopes.split()))


_BODY = "text blocks attachments metadata parse link_names mrkdwn markdown_text"
_PAGE = "limit cursor oldest latest inclusive include_all_metadata"
_THREAD = "channel_id thread_ts"
METHODS: Mapping[str, Method] = {
    "auth.test": _method(_auth_test),
    "chat.postMessage": _method(
        _post,
        "channel",
        f"{_BODY} thread_ts reply_broadcast unfurl_links unfurl_media icon_emoji icon_url username as_user",
        "chat:write",
    ),
    "chat.postEphemeral": _method(
        _whisper, "channel user", f"{_BODY} thread_ts icon_emoji icon_url username as_user", "chat:write"
    ),
    "chat.update": _method(_update, "channel ts", f"{_BODY} as_user reply_broadcast file_ids", "chat:write"),
    "chat.delete": _method(_delete, "channel ts", "as_user", "chat:write"),
    "chat.getPermalink": _method(_permalink, "channel message_ts"),
    "conversations.open": _method(_open_direct, "", "users channel return_im prevent_creation", "im:write"),
    "conversations.history": _method(_history, "channel", _PAGE, "*:history"),
    "conversations.replies": _method(_replies, "channel ts", _PAGE, "*:history"),
    "conversations.info": _method(_info, "channel", "include_locale include_num_members", "*:read"),
    "users.info": _method(_user, "user", "include_locale", "users:read"),
    "users.list": _method(_everybody, "", "limit cursor include_locale", "users:read"),
    "users.lookupByEmail": _method(_by_email, "email", "", "users:read.email"),
    "views.open": _method(_view_open, "trigger_id view", "interactivity_pointer"),
    "views.push": _method(_view_push, "trigger_id view", "interactivity_pointer"),
    "views.update": _method(_view_update, "view", "view_id external_id hash"),
    "views.publish": _method(_view_publish, "user_id view", "hash"),
    "assistant.threads.setStatus": _method(
        _thread,
        f"{_THREAD} status",
        "loading_messages icon_emoji icon_url username",
        "assistant:write|chat:write",
    ),
    "assistant.threads.setTitle": _method(_thread, f"{_THREAD} title", "", "assistant:write"),
    "assistant.threads.setSuggestedPrompts": _method(
        _prompts, f"{_THREAD} prompts", "title", "assistant:write"
    ),
}
"""Every method but `apps.connections.open`, which asks for the app's own token."""
APP_ID = APP
