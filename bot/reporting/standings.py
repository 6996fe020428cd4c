"""Who among the staff a report's words may mean, and how each of them stands to it.

A concern must never reach whom it is about, and must not miss whoever is only named in it ("I told Mrs
Nair"). So a name that may be the subject's is held back until the reporter says which it is (promise S5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.reporting.finding import By, Match
from bot.reporting.report import About, Standing

Find = Callable[[str], tuple[Match, ...]]
_NOT_STAFF = frozenset({About.PUPIL, About.FORMER_PUPIL, About.PARENT, About.OUTSIDER})
"""A name is then a namesake's, but an id or an account is somebody's own."""
_OWN = frozenset({By.ID, By.ACCOUNT, By.MENTION})
_STRONGEST = (Standing.MENTIONED, Standing.OPEN, Standing.ABOUT)


@dataclass(frozen=True, slots=True)
class Naming:
    """What a report says about people.

    `picked` are ids chosen from a list, `running` is all text but the subject's name, `named` text that only
    ever mentions ("whom have you told?"). `wary`: a name in running text may be the subject's. `settled` is
    what the reporter has said about each, by id; it wins. `oneself`: the reporter is the subject.
    `posted_by` is the account that posted the thing: one of our own is held back, whomever it is about.
    """

    reporter: str
    about: About | None
    subject: str = ""
    picked: tuple[str, ...] = ()
    running: str = ""
    named: str = ""
    wary: bool = False
    oneself: bool = False
    posted_by: str = ""
    settled: Mapping[str, Standing] | None = None


def standings(naming: Naming, *, find_people: Find, mentioned_in: Find) -> dict[str, Standing]:
    """How every member of staff whom the words may mean stands to the report, by id."""
    found = _in_text(naming, mentioned_in)
    for match in find_people(naming.subject) if naming.subject else ():
        standing = _as_subject(match, naming)
        if standing:
            found[match.person] = _stronger(found.get(match.person), standing)
    for match in mentioned_in(naming.posted_by) if naming.posted_by else ():
        if match.by in _OWN and match.person != naming.reporter:
            found[match.person] = _stronger(found.get(match.person), Standing.OPEN)
    found |= dict.fromkeys(naming.picked, Standing.ABOUT)
    found |= naming.settled or {}
    return found | ({naming.reporter: Standing.ABOUT} if naming.oneself else {})


def to_settle(naming: Naming, found: Mapping[str, Standing]) -> tuple[str, ...]:
    """The ids to ask about: whoever is open or has been asked about, and each of several likely subjects."""
    sure = {person for person, standing in found.items() if standing is Standing.ABOUT}
    typed = sure - {naming.reporter, *naming.picked}
    asked = {*(naming.settled or {}), *(typed if len(typed) > 1 else ())}
    return tuple(
        person
        for person, standing in found.items()
        if (standing is Standing.OPEN or person in asked)
        and not (naming.oneself and person == naming.reporter)
    )


def _in_text(naming: Naming, mentioned_in: Find) -> dict[str, Standing]:
    running = Standing.OPEN if naming.wary else Standing.MENTIONED
    found: dict[str, Standing] = {}
    for text, standing in ((naming.named, Standing.MENTIONED), (naming.running, running)):
        for match in mentioned_in(text) if text else ():
            if match.person != naming.reporter:
                found[match.person] = _stronger(found.get(match.person), standing)
    return found


def _as_subject(match: Match, naming: Naming) -> Standing | None:
    if naming.about in _NOT_STAFF:
        return Standing.OPEN if match.by in _OWN else None
    return Standing.ABOUT if naming.about is About.WORKS_HERE and match.sure else Standing.OPEN


def _stronger(first: Standing | None, second: Standing) -> Standing:
    return max(first or second, second, key=_STRONGEST.index)
