"""`signpost init`: the three files an installation starts from, overwriting nothing."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import typer

from bot.console.as_json import print_json
from bot.errors import SignpostError, UnreadableError
from bot.keyring import new_keyring_text
from bot.private_files import create_private
from bot.settings import FILE, Settings

KEYS = "keys.toml"
SCHOOLS = "schools.yml"
_HERE = Path(__file__).resolve()
_EXAMPLES = (_HERE.with_name("schools.example.yml"), _HERE.parents[2] / "examples" / SCHOOLS)
"""The example schools file as the wheel carries it, and as it stands in a checkout."""

_TEMPLATE = """\
# Signpost's settings. A variable of the same name with SIGNPOST_ before it, as in SIGNPOST_PORT, wins.
# A secret may stand in a file of its own instead, named by the same key with _file after it.

{settings}
host = "127.0.0.1"                      # put a reverse proxy with TLS in front, and name it below
port = 8080
# trusted_proxies = ["10.0.0.5"]
# policy = "starter"                    # answers `signpost ask` where none is named
# database_url = "postgresql://signpost@db.oakfield.example/signpost"       # without it: SQLite in data_dir
# smtp_url_file = "smtp.url"            # smtp://user:password@mail.oakfield.example:587
# mail_from = "Signpost <signpost@oakfield.example>"
# email_after = "10m"                   # chat down for this long: notices go by e-mail
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """What `init` did: files written, files that were there and are as they were, and what to do next."""

    written: tuple[str, ...]
    left: tuple[str, ...]
    steps: tuple[str, ...]


def init(folder: Path, settings: Settings | None = None) -> Begun:
    """Write settings, keys and an example schools file, where `settings` name them or else in `folder`.

    Raises `SignpostError` for what cannot be written; what was written before then stays.
    """
    folder = folder.absolute()
    keys = (settings and settings.keys_file) or folder / KEYS
    schools = (settings and settings.schools) or folder / SCHOOLS
    config = folder / FILE
    lines = _lines(folder, data_dir=folder / "data", keys_file=keys, schools=schools)
    # Settings last: they never name a file that is not there.
    texts = {
        keys: new_keyring_text(),
        schools: example_schools(),
        config: _TEMPLATE.format(settings="\n".join(lines.values())),
    }
    written = [path for path, text in texts.items() if _created(path, text)]
    unnamed = [] if settings is None or config in written else _unnamed(settings, lines)
    return Begun(
        tuple(map(str, written)),
        tuple(str(path) for path in texts if path not in written),
        (*(f"Add to {config}: {line}" for line in unnamed), *_steps(keys, schools)),
    )


def show_begun(begun: Begun, *, as_json: bool) -> None:
    """Print what `init` did, as JSON or for a person."""
    if as_json:
        print_json({"written": begun.written, "left": begun.left, "next": begun.steps})
        return
    for path in begun.written:
        typer.echo(f"written: {path}")
    for path in begun.left:
        typer.echo(f"left as it was: {path}")
    typer.echo("\nNext:")
    for number, step in enumerate(begun.steps, start=1):
        typer.echo(f"{number}. {step}")


def example_schools() -> str:
    """The example schools file: a made-up trust, whole and valid. Raises `UnreadableError`."""
    for place in _EXAMPLES:
        if place.is_file():
            return place.read_text(encoding="utf-8")
    raise UnreadableError("the example schools file is missing from this installation: install it again")


def _created(path: Path, text: str) -> bool:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        create_private(path, text)
    except OSError as error:
        if isinstance(error, FileExistsError) and os.path.lexists(path):
            return False
        raise SignpostError(f"{path} cannot be written: {error.strerror}") from error
    return True


def _lines(folder: Path, **named: Path) -> dict[str, str]:
    return {name: f"{name} = {json.dumps(_short(folder, path))}" for name, path in named.items()}


def _unnamed(settings: Settings, lines: dict[str, str]) -> list[str]:
    """The lines that a settings file from before would still need."""
    return [line for name, line in lines.items() if getattr(settings, name) is None]


def _short(folder: Path, path: Path) -> str:
    return (path.relative_to(folder) if path.is_relative_to(folder) else path.absolute()).as_posix()


def _steps(keys: Path, schools: Path) -> tuple[str, ...]:
    return (
        f"Put your own schools, people and roles into {schools}, then: signpost schools check {schools}",
        f"Keep a copy of {keys} apart from the database's backups: without it nobody can read a report.",
        "See what is still missing: signpost doctor",
        "Start: signpost serve",
    )
