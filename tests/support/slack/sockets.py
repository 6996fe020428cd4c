"""Socket Mode at the stand-in Slack: connections with tickets, envelopes, and their acknowledgements."""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.support.slack.doors import DEADLINE, Parcel, trouble_of
from tests.support.slack.record import Delivery
from tests.support.slack.running import Running
from tests.support.slack.space import Space
from tests.support.slack.workspace import APP

_RETIRES = 10.0
"""Seconds that the app has for another connection, once it is told to make one."""


@dataclass(slots=True)
class Sockets:
    """The app's connections. All of it runs in the stand-in's own loop but `ticket`."""

    space: Space
    patience: float = DEADLINE + 1
    """Seconds for which an acknowledgement is waited for: longer than Slack does, so as to call it late."""
    _tickets: set[str] = field(default_factory=set)
    _open: list[tuple[web.WebSocketResponse, web.Request]] = field(default_factory=list)
    _waiting: dict[str, "asyncio.Future[Any]"] = field(default_factory=dict)
    _retired: set[asyncio.Task[None]] = field(default_factory=set)
    _made: asyncio.Event = field(default_factory=asyncio.Event)
    _turn: int = 0

    def routes(self) -> list[web.RouteDef]:
        """Where connections are taken."""
        return [web.get("/link/", self._connect)]

    def ticket(self, origin: str) -> str:
        """An address to connect to, good for once."""
        ticket = token_hex(12)
        self._tickets.add(ticket)
        return f"{origin.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP}"

    @property
    def count(self) -> int:
        """How many connections there are."""
        return len(self._open)

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        if self.space.behaviour.down or self.space.behaviour.refuse:
            return web.Response(status=503)
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404, text="unknown ticket")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        mine = (socket, request)
        self._open.append(mine)
        self._made.set()
        try:
            await socket.send_json(self._hello())
            await self._listen(socket)
        finally:
            if mine in self._open:
                self._open.remove(mine)
        return socket

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": self.count,
            "debug_info": {"host": "stand-in", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP},
        }

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                return
            said = json.loads(message.data)
            waiting = self._waiting.pop(said.get("envelope_id", ""), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(said.get("payload"))

    async def deliver(self, parcel: Parcel) -> Delivery:
        """Send an envelope down one connection, the next in turn, and wait for its acknowledgement."""
        began = time.monotonic()
        if not self._open:
            return _delivery(parcel, began, 0, None, "no connection is open")
        self._turn += 1
        socket, _ = self._open[self._turn % len(self._open)]
        envelope = _envelope(parcel)
        waiting = self._waiting[envelope["envelope_id"]] = asyncio.get_running_loop().create_future()
        try:
            await socket.send_json(envelope)
            async with asyncio.timeout(self.patience):
                body = await waiting
        except (ConnectionError, TimeoutError) as error:
            self._waiting.pop(envelope["envelope_id"], None)
            return _delivery(parcel, began, 0, None, f"not acknowledged: {type(error).__name__}")
        return _delivery(parcel, began, 200, body, trouble_of(200, time.monotonic() - began))

    async def disconnect(self, reason: str) -> None:
        """Tell every connection to make way for another, as Slack does every few hours.

        `reason` is `refresh_requested` (nothing more comes down the old one, which is closed once there is a
        new one, or after a while), `link_disabled` (closed at once), or `warning` (not closed yet).
        """
        for mine in list(self._open):
            socket, _ = mine
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "stand-in"}}
            )
            if reason == "refresh_requested":
                self._open.remove(mine)
                self._made.clear()
                self._retired.add(asyncio.create_task(self._retire(socket)))
            elif reason == "link_disabled":
                await socket.close()

    async def _retire(self, socket: web.WebSocketResponse) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_RETIRES):
                await self._made.wait()
        await socket.close()

    async def cut(self) -> None:
        """Break every connection off without a word."""
        for _, request in list(self._open):
            if request.transport is not None:
                request.transport.abort()

    async def close(self) -> None:
        """Close every connection, at the stand-in's end."""
        self._made.set()
        await asyncio.gather(*self._retired)
        for socket, _ in list(self._open):
            await socket.close()


class SocketDoor:
    """Envelopes over the app's Socket Mode connections."""

    def __init__(self, sockets: Sockets, running: Running) -> None:
        self._sockets, self._running = sockets, running

    def deliver(self, parcel: Parcel) -> Delivery:
        """Hand something over, and wait until it is acknowledged."""
        return self._running.ask(self._sockets.deliver(parcel))

    def close(self) -> None:
        """Nothing to let go of: the connections are the stand-in's."""


def _envelope(parcel: Parcel) -> dict[str, Any]:
    retries = {"retry_attempt": parcel.retry, "retry_reason": parcel.reason if parcel.retry else ""}
    return {
        "envelope_id": str(uuid4()),
        "payload": dict(parcel.payload),
        "type": parcel.kind,
        "accepts_response_payload": parcel.kind != "events_api",
        **(retries if parcel.kind == "events_api" else {}),
    }


def _delivery(parcel: Parcel, began: float, status: int, body: Any, trouble: str) -> Delivery:
    seconds = time.monotonic() - began
    return Delivery(
        parcel.kind, parcel.name, parcel.payload, began, seconds, status, body=body, trouble=trouble
    )
