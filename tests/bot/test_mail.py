"""E-mail: a reference and whom to ring, to the right mailbox, and what each of a server's refusals means."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes

import pytest

import bot.mail
from bot.addresses import mail_server
from bot.delivery import CannotTellError, Envelope, Pace, TryLaterError, UnreachableError
from bot.mail import Mail
from bot.messages import Alert, Message, Prompt, Reminder
from bot.reporting.office import EMAIL
from knowledge.rules import Urgency
from tests.bot.reporting.oakfield import directory
from tests.support.smtp import MailSink

REFERENCE = "SP-7Q4K-M2XD"
ALERT = Alert(REFERENCE, Urgency.IMMEDIATE, ("01632 960001: children's social care",))


def _mail(url: str, **more: float) -> Mail:
    return Mail(mail_server(url), "signpost@oakfield.example", **more)


def _envelope(message: Message = ALERT, marks: frozenset[str] = frozenset()) -> Envelope:
    return Envelope("n1", "sam", "sam@oakfield.example", message, marks)


def _send(mail: Mail, envelope: Envelope | None = None) -> str:
    return asyncio.run(mail.send(envelope or _envelope()))


def test_a_mail_says_the_reference_and_whom_to_ring(mail_sink: MailSink) -> None:
    provider = _send(_mail(mail_sink.url))
    (mail,) = mail_sink.messages
    assert (mail.sender, mail.recipients) == ("signpost@oakfield.example", ("sam@oakfield.example",))
    assert mail.subject.startswith(f"{REFERENCE}: ")
    assert "01632 960001" in mail.body
    assert "nobody reads this mailbox" in mail.body
    read = message_from_bytes(mail.raw)
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Message-ID"] == provider == "<n1@oakfield.example>"


def test_the_same_notice_again_is_the_same_message_marked_as_a_repeat(mail_sink: MailSink) -> None:
    mail = _mail(mail_sink.url)
    assert _send(mail) == _send(mail, _envelope(marks=frozenset({"repeat"})))
    assert "repeat" in mail_sink.messages[1].body


def test_a_mailbox_that_is_not_there_is_unreachable(mail_sink: MailSink) -> None:
    mail_sink.dead = frozenset({"sam@oakfield.example"})
    with pytest.raises(UnreachableError):
        _send(_mail(mail_sink.url))


def test_a_server_that_is_busy_or_away_is_tried_later(mail_sink: MailSink) -> None:
    mail_sink.busy = True
    for url in (mail_sink.url, "smtp://127.0.0.1:9"):
        with pytest.raises(TryLaterError) as refused:
            _send(_mail(url))
        assert not refused.value.unsure


@contextmanager
def _server(*answers: str, hang: bool = False) -> Iterator[str]:
    """A server that greets, says these lines one after the other whatever it hears, and hangs up or hangs."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        done = threading.Event()

        def talk() -> None:
            line, _ = door.accept()
            with line, line.makefile("rb") as heard, suppress(OSError):
                line.sendall(b"220 here\r\n")
                for answer in answers:
                    heard.readline()
                    line.sendall(f"{answer}\r\n".encode())
                    if answer.startswith("354"):
                        list(iter(heard.readline, b".\r\n"))
                if hang:
                    done.wait(30)

        thread = threading.Thread(target=talk)
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{door.getsockname()[1]}?starttls=never"
        finally:
            done.set()
            thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.7.1 we take no mail from you",
        "552 5.2.2 mailbox full",
        "550 5.2.2 mailbox full",
        "450 4.2.1 come back later",
    ],
)
def test_a_refusal_that_another_day_may_lift_is_not_unreachable(answer: str) -> None:
    with _server("250 hello", "250 go on", answer, "250 as you wish", "221 bye") as url:
        with pytest.raises(TryLaterError) as refused:
            _send(_mail(url))
        assert not refused.value.unsure


@pytest.mark.parametrize("answer", ["550 5.1.1 no such person", "550 nobody", "553 no such name"])
def test_a_mailbox_refused_for_good_is_unreachable(answer: str) -> None:
    words = ("250 hello", "250 go on", answer, "250 as you wish", "221 bye")
    with _server(*words) as url, pytest.raises(UnreachableError):
        _send(_mail(url))


def test_a_server_that_hangs_up_after_the_text_may_have_taken_it() -> None:
    with _server("250 hello", "250 go on", "250 go on", "354 go on") as url:
        with pytest.raises(TryLaterError) as refused:
            _send(_mail(url))
        assert refused.value.unsure


@pytest.mark.parametrize("answers", [(), ("250 hello",), ("250 hello", "250 go on", "250 go on")])
def test_a_server_that_says_nothing_more_holds_a_send_up_for_one_span_in_all(
    answers: tuple[str, ...],
) -> None:
    began = time.monotonic()
    with _server(*answers, hang=True) as url, pytest.raises(TryLaterError):
        _send(_mail(url, seconds=0.5))
    assert 0.4 < time.monotonic() - began < 1.5


def test_that_span_is_shorter_than_the_senders_patience_and_that_than_its_lease() -> None:
    assert bot.mail._SECONDS < Pace().timeout < Pace().lease  # noqa: SLF001  the figure is the promise


def test_mails_to_a_server_that_hangs_leave_the_programs_own_threads_free() -> None:
    async def both(mail: Mail) -> float:
        sends = [asyncio.create_task(mail.send(_envelope())) for _ in range(50)]
        await asyncio.sleep(0)
        began = time.monotonic()
        await asyncio.to_thread(lambda: None)
        took = time.monotonic() - began
        for send in sends:
            send.cancel()
        await asyncio.gather(*sends, return_exceptions=True)
        return took

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        assert asyncio.run(both(_mail(url))) < 1


def test_mail_cannot_be_asked_and_leaves_what_was_sent_as_it_is(mail_sink: MailSink) -> None:
    mail = _mail(mail_sink.url)
    with pytest.raises(CannotTellError):
        asyncio.run(mail.find(_envelope()))
    asyncio.run(mail.edit("<n1@oakfield.example>", _envelope(Reminder(REFERENCE, Prompt.ASKED))))
    assert mail_sink.messages == ()


def test_it_finds_people_by_their_address_only() -> None:
    mail = _mail("smtp://127.0.0.1:9")
    people = directory().people.values()
    assert all(mail.address(person) == person.email for person in people)
    assert mail.platform == EMAIL
