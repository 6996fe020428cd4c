"""What Slack sends the app: events, commands and what people press, with every field that Slack has there."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.slack.people import BOT, TEAM, User
from tests.support.slack.workspace import APP, DOMAIN, Channel, Workspace

_VERIFICATION = "an-old-verification-token"
_LONG_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an event comes from: the team of whoever did it, and whether the channel is shared outside."""

    team: str = TEAM
    shared: bool = False


def escaped(text: str) -> str:
    """Text as Slack passes it on: three signs written out."""
    return re.sub("[&<>]", lambda sign: _LONG_ESCAPES[sign[0]], text)


def event_of(event: Mapping[str, Any], *, event_id: str, origin: Origin) -> dict[str, Any]:
    """An event in its envelope."""
    outside = origin.shared or origin.team != TEAM
    return {
        "token": _VERIFICATION,
        "team_id": TEAM,
        "context_team_id": origin.team,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": dict(event),
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": outside,
        "event_context": f"4-{event_id}",
    }


def message_event(message: Mapping[str, Any], channel: Channel, *, kind: str, shared: bool) -> dict[str, Any]:
    """A message as an event of type `message` or `app_mention`."""
    text = message["text"]
    event = {
        "user": message["user"],
        "type": kind,
        "ts": message["ts"],
        "text": text,
        "team": message["team"],
        "channel": channel.id,
        "event_ts": message["ts"],
        "blocks": [_rich(text)],
    }
    for name in ("thread_ts", "bot_id", "app_id", "subtype", "client_msg_id"):
        if name in message:
            event[name] = message[name]
    if kind == "message":
        event["channel_type"] = channel.kind
    if message["team"] != TEAM or shared:
        event |= {"user_team": message["team"], "source_team": message["team"]}
    return event


def echo_of(workspace: Workspace, method: str, result: Mapping[str, Any]) -> dict[str, Any] | None:
    """What Slack tells the app of its own doings in a direct conversation; None where it tells nothing."""
    subtype = {"chat.postMessage": "", "chat.update": "message_changed", "chat.delete": "message_deleted"}
    channel = workspace.channels.get(str(result.get("channel", "")))
    if method not in subtype or channel is None or channel.kind != "im":
        return None
    stamp = workspace.stamp()
    if not subtype[method]:
        return {**result["message"], "channel": channel.id, "channel_type": "im", "event_ts": result["ts"]}
    told = {"message": result["message"]} if method == "chat.update" else {"deleted_ts": result["ts"]}
    event = {"type": "message", "subtype": subtype[method], "hidden": True, "channel": channel.id}
    return {**event, **told, "channel_type": "im", "ts": stamp, "event_ts": stamp}


def _rich(text: str) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    for piece in re.split(r"(<@\w+>)", text):
        if piece.startswith("<@"):
            parts.append({"type": "user", "user_id": piece[2:-1]})
        elif piece:
            parts.append({"type": "text", "text": piece})
    section = {"type": "rich_text_section", "elements": parts}
    return {"type": "rich_text", "block_id": "rt", "elements": [section]}


def command(
    user: User, channel: Channel, *, line: tuple[str, str], reply: str, trigger: str
) -> dict[str, Any]:
    """A slash command; `line` is the command and what stands after it."""
    return {
        "token": _VERIFICATION,
        "team_id": user.team,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.name or "directmessage",
        "user_id": user.id,
        "user_name": user.name,
        "command": line[0],
        "text": line[1],
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": reply,
        "trigger_id": trigger,
    }


def interaction(kind: str, user: User, **more: Any) -> dict[str, Any]:
    """What somebody has pressed, submitted, closed or chosen from a menu."""
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "api_app_id": APP,
        "token": _VERIFICATION,
        "team": {"id": user.team, "domain": DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
        **more,
    }


def place(channel: Channel) -> dict[str, str]:
    """A conversation as interactions name it."""
    names = {"im": "directmessage", "group": "privategroup"}
    return {"id": channel.id, "name": names.get(channel.kind, channel.name)}
