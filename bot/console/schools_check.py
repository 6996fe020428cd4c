"""`signpost schools check`: its faults, or else what the file means for whoever has to be reached."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer

from bot import app
from bot.console.as_json import print_json
from bot.durations import say_duration
from bot.reporting.people import ROUTE, Directory, Step
from bot.reporting.schools import load_schools
from bot.reporting.staffing import AHEAD, Held, Survey, survey
from knowledge.loader import shipped_policies
from knowledge.rules import ROLE_NAMES, Role
from knowledge.yamlfile import Fault, Refused

_ROUTE = "whoever policy and floor name"


def check(file: Path, *, as_json: bool) -> None:
    """Show every fault of a schools file with its remedy, and exit 1; else who can be reached and when."""
    try:
        directory = load_schools(file)
    except Refused as refused:
        _show_faults(refused.faults, as_json=as_json)
        raise typer.Exit(1) from refused
    found = survey(directory, app.today())
    if as_json:
        print_json({"faults": [], **_summary(directory, found)})
        return
    for line in _lines(directory, found, app.today()):
        typer.echo(line)


def _show_faults(faults: Iterable[Fault], *, as_json: bool) -> None:
    rows = [{"file": one.file, "line": one.line, "what": one.what, "remedy": one.remedy} for one in faults]
    if as_json:
        print_json({"faults": rows})
        return
    for row in rows:
        typer.echo("{file}:{line}: {what}. {remedy}".format(**row))
    typer.echo(_count(len(rows), "fault"))


def _lines(directory: Directory, found: Survey, today: date) -> Iterator[str]:
    size = (
        _count(len(directory.schools), "school"),
        _count(len(directory.people), "person", "people"),
        _count(len(directory.holdings), "role"),
    )
    yield f"{directory.trust.name}: {', '.join(size)}. No faults."
    yield from _section("Roles", (_held_line(one, directory) for one in found.held))
    yield from _section("Cannot be reached (no Slack, no Teams, no e-mail)", found.unreachable)
    yield from _section(f"Nobody to tell on {_day(today)}", (_place(one, directory) for one in found.vacant))
    lacking = (
        f"{one.role} at {one.school}, whom the {', '.join(one.families)} ladder tells: skipped, with an alarm"
        for one in found.lacking
    )
    yield from _section("Held by nobody", lacking)
    yield from _section(f"Hours with no DSL or deputy in the next {AHEAD} days", _uncovered(directory, found))
    alone = (f"{_place(one, directory)}: {one.everybody[0]}" for one in found.single)
    yield from _section("Held by one person, with no deputy", alone)
    yield from _section("Worth a look", (*found.hints, *_strange_policies(directory)))
    yield from _section("Ladders", _ladder_lines(directory))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A title and its lines; nothing to say is said too."""
    yield ""
    yield f"{title}:"
    yield from [f"  {line}" for line in lines] or ["  none"]


def _held_line(one: Held, directory: Directory) -> str:
    away = [f"{person} (away)" for person in one.away]
    gone = [f"{person} (left)" for person in one.gone]
    return f"{_place(one, directory)}: {', '.join((*one.here, *away, *gone)) or 'nobody'}"


def _place(one: Held, directory: Directory) -> str:
    where = directory.schools[one.school].name if one.school is not None else "the whole trust"
    return f"{one.role} ({where})"


def _uncovered(directory: Directory, found: Survey) -> Iterator[str]:
    if directory.calendar is None:
        yield "not known: there is no calendar"
    zone = ZoneInfo(directory.trust.timezone)
    for one in found.uncovered:
        opens, closes = one.opening.opens.astimezone(zone), one.opening.closes.astimezone(zone)
        yield f"{directory.schools[one.school].name}: {opens:%a} {_day(opens)}, {opens:%H:%M}-{closes:%H:%M}"


def _strange_policies(directory: Directory) -> Iterator[str]:
    named = {directory.trust.policy, *(school.policy for school in directory.schools.values())}
    for policy in sorted(named - set(shipped_policies())):
        yield f"the policy {policy!r} doesn't come with Signpost: publish its pack before you serve"


def _ladder_lines(directory: Directory) -> Iterator[str]:
    for family, ladders in directory.ladders.items():
        for urgency, steps in ladders.items():
            yield f"{family}, {urgency}: {_in_words(steps)}"


def _in_words(steps: tuple[Step, ...]) -> str:
    said = [_step_in_words(step) for step in steps]
    waits = [say_duration(step.within) for step in steps]
    later = [f"no answer in {wait}: {words}" for wait, words in zip(waits, said[1:], strict=False)]
    return "; ".join((*said[:1], *later, f"no answer in {waits[-1]}: the next lap"))


def _step_in_words(step: Step) -> str:
    told = " and ".join(_ROUTE if one == ROUTE else ROLE_NAMES[Role(one)] for one in step.tell)
    alerted = " and ".join(ROLE_NAMES[role] for role in step.alert)
    return f"tell {told}" + (f", alert {alerted}" if alerted else "")


def _summary(directory: Directory, found: Survey) -> dict[str, Any]:
    return {
        "trust": directory.trust.id,
        "digest": directory.digest,
        "schools": list(directory.schools),
        "people": len(directory.people),
        "roles": [_row(one) for one in found.held],
        "unreachable": list(found.unreachable),
        "vacant": [_row(one) for one in found.vacant],
        "away_or_left": [_row(one) for one in (*found.vacant, *found.short) if one.away or one.gone],
        "held_by_nobody": [
            {
                "role": one.role.value,
                "school": one.school,
                "ladders": [family.value for family in one.families],
            }
            for one in found.lacking
        ],
        "uncovered": [
            {
                "school": one.school,
                "from": one.opening.opens.isoformat(),
                "to": one.opening.closes.isoformat(),
                "hours": one.hours,
            }
            for one in found.uncovered
        ],
        "held_by_one": [_row(one) for one in found.single],
        "hints": [*found.hints, *_strange_policies(directory)],
        "ladders": {
            family.value: {urgency.value: _in_words(steps) for urgency, steps in ladders.items()}
            for family, ladders in directory.ladders.items()
        },
    }


def _row(one: Held) -> dict[str, Any]:
    return {
        "role": one.role.value,
        "school": one.school,
        "here": list(one.here),
        "away": list(one.away),
        "left": list(one.gone),
    }


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _count(number: int, noun: str, plural: str | None = None) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"
