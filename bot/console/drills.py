"""`signpost drill …`: a fire drill of the calling ladder, started, looked at and ended at a terminal."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import app
from bot.console import inert
from bot.console.as_json import JsonOption
from bot.console.confirming import AsOption, CodeOption, confirmed, desk
from bot.durations import say_duration
from bot.wording.answers import KINDS
from knowledge.rules import ROLE_NAMES, Kind

if TYPE_CHECKING:
    from bot.reporting.drills import Called, Drill
    from bot.reporting.people import Directory

drill = typer.Typer(help="Practise: a made-up report climbs the real ladder.", no_args_is_help=True)

KindOption = Annotated[Kind, typer.Option("--kind", help="What to practise.")]
SchoolOption = Annotated[
    str | None, typer.Option("--school", metavar="ID", help="Where; your own school if you have one.")
]
_SYSTEM = "signpost"


@drill.command()
def start(
    *,
    kind: KindOption = Kind.PUPIL_CONTACT,
    school: SchoolOption = None,
    whom: AsOption,
    code: CodeOption = None,
) -> None:
    """Start a drill. Everybody on the ladder is really told, and every notice says that it is a drill."""
    from bot.reporting import drills

    with desk() as office:
        actor = confirmed(office, whom, "drill start", code)
        receipt = drills.start(office, actor, kind, school, now=app.now())
    inert.say(f"{receipt.reference}: the drill is on. It goes to: {', '.join(receipt.titles) or 'nobody'}.")
    inert.say("See who acknowledges: signpost drill status. End it: signpost drill stop")


@drill.command()
def stop(*, as_json: JsonOption = False) -> None:
    """End every drill that is on, and say who acknowledged how fast."""
    from bot.reporting import drills
    from bot.reporting.casefile import Actor

    with desk() as office:
        ended = drills.stop(office, Actor(_SYSTEM, app.os_user()), now=app.now())
        _show(ended, office.directory, as_json=as_json, none="No drill was on.")


@drill.command()
def status(*, as_json: JsonOption = False) -> None:
    """Show the drills that are on: who was called, and who has acknowledged."""
    from bot.reporting import drills
    from bot.reporting.casefile import Actor

    with desk() as office:
        found = drills.going_on(office, Actor(_SYSTEM, app.os_user()), now=app.now())
        _show(found, office.directory, as_json=as_json, none="No drill is on.")


def _show(found: "tuple[Drill, ...]", directory: "Directory", *, as_json: bool, none: str) -> None:
    if as_json:
        inert.print_json([_row(one) for one in found])
        return
    for one in found:
        school = directory.schools.get(one.school or "")
        where = f" at {school.name}" if school else ""
        inert.say(f"{one.reference}: drill of {KINDS[one.kind]}{where}, {_climbed(one)}")
        for call in one.called:
            person = directory.person(call.person)
            name = person.name if person else call.person
            inert.say(f"- {name}, {ROLE_NAMES[call.role]}: {_answer(call)}")
    if not found:
        inert.say(none)


def _climbed(one: "Drill") -> str:
    answered = sum(call.acknowledged_at is not None for call in one.called)
    return f"step {one.level + 1}, lap {one.lap + 1}; {answered} of {len(one.called)} calls acknowledged"


def _answer(call: "Called") -> str:
    return "no answer" if call.within is None else f"acknowledged after {say_duration(call.within)}"


def _row(one: "Drill") -> dict[str, Any]:
    return {
        "reference": one.reference,
        "kind": one.kind.value,
        "school": one.school,
        "started_at": one.started_at.isoformat(),
        "level": one.level,
        "lap": one.lap,
        "called": [
            {
                "person": call.person,
                "role": call.role.value,
                "told_at": call.told_at.isoformat(),
                "acknowledged_after_seconds": None if call.within is None else call.within.total_seconds(),
            }
            for call in one.called
        ],
    }
