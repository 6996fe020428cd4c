"""One review of a draft: what is decided so far, kept beside the pack at once, and carried out at the end."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot import app
from bot.console import inert
from bot.errors import SignpostError, UnreadableError, UsageError
from bot.private_files import create_private, write_private
from knowledge.importing.review import (
    Decision,
    DraftPack,
    Entry,
    NotReviewableError,
    decided,
    finished,
    form_text,
    read_decisions,
    read_draft,
    record_text,
)
from knowledge.yamlfile import LARGEST, Refused

_LONGEST_NAME = 80


@dataclass(slots=True)
class Sitting:
    """One draft, what was decided about it so far, and by whom it is decided now."""

    path: Path
    draft: DraftPack
    who: str
    entries: tuple[Entry, ...]
    everything: bool
    decisions: tuple[Decision, ...] = ()
    taken: int = 0

    @property
    def record(self) -> Path:
        """Where decisions are kept: beside the pack."""
        return self.path.with_name(f"{self.path.stem}.review.yml")

    @property
    def held(self) -> dict[str, Decision]:
        """What holds for each rule."""
        return decided(self.entries, self.decisions)

    def left(self, *, everything: bool) -> list[Entry]:
        """The rules that nobody has decided about, the least sure first."""
        held = self.held
        return [one for one in self.entries if one.rule.id not in held and (everything or one.doubtful)]

    def keep(self, *made: Decision) -> None:
        """Keep decisions at once, after whatever anybody else has decided meanwhile."""
        signed = [replace(one, who=self.who, at=app.now()) for one in made]
        self.decisions = (*_kept(self.record), *signed)
        _write(write_private, self.record, record_text(self.path.stem, self.decisions))
        self.taken += len(made)


def sitting(path: Path, whom: str | None, *, everything: bool) -> Sitting:
    """Sit down to a draft. Raises `UnreadableError`, and `UsageError` for a name that is none."""
    who = inert.line(whom if whom is not None else app.os_user()).strip()
    if not who or len(who) > _LONGEST_NAME:
        raise UsageError("--as takes a name")
    try:
        draft = read_draft(_read(path), inert.line(str(path)))
    except Refused as refused:
        raise UnreadableError(f"{_counted(refused)}; signpost policy check shows all") from refused
    except NotReviewableError as error:
        raise UnreadableError(f"{inert.line(str(path))} is not reviewed: {error}") from error
    found = Sitting(path, draft, who, draft.entries(), everything)
    found.decisions = _kept(found.record)
    return found


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableError(f"{inert.line(str(path))} is too large for a pack")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UnreadableError(f"{inert.line(str(path))} cannot be read: {why}") from error


def _kept(record: Path) -> tuple[Decision, ...]:
    """The decisions kept so far. A record that cannot be read is never written over."""
    if not record.exists():
        return ()
    try:
        return read_decisions(_read(record), inert.line(str(record)))
    except Refused as refused:
        raise UnreadableError(f"{_counted(refused)}; mend it, or move it away") from refused


def _counted(refused: Refused) -> str:
    more = len(refused.faults) - 1
    return inert.line(str(refused.faults[0])) + (f" (and {more} more)" if more else "")


def _write(how: Callable[[Path, str], None], path: Path, text: str) -> None:
    try:
        how(path, text)
    except FileExistsError:
        raise SignpostError(f"{inert.line(str(path))} is there already: name another") from None
    except OSError as error:
        raise SignpostError(f"{inert.line(str(path))} cannot be written: {error.strerror}") from error


def write_form(sitting: Sitting, path: Path) -> None:
    """Write what is undecided to a new file, to be filled in with an editor."""
    left = sitting.left(everything=sitting.everything)
    if not left:
        inert.say(standing(sitting))
        return
    _write(create_private, path, form_text(left))
    inert.say(f"{path}: {rules(len(left))} to decide. Then: {to_run('review', sitting)} --file {path}")


def take(sitting: Sitting, path: Path) -> None:
    """Take over a file that was filled in: all of it, or nothing."""
    known = {entry.rule.id: entry for entry in sitting.entries}
    try:
        made = read_decisions(_read(path), inert.line(str(path)), form=known)
    except Refused as refused:
        raise UnreadableError("\n".join(inert.line(str(fault)) for fault in refused.faults)) from refused
    if made:
        sitting.keep(*made)


def finish(sitting: Sitting) -> None:
    """Carry every decision out in the pack. Raises `SignpostError` while a doubtful rule is undecided."""
    if left := sitting.left(everything=False):
        raise SignpostError(f"{rules(len(left))} still doubtful and undecided: {to_run('review', sitting)}")
    try:
        text = finished(sitting.draft, sitting.decisions, inert.line(str(sitting.path)))
    except Refused as refused:
        raise SignpostError(f"what was decided leaves no pack: {refused.faults[0].what}") from refused
    _write(write_private, sitting.path, text)


def standing(sitting: Sitting) -> str:
    """How far the review is, and what comes next."""
    held = len(sitting.held)
    said = f"{held} of {rules(len(sitting.entries))} decided, in {sitting.record}."
    if left := sitting.left(everything=False):
        return f"{said} {len(left)} doubtful left: {to_run('review', sitting)}"
    surer = sitting.left(everything=True)
    more = f" {len(surer)} surer ones stay as drafted; --all goes through them." if surer else ""
    return f"{said} Every doubtful rule is decided.{more} To finish: {to_run('review', sitting)} --done"


def rules(count: int) -> str:
    """So many rules, in words."""
    return f"{count} rule{'s' * (count != 1)}"


def to_run(verb: str, sitting: Sitting) -> str:
    """The command that does something with this pack."""
    return f"signpost policy {verb} {sitting.path}"


def as_json(sitting: Sitting, *, done: bool) -> dict[str, Any]:
    """Every rule with its clauses and what was decided, as plain data."""
    from bot.console.review_page import row

    held = sitting.held
    notes: dict[str, list[Decision]] = {}
    for one in sitting.decisions:
        notes.setdefault(one.rule, []).append(one)
    return {
        "pack": str(sitting.path),
        "record": str(sitting.record),
        "status": "published" if done else "draft",
        "decided": len(held),
        "doubtful_left": len(sitting.left(everything=False)),
        "rules": [row(one, held.get(one.rule.id), notes.get(one.rule.id, ())) for one in sitting.entries],
    }
