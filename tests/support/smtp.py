"""A mail server that keeps every message and sends none, for testing the way past chat."""

import asyncio
import email
import email.policy
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from tests.support.connections import listening
from tests.support.processes import LOOPBACK
from tests.support.waiting import wait_for

_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as it arrived: its envelope, and its subject and text as a person would read them.

    `at` is in seconds of this machine's monotonic clock; `raw` is everything after DATA, unstuffed.
    """

    at: float
    sender: str
    recipients: tuple[str, ...]
    subject: str
    body: str
    raw: bytes


class MailSink:
    """An SMTP server on loopback without encryption or sign-in, in a thread of its own.

    `dead` holds the addresses refused for good (550); while `busy`, every message is put off (451). A message
    to whoever is in `hang` is never answered. `drop_after_accept` takes so many more messages and hangs up
    instead of saying so.
    """

    def __init__(self) -> None:
        self.dead: frozenset[str] = frozenset()
        self.hang: frozenset[str] = frozenset()
        self.busy = False
        self.drop_after_accept = 0
        self._kept: list[Mail] = []
        self._port = 0
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._stopping: asyncio.Event
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="mail-sink")

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._started.wait(10):
            raise RuntimeError("the mail sink did not start in 10 s")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    @property
    def url(self) -> str:
        """Where to send mail: `smtp://127.0.0.1:PORT`."""
        return f"smtp://{LOOPBACK}:{self._port}"

    @property
    def messages(self) -> tuple[Mail, ...]:
        """Every message so far, in the order of arrival."""
        return tuple(self._kept)

    def wait_for(
        self, good: Callable[[tuple[Mail, ...]], bool] = bool, *, within: float = 10
    ) -> tuple[Mail, ...]:
        """Wait until the messages are good: by default, until there is one. Raises `AssertionError`."""
        return wait_for(lambda: self.messages, good, within=within, what="mail")

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        async with listening(self._talk, limit=_LIMIT) as self._port:
            self._started.set()
            await self._stopping.wait()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Talk(self, reader, writer).run()

    def keep(self, mail: Mail) -> None:
        """Keep a message that has arrived whole."""
        self._kept.append(mail)


class _Talk:
    """One connection, as RFC 5321 has it: an envelope is built up line by line, then the message follows."""

    def __init__(self, sink: MailSink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._sink, self._reader, self._writer = sink, reader, writer
        self._sender: str | None = None
        self._recipients: list[str] = []

    async def run(self) -> None:
        await self._say("220 mail-sink.example ready")
        while line := await self._reader.readline():
            verb, _, rest = line.decode("utf-8", errors="replace").strip().partition(" ")
            if verb.upper() == "QUIT":
                await self._say("221 bye")
                return
            reply = await self._reply(verb.upper(), rest)
            if reply is None:
                return
            await self._say(reply)

    async def _reply(self, verb: str, rest: str) -> str | None:
        """What to say; None to hang up instead."""
        match verb:
            case "EHLO" | "HELO" | "RSET":
                self._forget()
                return "250 mail-sink.example"
            case "NOOP":
                return "250 fine"
            case "MAIL":
                self._sender = _address(rest)
                return "250 go on"
            case "RCPT":
                return self._recipient(_address(rest))
            case "DATA":
                return await self._data()
        return "502 that is not known here"

    def _recipient(self, address: str) -> str:
        if self._sender is None:
            return "503 who is it from?"
        if address in self._sink.dead:
            return "550 no such mailbox"
        self._recipients.append(address)
        return "250 go on"

    async def _data(self) -> str | None:
        if self._sender is None or not self._recipients:
            return "503 who is it from, and for whom?"
        if self._sink.busy:
            return "451 come back later"
        if self._sink.hang.intersection(self._recipients):
            await self._reader.read()
            return None
        await self._say("354 end with a dot on a line of its own")
        raw = (await self._reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n")
        raw = raw.removeprefix(b".").replace(b"\r\n..", b"\r\n.")
        self._sink.keep(_mail(self._sender, tuple(self._recipients), raw))
        self._forget()
        if self._sink.drop_after_accept:
            self._sink.drop_after_accept -= 1
            return None
        return "250 kept"

    def _forget(self) -> None:
        self._sender, self._recipients = None, []

    async def _say(self, line: str) -> None:
        self._writer.write(f"{line}\r\n".encode())
        await self._writer.drain()


def _mail(sender: str, recipients: tuple[str, ...], raw: bytes) -> Mail:
    read = email.message_from_bytes(raw, policy=email.policy.default)
    text = read.get_body(preferencelist=("plain", "html"))
    body = str(text.get_content()).replace("\r\n", "\n") if text else ""
    return Mail(time.monotonic(), sender, recipients, str(read["subject"] or ""), body, raw)


def _address(rest: str) -> str:
    """The address in `FROM:<head@oak.example> SIZE=100`."""
    return rest.partition("<")[2].partition(">")[0]
