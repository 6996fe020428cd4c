"""What the stand-in platform does with each message: a state machine that knows no socket and no clock."""

import math
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from tests.support.standin_http import Response, Silence

_IN_FLIGHT = 0.1
"""Seconds for which calls already under way may still come in when a whole platform asks for patience."""
_TEXTS = ("id", "person", "event", "text")
_OPTIONAL_TEXTS = ("reference", "urgency", "subject")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `allow` messages in any `per` seconds, counted per person or for all together."""

    per: float
    of: str = "person"
    allow: int = 1

    def __post_init__(self) -> None:
        if self.of not in {"person", "all"} or self.per <= 0 or self.allow < 1:
            raise ValueError(f"no rate: {self}")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the platform treats its callers just now. Kindly, unless told otherwise.

    `down` answers 503 and `refuse` hangs up, to everything. `hang` never answers a message to these people,
    `dead` answers 410. `latency` is in seconds, and goes before the answer: the message is taken at once.
    `drop_after_accept` takes so many more messages and hangs up instead of saying so. Without `find` the
    platform can't be asked whether a notice arrived (501).
    """

    down: bool = False
    refuse: bool = False
    latency: float = 0.0
    hang: frozenset[str] = frozenset()
    dead: frozenset[str] = frozenset()
    rate: Rate | None = None
    drop_after_accept: int = 0
    find: bool = True

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """This behaviour with some of it changed. Raises `ValueError` or `TypeError` for what isn't known."""
        known = dict(changes)
        for name in ("hang", "dead"):
            if name in known:
                known[name] = frozenset(known[name])
        if known.get("rate") is not None:
            known["rate"] = Rate(**known["rate"])
        return replace(self, **known)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the platform saw it.

    `at` is in seconds of the machine's monotonic clock, which every process here shares, `wall` in seconds
    since 1970. `status` is 0 where no answer was given, `provider` the id of the message that the call made,
    found or edited. `early` marks a message sent before the end of a Retry-After.
    """

    at: float
    wall: float
    method: str
    notice: str
    person: str
    event: str
    body: Mapping[str, Any]
    status: int
    provider: str | None = None
    early: bool = False

    @property
    def accepted(self) -> bool:
        """Whether this call put a message before a person, answered or not."""
        return self.method == "POST" and self.provider is not None

    def row(self) -> dict[str, Any]:
        """This call as JSON has it."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the platform made of a call: how it answers, the message it put, found or edited, and `early`."""

    outcome: Response | Silence
    provider: str | None = None
    early: bool = False


@dataclass(slots=True)
class _Meter:
    """The messages of late in one rate-limited place, and how long its callers were last told to wait."""

    taken: deque[float] = field(default_factory=deque)
    told: float = -math.inf
    until: float = -math.inf

    def early(self, at: float, grace: float) -> bool:
        return self.told + grace < at < self.until

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


class Platform:
    """The messages before people, and the behaviour of the moment."""

    def __init__(self) -> None:
        self.behaviour = Behaviour()
        self._first: dict[str, str] = {}
        self._providers: set[str] = set()
        self._meters: dict[str, _Meter] = defaultdict(_Meter)

    def control(self, changes: Mapping[str, Any]) -> None:
        """Behave differently from now on. Raises `ValueError` or `TypeError` for what isn't known."""
        self.behaviour = self.behaviour.changed(changes)
        if "rate" in changes:
            self._meters.clear()

    def notice(self, method: str, named: str, body: Mapping[str, Any], at: float) -> Verdict:
        """Take, find or edit a message at a moment of the monotonic clock; `body` has passed `fault_of`."""
        if self.behaviour.refuse:
            return Verdict(Silence.CLOSE)
        if self.behaviour.down:
            return self._refusal(503, "down")
        if method == "GET":
            return self._find(named)
        if body["person"] in self.behaviour.hang:
            return Verdict(Silence.HANG)
        if body["person"] in self.behaviour.dead:
            return self._refusal(410, "that person can't be reached any more")
        return self._edit(named) if method == "PUT" else self._send(body, at)

    def _find(self, notice: str) -> Verdict:
        if not self.behaviour.find:
            return self._refusal(501, "this platform can't be asked")
        found = self._first.get(notice)
        return self._done(found) if found else self._refusal(404, "no such notice has come")

    def _edit(self, provider: str) -> Verdict:
        known = provider in self._providers
        return self._done(provider) if known else self._refusal(404, "there is no such message")

    def _send(self, body: Mapping[str, Any], at: float) -> Verdict:
        rate = self.behaviour.rate
        if rate is not None:
            meter = self._meters[body["person"] if rate.of == "person" else ""]
            early = meter.early(at, grace=0 if rate.of == "person" else _IN_FLIGHT)
            if wait := meter.wait(at, rate):
                refusal = self._refusal(429, "too fast", {"Retry-After": str(wait)})
                return replace(refusal, early=early)
        return self._accept(body["id"])

    def _accept(self, notice: str) -> Verdict:
        """Put a message before a person, and again where the same notice comes again: no platform knows."""
        provider = f"m{len(self._providers) + 1}"
        self._providers.add(provider)
        self._first.setdefault(notice, provider)
        drops = self.behaviour.drop_after_accept
        if not drops:
            return self._done(provider)
        self.behaviour = replace(self.behaviour, drop_after_accept=drops - 1)
        return Verdict(Silence.CLOSE, provider)

    def _done(self, provider: str) -> Verdict:
        return Verdict(Response(200, {"id": provider}, after=self.behaviour.latency), provider)

    def _refusal(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> Verdict:
        return Verdict(Response(status, {"error": why}, headers or {}, after=self.behaviour.latency))


def fault_of(body: object) -> str | None:
    """What is wrong with the body of a message, as the console messenger's wire has it."""
    if not isinstance(body, dict):
        return "the body is no JSON object"
    for name in _TEXTS:
        if not isinstance(body.get(name), str) or not body[name]:
            return f"{name} is not given as text"
    for name in _OPTIONAL_TEXTS:
        if not isinstance(body.get(name, 0), str | None):
            return f"{name} is given neither as text nor as null"
    marks = body.get("marks")
    if not isinstance(marks, list) or not all(isinstance(mark, str) for mark in marks):
        return "marks is no list of words"
    return None
