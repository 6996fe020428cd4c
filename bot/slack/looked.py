"""What `signpost doctor` saw of a workspace, and what Signpost asks to be granted there. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SLACK = "slack"
"""What the schools file calls an account here."""
VITAL_SCOPES: Mapping[str, str] = {
    "chat:write": "nothing can be answered or sent",
    "commands": "there are no slash commands and no shortcuts",
    "im:history": "direct messages don't arrive",
    "im:write": "nobody can be sent a notice",
    "users:read": "guests and other organisations' people cannot be told from staff",
}
"""Scopes without which reports could be lost or seen by others, each with what is missing without it."""
USEFUL_SCOPES: Mapping[str, str] = {
    "app_mentions:read": "an @mention in a channel is not heard",
    "assistant:write": "it doesn't stand among the agents, and suggests no questions",
    "channels:history": "a question asked on in a public channel's thread is taken by itself",
    "groups:history": "a question asked on in a private channel's thread is taken by itself",
    "users:read.email": "nobody is known by their address, only by the account in the schools file",
}
"""The other scopes of `manifest.yml`."""


class Account(StrEnum):
    """What an account in the schools file turns out to be."""

    MEMBER = "member"
    GUEST = "a guest's: they can report, and open no case"
    BOT = "a bot's: nobody reads what is sent to it"
    CLOSED = "closed"
    STRANGER = "of another organisation: they are told nothing"
    UNKNOWN = "not there"
    UNSEEN = "not seen"
    """Slack said nothing of it in time."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something was not done: Slack's own code where it answered (`refused`), else what happened."""

    why: str
    refused: bool = True


@dataclass(frozen=True, slots=True)
class Workspace:
    """What Slack said of the bot token, the app-level token (None: there is none) and of accounts.

    `scopes` is None where Slack didn't name them; `socket` is None where all is well or nothing was asked.
    """

    name: str = ""
    trouble: Trouble | None = None
    scopes: frozenset[str] | None = None
    socket: Trouble | None = None
    accounts: Mapping[str, Account] = field(default_factory=dict)
