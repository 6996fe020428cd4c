"""The keys with which Teams signs: fetched beside the event loop, kept, and asked for anew with restraint.

Microsoft changes its keys without a date. A key that nobody knows is therefore looked for, yet at most once a
minute: whoever makes keys up by the thousand must not make us fetch as often (promise S3).
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpx
import jwt

from bot.addresses import web_url
from bot.errors import SignpostError
from bot.logs import log

OPENID_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"
"""Microsoft's own, for bots."""
_SECONDS = 4.0
_FRESH, _COOL, _AGAIN = 12 * 3600.0, 60.0, 5.0
"""Seconds: how long keys count as new, between two looks for a key, and between two tries that failed."""
_LARGEST, _MOST = 1_000_000, 500
_KID = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
_OK = 200


class NoKeysError(SignpostError):
    """The keys cannot be fetched, or are none; the text is a short word for the reason."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key by which Teams signs. `endorsements` are the channels that it is good for."""

    key: jwt.PyJWK = field(repr=False)
    endorsements: frozenset[str]


class Keys:
    """The keys at `url`. Every call belongs to one event loop."""

    def __init__(
        self,
        url: str | None = None,
        *,
        seconds: float = _SECONDS,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._url = url or OPENID_URL
        self._seconds = seconds
        self._now = now
        self._known: Mapping[str, SigningKey] = {}
        self._fetched = self._tried = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def key(self, kid: str) -> SigningKey | None:
        """The key of this name; None where there is none. Waits for a fetch only if the name is unknown."""
        if not _KID.fullmatch(kid):
            return None
        found = self._known.get(kid)
        if found is None:
            await self.refresh()
            return self._known.get(kid)
        if self._now() - self._fetched > _FRESH:
            self.begin()
        return found

    def of_token(self, token: str) -> SigningKey:
        """The key that a token names, among those that are here. Raises `KeyError`, `jwt.PyJWTError`."""
        return self._known[str(jwt.get_unverified_header(token).get("kid"))]

    async def refresh(self) -> None:
        """Look for new keys, unless that was done just now; many who ask at once wait for one look."""
        fetching = self.begin()
        if fetching is not None:
            # Whoever goes away in the middle must not take the look from the others.
            await asyncio.shield(fetching)

    async def close(self) -> None:
        """Wait for no look that is under way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    def begin(self) -> "asyncio.Task[None] | None":
        """Begin to look for new keys; None where that was done just now."""
        if self._fetching is not None and not self._fetching.done():
            return self._fetching
        rest = _COOL if self._fetched >= self._tried else _AGAIN
        if self._now() - self._tried < rest:
            return None
        self._fetching = asyncio.get_running_loop().create_task(self._fetch(), name="teams-keys")
        return self._fetching

    async def _fetch(self) -> None:
        self._tried = self._now()
        try:
            self._known = await asyncio.to_thread(_fetched, self._url, self._seconds)
        except Exception as error:  # noqa: BLE001  the edge to a service: with what is known we go on
            log.warning("teams_keys_unavailable", exc_info=error)
            return
        self._fetched = self._tried


def _fetched(url: str, seconds: float) -> dict[str, SigningKey]:
    """The keys that the service names now. Raises `NoKeysError`, `httpx.HTTPError`."""
    with httpx.Client(timeout=seconds, follow_redirects=False) as client:
        named = _read(client, url).get("jwks_uri")
        try:
            where = web_url(named) if isinstance(named, str) else ""
        except ValueError:
            where = ""
        if not where:
            raise NoKeysError("no-address")
        listed = _read(client, where).get("keys")
    found = dict(_parsed(listed[:_MOST])) if isinstance(listed, list) else {}
    if not found:
        raise NoKeysError("no-keys")
    return found


def _read(client: httpx.Client, url: str) -> dict[str, Any]:
    body = bytearray()
    with client.stream("GET", url) as answer:
        if answer.status_code != _OK:
            raise NoKeysError("refused")
        for part in answer.iter_bytes():
            body += part
            if len(body) > _LARGEST:
                raise NoKeysError("too-large")
    told = httpx.Response(_OK, content=bytes(body)).json()
    if not isinstance(told, dict):
        raise NoKeysError("no-object")
    return told


def _parsed(listed: list[object]) -> "list[tuple[str, SigningKey]]":
    """Those keys that signatures can be held against; others beside them do no harm."""
    found = []
    for one in listed:
        if not isinstance(one, dict) or one.get("kty") != "RSA" or one.get("use", "sig") != "sig":
            continue
        kid, endorsed = one.get("kid"), one.get("endorsements")
        if not isinstance(kid, str) or not _KID.fullmatch(kid):
            continue
        try:
            key = jwt.PyJWK(one, algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
        channels = endorsed if isinstance(endorsed, list) else []
        found.append((kid, SigningKey(key, frozenset(name for name in channels if isinstance(name, str)))))
    return found
