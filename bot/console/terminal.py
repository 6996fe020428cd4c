"""An answer for a person at a terminal: verdict first, then why, then what to do. Layout only."""

from collections.abc import Mapping
from datetime import date
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.wording import answers as wording
from knowledge.answer import Answer, Silence
from knowledge.citing import Citation
from knowledge.rules import Pack, Topic, Verdict

_WIDEST = 92
_LONG_ADDRESS = 16
_COLOURS = {
    Verdict.ALLOWED: "green",
    Verdict.CONDITIONAL: "green",
    Verdict.ASK_FIRST: "yellow",
    Verdict.NOT_ALLOWED: "red",
    Verdict.REPORT: "magenta",
    Verdict.INFO: "cyan",
    Verdict.NOT_COVERED: "bright_black",
}
_SIGNS = {
    Verdict.ALLOWED: "✓",
    Verdict.CONDITIONAL: "✓",
    Verdict.ASK_FIRST: "?",
    Verdict.NOT_ALLOWED: "✗",
    Verdict.REPORT: "!",
    Verdict.INFO: "i",
    Verdict.NOT_COVERED: "–",
}


class Terminal:
    """Shows answers on a terminal, or plainly into a pipe. `today` decides whether a policy is overdue."""

    def __init__(self, today: date, *, file: TextIO | None = None, width: int | None = None) -> None:
        self._today = today
        self._console = Console(file=file, width=width, highlight=False, emoji=False)
        if width is None and self._console.width > _WIDEST:
            self._console.width = _WIDEST

    def show_answer(self, answer: Answer, pack: Pack, topics: Mapping[str, Topic]) -> None:
        """Print one answer."""
        if answer.silence is Silence.CHAT:
            self._console.print(_chat(answer))
            return
        if answer.tripped:
            self._console.print(_safety(answer))
        colour = _COLOURS[answer.verdict]
        title = Text(f" {_SIGNS[answer.verdict]} {wording.verdict(answer)} ", style=f"bold {colour}")
        body = Group(*_body(answer, pack, {key: topic.name for key, topic in topics.items()}))
        draft = "" if pack.status == "published" else f" · {wording.DRAFT}"
        foot = Text(f"{wording.edition(pack.policy)}{draft}", style="dim")
        self._console.print(Panel(body, title=title, title_align="left", border_style=colour, padding=(1, 2)))
        self._console.print(Padding(foot, (0, 3)))
        warning = self._warning(pack)
        if warning:
            self._console.print(Padding(Text(f"⚠ {warning}", style="yellow"), (0, 3)))

    def say(self, text: str, *, style: str = "") -> None:
        """Print a line of plain text as it is."""
        self._console.print(Text(text, style=style))

    def show(self, page: RenderableType) -> None:
        """Print something that is laid out already."""
        self._console.print(page)

    def _warning(self, pack: Pack) -> str | None:
        if pack.policy.overdue(self._today):
            return wording.overdue(pack.policy)
        return wording.no_dates(pack.policy)


def _body(answer: Answer, pack: Pack, topics: dict[str, str]) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(wording.reason(answer, pack))]
    question = wording.close_call(answer, topics)
    if question:
        parts.append(Padding(Text(question, style="bold"), (1, 0, 0, 0)))
    rest = wording.left_open(answer, topics)
    if rest:
        parts.append(Padding(Text(rest, style="bold"), (1, 0, 0, 0)))
    if answer.conditions:
        parts.append(Padding(_bullets(answer.conditions), (1, 0, 0, 0)))
    if answer.citations:
        parts.append(Padding(_clauses(answer), (1, 0, 0, 0)))
    whom = wording.whom(answer, pack)
    if whom:
        parts.append(Padding(Text(f"→ {whom}", style="bold"), (1, 0, 0, 0)))
    if answer.report:
        parts.append(Padding(Text(wording.offer(answer.report), style="magenta"), (1, 0, 0, 0)))
    return parts


def _bullets(lines: tuple[str, ...]) -> Table:
    table = Table.grid(padding=(0, 1))
    for line in lines:
        table.add_row("•", Text(line))
    return table


def _clauses(answer: Answer) -> RenderableType:
    if any(len(one.address) > _LONG_ADDRESS for one in answer.citations):
        return Group(*(_stacked(one) for one in answer.citations))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold cyan")
    table.add_column(ratio=1)
    for one in answer.citations:
        table.add_row(f"§ {one.address}", _words(one))
    return table


def _stacked(one: Citation) -> Group:
    return Group(Text(f"§ {one.address}", style="bold cyan"), Padding(_words(one), (0, 0, 0, 2)))


def _words(one: Citation) -> Text:
    return Text(f"“{one.quote}”", style="italic") if one.quote else Text(one.summary)


def _safety(answer: Answer) -> Panel:
    lines = [
        Text(f"{line}\n" if place == 0 else line) for place, line in enumerate(wording.safety(answer.tripped))
    ]
    title = Text(" Before anything else ", style="bold white on red")
    return Panel(Group(*lines), title=title, title_align="left", border_style="bold red", padding=(1, 2))


def _chat(answer: Answer) -> Group:
    examples = [Text(f"  • {example}", style="cyan") for example in wording.EXAMPLES]
    return Group(Text(wording.chat(answer)), *examples)
