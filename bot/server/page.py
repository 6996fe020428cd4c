"""The console page: the same product with no platform, on loopback, behind a token of its own.

Where SIGNPOST_TEST=1 it also takes reports and everything that is done with them as JSON; drills use that.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from time import perf_counter
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console_messenger import PLATFORM
from bot.errors import NoSuchCaseError, RefusedActionError, SignpostError
from bot.reporting import handling, recusal, viewing
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.filling import FormFault, FormRefusedError
from bot.reporting.handling import Closing, Decision
from bot.reporting.intake import Handed, hand_in, receipt_lines
from bot.reporting.office import Office
from bot.reporting.report import Standing
from bot.server.callers import Gate
from bot.server.front import FrontPage
from bot.server.health import Health
from bot.server.metrics import Metrics
from knowledge.rules import Kind
from storage.store import UnavailableError

_LONGEST_WORD = 100
_ACCOUNT = re.compile(r"account:(?!email:)([a-z]+):([!-~]+)")
_NOBODY = "nobody in the schools file has that id; somebody who is not in it is account:PLATFORM:ID"
_NOT_DONE = "NOT done: the database cannot be used now. Try again in a minute; if it cannot wait, ring."
Said = Mapping[str, Any]


class Malformed(SignpostError):
    """The body is no JSON object, or lacks what it must have."""


_STATUSES: Mapping[type[SignpostError], int] = {Malformed: 400, NoSuchCaseError: 404, RefusedActionError: 422}


class ConsolePage:
    """The page, and the JSON behind it."""

    def __init__(
        self, office: Office, health: Health, metrics: Metrics, *, gate: Gate, clock: Callable[[], datetime]
    ) -> None:
        self._office = office
        self._metrics = metrics
        self._front = FrontPage(health, gate)
        self._gate = gate
        self._clock = clock

    def routes(self, *, test: bool) -> list[BaseRoute]:
        """Its addresses; those for tests only where they are wanted."""
        if not test:
            return self._front.routes()
        return [
            *self._front.routes(),
            Route("/console/reports", self.report, methods=["POST"]),
            Route("/console/reports", self.reports),
            Route("/console/cases", self.cases),
            Route("/console/cases/{reference}", self.case),
            Route("/console/cases/{reference}/{action}", self.act, methods=["POST"]),
        ]

    async def report(self, request: Request) -> Response:
        """Take a report; 201 with the receipt, 200 for a repeated key, 422 with every fault."""
        began = perf_counter()

        def take(said: Said) -> Response:
            handed = _handed(self._office, said)
            receipt = hand_in(self._office, handed, now=self._clock())
            if receipt.fresh and not handed.drill:
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
        if not self._gate.open_to(request):
            raise HTTPException(404)
        try:
            said = await _said(request)
            return await asyncio.to_thread(answer, said)
        except FormRefusedError as error:
            faults = [{"key": fault.key, "what": fault.what} for fault in error.faults]
            return JSONResponse({"faults": faults}, 422)
        except (Malformed, NoSuchCaseError, RefusedActionError) as error:
            return JSONResponse({"error": str(error)}, _STATUSES[type(error)])
        except UnavailableError:
            return JSONResponse({"error": _NOT_DONE}, 503)


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


def _word(said: Said, key: str) -> str:
    """An id or a key: it is stored as it is, so it is short and all of it can be seen."""
    word = _text(said, key)
    if len(word) > _LONGEST_WORD or not word.isprintable():
        raise Malformed(f"{key!r} is at most {_LONGEST_WORD} characters that can be seen")
    return word


def _actor(said: Said) -> Actor:
    person = _word(said, "as")
    if not person:
        raise Malformed("say who, as in {'as': 'sam'}")
    return Actor(person)


def _reporter(office: Office, said: Said) -> str:
    """Who reports: somebody in the schools file, or an account that is nobody's there.

    Raises `FormRefusedError`: an id that is nobody's would be told nothing, ever.
    """
    named = _actor(said).person
    account = _ACCOUNT.fullmatch(named)
    known = office.directory.by_account(account[1], account[2]) if account else office.directory.person(named)
    if known is not None:
        return known.id
    if account is None:
        raise FormRefusedError((FormFault("as", _NOBODY),))
    return named


def _truth(said: Said, key: str) -> bool:
    value = said.get(key, False)
    if not isinstance(value, bool):
        raise Malformed(f"{key!r} is true or false")
    return value


def _handed(office: Office, said: Said) -> Handed:
    answers = said.get("answers", {})
    if not isinstance(answers, dict) or not all(isinstance(value, str) for value in answers.values()):
        raise Malformed("'answers' is an object of texts")
    try:
        kind = Kind(_text(said, "kind"))
    except ValueError as error:
        raise Malformed(f"'kind' is one of {', '.join(Kind)}") from error
    key, person = _word(said, "key"), _reporter(office, said)
    if not key:
        raise Malformed("'key' tells one submission from another")
    # With the person in it, since whoever guesses somebody's key must not be given their receipt.
    whose = f"{PLATFORM} {person} {key}"
    return Handed(kind, answers, person, whose, PLATFORM, drill=_truth(said, "drill"))


def _standing(office: Office, reference: str, actor: Actor, said: Said, now: datetime) -> None:
    stands = Standing.ABOUT if _truth(said, "about") else Standing.MENTIONED
    recusal.say_standing(office, reference, actor, (_word(said, "person"), stands), now=now)


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
    handling.add_action(office, reference, actor, (_word(said, "owner"), _text(said, "text"), due), now=now)


Doing = Callable[[Office, str, Actor, Said, datetime], object]
_ACTIONS: Mapping[str, Doing] = {
    "acknowledge": lambda office, ref, actor, _, now: acknowledge(office, ref, actor, now=now),
    "note": lambda o, ref, actor, said, now: handling.add_note(o, ref, actor, _text(said, "text"), now=now),
    "ask": lambda o, ref, a, said, now: handling.ask_reporter(o, ref, a, _text(said, "text"), now=now),
    "answer": lambda o, ref, a, said, now: handling.answer_question(o, ref, a, _text(said, "text"), now=now),
    "add": lambda o, ref, a, said, now: handling.add_information(o, ref, a, _text(said, "text"), now=now),
    "hand-over": lambda o, ref, a, said, now: handling.hand_over(o, ref, a, _word(said, "to"), now=now),
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
