"""What `serve` answers over HTTP, in this process: the application itself, called without a socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import text
from sqlmodel import SQLModel
from starlette.types import ASGIApp, Message

from bot.delivery import Delivery
from bot.reporting.office import Office
from bot.scheduler import Clock
from bot.server.asgi import Watch, application
from bot.server.callers import Gate
from bot.server.health import Health
from bot.server.metrics import Metrics
from bot.server.page import ConsolePage
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.offices import office_for

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
"""A Friday in term, in school hours."""
TOKEN = "the-token-of-this-console-page"  # noqa: S105  the tests' own
HERE = ("127.0.0.1", 50_000)
KEPT_ANYWAY = frozenset({"audit", "audit_head"})
"""Tables that a refusal may write to: it was tried, and by whom."""
Pairs = Iterable[tuple[str | bytes, str | bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, after how many seconds, and what was raised beyond it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    raised: BaseException | None = None

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    @property
    def json(self) -> Any:
        """The body as JSON. Raises `ValueError` where it is none."""
        return json.loads(self.body)


@dataclass(slots=True)
class Served:
    """The application on an office of its own; it is always `NOW`."""

    office: Office
    app: ASGIApp
    health: Health
    metrics: Metrics
    token: str
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] = b"",
        *,
        headers: Pairs = (),
        peer: tuple[str, int] | None = HERE,
    ) -> Answer:
        """One request, as bytes; a body of several parts comes in parts, its length not told."""
        return self.runner.run(called(self.app, scope_of(method, path, headers, peer), body))

    def post(self, path: str, said: object, *, token: str | None = None) -> Answer:
        """JSON from this machine, with the token."""
        return self.ask("POST", path, json.dumps(said).encode(), headers=self.bearing(token))

    def get(self, path: str) -> Answer:
        """A look from this machine, with the token."""
        return self.ask("GET", path, headers=self.bearing())

    def bearing(self, token: str | None = None) -> Pairs:
        """The headers of somebody on this machine who knows the token."""
        return [("host", "127.0.0.1:8080"), ("authorization", f"Bearer {token or self.token}")]

    def rows(self) -> dict[str, int]:
        """How many rows each table has, but for the audit's."""
        names = [name for name in SQLModel.metadata.tables if name not in KEPT_ANYWAY]
        query = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)  # noqa: S608  our own names
        with self.office.store.engine.connect() as connection:
            return {str(name): int(count) for name, count in connection.execute(text(query))}


@dataclass(frozen=True, slots=True)
class How:
    """The settings that matter here."""

    schools: str = OAKFIELD
    host: str = "127.0.0.1"
    metrics_token: str | None = None
    test: bool = True


@contextmanager
def served(database_url: str, folder: Path, how: How = How()) -> Iterator[Served]:
    """The application as `serve` puts it together, with nothing running beside it."""
    office = office_for(database_url, folder, how.schools)
    delivery = Delivery(office, {}, lambda: NOW, beat=NOW)
    metrics = Metrics(office.store, lambda: NOW)
    health = Health(office.store, delivery, Clock(()), lambda: NOW)
    page = ConsolePage(office, health, metrics, gate=Gate(TOKEN, how.host), clock=lambda: NOW)
    watch = Watch(health, metrics, how.metrics_token, host=how.host)
    app = application([*watch.routes(), *page.routes(test=how.test)], nothing)
    found = Served(office, app, health, metrics, TOKEN)
    try:
        with found.runner:
            yield found
    finally:
        office.store.close()


@asynccontextmanager
async def nothing() -> AsyncIterator[None]:
    """Run nothing beside the application."""
    yield


def scope_of(method: str, path: str, headers: Pairs, peer: tuple[str, int] | None) -> dict[str, Any]:
    """A request as uvicorn would hand it to the application."""
    place, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": place,
        "raw_path": place.encode(errors="surrogatepass"),
        "query_string": query.encode(errors="surrogatepass"),
        "root_path": "",
        "headers": [(_bytes(name).lower(), _bytes(value)) for name, value in headers],
        "client": peer,
        "server": ("127.0.0.1", 8080),
    }


def _bytes(given: str | bytes) -> bytes:
    return given if isinstance(given, bytes) else given.encode()


async def called(app: ASGIApp, scope: dict[str, Any], body: bytes | Iterable[bytes]) -> Answer:
    """Call an application once. Raises `AssertionError` where it breaks the protocol itself."""
    parts = [body] if isinstance(body, bytes) else list(body)
    if isinstance(body, bytes) and body:
        scope["headers"].append((b"content-length", str(len(body)).encode()))
    waiting = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)}
        for number, part in enumerate(parts, start=1)
    ] or [{"type": "http.request", "body": b"", "more_body": False}]
    sent: list[Message] = []
    gone = asyncio.Event()

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    began, raised = perf_counter(), None
    try:
        await app(scope, receive, send)
    except Exception as error:  # noqa: BLE001  looked at by whoever asked
        raised = error
    return _answer(sent, perf_counter() - began, raised)


def _answer(sent: list[Message], seconds: float, raised: BaseException | None) -> Answer:
    starts = [message for message in sent if message["type"] == "http.response.start"]
    assert len(starts) == 1, f"answered {len(starts)} times; raised {raised!r}"
    headers = {name.decode(): value.decode("latin-1") for name, value in starts[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent)
    return Answer(starts[0]["status"], headers, body, seconds, raised)
