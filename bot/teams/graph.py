"""Asks Microsoft Graph who is in the tenant: users, groups and, as a hint only, who is at their desk.

It reads and never writes. What an administrator grants it: User.Read.All (User.ReadBasic.All hides whether
an account is closed) with GroupMember.Read.All, and Presence.Read.All where presence is wanted.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import quote

import httpx

from bot.addresses import is_near
from bot.errors import NotReadyError, SignpostError

URL = "https://graph.microsoft.com"
SECONDS = 4.5
"""For one call."""
_VERSION = "/v1.0"
_LARGEST = 8_000_000
"""Bytes of one answer; a page of 999 users is a twentieth of that."""
_MOST_PAGES = 120
"""With 999 on a page, more than any trust has; an answer that goes on for ever ends here."""
_PAGE = 999
_IDS_AT_ONCE = 650
"""So many people Graph tells the presence of in one call."""
_GROUPS_AT_ONCE = 20
"""So many groups it checks in one call."""
_RETRIES = 4
_REST, _LONGEST = 10.0, 3600.0
"""Seconds it is left alone where it doesn't say how many, and at most, whatever it says."""
_FIELDS = "id,displayName,mail,userPrincipalName,accountEnabled,userType"
_ENVIRONMENT = "HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE or SSL_CERT_DIR cannot be used"

Json = dict[str, Any]
Token = Callable[[], Awaitable[str]]
"""Gives a token for Graph, kept or new; whatever it raises counts as no answer."""


class GraphError(SignpostError):
    """Graph did not say. The text is one short reason and quotes nothing of the tenant's."""


class SilentError(GraphError):
    """It did not answer now: away, too busy, or there is no token. `after` is how long it asks for."""

    def __init__(self, why: str, after: float = 0.0) -> None:
        super().__init__(why)
        self.after = after


class NotGrantedError(GraphError):
    """It refuses to tell this app that: a permission is missing, or the token is not taken."""


class NotThereError(GraphError):
    """The tenant has no such user or group."""


@dataclass(frozen=True, slots=True)
class User:
    """An account of the tenant. `id` is its Entra object id in lower case.

    `enabled` is None where Graph may not tell it. `guest`: an account of somebody else's organisation.
    """

    id: str
    name: str
    mail: str
    sign_in: str
    enabled: bool | None
    guest: bool

    @property
    def addresses(self) -> frozenset[str]:
        """Their addresses, ready for comparing."""
        return frozenset(one.casefold() for one in (self.mail, self.sign_in) if one)


class Graph:
    """The tenant's Graph. `url` is where it is, for national clouds and for tests.

    `patience` is for how many seconds in all a call may wait where Graph asks to be left alone: none for
    somebody who has clicked, half a minute for a command.
    """

    def __init__(
        self, token: Token, url: str | None = None, *, seconds: float = SECONDS, patience: float = 0.0
    ) -> None:
        self._token = token
        self._base = (url or URL).rstrip("/")
        self._seconds = seconds
        self._patience = patience
        self._http: httpx.AsyncClient | None = None
        self._rests = 0.0

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def user(self, account: str) -> User:
        """One account. Raises `GraphError`, `NotThereError` where there is none."""
        found = _user(await self._ask("GET", f"/users/{quote(account, safe='')}?$select={_FIELDS}"))
        if found is None:
            raise SilentError("no answer that is Graph's")
        return found

    async def users(self) -> tuple[User, ...]:
        """Every account of the tenant. Raises `GraphError`."""
        rows = self._rows(f"/users?$select={_FIELDS}&$top={_PAGE}")
        return tuple([one async for row in rows if (one := _user(row)) is not None])

    async def members(self, group: str) -> frozenset[str]:
        """The object ids of everybody in a group, and in the groups within it. Raises `GraphError`."""
        rows = self._rows(f"/groups/{quote(group, safe='')}/transitiveMembers?$select=id&$top={_PAGE}")
        people = [row async for row in rows if row.get("@odata.type", _A_USER) == _A_USER]
        return frozenset(str(row["id"]).lower() for row in people if isinstance(row.get("id"), str))

    async def groups_of(self, account: str, groups: Iterable[str]) -> frozenset[str]:
        """Which of some groups an account is in, also by a group within. Raises `GraphError`.

        One call, however many pupils there are: who asks is known before they have lost patience.
        """
        found: set[str] = set()
        path = f"/users/{quote(account, safe='')}/checkMemberGroups"
        for some in _portions(sorted(groups), _GROUPS_AT_ONCE):
            answer = await self._ask("POST", path, {"groupIds": list(some)})
            found.update(str(one).lower() for one in _listed(answer))
        return frozenset(found)

    async def presence(self, accounts: Iterable[str]) -> Mapping[str, str]:
        """What Graph says of who is at their desk: a hint, never a reason not to tell somebody.

        Raises `GraphError`.
        """
        found: dict[str, str] = {}
        for some in _portions(sorted(accounts), _IDS_AT_ONCE):
            answer = await self._ask("POST", "/communications/getPresencesByUserId", {"ids": list(some)})
            rows = [row for row in _listed(answer) if isinstance(row, dict)]
            found.update((str(row.get("id")).lower(), str(row.get("availability") or "")) for row in rows)
        return found

    async def _rows(self, path: str) -> AsyncIterator[Json]:
        """The entries of a list, page after page."""
        for _ in range(_MOST_PAGES):
            page = await self._ask("GET", path)
            for row in _listed(page):
                if isinstance(row, dict):
                    yield row
            following = page.get("@odata.nextLink")
            if following is None:
                return
            path = self._inside(following)
        raise SilentError("a list without an end")

    def _inside(self, link: object) -> str:
        """The path of the next page; the token is shown to nobody else, whatever the answer names."""
        start = f"{self._base}{_VERSION}/"
        if not isinstance(link, str) or not link.startswith(start):
            raise SilentError("a next page that is elsewhere")
        return link.removeprefix(f"{self._base}{_VERSION}")

    async def _ask(self, method: str, path: str, body: Json | None = None) -> Json:
        until = monotonic() + self._patience
        for _ in range(_RETRIES):
            try:
                return await self._asked(method, path, body)
            except SilentError as error:
                if not error.after or monotonic() + error.after > until:
                    raise
                await asyncio.sleep(error.after)
        return await self._asked(method, path, body)

    async def _asked(self, method: str, path: str, body: Json | None) -> Json:
        if (rests := self._rests - monotonic()) > 0:
            raise SilentError("too many calls", rests)
        try:
            async with asyncio.timeout(self._seconds):
                headers = {"Authorization": f"Bearer {await self._bearer()}"}
                return await self._call(method, f"{self._base}{_VERSION}{path}", headers, body)
        except TimeoutError as error:
            raise SilentError("no answer in time") from error
        except httpx.HTTPError as error:
            raise SilentError(f"no connection: {type(error).__name__}") from error

    async def _bearer(self) -> str:
        try:
            return await self._token()
        except TimeoutError:
            raise
        except SignpostError as error:
            raise SilentError(f"no token: {error}") from error
        except Exception as error:
            raise SilentError(f"no token: {type(error).__name__}") from error

    async def _call(self, method: str, url: str, headers: Mapping[str, str], body: Json | None) -> Json:
        async with self._client().stream(method, url, headers=headers, json=body) as answer:
            content = b""
            async for part in answer.aiter_raw():
                content += part
                if len(content) > _LARGEST:
                    raise SilentError("an answer too long to be Graph's")
        if not answer.is_success:
            raise self._meaning(answer, content)
        return _read(content)

    def _meaning(self, answer: httpx.Response, content: bytes) -> GraphError:
        """What a refusal means."""
        status = answer.status_code
        if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            return NotGrantedError(f"refused ({status})")
        if status in _NOT_THERE and _code(content) in _UNKNOWN_CODES:
            return NotThereError(f"not there ({status})")
        after = _asked_for(answer.headers) if status in _BUSY else 0.0
        self._rests = max(self._rests, monotonic() + after) if after else self._rests
        return SilentError(f"not now ({status})", after)

    def _client(self) -> httpx.AsyncClient:
        """Made when it is first needed: on the loop that uses it."""
        if self._http is None:
            near = is_near(self._base)
            try:
                self._http = httpx.AsyncClient(
                    timeout=self._seconds,
                    follow_redirects=False,
                    trust_env=not near,
                    headers={"Accept": "application/json", "Accept-Encoding": "identity"},
                )
            except (ImportError, ValueError, OSError) as error:
                raise NotReadyError(_ENVIRONMENT) from error
        return self._http


_A_USER = "#microsoft.graph.user"
_BUSY = frozenset({httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE})
_NOT_THERE = frozenset({httpx.codes.NOT_FOUND, httpx.codes.BAD_REQUEST})
_UNKNOWN_CODES = frozenset({"request_resourcenotfound", "resourcenotfound", "request_badrequest"})
"""Graph's own codes for what isn't in the tenant, or is no id at all: a proxy's 404 says neither."""


def _read(content: bytes) -> Json:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SilentError("no answer that is Graph's") from error
    if not isinstance(found, dict):
        raise SilentError("no answer that is Graph's")
    return found


def _code(content: bytes) -> str:
    """Graph's code in a refusal; empty where it is none of Graph's."""
    try:
        said = _read(content).get("error")
    except SilentError:
        return ""
    return _text(said.get("code")).casefold() if isinstance(said, dict) else ""


def _user(row: Json) -> User | None:
    """An account as Graph tells it; None for what has no id."""
    account, enabled = row.get("id"), row.get("accountEnabled")
    if not isinstance(account, str) or not account:
        return None
    return User(
        id=account.lower(),
        name=_text(row.get("displayName")),
        mail=_text(row.get("mail")),
        sign_in=_text(row.get("userPrincipalName")),
        enabled=enabled if isinstance(enabled, bool) else None,
        guest=_text(row.get("userType")).casefold() == "guest" or "#ext#" in _sign_in(row),
    )


def _sign_in(row: Json) -> str:
    return _text(row.get("userPrincipalName")).casefold()


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _listed(answer: Json) -> list[Any]:
    value = answer.get("value")
    if not isinstance(value, list):
        raise SilentError("no answer that is Graph's")
    return value


def _asked_for(headers: httpx.Headers) -> float:
    """How many seconds Graph asks to be left alone."""
    asked = headers.get("Retry-After", "")
    return min(float(asked), _LONGEST) if asked.isdecimal() else _REST


def _portions(items: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
