"""The ways from Slack to the app: signed HTTP, and how each answer is timed and judged."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx

from tests.support.slack.record import Delivery

DEADLINE = 3.0
"""Seconds in which Slack wants an answer."""
_PATIENCE = 15.0
"""Seconds for which the stand-in waits all the same, so as to measure how late an answer is."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something for the app. `kind` is `events_api`, `interactive` or `slash_commands`; `name` is for people.

    `retry` counts Slack's further attempts, from 1, and `reason` says why there is one.
    """

    kind: str
    name: str
    payload: Mapping[str, Any]
    retry: int = 0
    reason: str = "http_timeout"


class Door(Protocol):
    """A way to the app."""

    def deliver(self, parcel: Parcel) -> Delivery:
        """Hand something over and wait for the answer."""

    def close(self) -> None:
        """Let go of every connection."""


Post = Callable[[bytes, Mapping[str, str]], tuple[int, bytes]]
"""Post a body with its headers to the app: the answer's status and body, status 0 where none came."""


def signed(body: bytes, secret: str, at: int) -> dict[str, str]:
    """The headers by which the app knows that a body comes from Slack, at a second since 1970."""
    mac = hmac.new(secret.encode(), b"v0:%d:%b" % (at, body), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={mac}"}


class HttpDoor:
    """Signed requests to the app's `/slack/events`, by URL or through a function that posts."""

    def __init__(self, to: str | Post, secret: str) -> None:
        self._client = httpx.Client(timeout=_PATIENCE, trust_env=False) if isinstance(to, str) else None
        self._post: Post = to if callable(to) else self._poster(to)
        self.secret = secret

    def deliver(self, parcel: Parcel) -> Delivery:
        """Sign and post something."""
        body, kind = _encoded(parcel)
        headers = {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            **signed(body, self.secret, int(time.time())),
        }
        if parcel.retry:
            headers |= {"X-Slack-Retry-Num": str(parcel.retry), "X-Slack-Retry-Reason": parcel.reason}
        return self.deliver_raw(parcel, body, headers)

    def deliver_raw(self, parcel: Parcel, body: bytes, headers: Mapping[str, str]) -> Delivery:
        """Post these very bytes, signed well or badly, now or again."""
        began = time.monotonic()
        status, answer = self._post(body, headers)
        seconds = time.monotonic() - began
        return Delivery(
            parcel.kind,
            parcel.name,
            parcel.payload,
            began,
            seconds,
            status,
            body=read(answer),
            trouble=trouble_of(status, seconds),
            sent=(body, headers),
        )

    def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            self._client.close()

    def _poster(self, url: str) -> Post:
        def post(body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
            assert self._client is not None
            try:
                answer = self._client.post(url, content=body, headers=dict(headers))
            except httpx.TransportError:
                return 0, b""
            return answer.status_code, answer.content

        return post


def read(answer: bytes) -> Any:
    """An answer as JSON where it is that, else as text; None where it is empty."""
    if not answer:
        return None
    try:
        return json.loads(answer)
    except ValueError:
        return answer.decode(errors="replace")


def trouble_of(status: int, seconds: float) -> str:
    """What Slack's user would be warned of, as far as status and time go."""
    if not status:
        return "no answer came"
    if seconds > DEADLINE:
        return f"the answer took {seconds:.2f} s, where Slack waits for {DEADLINE:g}"
    return "" if 200 <= status < 300 else f"the app answered {status}"


def _encoded(parcel: Parcel) -> tuple[bytes, str]:
    form = "application/x-www-form-urlencoded"
    if parcel.kind == "events_api":
        return json.dumps(parcel.payload).encode(), "application/json"
    if parcel.kind == "interactive":
        return urlencode({"payload": json.dumps(parcel.payload)}).encode(), form
    return urlencode(parcel.payload).encode(), form
