"""The started program against bytes that are hardly HTTP: a no, or nothing, and it goes on (promise S12)."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from random import Random

import pytest

from tests.support.processes import LOOPBACK
from tests.support.program import Program

CANARY = b"Quillfeather"
SEED, TIMES = 20_261_121, 300
SLOW = 1.0
_HOST = b"Host: 127.0.0.1\r\n"
_LONG = b"x" * 70_000
LINES = (
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET /console HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET /console HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET http://evil.example/console HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET /\x00" + CANARY + b" HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET /%ff%00%c0%ae HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /" + _LONG + b" HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET / HTTP/1.1\r\n" + _HOST + b"X: " + _LONG + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + _HOST + b"X: y\r\n" * 5_000 + b"\r\n",
    b"GET / HTTP/1.1\r\n" + _HOST + b"X : y\r\n\tfolded\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + _HOST + CANARY + b"\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"SSH-2.0-" + CANARY + b"\r\n",
    b"\r\n" * 1_000,
    b"\x00" * 10_000,
    b"GET /readyz HTTP/1.1\r\n" + _HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"POST /console/sign-in HTTP/1.1\r\n" + _HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"POST /console/sign-in HTTP/1.1\r\n" + _HOST + b"Content-Length: 99999999999999999999\r\n\r\n",
    b"POST /console/sign-in HTTP/1.1\r\n" + _HOST + b"Content-Length: -1\r\n\r\n",
    b"POST /console/sign-in HTTP/1.1\r\n" + _HOST + b"Content-Length: 100\r\n\r\n" + CANARY,
    b"POST /console/sign-in HTTP/1.1\r\n" + _HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /console/sign-in HTTP/1.1\r\n"
    + _HOST
    + b"Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx",
    b"POST /console/sign-in HTTP/1.1\r\n" + _HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"POST /console/sign-in HTTP/1.1\r\n"
    + _HOST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n",
)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Give the started program."""
    with Program(tmp_path_factory.mktemp("wire") / "program") as running:
        yield running


def _said(serving: Program, sent: bytes) -> bytes:
    """What comes back for these bytes, until nothing more does."""
    with socket.create_connection((LOOPBACK, serving.port), timeout=2) as line:
        found = b""
        with suppress(ConnectionError):
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            while part := line.recv(65_536):
                found += part
        return found


def _fine(serving: Program, sent: bytes) -> None:
    for _ in range(2):  # the machine may have been busy: slow is what is slow twice
        began = time.monotonic()
        said = _said(serving, sent)
        took = time.monotonic() - began
        if took < SLOW:
            break
    assert took < SLOW, sent[:200]
    assert not said or (said.startswith(b"HTTP/1.1 ") and said[9:10] in b"24"), (sent[:200], said[:200])
    assert CANARY not in said
    assert b"Traceback" not in said
    assert b"signpost_cases" not in said


@pytest.mark.parametrize("sent", LINES, ids=lambda sent: repr(sent[:40]))
def test_what_is_hardly_http_is_refused(serving: Program, sent: bytes) -> None:
    _fine(serving, sent)
    assert serving.get("/readyz").status == 200


def test_what_is_made_up_by_chance_is_refused_and_the_program_stays_ready_and_logs_none_of_it(
    serving: Program,
) -> None:
    chance = Random(SEED)  # noqa: S311  seeded on purpose
    for _ in range(TIMES):
        sent = bytearray(chance.choice(LINES))
        for _ in range(chance.randrange(6)):
            sent[chance.randrange(len(sent))] = chance.randrange(256)
        _fine(serving, bytes(sent[: chance.randrange(len(sent) + 1)]))
    assert serving.get("/readyz").status == 200
    assert "request_failed" not in serving.logs
    assert "Traceback" not in serving.logs
    assert CANARY.decode() not in serving.logs
