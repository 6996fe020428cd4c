"""E-mail, the way past chat: a reference and whom to ring, no content, to an allow-listed server only.

Each conversation has a thread of its own, apart from those that take reports in: a mail server that hangs
holds back nothing else, neither while Signpost runs nor when it ends.
"""

import asyncio
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from socket import SHUT_RDWR
from threading import Thread

from bot.addresses import Encryption, MailServer
from bot.delivery import CannotTellError, Envelope, TryLaterError, UnreachableError
from bot.reporting.office import EMAIL
from bot.reporting.people import Person
from bot.wording.notices import say

_SECONDS = 4.5
_AT_ONCE = 3
"""Conversations: Exchange Online takes no more from one account."""
_FOOT = "Please don't reply: nobody reads this mailbox. Use Signpost, or ring."
_TAKEN = range(200, 300)
_PERMANENT = frozenset({550, 551, 553})
"""Not 552: a mailbox that is full may be emptied."""
_POLICY = re.compile(rb"\s*5\.(7\.|2\.2)")
"""What a server says by its own policy (RFC 3463), a full quota say, is not about the person."""


class Mail:
    """Sends notices by e-mail, one connection each. No send takes longer than `seconds`."""

    def __init__(self, server: MailServer, sender: str, *, seconds: float = _SECONDS) -> None:
        self._server = server
        self._sender = sender
        self._mailbox = parseaddr(sender)[1]
        self._seconds = seconds
        self._free = asyncio.Semaphore(_AT_ONCE)

    @property
    def platform(self) -> str:
        """Its name in the outbox."""
        return EMAIL

    def address(self, person: Person) -> str | None:
        """The person's e-mail address."""
        return person.email

    async def send(self, envelope: Envelope) -> str:
        """Send one e-mail; its Message-ID names the notice, so that a repeat is the same message."""
        if not (envelope.address.isascii() and envelope.address.isprintable()):
            raise UnreachableError("address")
        mail = self._written(envelope)
        content = mail.as_bytes(policy=policy.SMTP)
        talk = _Talk(self._server, self._mailbox, envelope.address, content, self._seconds)
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
                await _in_its_own_thread(talk.hold, then=self._free.release)
        except TimeoutError as error:
            raise TryLaterError(unsure=talk.break_off()) from error
        finally:
            talk.break_off()
        return str(mail["Message-ID"])

    async def find(self, envelope: Envelope) -> str | None:
        """E-mail cannot be asked."""
        raise CannotTellError(envelope.notice)

    async def edit(self, provider_id: str, envelope: Envelope) -> None:
        """What was mailed stays as it is; a case that moved on needs no second e-mail."""

    def _written(self, envelope: Envelope) -> EmailMessage:
        said = say(envelope.message, envelope.marks)
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = envelope.address
        mail["Subject"] = said.subject
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{envelope.notice}@{self._mailbox.rpartition('@')[2] or 'signpost'}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{said.text}\n\n{_FOOT}\n", cte="quoted-printable")
        return mail


@dataclass(slots=True)
class _Talk:
    """One message handed to a mail server. It can be broken off from another thread.

    `handed` is set before the server is given the message: from then on only its answer says whether it has.
    """

    server: MailServer
    sender: str
    to: str
    content: bytes
    seconds: float
    handed: bool = False
    _over: bool = False
    _smtp: smtplib.SMTP | None = None

    def hold(self) -> None:
        """Hand the message over. Raises `TryLaterError`, `UnreachableError`."""
        try:
            with closing(self._connected()) as self._smtp:
                self._sign_in(self._smtp)
                self._hand_over(self._smtp)
        except smtplib.SMTPResponseException as error:
            raise TryLaterError from error
        except (smtplib.SMTPException, OSError) as error:
            raise TryLaterError(unsure=self.handed) from error

    def break_off(self) -> bool:
        """End it now; whether the server may have the message."""
        self._over = True
        handed = self.handed
        sock = self._smtp.sock if self._smtp is not None else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(SHUT_RDWR)
        return handed

    def _hand_over(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        code, said = smtp.mail(self.sender)
        if code not in _TAKEN:
            raise smtplib.SMTPSenderRefused(code, said, self.sender)
        _heed(*smtp.rcpt(self.to))
        self.handed = True
        if self._over:  # whoever broke it off may have seen `handed` unset, and will send this again
            raise TryLaterError
        _heed(*self._data(smtp))
        with suppress(smtplib.SMTPException, OSError):
            smtp.putcmd("QUIT")

    def _data(self, smtp: smtplib.SMTP) -> tuple[int, bytes]:
        try:
            return smtp.data(self.content)
        except smtplib.SMTPDataError as error:  # it would not even begin to take the message
            said = error.smtp_error if isinstance(error.smtp_error, bytes) else b""
            raise _refusal(error.smtp_code, said) from error

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        if server.encryption is Encryption.TLS:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, timeout=self.seconds, context=context)
        return smtplib.SMTP(server.host, server.port, timeout=self.seconds)

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        if self.server.encryption is Encryption.STARTTLS:
            smtp.starttls(context=ssl.create_default_context())
        if self.server.user and self.server.password is not None:
            smtp.login(self.server.user, self.server.password.get_secret_value())


def _heed(code: int, said: bytes) -> None:
    if code not in _TAKEN:
        raise _refusal(code, said)


def _refusal(code: int, said: bytes) -> TryLaterError | UnreachableError:
    """What a server's no about the person or the message means."""
    if code in _PERMANENT and not _POLICY.match(said):
        return UnreachableError("refused")
    return TryLaterError()


async def _in_its_own_thread(work: Callable[[], None], *, then: Callable[[], None]) -> None:
    """Do what blocks in a thread that nobody waits for at the end; `then` follows it, in the loop."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def end(error: BaseException | None) -> None:
        then()
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        failed: BaseException | None = None
        try:
            work()
        except BaseException as error:  # noqa: BLE001  handed to whoever awaits it
            failed = error
        with suppress(RuntimeError):  # the loop has ended meanwhile: nobody awaits it any more
            loop.call_soon_threadsafe(end, failed)

    try:
        Thread(target=run, name="mail", daemon=True).start()
    except RuntimeError as error:  # there are too many
        then()
        raise TryLaterError from error
    await done
