"""Whether an e-mail server answers is found out without sending anything."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.addresses import MailServer, mail_server
from bot.greeting import greet
from tests.support.processes import LOOPBACK, free_port
from tests.support.smtp import MailSink


@contextmanager
def _server(*lines: bytes) -> Iterator[MailServer]:
    """A server that says these lines, one to each that it is told (the first to nothing), and hangs up."""

    def talk() -> None:
        client, _ = listening.accept()
        with client, client.makefile("rb") as heard:
            for line in lines:
                client.sendall(line)
                heard.readline()

    with socket.create_server((LOOPBACK, 0)) as listening:
        thread = threading.Thread(target=talk)
        thread.start()
        yield mail_server(f"smtp://{LOOPBACK}:{listening.getsockname()[1]}")
        thread.join()


def test_a_server_that_answers_is_fine_and_is_sent_nothing() -> None:
    with MailSink() as sink:
        assert greet(mail_server(sink.url)) is None
        assert sink.messages == ()


def test_a_server_that_is_not_there_is_said_to_be() -> None:
    wrong = greet(mail_server(f"smtp://{LOOPBACK}:{free_port()}"))
    assert wrong is not None
    assert "cannot be connected to" in wrong


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ((b"SSH-2.0-OpenSSH\r\n",), "greet"),
        ((), "greet"),
        ((b"554 go away\r\n",), "greet"),
        ((b"220 hello\r\n", b"502 no\r\n"), "EHLO"),
        ((b"220-hello\r\n220 there\r\n", b"250-mail\r\n250 SIZE\r\n"), None),
    ],
)
def test_what_answers_has_to_be_a_mail_server(lines: tuple[bytes, ...], wrong: str | None) -> None:
    with _server(*lines) as server:
        said = greet(server)
    assert said is None if wrong is None else wrong in str(said)


def test_a_server_without_the_encryption_that_is_wanted_is_found_out() -> None:
    lines = (b"220 hello\r\n", b"250-mail\r\n250 SIZE\r\n")
    with _server(*lines) as server:
        wanted = mail_server(f"smtp://{LOOPBACK}:{server.port}?starttls=always")
        assert "STARTTLS" in str(greet(wanted))
    with _server(b"220 hello\r\n") as server:
        assert "TLS" in str(greet(mail_server(f"smtps://{LOOPBACK}:{server.port}")))
