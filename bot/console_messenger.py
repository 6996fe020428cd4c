"""Notices as JSON to an address of one's own: how tests, drills and home-made bridges receive them.

POST sends, GET asks whether a notice arrived, PUT changes a message in place (docs/operations.md). Only that
address is ever called: a redirect is no answer (promise S19).
"""

import asyncio
import json
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import count
from urllib.parse import quote

import httpx

from bot.addresses import is_near
from bot.delivery import CannotTellError, Envelope, TryLaterError, UnreachableError
from bot.errors import NotReadyError
from bot.messages import Alarm
from bot.reporting.people import Person
from bot.wording.notices import say

PLATFORM = "console"
_SECONDS = 4.5
_CLIENTS = 16
_LARGEST = 65_536
_ID = re.compile(r"[!-~]{1,200}")
_PATIENCE, _LONGEST = 30.0, 3600.0
"""Seconds to wait where an answer does not say how many, and at most, whatever it says."""
_ENVIRONMENT = (
    "HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE or SSL_CERT_DIR cannot be used: "
    "give a proxy as http://HOST:PORT, and certificates as a file or folder that is there"
)
_FAILED, _AWAY = 500, 503
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes


class ConsoleMessenger:
    """Sends to one URL. Everybody in the schools file can be reached there.

    No call takes longer than `seconds`. HTTPS_PROXY and the usual variables for certificates are honoured,
    but for an address on this machine: what is sent there goes through nobody else's hands.
    """

    def __init__(self, url: str, *, seconds: float = _SECONDS) -> None:
        self._url = url.rstrip("/")
        self._seconds = seconds
        self._http = _clients(seconds, near=is_near(url))
        self._turns = count()

    @property
    def platform(self) -> str:
        """Its name in the outbox."""
        return PLATFORM

    def address(self, person: Person) -> str | None:
        """Everybody's own id."""
        return person.id

    async def send(self, envelope: Envelope) -> str:
        """POST the notice."""
        return _id(_heeded(await self._ask("POST", "", _body(envelope))))

    async def find(self, envelope: Envelope) -> str | None:
        """GET it by its id."""
        answer = await self._ask("GET", f"/{quote(envelope.notice, safe='')}")
        if answer.status in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
            return None
        if answer.status == httpx.codes.NOT_IMPLEMENTED:
            raise CannotTellError("it keeps no record")
        return _id(_heeded(answer))

    async def edit(self, provider_id: str, envelope: Envelope) -> None:
        """PUT the message anew; one that is there no longer needs no change."""
        answer = await self._ask("PUT", f"/{quote(provider_id, safe='')}", _body(envelope))
        if answer.status != httpx.codes.NOT_FOUND:
            _heeded(answer)

    async def close(self) -> None:
        """Close the connections."""
        for client in self._http:
            await client.aclose()

    async def _ask(self, method: str, path: str, body: dict[str, object] | None = None) -> _Answer:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._call(method, self._url + path, body)
        except _NOT_SENT as error:
            raise TryLaterError from error
        except (TimeoutError, httpx.HTTPError) as error:
            raise TryLaterError(unsure=True) from error

    async def _call(self, method: str, url: str, body: dict[str, object] | None) -> _Answer:
        client = self._http[next(self._turns) % _CLIENTS]
        async with client.stream(method, url, json=body) as response:
            content = b""
            async for part in response.aiter_raw():
                content += part
                if len(content) > _LARGEST:
                    raise TryLaterError(unsure=True)
            return _Answer(response.status_code, response.headers, content)


def _clients(seconds: float, *, near: bool) -> tuple[httpx.AsyncClient, ...]:
    """Several that take turns: for each call a client looks at all of its connections (4.8 → 1.4 ms)."""
    try:
        certificates = httpx.create_ssl_context(trust_env=not near)
        return tuple(
            httpx.AsyncClient(
                timeout=seconds,
                limits=httpx.Limits(max_connections=64, max_keepalive_connections=4),
                follow_redirects=False,
                verify=certificates,
                trust_env=not near,
                headers={"Accept-Encoding": "identity"},
            )
            for _ in range(_CLIENTS)
        )
    except (ImportError, ValueError, OSError) as error:
        raise NotReadyError(_ENVIRONMENT) from error


def _heeded(answer: _Answer) -> bytes:
    """The body of an answer that says yes. Raises what any other means."""
    if answer.status == httpx.codes.TOO_MANY_REQUESTS:
        raise TryLaterError(_seconds(answer.headers))
    if answer.status == httpx.codes.GONE:
        raise UnreachableError("gone")
    if not httpx.codes.is_success(answer.status):
        # What stands between may not know what became of it.
        raise TryLaterError(unsure=answer.status >= _FAILED and answer.status != _AWAY)
    return answer.body


def _id(body: bytes) -> str:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise TryLaterError(unsure=True) from error
    given = found.get("id") if isinstance(found, dict) else None
    if not isinstance(given, str) or not _ID.fullmatch(given):
        raise TryLaterError(unsure=True)
    return given


def _seconds(headers: httpx.Headers) -> float:
    """How long an answer asks to be left alone, as seconds or as a date beside its own."""
    asked = headers.get("Retry-After", "")
    try:
        if asked.isdecimal():
            return min(float(asked), _LONGEST)
        until, now = parsedate_to_datetime(asked), parsedate_to_datetime(headers.get("Date", ""))
        return min(max(0.0, (until - now).total_seconds()), _LONGEST)
    except (ValueError, TypeError, OverflowError):
        return _PATIENCE


def _body(envelope: Envelope) -> dict[str, object]:
    said = say(envelope.message, envelope.marks)
    return {
        "id": envelope.notice,
        "person": envelope.person,
        "event": type(envelope.message).__name__.lower(),
        "reference": getattr(envelope.message, "reference", ""),
        "urgency": str(getattr(envelope.message, "urgency", "")),
        "subject": said.subject,
        "text": said.text,
        "marks": sorted(envelope.marks),
        "trouble": envelope.message.trouble.value if isinstance(envelope.message, Alarm) else "",
    }
