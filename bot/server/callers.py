"""Who is asking: this machine, or whoever knows a token. A page from elsewhere, open here, is neither.

A browser on this machine calls us from loopback whatever site it shows. So the name it calls us by must be
ours (a hostile site can have its own name lead here: DNS rebinding), and so must the page it calls from.
"""

import hmac
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

_PASSED_ON = ("forwarded", "via", "x-real-ip")
_PASSED_ON_PREFIX = "x-forwarded-"


@dataclass(frozen=True, slots=True)
class Gate:
    """Before the console page: it opens to this machine alone, and there to whoever knows the token.

    `host` is the name or address that we were told to listen on.
    """

    token: str
    host: str

    def near(self, request: Request) -> bool:
        """Whether a request is from this machine."""
        return from_this_machine(request, self.host)

    def open_to(self, request: Request) -> bool:
        """Whether it also bears the token."""
        return self.near(request) and bears(request, self.token)


def bears(request: Request, token: str) -> bool:
    """Whether a request carries a token in its Authorization header. Nobody bears an empty one."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and same(given.strip(), token)


def same(given: str, secret: str) -> bool:
    """Whether a secret was given; takes as long wherever they differ. Nothing is never a secret."""
    return hmac.compare_digest(given.encode(), secret.encode()) and bool(secret)


def from_this_machine(request: Request, host: str) -> bool:
    """Whether the peer is on loopback with no proxy between, and calls us by a name of ours from our page.

    `host` is the name or address that we were told to listen on.
    """
    headers = request.headers
    if any(name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIX) for name in headers):
        return False
    if request.client is None or not _is_loopback(request.client.host):
        return False
    called = headers.getlist("host")
    if len(called) != 1 or not _is_ours(called[0], host):
        return False
    return all(_netloc(origin) == called[0].lower() for origin in headers.getlist("origin"))


def _is_ours(called: str, host: str) -> bool:
    name = _name(called)
    return name == "localhost" or _is_loopback(name) or (bool(name) and name == host.lower())


def _name(called: str) -> str:
    """The name in a Host header, without the port; empty where it makes no sense."""
    try:
        return (urlsplit(f"//{called}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_loopback(text: str) -> bool:
    try:
        found = ip_address(text)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
