"""Commands at a terminal, run in this process beside an office on the same database."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

from bot import app
from bot.console.confirming import CodeSentError
from bot.errors import SignpostError
from bot.reporting.office import Office
from tests.support.offices import code_for, office_for

Given = str | Callable[[], str]
"""What is on standard input. A function is called once the command reads, for a code that it sends itself."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, its exit code, and what it refused with, if it did."""

    out: str
    err: str
    code: int
    refused: SignpostError | None


@dataclass(frozen=True, slots=True)
class Desk:
    """A terminal, and the office that its commands work on."""

    office: Office
    commands: typer.Typer

    def run(self, *words: str, given: Given = "", terminal: bool = False) -> Said:
        """Run a command with something on its standard input, which may be a terminal."""
        out, err = io.StringIO(), io.StringIO()
        code, refused = 0, None
        with redirect_stdout(out), redirect_stderr(err), _standard_input(given, terminal=terminal):
            try:
                typer.main.get_command(self.commands).main(list(words), prog_name="signpost")
            except SystemExit as ended:
                code = int(ended.code or 0)
            except SignpostError as error:
                code, refused = 1, error
        return Said(out.getvalue(), err.getvalue(), code, refused)

    def confirmed(self, person: str, *words: str, given: Given = "") -> Said:
        """Run a command as a person: once for the code they are sent, once more with it."""
        asked = self.run(*words, "--as", person)
        assert isinstance(asked.refused, CodeSentError), asked
        code = code_for(self.office, person, app.now())
        return self.run(*words, "--as", person, "--code", code, given=given)


class _Input:
    """Standard input that is made up when it is first read."""

    def __init__(self, given: Given, *, terminal: bool) -> None:
        self._given = given
        self._terminal = terminal
        self._rest: io.StringIO | None = None

    def isatty(self) -> bool:
        """Whether somebody types here."""
        return self._terminal

    def readline(self) -> str:
        """Read a line."""
        return self._stream().readline()

    def read(self) -> str:
        """Read the rest."""
        return self._stream().read()

    def _stream(self) -> io.StringIO:
        if self._rest is None:
            self._rest = io.StringIO(self._given() if callable(self._given) else self._given)
        return self._rest


@contextmanager
def _standard_input(given: Given, *, terminal: bool) -> Iterator[None]:
    typed: Any = _Input(given, terminal=terminal)
    usual, sys.stdin = sys.stdin, typed
    try:
        yield
    finally:
        sys.stdin = usual


def desk_for(
    commands: typer.Typer, database_url: str, folder: Path, schools: str, patch: pytest.MonkeyPatch
) -> Desk:
    """A terminal in `folder`. Everybody can be reached on the console platform, which is never called."""
    office = office_for(database_url, folder, schools)
    (folder / "schools.yml").write_text(schools, encoding="utf-8")
    patch.chdir(folder)
    patch.setenv("SIGNPOST_DATABASE_URL", database_url.replace("+psycopg", ""))
    patch.setenv("SIGNPOST_KEYS_FILE", str(folder / "keys.toml"))
    patch.setenv("SIGNPOST_SCHOOLS", str(folder / "schools.yml"))
    patch.setenv("SIGNPOST_TEST", "1")
    patch.setenv("SIGNPOST_CONSOLE_URL", "http://127.0.0.1:9/notices")
    return Desk(office, commands)
