"""E-mail to servers that refuse, dawdle or fall silent, wherever they do: nothing in clear, nothing lost."""

import asyncio
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from bot.addresses import Encryption, MailServer, mail_server
from bot.delivery import Envelope, TryLaterError, UnreachableError
from bot.mail import Mail
from bot.messages import Card, CardState
from bot.wording.notices import say
from knowledge.rules import Kind, Urgency
from tests.support.connections import listening
from tests.support.processes import LOOPBACK
from tests.support.smtp import MailSink
from tests.support.waiting import wait_for

SECONDS = 0.6
CARD = Card(
    "SP-7Q4K-M2XD",
    Kind.NUDE_IMAGE,
    Urgency.IMMEDIATE,
    datetime(2026, 11, 20, tzinfo=UTC),
    "the designated safeguarding lead",
    CardState.WAITING,
)
ENVELOPE = Envelope("n1", "sam", "sam@oakfield.example", CARD)
SENDER = "Signpost <signpost@oakfield.example>"
SILENCE, HANG_UP, DRIP = "silence", "hang up", "drip"
KINDLY = {
    "hello": "220 ready",
    "EHLO": "250 me",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "dot": "250 kept",
    "QUIT": "221 bye",
}


@dataclass(slots=True)
class Server:
    """A mail server that says at each point what it is told to, and remembers what it was asked."""

    says: Mapping[str, str]
    asked: list[str] = field(default_factory=list)
    open: int = 0
    most: int = 0
    greeted: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one conversation."""
        self.open += 1
        self.most = max(self.most, self.open)
        self.greeted.set()
        try:
            await self._answer("hello", reader, writer)
            while line := await reader.readline():
                verb = line.decode().split()[0].upper() if line.strip() else ""
                self.asked.append(verb)
                await self._answer(verb, reader, writer)
                if verb == "DATA" and self.says["DATA"].startswith("354"):
                    await reader.readuntil(b"\r\n.\r\n")
                    await self._answer("dot", reader, writer)
        finally:
            self.open -= 1

    async def _answer(self, point: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        word = self.says.get(point, "502 what?")
        if word == SILENCE:
            await reader.read()
        if word in {SILENCE, HANG_UP}:
            raise ConnectionError
        while word == DRIP:
            writer.write(b"2")
            await writer.drain()
            await asyncio.sleep(SECONDS / 10)
        writer.write(f"{word}\r\n".encode())
        await writer.drain()


def _server(**says: str) -> Server:
    return Server({**KINDLY, **says})


def _mail(port: int, encryption: Encryption = Encryption.NONE, *, password: str = "") -> Mail:
    secret = SecretStr(password) if password else None
    server = MailServer(LOOPBACK, port, encryption, "bot" if password else None, secret)
    return Mail(server, SENDER, seconds=SECONDS)


async def _send_to(server: Server, encryption: Encryption = Encryption.NONE, *, password: str = "") -> str:
    async with listening(server.talk, limit=65_536) as port:
        return await _mail(port, encryption, password=password).send(ENVELOPE)


def test_a_mail_is_seven_bit_and_its_headers_say_a_reference_and_how_urgent(mail_sink: MailSink) -> None:
    assert asyncio.run(Mail(mail_server(mail_sink.url), SENDER).send(ENVELOPE)) == "<n1@oakfield.example>"
    (kept,) = mail_sink.messages
    head, _, _ = kept.raw.partition(b"\r\n\r\n")
    assert (kept.sender, kept.subject) == ("signpost@oakfield.example", say(CARD).subject)
    assert kept.raw.isascii()
    assert b"Message-ID: <n1@oakfield.example>" in head
    assert b"From: Signpost <signpost@oakfield.example>" in head


@pytest.mark.parametrize(
    "address",
    ["sam@x.example\r\nBcc: eve@y.example", "s\x00m@x.example", "j\u00fcr@x.example", "s\ud800@x.example"],
)
def test_an_address_that_no_mail_can_have_is_unreachable_and_nothing_is_sent(
    mail_sink: MailSink, address: str
) -> None:
    mail = Mail(mail_server(mail_sink.url), SENDER)
    with pytest.raises(UnreachableError):
        asyncio.run(mail.send(replace(ENVELOPE, address=address)))
    assert mail_sink.messages == ()


@pytest.mark.parametrize("point", ["RCPT", "DATA", "dot"])
@pytest.mark.parametrize(
    "word", ["550 no such mailbox", "551 elsewhere", "550 5.1.1 unknown", "553 no such name"]
)
def test_whoever_is_refused_for_good_is_unreachable_wherever_it_is_said(point: str, word: str) -> None:
    with pytest.raises(UnreachableError):
        asyncio.run(_send_to(_server(**{point: word})))


@pytest.mark.parametrize(
    ("point", "word"),
    [
        ("hello", "554 not you"),
        ("EHLO", "550 not you"),
        ("MAIL", "550 you may not send as this"),
        ("MAIL", "421 too many connections"),
        ("RCPT", "450 greylisted"),
        ("RCPT", "452 too many"),
        ("RCPT", "550 5.7.233 too many messages today"),
        ("DATA", "451 later"),
        ("DATA", "250 what message?"),
        ("dot", "451 later"),
        ("dot", "421 going down"),
        ("dot", "554 5.7.1 looks like spam"),
    ],
)
def test_what_is_the_servers_affair_and_not_the_persons_is_tried_again_and_was_surely_not_taken(
    point: str, word: str
) -> None:
    with pytest.raises(TryLaterError) as told:
        asyncio.run(_send_to(_server(**{point: word})))
    assert not told.value.unsure


@pytest.mark.parametrize("how", [SILENCE, HANG_UP, DRIP])
@pytest.mark.parametrize("point", ["hello", "EHLO", "MAIL", "RCPT", "DATA", "dot"])
def test_a_server_that_falls_silent_is_left_in_time_and_unsure_only_once_it_had_the_message(
    point: str, how: str
) -> None:
    began = time.monotonic()
    with pytest.raises(TryLaterError) as told:
        asyncio.run(_send_to(_server(**{point: how})))
    assert time.monotonic() - began < SECONDS + 1
    assert told.value.unsure is (point in {"DATA", "dot"})


@pytest.mark.parametrize("word", ["221 bye", "421 oh", "xyzzy", SILENCE, HANG_UP, DRIP])
def test_how_a_server_takes_its_leave_does_not_matter_once_it_has_the_message(word: str) -> None:
    assert asyncio.run(_send_to(_server(QUIT=word))) == "<n1@oakfield.example>"


def test_where_encryption_is_asked_for_nothing_goes_out_without(mail_sink: MailSink) -> None:
    port = int(mail_sink.url.rpartition(":")[2])
    for encryption in (Encryption.STARTTLS, Encryption.TLS):
        with pytest.raises(TryLaterError):
            asyncio.run(_mail(port, encryption).send(ENVELOPE))
    assert mail_sink.messages == ()


def test_a_password_is_not_shown_to_a_server_that_offers_no_encryption_or_no_sign_in() -> None:
    secret = "hunter" + "2"
    for encryption in (Encryption.STARTTLS, Encryption.NONE):
        server = _server()
        with pytest.raises(TryLaterError) as told:
            asyncio.run(_send_to(server, encryption, password=secret))
        assert not {"AUTH", "MAIL"} & set(server.asked)
        assert secret not in repr(told.value) + repr(told.value.__cause__)


def test_there_are_never_more_than_three_conversations_at_once() -> None:
    server = _server()

    async def many() -> None:
        async with listening(server.talk, limit=65_536) as port:
            mail = Mail(MailServer(LOOPBACK, port, Encryption.NONE), SENDER)
            await asyncio.gather(*(mail.send(replace(ENVELOPE, notice=f"n{one}")) for one in range(12)))

    asyncio.run(many())
    assert server.asked.count("DATA") == 12
    assert 1 < server.most <= 3


def test_no_thread_is_left_behind_by_a_conversation_that_was_given_up() -> None:
    with pytest.raises(TryLaterError):
        asyncio.run(_send_to(_server(RCPT=SILENCE)))
    wait_for(
        lambda: [one for one in threading.enumerate() if one.name == "mail"],
        lambda left: not left,
        within=5,
        what="the conversation's thread to end",
    )


def test_the_program_can_end_while_a_conversation_hangs() -> None:
    server = _server(hello=SILENCE)

    async def story() -> list[bool]:
        async with listening(server.talk, limit=65_536) as port:
            sending = asyncio.create_task(_mail(port).send(ENVELOPE))
            await server.greeted.wait()
            waited_for = [not one.daemon for one in threading.enumerate() if one.name == "mail"]
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        return waited_for

    assert asyncio.run(story()) == [False]
