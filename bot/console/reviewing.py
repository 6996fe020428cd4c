"""`signpost policy review`: a draft's rules decided one by one, the doubtful first, with who and when."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import app
from bot.console import inert
from bot.console.as_json import JsonOption
from bot.errors import SignpostError, UnreadableError, UsageError
from bot.private_files import create_private, write_private
from knowledge.importing.review import (
    VERDICTS,
    Choice,
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
    unfit,
)
from knowledge.rules import Role, Verdict
from knowledge.yamlfile import LARGEST, Refused

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
_LONGEST_NAME = 80
_LONGEST_NOTE = 2_000
_CHOICES = ("keep", "change", "drop", "skip", "note", "quit")
_HELP = (
    "keep it as drafted; change its verdict; drop it; skip it for now; note something; quit. "
    "The first letter will do."
)


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
    sitting = _sitting(pack, whom, everything=everything)
    if write_file is not None:
        _write_form(sitting, write_file)
        return
    if file is not None:
        _take(sitting, file)
    if done:
        _finish(sitting)
    if as_json:
        inert.print_json(_as_json(sitting, done=done))
    elif done:
        inert.say(f"{sitting.path} says status: published. Next: {_next('publish', sitting)} --as PERSON")
    else:
        if file is None:
            _Talk(sitting).go_through()
        inert.say(_standing(sitting))


@dataclass(slots=True)
class _Sitting:
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


def _sitting(path: Path, whom: str | None, *, everything: bool) -> _Sitting:
    who = inert.line(whom if whom is not None else app.os_user()).strip()
    if not who or len(who) > _LONGEST_NAME:
        raise UsageError("--as takes a name")
    try:
        draft = read_draft(_read(path), inert.line(str(path)))
    except Refused as refused:
        raise UnreadableError(f"{_counted(refused)}; signpost policy check shows all") from refused
    except NotReviewableError as error:
        raise UnreadableError(f"{inert.line(str(path))} is not reviewed: {error}") from error
    found = _Sitting(path, draft, who, draft.entries(), everything)
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


def _write_form(sitting: _Sitting, path: Path) -> None:
    left = sitting.left(everything=sitting.everything)
    if not left:
        inert.say(_standing(sitting))
        return
    _write(create_private, path, form_text(left))
    inert.say(f"{path}: {_rules(len(left))} to decide. Then: {_next('review', sitting)} --file {path}")


def _take(sitting: _Sitting, path: Path) -> None:
    """Take over a file that was filled in: all of it, or nothing."""
    known = {entry.rule.id: entry for entry in sitting.entries}
    try:
        made = read_decisions(_read(path), inert.line(str(path)), form=known)
    except Refused as refused:
        raise UnreadableError("\n".join(inert.line(str(fault)) for fault in refused.faults)) from refused
    if made:
        sitting.keep(*made)


def _finish(sitting: _Sitting) -> None:
    if left := sitting.left(everything=False):
        raise SignpostError(f"{_rules(len(left))} still doubtful and undecided: {_next('review', sitting)}")
    try:
        text = finished(sitting.draft, sitting.decisions, inert.line(str(sitting.path)))
    except Refused as refused:
        raise SignpostError(f"what was decided leaves no pack: {refused.faults[0].what}") from refused
    _write(write_private, sitting.path, text)


def _standing(sitting: _Sitting) -> str:
    held = len(sitting.held)
    said = f"{held} of {_rules(len(sitting.entries))} decided, in {sitting.record}."
    if left := sitting.left(everything=False):
        return f"{said} {len(left)} doubtful left: {_next('review', sitting)}"
    surer = sitting.left(everything=True)
    more = f" {len(surer)} surer ones stay as drafted; --all goes through them." if surer else ""
    return f"{said} Every doubtful rule is decided.{more} To finish: {_next('review', sitting)} --done"


def _rules(count: int) -> str:
    return f"{count} rule{'s' * (count != 1)}"


def _next(verb: str, sitting: _Sitting) -> str:
    return f"signpost policy {verb} {sitting.path}"


def _as_json(sitting: _Sitting, *, done: bool) -> dict[str, Any]:
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


class _EndError(Exception):
    """Whoever reviews has had enough, or nothing more comes."""


@dataclass(slots=True)
class _Talk:
    """Questions and answers at a terminal, or with piped answers."""

    sitting: _Sitting

    def go_through(self) -> None:
        """Ask about one rule after the other until all are decided or somebody quits."""
        from bot.console.review_page import shown

        left = self.sitting.left(everything=self.sitting.everything)
        if not left:
            return
        inert.say(f"{_rules(len(left))} to decide, the least sure first, as {self.sitting.who}. {_HELP}")
        try:
            for nth, entry in enumerate(left, start=1):
                inert.say(f"\n{nth} of {len(left)}")
                for line in shown(entry, self.sitting.draft.pack, self.sitting.decisions):
                    indent = " " * (len(line) - len(line.lstrip()))
                    typer.echo(f"{indent}{inert.line(line)}")
                while not self._settled(entry):
                    pass
        except _EndError:
            inert.say()

    def _settled(self, entry: Entry) -> bool:
        """One answer; whether it is done with this rule."""
        word, _, rest = self._ask(f"{', '.join(_CHOICES)}> ").partition(" ")
        choice = next((one for one in _CHOICES if word and one.startswith(word.casefold())), None)
        if choice is None:
            inert.say(f"“{inert.line(word)[:40]}” is none of them: {_HELP}")
            return False
        if choice == "quit":
            raise _EndError
        if choice == "note":
            return self._note(entry, rest)
        if choice == "change":
            return self._change(entry, rest)
        if choice != "skip":
            self.sitting.keep(Decision(entry.rule.id, entry.of, Choice(choice), note=inert.line(rest)))
        return True

    def _note(self, entry: Entry, rest: str) -> bool:
        """Keep a note; the rule itself stays to be decided."""
        text = inert.line(rest or self._ask("note> ")).strip()[:_LONGEST_NOTE]
        if text:
            self.sitting.keep(Decision(entry.rule.id, entry.of, Choice.NOTE, note=text))
            inert.say("Noted.")
        return False

    def _change(self, entry: Entry, rest: str) -> bool:
        said, _, named = (rest or self._ask(f"verdict ({', '.join(VERDICTS)})> ")).strip().partition(" ")
        meant = [one for one in VERDICTS if said and one.value.startswith(said.casefold().replace(" ", "_"))]
        if len(meant) != 1:
            inert.say(f"“{inert.line(said)[:40]}” is no verdict: {', '.join(VERDICTS)}. Nothing is changed.")
            return False
        roles = self._roles(entry, meant[0], named)
        if roles is None:
            return False
        made = Decision(entry.rule.id, entry.of, Choice.CHANGE, meant[0], roles)
        self.sitting.keep(made)
        return True

    def _roles(self, entry: Entry, verdict: Verdict, named: str) -> tuple[Role, ...] | None:
        """Who decides or is told, asked for where the draft names nobody; None where nobody was named."""
        if not named and (why := unfit(entry, verdict, ())):
            named = self._ask(f"{why} ({', '.join(Role)})> ")
        words = [word for word in named.replace(",", " ").casefold().split() if word]
        strange = [word for word in words if word not in set(Role)]
        if strange or unfit(entry, verdict, tuple(map(Role, words))):
            what = f"“{inert.line(' '.join(strange))[:40]}” is no role" if strange else "no role was named"
            inert.say(f"{what}: {', '.join(Role)}. Nothing is changed.")
            return None
        return tuple(map(Role, words))

    def _ask(self, prompt: str) -> str:
        typer.echo(prompt, nl=False)
        line = sys.stdin.readline()
        if not sys.stdin.isatty():
            typer.echo()
        if not line:
            raise _EndError
        return line.strip()
