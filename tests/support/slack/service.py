"""The stand-in's Web API over HTTP: the token, the arguments, the scripted misbehaviour, the record."""

import asyncio
import json
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from tests.support.slack.behaviour import SENDING, Fault, Patience
from tests.support.slack.methods import METHODS, Method, check_scopes
from tests.support.slack.record import Call
from tests.support.slack.shapes import Refusal, at
from tests.support.slack.space import Args, Space
from tests.support.slack.workspace import direct_id

BOT_TOKEN = "xoxb-stand-in"  # noqa: S105  the stand-in's own
APP_TOKEN = "xapp-stand-in"  # noqa: S105  the same
SIGNING_SECRET = "the-stand-in-signs-with-this"  # noqa: S105  the same
_AS_JSON = {"blocks", "attachments", "metadata", "view", "prompts", "loading_messages"}
_UNREADABLE = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}
_CLOSE, _HANG = "the connection is closed", "no answer ever comes"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: `status` and a body, or (`silence`) nothing at all."""

    body: Any = None
    status: int = 200
    retry_after: int = 0
    silence: str = ""


class Service:
    """Answers the app's calls. `connect` is `apps.connections.open`; `heard` is told of each message."""

    def __init__(self, space: Space, lock: threading.RLock) -> None:
        self.space, self.lock = space, lock
        self.calls: list[Call] = []
        self.patience = Patience()
        self.faults: list[str] = []
        self.bot_token, self.app_token = BOT_TOKEN, APP_TOKEN
        self.connect: Callable[[], dict[str, Any]] = lambda: {"url": ""}
        self.posted: Callable[[str, Mapping[str, Any]], None] = lambda _method, _result: None

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""
        return [web.route("*", "/api/{method}", self._api), web.post("/response/{token}", self._response)]

    async def _api(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        began, wall = time.monotonic(), time.time()
        with self.lock:
            call = Call(began, wall, request.match_info["method"], {}, 200)
            answer, call = self._safely(call, request, body)
            self.calls.append(call)
            after, granted = self.space.behaviour.latency, self.space.behaviour.scopes
        return await _given(request, answer, after, granted)

    def _safely(self, call: Call, request: web.Request, body: bytes) -> tuple[Answer, Call]:
        try:
            return self._answered(call, request, body)
        except Exception:  # noqa: BLE001  the thread's edge: a fault of the stand-in's own is told by `stop`
            self.faults.append(traceback.format_exc())
            return Answer("the stand-in itself is at fault", 500), replace(call, status=500)

    def _answered(self, call: Call, request: web.Request, body: bytes) -> tuple[Answer, Call]:
        if answer := self._no_platform():
            return answer, replace(call, status=0 if answer.silence else answer.status)
        try:
            args = _arguments(request, body)
            call = replace(call, args={key: value for key, value in args.items() if key != "token"})
            token = request.headers.get("Authorization", "").removeprefix("Bearer ") or args.get("token", "")
            return self._called(call, args, str(token))
        except Refusal as refusal:
            return Answer(refusal.row()), replace(call, error=refusal.code, said=refusal.messages)

    def _no_platform(self) -> Answer | None:
        if self.space.behaviour.refuse:
            return Answer(silence=_CLOSE)
        return Answer("the service is unavailable", 503) if self.space.behaviour.down else None

    def _called(self, call: Call, args: Args, token: str) -> tuple[Answer, Call]:
        if call.method == "apps.connections.open":
            self._check_token(token, self.app_token)
            return Answer({"ok": True, **self.connect()}), call
        method = METHODS.get(call.method)
        if method is None:
            raise Refusal("unknown_method", req_method=call.method)
        self._check_token(token, self.bot_token)
        call = self._located(call, args)
        fault, self.space.behaviour = self.space.behaviour.fault(call.method)
        if fault is not None:
            return _faulty(call, fault)
        if self._hangs(call, args):
            return Answer(silence=_HANG), replace(call, status=0)
        rate = self.space.behaviour.rate if call.method in SENDING else None
        wait, early = self.patience.wait(rate, call.channel, call.at)
        if wait:
            limited = replace(call, status=429, error="ratelimited", early=early)
            return Answer({"ok": False, "error": "ratelimited"}, 429, wait), limited
        return self._run(call, args, method)

    def _run(self, call: Call, args: Args, method: Method) -> tuple[Answer, Call]:
        check_scopes(self.space, method, args)
        _check_arguments(method, args)
        self.space.screens.trigger_life = self.space.behaviour.trigger_life
        result = method.run(self.space, args)
        self.posted(call.method, result)
        view = result.get("view", {})
        call = replace(
            call,
            channel=_id_of(result.get("channel")) or call.channel,
            user=self._owner(call, result),
            ts=str(result.get("message_ts") or result.get("ts") or ""),
            view=str(view.get("id", "")),
        )
        drops = self.space.behaviour.drop_after_accept
        if drops and call.accepted:
            self.space.behaviour = replace(self.space.behaviour, drop_after_accept=drops - 1)
            return Answer(silence=_CLOSE), replace(call, status=0)
        return Answer({"ok": True, **result}), call

    def _owner(self, call: Call, result: Mapping[str, Any]) -> str:
        view = result.get("view")
        if view is None:
            return call.user
        return next(one.user for one in reversed(self.space.screens.ever) if one.id == view["id"])

    def _check_token(self, given: str, right: str) -> None:
        if not given:
            raise Refusal("not_authed")
        if given != right:
            raise Refusal(
                "not_allowed_token_type" if given in {self.bot_token, self.app_token} else "invalid_auth"
            )

    def _located(self, call: Call, args: Args) -> Call:
        """The call with the conversation and the person that it is about, as far as they can be told."""
        user = str(args.get("user") or args.get("users") or args.get("user_id") or "")
        named = str(args.get("channel") or args.get("channel_id") or "")
        known = self.space.workspace.user(named)
        if known is not None:
            return replace(call, channel=direct_id(known), user=user or known.id)
        channel = self.space.workspace.channels.get(named)
        return replace(
            call,
            channel=channel.id if channel else named,
            user=user or (channel.user if channel else ""),
        )

    def _hangs(self, call: Call, args: Args) -> bool:
        user = self.space.workspace.user(call.user)
        about = {
            call.method,
            call.channel,
            call.user,
            str(args.get("channel", "")),
            user.name if user else "",
        }
        return bool(about & self.space.behaviour.hang)

    async def _response(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        began, wall = time.monotonic(), time.time()
        with self.lock:
            call = Call(began, wall, "response_url", {}, 200)
            answer = self._no_platform()
            if answer:
                call = replace(call, status=0 if answer.silence else answer.status)
            else:
                answer, call = self._responded(call, request.match_info["token"], body)
            self.calls.append(call)
            after = self.space.behaviour.latency
        return await _given(request, answer, after)

    def _responded(self, call: Call, token: str, body: bytes) -> tuple[Answer, Call]:
        from tests.support.slack.answers import respond

        try:
            said = _object(body)
            call = replace(call, args=said)
            reply = self.space.workspace.reply_to(token)
            call = replace(call, channel=reply.channel, user=reply.user)
            stamp = respond(self.space, reply, said)
        except Refusal as refusal:
            status = 404 if refusal.code in {"used_url", "expired_url", "no_active_hooks"} else 400
            return Answer(refusal.code, status), replace(
                call, status=status, error=refusal.code, said=refusal.messages
            )
        return Answer("ok"), replace(call, ts=stamp)


def _id_of(channel: Any) -> str:
    return str(channel["id"] if isinstance(channel, dict) else channel or "")


def _faulty(call: Call, fault: Fault) -> tuple[Answer, Call]:
    if fault.code:
        return Answer({"ok": False, "error": fault.code}), replace(call, error=fault.code)
    if fault.retry_after:
        limited = Answer({"ok": False, "error": "ratelimited"}, 429, fault.retry_after)
        return limited, replace(call, status=429, error="ratelimited")
    return Answer("something went wrong", fault.status), replace(call, status=fault.status, error="fault")


def _arguments(request: web.Request, body: bytes) -> dict[str, Any]:
    """A call's arguments, from the query, a form or JSON; what a form holds as JSON is read."""
    args: dict[str, Any] = dict(request.query)
    kind = request.content_type
    if not body:
        return _read_within(args)
    if kind == "application/json":
        try:
            said = json.loads(body)
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(said, dict):
            raise Refusal("json_not_object")
        return _read_within({**args, **said})
    if kind == "application/x-www-form-urlencoded":
        return _read_within({**args, **_form(body)})
    raise Refusal("invalid_post_type")


def _form(body: bytes) -> dict[str, str]:
    from urllib.parse import parse_qsl

    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    except ValueError:
        raise Refusal("invalid_form_data") from None


def _read_within(args: dict[str, Any]) -> dict[str, Any]:
    for name in _AS_JSON & args.keys():
        if isinstance(args[name], str):
            try:
                args[name] = json.loads(args[name])
            except ValueError:
                raise Refusal(
                    _UNREADABLE.get(name, "cannot_parse"), [at("must be JSON", f"/{name}")]
                ) from None
    return args


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        raise Refusal("cannot_parse") from None
    if not isinstance(said, dict):
        raise Refusal("cannot_parse")
    return said


def _check_arguments(method: Method, args: Args) -> None:
    missing = [at(f"missing required field: {name}", "") for name in method.needs if _blank(args.get(name))]
    unknown = [at(f"invalid additional property: {name}", "") for name in args.keys() - method.takes]
    if missing or unknown:
        raise Refusal("invalid_arguments", [*missing, *unknown])


def _blank(given: Any) -> bool:
    return given is None or given == ""


async def _given(
    request: web.Request, answer: Answer, after: float, granted: frozenset[str] | None = None
) -> web.StreamResponse:
    if answer.silence == _HANG:
        await asyncio.Event().wait()  # until the caller goes away, which cancels this
    if answer.silence:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()  # which reaches nobody
    if after:
        await asyncio.sleep(after)
    headers = {"Retry-After": str(answer.retry_after)} if answer.retry_after else {}
    if granted is not None:
        headers["x-oauth-scopes"] = ",".join(sorted(granted))
    if isinstance(answer.body, str):
        return web.Response(text=answer.body, status=answer.status, headers=headers)
    return web.json_response(answer.body, status=answer.status, headers=headers)
