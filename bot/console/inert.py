"""What somebody typed, made harmless wherever a command prints it: terminal, JSON, spreadsheet (promise S13).

Control, bidi and zero-width characters could move the cursor, turn a line round or make one name look like
another; a cell that begins like a formula would be run by the spreadsheet that opens it.
"""

import json
from collections.abc import Iterable

import typer

from bot.reporting.typed import LETTERLESS, clean

_RUNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula, full-width forms too."""


def line(text: str) -> str:
    """The text on one line, without what can't be seen."""
    return clean(_seen(text), lines=False)


def lines(text: str) -> str:
    """The text without what can't be seen; its line breaks stay."""
    return clean(_seen(text), lines=True)


def cell(text: str) -> str:
    """The text for a cell of a spreadsheet: never a formula."""
    seen = lines(text)
    return f"'{seen}" if seen.startswith(_RUNS) or text[:1] in {"\t", "\r", "\n"} else seen


def say(text: str = "", *, err: bool = False) -> None:
    """Print text; its line breaks stay."""
    typer.echo(lines(text), err=err)


def say_all(texts: Iterable[str]) -> None:
    """Print each text on lines of its own."""
    for text in texts:
        say(text)


def as_json(value: object) -> str:
    """One value as JSON in ASCII: everything is kept, and nothing acts on a terminal."""
    return json.dumps(value, ensure_ascii=True)


def print_json(value: object) -> None:
    """Print one value as one line of JSON."""
    typer.echo(as_json(value))


def _seen(text: str) -> str:
    return "".join(char for char in text if char not in LETTERLESS)
