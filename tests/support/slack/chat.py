"""What the app writes, edits and takes away at the stand-in Slack, and does in an assistant's thread."""

import copy
from typing import Any

from tests.support.slack.blocks import check_message
from tests.support.slack.people import BOT
from tests.support.slack.shapes import Refusal, at
from tests.support.slack.space import Args, Space, channel_of, person_of, refuse_dead
from tests.support.slack.workspace import DOMAIN, Channel, Message


def _own(channel: Channel, args: Args, refusal: str) -> Message:
    message = channel.messages.get(str(args["ts"]))
    if message is None:
        raise Refusal("message_not_found")
    if message["user"] != BOT.id:
        raise Refusal(refusal)
    return message


def post(space: Space, args: Args) -> dict[str, Any]:
    """Answer chat.postMessage."""
    channel = channel_of(space, args, posting=True)
    check_message(args)
    thread = args.get("thread_ts")
    if thread and str(thread) not in channel.messages:
        raise Refusal("thread_not_found")
    message = space.workspace.post(channel, BOT, args)
    return {"channel": channel.id, "ts": message["ts"], "message": copy.deepcopy(message)}


def whisper(space: Space, args: Args) -> dict[str, Any]:
    """Answer chat.postEphemeral."""
    channel = channel_of(space, args, posting=True)
    user = person_of(space, args)
    refuse_dead(space, user.id, user.name)
    check_message(args)
    if user.id not in channel.members:
        raise Refusal("user_not_in_channel")
    return {"message_ts": space.workspace.whisper(channel, user, args)["ts"]}


def update(space: Space, args: Args) -> dict[str, Any]:
    """Answer chat.update."""
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


def delete(space: Space, args: Args) -> dict[str, Any]:
    """Answer chat.delete."""
    channel = channel_of(space, args)
    message = _own(channel, args, "cant_delete_message")
    space.workspace.delete(channel, message["ts"])
    return {"channel": channel.id, "ts": message["ts"]}


def permalink(space: Space, args: Args) -> dict[str, Any]:
    """Answer chat.getPermalink."""
    channel = channel_of(space, args)
    stamp = str(args["message_ts"])
    if stamp not in channel.messages:
        raise Refusal("message_not_found")
    link = f"https://{DOMAIN}.slack.example/archives/{channel.id}/p{stamp.replace('.', '')}"
    thread = channel.messages[stamp].get("thread_ts", stamp)
    more = f"?thread_ts={thread}&cid={channel.id}" if thread != stamp else ""
    return {"channel": channel.id, "permalink": link + more}


def thread(space: Space, args: Args) -> dict[str, Any]:
    """Answer assistant.threads.setTitle."""
    channel = space.workspace.channels.get(str(args["channel_id"]))
    if channel is None:
        raise Refusal("channel_not_found")
    refuse_dead(space, channel.id, channel.user)
    if str(args["thread_ts"]) not in channel.messages:
        raise Refusal("invalid_thread_ts")
    return {}


def status(space: Space, args: Args) -> dict[str, Any]:
    """Answer assistant.threads.setStatus; an empty status takes it away."""
    if not isinstance(args.get("status"), str):
        raise Refusal("invalid_arguments", [at("missing required field: status", "")])
    return thread(space, args)


def prompts(space: Space, args: Args) -> dict[str, Any]:
    """Answer assistant.threads.setSuggestedPrompts."""
    prompts = args["prompts"]
    right = isinstance(prompts, list) and all(
        isinstance(one, dict) and one.keys() == {"title", "message"} and all(map(str, one.values()))
        for one in prompts
    )
    if not right or not 1 <= len(prompts) <= 4:
        raise Refusal("invalid_arguments", [at("must be one to four titles with messages", "/prompts")])
    return thread(space, args)
