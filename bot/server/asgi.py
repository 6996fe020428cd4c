"""The one ASGI application: health, metrics and the console page; platforms add their endpoints here."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from bot.errors import NotSavedError
from bot.logs import log
from bot.server.body import TOO_LARGE, LimitedBody
from bot.server.callers import bears, from_this_machine
from bot.server.headers import CautiousHeaders
from bot.server.health import Health
from bot.server.metrics import Metrics
from storage.store import UnavailableError

_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_AWAY = "Nothing was done: the database cannot be used now. If it cannot wait, tell people by telephone."
_GENERAL = (
    "Something went wrong: take it that nothing was saved. If it cannot wait, tell people by telephone."
)


class Watch:
    """`/healthz`, `/readyz` and `/metrics`. Details are for this machine, or for whoever has the token."""

    def __init__(self, health: Health, metrics: Metrics, token: str | None, *, host: str = "") -> None:
        self._health = health
        self._metrics = metrics
        self._token = token
        self._host = host

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
            raise HTTPException(404)
        # In a thread: it reads the database, which may be slow to answer or away.
        page = await asyncio.to_thread(self._metrics.page)
        return Response(page, media_type="text/plain; version=0.0.4")

    def _trusted(self, request: Request) -> bool:
        if self._token is not None:
            return bears(request, self._token)
        return from_this_machine(request, self._host)


def application(routes: list[BaseRoute], running: Callable[[], AbstractAsyncContextManager[None]]) -> ASGIApp:
    """The application; `running` starts and stops what runs beside it."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with running():
            yield

    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={
            NotSavedError: _not_saved,
            UnavailableError: _away,
            HTTPException: _refused,
            ClientDisconnect: _gone,
            Exception: _failed,
        },
    )
    app.router.redirect_slashes = False
    return CautiousHeaders(LimitedBody(app))


async def _not_saved(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 503)


async def _away(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": _AWAY}, 503)


async def _gone(_request: Request, _error: Exception) -> Response:
    """Whoever asked hung up in the middle: nobody reads this, and nothing is wrong here."""
    return Response(status_code=400)


async def _refused(_request: Request, error: Exception) -> Response:
    """No such place, no such method, or too large: in few words, and never those that were asked with."""
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (400, None)
    said = TOO_LARGE if status == _TOO_LARGE else HTTPStatus(status).phrase.lower()
    return JSONResponse({"error": said}, status, headers)


async def _failed(_request: Request, error: Exception) -> Response:
    """The edge: what went wrong is logged without words, and nothing claims success.

    The connection ends with it, and says so: it is cut after a fault, and a next request would be lost.
    """
    log.error("request_failed", exc_info=error)
    return JSONResponse({"error": _GENERAL}, 500, {"connection": "close"})
