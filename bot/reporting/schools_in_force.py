"""The schools file in force: read again when it changes, kept in the database, faulty ones left aside.

Somebody newly in a safeguarding role is told of new cases at once and of open ones only once a head or DSL
has agreed; a role taken away is gone at once, because rights are read from the file in force.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from bot.logs import log
from bot.messages import Trouble
from bot.reporting.calling import alarm
from bot.reporting.casefile import SYSTEM, deed
from bot.reporting.composing import ROLE_CHANGED
from bot.reporting.office import HOUSE, KeyCupboard, Office, Work
from bot.reporting.people import Directory
from bot.reporting.schools import read_schools
from knowledge.rules import Role
from knowledge.yamlfile import Refused
from storage import cases, house, outbox
from storage.outbox import Draft
from storage.sealing import Place, seal, unseal
from storage.store import Store

WATCHED = frozenset(
    {
        *(Role.DSL, Role.DEPUTY_DSL, Role.TRUST_SAFEGUARDING, Role.PRINCIPAL, Role.DEPUTY_HEAD),
        *(Role.ABOUT_HEAD, Role.ABOUT_EXECUTIVE, Role.GOVERNORS, Role.VICE_CHAIR, Role.EXECUTIVE),
    }
)
"""Roles whose new holders wait for somebody's word before they see what was there before them."""
_FAULTY = "schools-fault"
_ROLE_RANK = 4


@dataclass(slots=True)
class SchoolsInForce:
    """Holds the directory that everything reads; replaced whole."""

    directory: Directory


def remembered(store: Store, keys: KeyCupboard) -> Directory | None:
    """The schools file that came into force last, from the database."""
    with store.reading() as session:
        row, kept = house.newest_schools(session), house.key_of(session, HOUSE)
    if row is None or kept is None:
        return None
    key = keys.sealer.unwrap(kept, HOUSE)
    return read_schools(unseal(key, row.sealed, _place(row.digest)), "the schools file in the database")


def reread(office: Office, schools: SchoolsInForce, path: Path, *, now: datetime) -> bool:
    """Take over a changed schools file; True if it was. A faulty one raises one alarm and changes nothing."""
    try:
        text = path.read_text(encoding="utf-8")
        found = read_schools(text, path.name)
    except (OSError, UnicodeDecodeError, Refused) as error:
        _leave_aside(office, path, error, now)
        return False
    if found.digest == schools.directory.digest and _is_kept(office, found.digest):
        return False
    with office.work(now) as work:
        _take_over(work, schools.directory, found, text)
        schools.directory = found
        work.done(deed(SYSTEM, "schools file", detail=found.digest[:12]))
    office.wake()
    log.info("schools_file_in_force", digest=f"d0{found.digest[:12]}")
    return True


def _is_kept(office: Office, digest: str) -> bool:
    with office.store.reading() as session:
        row = house.newest_schools(session)
        return row is not None and row.digest == digest


def _take_over(work: Work, before: Directory, after: Directory, text: str) -> None:
    key = work.office.house_key(work.session)
    house.put_schools(work.session, after.digest, seal(key, text, _place(after.digest)), work.now)
    house.drop_fact(work.session, _FAULTY)
    for person, role, school in sorted(_holdings(after) - _holdings(before)):
        change = cases.new_id()
        values = {"id": change, "person": person, "role": role, "school": school, "at": work.now}
        house.add_role_change(work.session, values)
        _tell_of_change(work, after, person, school, change)


def _holdings(directory: Directory) -> set[tuple[str, str, str]]:
    return {
        (person, holding.role.value, holding.school or "")
        for holding in directory.holdings
        if holding.role in WATCHED
        for person in holding.people
    }


def _tell_of_change(work: Work, directory: Directory, person: str, school: str, change: str) -> None:
    """The head and the DSL learn of it; the new holder cannot be the one who agrees."""
    lost = house.lost_lanes(work.session)
    told = {
        holder
        for role in (Role.PRINCIPAL, Role.DSL)
        for holder in (directory.holders(role, school) if school else directory.all_holders(role))
    }
    drafts = [
        Draft(holder, way, ROLE_CHANGED, _ROLE_RANK, about=change)
        for holder in sorted(told - {person})
        for way in work.office.ways_to(holder, lost)
    ]
    outbox.enqueue(work.session, work.now, drafts)


def _leave_aside(office: Office, path: Path, error: Exception, now: datetime) -> None:
    """One alarm for each faulty version of the file, however often it is looked at."""
    try:
        mark = sha256(path.read_bytes()).hexdigest()
    except OSError:
        mark = "unreadable"
    with office.work(now) as work:
        known = house.fact(work.session, _FAULTY)
        if known is not None and known.value == mark:
            return
        house.put_fact(work.session, _FAULTY, mark, now)
        alarm(work, Trouble.SCHOOLS_FILE)
        work.done(deed(SYSTEM, "schools file faulty"))
    office.wake()
    log.error("schools_file_faulty", error_type=type(error).__name__)


def _place(digest: str) -> Place:
    return Place("schools_file", digest, "sealed")
