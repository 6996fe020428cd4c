"""A body that is too large: refused before it is read, however it comes, with one answer."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.server.body import LARGEST, LimitedBody
from tests.support.served import HERE, Answer, Served, called, scope_of

LIMIT = 10


async def _length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


def _ask(body: bytes | Iterable[bytes], **headers: str) -> Answer:
    app = LimitedBody(Starlette(routes=[Route("/", _length, methods=["POST"])]), LIMIT)
    scope = scope_of("POST", "/", [(name.replace("_", "-"), value) for name, value in headers.items()], HERE)
    return asyncio.run(called(app, scope, body))


def test_a_body_up_to_the_limit_is_read() -> None:
    assert _ask(b"x" * LIMIT).text == str(LIMIT)
    assert _ask([b"x" * 5, b"x" * 5]).text == str(LIMIT)
    assert _ask(b"").text == "0"


def test_a_body_that_says_it_is_larger_is_refused_unread() -> None:
    assert _ask([], content_length=str(LIMIT + 1)).status == 413


@pytest.mark.parametrize("said", ["", "-1", "1e1", "0x5", "ten", " 5", "9" * 5000, "\u0661"])
def test_a_length_that_is_none_is_refused_unread(said: str) -> None:
    assert _ask([b"x"], content_length=said).status == 413


def test_a_body_that_turns_out_larger_is_refused_with_one_answer() -> None:
    answer = _ask([b"x" * 6, b"x" * 6, b"x" * 6])
    assert (answer.status, answer.raised) == (413, None)


def test_a_body_that_is_larger_than_it_said_is_refused(here: Served) -> None:
    headers = [*here.bearing(), ("content-length", "10")]
    assert here.ask("POST", "/console/reports", [b"x" * LARGEST, b"x"], headers=headers).status == 413


@pytest.mark.parametrize("path", ["/console/reports", "/console/sign-in"])
def test_wherever_it_is_sent_it_is_refused_in_one_line_and_not_as_a_fault_of_ours(
    here: Served, path: str
) -> None:
    answer = here.ask("POST", path, [b"x" * 500_000] * 4, headers=here.bearing())
    assert (answer.status, answer.json, answer.raised) == (413, {"error": "that is too large"}, None)
