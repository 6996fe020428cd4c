"""Where Teams may be answered: Microsoft's own addresses and those that the settings add (promise S19)."""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from bot.addresses import is_near

HOME = "https://smba.trafficmanager.net/teams"
"""Where a conversation is begun with somebody from whom nothing has come yet."""
_MICROSOFT = frozenset(
    {
        "smba.trafficmanager.net",
        "smba.onyx.prod.teams.trafficmanager.net",
        "smba.infra.gcc.teams.microsoft.com",
    }
)
"""Those that Microsoft's own SDKs allow, whole: anybody may have another name under `trafficmanager.net`."""
_PLAIN = re.compile(r"https?://[A-Za-z0-9.\[\]:-]{1,260}(/[A-Za-z0-9._~/-]{0,300})?", re.ASCII)
_PORTS = {"http": 80, "https": 443}
_Origin = tuple[str, str, int]


class Hosts:
    """The addresses that what we send may go to. `listed` were checked when the settings were read."""

    def __init__(self, listed: Iterable[str] = ()) -> None:
        found = tuple(listed)
        self._origins = frozenset(_origin(urlsplit(one)) for one in found)
        self.home = next(iter(found), HOME)
        """Where conversations are begun: the first that is listed, else Microsoft's."""

    def allow(self, url: str) -> bool:
        """Whether this is one of them. One that reads differently to different readers is none."""
        if not _PLAIN.fullmatch(url):
            return False
        try:
            parts = urlsplit(url)
            origin = _origin(parts)
        except ValueError:
            return False
        if origin in self._origins:
            return origin[0] == "https" or is_near(url)
        return origin[0] == "https" and origin[1] in _MICROSOFT and origin[2] == _PORTS["https"]


def same(one: str, other: str) -> bool:
    """Whether two addresses of a service are the same one; a slash at the end makes none of them another."""
    return one.rstrip("/") == other.rstrip("/")


def _origin(parts: SplitResult) -> _Origin:
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme, 0)
