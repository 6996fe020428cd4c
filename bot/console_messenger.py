"""Notices as JSON to an address of one's own: how tests, drills and home-made bridges receive them.

POST sends, GET asks whether a notice arrived, PUT changes a message in place (docs/operations.md).
"""

import httpx

from bot.delivery import CannotTellError, Envelope, TryLaterError, UnreachableError
from bot.messages import Alarm
from bot.reporting.people import Person
from bot.wording.notices import say

PLATFORM = "console"
_SECONDS = 4.5


class ConsoleMessenger:
    """Sends to one URL. Everybody in the schools file can be reached there."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=50)
        self._http = httpx.AsyncClient(timeout=_SECONDS, limits=limits, trust_env=False)

    @property
    def platform(self) -> str:
        """Its name in the outbox."""
        return PLATFORM

    def address(self, person: Person) -> str | None:
        """Everybody's own id."""
        return person.id

    async def send(self, envelope: Envelope) -> str:
        """POST the notice."""
        answer = await self._ask("POST", "", _body(envelope))
        return str(answer["id"])

    async def find(self, envelope: Envelope) -> str | None:
        """GET it by its id."""
        response = await self._request("GET", f"/{envelope.notice}")
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        if response.status_code == httpx.codes.NOT_IMPLEMENTED:
            raise CannotTellError("it keeps no record")
        return str(_checked(response)["id"])

    async def edit(self, provider_id: str, envelope: Envelope) -> None:
        """PUT the message anew."""
        await self._ask("PUT", f"/{provider_id}", _body(envelope))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _ask(self, method: str, path: str, body: dict[str, object]) -> dict[str, object]:
        return _checked(await self._request(method, path, body))

    async def _request(self, method: str, path: str, body: dict[str, object] | None = None) -> httpx.Response:
        try:
            return await self._http.request(method, self._url + path, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TryLaterError from error
        except httpx.HTTPError as error:
            raise TryLaterError(unsure=True) from error


def _checked(response: httpx.Response) -> dict[str, object]:
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise TryLaterError(_seconds(response.headers.get("Retry-After", "1")))
    if response.status_code == httpx.codes.GONE:
        raise UnreachableError("gone")
    if response.is_error:
        raise TryLaterError
    try:
        found = response.json()
    except ValueError as error:
        raise TryLaterError(unsure=True) from error
    if not isinstance(found, dict) or "id" not in found:
        raise TryLaterError(unsure=True)
    return found


def _seconds(header: str) -> float:
    try:
        return max(0.0, float(header))
    except ValueError:
        return 1.0


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
