"""The stand-in for Microsoft's logins: the keys that activities are signed with, and tokens for apps."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web

from tests.support.teams.signing import ISSUER, public_jwk

OPENID, KEYS = "/openid/v1/.well-known/openidconfiguration", "/openid/v1/keys"
SECRET = "the-app-secret-of-these-tests"  # noqa: S105  the tests' own
_LIFE = 3599


@dataclass(slots=True)
class Login:
    """Publishes keys, gives tokens, counts what it was asked. `down` answers 503 to everything."""

    keys: list[dict[str, Any]] = field(default_factory=lambda: [public_jwk("first")])
    down: bool = False
    life: int = _LIFE
    """Seconds that tokens are good for."""
    secret: str = SECRET
    certificates: dict[str, bytes] = field(default_factory=dict)
    """Public keys, as files, by the thumbprint under which the app registered them."""
    asked: Counter[str] = field(default_factory=Counter)
    granted: list[Mapping[str, str]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""
        return [
            web.get(OPENID, self._metadata),
            web.get(KEYS, self._keys),
            web.get("/{tenant}/v2.0/.well-known/openid-configuration", self._authority),
            web.post("/{tenant}/oauth2/v2.0/token", self._token),
        ]

    def good(self, bearer: str) -> bool:
        """Whether a token is one that was given here."""
        with self.lock:
            return any(f"Bearer {one['token']}" == bearer for one in self.granted)

    async def _metadata(self, request: web.Request) -> web.Response:
        if answer := self._away("openid"):
            return answer
        where = f"http://{request.host}{KEYS}"
        return web.json_response({"issuer": ISSUER, "jwks_uri": where})

    async def _keys(self, _request: web.Request) -> web.Response:
        if answer := self._away("keys"):
            return answer
        with self.lock:
            return web.json_response({"keys": self.keys})

    async def _authority(self, request: web.Request) -> web.Response:
        if answer := self._away("authority"):
            return answer
        base = f"https://{request.host}/{request.match_info['tenant']}"
        said = {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
        }
        return web.json_response(said)

    async def _token(self, request: web.Request) -> web.Response:
        if answer := self._away("token"):
            return answer
        given = {name: str(value) for name, value in (await request.post()).items()}
        if fault := self._fault(given):
            return web.json_response({"error": "invalid_client", "error_description": fault}, status=401)
        with self.lock:
            bearer = f"token-{len(self.granted) + 1}-of-{request.match_info['tenant']}"
            self.granted.append({**given, "token": bearer, "tenant": request.match_info["tenant"]})
        said = {"token_type": "Bearer", "expires_in": self.life, "access_token": bearer}
        return web.json_response(said)

    def _fault(self, given: Mapping[str, str]) -> str:
        if given.get("grant_type") != "client_credentials" or not given.get("scope", "").endswith(
            "/.default"
        ):
            return "no such grant"
        if "client_assertion" in given:
            return self._assertion_fault(given["client_assertion"])
        return "" if given.get("client_secret") == self.secret else "the secret is wrong"

    def _assertion_fault(self, assertion: str) -> str:
        """Hold a signed assertion against the certificate whose thumbprint it names."""
        named = jwt.get_unverified_header(assertion).get("x5t#S256", "")
        known = self.certificates.get(named)
        if known is None:
            return "there is no such certificate"
        try:
            jwt.decode(assertion, known.decode(), algorithms=["PS256"], options={"verify_aud": False})
        except jwt.PyJWTError:
            return "the assertion is not signed with it"
        return ""

    def _away(self, what: str) -> web.Response | None:
        with self.lock:
            self.asked[what] += 1
            return web.Response(status=503) if self.down else None
