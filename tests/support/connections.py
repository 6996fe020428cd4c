"""Holding conversations on loopback, each closed at the end, for the servers that tests stand up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tests.support.processes import LOOPBACK

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""One conversation, from the first byte to the last. The other side may break it off at any moment."""
_BACKLOG = 1024


@asynccontextmanager
async def listening(talk: Talk, *, port: int = 0, limit: int) -> AsyncIterator[int]:
    """Hold every conversation while the context lasts, lines being up to `limit` bytes; give the port.

    The tasks are ours rather than asyncio's, which in Python 3.11 complains of each one cancelled at the end.
    """
    talks: set[asyncio.Task[None]] = set()

    def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_hold(talk, reader, writer))
        talks.add(task)
        task.add_done_callback(talks.discard)

    server = await asyncio.start_server(welcome, LOOPBACK, port, limit=limit, backlog=_BACKLOG)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def _hold(talk: Talk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await talk(reader, writer)
    except (ConnectionError, EOFError, asyncio.LimitOverrunError):
        return  # the other side went away in the middle, or made no sense: there is nobody left to tell
    finally:
        writer.close()
