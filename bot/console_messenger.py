"""Notices as JSON to an address of one's own: how tests, drills and home-made bridges receive them.

POST sends, GET asks whether a notice arrived, PUT changes a message in place (docs/operations.md). Only that
address is ever called: a redirect is no answer (promise S19).
"""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientProxyConnectionError,
    ClientSession,
    ClientTimeout,
    TCPConnector,
)
from aiohttp.helpers import get_env_proxy_for_url
from yarl import URL

from bot.addresses import is_near
from bot.delivery import CannotTellError, Envelope, TryLaterError, UnreachableError
from bot.errors import NotReadyError
from bot.messages import Alarm
from bot.reporting.people import Person
from bot.wording.notices import say

PLATFORM = "console"
_SECONDS = 4.5
_CONNECTIONS = 128
_LARGEST = 65_536
_ID = re.compile(r"[!-~]{1,200}")
_PATIENCE, _LONGEST = 30.0, 3600.0
"""Seconds to wait where an answer does not say how many, and at most, whatever it says."""
_ENVIRONMENT = "HTTPS_PROXY or HTTP_PROXY cannot be used: give a proxy as http://HOST:PORT"
_SUCCESS, _MOVED, _FAILED, _AWAY = 200, 300, 500, 503
_NOT_SENT = (ClientConnectorError, ClientProxyConnectionError, ClientHttpProxyError)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class ConsoleMessenger:
    """Sends to one URL. Everybody in the schools file can be reached there.

    No call takes longer than `seconds`. HTTPS_PROXY and the usual variables for certificates are honoured,
    but for an address on this machine: what is sent there goes through nobody else's hands.
    """

    def __init__(self, url: str, *, seconds: float = _SECONDS) -> None:
        self._url = url.rstrip("/")
        self._seconds = seconds
        self._near = is_near(url)
        self._http: ClientSession | None = None
        if not self._near:
            _check_proxy(self._url)

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
        if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return None
        if answer.status == HTTPStatus.NOT_IMPLEMENTED:
            raise CannotTellError("it keeps no record")
        return _id(_heeded(answer))

    async def edit(self, provider_id: str, envelope: Envelope) -> None:
        """PUT the message anew; one that is there no longer needs no change."""
        answer = await self._ask("PUT", f"/{quote(provider_id, safe='')}", _body(envelope))
        if answer.status != HTTPStatus.NOT_FOUND:
            _heeded(answer)

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()

    async def _ask(self, method: str, path: str, body: dict[str, object] | None = None) -> _Answer:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._call(method, self._url + path, body)
        except _NOT_SENT as error:
            raise TryLaterError from error
        except (TimeoutError, ClientError, ValueError, OSError) as error:
            raise TryLaterError(unsure=True) from error

    async def _call(self, method: str, url: str, body: dict[str, object] | None) -> _Answer:
        if self._http is None:
            self._http = self._connections()
        # The address is a setting of ours and its last part quoted here: it is sent as it stands.
        whole = URL(url, encoded=True)
        async with self._http.request(method, whole, json=body, allow_redirects=False) as response:
            content = b""
            async for part in response.content.iter_any():
                content += part
                if len(content) > _LARGEST:
                    raise TryLaterError(unsure=True)
            return _Answer(response.status, response.headers, content)

    def _connections(self) -> ClientSession:
        """Connections that are kept, on the event loop that sends."""
        return ClientSession(
            timeout=ClientTimeout(total=self._seconds),
            connector=TCPConnector(limit=_CONNECTIONS),
            trust_env=not self._near,
            auto_decompress=False,
            headers={"Accept-Encoding": "identity"},
        )


def _check_proxy(url: str) -> None:
    """Raises `NotReadyError` for a proxy that could not be used, without showing what may be a password."""
    try:
        proxy, _ = get_env_proxy_for_url(URL(url))
    except LookupError:
        return
    except ValueError as error:
        raise NotReadyError(_ENVIRONMENT) from error
    if proxy.scheme not in {"http", "https"} or not proxy.host:
        raise NotReadyError(_ENVIRONMENT)


def _heeded(answer: _Answer) -> bytes:
    """The body of an answer that says yes. Raises what any other means."""
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise TryLaterError(_seconds(answer.headers))
    if answer.status == HTTPStatus.GONE:
        raise UnreachableError("gone")
    if not _SUCCESS <= answer.status < _MOVED:
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


def _seconds(headers: Mapping[str, str]) -> float:
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
