"""How the stand-in Slack treats the app: kindly, unless a test scripts otherwise."""

import math
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

SENDING = frozenset({"chat.postMessage", "chat.postEphemeral"})
"""The methods that the rule of about one message a second and channel is about."""
_IN_FLIGHT = 0.1
"""Seconds for which calls already under way may still come in when the whole of Slack asks for patience."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `allow` messages in any `per` seconds, counted for each channel, or over all of them."""

    per: float
    of: str = "channel"
    allow: int = 1

    def __post_init__(self) -> None:
        if self.of not in {"channel", "all"} or self.per <= 0 or self.allow < 1:
            raise ValueError(f"no rate: {self}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to go wrong with the next `times` calls of a method (any, where it is empty).

    `status` answers with a 5xx, `code` with `ok: false`, `retry_after` with 429 for so many seconds.
    """

    method: str = ""
    status: int = 0
    code: str = ""
    retry_after: int = 0
    times: int = 1

    def __post_init__(self) -> None:
        if sum(map(bool, (self.status, self.code, self.retry_after))) != 1 or self.times < 1:
            raise ValueError(f"no fault: {self}")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How Slack is just now.

    `down` answers 503 and `refuse` hangs up, to everything, Socket Mode included. `hang` never answers
    what is for these people or channels (ids or user names), or calls of these methods. `errors` maps
    people and channels to the code that any message to them meets. `latency` goes before each answer, in
    seconds, the call being carried out at once. `drop_after_accept` carries out so many more messages and
    hangs up instead of saying so. `trigger_life` is how many seconds a trigger_id lives. `scopes` are what
    the token may do (None: anything). `echo` sends the app its own messages as events, as Slack does.
    """

    down: bool = False
    refuse: bool = False
    latency: float = 0.0
    hang: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)
    rate: Rate | None = None
    drop_after_accept: int = 0
    faults: tuple[Fault, ...] = ()
    trigger_life: float = 3.0
    scopes: frozenset[str] | None = None
    echo: bool = False

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """This behaviour with some of it changed. Raises `ValueError` or `TypeError` for what isn't known."""
        known = dict(changes)
        for name in ("hang", "scopes"):
            if known.get(name) is not None:
                known[name] = frozenset(known[name])
        if known.get("rate") is not None:
            known["rate"] = Rate(**known["rate"])
        if "faults" in known:
            known["faults"] = tuple(Fault(**one) for one in known["faults"])
        return replace(self, **known)

    def fault(self, method: str) -> tuple[Fault | None, Self]:
        """The fault that a call of this method meets, if any, and the behaviour after it."""
        for count, one in enumerate(self.faults):
            if one.method in {"", method}:
                rest = (replace(one, times=one.times - 1),) if one.times > 1 else ()
                faults = (*self.faults[:count], *rest, *self.faults[count + 1 :])
                return one, replace(self, faults=faults)
        return None, self


@dataclass(slots=True)
class _Meter:
    """The messages of late in one place, and until when its callers were last told to wait."""

    taken: deque[float] = field(default_factory=deque)
    told: float = -math.inf
    until: float = -math.inf

    def wait(self, at: float, rate: Rate) -> int:
        """Whole seconds to wait, 0 where the message may pass (it is then counted)."""
        while self.taken and self.taken[0] <= at - rate.per:
            self.taken.popleft()
        full = len(self.taken) >= rate.allow
        free = max(self.until, self.taken[0] + rate.per if full else at)
        if free <= at:
            self.taken.append(at)
            return 0
        wait = math.ceil(free - at)
        if at >= self.until:
            self.told = at
        self.until = at + wait
        return wait


class Patience:
    """Who must wait how long before the next message, and who didn't."""

    def __init__(self) -> None:
        self._meters: dict[str, _Meter] = defaultdict(_Meter)

    def forget(self) -> None:
        """Start counting anew."""
        self._meters.clear()

    def wait(self, rate: Rate | None, channel: str, at: float) -> tuple[int, bool]:
        """Whole seconds to wait (0: none), and whether this call came before the end of an earlier wait."""
        if rate is None:
            return 0, False
        meter = self._meters[channel if rate.of == "channel" else ""]
        early = meter.told + (0 if rate.of == "channel" else _IN_FLIGHT) < at < meter.until
        return meter.wait(at, rate), early
