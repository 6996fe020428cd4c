"""Whether an e-mail server answers: be greeted, say EHLO, leave. Nothing is sent, nobody signs in."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from bot.addresses import Encryption, MailServer

_SECONDS = 4.5
_LONGEST, _MOST = 1_000, 100
_READY, _FINE = "220", "250"


def greet(server: MailServer) -> str | None:
    """What is wrong with a server, in a few words; None where it answers as it should."""
    try:
        with _connected(server) as talk, talk.makefile("rwb", buffering=0) as stream:
            return _spoken(stream, server)
    except ssl.SSLError:
        return "its certificate is not trusted here, or it does not speak TLS on that port"
    except OSError as error:
        return f"it cannot be connected to ({error.strerror or 'no answer in time'})"


@contextmanager
def _connected(server: MailServer) -> Iterator[socket.socket]:
    with socket.create_connection((server.host, server.port), timeout=_SECONDS) as plain:
        if server.encryption is not Encryption.TLS:
            yield plain
            return
        with ssl.create_default_context().wrap_socket(plain, server_hostname=server.host) as secure:
            yield secure


def _spoken(stream: socket.SocketIO, server: MailServer) -> str | None:
    greeting = _reply(stream)
    if not greeting or not greeting[0].startswith(_READY):
        return "it does not greet like a mail server"
    stream.write(b"EHLO [127.0.0.1]\r\n")
    offers = _reply(stream)
    stream.write(b"QUIT\r\n")
    if not offers or not offers[0].startswith(_FINE):
        return "it refuses EHLO"
    if server.encryption is Encryption.STARTTLS and not any("STARTTLS" in line.upper() for line in offers):
        return "it offers no STARTTLS, without which nothing is sent to it"
    return None


def _reply(stream: socket.SocketIO) -> list[str]:
    """The lines of one reply; the last has a space after its number."""
    lines: list[str] = []
    while len(lines) < _MOST:
        line = stream.readline(_LONGEST).decode("ascii", errors="replace")
        if not line:
            break
        lines.append(line)
        if not (line[:3].isdigit() and line[3:4] == "-"):
            break
    return lines
