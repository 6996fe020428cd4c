"""A report on its way at a terminal: a question, what has to be known first, whom it goes to, the receipt.

Layout only.
"""

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.console import inert
from bot.reporting.forms import STANDING, Question, Sort, options_of, questions
from bot.reporting.intake import Preview
from bot.reporting.kinds import NATURES
from bot.reporting.people import Directory
from bot.reporting.routing import Recipient
from bot.wording.answers import KINDS, URGENCIES
from bot.wording.forms import CHOOSE
from knowledge.rules import Kind

_TAKEN = ("about", "danger", "image")
_SHORT = {
    "danger": {
        "yes": "A child is in danger",
        "no": "No child in danger",
        "unsure": "A child may be in danger",
    },
    "image": {
        "yes": "An image of a child is involved",
        "no": "No image of a child",
        "unsure": "An image of a child may be involved",
    },
}


def bullet(line: str) -> RenderableType:
    """One fixed text, hanging from its dot."""
    table = Table.grid(padding=(0, 1))
    table.add_row(" •", Text(line))
    return table


def question(asked: Question) -> RenderableType:
    """A question with its help and, where it has some, its numbered answers."""
    parts: list[RenderableType] = [Text(f"\n{inert.line(asked.label)}", style="bold")]
    optional = "" if asked.required or asked.key == "what" else "Enter leaves it out."
    helps = " ".join(filter(None, (asked.help, optional)))
    if helps:
        parts.append(Padding(Text(helps, style="dim"), (0, 0, 0, 2)))
    if asked.options:
        table = Table.grid(padding=(0, 1))
        for number, option in enumerate(asked.options, start=1):
            table.add_row(f"  {number}", Text(option.label))
        parts.append(table)
    return Group(*parts)


def heading(kind: Kind, answers: Mapping[str, str]) -> RenderableType:
    """What a report will be: its kind and words, and what was said of whom it is about, danger and images."""
    said = [_said(kind, key, answers[key]) for key in _TAKEN if answers.get(key)]
    name = KINDS[kind]
    parts = [Text(f"{name[:1].upper()}{name[1:]}", style="bold")]
    if answers.get("what"):
        parts.append(Text(f"“{inert.lines(answers['what'])}”", style="italic"))
    if said:
        parts.append(Text(". ".join(said) + ".", style="dim"))
    return Group(*parts)


def kind_list() -> RenderableType:
    """The kinds of report, one a row, with what each is for."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(ratio=1)
    for kind in Kind:
        table.add_row(kind.value, Text(CHOOSE[kind]))
    return table


def form(kind: Kind) -> RenderableType:
    """All that a kind's form asks, by key, where no child is in danger and no image is involved."""
    nature = NATURES[kind]
    called = Text(f"{CHOOSE[kind]}.", style="bold")
    how = f"To be looked at {URGENCIES[nature.urgency]}. Also called: {', '.join(nature.spoken)}."
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(ratio=1)
    for one in questions(kind, {"danger": "no", "image": "no"}):
        label = Text(one.label)
        label.append(" (has to be answered)" if one.required else "", style="dim")
        if one.options and one.sort is not Sort.YES_NO:
            label.append(f"\n{'; '.join(option.value for option in one.options)}", style="dim")
        table.add_row(one.key, label)
    changes = "The form changes as it is filled: with an image of a child involved it asks for no link."
    return Group(called, Text(how, style="dim"), Text(), table, Text(), Text(changes, style="dim"))


def goes_to(preview: Preview, reporter: str, directory: Directory) -> RenderableType:
    """Whom a report goes to and on whose word, and who is held back; a self-reporter learns none of it."""
    parts: list[RenderableType] = [Text(preview.line, style="bold magenta")]
    if reporter not in preview.route.recused:
        said = (*_reasons(preview), *_held_back(preview, directory))
        parts.extend(Padding(Text(one, style="dim"), (0, 0, 0, 2)) for one in said)
    return Padding(Group(*parts), (1, 0, 0, 0))


def receipt(lines: Iterable[str]) -> RenderableType:
    """The receipt; its first line is the reference."""
    first, *rest = lines
    body = Group(Text(first, style="bold"), *(Text(line) for line in rest))
    return Padding(Panel(body, border_style="green", padding=(0, 2)), (1, 0, 0, 0))


def _said(kind: Kind, key: str, value: str) -> str:
    if key == "about":
        return f"Who it is about: {inert.line(options_of(kind, 'about').get(value, value))}"
    return _SHORT[key].get(value, inert.line(value))


def _reasons(preview: Preview) -> Iterator[str]:
    for one in preview.recipients:
        yield f"{one.title}: {_sources(one)}"


def _held_back(preview: Preview, directory: Directory) -> Iterator[str]:
    """Whoever may be its subject; the key settles it, for somebody who types it with the report."""
    for one in sorted(preview.route.held_back):
        person = directory.person(one)
        name = inert.line(person.name) if person else one
        answer = f"{STANDING}{one}=mentioned or {STANDING}{one}=about"
        yield f"not to {name}, until it is said whether this is about them: {answer}"


def _sources(recipient: Recipient) -> str:
    return ", ".join(dict.fromkeys(one.source for one in recipient.origins))
