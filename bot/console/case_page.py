"""A case, and a list of cases, on a handler's terminal. Layout only."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.console import inert
from bot.console.case_record import as_row, task_line
from bot.reporting.people import Directory, Family
from bot.reporting.record import Names, Record, record_of
from bot.reporting.rights import LIVE, Party
from bot.reporting.route import Ring, Route
from bot.reporting.viewing import Summary, View
from bot.wording import cases as wording
from bot.wording.answers import KINDS, URGENCIES
from knowledge.rules import Urgency

_WIDEST = 100
_COLOURS = {Urgency.IMMEDIATE: "red", Urgency.TODAY: "yellow", Urgency.ROUTINE: "cyan"}
_ABOUT_ADULTS = frozenset({Family.ADULT, Family.HEAD})


def list_rows(summaries: Iterable[Summary]) -> list[dict[str, object]]:
    """A list of cases as plain data."""
    return [{**asdict(one), "opened_at": one.opened_at.isoformat()} for one in summaries]


def show_list(summaries: tuple[Summary, ...], directory: Directory) -> None:
    """Print a list of cases; times are the trust's own."""
    console = _console()
    if not summaries:
        console.print(Text("No case is yours to see."))
        return
    table = Table("case", "kind", "urgency", "state", "came in", box=None, pad_edge=False)
    for one in summaries:
        drill = " DRILL" if one.drill else ""
        table.add_row(
            _line(f"{one.reference}{drill}"),
            _line(KINDS[one.kind]),
            Text(URGENCIES[one.urgency], style=_COLOURS[one.urgency]),
            _line(wording.STATES[one.state.value]),
            _line(_local(one.opened_at, directory)),
        )
    console.print(table)


def case_row(view: View, directory: Directory) -> dict[str, object]:
    """A case as plain data: its record, and whom it went to and why."""
    row = as_row(record_of(view, directory))
    row["party"] = view.party.value
    row["to_settle"] = list(view.open_standings)
    row["decide_by"] = view.decide_by.isoformat() if view.decide_by else None
    if view.route:
        names = Names(view, directory)
        row["goes_to"] = [
            {"role": names.role(hop.role), "must": hop.must, "origins": [asdict(one) for one in hop.origins]}
            for hop in view.route.hops
        ]
        row["ring"] = [{"whom": one.whom, "number": one.number, "why": one.why} for one in view.route.ring]
        row["conflicts"] = list(view.route.conflicts)
        row["statements"] = list(view.route.statements)
    return row


def show_case(view: View, directory: Directory) -> None:
    """Print a case: what comes first, the report, whom it went to and why, its chronology."""
    record, console = record_of(view, directory), _console()
    colour = _COLOURS[view.summary.urgency]
    parts: list[RenderableType] = [Text(line, style="bold red") for line in _first(view, directory)]
    parts.append(_head(record, view))
    title = Text(f" {view.summary.reference} ", style=f"bold {colour}")
    console.print(Panel(Group(*parts), title=title, title_align="left", border_style=colour, padding=(1, 2)))
    for heading, body in _sections(view, record, directory):
        console.print(Text(f"\n{heading}", style="bold"))
        console.print(Padding(body, (0, 0, 0, 2), expand=False))


def _first(view: View, directory: Directory) -> Iterator[str]:
    """What a handler has to know before anything else."""
    nation = directory.trust.nation
    if view.summary.drill:
        yield wording.DRILL
    if view.party is Party.TECHNICIAN:
        yield wording.NO_TECHNICIAN
    if view.route and view.route.family in _ABOUT_ADULTS and view.summary.state in LIVE:
        yield wording.not_before_advice(nation)
        if view.decide_by:
            yield wording.decide_by(nation, _local(view.decide_by, directory))


def _head(record: Record, view: View) -> RenderableType:
    rows = [("what", record.category), ("urgency", record.urgency), ("state", record.state)]
    rows += [("came in", record.reported), ("school", record.school)]
    rows += [("about", record.subject), ("reported by", record.reporter)]
    shown = rows if view.party is not Party.TECHNICIAN else rows[:4]
    return _pairs((name, text) for name, text in shown if text)


def _sections(view: View, record: Record, directory: Directory) -> Iterator[tuple[str, RenderableType]]:
    yield "The report", Group(*(_answer(asked, answer) for asked, answer in record.concern))
    names = Names(view, directory)
    if view.open_standings:
        how = f"signpost case mentioned {record.reference}"
        open_ = (
            f"{names.person(one)}: {wording.NOT_YET_SAID} {how} {one} --about, or --only-mentioned"
            for one in view.open_standings
        )
        yield "To settle", _bullets(open_)
    if view.route:
        yield "It goes to", _route(view.route, names)
    if view.route and view.route.ring:
        yield "Outside the school", _bullets(map(_ring, view.route.ring))
    if record.told:
        told = (f"{who}, {role}: {'acknowledged' if done else 'told'}" for who, role, done in record.told)
        yield "Told so far", _bullets(told)
    if record.actions:
        yield "Actions", _bullets(map(task_line, record.actions))
    if record.chronology:
        yield "Chronology", _chronology(record)


def _ring(one: Ring) -> str:
    whom = one.number if one.whom == one.number else f"{one.whom}, {one.number}"
    return f"{whom}: {one.why} ({one.origin.source})"


def _route(route: Route, names: Names) -> RenderableType:
    parts: list[RenderableType] = []
    for hop in route.hops:
        must = " (has to acknowledge)" if hop.must else ""
        parts.append(_line(f"{names.role(hop.role)}{must}"))
        parts.extend(
            Padding(Text(inert.line(f"{one.source}: {one.says}"), style="dim"), (0, 0, 0, 2), expand=False)
            for one in hop.origins
        )
    notes = (*route.conflicts, *route.statements)
    return Group(*parts, *(Text(inert.line(f"⚡ {one}"), style="yellow") for one in notes))


def _chronology(record: Record) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(ratio=1)
    for one in record.chronology:
        said = Text(inert.line(f"{one.who} {one.what}"))
        if one.text:
            said.append(f"\n{inert.lines(one.text)}", style="italic")
        table.add_row(_line(one.at), said)
    return table


def _answer(asked: str, answer: str) -> RenderableType:
    return Group(
        Text(inert.line(asked), style="dim"), Padding(Text(inert.lines(answer)), (0, 0, 0, 2), expand=False)
    )


def _pairs(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(ratio=1)
    for name, text in rows:
        table.add_row(name, _line(text))
    return table


def _bullets(texts: Iterable[str]) -> Table:
    table = Table.grid(padding=(0, 1))
    for text in texts:
        table.add_row("•", _line(text))
    return table


def _line(text: str) -> Text:
    return Text(inert.line(text))


def _local(at: datetime, directory: Directory) -> str:
    return f"{at.astimezone(ZoneInfo(directory.trust.timezone)):%a %d %b %Y %H:%M}"


def _console() -> Console:
    console = Console(highlight=False, emoji=False, markup=False)
    console.width = min(console.width, _WIDEST)
    return console
