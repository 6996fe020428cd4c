"""The Slack app put together: one set of listeners, over HTTP with Slack's signature or over Socket Mode."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, cast

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot.logs import log
from bot.reporting.office import Office
from bot.signpost import Signpost
from bot.slack import asking, deciding, front, handling, reporting
from bot.slack.callers import Callers
from bot.slack.client import SlackClient
from bot.slack.desk import Desk
from bot.slack.gate import Gate
from bot.slack.messenger import PLATFORM
from bot.wording import chat

Listener = Callable[..., Awaitable[None]]
Reply = tuple[int, Mapping[str, str], bytes]
Receive = Callable[[bytes, list[tuple[str, str]]], Awaitable[Reply]]
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Doors:
    """By which of its two doors Slack comes in: with a signature over HTTP, or by a connection we open."""

    secret: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)


class SlackFace:
    """Slack's way in. Open it on the event loop before use, and close it at the end."""

    def __init__(
        self,
        client: SlackClient,
        office: Office,
        policies: Callable[[], Signpost],
        clock: Callable[[], datetime],
        doors: Doors,
    ) -> None:
        self._client = client
        self._desk = Desk(office, policies, clock, PLATFORM, client=client, callers=Callers(client))
        self._gate = Gate(doors.secret) if doors.secret else None
        self._app_token = doors.app_token
        self._app: AsyncApp | None = None
        self._socket: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None

    def doors(self) -> Mapping[str, Receive]:
        """Where Slack's own requests come in, by path: nowhere over Socket Mode."""
        over_http = self._gate is not None and self._app_token is None
        return {"/slack/events": self.receive} if over_http else {}

    async def open(self) -> None:
        """Start listening; over Socket Mode, connect and stay connected.

        It isn't waited for: slack_sdk tries again without end, and reports by other ways go on meanwhile.
        """
        await self._client.open()
        self._app = application(self._desk)
        if self._app_token is not None:
            self._socket = AsyncSocketModeHandler(self._app, self._app_token, web_client=self._client.web)
            connecting = self._connect(self._socket)
            self._connecting = asyncio.get_running_loop().create_task(connecting, name="slack")

    async def close(self) -> None:
        """Stop listening."""
        if self._connecting is not None:
            self._connecting.cancel()
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]  # slack_bolt's own
        await self._client.close()

    async def receive(self, body: bytes, headers: list[tuple[str, str]]) -> Reply:
        """Take a request to `/slack/events`: 401 for whatever Slack did not sign just now (promise S1)."""
        if (
            self._gate is None
            or self._app is None
            or not self._gate.admits(
                body, _named(headers, "x-slack-request-timestamp"), _named(headers, "x-slack-signature")
            )
        ):
            return 401, _NOTHING, b""
        try:
            request = AsyncBoltRequest(body=body.decode(), headers={name: [value] for name, value in headers})
            response = await self._app.async_dispatch(request)
        except Exception as error:  # noqa: BLE001  the edge: too deep, no JSON, or none of Slack's shapes
            log.warning("slack_malformed", exc_info=error)
            return 400, _NOTHING, b""
        shown = {name: values[0] for name, values in response.headers.items() if values}
        return response.status, shown, str(response.body or "").encode()

    async def _connect(self, socket: AsyncSocketModeHandler) -> None:
        try:
            await socket.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt's own
        except Exception as error:  # noqa: BLE001  the edge to a platform: reports by other ways go on meanwhile
            log.error("socket_mode_failed", exc_info=error)


def application(desk: Desk) -> AsyncApp:
    """The listeners on one app. What goes wrong in one is logged without words, and nothing is claimed."""
    quiet = logging.getLogger("signpost.slack")
    quiet.setLevel(logging.ERROR)
    app = AsyncApp(
        logger=quiet,
        client=desk.client.web,
        authorize=_with(desk.client.web.token),
        request_verification_enabled=False,  # `Gate` did, without the verifier's exceptions
        raise_error_for_unhandled_request=False,
    )
    careful = cast("AsyncApp", _Careful(app))
    for listener in (asking, deciding, reporting, handling, front):
        listener.listen(careful, desk)
    app.error(_misshapen)
    return app


async def _misshapen(error: Exception) -> BoltResponse:
    """Bolt itself could make nothing of it: Slack sends no such thing."""
    log.warning("slack_malformed", exc_info=error)
    return BoltResponse(status=400)


def _with(token: str | None) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Our token, for everybody. Bolt alone would ask Slack first, and let nobody in without an answer."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    return authorize


class _Careful:
    """Takes listeners as the app does, and sees to what goes wrong in one.

    Bolt forgets that a request was acknowledged where its listener fails soon after: Slack would be answered
    with 404, three seconds later, and would send an event again that was dealt with.
    """

    def __init__(self, app: AsyncApp) -> None:
        self._app = app

    def __getattr__(self, kind: str) -> Callable[..., Callable[[Listener], object]]:
        register = getattr(self._app, kind)
        return lambda *named: lambda listener: register(*named)(_guarded(listener))


def _guarded(listener: Listener) -> Listener:
    @wraps(listener)
    async def run(**given: Any) -> None:
        try:
            await listener(**given)
        except Exception as error:  # noqa: BLE001  the edge: whatever it was, nothing is claimed
            body, ack = given["body"], given.get("ack")
            log.error("slack_listener_failed", kind=_kind(body), exc_info=error)
            if ack is None or ack.response is not None:
                return
            if "command" in body:
                await ack(response_type="ephemeral", text=chat.SOMETHING_BROKE)
            else:
                ack.response = BoltResponse(status=400)

    return run


def _kind(body: Mapping[str, Any]) -> str:
    return "command" if "command" in body else "event" if "event" in body else "interaction"


def _named(headers: list[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in headers if key.lower() == name]
