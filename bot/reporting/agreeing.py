"""A head or DSL agrees that somebody new in a safeguarding role may be told of cases from before.

Until then those stay shut to them; new cases reach them from the first day.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import SignpostError
from bot.reporting.casefile import Actor, deed
from bot.reporting.office import Office, Work
from knowledge.rules import Role
from storage import house

SHOWN = 8
"""Characters of a change's id that people are shown, and may type."""
_AGREE = (Role.PRINCIPAL, Role.DSL)
_STAND_IN = (Role.ABOUT_HEAD, Role.TRUST_SAFEGUARDING, Role.EXECUTIVE)
"""Who agrees where every head and DSL is the new person, or new themselves and not agreed to."""


class NoSuchChangeError(SignpostError):
    """There is no such change, or none that this person may agree to: both read the same."""

    def __init__(self, change: str) -> None:
        super().__init__(f"there is no change {change[:SHOWN]} that you can agree to")


@dataclass(frozen=True, slots=True)
class Agreed:
    """Whose role was agreed to. `school` is None for the whole trust."""

    person: str
    role: Role
    school: str | None


def agree(office: Office, change: str, actor: Actor, *, now: datetime) -> Agreed:
    """Open older cases to somebody new in a role. `change` is its id, or the first characters that show.

    Raises `NoSuchChangeError`; the attempt is audited.
    """
    with office.work(now) as work:
        row = _change(work, change)
        if row is None or actor.person not in may_agree(work, row):
            work.done(deed(actor, "refused agree"))
            raise NoSuchChangeError(change)
        house.agree_role_change(work.session, row.id, actor.person, now)
        about = f"person={row.person} role={row.role} school={row.school or 'none'}"
        work.done(deed(actor, "agreed", detail=about))
    return Agreed(row.person, Role(row.role), row.school or None)


def may_agree(work: Work, change: Any) -> frozenset[str]:
    """Ids of whoever may agree to a change: never the new person, nor anybody whose own role is as new."""
    waiting = {(one.person, one.role) for one in house.role_changes(work.session)}
    for roles in (_AGREE, _STAND_IN):
        found = frozenset(
            person
            for role in roles
            for person in _holders(work, role, change.school)
            if person != change.person and (person, role.value) not in waiting
        )
        if found:
            return found
    return frozenset()


def _holders(work: Work, role: Role, school: str) -> tuple[str, ...]:
    directory = work.directory
    held = directory.holders(role, school) if school else directory.all_holders(role)
    return tuple(one for one in held if not directory.people[one].gone(work.today))


def _change(work: Work, text: str) -> Any | None:
    """The one change that an id or its beginning means."""
    wanted = text.strip().lower()
    if len(wanted) < SHOWN:
        return None
    found = [one for one in house.role_changes(work.session) if one.id.startswith(wanted)]
    return found[0] if len(found) == 1 else None
