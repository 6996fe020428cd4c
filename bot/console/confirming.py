"""Who is at the terminal: somebody named in the schools file, confirmed by a code that only they are sent."""

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot import app
from bot.console import inert
from bot.errors import SignpostError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.reporting.casefile import Actor
    from bot.reporting.office import Office

STDIN = "-"
_TRIES = 3

AsOption = Annotated[
    str,
    typer.Option("--as", metavar="PERSON", help="Who you are: your id or your name in the schools file."),
]
CodeOption = Annotated[
    str | None,
    typer.Option("--code", metavar="CODE", help="The one-time code you were sent; - reads it from stdin."),
]


class CodeSentError(SignpostError):
    """A code is on its way, and nobody is at a terminal to type it: exit 1, and run again."""


@contextmanager
def desk() -> "Iterator[Office]":
    """Open the office for one command. What keeps it shut is one clear line."""
    with app.office() as office:
        yield office


def person_named(office: "Office", text: str) -> str:
    """The id of the one person that a text means. Raises `UsageError`, listing ids where several could be."""
    from bot.reporting.finding import find_people

    directory = office.directory
    if directory.person(text) is not None:
        return text
    found = find_people(text, directory, office.day(app.now()))
    sure = [match.person for match in found if match.sure]
    if len(sure) == 1:
        return sure[0]
    said = inert.line(text)[:60]
    if not found:
        raise UsageError(f"nobody in the schools file is called {said!r}: give an id or a name from it")
    meant = ", ".join(f"{one} ({directory.people[one].name})" for one in sure or [m.person for m in found])
    raise UsageError(f"{said!r} may mean {inert.line(meant)}: give one of these ids")


def confirmed(office: "Office", whom: str, purpose: str, code: str | None) -> "Actor":
    """Whoever is at the terminal, once they have given the code they were sent for this purpose.

    Raises `UsageError`, `NotConfirmedError`, and `CodeSentError` where nobody is there to type the code.
    """
    from bot.reporting.casefile import Actor
    from bot.reporting.identity import confirm, send_code

    actor = Actor(person_named(office, whom), app.os_user())
    if code is not None and code != STDIN:
        confirm(office, actor, purpose, code, now=app.now())
        return actor
    typed = code == STDIN or sys.stdin.isatty()
    ways = " and ".join(send_code(office, actor, purpose, now=app.now()))
    sent = f"a code was sent to {inert.line(office.directory.people[actor.person].name)} by {ways}"
    if not typed:
        raise CodeSentError(f"{sent}: run this again with --code CODE")
    inert.say(f"{sent}.", err=True)
    _read_code(office, actor, purpose)
    return actor


def text_given(text: str) -> str:
    """Text as it was given, or all of stdin for `-`: others on this machine can see a command line."""
    return sys.stdin.read() if text == STDIN else text


def _read_code(office: "Office", actor: "Actor", purpose: str) -> None:
    """Ask for the code; somebody who types may mistype it."""
    from bot.reporting.identity import NotConfirmedError, confirm

    for left in range(_TRIES - 1, -1, -1):
        typer.echo("Code: ", nl=False, err=True)
        given = sys.stdin.readline()
        try:
            confirm(office, actor, purpose, given, now=app.now())
        except NotConfirmedError as error:
            if not left or not sys.stdin.isatty():
                raise
            inert.say(str(error), err=True)
        else:
            return
