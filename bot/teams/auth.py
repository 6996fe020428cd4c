"""Tokens for what we send to Teams and ask of Microsoft Graph: by secret, certificate or managed identity.

The only door to msal, whose constructor asks the login for its addresses: it is made when a token is first
wanted, in a thread, and everything it does is done there.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import msal

from bot.addresses import is_near
from bot.errors import SignpostError

LOGIN = "https://login.microsoftonline.com"
SYSTEM = "system"
"""What stands for the managed identity of the machine itself."""
_SECONDS = 4.0
_EARLY, _LEAST = 300.0, 5.0
"""Seconds before its end at which a token is no longer used, and for which one is used whatever its end."""
_KEY = re.compile(r"-----BEGIN ([A-Z]+ )?PRIVATE KEY-----.+?-----END ([A-Z]+ )?PRIVATE KEY-----", re.DOTALL)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")
_EXCHANGE = "api://AzureADTokenExchange"
_DEFAULT = "/.default"
_WORD = re.compile(r"[^a-z_-]")


class Scope(StrEnum):
    """What a token is for."""

    BOT = "https://api.botframework.com/.default"
    GRAPH = "https://graph.microsoft.com/.default"


class NoTokenError(SignpostError):
    """No token can be had now. The text is a short word for the reason, `code` the login's number for it.

    `refused`: the login answered, and will answer the same until somebody changes something.
    """

    def __init__(self, reason: str, *, code: int | None = None, refused: bool = False) -> None:
        super().__init__(reason)
        self.code = code
        self.refused = refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Who we are to Microsoft: one of the three ways in. `tenant` is where the app is registered.

    `certificate` is a PEM file with the private key in it. `identity` is the client id of a managed
    identity, or `system`; where it isn't the app itself, it vouches for the app.
    """

    app_id: str
    tenant: str
    secret: str | None = field(default=None, repr=False)
    certificate: str | None = field(default=None, repr=False)
    identity: str | None = None


class _Client(Protocol):
    """What both of msal's clients come down to here."""

    def __call__(self, scope: str) -> Mapping[str, Any]: ...


class Tokens:
    """Gives tokens, each kept until shortly before its end. `login_url` is another login, for tests."""

    def __init__(
        self,
        credential: Credential,
        *,
        login_url: str | None = None,
        seconds: float = _SECONDS,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._credential = credential
        self._login = login_url or LOGIN
        self._seconds = seconds
        self._now = now
        self._client: _Client | None = None
        self._kept: dict[Scope, tuple[str, float]] = {}
        self._asking: dict[Scope, asyncio.Task[str]] = {}

    async def for_bot(self) -> str:
        """A token to send with. Raises `NoTokenError`."""
        return await self.token(Scope.BOT)

    async def for_graph(self) -> str:
        """A token to ask Microsoft Graph with. Raises `NoTokenError`."""
        return await self.token(Scope.GRAPH)

    async def token(self, scope: Scope) -> str:
        """A token; many who ask at once wait for one. Raises `NoTokenError`."""
        kept = self._kept.get(scope)
        if kept is not None and self._now() < kept[1]:
            return kept[0]
        asking = self._asking.get(scope)
        if asking is None or asking.done():
            asking = asyncio.get_running_loop().create_task(self._ask(scope), name="teams-token")
            self._asking[scope] = asking
            asking.add_done_callback(_seen)
        return await asyncio.shield(asking)

    def drop(self, scope: Scope) -> None:
        """Use the token that is kept no more: a service refused it. msal keeps one too, and forgets it so."""
        self._kept.pop(scope, None)
        self._client = None

    async def _ask(self, scope: Scope) -> str:
        began = self._now()
        answer = await asyncio.to_thread(self._answer, scope)
        found, life = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(found, str) or not found:
            raise _refusal(answer)
        seconds = float(life) if isinstance(life, int | float) else 0.0
        self._kept[scope] = (found, began + max(_LEAST, seconds - _EARLY))
        return found

    def _answer(self, scope: Scope) -> Mapping[str, Any]:
        """What the login says. In a thread of its own."""
        try:
            if self._client is None:
                self._client = _made(self._credential, self._login, self._seconds)
            return self._client(scope.value)
        except NoTokenError:
            raise
        except Exception as error:
            # msal raises whatever its parts raise, with words of the login's in it.
            raise NoTokenError("unavailable") from error


def _made(credential: Credential, login: str, seconds: float) -> _Client:
    logging.getLogger("msal").setLevel(logging.CRITICAL)
    if credential.identity is not None:
        return _managed(credential, credential.identity, login=login, seconds=seconds)
    if credential.certificate is not None:
        return _confidential(credential, _signing(credential.certificate), login=login, seconds=seconds)
    if credential.secret is None:
        raise NoTokenError("no-credential", refused=True)
    return _confidential(credential, credential.secret, login=login, seconds=seconds)


def _confidential(credential: Credential, proof: object, *, login: str, seconds: float) -> _Client:
    app = msal.ConfidentialClientApplication(
        credential.app_id,
        client_credential=proof,
        authority=f"https://{urlsplit(login).netloc}/{credential.tenant}",
        http_client=_Wire(login, seconds),
        instance_discovery=False,  # the login is Microsoft's own or a setting: nobody else names it
    )

    def ask(scope: str) -> Mapping[str, Any]:
        return dict(app.acquire_token_for_client(scopes=[scope]) or {})

    return ask


def _managed(credential: Credential, identity: str, *, login: str, seconds: float) -> _Client:
    own = msal.SystemAssignedManagedIdentity() if identity == SYSTEM else None
    client = msal.ManagedIdentityClient(
        own or msal.UserAssignedManagedIdentity(client_id=identity),
        http_client=_Wire(login, seconds, proxies=False),
    )

    def ask(scope: str) -> Mapping[str, Any]:
        return dict(client.acquire_token_for_client(resource=scope.removesuffix(_DEFAULT)) or {})

    if identity == credential.app_id:
        return ask

    def vouched() -> str:
        answer = ask(_EXCHANGE)
        if "access_token" not in answer:
            raise _refusal(answer)
        return str(answer["access_token"])

    return _confidential(credential, {"client_assertion": vouched}, login=login, seconds=seconds)


def _signing(pem: str) -> dict[str, str]:
    """The key and the certificate of a file; msal computes the thumbprint. Raises `NoTokenError`."""
    key, certificate = _KEY.search(pem), _CERTIFICATE.search(pem)
    if key is None or certificate is None:
        raise NoTokenError("certificate-without-key" if certificate else "no-certificate", refused=True)
    return {"private_key": key[0], "public_certificate": certificate[0]}


def _refusal(answer: Mapping[str, Any]) -> NoTokenError:
    """What a refusal says, without its sentences: they name the app and the tenant."""
    codes = answer.get("error_codes")
    code = codes[0] if isinstance(codes, list) and codes and isinstance(codes[0], int) else None
    word = _WORD.sub("", str(answer.get("error", "")).lower())[:40]
    return NoTokenError(word.replace("_", "-") or "refused", code=code, refused=True)


def _seen(task: "asyncio.Task[str]") -> None:
    """Look at how a task ended, lest the loop complain where everybody who asked has gone away."""
    if not task.cancelled():
        task.exception()


class _Wire:
    """What msal calls the login with: patience that ends, no redirects, and http only to this machine.

    Each call has a connection of its own: there are a few in an hour.
    """

    def __init__(self, login: str, seconds: float, *, proxies: bool = True) -> None:
        self._seconds = seconds
        self._proxies = proxies
        self._near = urlsplit(login).netloc if login.startswith("http://") and is_near(login) else None

    def get(self, url: str, **more: Any) -> httpx.Response:
        """Ask."""
        return self._call("GET", url, more)

    def post(self, url: str, **more: Any) -> httpx.Response:
        """Send."""
        return self._call("POST", url, more)

    def close(self) -> None:
        """Nothing is kept open."""

    def _call(self, method: str, url: str, more: Mapping[str, Any]) -> httpx.Response:
        known = {name: value for name, value in more.items() if name in {"params", "data", "headers"}}
        if isinstance(data := known.get("data"), Mapping):
            # A signed assertion comes as bytes, which httpx would write out as Python does.
            known["data"] = {name: _text(value) for name, value in data.items()}
        with httpx.Client(timeout=self._seconds, trust_env=self._proxies) as client:
            return client.request(method, self._to(url), **known)

    def _to(self, url: str) -> str:
        """The address as it is. msal makes every login https; one on this machine may not be."""
        if self._near is not None and urlsplit(url).netloc == self._near:
            return url.replace("https://", "http://", 1)
        return url


def _text(value: object) -> object:
    return value.decode() if isinstance(value, bytes) else value
