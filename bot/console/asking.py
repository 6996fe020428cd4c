"""A report's form at a terminal: what it can't do without, asked one question at a time, or taken as read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.console import inert
from bot.console import report_pages as pages
from bot.console.terminal import Terminal
from bot.errors import SignpostError
from bot.reporting.filling import FormRefusedError
from bot.reporting.forms import STANDING, Context, Question, needed, notes, questions
from bot.reporting.kinds import NATURES
from bot.reporting.report import About
from bot.reporting.typed import choice
from knowledge.rules import Kind

Prompt = Callable[[str], str]
"""Shows a prompt and returns what was typed. Raises `EOFError` or `KeyboardInterrupt` at the end."""
_ASKED = frozenset({"what", "subject", "school", "behaviour", "under_18"})
"""What may be left out, but is the report, or decides whom it goes to."""
_SAFETY = frozenset({"danger", "image"})
_ABOUT_PUPILS = frozenset(
    {
        *(Kind.PUPIL_CONTACT, Kind.NUDE_IMAGE, Kind.CHILD_ON_CHILD, Kind.DISCLOSURE),
        *(Kind.RADICALISATION, Kind.ONLINE_SAFETY, Kind.PUPIL_ACTIVITY),
    }
)


class LeftError(SignpostError):
    """Whoever was asked left in the middle: nothing was sent."""

    def __init__(self) -> None:
        super().__init__("Nothing was sent.")


@dataclass(frozen=True, slots=True)
class Leaning:
    """What the tripwire noticed in a question: the report offered for it begins with “not sure” there."""

    danger: bool = False
    image: bool = False


def taken_as_read(kind: Kind, answers: Mapping[str, str], leaning: Leaning | None = None) -> dict[str, str]:
    """The answers, with what a form can't do without filled in where nobody is there to be asked."""
    lean = leaning or Leaning()
    usual = {
        "about": _about(kind).value,
        "danger": "unsure" if lean.danger else "no",
        "image": "unsure" if lean.image else "no",
    }
    wanted = {*needed(kind), *(("danger",) if lean.danger else ())}
    return {**{key: usual[key] for key in usual if key in wanted}, **answers}


def _about(kind: Kind) -> About:
    """Whom a report of a kind is most often about; “unknown” where that could be anybody.

    That is the careful one: nobody is told alone, and staff named in the text are held back.
    """
    first = NATURES[kind].about[0]
    return About.UNKNOWN if first is About.PUPIL and kind not in _ABOUT_PUPILS else first


@dataclass(slots=True)
class Asking:
    """Asks one person about one report. What it shows, it shows once."""

    terminal: Terminal
    prompt: Prompt
    context: Context
    _shown: set[str] = field(default_factory=set)

    def complete(self, kind: Kind, answers: Mapping[str, str]) -> dict[str, str]:
        """Ask for what is missing; returns all answers. Raises `LeftError`."""
        given, asked = dict(answers), set(answers)
        while question := self._next(kind, given, asked):
            asked.add(question.key)
            given[question.key] = self._ask(question)
            if question.key in _SAFETY and given[question.key] != "no":
                self.show_notes(kind, given)
        return {key: text for key, text in given.items() if text}

    def show_notes(self, kind: Kind, answers: Mapping[str, str]) -> None:
        """Show the fixed texts of the form that have not been shown yet."""
        for line in notes(kind, answers, self.context):
            if line not in self._shown:
                self._shown.add(line)
                self.terminal.show(pages.bullet(line))

    def agreed(self, question: str) -> bool:
        """Ask yes or no until it is one of them. Raises `LeftError`."""
        while True:
            said = self._typed(f"{question} [y/n] ").strip().casefold()
            if said in {"y", "yes", "n", "no"}:
                return said.startswith("y")

    def _next(self, kind: Kind, given: Mapping[str, str], asked: set[str]) -> Question | None:
        for question in questions(kind, given, self.context):
            wanted = question.required or question.key in _ASKED or question.key.startswith(STANDING)
            if wanted and question.key not in asked and len(question.options) != 1:
                return question
        return None

    def _ask(self, question: Question) -> str:
        self.terminal.show(pages.question(question))
        while True:
            said = inert.line(self._typed("? "))
            if said.startswith("/"):
                raise LeftError
            meant = _meant(question, said)
            if meant is not None and (meant or not question.required):
                return meant
            self.terminal.say("Please choose one of these, by its number or in its words.", style="dim")

    def _typed(self, prompt: str) -> str:
        try:
            return self.prompt(prompt)
        except (EOFError, KeyboardInterrupt):
            self.terminal.say("")
            raise LeftError from None


def _meant(question: Question, said: str) -> str | None:
    """The answer that somebody gave, by its number, its words or the beginning of them; None if unclear."""
    options = question.options
    if not said or not options:
        return said
    if said.isdecimal() and 0 < int(said) <= len(options):
        return options[int(said) - 1].value
    meant = choice(said, {one.value: one.label for one in options})
    begins = [one.value for one in options if one.label.casefold().startswith(said.casefold())]
    return meant or (begins[0] if len(begins) == 1 else None)


def refusal(error: FormRefusedError) -> str:
    """Everything that is wrong with a form, on one line, each with the question it is about."""
    return " ".join(f"{fault.key}: {fault.what}" for fault in error.faults)
