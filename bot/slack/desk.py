"""What every listener works with: the office, the policies, who is who, and how Slack is spoken to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.counter import Counter, Recent
from bot.slack.answers import outsider_blocks
from bot.slack.blocks import Blocks
from bot.slack.callers import Caller, Callers
from bot.slack.client import SlackClient

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk(Counter):
    """Everything that a listener may use."""

    client: SlackClient = field(kw_only=True)
    callers: Callers = field(kw_only=True)
    drafts: Recent[Mapping[str, str]] = field(default_factory=Recent, kw_only=True)

    async def caller(self, body: Payload) -> Caller:
        """Who sent an event, a command, a click or a form."""
        account, team = sender(body)
        return await self.callers.of(account, self.office.directory, team=team)

    def outsider(self, caller: Caller) -> Blocks:
        """All that somebody who is nobody's here is told: whom to ring."""
        return outsider_blocks(self.office.directory.trust.nation, self.contacts(caller))

    async def post(self, channel: str, shown: Blocks, *, thread: str | None = None) -> tuple[str, str]:
        """Post a message that acts on nothing; returns the conversation and the message's `ts`.

        It waits where Slack asks for patience. Raises `TryLaterError`, `UnreachableError`.
        """
        said = {"channel": channel, "thread_ts": thread, **content(shown)}
        answer = await self.client.call_patiently(self.client.web.chat_postMessage, **said)
        return str(answer.get("channel") or channel), str(answer.get("ts") or "")

    async def whisper(self, channel: str, account: str, shown: Blocks, *, thread: str | None = None) -> None:
        """Post a message that only one person in a channel sees."""
        await self.client.web.chat_postEphemeral(
            channel=channel, user=account, thread_ts=thread, **_without_unfurling(content(shown))
        )


def content(shown: Blocks) -> dict[str, Any]:
    """A message as Slack's methods take it: nothing in it becomes a link, a mention or a preview."""
    return {
        "text": shown.text,
        "blocks": list(shown.blocks),
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def said_back(shown: Blocks) -> dict[str, Any]:
    """A message as an answer to a command or a click takes it, which knows fewer settings."""
    return {key: value for key, value in content(shown).items() if key not in {"parse", "link_names"}}


def _without_unfurling(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if not key.startswith("unfurl")}


def sender(body: Payload) -> tuple[str, str | None]:
    """The account that something comes from, and its workspace as far as that is said."""
    event = body.get("event")
    if isinstance(event, Mapping):
        account = _first(event.get("user"), _nested(event, "assistant_thread", "user_id"))
        return account, _text(event.get("user_team") or event.get("team"))
    user = body.get("user")
    if isinstance(user, Mapping):
        return _text(user.get("id")) or "", _text(user.get("team_id"))
    return _text(body.get("user_id")) or "", _text(body.get("team_id"))


def _first(*values: object) -> str:
    return next((value for value in values if isinstance(value, str)), "")


def _nested(body: Mapping[str, Any], *keys: str) -> object:
    found: object = body
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def values_of(body: Payload) -> Iterable[str]:
    """The values of the buttons that were pressed."""
    for action in body.get("actions", ()):
        value = action.get("value") if isinstance(action, Mapping) else None
        if isinstance(value, str):
            yield value
