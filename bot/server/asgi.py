"""The one ASGI application: health, metrics and the console page; platforms add their endpoints here."""

import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from ipaddress import ip_address

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import NotSavedError
from bot.logs import log
from bot.server.body import LimitedBody
from bot.server.health import Health
from bot.server.metrics import Metrics

_GENERAL = "Something went wrong here and nothing was saved. If it cannot wait, ring the safeguarding lead."


class Watch:
    """`/healthz`, `/readyz` and `/metrics`. Details are for this machine, or for whoever has the token."""

    def __init__(self, health: Health, metrics: Metrics, token: str | None) -> None:
        self._health = health
        self._metrics = metrics
        self._token = token

    def routes(self) -> list[BaseRoute]:
        """Its addresses."""
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self.metrics),
        ]

    async def alive(self, _request: Request) -> Response:
        """The process answers."""
        return PlainTextResponse("ok")

    async def ready(self, request: Request) -> Response:
        """200 while reports can be taken and sent, else 503."""
        found = await self._health.look()
        status = 503 if found.problems else 200
        said: dict[str, object] = {"ready": not found.problems}
        if self._trusted(request):
            said |= {
                "alarms": found.alarms,
                "problems": list(found.problems),
                "waiting": found.waiting,
                "oldest_seconds": round(found.oldest_seconds, 3),
            }
        return JSONResponse(said, status)

    async def metrics(self, request: Request) -> Response:
        """Prometheus' text format; 404 for strangers."""
        if not self._trusted(request):
            return PlainTextResponse("not found", 404)
        return Response(self._metrics.page(), media_type="text/plain; version=0.0.4")

    def _trusted(self, request: Request) -> bool:
        if self._token is not None:
            return bears(request, self._token)
        return from_this_machine(request)


def bears(request: Request, token: str) -> bool:
    """Whether a request carries a token in its Authorization header."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), token.encode())


def from_this_machine(request: Request) -> bool:
    """Whether the peer is on loopback and no proxy stands between."""
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def application(
    routes: list[BaseRoute], running: Callable[[], AbstractAsyncContextManager[None]]
) -> LimitedBody:
    """The application; `running` starts and stops what runs beside it."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with running():
            yield

    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={NotSavedError: _not_saved, Exception: _failed},
    )
    return LimitedBody(app)


async def _not_saved(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 503)


async def _failed(_request: Request, error: Exception) -> Response:
    """The edge: what went wrong is logged without words, and nothing claims success."""
    log.error("request_failed", exc_info=error)
    return JSONResponse({"error": _GENERAL}, 500)
