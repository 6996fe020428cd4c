"""The report: what a member of staff hands in, checked and read, before anybody is chosen to receive it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from knowledge.rules import Kind, Urgency


class About(StrEnum):
    """Who a report is about, as its reporter answers the first question of every form."""

    PUPIL = "pupil"
    FORMER_PUPIL = "former_pupil"
    WORKS_HERE = "works_here"
    MYSELF = "myself"
    PARENT = "parent"
    OUTSIDER = "outsider"
    UNKNOWN = "unknown"
    NOBODY = "nobody"


class Standing(StrEnum):
    """How a member of staff who came up in a report stands to it.

    ABOUT is recused, MENTIONED is not, and OPEN is held back until the reporter says which of the two it is.
    """

    ABOUT = "about"
    MENTIONED = "mentioned"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Report:
    """One report.

    `reporter` is a person's id, or `account:PLATFORM:ID` for somebody whom the schools file doesn't name.
    `subject` is whom it is about in the reporter's own words, perhaps empty. `standings` maps the id of every
    member of staff the words may mean to how they stand to it. `danger` and `image` are true where the
    reporter said yes or wasn't sure. `answers` is the rest of the form, question key to text; both questions
    are kept there too, so that "unsure" can be told from "yes".
    """

    kind: Kind
    urgency: Urgency
    reporter: str
    school: str | None
    about: About
    subject: str
    standings: Mapping[str, Standing]
    danger: bool
    image: bool
    answers: Mapping[str, str]
    drill: bool = False

    @property
    def subjects(self) -> frozenset[str]:
        """The ids of whoever it is about: they never receive, see or handle it."""
        return self._standing(Standing.ABOUT)

    @property
    def held_back(self) -> frozenset[str]:
        """The ids of whoever it may be about: they are told nothing until that is settled."""
        return self._standing(Standing.OPEN)

    def _standing(self, wanted: Standing) -> frozenset[str]:
        return frozenset(person for person, standing in self.standings.items() if standing is wanted)
