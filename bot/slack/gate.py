"""Lets in what Slack itself signed, a few minutes ago at most, and answers everything else with 401 (S1)."""

import re
from collections.abc import Callable
from time import time

from slack_sdk.signature import Clock, SignatureVerifier

_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_TIMESTAMP = re.compile(r"[1-9][0-9]{8,10}", re.ASCII)


class _Clock(Clock):
    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now

    def now(self) -> float:
        return self._now()


class Gate:
    """Holds requests against the workspace's signing secret.

    slack_sdk's verifier raises on what is no number, no ASCII or no UTF-8; such is refused before it.
    """

    def __init__(self, secret: str, now: Callable[[], float] = time) -> None:
        self._verifier = SignatureVerifier(secret, _Clock(now))

    def admits(self, body: bytes, timestamps: list[str], signatures: list[str]) -> bool:
        """Whether the one timestamp and the one signature are Slack's own for this body, and fresh."""
        if len(timestamps) != 1 or len(signatures) != 1:
            return False
        timestamp, signature = timestamps[0], signatures[0]
        if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
            return False
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return False
        return self._verifier.is_valid(text, timestamp, signature)
