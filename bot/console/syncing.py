"""`signpost schools sync`: Entra beside the schools file, differences shown first, written if wanted."""

import asyncio
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot import app
from bot.console import inert
from bot.errors import NotReadyError, SignpostError, UsageError
from bot.reporting.schools_edits import edited
from bot.reporting.schools_sync import Difference, Entry, Sort, differences
from knowledge.rules import ROLE_NAMES

if TYPE_CHECKING:
    from bot.reporting.people import Directory
    from bot.settings import Settings
    from bot.teams.graph import Graph

_SHOWN = 200
_WORDS = {
    Sort.FOUND: "{person}: their address is the account {account} ({name})",
    Sort.JOINED: "{role}: {person} is in the group and not in the role",
    Sort.LEFT: "{role}: {person} is in the role and not in the group",
    Sort.LAST: "{role}: {person} is not in the group, and holds the role alone: replace them by hand",
    Sort.STRANGER: "{role}: {name} ({account}) is in the group and in nobody's entry: add them to people",
    Sort.SEVERAL: "{person}: their address is no one free account's: give their teams: by hand",
    Sort.MISSING: "{person}: nobody in the tenant has their address: correct email:, or give teams:",
    Sort.CLOSED: "{person}: their account {account} is closed: give left:, or the account that they use now",
    Sort.GONE: "{person}: their account {account} is not in the tenant: correct teams:",
}


@dataclass(frozen=True, slots=True)
class _Read:
    """A schools file as it was when it was read."""

    path: Path
    raw: bytes
    directory: "Directory"

    @property
    def text(self) -> str:
        return self.raw.decode("utf-8-sig")


def sync(file: Path | None, *, yes: bool, as_json: bool) -> None:
    """Show how the schools file differs from Entra's accounts and groups; with --yes, write it."""
    settings = app.settings()
    read = _read(file or settings.schools)
    entries, groups, staff = _asked(settings, read.directory)
    found = differences(read.directory, entries, groups, app.today(), staff=staff)
    backup = _written(read, found, app.now()) if yes and any(one.writes for one in found) else None
    if as_json:
        inert.print_json(_as_json(found, read, backup))
        return
    for indent, line in _lines(found, read, backup):
        typer.echo(indent + inert.line(line))


def _read(path: Path | None) -> _Read:
    from bot.reporting.schools import LARGEST, load_schools

    if path is None:
        raise UsageError("name the schools file, or set SIGNPOST_SCHOOLS")
    path = path.resolve()
    directory = load_schools(path)
    with path.open("rb") as opened:
        return _Read(path, opened.read(LARGEST + 1), directory)


def _asked(
    settings: "Settings", directory: "Directory"
) -> tuple[tuple[Entry, ...], dict[str, frozenset[str]], frozenset[str]]:
    """What Graph says of every account, of the groups that the file names, and of the staff's."""
    from bot.teams.callers import each
    from bot.teams.graph import GraphError, NotGrantedError, NotThereError
    from bot.teams.tenant import graph_for

    groups = {one.group for one in directory.holdings if one.group is not None}
    staff = each(settings.teams_staff_group)
    try:
        entries, members = asyncio.run(_from_graph(graph_for(settings), sorted({*groups, *staff})))
    except NotGrantedError as error:
        remedy = "grant User.Read.All and GroupMember.Read.All to the app (docs/teams.md)"
        raise NotReadyError(f"Graph does not tell this app who is there ({error}): {remedy}") from error
    except NotThereError as error:
        what = "a group of the schools file, or TEAMS_STAFF_GROUP, is not in the tenant"
        raise SignpostError(f"{what} ({error})") from error
    except GraphError as error:
        raise SignpostError(f"Graph gave no answer ({error}): nothing was changed; try again") from error
    return entries, members, frozenset[str]().union(*(members[one] for one in staff))


async def _from_graph(
    graph: "Graph", groups: Iterable[str]
) -> tuple[tuple[Entry, ...], dict[str, frozenset[str]]]:
    try:
        users = await graph.users()
        members = {group: await graph.members(group) for group in groups}
    finally:
        await graph.close()
    entries = (
        Entry(one.id, one.name, one.addresses, guest=one.guest, closed=one.enabled is False) for one in users
    )
    return tuple(entries), members


def _written(read: _Read, found: Iterable[Difference], now: datetime) -> Path:
    """Write the file anew; returns where it is kept as it was."""
    text = edited(read.text, read.path.name, found)
    mark = b"\xef\xbb\xbf" if read.raw.startswith(b"\xef\xbb\xbf") else b""
    backup = read.path.with_name(f"{read.path.name}.{now:%Y%m%dT%H%M%SZ}.bak")
    new = read.path.with_name(f".{read.path.name}.{os.getpid()}.new")
    try:
        with backup.open("xb") as kept:
            kept.write(read.raw)
        shutil.copymode(read.path, backup)
        with new.open("xb") as made:
            made.write(mark + text.encode())
            made.flush()
            os.fsync(made.fileno())
        shutil.copymode(read.path, new)
        if read.path.read_bytes() != read.raw:
            raise SignpostError(f"{read.path} was changed meanwhile: nothing was written; run this again")
        new.replace(read.path)
    except FileExistsError as error:
        raise SignpostError(f"{error.filename} is there already: move it away") from error
    except OSError as error:
        raise SignpostError(f"{read.path} cannot be written: {error.strerror}; it is as it was") from error
    finally:
        new.unlink(missing_ok=True)
    return backup


def _lines(found: tuple[Difference, ...], read: _Read, backup: Path | None) -> Iterator[tuple[str, str]]:
    """What is said: how far in, and the words."""
    yield "", f"{read.directory.trust.name}: {len(found)} differences between {read.path.name} and Entra"
    written, rest = [one for one in found if one.writes], [one for one in found if not one.writes]
    done = "Written" if backup else "Can be written"
    for title, some in ((done, written), ("For you to see to", rest)):
        if some:
            yield "", f"{title}:"
            yield from (("  ", _said(one, read.directory)) for one in some[:_SHOWN])
        if len(some) > _SHOWN:
            yield "  ", f"and {len(some) - _SHOWN} more, which --json lists"
    if backup:
        yield "", f"The file as it was: {backup}"
    elif written:
        yield "", f"To write {len(written)} of them: signpost schools sync --yes"


def _said(one: Difference, directory: "Directory") -> str:
    return _WORDS[one.sort].format(
        person=one.person, account=one.account, name=one.name or "no name", role=_role(one, directory)
    )


def _role(one: Difference, directory: "Directory") -> str:
    if one.holding is None:
        return "staff"
    holding = directory.holdings[one.holding]
    return f"{ROLE_NAMES[holding.role]}, {holding.school or 'the whole trust'}"


def _as_json(found: Iterable[Difference], read: _Read, backup: Path | None) -> dict[str, Any]:
    return {
        "file": str(read.path),
        "differences": [
            {
                "what": one.sort.value,
                "person": one.person or None,
                "account": one.account or None,
                "name": one.name or None,
                "role": read.directory.holdings[one.holding].role.value if one.holding is not None else None,
                "school": read.directory.holdings[one.holding].school if one.holding is not None else None,
                "can_be_written": one.writes,
            }
            for one in found
        ],
        "backup": str(backup) if backup else None,
    }
