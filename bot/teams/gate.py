"""Lets in what Teams itself signed, for this app, from this school's tenant (promises S3, S19).

Stands before the SDK's own check, which lets through a token without an end, a body without an address to
answer, a channel that the key isn't for, other forms of the audience, and callers of any tenant. Nobody is
told why they were refused: the log says it in a word.
"""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import jwt

from bot.errors import SignpostError
from bot.logs import log
from bot.teams.hosts import Hosts, same
from bot.teams.keys import Keys, SigningKey

ISSUER = "https://api.botframework.com"
"""Who issues the tokens of activities."""
CHANNEL = "msteams"
LEEWAY = 300
"""Seconds by which our clock and Microsoft's may differ, as Microsoft says."""
_ALGORITHM = "RS256"
_REQUIRED = ["exp", "nbf", "iss", "aud"]
_LONGEST = 8192
_BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.ASCII)
_BROKEN = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError, AttributeError, KeyError)
"""What reading a token may end in that somebody made up."""


class RefusedError(SignpostError):
    """Not let in. `status` is 401 where the token is wrong, 403 where a good one doesn't allow this."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Gate:
    """Holds activities against the app's id, the tenants that it serves and the addresses it may answer."""

    def __init__(self, app_id: str, tenants: Iterable[str], *, keys: Keys, hosts: Hosts) -> None:
        self._app_id = app_id
        self._tenants = frozenset(one.strip().lower() for one in tenants if one.strip())
        self._keys = keys
        self._hosts = hosts

    async def judge(self, body: Mapping[str, Any], authorizations: list[str]) -> HTTPStatus:
        """OK where this may come in, else 401 or 403. A refusal is logged without a word of what came."""
        try:
            key, claims = await self._claims(authorizations)
            self._hold(body, claims, key)
        except RefusedError as refused:
            log.warning("teams_refused", status=str(int(refused.status)), reason=str(refused))
            return refused.status
        return HTTPStatus.OK

    async def _claims(self, authorizations: list[str]) -> tuple[SigningKey, Mapping[str, Any]]:
        """What the token says, once it is sure that it is a good one."""
        given = authorizations[0] if len(authorizations) == 1 else ""
        bearer = _BEARER.fullmatch(given) if len(given) <= _LONGEST else None
        if bearer is None:
            raise _bad("no-token")
        try:
            header = jwt.get_unverified_header(bearer[1])
        except _BROKEN as error:
            raise _bad("malformed") from error
        kid = header.get("kid")
        if header.get("alg") != _ALGORITHM or not isinstance(kid, str) or {"crit", "b64"} & header.keys():
            raise _bad("header")
        key = await self._keys.key(kid)
        if key is None:
            raise _bad("key")
        try:
            claims = jwt.decode(
                bearer[1],
                key.key,
                algorithms=[_ALGORITHM],
                audience=self._app_id,
                issuer=ISSUER,
                leeway=LEEWAY,
                options={"require": _REQUIRED, "strict_aud": True},
            )
        except _BROKEN as error:
            raise _bad("token") from error
        return key, claims

    def _hold(self, body: Mapping[str, Any], claims: Mapping[str, Any], key: SigningKey) -> None:
        """Hold the body against a good token."""
        signed, told = claims.get("serviceurl"), body.get("serviceUrl")
        if not isinstance(signed, str) or not signed:
            raise _bad("service-url-unsigned")
        if not isinstance(told, str) or not same(signed, told):
            raise _forbidden("service-url-differs")
        if not self._hosts.allow(told):
            raise _forbidden("service-url-not-listed")
        if body.get("channelId") != CHANNEL:
            raise _forbidden("channel")
        if CHANNEL not in key.endorsements:
            raise _forbidden("not-endorsed")
        tenants = tenants_of(body)
        if not tenants or not all(isinstance(one, str) and one.lower() in self._tenants for one in tenants):
            raise _forbidden("tenant")


def tenants_of(body: Mapping[str, Any]) -> list[object]:
    """Every tenant that an activity names, as it is given."""
    data, conversation = body.get("channelData"), body.get("conversation")
    tenant = data.get("tenant") if isinstance(data, Mapping) else None
    named = (
        tenant.get("id") if isinstance(tenant, Mapping) else tenant,
        conversation.get("tenantId") if isinstance(conversation, Mapping) else None,
    )
    return [one for one in named if one is not None]


def _bad(reason: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNAUTHORIZED, reason)


def _forbidden(reason: str) -> RefusedError:
    return RefusedError(HTTPStatus.FORBIDDEN, reason)
