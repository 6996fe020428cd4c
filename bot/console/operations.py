"""What whoever runs an installation does with it: audit, backups, keys, tables, failpoints."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import app
from bot.console import inert
from bot.console.as_json import JsonOption
from bot.console.confirming import desk
from bot.console.progress import progress
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.reporting.casefile import Actor
    from storage.audit import Anchor, Break

audit = typer.Typer(help="The record of who did what, which cannot be changed unseen.", no_args_is_help=True)

AnchorOption = Annotated[
    str | None,
    typer.Option("--anchor", metavar="SEQ:MAC", help="An end that was written down: it must still be there."),
]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.", show_default=False)]
KeysOption = Annotated[
    Path | None,
    typer.Option("--keys", metavar="FILE", help="The keys that were backed up with it; else FILE.keys."),
]
KeepOption = Annotated[
    bool, typer.Option("--keep-old", help="Leave the old master key in the keys file, for older backups.")
]
ToOption = Annotated[str | None, typer.Option("--to", metavar="REV", help="The revision to go to.")]
DownOption = Annotated[
    int | None, typer.Option("--down", metavar="N", min=1, help="How many revisions to go back.")
]
_ANCHOR = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})", re.ASCII)
_MOST_BREAKS = 50


@audit.command()
def verify(*, anchor: AnchorOption = None, as_json: JsonOption = False) -> None:
    """Check the whole chain, and that an anchor is still in it. Exit 1 if any row was tampered with."""
    expected = _anchor(anchor) if anchor is not None else None
    with desk() as office:
        rows, breaks = office.audit.verify(office.store, expected)
    if as_json:
        inert.print_json({"rows": rows, "breaks": [{"seq": one.seq, "what": one.what} for one in breaks]})
    else:
        _show_breaks(breaks)
        inert.say(f"{rows:,} rows, {'whole' if not breaks else f'{len(breaks):,} breaks'}")
    raise typer.Exit(1 if breaks else 0)


@audit.command()
def head(*, as_json: JsonOption = False) -> None:
    """Print where the chain ends now, to be written down elsewhere and given to `verify --anchor`."""
    with desk() as office, office.store.reading() as session:
        found = str(office.audit.anchor(session))
    if as_json:
        inert.print_json({"anchor": found})
    else:
        inert.say(found)


def backup(file: FileArgument, *, as_json: JsonOption = False) -> None:
    """Back everything up while serve runs: FILE without the keys, FILE.keys with them. Keep the two apart."""
    from bot.reporting.backups import back_up

    with desk() as office, progress("Backing up") as tell:
        made = back_up(office, file, now=app.now(), actor=_operator(), progress=tell)
    rows = sum(made.rows.values())
    if as_json:
        said = {"file": str(file), "keys": f"{file}.keys", "revision": made.revision, "rows": dict(made.rows)}
        inert.print_json({**said, "anchor": made.audit})
        return
    inert.say(f"{file}: {rows - made.rows['case_key']:,} rows. {file}.keys: {made.rows['case_key']:,} keys.")
    inert.say(f"The audit chain ends at {made.audit}")
    inert.say("Keep the .keys file apart from the other, and a copy of the keys file apart from both.")


def restore(file: FileArgument, *, keys: KeysOption = None, as_json: JsonOption = False) -> None:
    """Restore a backup into an empty database, with serve stopped. Unanswered cases are called out anew."""
    from bot.reporting.backups import bring_back
    from storage.backup import Archive

    with app.office(migrated=False) as office, progress("Restoring") as tell:
        key = office.audit.key
        archive = Archive(file, keys, key) if keys is not None else Archive.named(file, key)
        done = bring_back(office, archive, now=app.now(), actor=_operator(), progress=tell)
    back = done.restored
    if as_json:
        inert.print_json(
            {
                "made_at": back.header.made_at.isoformat(),
                "cases": back.cases,
                "started_again": back.again,
                "purged_since": back.purged,
                "audit_rows": done.audit_rows,
                "audit_breaks": [{"seq": one.seq, "what": one.what} for one in done.breaks],
            }
        )
    else:
        inert.say(f"{back.cases:,} cases are back, as of {back.header.made_at:%Y-%m-%d %H:%M} UTC.")
        inert.say(f"{back.again:,} of them wait for an answer and start a fresh lap once serve runs.")
        if back.purged:
            inert.say(f"{back.purged:,} have no key any more: they were erased since, and stay so.")
        _show_breaks(done.breaks)
        inert.say(f"The audit chain: {done.audit_rows:,} rows, {'broken' if done.breaks else 'whole'}.")
    raise typer.Exit(1 if done.breaks else 0)


def rotate_keys(*, keep_old: KeepOption = False, as_json: JsonOption = False) -> None:
    """Change the master key while serve runs. The .keys files of older backups open no more after that."""
    from bot.reporting.rekeying import retire, rotate

    actor, path = _operator(), app.keys_path()
    with desk() as office, progress("Wrapping keys again") as tell:
        done = rotate(office, path, now=app.now(), actor=actor, progress=tell)
        retired = () if keep_old else retire(office, path, now=app.now(), actor=actor)
    if as_json:
        inert.print_json({"active": done.active, "moved": done.moved, "retired": list(retired)})
        return
    inert.say(f"{done.active} is the master key now; {done.moved:,} keys are wrapped under it.")
    if retired:
        inert.say(
            f"{', '.join(retired)} is gone from {path}, and with it older .keys files: make a backup now."
        )
    inert.say("Destroy older copies of the keys file, and keep a copy of the new one.")


def migrate(*, to: ToOption = None, down: DownOption = None, as_json: JsonOption = False) -> None:
    """Bring the tables to this version, or back: run --down 1 before an older version is installed."""
    if to is not None and down is not None:
        raise UsageError("give either --to or --down")
    from storage.migrating import migrate as move

    with app.office(migrated=False) as office:
        before, after = move(office.store, to or (f"-{down}" if down else "head"))
    if as_json:
        inert.print_json({"from": before, "to": after})
    elif before == after:
        inert.say(f"The tables are at {after} already.")
    else:
        inert.say(f"The tables went from {before or 'none'} to {after or 'none'}.")


def failpoints(*, as_json: JsonOption = False) -> None:
    """List the places where a test can have this program kill itself (SIGNPOST_FAILPOINT=name[:n])."""
    from storage.failpoints import NAMES

    if as_json:
        inert.print_json(list(NAMES))
    else:
        inert.say_all(NAMES)


def _operator() -> "Actor":
    """Whoever is at the terminal: no person of the schools file, but a user of the operating system."""
    from bot.reporting.casefile import Actor

    return Actor("signpost", app.os_user())


def _anchor(text: str) -> "Anchor":
    from storage.audit import Anchor

    found = _ANCHOR.fullmatch(text.strip())
    if found is None:
        raise UsageError("an anchor is written SEQ:MAC, as signpost audit head prints it")
    return Anchor(int(found[1]), found[2])


def _show_breaks(breaks: "tuple[Break, ...]") -> None:
    for one in breaks[:_MOST_BREAKS]:
        inert.say(f"row {one.seq}: {one.what}")
    if len(breaks) > _MOST_BREAKS:
        inert.say(f"… and {len(breaks) - _MOST_BREAKS:,} more")
