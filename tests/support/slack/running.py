"""A thread that answers HTTP on loopback, with an event loop of its own."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

from aiohttp import web

from tests.support.processes import LOOPBACK

T = TypeVar("T")
_START = 10.0
"""Seconds that the thread has for starting, and for ending."""
_BODY = 4 * 1024 * 1024


class Running:
    """The web server's thread; `port` is where it listens, the same after a restart."""

    def __init__(self, routes: Iterable[web.RouteDef], at_end: Callable[[], Awaitable[None]]) -> None:
        self._routes, self._at_end = list(routes), at_end
        self.port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._done: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen; calls are taken when this returns. Raises what kept it from listening."""
        ready: Future[int] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), name="slack stand-in")
        self._thread.start()
        self.port = ready.result(_START)

    def stop(self) -> None:
        """End every conversation and the thread."""
        if self._loop is None or self._done is None or self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(_START)
        assert not self._thread.is_alive(), "the stand-in's thread did not end"
        self._loop = None

    def ask(self, question: Coroutine[Any, Any, T]) -> T:
        """Have something done in the thread's loop, and wait for what comes of it."""
        assert self._loop is not None, "the stand-in has not been started"
        return asyncio.run_coroutine_threadsafe(question, self._loop).result()

    async def _serve(self, ready: "Future[int]") -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=_BODY)
        app.add_routes(self._routes)
        runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, LOOPBACK, self.port, backlog=1024, reuse_address=True)
            await site.start()
            ready.set_result(int(runner.addresses[0][1]))
            await self._done.wait()
        except OSError as error:
            ready.set_exception(error)
        finally:
            await self._at_end()
            await runner.cleanup()
