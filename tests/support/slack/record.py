"""What the stand-in Slack keeps of each call by the app, and of each request that it made of the app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call by the app, as Slack saw it.

    `at` is in seconds of the machine's monotonic clock, which every process here shares; `wall` in seconds
    since 1970. `status` is 0 where no answer was given. `error` is Slack's code, empty where it said `ok`.
    `channel` and `user` are where and before whom something was put (`user` for direct messages, whispers,
    modals and home tabs), `ts` the message's, `view` the view's id. `early` marks a message sent before the
    end of a Retry-After.
    """

    at: float
    wall: float
    method: str
    args: Mapping[str, Any]
    status: int
    error: str = ""
    said: tuple[str, ...] = ()
    channel: str = ""
    user: str = ""
    ts: str = ""
    view: str = ""
    early: bool = False

    @property
    def ok(self) -> bool:
        """Whether Slack did what was asked, and said so."""
        return self.status == 200 and not self.error

    @property
    def accepted(self) -> bool:
        """Whether this call put a message before somebody, answered or not."""
        return self.method in {"chat.postMessage", "chat.postEphemeral"} and bool(self.ts)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request that Slack made of the app: what it was about, how long the answer took, and what it was.

    `status` is the HTTP status, 200 for an envelope acknowledged over Socket Mode, 0 where nothing came.
    `body` is the answer: JSON where it is that, else text, None where it is empty. `trouble` says what
    Slack's user would have been shown a warning for; empty where all was well. `sent` are the bytes and
    headers as they went, over HTTP.
    """

    kind: str
    name: str
    payload: Mapping[str, Any]
    at: float
    seconds: float
    status: int
    body: Any = None
    trouble: str = ""
    sent: tuple[bytes, Mapping[str, str]] = field(default=(b"", {}), repr=False)
