"""Activities that Teams signed and nobody means well, made of real ones by seeded chance (promise S12)."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from bot.teams import ids
from tests.bot.server.fuzzing import NASTY, WORDS
from tests.support.teams.people import account_of
from tests.support.teams.person import Person
from tests.support.teams.signing import TENANT

T = TypeVar("T")
_IDS = tuple(
    str(value)
    for name, value in vars(ids).items()
    if name.isupper() and not name.startswith("_") and isinstance(value, str)
)
_ACCOUNTS = (*map(account_of, ("tom", "sam", "nell", "kit", "owen")), "tom", "", "29:1", TENANT)
_LONG = ("x", "sam ", "\u202e", "<at>Sam</at> ", "**Sam** ", "\U0001f468\u200d", "\ud800", "\x00")
_TORN = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b'{"type":"message"}',
    b'{"type":' + b"[" * 50_000,
    b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
)
Path = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """One request: its bytes, and what it was made of."""

    body: bytes
    of: str


def corpus(tom: Person, references: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Real activities of every kind that the app acts on; `references` are those of cases that exist."""
    values = [*references, "SP-7Q4K-M2XD", "0f1e2d3c|1", ""]
    context = {"commandContext": "compose", "context": {"theme": "default"}}
    payload = {
        "id": "1763",
        "createdDateTime": "2026-11-20T09:00:00Z",
        "from": {"user": {"userIdentityType": "aadUser", "id": tom.account, "displayName": "Tom Fielding"}},
        "body": {"contentType": "html", "content": "<p>Can I post this?</p>"},
        "linkToMessage": "https://teams.microsoft.com/l/message/1/2",
    }
    found = [tom.activity("message", text=text) for text in ("help", "Can I post this?", "my cases")]
    for action in (one for one in _IDS if "." in one and not one.startswith("q.")):
        data = {"action": action, "value": values[len(found) % len(values)], "q.text": "A note."}
        pressed = {"action": {"type": "Action.Execute", "verb": action, "data": data}, "trigger": "manual"}
        found.append(tom.activity("invoke", name="adaptiveCard/action", value=pressed, replyToId="1763"))
        found.append(tom.activity("invoke", name="task/fetch", value={"data": data}))
        found.append(tom.activity("invoke", name="task/submit", value={"data": data}))
    for command in (ids.CHECK_POST, ids.REPORT, ids.CHECK_MESSAGE, ids.REPORT_MESSAGE):
        opened = {"commandId": command, **context, "messagePayload": payload}
        sent = {**opened, "data": {"action": ids.ASK_CHECK, "value": "", "q.text": "Can I post this?"}}
        found.append(tom.activity("invoke", name="composeExtension/fetchTask", value=opened))
        found.append(tom.activity("invoke", name="composeExtension/submitAction", value=sent))
    found += [tom.activity("installationUpdate", action=how) for how in ("add", "remove")]
    return found


class Fuzz:
    """Makes requests up. `references` are those of cases that exist."""

    def __init__(self, seed: int, known: Sequence[Mapping[str, Any]], references: Sequence[str] = ()) -> None:
        self._chance = Random(seed)  # noqa: S311  seeded on purpose
        self._known = known
        self._references = ("SP-7Q4K-M2XD", *references)

    def one(self) -> Made:
        """The next request."""
        activity = copy.deepcopy(dict(self._any(self._known)))
        of = f"{activity['type']} {activity.get('name', '')}"
        activity["id"] = str(self._chance.randrange(10**12))
        for _ in range(self._any((0, 1, 1, 1, 2, 3, 5))):
            self._spoil(activity)
        body = json.dumps(activity).encode()
        return Made(self._torn(body) if self._chance.random() < 0.04 else body, of)

    def _spoil(self, activity: dict[str, Any]) -> None:
        path = self._any(tuple(_paths(activity)))
        if not path:
            return
        inside: Any = activity
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
            (0.3, lambda: self._any((*_IDS, *_ACCOUNTS, *self._references))),
            (0.4, lambda: f"{self._any(self._references)}|{self._any(('1', '9' * 30, '-1', ''))}"),
            (0.6, lambda: self._any(NASTY)),
            (0.7, lambda: " ".join(self._chance.choices(WORDS, k=self._chance.randrange(1, 60)))),
            (0.75, lambda: self._any(_LONG) * self._any((1_001, 20_001, 60_000))),
            (0.8, lambda: text[: self._chance.randrange(len(text) + 1)] + self._any(NASTY)),
            (1.0, lambda: self._anything(3)),
        )
        return next(way for until, way in ways if pick < until)()

    def _anything(self, deep: int) -> object:
        simple: tuple[object, ...] = (
            *(None, True, False, 0, -1, 10**30, 1e308, "", "sam", [], {}),
            self._any(NASTY),
        )
        if deep == 0 or self._chance.random() < 0.6:
            return self._any(simple)
        if self._chance.random() < 0.5:
            return [self._anything(deep - 1) for _ in range(self._chance.randrange(4))]
        return {
            self._any((*NASTY, *_IDS)): self._anything(deep - 1) for _ in range(self._chance.randrange(4))
        }

    def _torn(self, body: bytes) -> bytes:
        pick, cut = self._chance.random(), self._chance.randrange(len(body) + 1)
        if pick < 0.5:
            return body[:cut]
        if pick < 0.7:
            return body[:cut] + self._chance.randbytes(3) + body[cut:]
        return self._any(_TORN)

    def _any(self, things: Sequence[T]) -> T:
        return self._chance.choice(things)


def _paths(value: object, at: Path = ()) -> Iterator[Path]:
    yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*at, key))
    elif isinstance(value, list):
        for key, inner in enumerate(value):
            yield from _paths(inner, (*at, key))
