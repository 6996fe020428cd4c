"""`signpost agree`: a head or DSL lets somebody new in a safeguarding role see older cases."""

from typing import Annotated

import typer

from bot import app
from bot.console import inert
from bot.console.confirming import AsOption, CodeOption, confirmed, desk
from knowledge.rules import ROLE_NAMES

ChangeArgument = Annotated[
    str, typer.Argument(metavar="CHANGE", help="The change, by the eight characters you were sent.")
]


def agree(change: ChangeArgument, *, whom: AsOption, code: CodeOption = None) -> None:
    """Agree that somebody new in a safeguarding role may see cases from before."""
    from bot.reporting.agreeing import SHOWN
    from bot.reporting.agreeing import agree as agree_to

    with desk() as office:
        shown = "".join(char for char in change if char.isalnum())[:SHOWN]
        actor = confirmed(office, whom, f"agree {shown}", code)
        agreed = agree_to(office, change, actor, now=app.now())
        person = office.directory.person(agreed.person)
        school = office.directory.schools.get(agreed.school or "")
    name = person.name if person else agreed.person
    where = f" at {school.name}" if school else ""
    inert.say(f"Agreed: {name} may be told of older cases as {ROLE_NAMES[agreed.role]}{where}.")
