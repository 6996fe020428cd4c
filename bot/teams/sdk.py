"""The only door to Microsoft's Teams SDK: activities come in through it, and what we send goes out by it.

Importing the SDK reads whatever `.env` lies about, and its options are read from the environment where they
aren't given; its logs hold whole activities. None of that happens here.
"""

import asyncio
import json
import logging
import warnings
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import dotenv

from bot.logs import log
from bot.teams import replies
from bot.teams.activity import Activity, Sort
from bot.teams.gate import Gate
from bot.teams.hosts import HOME, Hosts
from bot.teams.keys import Keys
from bot.teams.reading import CARD_ACTION, MalformedError, read, skeleton
from bot.wording import chat

if TYPE_CHECKING:
    from microsoft_teams.api.clients.conversation import ConversationClient
    from microsoft_teams.apps import App
    from microsoft_teams.apps.http.adapter import HttpRequest, HttpResponse, HttpRouteHandler
    from microsoft_teams.common import Client

Json = dict[str, Any]
Handle = Callable[[Activity], Awaitable[Mapping[str, Any] | None]]
"""Acts on an activity; for an invoke it gives the answer's body."""
Reply = tuple[int, Mapping[str, str], bytes]
Receive = Callable[[bytes, list[tuple[str, str]]], Awaitable[Reply]]
_PATH = "/api/messages"
_JSON = {"content-type": "application/json"}
_LOUD = ("microsoft_teams", "microsoft_teams.common.http.client", "httpx", "httpcore", "opentelemetry")


@dataclass(slots=True)
class _Turn:
    """An activity on its way through the SDK, and what came of it."""

    activity: Activity
    acted: bool = False
    answer: Mapping[str, Any] | None = None


_turn: ContextVar[_Turn] = ContextVar("teams_turn")


class Endpoint:
    """Teams' way in. Open it on the event loop before use.

    `tenants` are the school's; `handle` is called for each activity that passed the gate and the SDK.
    """

    def __init__(
        self, app_id: str, tenants: Iterable[str], handle: Handle, *, keys: Keys, hosts: Hosts
    ) -> None:
        self._app_id = app_id
        self._tenants = tuple(tenants)
        self._handle = handle
        self._keys = keys
        self._gate = Gate(app_id, self._tenants, keys=keys, hosts=hosts)
        self._door: HttpRouteHandler | None = None

    async def open(self) -> None:
        """Make the SDK ready, and have the keys fetched without waiting for them."""
        adapter = _Adapter()
        await asyncio.to_thread(_load)  # a second and more
        app = _app(self._app_id, self._tenants[0] if self._tenants else "", adapter)
        app.on_activity(self._act)
        await app.initialize()
        _lend(app, self._keys)
        self._door = adapter.door
        self._keys.begin()

    async def close(self) -> None:
        """Take nothing more."""
        self._door = None
        await self._keys.close()

    async def receive(self, body: bytes, headers: list[tuple[str, str]]) -> Reply:
        """Take a request: 400 for what is no activity, 401 or 403 for what Teams didn't mean for us (S3)."""
        given = [value for name, value in headers if name.lower() == "authorization"]
        parsed = _parsed(body)
        if parsed is None:
            return _said(HTTPStatus.BAD_REQUEST)
        status = await self._gate.judge(parsed, given)
        if status is not HTTPStatus.OK or self._door is None:
            return _said(status if status is not HTTPStatus.OK else HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            activity = read(parsed)
        except MalformedError as error:
            log.warning("teams_malformed", reason=str(error))
            return _said(HTTPStatus.BAD_REQUEST)
        return await self._through(self._door, activity, given[0])

    async def _through(self, door: "HttpRouteHandler", activity: Activity, authorization: str) -> Reply:
        """Hand an activity to the SDK, which holds its token against the same keys once more."""
        turn = _Turn(activity)
        token = _turn.set(turn)
        try:
            request: HttpRequest = {
                "body": skeleton(activity),
                "headers": {"authorization": authorization},
            }
            answered: HttpResponse = await door(request)
        finally:
            _turn.reset(token)
        if turn.acted:
            return _said(HTTPStatus.OK, turn.answer)
        log.warning("teams_malformed", reason="sdk", status=str(answered["status"]))
        refused = answered["status"] == HTTPStatus.UNAUTHORIZED
        return _said(HTTPStatus.UNAUTHORIZED if refused else HTTPStatus.BAD_REQUEST)

    async def _act(self, _context: object) -> None:
        """Act on the activity of this turn; what goes wrong is logged without words, and nothing claimed."""
        turn = _turn.get()
        turn.acted = True
        try:
            turn.answer = await self._handle(turn.activity)
        except Exception as error:  # noqa: BLE001  the edge: whatever it was, nothing is claimed
            log.error("teams_handler_failed", kind=turn.activity.sort.value.lower(), exc_info=error)
            turn.answer = _broken(turn.activity)


def _broken(activity: Activity) -> replies.Reply | None:
    """The answer to an invoke that came to grief, of the invoke's own kind."""
    if activity.sort is not Sort.INVOKE:
        return None
    say = replies.told if activity.name == CARD_ACTION else replies.last_word
    return say(chat.SOMETHING_BROKE)


class Connector:
    """Sends to Teams by the SDK's client. Errors are httpx's: `bot.teams.client` says what they mean."""

    def __init__(self, token: Callable[[], Awaitable[str]], *, tenant: str, seconds: float) -> None:
        self._token = token
        self._tenant = tenant
        self._seconds = seconds
        self._http: Client | None = None

    async def open(self) -> None:
        """Make the client and its connections."""
        await asyncio.to_thread(_load)  # a second and more
        self._http = _http(self._token, self._seconds)

    async def close(self) -> None:
        """Close them."""
        if self._http is not None:
            await self._http.http.aclose()
            self._http = None

    async def create(self, service_url: str, account: str) -> str:
        """Begin the conversation with one person, by their Entra id; gives its id."""
        from microsoft_teams.api import Account
        from microsoft_teams.api.clients.conversation.params import CreateConversationParams

        asked = CreateConversationParams(
            members=[Account(id=account)],
            tenant_id=self._tenant,
            channel_data={"tenant": {"id": self._tenant}},
        )
        made = await self._at(service_url).create(asked)
        return made.id

    async def send(self, service_url: str, conversation: str, activity: Json) -> str:
        """Put a message before them; gives its id, empty where Teams names none."""
        there = self._at(service_url)
        sent = await there.create_activity(quote(conversation, safe=""), _message(activity))
        return "" if sent.id == _placeholder() else sent.id

    async def update(self, service_url: str, conversation: str, message: str, activity: Json) -> None:
        """Put another in the place of a message."""
        where = (quote(conversation, safe=""), quote(message, safe=""))
        await self._at(service_url).update_activity(*where, _message(activity))

    def _at(self, service_url: str) -> "ConversationClient":
        from microsoft_teams.api.clients.conversation import ConversationClient

        if self._http is None:
            raise RuntimeError("the connector is used before it was opened")
        return ConversationClient(service_url, self._http)


class _Adapter:
    """The HTTP server that the SDK is told of: it serves nothing, and keeps the one door."""

    def __init__(self) -> None:
        self.door: HttpRouteHandler | None = None

    def register_route(self, method: str, path: str, handler: "HttpRouteHandler") -> None:
        """Keep the door to the messages."""
        if (method, path) == ("POST", _PATH):
            self.door = handler

    def serve_static(self, path: str, directory: str) -> None:
        """Nothing is served."""

    async def start(self, port: int) -> None:
        """Nothing is started: our own server listens."""

    async def stop(self) -> None:
        """Nothing was."""


class _Lent:
    """Our keys, as the SDK's own check asks for them: those that are here, fetched by nobody just then."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def get_signing_key_from_jwt(self, token: str) -> object:
        """The key that signed a token. Raises `KeyError`."""
        return self._keys.of_token(token).key


@cache
def _load() -> None:
    """Import the SDK with its eyes shut: no `.env`, no notices of previews, no logs."""
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    usual = dotenv.load_dotenv
    vars(dotenv)["load_dotenv"] = _no_file
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import microsoft_teams.apps  # noqa: F401  loaded for all who import from it after this
    finally:
        vars(dotenv)["load_dotenv"] = usual


def _no_file(*_: object, **__: object) -> bool:
    return False


def _app(app_id: str, tenant: str, adapter: _Adapter) -> "App":
    """The SDK's app. Every option is given, since it would look for the rest in the environment."""
    _load()
    from microsoft_teams.api import ApiClientSettings
    from microsoft_teams.api.auth.cloud_environment import PUBLIC
    from microsoft_teams.apps import App

    return App(
        client_id=app_id,
        tenant_id=tenant,
        token=_no_token,
        dangerously_allow_unauthenticated_requests=False,
        http_server_adapter=adapter,
        messaging_endpoint=_PATH,
        cloud=PUBLIC,
        service_url=HOME,
        api_client_settings=ApiClientSettings(oauth_url=PUBLIC.token_service_url),
        plugins=[],
        state=False,
        fetch_user_token=False,
        telemetry={"agent365": False},
    )


def _no_token(_scope: object, _tenant: object = None) -> None:
    """What is sent goes out by `Connector`: the app itself sends nothing."""


def _lend(app: "App", keys: Keys) -> None:
    """Have the SDK's check use our keys: its own fetch would hold up every conversation for seconds."""
    check = app.server._token_validator  # noqa: SLF001  the SDK has no other way to be given keys
    if check is None:
        raise RuntimeError("the SDK checks no tokens")
    vars(check._service_validator)["_jwks_client"] = _Lent(keys)  # noqa: SLF001  see above


def _http(token: Callable[[], Awaitable[str]], seconds: float) -> "Client":
    _load()
    from microsoft_teams.common import Client, ClientOptions

    return Client(ClientOptions(timeout=seconds, token=token))


def _message(activity: Json) -> Any:
    """A message as the SDK has it; the card stays the plain data that it is, which its models would bend."""
    from microsoft_teams.api.activities.message import MessageActivityInput

    return MessageActivityInput.model_validate({"type": "message", **activity})


@cache
def _placeholder() -> str:
    """What the SDK gives as a message's id where Teams named none."""
    from microsoft_teams.api.clients.conversation import activity

    return str(vars(activity).get("_PLACEHOLDER_ACTIVITY_ID", ""))


def _parsed(body: bytes) -> Json | None:
    """The body as an object of JSON; None where it is none."""
    try:
        found = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        log.warning("teams_malformed", reason="no-json")
        return None
    if not isinstance(found, dict):
        log.warning("teams_malformed", reason="no-object")
        return None
    return found


def _no_number(_name: str) -> None:
    raise ValueError("no number of JSON's")


def _said(status: HTTPStatus, answer: Mapping[str, Any] | None = None) -> Reply:
    if answer is None:
        return status.value, {}, b""
    return status.value, _JSON, json.dumps(dict(answer)).encode()
