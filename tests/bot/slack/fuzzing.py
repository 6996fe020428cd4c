"""Payloads that Slack signed and nobody means well, made of real ones by seeded chance (promise S12)."""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlencode

from bot.slack import ids
from tests.bot.server.fuzzing import NASTY, WORDS
from tests.bot.slack.corpus import Sent
from tests.bot.slack.doorstep import FORM, JSON

T = TypeVar("T")
_IDS = tuple(
    str(value)
    for name, value in vars(ids).items()
    if name.isupper() and not name.startswith("_") and isinstance(value, str)
)
_USERS = ("U0TOM", "U0SAM", "U0OMAR", "U0GUEST", "U0OUTSIDE", "U0NEW", "U0ROBOT", "USLACKBOT", "U0NOBODY", "")
_LONG = ("x", "sam ", "\u202e", "<@U0SAM> ", "Sam Okafor ", "\U0001f468\u200d", "<!channel>", "\ud800")
Path = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """One request: its bytes, what they are said to be, and what it was made of."""

    body: bytes
    kind: str
    of: str


class Fuzz:
    """Makes requests up. `references` are those of cases that exist."""

    def __init__(self, seed: int, corpus: Sequence[Sent], references: Sequence[str]) -> None:
        self._chance = Random(seed)  # noqa: S311  seeded on purpose
        self._corpus = corpus
        self._references = references

    def one(self, trigger: str) -> Made:
        """The next request; a real trigger_id lets it get as far as a window."""
        sent = self._any(self._corpus)
        payload = copy.deepcopy(dict(sent.payload))
        if "trigger_id" in payload:
            payload["trigger_id"] = trigger
        if "event_id" in payload and self._chance.random() < 0.9:
            payload["event_id"] = f"Ev{self._chance.randrange(10**9)}"
        for _ in range(self._any((0, 1, 1, 1, 2, 3, 5))):
            self._spoil(payload)
        body, kind = self._told(sent, payload)
        if self._chance.random() < 0.04:
            body = self._torn(body)
        return Made(
            body, kind if self._chance.random() < 0.97 else self._any((JSON, FORM, "text/xml", "")), sent.name
        )

    def _spoil(self, payload: dict[str, Any]) -> None:
        path = self._any(tuple(_paths(payload)))
        if not path:
            return
        inside: Any = payload
        for key in path[:-1]:
            inside = inside[key]
        pick = self._chance.random()
        if pick < 0.2:
            del inside[path[-1]]
        elif pick < 0.3 and isinstance(inside, dict):
            inside[self._any((*NASTY, *_IDS))] = inside[path[-1]]
        else:
            inside[path[-1]] = self._instead(inside[path[-1]])

    def _instead(self, was: object) -> object:
        pick, text = self._chance.random(), was if isinstance(was, str) else ""
        ways: tuple[tuple[float, Callable[[], object]], ...] = (
            (0.3, lambda: self._any((*_IDS, *_USERS, *self._references, f"{self._any(_IDS)}#1"))),
            (0.4, lambda: f"{self._any(self._references)}|{self._any(('1', '9' * 30, '-1', 'sam', ''))}"),
            (0.6, lambda: self._any(NASTY)),
            (0.7, lambda: " ".join(self._chance.choices(WORDS, k=self._chance.randrange(1, 60)))),
            (0.75, lambda: self._any(_LONG) * self._any((3_001, 20_001, 60_000))),
            (0.8, lambda: text[: self._chance.randrange(len(text) + 1)] + self._any(NASTY)),
            (1.0, lambda: self._anything(3)),
        )
        return next(way for until, way in ways if pick < until)()

    def _anything(self, deep: int) -> object:
        simple: tuple[object, ...] = (
            None,
            True,
            False,
            0,
            -1,
            10**30,
            1e308,
            "",
            "sam",
            [],
            {},
            self._any(NASTY),
        )
        if deep == 0 or self._chance.random() < 0.6:
            return self._any(simple)
        if self._chance.random() < 0.5:
            return [self._anything(deep - 1) for _ in range(self._chance.randrange(4))]
        return {
            self._any((*NASTY, *_IDS)): self._anything(deep - 1) for _ in range(self._chance.randrange(4))
        }

    def _told(self, sent: Sent, payload: dict[str, Any]) -> tuple[bytes, str]:
        if sent.kind == "events_api":
            return json.dumps(payload).encode(), JSON
        if sent.kind == "interactive":
            return urlencode({"payload": json.dumps(payload)}).encode(), FORM
        plain = {_writable(key): _writable(value) for key, value in payload.items()}
        return urlencode(plain).encode(), FORM

    def _torn(self, body: bytes) -> bytes:
        pick, cut = self._chance.random(), self._chance.randrange(len(body) + 1)
        if pick < 0.5:
            return body[:cut]
        if pick < 0.7:
            return body[:cut] + self._chance.randbytes(3).hex().encode() + body[cut:]
        return self._any(
            (
                b"",
                b"{}",
                b"[]",
                b"null",
                b"payload=",
                b"payload=[]",
                b"payload=null",
                b"=",
                b"&&&",
                _DEEP,
                _DEEPER,
            )
        )

    def _any(self, things: Sequence[T]) -> T:
        return self._chance.choice(things)


_DEEP = b'{"type":"event_callback","event":' + b"[" * 50_000
_DEEPER = b"payload=" + b'{"a":' * 30_000 + b"1" + b"}" * 30_000


def _writable(value: object) -> str:
    return str(value).encode(errors="replace").decode()


def _paths(value: object, at: Path = ()) -> Iterator[Path]:
    yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*at, key))
    elif isinstance(value, list):
        for key, inner in enumerate(value):
            yield from _paths(inner, (*at, key))
