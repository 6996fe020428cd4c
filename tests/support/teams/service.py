"""The stand-in's connector: takes what the app sends, as strictly as Teams does, and misbehaves when told."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from tests.support.slack.behaviour import Patience, Rate
from tests.support.teams.cards import faults_of
from tests.support.teams.login import Login
from tests.support.teams.people import User
from tests.support.teams.space import BOT, Conversation, Seen, Space

CARD = "application/vnd.microsoft.card.adaptive"
REGION = "/uk"
"""What the service URL of a region ends with."""
CREATE, SEND, UPDATE = "create", "send", "update"
_MOST_SUMMARY = 4_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call by the app. `status` is 0 where no answer was given; `error` is Teams' code.

    `account` is whose conversation it was about, `message` what was sent or changed. `at` is in seconds of
    the machine's monotonic clock.
    """

    at: float
    method: str
    status: int
    error: str = ""
    account: str = ""
    conversation: str = ""
    message: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether it put a message before somebody, answered or not."""
        return self.method == SEND and bool(self.message)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How Teams is just now. People are given by name or account.

    `down` answers 503; `hang` never answers a message for them; `dead` are people who are gone (404), and
    `blocked` those who blocked the app (403). `errors` maps people to (status, code). `rate` puts off what
    comes too fast, with 429. `drop_after_accept` takes so many more messages and hangs up instead of saying.
    `silent` leaves out Retry-After. `strict` refuses cards that Teams would show badly.
    """

    down: bool = False
    hang: frozenset[str] = frozenset()
    dead: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    errors: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    rate: Rate | None = None
    drop_after_accept: int = 0
    silent: bool = False
    strict: bool = True

    def changed(self, changes: Mapping[str, Any]) -> "Behaviour":
        """This behaviour with some of it changed. Raises `TypeError` for what isn't known."""
        known = dict(changes)
        for name in ("hang", "dead", "blocked"):
            if name in known:
                known[name] = frozenset(known[name])
        if known.get("rate") is not None:
            known["rate"] = Rate(**known["rate"])
        return replace(self, **known)


class _Refusal(Exception):
    def __init__(self, status: int, code: str, *, after: int | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.after = status, code, after


class Service:
    """Creates conversations, takes messages and changes, and records each call."""

    def __init__(self, space: Space, login: Login) -> None:
        self._space, self._login = space, login
        self.behaviour = Behaviour()
        self.patience = Patience()
        self.calls: list[Call] = []

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""
        at = "/{region}/v3/conversations"
        return [
            web.post(at, self._create),
            web.post(at + "/{conversation}/activities", self._send),
            web.put(at + "/{conversation}/activities/{message}", self._update),
        ]

    async def _create(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        members = body.get("members")
        named = members[0].get("id") if isinstance(members, list) and len(members) == 1 else None
        user = self._space.user(str(named))

        def create() -> Call:
            if user is None or body.get("tenantId") != user.tenant:
                raise _Refusal(400, "BadArgument")
            if user.account in self._space.without:
                raise _Refusal(403, "ForbiddenOperationException")
            place = self._space.personal(user)
            return Call(0, CREATE, 201, account=user.account, conversation=place.id)

        return await self._answered(request, user, (CREATE, body), create)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        body, place = await _json(request), self._place(request)

        def send() -> Call:
            there = self._there(place)
            self._look(body)
            if wait := self.patience.wait(self.behaviour.rate, there.id, time.monotonic())[0]:
                raise _Refusal(429, "TooManyRequests", after=wait)
            answers = str(body.get("replyToId", ""))
            message = Seen(self._space.number(), there.id, BOT, reply_to=answers, **_content(body))
            there.add(message)
            return Call(0, SEND, 201, conversation=there.id, message=message.id)

        owner = self._space.owner(place.id) if place else None
        return await self._answered(request, owner, (SEND, body), send)

    async def _update(self, request: web.Request) -> web.StreamResponse:
        body, place = await _json(request), self._place(request)
        named = request.match_info["message"]

        def update() -> Call:
            there = self._there(place)
            self._look(body)
            if named not in there.messages or there.messages[named].author != BOT:
                raise _Refusal(404, "ActivityNotFoundInConversation")
            there.change(named, **_content(body))
            return Call(0, UPDATE, 200, conversation=there.id, message=named)

        owner = self._space.owner(place.id) if place else None
        return await self._answered(request, owner, (UPDATE, body), update)

    async def _answered(
        self, request: web.Request, owner: User | None, said: tuple[str, dict[str, Any]], do: Any
    ) -> web.StreamResponse:
        """Do something unless the behaviour or the token is against it; record it, and answer."""
        method, body = said
        about: dict[str, Any] = {"account": owner.account if owner else "", "body": body}
        at = time.monotonic()
        if owner is not None and method != CREATE and self._is(owner, self.behaviour.hang):
            self._keep(Call(at, method, 0, **about))
            await asyncio.sleep(3600)
        try:
            self._may(request, owner)
            with self._space.lock:
                done: Call = do()
        except _Refusal as refusal:
            self._keep(Call(at, method, refusal.status, refusal.code, **about))
            headers = (
                {} if refusal.after is None or self.behaviour.silent else {"Retry-After": str(refusal.after)}
            )
            said_back = {"error": {"code": refusal.code, "message": "refused, and here is a long sentence"}}
            return web.json_response(said_back, status=refusal.status, headers=headers)
        self._keep(replace(done, at=at, **about))
        if method == SEND and self._drops():
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        answer = {"id": done.message or done.conversation}
        return web.json_response(answer, status=done.status)

    def _may(self, request: web.Request, owner: User | None) -> None:
        if self.behaviour.down:
            raise _Refusal(503, "ServiceUnavailable")
        if not self._login.good(request.headers.get("Authorization", "")):
            raise _Refusal(401, "Unauthorized")
        if owner is None:
            return
        if self._is(owner, self.behaviour.dead):
            raise _Refusal(404, "UserNotFound")
        if self._is(owner, self.behaviour.blocked):
            raise _Refusal(403, "MessageWritesBlocked")
        for key in (owner.name, owner.account):
            if key in self.behaviour.errors:
                raise _Refusal(*self.behaviour.errors[key])

    def _place(self, request: web.Request) -> Conversation | None:
        named = request.match_info["conversation"].partition(";")[0]
        return self._space.conversations.get(named)

    def _there(self, place: Conversation | None) -> Conversation:
        if place is None:
            raise _Refusal(404, "ConversationNotFound")
        owner = self._space.owner(place.id)
        if owner is not None and owner.account in self._space.without:
            raise _Refusal(403, "BotNotInConversationRoster")
        return place

    def _look(self, body: Mapping[str, Any]) -> None:
        content = _content(body)
        if body.get("type") != "message" or not (content["card"] or content["text"]):
            raise _Refusal(400, "BadSyntax")
        faults = faults_of(content["card"]) if content["card"] and self.behaviour.strict else []
        if faults or len(content["summary"]) > _MOST_SUMMARY:
            raise _Refusal(400, f"BadSyntax: {'; '.join(faults)}")

    def _drops(self) -> bool:
        if not self.behaviour.drop_after_accept:
            return False
        left = self.behaviour.drop_after_accept - 1
        self.behaviour = replace(self.behaviour, drop_after_accept=left)
        return True

    @staticmethod
    def _is(user: User, named: frozenset[str]) -> bool:
        return bool({user.name, user.account} & named)

    def _keep(self, call: Call) -> None:
        with self._space.lock:
            self.calls.append(call)


def _content(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a message says: its words, its card, and what a notification shows."""
    attached = body.get("attachments") or [{}]
    card = attached[0].get("content") if attached[0].get("contentType") == CARD else None
    return {"text": body.get("text", ""), "card": card, "summary": body.get("summary", "")}


async def _json(request: web.Request) -> dict[str, Any]:
    found = await request.json()
    assert isinstance(found, dict)
    return found
