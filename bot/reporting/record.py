"""A case in the shape of a school's own safeguarding record, so that it can be kept there and closed here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.reporting.forms import options_of
from bot.reporting.people import Directory
from bot.reporting.viewing import Line, View
from bot.wording import cases as wording
from bot.wording import forms
from bot.wording.answers import KINDS, URGENCIES
from knowledge.rules import ROLE_NAMES, Kind, Role

_WHEN = ("posted_at", "where_when", "seen_at", "discovered")
"""The answers that say when it happened, the nearest to the event first."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a chronology in words. `at` is in the trust's own time."""

    at: str
    who: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """An action: what is to be done, by whom, by which day."""

    what: str
    owner: str
    due: str


@dataclass(frozen=True, slots=True)
class Record:
    """A case in words. `incident` is when it happened, as the reporter wrote it; empty where they did not.

    `concern` holds the report's questions and answers; `decisions` every decision with its reason, since a
    case may be closed more than once.
    """

    reference: str
    drill: bool
    incident: str
    reported: str
    category: str
    urgency: str
    state: str
    school: str
    subject: str
    reporter: str
    concern: tuple[tuple[str, str], ...]
    actions: tuple[Task, ...]
    decisions: tuple[str, ...]
    told: tuple[tuple[str, str, bool], ...]
    chronology: tuple[Happening, ...]


def record_of(view: View, directory: Directory) -> Record:
    """The record of a case as somebody may see it."""
    names = Names(view, directory)
    summary, route = view.summary, view.route
    school = directory.schools.get(route.school or "") if route else None
    return Record(
        reference=summary.reference,
        drill=summary.drill,
        incident=next((view.answers[key] for key in _WHEN if view.answers.get(key)), ""),
        reported=names.time(summary.opened_at),
        category=KINDS[summary.kind],
        urgency=URGENCIES[summary.urgency],
        state=wording.STATES[summary.state.value],
        school=school.name if school else directory.trust.name,
        subject=names.subject(),
        reporter=wording.by(view.reporter, names.person) if view.reporter else "",
        concern=tuple(_answers(view, directory)),
        actions=tuple(_actions(view, names)),
        decisions=tuple(
            wording.text_of("closed", line.text, names.person)
            for line in view.chronology
            if line.event == "closed"
        ),
        told=tuple((names.person(who), names.role(role), done) for who, role, done in view.told),
        chronology=tuple(names.happening(line) for line in view.chronology),
    )


@dataclass(frozen=True, slots=True)
class Names:
    """Ids, roles and times of a case in words."""

    view: View
    directory: Directory

    def person(self, person_id: str) -> str:
        """A person's name; the id of somebody who is in no schools file any more."""
        known = self.directory.person(person_id)
        return known.name if known else person_id

    def role(self, role: Role) -> str:
        """A role as the school writes it."""
        titles = self.view.route.titles if self.view.route else {}
        return titles.get(role) or ROLE_NAMES[role]

    def time(self, at: datetime) -> str:
        """A moment in the trust's own time."""
        return f"{at.astimezone(ZoneInfo(self.directory.trust.timezone)):%Y-%m-%d %H:%M}"

    def happening(self, line: Line) -> Happening:
        """A line of the chronology."""
        text = wording.text_of(line.event, line.text, self.person)
        who = wording.by(line.by, self.person)
        return Happening(self.time(line.at), who, wording.event(line.event), text)

    def subject(self) -> str:
        """Whom it is about: as the reporter wrote it, with the names of the staff it is known to be."""
        recused = sorted(self.view.route.recused) if self.view.route else []
        staff = ", ".join(self.person(one) for one in recused)
        if not staff or staff == self.view.subject:
            return self.view.subject
        return f"{self.view.subject} ({staff})" if self.view.subject else staff


def label(kind: Kind, key: str) -> str:
    """What a question asks; the key itself where no form asks it any more."""
    try:
        return forms.question(kind, key)[0]
    except KeyError:
        return key.replace("_", " ")


def _answers(view: View, directory: Directory) -> Iterator[tuple[str, str]]:
    kind = view.summary.kind
    for key, text in view.answers.items():
        if key.startswith("standing."):
            continue
        chosen = options_of(kind, key)
        if key == "school" and text in directory.schools:
            chosen = {text: directory.schools[text].name}
        yield label(kind, key), chosen.get(text, text)


def _actions(view: View, names: Names) -> Iterator[Task]:
    for line in view.chronology:
        if line.event == "action" and line.text:
            owner, due, what = wording.action(line.text)
            yield Task(what, names.person(owner), due)
