"""What the demo shows around the product: notices as they arrive, how cases stand, its own commands."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.console import inert
from bot.durations import say_duration
from bot.messages import Alarm, Alert, Card, CardState, CheckIn, Progress, Prompt, Reminder, Unanswered
from bot.reporting.people import Directory
from bot.reporting.rights import LIVE, State
from bot.wording import cases as case_words
from bot.wording.answers import KINDS
from bot.wording.notices import say
from knowledge.rules import ROLE_NAMES, Role

if TYPE_CHECKING:
    from bot.console.demo_messenger import Arrived
    from bot.console.demo_office import Standing

_TO_THE_REPORTER = "who reported it"


def notice(arrived: "Arrived", directory: Directory) -> RenderableType:
    """A notice in a box that says whose it is; of a message that was changed, what is new in it."""
    said = say(arrived.envelope.message, arrived.envelope.marks)
    whom = _whom(arrived, directory)
    if arrived.before is not None:
        was = say(arrived.before.message, arrived.before.marks).lines
        news = [line for line in said.lines if line not in was] or list(said.lines)
        return Padding(Text(f"changed: to {whom}: {' '.join(news)}", style="dim"), (0, 3))
    body = Group(Text(said.subject, style="bold"), *(Text(line) for line in said.lines))
    colour = _colour(arrived)
    title = Text(f" To {whom} ", style=f"bold {colour}")
    return Panel(body, title=title, title_align="left", border_style=colour, padding=(0, 2))


def standings(found: "Iterable[Standing]", name: str) -> RenderableType:
    """How somebody's cases stand."""
    rows = [_standing(one) for one in found]
    if not rows:
        return Text(f"There is no case here that {name} was told of or reported.")
    return Group(*rows)


def post_of(person: str, directory: Directory) -> str:
    """What somebody is, in a few words: their roles, or where they work."""
    held = [_plain(ROLE_NAMES[role]) for role in Role if role in directory.roles_of(person)]
    known = directory.person(person)
    school = directory.schools.get(known.school or "") if known else None
    where = f"at {school.name}" if school else f"in {directory.trust.name}"
    return f"{_listed(held)} {where}" if held else f"who works {where}"


def commands(rows: Iterable[tuple[str, str]]) -> RenderableType:
    """The commands, one a row."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(ratio=1)
    for command, does in rows:
        table.add_row(Text(command), Text(does))
    return table


def _standing(one: "Standing") -> RenderableType:
    summary = one.summary
    head = Text(summary.reference, style="bold")
    head.append(f"  {KINDS[summary.kind]}" + (", reported by you" if one.mine else ""), style="not bold")
    lines = [case_words.STATES[summary.state.value]]
    if one.holders:
        lines.append(f"with {_listed(one.holders)}")
    elif one.told:
        lines.append(f"told so far: {_listed(one.told)}")
    if one.climbs_in is not None and summary.state in LIVE:
        unless = "unless something is noted, " if summary.state is State.ACKNOWLEDGED else ""
        lines.append(f"{unless}more people are told after {_seconds(one.climbs_in)} of /wait")
    return Group(head, Padding(Text("; ".join(lines) + "."), (0, 0, 0, 2)))


def _whom(arrived: "Arrived", directory: Directory) -> str:
    message, person = arrived.envelope.message, arrived.envelope.person
    known = directory.person(person)
    name = known.name if known else person
    if isinstance(message, Card):
        role = _plain(message.role)
    elif isinstance(message, Progress | Unanswered | CheckIn) or _asks_the_reporter(message):
        role = _TO_THE_REPORTER
    else:
        role = next((_plain(ROLE_NAMES[one]) for one in Role if one in directory.roles_of(person)), "")
    return inert.line(f"{name}, {role}" if role else name)


def _asks_the_reporter(message: object) -> bool:
    return isinstance(message, Reminder) and message.prompt is Prompt.ASKED


def _colour(arrived: "Arrived") -> str:
    message = arrived.envelope.message
    if isinstance(message, Unanswered | Alarm | Alert):
        return "red"
    if isinstance(message, Card) and message.state is CardState.WAITING:
        return "yellow"
    return "blue"


def _plain(title: str) -> str:
    return title.removeprefix("the ").removeprefix("a ")


def _seconds(length: timedelta) -> str:
    """A length of time in words, a second begun counted as a whole one."""
    return say_duration(timedelta(seconds=ceil(length.total_seconds())))


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
