"""The console page: the same product with no platform, on loopback, behind a token of its own.

Where SIGNPOST_TEST=1 it also takes reports and everything that is done with them as JSON; drills use that.
"""

import asyncio
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from html import escape
from time import perf_counter
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console_messenger import PLATFORM
from bot.errors import NoSuchCaseError, RefusedActionError, SignpostError
from bot.reporting import handling, recusal, viewing
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.filling import FormRefusedError
from bot.reporting.handling import Closing, Decision
from bot.reporting.intake import Handed, hand_in, receipt_lines
from bot.reporting.office import Office
from bot.reporting.report import Standing
from bot.server.asgi import bears, from_this_machine
from bot.server.health import Health
from bot.server.metrics import Metrics
from knowledge.rules import Kind

_COOKIE = "signpost_console"
Said = Mapping[str, Any]


class Malformed(SignpostError):
    """The body is no JSON object, or lacks what it must have."""


class ConsolePage:
    """The page, and the JSON behind it."""

    def __init__(
        self, office: Office, health: Health, metrics: Metrics, *, token: str, clock: Callable[[], datetime]
    ) -> None:
        self._office = office
        self._health = health
        self._metrics = metrics
        self._token = token
        self._clock = clock

    def routes(self, *, test: bool) -> list[BaseRoute]:
        """Its addresses; those for tests only where they are wanted."""
        page: list[BaseRoute] = [
            Route("/console", self.page),
            Route("/console/sign-in", self.sign_in, methods=["POST"]),
        ]
        if not test:
            return page
        return [
            *page,
            Route("/console/reports", self.report, methods=["POST"]),
            Route("/console/reports", self.reports),
            Route("/console/cases", self.cases),
            Route("/console/cases/{reference}", self.case),
            Route("/console/cases/{reference}/{action}", self.act, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """How things are; a place for the token, for whoever has not given it yet."""
        if not from_this_machine(request):
            return HTMLResponse(_document("<p>Not found</p>"), 404)
        if not self._signed_in(request):
            return HTMLResponse(_document(_SIGN_IN))
        return HTMLResponse(_document(_status(asdict(await self._health.look()))))

    async def sign_in(self, request: Request) -> Response:
        """Take the token, and remember it in a cookie for this browser."""
        given = (await request.body()).decode(errors="replace").removeprefix("token=").strip()
        if not from_this_machine(request) or not hmac.compare_digest(given.encode(), self._token.encode()):
            return HTMLResponse(_document(_SIGN_IN), 403)
        answer = RedirectResponse("/console", 303)
        answer.set_cookie(_COOKIE, self._token, httponly=True, samesite="strict", path="/console")
        return answer

    def _signed_in(self, request: Request) -> bool:
        cookie = request.cookies.get(_COOKIE, "")
        return hmac.compare_digest(cookie.encode(), self._token.encode()) or bears(request, self._token)

    async def report(self, request: Request) -> Response:
        """Take a report; 201 with the receipt, 200 for a repeated key, 422 with every fault."""
        began = perf_counter()

        def take(said: Said) -> Response:
            receipt = hand_in(self._office, _handed(said), now=self._clock())
            if receipt.fresh and not said.get("drill"):
                self._metrics.reports.labels(receipt.route.urgency.value).inc()
            self._metrics.receipts.observe(perf_counter() - began)
            body = {
                "reference": receipt.reference,
                "goes_to": list(receipt.told),
                "receipt": "\n".join(receipt_lines(self._office, receipt)),
            }
            return JSONResponse(body, 201 if receipt.fresh else 200)

        return await self._answered(request, take)

    async def reports(self, request: Request) -> Response:
        """One's own reports."""
        return await self._answered(request, lambda said: self._listed(viewing.my_reports, said))

    async def cases(self, request: Request) -> Response:
        """One's own cases."""
        return await self._answered(request, lambda said: self._listed(viewing.my_cases, said))

    def _listed(self, find: Callable[..., tuple[viewing.Summary, ...]], said: Said) -> Response:
        found = find(self._office, _actor(said), now=self._clock())
        return JSONResponse([{**asdict(one), "opened_at": one.opened_at.isoformat()} for one in found])

    async def case(self, request: Request) -> Response:
        """One case's details, audited."""
        reference = request.path_params["reference"]

        def show(said: Said) -> Response:
            view = viewing.open_case(self._office, reference, _actor(said), now=self._clock())
            return JSONResponse(json.loads(json.dumps(asdict(view), default=_plain)))

        return await self._answered(request, show)

    async def act(self, request: Request) -> Response:
        """Do something with a case."""
        reference, action = request.path_params["reference"], request.path_params["action"]

        def do(said: Said) -> Response:
            doing = _ACTIONS.get(action)
            if doing is None:
                raise NoSuchCaseError(reference)
            doing(self._office, reference, _actor(said), said, self._clock())
            return JSONResponse({_PAST.get(action, "done"): True})

        return await self._answered(request, do)

    async def _answered(self, request: Request, answer: Callable[[Said], Response]) -> Response:
        """Run an answer in a thread; every refusal becomes its status and one clear line."""
        if not bears(request, self._token):
            return JSONResponse({"error": "not found"}, 404)
        try:
            said = await _said(request)
            return await asyncio.to_thread(answer, said)
        except FormRefusedError as error:
            faults = [{"key": fault.key, "what": fault.what} for fault in error.faults]
            return JSONResponse({"faults": faults}, 422)
        except Malformed as error:
            return JSONResponse({"error": str(error)}, 400)
        except NoSuchCaseError as error:
            return JSONResponse({"error": str(error)}, 404)
        except RefusedActionError as error:
            return JSONResponse({"error": str(error)}, 422)


async def _said(request: Request) -> Said:
    if request.method == "GET":
        return dict(request.query_params)
    try:
        said = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is no JSON") from error
    if not isinstance(said, dict):
        raise Malformed("the body is no JSON object")
    return said


def _text(said: Said, key: str) -> str:
    value = said.get(key, "")
    if not isinstance(value, str):
        raise Malformed(f"{key!r} is text")
    return value


def _actor(said: Said) -> Actor:
    person = _text(said, "as")
    if not person:
        raise Malformed("say who, as in {'as': 'sam'}")
    return Actor(person)


def _handed(said: Said) -> Handed:
    answers = said.get("answers", {})
    if not isinstance(answers, dict) or not all(isinstance(value, str) for value in answers.values()):
        raise Malformed("'answers' is an object of texts")
    try:
        kind = Kind(_text(said, "kind"))
    except ValueError as error:
        raise Malformed(f"'kind' is one of {', '.join(Kind)}") from error
    key = _text(said, "key")
    if not key:
        raise Malformed("'key' tells one submission from another")
    return Handed(
        kind, answers, _actor(said).person, f"console {key}", PLATFORM, drill=said.get("drill") is True
    )


def _standing(office: Office, reference: str, actor: Actor, said: Said, now: datetime) -> None:
    stands = Standing.ABOUT if said.get("about") is True else Standing.MENTIONED
    recusal.say_standing(office, reference, actor, (_text(said, "person"), stands), now=now)


def _close(office: Office, reference: str, actor: Actor, said: Said, now: datetime) -> None:
    try:
        decision = Decision(_text(said, "decision"))
    except ValueError as error:
        raise RefusedActionError(f"a decision is one of {', '.join(Decision)}") from error
    handling.close(office, reference, actor, Closing(decision, _text(said, "reason")), now=now)


def _add_action(office: Office, reference: str, actor: Actor, said: Said, now: datetime) -> None:
    try:
        due = date.fromisoformat(_text(said, "due"))
    except ValueError as error:
        raise RefusedActionError("give the date as 2026-03-14") from error
    handling.add_action(office, reference, actor, (_text(said, "owner"), _text(said, "text"), due), now=now)


Doing = Callable[[Office, str, Actor, Said, datetime], object]
_ACTIONS: Mapping[str, Doing] = {
    "acknowledge": lambda office, ref, actor, _, now: acknowledge(office, ref, actor, now=now),
    "note": lambda o, ref, actor, said, now: handling.add_note(o, ref, actor, _text(said, "text"), now=now),
    "ask": lambda o, ref, a, said, now: handling.ask_reporter(o, ref, a, _text(said, "text"), now=now),
    "answer": lambda o, ref, a, said, now: handling.answer_question(o, ref, a, _text(said, "text"), now=now),
    "add": lambda o, ref, a, said, now: handling.add_information(o, ref, a, _text(said, "text"), now=now),
    "hand-over": lambda o, ref, a, said, now: handling.hand_over(o, ref, a, _text(said, "to"), now=now),
    "act": _add_action,
    "close": _close,
    "reopen": lambda o, ref, a, said, now: handling.reopen(o, ref, a, _text(said, "reason"), now=now),
    "link": lambda o, ref, a, said, now: handling.link(o, ref, a, _text(said, "other"), now=now),
    "merge": lambda o, ref, a, said, now: handling.merge(o, ref, a, _text(said, "into"), now=now),
    "transfer": lambda o, ref, a, said, now: handling.transfer(o, ref, a, _text(said, "record"), now=now),
    "standing": _standing,
    "mentioned": _standing,
}
_PAST = {"acknowledge": "acknowledged", "close": "closed"}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return sorted(map(str, value)) if isinstance(value, frozenset) else str(value)


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;"
    "padding:0 1rem;color:#1b1b1b}"
    "h1{font-size:1.4rem}dt{font-weight:600}dd{margin:0 0 .6rem}"
    "input,button{font:inherit;padding:.4rem .6rem}"
    ".good{color:#0b6b2f}.bad{color:#a3140c}"
    "@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}"
    ".good{color:#6ddc94}.bad{color:#ff8a80}}"
)
_SIGN_IN = (
    "<h1>Signpost</h1><p>The token stands in <code>console.token</code> in the data folder.</p>"
    '<form method="post" action="/console/sign-in"><label>Token <input name="token" type="password" '
    'autocomplete="off" required></label> <button>Open</button></form>'
)


def _document(body: str) -> str:
    return (
        '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Signpost</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<main>{body}</main></html>"
    )


def _status(ready: Mapping[str, Any]) -> str:
    good = not ready["problems"]
    word = "Reports can be taken and sent." if good else "NOT working: " + ", ".join(ready["problems"])
    rows = (
        ("Cases without an answer for a whole lap", ready["alarms"]),
        ("Notices waiting", ready["waiting"]),
        ("The oldest waits for", f"{ready['oldest_seconds']:.0f} s"),
    )
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in rows)
    return f'<h1>Signpost</h1><p class="{"good" if good else "bad"}">{escape(word)}</p><dl>{listed}</dl>'
