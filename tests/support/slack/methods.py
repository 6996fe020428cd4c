"""Slack's Web API as the stand-in answers it: what each method takes, needs and does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.slack import chat, reading
from tests.support.slack.people import BOT, TEAM
from tests.support.slack.shapes import Refusal
from tests.support.slack.space import Args, Space, can, person_of, refuse_dead, scopes_of
from tests.support.slack.workspace import DOMAIN


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what it does, the arguments it knows, those it can't do without, and the scopes it needs.

    A scope with `*` in it is asked for by the kind of conversation: `im`, `channels` or `groups`.
    """

    run: Callable[[Space, Args], dict[str, Any]]
    takes: frozenset[str]
    needs: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()


def check_scopes(space: Space, method: Method, args: Args) -> None:
    """Raise `Refusal` where the token may not call this method."""
    channel = space.workspace.channels.get(str(args.get("channel", "")))
    place = {"im": "im", "group": "groups"}.get(channel.kind if channel else "", "channels")
    for scope in (one.replace("*", place) for one in method.scopes):
        if not any(can(space, one) for one in scope.split("|")):
            have = ",".join(sorted(scopes_of(space) or ()))
            raise Refusal("missing_scope", needed=scope, provided=have)


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


def _view_open(space: Space, args: Args) -> dict[str, Any]:
    return {"view": space.screens.open(args["trigger_id"], args["view"]).row()}


def _view_push(space: Space, args: Args) -> dict[str, Any]:
    return {"view": space.screens.push(args["trigger_id"], args["view"]).row()}


def _view_update(space: Space, args: Args) -> dict[str, Any]:
    return {"view": space.screens.update(args, args["view"]).row()}


def _view_publish(space: Space, args: Args) -> dict[str, Any]:
    if not space.installation.home_tab:
        raise Refusal("not_enabled")
    user = person_of(space, {"user": args["user_id"]})
    refuse_dead(space, user.id, user.name)
    return {"view": space.screens.publish(user.id, args, args["view"]).row()}


def _method(
    run: Callable[[Space, Args], dict[str, Any]], needs: str = "", may: str = "", scopes: str = ""
) -> Method:
    must = tuple(needs.split())
    return Method(run, frozenset((*must, *may.split(), "token", "team_id")), must, tuple(scopes.split()))


_BODY = "text blocks attachments metadata parse link_names mrkdwn"
_PAGE = "limit cursor oldest latest inclusive include_all_metadata"
_THREAD = "channel_id thread_ts"
METHODS: Mapping[str, Method] = {
    "auth.test": _method(_auth_test),
    "chat.postMessage": _method(
        chat.post,
        "channel",
        f"{_BODY} thread_ts reply_broadcast unfurl_links unfurl_media icon_emoji icon_url username as_user",
        "chat:write",
    ),
    "chat.postEphemeral": _method(
        chat.whisper, "channel user", f"{_BODY} thread_ts icon_emoji icon_url username as_user", "chat:write"
    ),
    "chat.update": _method(
        chat.update, "channel ts", f"{_BODY} as_user reply_broadcast file_ids", "chat:write"
    ),
    "chat.delete": _method(chat.delete, "channel ts", "as_user", "chat:write"),
    "chat.getPermalink": _method(chat.permalink, "channel message_ts"),
    "conversations.open": _method(
        reading.open_direct, "", "users channel return_im prevent_creation", "im:write"
    ),
    "conversations.history": _method(reading.history, "channel", _PAGE, "*:history"),
    "conversations.replies": _method(reading.replies, "channel ts", _PAGE, "*:history"),
    "conversations.info": _method(reading.info, "channel", "include_locale include_num_members", "*:read"),
    "users.info": _method(reading.user, "user", "include_locale", "users:read"),
    "users.list": _method(reading.everybody, "", "limit cursor include_locale", "users:read"),
    "users.lookupByEmail": _method(reading.by_email, "email", "", "users:read.email"),
    "views.open": _method(_view_open, "trigger_id view", "interactivity_pointer"),
    "views.push": _method(_view_push, "trigger_id view", "interactivity_pointer"),
    "views.update": _method(_view_update, "view", "view_id external_id hash"),
    "views.publish": _method(_view_publish, "user_id view", "hash"),
    "assistant.threads.setStatus": _method(
        chat.status,
        _THREAD,
        "status loading_messages icon_emoji icon_url username",
        "assistant:write|chat:write",
    ),
    "assistant.threads.setTitle": _method(chat.thread, f"{_THREAD} title", "", "assistant:write"),
    "assistant.threads.setSuggestedPrompts": _method(
        chat.prompts, f"{_THREAD} prompts", "title", "assistant:write"
    ),
}
"""Every method but `apps.connections.open`, which asks for the app's own token."""
