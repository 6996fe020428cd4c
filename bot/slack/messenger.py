"""Notices as direct messages in Slack: sent with their id, found again by it, changed in place."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bot.reporting.people import Person
from bot.sending import Envelope, TryLaterError
from bot.slack.client import NoSuchMessageError, SlackClient
from bot.slack.notices import notice_blocks

PLATFORM = "slack"
NOTICE = "signpost_notice"
"""The type of the metadata that carries a notice's id; Slack shows it to nobody."""
_LOOKED_AT = 100
"""So many of somebody's last messages are looked through for a notice."""


class SlackMessenger:
    """Reaches whoever has a Slack account in the schools file, through the app's own direct messages."""

    def __init__(self, client: SlackClient) -> None:
        self.client = client
        self._channels: dict[str, str] = {}

    @property
    def platform(self) -> str:
        """Its name in the outbox."""
        return PLATFORM

    def address(self, person: Person) -> str | None:
        """Their account's id."""
        return person.accounts.get(PLATFORM)

    async def send(self, envelope: Envelope) -> str:
        """Post the notice; returns channel and time, which together name a message."""
        channel = await self._channel(envelope.address)
        metadata = {"event_type": NOTICE, "event_payload": {"notice": envelope.notice}}
        answer = await self.client.call(
            self.client.web.chat_postMessage,
            channel=channel,
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
            **_content(envelope),
        )
        return _provider_id(answer.get("channel", channel), answer.get("ts"))

    async def find(self, envelope: Envelope) -> str | None:
        """Look for the notice's id among the last messages of the conversation."""
        channel = await self._channel(envelope.address)
        answer = await self.client.call(
            self.client.web.conversations_history,
            channel=channel,
            limit=_LOOKED_AT,
            include_all_metadata=True,
        )
        for message in answer.get("messages", ()):
            if _notice_of(message) == envelope.notice:
                return _provider_id(channel, message.get("ts"))
        return None

    async def edit(self, provider_id: str, envelope: Envelope) -> None:
        """Change a message in place. One that was deleted meanwhile needs no change."""
        channel, _, ts = provider_id.partition(":")
        if not ts:
            return
        with suppress(NoSuchMessageError):
            await self.client.call(self.client.web.chat_update, channel=channel, ts=ts, **_content(envelope))

    async def _channel(self, account: str) -> str:
        """The conversation with somebody, asked for once."""
        known = self._channels.get(account)
        if known is not None:
            return known
        answer = await self.client.call(self.client.web.conversations_open, users=account)
        opened = answer.get("channel")
        channel = opened.get("id") if isinstance(opened, Mapping) else None
        if not isinstance(channel, str):
            raise TryLaterError
        self._channels[account] = channel
        return channel


def _content(envelope: Envelope) -> dict[str, Any]:
    """What a message says, new or changed. Without `parse` a changed one would have names and links found."""
    shown = notice_blocks(envelope.message, envelope.marks)
    return {"text": shown.text, "blocks": list(shown.blocks), "parse": "none", "link_names": False}


def _notice_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return payload.get("notice") if metadata.get("event_type") == NOTICE else None


def _provider_id(channel: object, ts: object) -> str:
    if not isinstance(channel, str) or not isinstance(ts, str):
        raise TryLaterError(unsure=True)
    return f"{channel}:{ts}"
