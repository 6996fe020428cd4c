"""The console messenger against a hostile or broken receiver: one address, one honest answer, in time."""

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from bot.console_messenger import ConsoleMessenger
from bot.delivery import Envelope, TryLaterError
from bot.errors import NotReadyError
from bot.messages import Card, CardState
from knowledge.rules import Kind, Urgency
from tests.support.connections import Talk, listening

SECONDS = 0.6
CARD = Card(
    "SP-7Q4K-M2XD",
    Kind.NUDE_IMAGE,
    Urgency.IMMEDIATE,
    datetime(2026, 11, 20, tzinfo=UTC),
    "the designated safeguarding lead",
    CardState.WAITING,
)
ENVELOPE = Envelope("n1", "sam", "sam", CARD)
CALLS: dict[str, Callable[[ConsoleMessenger], Awaitable[object]]] = {
    "send": lambda messenger: messenger.send(ENVELOPE),
    "find": lambda messenger: messenger.find(ENVELOPE),
    "edit": lambda messenger: messenger.edit("m1", ENVELOPE),
}
YES = b'{"id": "m1"}'
_LIMIT = 65_536


def _http(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _answering(answer: bytes, heard: list[bytes]) -> Talk:
    """A server that answers everything alike, and keeps what it heard."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(_LIMIT))
        writer.write(answer)
        await writer.drain()

    return talk


async def _dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that answers a byte at a time and comes to no end: each is in time, all together never."""
    await reader.read(_LIMIT)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(SECONDS / 10)


async def _call(what: str, talk: Talk) -> object:
    async with listening(talk, limit=_LIMIT) as port:
        messenger = ConsoleMessenger(f"http://127.0.0.1:{port}/notices", seconds=SECONDS)
        try:
            return await CALLS[what](messenger)
        finally:
            await messenger.close()


def _refusal(talk: Talk, what: str = "send") -> TryLaterError:
    with pytest.raises(TryLaterError) as told:
        asyncio.run(_call(what, talk))
    return told.value


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize("what", CALLS)
def test_a_redirect_is_never_followed_and_is_no_receipt(status: str, what: str) -> None:
    elsewhere: list[bytes] = []

    async def play() -> None:
        async with listening(_answering(_http("200 OK", YES), elsewhere), limit=_LIMIT) as other:
            answer = _http(status, YES, f"Location: http://127.0.0.1:{other}/notices")
            with pytest.raises(TryLaterError):
                await _call(what, _answering(answer, []))

    asyncio.run(play())
    assert elsewhere == [], "what was meant for one address went to another"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"fine",
        b"\xff\xfe\xfd",
        b"null",
        b"[]",
        b"{}",
        b'{"id": null}',
        b'{"id": ""}',
        b'{"id": 7}',
        b'{"id": ["m1"]}',
        b'{"id": "a b"}',
        b'{"id": "\\u0000"}',
        b'{"id": "\\ud800"}',
        b'{"id": "' + b"m" * 201 + b'"}',
        b"[" * 60_000,
        b'{"id": "m1", "more": "' + b"x" * 70_000 + b'"}',
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_yes_without_an_id_that_every_database_keeps_is_unsure(body: bytes) -> None:
    assert _refusal(_answering(_http("200 OK", body), [])).unsure


def test_a_small_body_that_unpacks_to_a_huge_one_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 50_000_000 + YES)
    heard: list[bytes] = []
    assert _refusal(_answering(_http("200 OK", bomb, "Content-Encoding: gzip"), heard)).unsure
    assert b"accept-encoding: identity" in heard[0].lower()


@pytest.mark.parametrize("what", CALLS)
def test_an_answer_that_never_ends_is_given_up_in_time(what: str) -> None:
    began = time.monotonic()
    assert _refusal(_dripping, what).unsure
    assert time.monotonic() - began < SECONDS + 0.5


@pytest.mark.parametrize(
    ("status", "unsure"),
    [
        ("400 Bad", False),
        ("403 No", False),
        ("500 Oh", True),
        ("502 Oh", True),
        ("503 No", False),
        ("504 Oh", True),
    ],
)
def test_only_what_may_have_been_taken_all_the_same_is_unsure(status: str, *, unsure: bool) -> None:
    told = _refusal(_answering(_http(status), []))
    assert (told.unsure, told.after) == (unsure, None)


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        (["Retry-After: 2"], 2),
        (["Retry-After: 0"], 0),
        (["Retry-After: 99999999999999999999"], 3600),
        (["Retry-After: Fri, 20 Nov 2026 09:00:30 GMT", "Date: Fri, 20 Nov 2026 09:00:10 GMT"], 20),
        (["Retry-After: Fri, 20 Nov 2026 08:00:00 GMT", "Date: Fri, 20 Nov 2026 09:00:10 GMT"], 0),
        (["Retry-After: Fri, 20 Nov 2026 09:00:30 GMT"], 30),
        (["Retry-After: nan"], 30),
        (["Retry-After: inf"], 30),
        (["Retry-After: -5"], 30),
        (["Retry-After: soon"], 30),
        ([], 30),
    ],
)
def test_it_waits_as_long_as_it_is_asked_to_but_never_for_days(headers: list[str], after: float) -> None:
    told = _refusal(_answering(_http("429 Slow down", b"", *headers), []))
    assert (told.after, told.unsure) == (after, False)


def test_a_notice_is_not_found_where_it_is_gone() -> None:
    assert asyncio.run(_call("find", _answering(_http("410 Gone"), []))) is None


def test_nothing_for_this_machine_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []

    async def play() -> object:
        async with listening(_answering(_http("200 OK", YES), heard), limit=_LIMIT) as proxy:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
            for name in ("NO_PROXY", "no_proxy"):
                monkeypatch.delenv(name, raising=False)
            return await _call("send", _answering(_http("200 OK", YES), []))

    assert asyncio.run(play()) == "m1"
    assert heard == []


def test_a_proxy_that_the_school_names_sees_where_notices_go_and_nothing_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[bytes] = []

    async def play() -> None:
        async with listening(_answering(_http("403 Forbidden"), heard), limit=_LIMIT) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy}")
            monkeypatch.delenv("NO_PROXY", raising=False)
            monkeypatch.delenv("no_proxy", raising=False)
            messenger = ConsoleMessenger("https://bridge.oakfield.example/notices", seconds=SECONDS)
            try:
                await messenger.send(ENVELOPE)
            finally:
                await messenger.close()

    with pytest.raises(TryLaterError) as told:
        asyncio.run(play())
    assert not told.value.unsure, "the proxy let nothing through"
    (asked,) = heard
    assert asked.startswith(b"CONNECT bridge.oakfield.example:443 HTTP/1.1\r\n")
    assert b"SP-7Q4K" not in asked


def test_a_proxy_that_cannot_be_used_is_refused_at_start_without_being_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://sam:secret@127.0.0.1:9")
    with pytest.raises(NotReadyError, match="HTTPS_PROXY") as told:
        ConsoleMessenger("https://bridge.oakfield.example/notices")
    assert "secret" not in str(told.value)
