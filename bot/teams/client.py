"""Calls to Teams: messages, changes, new conversations, and what each refusal means for a notice."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

import httpx

from bot.sending import TryLaterError, UnreachableError
from bot.teams.auth import NoTokenError, Scope, Tokens
from bot.teams.hosts import Hosts
from bot.teams.replies import CARD, Json
from bot.teams.sdk import Connector

SECONDS = 4.5
"""Shorter than a sender's patience (5 s), and that than its lease (10 s)."""
_PATIENCE, _LONGEST = 30.0, 3600.0
_APART, _LONGEST_TURN = 1.05, 1.5
"""Seconds between two messages to one conversation (one a second, and some for the way there), and for which
a message waits for its turn."""
_TIMES, _PAUSE = 4, 0.5
"""So often an answer is tried to be given that Teams puts off, and how long after the first try."""
_BEHIND = (0.1, 0.5)
"""Seconds that answers stay behind the notices once Teams takes calls again: the most urgent goes first."""
_WRONG, _UNAUTHORISED, _FORBIDDEN, _GONE = 400, 401, 403, frozenset({404, 410})
_BUSY, _TOO_MANY, _FAILED, _AWAY = 412, 429, 500, 503
_BLOCKED = frozenset({"messagewritesblocked", "conversationblockedbyuser"})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_ANY = ""
"""The conversation that isn't begun yet. Of that, all that can be wrong is whom it is with."""
T = TypeVar("T")


class GoneError(UnreachableError):
    """There is no such conversation or message (any more)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is written to: a conversation, and the address that Teams keeps it at."""

    conversation: str
    service_url: str


class TeamsClient:
    """The app's way out to Teams. Open it on the event loop before use, and close it at the end.

    Nothing is sent to an address that `hosts` don't allow, whoever named it (promise S19).
    """

    def __init__(self, tokens: Tokens, tenant: str, hosts: Hosts, *, seconds: float = SECONDS) -> None:
        self._tokens = tokens
        self._hosts = hosts
        self._seconds = seconds
        self._wire = Connector(tokens.for_bot, tenant=tenant, seconds=seconds)
        self._rests_until = 0.0
        self._turns: dict[str, float] = {}

    @property
    def home(self) -> str:
        """Where conversations are begun."""
        return self._hosts.home

    async def open(self) -> None:
        """Make ready to send."""
        await self._wire.open()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._wire.close()

    async def send(self, place: Place, card: Json, summary: str, *, answers: str = "") -> str:
        """Put a card before somebody; gives the message's id. `answers` is the message in whose thread.

        Raises `TryLaterError`, `UnreachableError`; `GoneError` where the conversation is no more.
        """
        await self._turn(place)
        activity = _activity(card, summary) | ({"replyToId": answers} if answers else {})
        sent = await self._call(place, self._wire.send, place.conversation, activity)
        if not sent:
            raise TryLaterError(unsure=True)
        return sent

    async def update(self, place: Place, message: str, card: Json, summary: str) -> None:
        """Put a card in the place of another. Raises as `send`; `GoneError` where there is none such."""
        await self._call(place, self._wire.update, place.conversation, message, _activity(card, summary))

    async def open_chat(self, account: str, *, at: str = "") -> Place:
        """Begin the conversation with somebody, by their Entra id; it is the same however often.

        `at` is the address that Teams was last seen at, which is asked rather than the one for everybody.
        Raises `TryLaterError`; `UnreachableError` where they don't have the app, or are no more.
        """
        home = Place(_ANY, at if at and self._hosts.allow(at) else self._hosts.home)
        try:
            begun = await self._call(home, self._wire.create, account)
        except TryLaterError as error:
            # Whether it was begun or not, nothing was said in it yet.
            raise TryLaterError(error.after, hung=error.hung or error.unsure) from error
        return Place(begun, home.service_url)

    async def send_patiently(self, place: Place, card: Json, summary: str, *, answers: str = "") -> str:
        """Send for somebody who waits for an answer: again, a few times, where Teams puts it off.

        What may have arrived isn't sent again: nobody is shown the same answer twice.
        """
        return await _patiently(lambda: self.send(place, card, summary, answers=answers), again=False)

    async def update_patiently(self, place: Place, message: str, card: Json, summary: str) -> None:
        """Change a message for somebody who waits, again where Teams puts it off."""
        await _patiently(lambda: self.update(place, message, card, summary), again=True)

    async def _turn(self, place: Place) -> None:
        """Wait for this conversation's turn: it gets one message a second, whoever has something to say.

        Nobody waits long: Teams itself takes more than that.
        """
        now = monotonic()
        self._turns = {where: at for where, at in self._turns.items() if at > now}
        turn = max(now, self._turns.get(place.conversation, now))
        self._turns[place.conversation] = turn + _APART
        await asyncio.sleep(min(turn - now, _LONGEST_TURN))

    async def _call(self, place: Place, does: Callable[..., Awaitable[T]], *given: Any) -> T:
        """Call, within the time that there is; not before Teams takes calls again, whoever was told so."""
        if not self._hosts.allow(place.service_url):
            raise GoneError("address-not-allowed")
        if (rests := self._rests_until - monotonic()) > 0:
            raise TryLaterError(rests)
        ends = asyncio.get_running_loop().time() + self._seconds
        await self._have_token(ends)
        try:
            async with asyncio.timeout_at(ends):
                return await does(place.service_url, *given)
        except httpx.HTTPStatusError as error:
            raise self._meaning(place, error.response) from error
        except _NOT_SENT as error:
            raise TryLaterError from error
        except (TimeoutError, httpx.HTTPError, NoTokenError, ValueError, KeyError, OSError) as error:
            raise TryLaterError(unsure=True) from error

    async def _have_token(self, ends: float) -> None:
        """Have a token before anything is sent: what ends here surely never arrived."""
        try:
            async with asyncio.timeout_at(ends):
                await self._tokens.for_bot()
        except (NoTokenError, TimeoutError) as error:
            raise TryLaterError from error

    def _meaning(self, place: Place, answer: httpx.Response) -> Exception:
        """What a refusal means for a notice."""
        status, code = answer.status_code, _code(answer)
        if status == _TOO_MANY:
            later = TryLaterError(_seconds(answer))
            self._rests_until = max(self._rests_until, monotonic() + (later.after or 0.0))
            return later
        if status == _FORBIDDEN:
            return UnreachableError("blocked" if code in _BLOCKED else "not-installed")
        if status in _GONE or (status == _WRONG and place.conversation == _ANY):
            return GoneError("gone")
        if status == _UNAUTHORISED:
            self._tokens.drop(Scope.BOT)
        # Two changes at once: that conversation's trouble alone, and nothing was done.
        if status == _BUSY:
            return TryLaterError(hung=True)
        return TryLaterError(unsure=status >= _FAILED and status != _AWAY)


async def _patiently(call: Callable[[], Awaitable[T]], *, again: bool) -> T:
    """Call again, a few times; what ended unsurely only where it does no harm `again`."""
    for time in range(_TIMES - 1):
        try:
            return await call()
        except TryLaterError as error:
            asked = error.after
            if (error.unsure and not again) or (asked is not None and asked > _PATIENCE):
                raise
            pause = _PAUSE * 2**time * random.uniform(0.5, 1.0)  # noqa: S311  jitter
            if asked is not None:
                pause = asked + random.uniform(*_BEHIND)  # noqa: S311  jitter
            await asyncio.sleep(pause)
    return await call()


def _activity(card: Json, summary: str) -> Json:
    return {"summary": summary, "attachments": [{"contentType": CARD, "content": card}]}


def _code(answer: httpx.Response) -> str:
    """Teams' own word for a refusal, in lower case."""
    told: object = None
    with suppress(ValueError):
        told = answer.json()
    error = told.get("error") if isinstance(told, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code.lower() if isinstance(code, str) else ""


def _seconds(answer: httpx.Response) -> float:
    """How long Teams asks to be left alone."""
    asked = answer.headers.get("retry-after", "")
    return min(float(asked), _LONGEST) if asked.isascii() and asked.isdecimal() else _PATIENCE
