"""E-mail, the way past chat: a reference and whom to ring, no content, to an allow-listed server only."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate

from bot.addresses import Encryption, MailServer
from bot.delivery import CannotTellError, Envelope, TryLaterError, UnreachableError
from bot.reporting.office import EMAIL
from bot.reporting.people import Person
from bot.wording.notices import say

_SECONDS = 4.5
_PERMANENT = range(550, 554)
_FOOT = "Please don't reply: nobody reads this mailbox. Use Signpost, or ring."


class Mail:
    """Sends notices by e-mail, one connection each, in a thread."""

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    @property
    def platform(self) -> str:
        """Its name in the outbox."""
        return EMAIL

    def address(self, person: Person) -> str | None:
        """The person's e-mail address."""
        return person.email

    async def send(self, envelope: Envelope) -> str:
        """Send one e-mail; its Message-ID names the notice, so that a repeat is the same message."""
        return await asyncio.to_thread(self._deliver, self._written(envelope))

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
        mail["Message-ID"] = f"<{envelope.notice}@{self._sender.rpartition('@')[2] or 'signpost'}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{said.text}\n\n{_FOOT}\n")
        return mail

    def _deliver(self, mail: EmailMessage) -> str:
        try:
            with self._connected() as smtp:
                smtp.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if codes and all(code in _PERMANENT for code in codes):
                raise UnreachableError("refused") from error
            raise TryLaterError from error
        except (smtplib.SMTPException, OSError) as error:
            raise TryLaterError from error
        return str(mail["Message-ID"])

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.encryption is Encryption.TLS:
            context = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
        if server.encryption is Encryption.STARTTLS:
            smtp.starttls(context=ssl.create_default_context())
        if server.user and server.password is not None:
            smtp.login(server.user, server.password.get_secret_value())
        return smtp
