"""The mail sink, checked with the mail client that the program uses."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest

from tests.support.smtp import MailSink


@contextmanager
def _client(sink: MailSink) -> Iterator[smtplib.SMTP]:
    at = urlsplit(sink.url)
    assert at.hostname is not None
    assert at.port is not None
    with smtplib.SMTP(at.hostname, at.port, timeout=5) as client:
        yield client


def _message(text: str = "Please open Signpost.", to: str = "dsl@oak.example") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "bot@oak.example", to, "SP-1 – immediate"
    message.set_content(text)
    return message


def test_a_message_is_kept_with_its_envelope_its_subject_and_its_text(mail_sink: MailSink) -> None:
    with _client(mail_sink) as client:
        client.send_message(_message(), to_addrs=["dsl@oak.example", "ceo@oak.example"])
    (mail,) = mail_sink.messages
    assert (mail.sender, mail.recipients) == ("bot@oak.example", ("dsl@oak.example", "ceo@oak.example"))
    assert (mail.subject, mail.body) == ("SP-1 – immediate", "Please open Signpost.\n")


@pytest.mark.parametrize("text", ["", ".", ".starts with a dot\n..and two", "Grüße, 学校 …", "x" * 100_000])
def test_any_text_arrives_as_it_was_sent(mail_sink: MailSink, text: str) -> None:
    with _client(mail_sink) as client:
        client.send_message(_message(text))
    assert mail_sink.messages[0].body.rstrip("\n") == text


def test_several_messages_over_one_connection_and_over_several_are_all_kept_in_order(
    mail_sink: MailSink,
) -> None:
    with _client(mail_sink) as one, _client(mail_sink) as other:
        for number, client in enumerate([one, one, other, one]):
            client.send_message(_message(f"{number}"))
    assert [mail.body.strip() for mail in mail_sink.messages] == ["0", "1", "2", "3"]
    assert sorted(mail_sink.messages, key=lambda mail: mail.at) == list(mail_sink.messages)


def test_a_dead_mailbox_is_refused_for_good_and_the_rest_of_the_envelope_is_not(mail_sink: MailSink) -> None:
    mail_sink.dead = frozenset({"left@oak.example"})
    with _client(mail_sink) as client:
        refused = client.send_message(_message(), to_addrs=["left@oak.example", "dsl@oak.example"])
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.send_message(_message(to="left@oak.example"))
    assert refused["left@oak.example"][0] == 550
    assert [mail.recipients for mail in mail_sink.messages] == [("dsl@oak.example",)]


def test_while_busy_a_message_is_put_off_and_later_taken(mail_sink: MailSink) -> None:
    with _client(mail_sink) as client:
        mail_sink.busy = True
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            client.send_message(_message())
        mail_sink.busy = False
        client.send_message(_message())
    assert len(mail_sink.messages) == 1


def test_what_is_dropped_after_it_was_accepted_is_kept_and_the_next_is_answered(mail_sink: MailSink) -> None:
    mail_sink.drop_after_accept = 1
    with _client(mail_sink) as client, pytest.raises(smtplib.SMTPServerDisconnected):
        client.send_message(_message())
    with _client(mail_sink) as client:
        client.send_message(_message())
    assert len(mail_sink.messages) == 2


def test_a_message_to_whoever_hangs_is_never_answered_and_delays_nobody_else(mail_sink: MailSink) -> None:
    mail_sink.hang = frozenset({"dsl@oak.example"})
    with _client(mail_sink) as stuck, _client(mail_sink) as client:
        stuck.ehlo()
        stuck.mail("bot@oak.example")
        stuck.rcpt("dsl@oak.example")
        stuck.putcmd("DATA")
        client.send_message(_message(to="ceo@oak.example"))
        assert stuck.sock is not None
        stuck.sock.settimeout(0.1)
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            stuck.getreply()
    assert [mail.recipients for mail in mail_sink.messages] == [("ceo@oak.example",)]


def test_what_is_put_in_the_wrong_order_is_refused(mail_sink: MailSink) -> None:
    with _client(mail_sink) as client:
        client.helo()
        codes = [client.docmd(line)[0] for line in ("DATA", "RCPT TO:<a@oak.example>", "DANCE", "NOOP")]
        client.mail("bot@oak.example")
        codes.append(client.docmd("DATA")[0])
    assert codes == [503, 503, 502, 250, 503]


def test_waiting_gives_the_messages_and_gives_up_at_the_deadline(mail_sink: MailSink) -> None:
    with pytest.raises(AssertionError, match="in vain for mail"):
        mail_sink.wait_for(within=0.05)
    with _client(mail_sink) as client:
        client.send_message(_message())
    assert len(mail_sink.wait_for()) == 1
    with pytest.raises(AssertionError, match="in vain for mail"):
        mail_sink.wait_for(lambda mails: len(mails) == 2, within=0.05)


def test_half_a_message_is_none_and_a_client_that_stays_does_not_hold_the_sink_open() -> None:
    with MailSink() as sink:
        at = urlsplit(sink.url)
        with _client(sink) as client:
            client.mail("bot@oak.example")
            client.rcpt("dsl@oak.example")
            client.docmd("DATA")
            client.send(b"half a mess")
            client.close()
        stays = socket.create_connection((at.hostname, at.port))
        assert stays.recv(3) == b"220"
    assert sink.messages == ()
    assert stays.recv(100).endswith(b"\n")
    assert stays.recv(100) == b""
    stays.close()
