"""`signpost policy review`: a draft's rules decided one by one, the doubtful first, with who and when."""

from pathlib import Path
from typing import Annotated

import typer

from bot.console import inert
from bot.console.as_json import JsonOption
from bot.errors import UsageError

PackArgument = Annotated[Path, typer.Argument(metavar="PACK", help="The draft that policy import wrote.")]
NameOption = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Who decides; else this computer's user.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Go through the surer rules too.")]
FileOption = Annotated[
    Path | None, typer.Option("--file", metavar="REVIEW", help="Take the decisions from this file.")
]
WriteOption = Annotated[
    Path | None,
    typer.Option("--write-file", metavar="REVIEW", help="Write what is undecided to a new file to edit."),
]
DoneOption = Annotated[
    bool, typer.Option("--done", help="Carry the decisions out, and set status: published.")
]


def review(  # noqa: PLR0913  each parameter is an option of the command
    pack: PackArgument,
    *,
    whom: NameOption = None,
    everything: AllOption = False,
    file: FileOption = None,
    write_file: WriteOption = None,
    done: DoneOption = False,
    as_json: JsonOption = False,
) -> None:
    """Decide about a draft's rules, the doubtful first. Stop when you like: every decision is kept."""
    if write_file is not None and (file is not None or done):
        raise UsageError("--write-file goes alone: it only writes what is still to be decided")
    from bot.console import review_sitting as sittings
    from bot.console.review_talk import go_through

    sitting = sittings.sitting(pack, whom, everything=everything)
    if write_file is not None:
        sittings.write_form(sitting, write_file)
        return
    if file is not None:
        sittings.take(sitting, file)
    if done:
        sittings.finish(sitting)
    if as_json:
        inert.print_json(sittings.as_json(sitting, done=done))
    elif done:
        inert.say(
            f"{sitting.path} says status: published. Next: {sittings.to_run('publish', sitting)} --as PERSON"
        )
    else:
        if file is None:
            go_through(sitting)
        inert.say(sittings.standing(sitting))
