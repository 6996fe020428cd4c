"""The stand-in's workspace: who is there, what stands in which conversation, and who can see it."""

import copy
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from tests.support.slack.blocks import elements_of
from tests.support.slack.forms import Values, words_of
from tests.support.slack.live import live_in
from tests.support.slack.people import BOT, TEAM, User, by_name_and_id
from tests.support.slack.shapes import Refusal

APP = "A0SIGNPOST"
DOMAIN = "oakfield"
PANE = "assistant_app_thread"
"""The subtype of the message at an assistant thread's top, which nobody sees."""
Message = dict[str, Any]
"""A message as `conversations.history` has it."""


@dataclass(slots=True)
class Channel:
    """A conversation: `kind` is `im`, `channel` or `group` (private); `user` is whose direct one it is."""

    id: str
    name: str
    kind: str
    members: set[str]
    user: str = ""
    shared: bool = False
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """This conversation as `conversations.info` has it."""
        row = {
            "id": self.id,
            "created": 1_700_000_000,
            "is_archived": self.archived,
            "is_im": self.kind == "im",
            "is_mpim": False,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_private": self.kind != "channel",
            "is_ext_shared": self.shared,
            "is_shared": self.shared,
            "context_team_id": TEAM,
        }
        if self.kind == "im":
            return row | {"user": self.user, "is_open": True}
        return row | {
            "name": self.name,
            "is_member": BOT.id in self.members,
            "num_members": len(self.members),
        }


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as somebody sees it at one moment. `metadata` is seen by apps alone."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: Sequence[Mapping[str, Any]]
    thread_ts: str = ""
    ephemeral: bool = False
    metadata: Mapping[str, Any] | None = None
    edited: bool = False

    @property
    def words(self) -> str:
        """Everything that can be read: the blocks' words, or the text where there are no blocks."""
        return words_of(self.blocks) if self.blocks else self.text

    @property
    def live(self) -> list[str]:
        """What does something here beyond being read: mentions, shouts, links."""
        return live_in(self.text, self.blocks)

    @property
    def everything(self) -> str:
        """All that was sent: the words, the fallback that notifications show, and what buttons carry."""
        return f"{self.text}\n{self.blocks}\n{self.metadata or ''}"

    def has(self, action_id: str) -> bool:
        """Whether something with this action_id can be pressed or chosen here."""
        return any(one.get("action_id") == action_id for block in self.blocks for one in elements_of(block))


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """What a response_url stands for: who did what where, until when (monotonic seconds)."""

    user: str
    channel: str
    ts: str
    ephemeral: bool
    until: float


def direct_id(user: User) -> str:
    """The id of the app's direct conversation with somebody, whether there is one yet or not."""
    return f"D{user.id[1:]}"


def with_ids(blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Blocks with the ids that Slack makes up where the app gave none: new ones each time."""
    made = [copy.deepcopy(dict(block)) for block in blocks]
    for block in made:
        block.setdefault("block_id", token_hex(3))
        for element in elements_of(block):
            element.setdefault("action_id", token_hex(3))
    return made


class Workspace:
    """Users, conversations and messages. Whoever calls holds the stand-in's lock."""

    def __init__(self, users: Iterable[User]) -> None:
        self._users = by_name_and_id([BOT, *users])
        self.channels: dict[str, Channel] = {}
        self.ephemerals: dict[str, list[tuple[str, Message]]] = {}
        self.values: dict[tuple[str, str], Values] = {}
        self.replies: dict[str, tuple[ReplyTo, int]] = {}
        self._last = 0.0

    def users(self) -> list[User]:
        """Everybody, the app's own user included, each once."""
        return list(dict.fromkeys(self._users.values()))

    def user(self, named: str) -> User | None:
        """The user with this id or user name."""
        return self._users.get(named)

    def add_user(self, user: User) -> None:
        """Add somebody, or put them in the place of whoever has this id."""
        others = (one for one in self.users() if one.id not in {user.id, BOT.id})
        self._users = by_name_and_id([BOT, *others, user])

    def stamp(self) -> str:
        """A timestamp that no other message has, later than every one before."""
        self._last = max(time.time(), self._last + 0.000_001)
        return f"{self._last:.6f}"

    def add_channel(self, channel: Channel) -> Channel:
        """Add a conversation, or put it in the place of the one with its id."""
        self.channels[channel.id] = channel
        return channel

    def direct(self, user: User) -> Channel:
        """The direct conversation of the app with somebody, made where there is none."""
        found = self.channels.get(direct_id(user))
        return found or self.add_channel(Channel(direct_id(user), "", "im", {user.id, BOT.id}, user=user.id))

    def channel(self, named: str) -> Channel | None:
        """The conversation with this id, or with this name."""
        if named in self.channels:
            return self.channels[named]
        wanted = named.removeprefix("#")
        return next((one for one in self.channels.values() if one.name == wanted and wanted), None)

    def post(self, channel: Channel, author: User, body: Mapping[str, Any]) -> Message:
        """Put a message into a conversation; the body has been checked."""
        message: Message = {
            "type": "message",
            "user": author.id,
            "team": author.team,
            "ts": self.stamp(),
            "text": body.get("text", ""),
        }
        if author.is_bot:
            message |= {"bot_id": author.bot_id, "app_id": APP if author is BOT else "A0ROBOT"}
        if body.get("blocks"):
            message["blocks"] = with_ids(body["blocks"])
        for name in ("metadata", "thread_ts", "subtype", "client_msg_id"):
            if body.get(name):
                message[name] = copy.deepcopy(body[name])
        channel.messages[message["ts"]] = message
        self._count_reply(channel, message)
        return message

    def whisper(self, channel: Channel, user: User, body: Mapping[str, Any]) -> Message:
        """Show somebody a message that nobody else sees, and that no history keeps."""
        message: Message = {
            "type": "message",
            "user": BOT.id,
            "ts": self.stamp(),
            "text": body.get("text", ""),
        }
        message["blocks"] = with_ids(body.get("blocks") or [])
        if body.get("thread_ts"):
            message["thread_ts"] = body["thread_ts"]
        self.ephemerals.setdefault(user.id, []).append((channel.id, message))
        return message

    def change(self, message: Message, body: Mapping[str, Any]) -> None:
        """Edit a message. Text without blocks takes the blocks away; metadata not named stays."""
        if "text" in body:
            message["text"] = body["text"]
        if "blocks" in body:
            message["blocks"] = with_ids(body["blocks"] or [])
        elif "text" in body:
            message.pop("blocks", None)
        if "metadata" in body:
            message["metadata"] = copy.deepcopy(body["metadata"])
        message["edited"] = {"user": BOT.id, "ts": self.stamp()}

    def delete(self, channel: Channel, ts: str) -> None:
        """Take a message away."""
        del channel.messages[ts]

    def _count_reply(self, channel: Channel, message: Message) -> None:
        parent = channel.messages.get(message.get("thread_ts", ""))
        if parent is not None and parent is not message:
            parent["thread_ts"] = parent["ts"]
            parent["reply_count"] = parent.get("reply_count", 0) + 1
            parent["latest_reply"] = message["ts"]

    def whisper_of(self, user: str, ts: str) -> tuple[str, Message] | None:
        """A message that only this person sees: its channel and itself."""
        return next((one for one in self.ephemerals.get(user, ()) if one[1]["ts"] == ts), None)

    def drop_whisper(self, user: str, ts: str) -> None:
        """Take a message away that only this person sees."""
        self.ephemerals[user] = [one for one in self.ephemerals.get(user, ()) if one[1]["ts"] != ts]

    def visible(self, user: User) -> list[Seen]:
        """Everything that a person can see, the oldest first."""
        return sorted(self._visible(user), key=lambda one: one.ts)

    def _visible(self, user: User) -> Iterator[Seen]:
        for channel in self.channels.values():
            if user.id in channel.members:
                shown = (one for one in channel.messages.values() if one.get("subtype") != PANE)
                yield from (seen(channel.id, message) for message in shown)
        for place, message in self.ephemerals.get(user.id, ()):
            yield seen(place, message, ephemeral=True)

    def reply_url(self, reply: ReplyTo) -> str:
        """A token for a response_url."""
        token = token_hex(12)
        self.replies[token] = (reply, 0)
        return token

    def reply_to(self, token: str) -> ReplyTo:
        """What a response_url stands for; raises `Refusal` where it is unknown, spent or too old."""
        if token not in self.replies:
            raise Refusal("no_active_hooks")
        reply, used = self.replies[token]
        if used >= 5:
            raise Refusal("used_url")
        if time.monotonic() > reply.until:
            raise Refusal("expired_url")
        self.replies[token] = (reply, used + 1)
        return reply


def seen(channel: str, message: Message, *, ephemeral: bool = False) -> Seen:
    """A message as it stands just now."""
    return Seen(
        channel=channel,
        ts=message["ts"],
        user=message["user"],
        text=message["text"],
        blocks=copy.deepcopy(message.get("blocks", [])),
        thread_ts=message.get("thread_ts", ""),
        ephemeral=ephemeral,
        metadata=copy.deepcopy(message.get("metadata")),
        edited="edited" in message,
    )
