"""What Teams sends us, as far as we read it: who, where, which button or command, with what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_EXTENSION = "composeExtension"


class Sort(StrEnum):
    """What an activity is. Whatever is none of these is not acted on."""

    MESSAGE = "message"
    INVOKE = "invoke"
    INSTALLED = "installed"
    REMOVED = "removed"
    OTHER = "other"


class Scope(StrEnum):
    """Where it was said."""

    PERSONAL = "personal"
    GROUP = "groupChat"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity that has passed the gate.

    `account` is the sender's Entra object id in lower case, empty where Teams names none; `user` their id in
    Teams. `conversation` and `service_url` are where an answer goes. `name` is an invoke's name, `value`
    what it carries. `text` has the app's own mention taken out. `message` is the activity whose card was
    pressed, or which is answered. `team` is the tenant it comes from.
    """

    sort: Sort
    id: str
    account: str
    user: str
    tenant: str
    conversation: str
    service_url: str
    scope: Scope = Scope.PERSONAL
    sender: str = ""
    name: str = ""
    text: str = ""
    message: str = ""
    value: Mapping[str, Any] = field(default_factory=dict)

    @property
    def alone(self) -> bool:
        """Whether it comes from the chat of one person with this app alone.

        A message extension is called up in whatever conversation somebody is in, two colleagues' own as well.
        """
        return self.scope is Scope.PERSONAL and not self.name.startswith(_EXTENSION)

    @property
    def data(self) -> Mapping[str, Any]:
        """What a button carries, with what was filled in above it: nothing where it is none of ours."""
        found: object = self.value.get("data")
        action = self.value.get("action")
        if isinstance(action, Mapping):
            found = action.get("data")
        return found if isinstance(found, Mapping) else {}

    @property
    def action(self) -> str:
        """What was pressed: one of `ids`."""
        return _text(self.data.get("action"))

    @property
    def pressed(self) -> str:
        """The button's opaque value."""
        return _text(self.data.get("value"))

    @property
    def command(self) -> str:
        """The message extension's command."""
        return _text(self.value.get("commandId"))


def nested(value: object, *keys: str) -> str:
    """A text deep in what an activity carries; empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
