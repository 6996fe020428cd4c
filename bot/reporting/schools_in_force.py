"""The schools file in force: read again when it changes, kept in the database, faulty ones left aside.

Somebody newly in a safeguarding role is told of new cases at once and of open ones only once a head or DSL
has agreed; a role taken away is gone at once, because rights are read from the file in force.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.logs import log
from bot.messages import Trouble
from bot.reporting import absences
from bot.reporting.agreeing import may_agree
from bot.reporting.calling import alarm
from bot.reporting.casefile import SYSTEM, deed
from bot.reporting.composing import ROLE_CHANGED
from bot.reporting.office import HOUSE, KeyCupboard, Office, Work
from bot.reporting.people import Directory
from bot.reporting.schools import LARGEST, read_schools
from knowledge.loader import shipped_policies
from knowledge.rules import Role
from knowledge.yamlfile import Refused
from storage import cases, house, outbox
from storage.outbox import Draft
from storage.sealing import Place, seal, unseal
from storage.store import Session, Store

WATCHED = frozenset(
    {
        *(Role.DSL, Role.DEPUTY_DSL, Role.TRUST_SAFEGUARDING, Role.PRINCIPAL, Role.DEPUTY_HEAD, Role.SLT),
        *(Role.ABOUT_HEAD, Role.ABOUT_EXECUTIVE, Role.GOVERNORS, Role.VICE_CHAIR, Role.EXECUTIVE),
    }
)
"""Roles whose new holders wait for somebody's word before they see what was there before them."""
_FAULTY, _IN_FORCE = "schools-fault", "schools-in-force"
_ROLE_RANK = 4


@dataclass(slots=True)
class SchoolsInForce:
    """Holds the directory that everything reads; replaced whole. `known` lists the policies it may name."""

    directory: Directory
    seen: tuple[int, int, int] | None = None
    """Which file it was, when last written and how long, as of the last look."""
    known: Callable[[], tuple[str, ...]] = shipped_policies
    knew: tuple[str, ...] = ()
    """What `known` gave at the last look: a policy may be published after the file names it."""
    base: Directory | None = None
    """The directory as the file has it, where something is laid over it."""
    away: absences.Rows = ()

    def lay_over(self, base: Directory, away: absences.Rows) -> None:
        """Take over a file, and what people said of their absence."""
        self.directory, self.base, self.away = absences.laid_over(base, away), base, away


def remembered(store: Store, keys: KeyCupboard) -> Directory | None:
    """The schools file that came into force last, from the database. Raises `Refused` for one of old."""
    with store.reading() as session:
        return _newest(session, keys)


def _newest(session: Session, keys: KeyCupboard) -> Directory | None:
    row, kept = house.newest_schools(session), house.key_of(session, HOUSE)
    if row is None or kept is None:
        return None
    key = keys.sealer.unwrap(kept, HOUSE)
    return read_schools(unseal(key, row.sealed, _place(row.digest)), "the schools file in the database")


def reread(office: Office, schools: SchoolsInForce, path: Path, *, now: datetime) -> bool:
    """Take over a changed schools file; True if it was. A faulty one raises one alarm and changes nothing.

    `serve` calls it before anything else, so that what changed while it was down is noticed too.
    """
    stamp = _stamp(path)
    known = schools.known()
    look_for_absences(office, schools)
    if stamp is not None and (stamp, known) == (schools.seen, schools.knew):
        return False
    taken = _look(office, schools, path, now)
    schools.seen, schools.knew = stamp, known
    return taken


def look_for_absences(office: Office, schools: SchoolsInForce) -> None:
    """Take over who has said that they are away, or back."""
    with office.store.reading() as session:
        away = absences.kept(house.facts_under(session, absences.PREFIX))
    if away != schools.away:
        schools.lay_over(schools.base or schools.directory, away)


def _look(office: Office, schools: SchoolsInForce, path: Path, now: datetime) -> bool:
    try:
        with path.open("rb") as opened:
            text = opened.read(LARGEST + 1).decode("utf-8-sig")
        same = sha256(text.encode()).hexdigest() == schools.directory.digest
        found = schools.base or schools.directory if same else _checked(text, path, schools.known())
    except (OSError, UnicodeDecodeError, Refused) as error:
        _leave_aside(office, path, error, now)
        return False
    with office.work(now) as work:
        house.lock_fact(work.session, _IN_FORCE)
        taken = _take_over(work, schools.directory, found, text)
    schools.lay_over(found, schools.away)
    if taken:
        office.wake()
        log.info("schools_file_in_force", digest=f"d0{found.digest[:12]}")
    return taken


def _checked(text: str, path: Path, known: tuple[str, ...]) -> Directory:
    return read_schools(text, path.name, known_policies=known)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What tells a file from its next version without reading it; None for one that is gone."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _take_over(work: Work, current: Directory, found: Directory, text: str) -> bool:
    """Keep the file, and note who is new in a role by it. False where it is in force already.

    What was in force is read from the database: another replica may have been first, or this one was down.
    """
    mended = house.fact(work.session, _FAULTY) is not None
    house.drop_fact(work.session, _FAULTY)
    newest = house.newest_schools(work.session)
    if newest is not None and newest.digest == found.digest:
        if mended:
            work.done()
        return False
    before = _in_force(work, current)
    key = work.office.house_key(work.session)
    house.put_schools(work.session, found.digest, seal(key, text, _place(found.digest)), work.now)
    changes = _new_holders(before, found) if newest is not None else []
    for values in changes:
        house.add_role_change(work.session, {**values, "id": cases.new_id(), "at": work.now})
    # By the new file: whoever holds a role no longer hears of the change, and whoever does now does.
    after = Work(work.session, replace(work.office, schools=SchoolsInForce(found)), work.now)
    for change in house.role_changes(work.session):
        if change.at == work.now:
            _tell_of_change(after, change)
    work.done(deed(SYSTEM, "schools file", detail=found.digest[:12]))
    return True


def _in_force(work: Work, current: Directory) -> Directory:
    """The schools file up to now; what this process goes by, where this version cannot read the old one."""
    try:
        return _newest(work.session, work.office.keys) or current
    except Refused:
        log.warning("schools_file_faulty", reason="the-kept-one")
        return current


def _new_holders(before: Directory, after: Directory) -> list[dict[str, str]]:
    """Who holds a watched role at a school where they did not: one entry for all schools where that is so.

    Somebody who held it there already, be it for the school or for the whole trust, is not new to it.
    """
    there = frozenset(before.schools)
    had, has = _holdings(before, there), _holdings(after, there)
    found = []
    for person, role in sorted({(person, role) for person, role, _ in has - had}):
        new = {school for who, what, school in has - had if (who, what) == (person, role)}
        everywhere = "" in new and there <= new
        found += [
            {"person": person, "role": role, "school": school}
            for school in ([""] if everywhere else sorted(new - {""}))
        ]
    return found


def _holdings(directory: Directory, schools: frozenset[str]) -> set[tuple[str, str, str]]:
    """Person, role and each school that they hold it for; "" as well where it is for the whole trust."""
    return {
        (person, holding.role.value, school)
        for holding in directory.holdings
        if holding.role in WATCHED
        for person in holding.people
        for school in ([holding.school] if holding.school is not None else ["", *schools])
    }


def _tell_of_change(work: Work, change: Any) -> None:
    """The head and the DSL learn of it, and whoever may agree; never the new holder."""
    lost = house.lost_lanes(work.session)
    holders = partial(work.directory.holders, school=change.school)
    of_role = holders if change.school else work.directory.all_holders
    told = may_agree(work, change).union(*(of_role(role) for role in (Role.PRINCIPAL, Role.DSL)))
    drafts = [
        Draft(person, way, ROLE_CHANGED, _ROLE_RANK, about=change.id)
        for person in sorted(told - {change.person})
        for way in work.office.ways_to(person, lost)
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
