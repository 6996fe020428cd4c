"""A draft's rules gone through at a terminal, or with piped answers."""

import sys
from dataclasses import dataclass

import typer

from bot.console import inert
from bot.console.review_page import shown
from bot.console.review_sitting import Sitting, rules
from knowledge.importing.review import VERDICTS, Choice, Decision, Entry, unfit
from knowledge.rules import Role, Verdict

_LONGEST_NOTE = 2_000
_CHOICES = ("keep", "change", "drop", "skip", "note", "quit")
_HELP = (
    "keep it as drafted; change its verdict; drop it; skip it for now; note something; quit. "
    "The first letter will do."
)


def go_through(sitting: Sitting) -> None:
    """Ask about one rule after the other until all are decided or somebody quits."""
    _Talk(sitting).go_through()


class _EndError(Exception):
    """Whoever reviews has had enough, or nothing more comes."""


@dataclass(slots=True)
class _Talk:
    """Questions and answers at a terminal, or with piped answers."""

    sitting: Sitting

    def go_through(self) -> None:
        """Every rule in turn."""
        left = self.sitting.left(everything=self.sitting.everything)
        if not left:
            return
        inert.say(f"{rules(len(left))} to decide, the least sure first, as {self.sitting.who}. {_HELP}")
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
