"""`signpost schools …`: the schools file checked, and kept in step with Entra."""

from pathlib import Path
from typing import Annotated

import typer

from bot.console.as_json import JsonOption

schools = typer.Typer(help="The schools file: people, roles, ladders and calendar.", no_args_is_help=True)

FileArgument = Annotated[
    Path | None, typer.Argument(help="The schools file; else the one in the settings.", show_default=False)
]
YesOption = Annotated[bool, typer.Option("--yes", help="Write what can be written, keeping a backup.")]


@schools.command()
def sync(file: FileArgument = None, *, yes: YesOption = False, as_json: JsonOption = False) -> None:
    """Show how the schools file differs from Entra's accounts and groups; with --yes, write it."""
    from bot.console import syncing

    syncing.sync(file, yes=yes, as_json=as_json)


@schools.command()
def check(
    file: Annotated[Path, typer.Argument(help="The schools file (YAML).", show_default=False)],
    *,
    as_json: JsonOption = False,
) -> None:
    """Check a schools file: every fault and its remedy (exit 1), else who can be reached and when."""
    from bot.console import schools_check

    schools_check.check(file, as_json=as_json)
