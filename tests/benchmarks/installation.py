"""An installation to measure: the program in a folder, and the same database as its use cases see it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

from bot import app
from bot.keyring import read_keyring
from bot.reporting.intake import Handed, hand_in
from bot.reporting.office import KeyCupboard, Office
from bot.reporting.people import Person
from bot.reporting.report import Report
from bot.reporting.route import Route
from bot.reporting.routes_in_force import route_of
from bot.reporting.schools import load_schools
from bot.reporting.schools_in_force import SchoolsInForce
from bot.reporting.submit import Receipt
from knowledge.rules import Kind
from storage.migrating import migrate
from storage.store import Store, commit
from tests.support.program import Program

SCHOOLS = 200
"""In the trust that is measured: each has a teacher who reports, a DSL and a principal who are told."""
KIND = Kind.FORMER_PUPIL_UNDER_18
"""Goes to two people of the school: its DSL and its principal."""
_NUMBERS = count()


def teacher(number: int) -> str:
    """The id of a teacher, of another school for each number."""
    return f"t{number % SCHOOLS}"


def answers(number: int) -> Mapping[str, str]:
    """A plain report: about a pupil who is in no other report, in forty words."""
    return {
        "about": "pupil",
        "subject": f"Alfie Tester{number}",
        "danger": "no",
        "image": "no",
        "what": "He wrote to me on my own account last night, asked about the homework first and then where "
        "I live and whether I was on my own. I have not answered. He sent the same to a friend, he says.",
    }


def url_of(folder: Path) -> str:
    """A SQLite database in a folder."""
    return f"sqlite:///{folder / 'signpost.db'}"


@contextmanager
def office_of(program: Program) -> Iterator[Office]:
    """The program's own database, keys and people, used from this process; notices go nowhere from here."""
    settings = program.environment
    schools = SchoolsInForce(load_schools(Path(settings["SIGNPOST_SCHOOLS"])))
    store = Store(settings["SIGNPOST_DATABASE_URL"])
    keys = KeyCupboard(Path(settings["SIGNPOST_KEYS_FILE"]), read_keyring)
    office = Office(store, keys, schools, partial(_route, schools), {"console": _everybody})
    migrate(store)
    with store.writing() as session:
        office.audit.begin(session)
        commit(session)
    try:
        yield office
    finally:
        store.close()


def _route(schools: SchoolsInForce, report: Report) -> Route:
    return route_of(report, schools.directory)


def _everybody(_person: Person) -> bool:
    return True


def take_in(office: Office) -> Receipt:
    """Take one report in, durably."""
    number = next(_NUMBERS)
    handed = Handed(KIND, answers(number), teacher(number), f"bench-{number}", "console")
    return hand_in(office, handed, now=app.now())
