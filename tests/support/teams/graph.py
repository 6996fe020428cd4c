"""A stand-in Microsoft Graph on loopback: users, groups within groups, presence, and its bad days.

    with GraphStandIn(people_of(directory())) as graph:
        settings = {"SIGNPOST_GRAPH_URL": graph.url}
        graph.groups[STAFF_GROUP] = {account_of("tom")}
        graph.refuse = {"/users": 403}; graph.busy = 2; graph.hang = True; graph.down = True

It takes the one `TOKEN`, or those that `takes` says are good; it answers with pages of
`page` entries, and keeps every call.
"""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import md5
from typing import Any, Self
from uuid import UUID

from aiohttp import web

from bot.reporting.people import Directory
from tests.support.processes import LOOPBACK
from tests.support.slack.running import Running

TOKEN = "graph-token"  # noqa: S105  the stand-in's own
STAFF_GROUP = "5aff0000-0000-4000-8000-000000000001"
PUPILS_GROUP = "b0b00000-0000-4000-8000-000000000002"
_FIELDS = {"id", "displayName", "mail", "userPrincipalName", "accountEnabled", "userType"}
_MOST_GROUPS, _MOST_IDS, _MOST_ON_PAGE = 20, 650, 999


@dataclass(frozen=True, slots=True)
class Entry:
    """An account of the stand-in's tenant."""

    id: str
    name: str
    mail: str | None = None
    sign_in: str = ""
    enabled: bool = True
    guest: bool = False

    @property
    def row(self) -> dict[str, Any]:
        """As Graph tells it."""
        return {
            "@odata.type": "#microsoft.graph.user",
            "id": self.id,
            "displayName": self.name,
            "mail": self.mail,
            "userPrincipalName": self.sign_in or self.mail or f"{self.id}@oakfield.example",
            "accountEnabled": self.enabled,
            "userType": "Guest" if self.guest else "Member",
        }


@dataclass(frozen=True, slots=True)
class Call:
    """One call that came in."""

    method: str
    path: str
    query: dict[str, str]
    body: Any = None


def account_of(name: str) -> str:
    """An Entra object id for a name, always the same one."""
    return str(UUID(bytes=md5(name.encode(), usedforsecurity=False).digest(), version=4))


def people_of(directory: Directory) -> list[Entry]:
    """An account for everybody in a schools file: the one it names, else one made from their id."""
    return [
        Entry(one.accounts.get("teams", account_of(one.id)), one.name, one.email)
        for one in directory.people.values()
    ]


class GraphStandIn:
    """A tenant's Graph. `groups` maps a group's id to the ids of its members, other groups among them."""

    def __init__(
        self, people: Iterable[Entry] = (), *, takes: Callable[[str], bool] = f"Bearer {TOKEN}".__eq__
    ) -> None:
        self._takes = takes
        self.people = {one.id: one for one in people}
        self.groups: dict[str, set[str]] = {STAFF_GROUP: set(), PUPILS_GROUP: set()}
        self.calls: list[Call] = []
        self.page = 100
        self.refuse: dict[str, int] = {}
        """Status to answer with, by the last part of the path."""
        self.busy = 0
        """So many calls more are answered with 429."""
        self.retry_after = "1"
        self.hang = self.down = False
        self.garbage: bytes | None = None
        self.elsewhere = ""
        """Where the next page is said to be, instead of here."""
        self.endless = False
        self._running = Running([web.route("*", "/{path:.*}", self._answer)], self._nothing)

    def __enter__(self) -> Self:
        self._running.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.stop()

    @property
    def url(self) -> str:
        """What `SIGNPOST_GRAPH_URL` is set to."""
        return f"http://{LOOPBACK}:{self._running.port}"

    def add(self, name: str, mail: str | None = None, **more: Any) -> str:
        """Add an account; returns its id."""
        entry = Entry(account_of(name), name, mail, **more)
        self.people[entry.id] = entry
        return entry.id

    def asked(self, end: str) -> list[Call]:
        """The calls whose path ends so."""
        return [one for one in self.calls if one.path.endswith(end)]

    @staticmethod
    async def _nothing() -> None:
        return None

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        self.calls.append(Call(request.method, request.path, dict(request.query), body))
        if self.hang:
            await asyncio.sleep(60)
        if self.down:
            return _refusal(500, "generalException")
        if self.garbage is not None:
            return web.Response(body=self.garbage)
        if not self._takes(request.headers.get("Authorization", "")):
            return _refusal(401, "InvalidAuthenticationToken")
        if self.busy:
            self.busy -= 1
            return _refusal(429, "TooManyRequests", {"Retry-After": self.retry_after})
        status = self.refuse.get("/" + request.path.rpartition("/")[2])
        if status is not None:
            return _refusal(status, "Authorization_RequestDenied")
        return self._said(request, body)

    def _said(self, request: web.Request, body: Any) -> web.Response:
        match request.method, request.path.split("/")[1:]:
            case "GET", ["v1.0", "users"]:
                return self._page(request, [one.row for one in self.people.values()])
            case "GET", ["v1.0", "users", account]:
                entry = self.people.get(account)
                return web.json_response(entry.row) if entry else _refusal(404, "Request_ResourceNotFound")
            case "POST", ["v1.0", "users", account, "checkMemberGroups"]:
                return self._check(account, body)
            case "GET", ["v1.0", "groups", group, "transitiveMembers"] if group in self.groups:
                return self._page(request, self._members(group))
            case "POST", ["v1.0", "communications", "getPresencesByUserId"]:
                ids = body["ids"]
                assert len(ids) <= _MOST_IDS, "Graph takes no more"
                return web.json_response({"value": [{"id": one, "availability": "Busy"} for one in ids]})
        return _refusal(404, "Request_ResourceNotFound")

    def _check(self, account: str, body: Any) -> web.Response:
        assert len(body["groupIds"]) <= _MOST_GROUPS, "Graph takes no more"
        if account not in self.people:
            return _refusal(404, "Request_ResourceNotFound")
        found = [one for one in body["groupIds"] if account in self._within(one, set())]
        return web.json_response({"value": found})

    def _members(self, group: str) -> list[dict[str, Any]]:
        rows = [{"@odata.type": "#microsoft.graph.user", "id": one} for one in self._within(group, set())]
        inner = [one for one in self.groups[group] if one in self.groups]
        return rows + [{"@odata.type": "#microsoft.graph.group", "id": one} for one in inner]

    def _within(self, group: str, seen: set[str]) -> set[str]:
        if group in seen:
            return set()
        members = self.groups.get(group, set())
        inner = [self._within(one, {*seen, group}) for one in members if one in self.groups]
        return {one for one in members if one not in self.groups}.union(*inner)

    def _page(self, request: web.Request, rows: list[dict[str, Any]]) -> web.Response:
        asked = int(request.query.get("$top", "100"))
        assert asked <= _MOST_ON_PAGE, "Graph takes no more"
        fields = set(request.query.get("$select", "").split(",")) - {""}
        assert fields <= _FIELDS, f"Graph knows no {fields - _FIELDS}"
        start, size = int(request.query.get("$skiptoken", "0")), min(asked, self.page)
        shown = rows[start : start + size]
        answer: dict[str, Any] = {"value": shown}
        if start + size < len(rows) or self.endless:
            following = 0 if self.endless else start + size
            more = "&".join(f"{key}={value}" for key, value in request.query.items() if key != "$skiptoken")
            here = f"{self.url}{request.path}?{more}&$skiptoken={following}"
            answer["@odata.nextLink"] = self.elsewhere or here
        return web.json_response(answer)


def _refusal(status: int, code: str, headers: dict[str, str] | None = None) -> web.Response:
    said = json.dumps({"error": {"code": code, "message": "what somebody wrote"}})
    return web.Response(status=status, text=said, content_type="application/json", headers=headers)
