"""`signpost policy import`: a school's own document into a draft pack, and what to look at first."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.console import inert
from bot.console.as_json import JsonOption
from bot.console.progress import progress
from bot.errors import SignpostError, UnreadableError, UsageError
from bot.private_files import create_private, write_private

if TYPE_CHECKING:
    from knowledge.importing.pack import Imported

_SHOWN = 12
"""So many doubtful rules are listed; the pack holds them all, in this order."""
_WIDEST = 90
_IDENTIFIER = r"[a-z0-9]+(?:-[a-z0-9]+)*"


def import_policy(
    file: Annotated[Path, typer.Argument(help="The policy: .docx, .pdf, .md, .txt or .html.")],
    *,
    out: Annotated[Path, typer.Option("-o", "--output", metavar="PACK", help="The pack to write (ID.yml).")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace PACK if it is there.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read a school's own policy into a draft pack. Nothing goes live: review it, then publish it."""
    _check(out, replace=replace)
    with progress(f"Reading {file.name}") as step:
        found = _read(file, step)
    text = _text(found, out)
    _write(out, text, replace=replace)
    if as_json:
        inert.print_json(_row(found, out))
    else:
        inert.say_all(_summary(found, out))


def _check(out: Path, *, replace: bool) -> None:
    if out.suffix not in {".yml", ".yaml"} or not re.fullmatch(_IDENTIFIER, out.stem):
        raise UsageError(
            f"{inert.line(out.name)}: name the pack ID.yml, in small letters, digits and hyphens"
        )
    if (out.exists() or out.is_symlink()) and not replace:
        raise SignpostError(f"{inert.line(str(out))} is there already: give --replace, or name another")


def _read(file: Path, step: Callable[[int, int], None]) -> "Imported":
    from knowledge.importing.confined import read_confined
    from knowledge.importing.document import NotReadableError
    from knowledge.importing.pack import imported
    from knowledge.understanding import shipped_mind

    try:
        document = read_confined(file, step)
    except NotReadableError as error:
        raise UnreadableError(f"{inert.line(str(file))} is not imported: {error}") from error
    return imported(document, shipped_mind())


def _text(found: "Imported", out: Path) -> str:
    """The pack's text, read back once: what could not be loaded is never written."""
    from knowledge.importing.pack import as_yaml
    from knowledge.loader import read_pack
    from knowledge.yamlfile import Refused

    if not found.rules:
        raise UnreadableError("no rule was found in it: is this the social media policy?")
    text = as_yaml(found, policy_id=out.stem)
    try:
        read_pack(text, str(out))
    except Refused as error:
        raise UnreadableError(f"no pack could be made of it: {error.faults[0]}") from error
    return text


def _write(out: Path, text: str, *, replace: bool) -> None:
    try:
        (write_private if replace else create_private)(out, text)
    except OSError as error:
        raise SignpostError(f"{inert.line(str(out))} cannot be written: {error.strerror}") from error


def _row(found: "Imported", out: Path) -> dict[str, Any]:
    about = found.about
    return {
        "pack": str(out),
        "status": "draft",
        "policy": {
            "id": out.stem,
            **{name: getattr(about, name) for name in ("title", "organisation", "version", "approved")},
            **{name: getattr(about, name) for name in ("reviewed", "review_due", "owner", "nation")},
        },
        "roles": dict(about.roles),
        "clauses": len(found.clauses.all),
        "rules": [
            {
                "topic": rule.topic,
                "verdict": rule.verdict.value,
                "addresses": list(rule.addresses),
                "confidence": rule.confidence,
                "why": rule.why or None,
            }
            for rule in found.rules
        ],
        "doubtful": len(found.doubtful),
        "unread": dict(found.unread),
        "register": [
            {"address": row.address, "channels": list(row.channels), "administrator": row.master_admin}
            for row in found.channels
        ],
        "notes": list(found.clauses.document.notes),
    }


def _summary(found: "Imported", out: Path) -> list[str]:
    about, document = found.about, found.clauses.document
    dates = (("approved", about.approved), ("reviewed", about.reviewed), ("review due", about.review_due))
    edition = [f"{name} {value}" for name, value in (("version", about.version), *dates) if value]
    sections = len({clause.section for clause in found.clauses.all})
    lines = [
        f"{about.organisation}: {about.title}",
        f"  {', '.join(edition) or 'no version or date was found in it'}",
        f"  owner: {about.owner}" if about.owner else "  no owner was found in it",
        (
            f"{len(found.clauses.all)} clauses in {sections} sections, {len(found.rules)} rules drafted, "
            f"{len(found.doubtful)} of them doubtful"
        ),
        *(f"Look: {note}" for note in document.notes),
        *_roles(found),
        *_register(found),
        *_doubtful(found),
        *_unread(found),
        f"Written: {out}, a draft. Try it: signpost ask --pack {out} QUESTION",
        f"Then go through it, the doubtful rules first: signpost policy review {out}",
    ]
    return [line if len(line) < 2 * _WIDEST else f"{line[: 2 * _WIDEST]}…" for line in lines]


def _roles(found: "Imported") -> list[str]:
    named = "; ".join(f"{role}: {name}" for role, name in found.about.roles.items())
    return [f"Roles, as the document names them: {named}" if named else "It names no roles."]


def _register(found: "Imported") -> list[str]:
    if not found.channels:
        return ["It has no table of official channels."]
    gaps = sum(not (row.master_admin and row.approved) for row in found.channels)
    return [f"Register of official channels: {len(found.channels)} rows, {gaps} with gaps"]


def _doubtful(found: "Imported") -> list[str]:
    if not found.doubtful:
        return []
    shown = [
        f"  {rule.confidence:.2f} {rule.topic}: {rule.verdict.value}, § {rule.addresses[0]}{_why(rule.why)}"
        for rule in found.doubtful[:_SHOWN]
    ]
    more = len(found.doubtful) - len(shown)
    return [
        "Doubtful, please read these first:",
        *shown,
        *([f"  and {more} more, in the pack"] if more else []),
    ]


def _why(why: str) -> str:
    return f" ({why})" if why else ""


def _unread(found: "Imported") -> list[str]:
    words = found.clauses.texts
    silent = [address for address, why in found.unread.items() if "please read" in why]
    if not silent:
        return []
    shown = [f"  § {address} {words[address][:_WIDEST]}" for address in silent[:_SHOWN]]
    return [f"{len(silent)} clauses that no rule was found in:", *shown]
