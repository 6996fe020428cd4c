"""Addresses as settings write them, checked at start: databases, mail servers, web services, proxies.

No message here quotes what was written: an address may hold a password.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from pydantic import SecretStr

_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?", re.ASCII)
_STRANGE = re.compile(r"[\x00-\x20\x7f-\x9f]")
_SQLITE = "expected sqlite:///PATH (a file; not in memory, and no ? in it)"
_DATABASE = f"{_SQLITE} or postgresql://USER:PASSWORD@HOST/NAME (special characters in a password as %XX)"
_MAIL = "expected smtp://USER:PASSWORD@HOST:PORT (add ?starttls=never for a plain connection) or smtps://…"
_WEB = "expected https://HOST/…, or http:// to this machine, with no password, ? or # in it"


class Encryption(StrEnum):
    """How a connection to a mail server is kept private."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail goes out. With STARTTLS, a server that lacks it is refused, never used in clear."""

    host: str
    port: int
    encryption: Encryption
    user: str | None = None
    password: SecretStr | None = None


def database_url(text: str, folder: Path) -> str:
    """A database address in SQLAlchemy's form, a relative SQLite path taken from `folder`.

    Raises `ValueError`.
    """
    scheme, _, rest = text.partition("://")
    if scheme == "sqlite":
        return _sqlite(rest, folder)
    if scheme not in {"postgresql", "postgresql+psycopg"}:
        raise ValueError(_DATABASE)
    parts = _split(text, _DATABASE)
    if not parts.path.strip("/"):
        raise ValueError(_DATABASE)
    return f"postgresql+psycopg://{rest}"


def has_password(text: str) -> bool:
    """Whether an address may hold a password; in doubt, yes."""
    return "@" in text or "password=" in text


def mail_server(text: str) -> MailServer:
    """Read `smtp://` (STARTTLS unless to this machine or `?starttls=never`) or `smtps://`.

    Raises `ValueError`, also where a password would travel in clear to another machine.
    """
    parts = _split(text, _MAIL)
    query = parse_qs(parts.query, keep_blank_values=True)
    starttls = query.pop("starttls", [""])[-1]
    if parts.scheme not in {"smtp", "smtps"} or parts.path.strip("/") or parts.fragment or query:
        raise ValueError(_MAIL)
    host = _host(parts, _MAIL)
    encryption = _encryption(parts.scheme, starttls, near=_is_loopback(host))
    if parts.password and encryption is Encryption.NONE and not _is_loopback(host):
        raise ValueError("expected smtps:// or ?starttls=always: a password must not travel in clear")
    port = parts.port or {Encryption.TLS: 465, Encryption.STARTTLS: 587, Encryption.NONE: 25}[encryption]
    return MailServer(
        host,
        port,
        encryption,
        unquote(parts.username) if parts.username else None,
        SecretStr(unquote(parts.password)) if parts.password else None,
    )


def web_url(text: str) -> str:
    """A web address without its last slash: https, or http to this machine only. Raises `ValueError`."""
    parts = _split(text, _WEB)
    near = _is_loopback(_host(parts, _WEB))
    if parts.scheme != "https" and not (parts.scheme == "http" and near):
        raise ValueError(_WEB)
    if parts.username is not None or "?" in text or "#" in text:
        raise ValueError(_WEB)
    return text.rstrip("/")


def is_near(url: str) -> bool:
    """Whether a web address that was checked leads to this machine."""
    return _is_loopback(urlsplit(url).hostname or "")


def host(text: str) -> str:
    """A host name or address to listen on. Raises `ValueError`."""
    if not (_HOST.fullmatch(text) or _is_ip(text)):
        raise ValueError('expected a host name or an address, as in "127.0.0.1"')
    return text


def network(text: str) -> IPv4Network | IPv6Network:
    """An address or network of trusted proxies. Raises `ValueError`, also for everybody (`0.0.0.0/0`)."""
    try:
        found = ip_network(text)
    except ValueError:
        found = None
    if found is None or not found.prefixlen:
        raise ValueError("expected addresses or networks of your own proxies, as in 10.0.0.0/8")
    return found


def _sqlite(rest: str, folder: Path) -> str:
    path = (folder / rest.removeprefix("/")).as_posix()
    named = rest.removeprefix("/")
    in_memory = ":memory:" in named or named.startswith("file:")
    if not rest.startswith("/") or not named.strip("/") or in_memory or "?" in path or "\0" in path:
        raise ValueError(_DATABASE)
    return f"sqlite:///{path}"


def _split(text: str, expected: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        usable = parts.port != 0 and not _STRANGE.search(text)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(expected)
    return parts


def _host(parts: SplitResult, expected: str) -> str:
    found = parts.hostname or ""
    if not (_HOST.fullmatch(found) or _is_ip(found)):
        raise ValueError(expected)
    return found


def _encryption(scheme: str, starttls: str, *, near: bool) -> Encryption:
    if scheme == "smtps" and not starttls:
        return Encryption.TLS
    if scheme == "smtps" or starttls not in {"", "always", "never"}:
        raise ValueError(_MAIL)
    plain = starttls == "never" or (near and not starttls)
    return Encryption.NONE if plain else Encryption.STARTTLS


def _is_loopback(name: str) -> bool:
    return name == "localhost" or (_is_ip(name) and ip_address(name).is_loopback)


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
