"""`signpost doctor`: everything that is wrong with this installation, each with its remedy in one line."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot import app
from bot.console import inert
from bot.console.as_json import JsonOption
from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.doctor import Finding

AllOption = Annotated[bool, typer.Option("--all", help="Show what is as it should be, too.")]
_SIGNS = {"ok": "✓", "warn": "!", "fault": "✗"}


def doctor(*, show_all: AllOption = False, as_json: JsonOption = False) -> None:
    """Look the installation over: what is wrong, and what to do about it. Exit 1 if anything is at fault."""
    found = _findings()
    faults = [one for one in found if one.level.value == "fault"]
    if as_json:
        inert.print_json(
            [{"level": one.level.value, "what": one.what, "remedy": one.remedy} for one in found]
        )
    else:
        _show(found, show_all=show_all)
    raise typer.Exit(1 if faults else 0)


def _findings() -> "list[Finding]":
    from bot.doctor import fault

    try:
        return list(app.checkup())
    except SettingsError as error:
        return [fault(problem, "correct it, or take it out for the default") for problem in error.problems]


def _show(found: "list[Finding]", *, show_all: bool) -> None:
    """The worst first."""
    worst = sorted(found, key=lambda one: -list(_SIGNS).index(one.level.value))
    for one in worst:
        if one.remedy or show_all:
            remedy = f". Remedy: {one.remedy}" if one.remedy else ""
            inert.say(inert.line(f"{_SIGNS[one.level.value]} {one.what}{remedy}"))
    fine = sum(not one.remedy for one in found)
    inert.say(f"{len(found)} things looked at, {fine} of them fine.")
