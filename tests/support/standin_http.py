"""HTTP/1.1 for the stand-in platform: small, so as to be fast, and able to misbehave as platforms do."""

import asyncio
import json
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.support import connections

_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One call: `path` unquoted, `query` by name, `body` as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON. Raises `ValueError`."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, given after so many seconds."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0


class Silence(Enum):
    """Two ways of not answering."""

    CLOSE = "the connection is closed"
    HANG = "the connection stays open until the caller closes it"


Handler = Callable[[Request], Response | Silence]


def listening(handler: Handler, port: int) -> AbstractAsyncContextManager[int]:
    """Answer every call with the handler while the context lasts; it gives the port (0 takes a free one)."""
    return connections.listening(partial(_converse, handler), port=port, limit=_HEAD)


async def _converse(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        try:
            request = await _read(reader)
        except ValueError:
            writer.write(_written(Response(400, {"error": "that is no HTTP that I understand"})))
            return
        outcome = _handled(handler, request)
        if outcome is Silence.HANG:
            await reader.read()
        if isinstance(outcome, Silence):
            return
        if outcome.after:
            await asyncio.sleep(outcome.after)
        writer.write(_written(outcome))
        await writer.drain()


async def _read(reader: asyncio.StreamReader) -> Request:
    """Read one call. Raises `ValueError` for a malformed one, `EOFError` where the caller has gone."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _version = first.split(" ")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    if "transfer-encoding" in headers:
        raise ValueError("only bodies of a stated length are read")
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    url = urlsplit(target)
    return Request(method, unquote(url.path), dict(parse_qsl(url.query)), body)


def _handled(handler: Handler, request: Request) -> Response | Silence:
    try:
        return handler(request)
    except Exception:  # noqa: BLE001  the process's edge: a fault of the stand-in's own must be seen, and not end a drill
        traceback.print_exc(file=sys.stderr)
        return Response(500, {"error": "the stand-in itself is at fault: see its standard error"})


def _written(response: Response) -> bytes:
    body = json.dumps(response.body).encode()
    head = [
        f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in response.headers.items()),
    ]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body
