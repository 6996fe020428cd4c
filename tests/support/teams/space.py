"""What stands in the stand-in's conversations: who is in them, each message as it is now."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from tests.support.teams.people import User
from tests.support.teams.signing import APP, TENANT

BOT = f"28:{APP}"
"""The app's own id in conversations."""
PERSONAL, GROUP, CHANNEL = "personal", "groupChat", "channel"


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it stands now. `card` is None for words alone; `changes` counts how often it changed."""

    id: str
    conversation: str
    author: str
    text: str = ""
    card: dict[str, Any] | None = None
    summary: str = ""
    changes: int = 0
    reply_to: str = ""

    @property
    def from_app(self) -> bool:
        """Whether the app put it there."""
        return self.author == BOT


@dataclass(slots=True)
class Conversation:
    """A chat or a channel, and who reads it."""

    id: str
    kind: str
    members: set[str]
    name: str = ""
    messages: dict[str, Seen] = field(default_factory=dict)

    @property
    def object(self) -> dict[str, Any]:
        """As an activity names it."""
        more = {"isGroup": True} if self.kind != PERSONAL else {}
        return {"id": self.id, "conversationType": self.kind, "tenantId": TENANT, **more}

    def add(self, message: Seen) -> Seen:
        """Put a message at the end."""
        self.messages[message.id] = message
        return message

    def change(self, message: str, **changes: Any) -> Seen:
        """Change one in place."""
        before = self.messages[message]
        self.messages[message] = replace(before, changes=before.changes + 1, **changes)
        return self.messages[message]


class Space:
    """The tenant: its people, for whom the app is installed, and every conversation. Hold `lock`."""

    def __init__(self, users: Iterable[User]) -> None:
        self.lock = threading.RLock()
        self.users = {one.name: one for one in users}
        self.conversations: dict[str, Conversation] = {}
        self.without: set[str] = set()
        """Accounts for whom the app isn't installed."""
        self._numbers = count(1763700000001)

    def number(self) -> str:
        """The next id of a message or an activity."""
        return str(next(self._numbers))

    def user(self, named: str) -> User | None:
        """Somebody by name, Entra id or id in Teams."""
        found = self.users.get(named)
        return found or next(
            (one for one in self.users.values() if named in {one.account, one.user, one.personal}), None
        )

    def personal(self, user: User) -> Conversation:
        """Somebody's own conversation with the app."""
        with self.lock:
            made = Conversation(user.personal, PERSONAL, {user.account}, user.name)
            return self.conversations.setdefault(user.personal, made)

    def owner(self, conversation: str) -> User | None:
        """Whose personal conversation it is; None for a group's."""
        return next((one for one in self.users.values() if one.personal == conversation), None)
