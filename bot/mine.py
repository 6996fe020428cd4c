"""What is somebody's own in any chat: their open cases, their reports, who is on duty, drills that are on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.reporting import drills, viewing
from bot.reporting.casefile import Actor
from bot.reporting.drills import Drill
from bot.reporting.duty import on_duty
from bot.reporting.office import Office
from bot.reporting.rights import State
from bot.reporting.viewing import Summary
from knowledge.rules import Urgency


@dataclass(frozen=True, slots=True)
class Home:
    """What one person has here; `my_cases` are the open ones.

    `on_duty` names who holds each role now, by the role as the school writes it. `handles`: they may handle
    cases here; others may ask and report, and see their own reports.
    """

    my_cases: Sequence[Summary] = ()
    my_reports: Sequence[Summary] = ()
    on_duty: Sequence[tuple[str, Sequence[str]]] = ()
    drills: Sequence[Drill] = ()
    handles: bool = False

    @property
    def waiting(self) -> list[Summary]:
        """Their open cases: what nobody has acknowledged first, then what is most urgent."""
        return sorted(self.my_cases, key=_how_soon)


def home_of(office: Office, person: str, *, handles: bool, now: datetime) -> Home:
    """Everything of one person's. Raises `UnavailableError`."""
    actor = Actor(person)
    starts = handles and not drills.STARTERS.isdisjoint(office.directory.roles_of(person))
    return Home(
        my_cases=viewing.my_open_cases(office, actor, now=now) if handles else (),
        my_reports=viewing.my_reports(office, actor, now=now),
        on_duty=on_duty(office.directory, person, office.day(now)),
        drills=drills.going_on(office, actor, now=now) if starts else (),
        handles=handles,
    )


def _how_soon(one: Summary) -> tuple[bool, int]:
    return one.state is not State.NOTIFIED, list(Urgency).index(one.urgency)
