"""Where a command's confidential text goes: a file that only its owner can read, or this terminal."""

from pathlib import Path
from typing import Annotated

import typer

from bot.console import inert
from bot.errors import SignpostError
from bot.private_files import create_private

OutOption = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write to a new file that only you can read."),
]


def check_free(out: Path | None) -> None:
    """Refuse a file that is there already, before anything confidential is read. Raises `SignpostError`."""
    if out is not None and (out.exists() or out.is_symlink()):
        raise SignpostError(f"{inert.line(str(out))} is there already: nothing is overwritten, name another")


def put_out(text: str, out: Path | None) -> None:
    """Write harmless text to a new file of mode 0600, or print it. Raises `SignpostError`."""
    if out is None:
        typer.echo(text.removesuffix("\n"))
        return
    try:
        create_private(out, text)
    except FileExistsError:
        check_free(out)
        raise
    except OSError as error:
        raise SignpostError(f"{inert.line(str(out))} cannot be written: {error.strerror}") from error
    inert.say(f"Written to {out}, for your eyes only: delete it once it is where it belongs.")
