"""Where platforms send their requests: each body, as it came, goes to the platform's own door."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

Receive = Callable[[bytes, list[tuple[str, str]]], Awaitable[tuple[int, Mapping[str, str], bytes]]]
"""Takes a body and headers; gives status, headers and body."""


def webhooks(doors: Mapping[str, Receive]) -> list[BaseRoute]:
    """The platforms' addresses, by path."""
    return [_webhook(path, receive) for path, receive in doors.items()]


def _webhook(path: str, receive: Receive) -> BaseRoute:

    async def handle(request: Request) -> Response:
        status, headers, body = await receive(await request.body(), request.headers.items())
        return Response(body, status, dict(headers))

    return Route(path, handle, methods=["POST"])
