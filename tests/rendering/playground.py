"""Microsoft's local Teams client for several people at once, with a signing proxy between it and the app.

One client process is one person. The client sends no token, so that whatever it sends passes through here
and is signed as Teams would sign it: the app's gate stays as it is. What the app sends must carry a token
that the stand-in's login gave, and goes on to whose conversation it is. The client is Microsoft's and its
licence allows to try it out: it is fetched for the occasion and never kept.
"""

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml
from aiohttp import ClientSession, web

from tests.support.processes import LOOPBACK, bare_environment, free_port
from tests.support.slack.running import Running
from tests.support.teams import signing
from tests.support.teams.login import OPENID, SECRET, Login
from tests.support.teams.people import User
from tests.support.waiting import wait_for

CLIENT = "@microsoft/m365agentsplayground@0.2.28"
_SERVICE = "/uk"
_OTHERS = 5
"""Users that the client's file must name beside its own: it takes no more and no fewer."""
_START = 30.0
Json = dict[str, Any]


class Playground:
    """The proxy, and one client for each person. `app` is where activities go, once the app runs."""

    def __init__(self, folder: Path, players: Iterable[User], others: Iterable[User]) -> None:
        self._folder = folder
        self._players = {one.name: one for one in players}
        self._others = tuple(others)
        self._ports = {name: free_port() for name in self._players}
        self._login = Login()
        self._sent: ClientSession | None = None
        self.app = ""
        self.heard: list[str] = []
        """What came by: a word for each activity of the clients' and each call of the app's, with a status."""
        self._running = Running([*self._routes(), *self._login.routes()], self._close)

    @property
    def origin(self) -> str:
        """Where the proxy listens."""
        return f"http://{LOOPBACK}:{self._running.port}"

    @property
    def service_url(self) -> str:
        """The connector's address, the same for everybody, as activities name it."""
        return f"{self.origin}{_SERVICE}"

    @property
    def settings(self) -> dict[str, str]:
        """The settings with which the program takes what comes from here, and from nobody else."""
        return {
            "TEAMS_APP_ID": signing.APP,
            "TEAMS_APP_SECRET": SECRET,
            "TEAMS_TENANT_ID": signing.TENANT,
            "SIGNPOST_TEAMS_OPENID_URL": f"{self.origin}{OPENID}",
            "SIGNPOST_TEAMS_LOGIN_URL": self.origin,
            "SIGNPOST_TEAMS_SERVICE_URLS": self.service_url,
            "SIGNPOST_GRAPH_URL": f"{self.origin}/no-graph",
        }

    def address(self, name: str) -> str:
        """Where somebody's client shows itself."""
        return f"http://{LOOPBACK}:{self._ports[name]}/"

    @contextmanager
    def listening(self) -> Iterator[None]:
        """The proxy alone, so that the app can be started with its address."""
        self._running.start()
        try:
            yield
        finally:
            self._running.stop()

    @contextmanager
    def clients(self) -> Iterator[None]:
        """Install the client, and run one for each person; all are ready inside."""
        self._folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(self._folder), CLIENT]
        subprocess.run(install, timeout=300, check=True, capture_output=True)
        with ExitStack() as running:
            for name in self._players:
                running.callback(_end, self._start(name))
            for name in self._players:
                wait_for(lambda at=self.address(name): _answers(at), bool, within=_START, what="the client")
            yield

    def _start(self, name: str) -> "subprocess.Popen[bytes]":
        place = self._folder / name
        place.mkdir()
        made = self._config(self._players[name])
        (place / ".m365agentsplayground.yml").write_text(yaml.safe_dump(made), encoding="utf-8")
        program = self._folder / "node_modules" / ".bin" / "agentsplayground"
        command = [str(program), "-c", "msteams", "-p", str(self._ports[name]), "--disable-telemetry"]
        where = ["-e", f"{self.origin}/{name}/api/messages", "--service-url", self.service_url]
        with (place / "client.log").open("wb") as log:
            quiet: Json = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
            environment = {**bare_environment(), "BROWSER": "none"}
            return subprocess.Popen([*command, *where], cwd=place, env=environment, **quiet)

    def _config(self, player: User) -> Json:
        """The client's own file: who sits before it, and who else there is."""
        others = [one for one in (*self._players.values(), *self._others) if one != player][:_OTHERS]
        return {
            "version": "0.1.1",
            "tenantId": signing.TENANT,
            "bot": {"id": f"28:{signing.APP}", "name": "Signpost"},
            "currentUser": _user(player),
            "users": [_user(one) for one in others],
            "personalChat": {"id": f"{player.name}-own"},
            "groupChat": {"id": f"{player.name}-group", "name": "Year 9 team"},
            "team": {
                "id": f"{player.name}-team",
                "name": "Oak Primary",
                "aadGroupId": "5aff0000-0000-4000-8000-000000000031",
                "channels": [{"id": f"{player.name}-notices", "name": "Notices"}],
            },
        }

    def _routes(self) -> list[web.RouteDef]:
        return [
            web.post("/{name}/api/messages", self._to_app),
            web.post(f"{_SERVICE}/v3/conversations", self._begin),
            web.route("*", _SERVICE + "/v3/conversations/{conversation}/{more:.*}", self._to_client),
        ]

    async def _to_app(self, request: web.Request) -> web.Response:
        """Sign what a client sends, and hand it on."""
        body = await request.read()
        signed = signing.token(signing.claims(self.service_url))
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {signed}"}
        answer = await self._pass("POST", self.app, body, headers)
        said = await request.json()
        self.heard.append(f"{request.match_info['name']}: {said.get('type')} {said.get('name', '')} {answer.status}")
        return answer

    async def _begin(self, request: web.Request) -> web.Response:
        """Begin a conversation with somebody: the one that their client has."""
        named = (await request.json())["members"][0]["id"]
        player = next((one for one in self._players.values() if one.account == named), None)
        if not self._login.good(request.headers.get("Authorization", "")):
            return web.Response(status=401)
        if player is None:
            return web.json_response({"error": {"code": "BotNotInConversationRoster"}}, status=403)
        return web.json_response({"id": f"{player.name}-own"}, status=201)

    async def _to_client(self, request: web.Request) -> web.Response:
        """Hand on what the app sends to whose conversation it is."""
        if not self._login.good(request.headers.get("Authorization", "")):
            return web.Response(status=401)
        owner = request.match_info["conversation"].partition("-")[0]
        if owner not in self._ports:
            return web.json_response({"error": {"code": "ConversationNotFound"}}, status=404)
        path = str(request.rel_url).removeprefix(_SERVICE)
        url = f"{self.address(owner)}_connector{path}"
        headers = {"Content-Type": "application/json"}
        answer = await self._pass(request.method, url, await request.read(), headers)
        self.heard.append(f"app to {owner}: {request.method} {answer.status}")
        return answer

    async def _pass(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> web.Response:
        if self._sent is None:
            self._sent = ClientSession()
        async with self._sent.request(method, url, data=body, headers=headers) as answer:
            said = await answer.read()
            return web.Response(status=answer.status, body=said, content_type=answer.content_type)

    async def _close(self) -> None:
        if self._sent is not None:
            await self._sent.close()


def _user(user: User) -> Json:
    first, _, last = user.real_name.partition(" ")
    return {
        "id": user.account,
        "name": user.real_name,
        "userPrincipleName": user.email,
        "aadObjectId": user.account,
        "givenName": first,
        "surname": last,
        "email": user.email,
    }


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
