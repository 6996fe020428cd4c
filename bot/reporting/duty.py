"""Who has the safeguarding roles today, for somebody's own school."""

from collections.abc import Iterator
from datetime import date

from bot.reporting.people import Directory
from knowledge.rules import ROLE_NAMES, Role

SHOWN = (Role.DSL, Role.DEPUTY_DSL, Role.PRINCIPAL, Role.TRUST_SAFEGUARDING)


def on_duty(directory: Directory, person: str, today: date) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The roles with the names of whoever holds them and is here; a role that nobody holds is left out."""
    return tuple(_rows(directory, directory.school_of(person), today))


def _rows(directory: Directory, school: str | None, today: date) -> Iterator[tuple[str, tuple[str, ...]]]:
    for role in SHOWN:
        holders = (directory.person(one) for one in directory.holders(role, school))
        here = tuple(one.name for one in holders if one is not None and one.here(today))
        if directory.holders(role, school):
            name = ROLE_NAMES[role]
            yield f"{name[:1].upper()}{name[1:]}", here
