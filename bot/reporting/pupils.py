"""A pupil who writes to Signpost: what alarms becomes a case at once, the only report made without a Send.

A pupil is no reporter: nothing is asked of them through Signpost and nothing is sent back, since whoever
frightens them may read their screen. Whoever handles the case speaks to them in person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import NotSavedError
from bot.logs import log
from bot.messages import Trouble
from bot.reporting.calling import alarm
from bot.reporting.casefile import BY_PUPIL, SYSTEM, deed
from bot.reporting.filling import FORM_LIMIT
from bot.reporting.finding import mentioned_in
from bot.reporting.office import Office
from bot.reporting.report import About, Report, Standing
from bot.reporting.submit import Receipt, submit
from bot.reporting.typed import clean, without_files, without_links
from bot.wording import forms as wording
from knowledge.rules import Kind, Role, Urgency
from knowledge.tripwire import Tripped
from storage import house

UNLISTED = "unlisted "
"""What the facts are called that say whom an administrator was told to list, and when."""
MOST_A_DAY = 20
"""So many accounts a day an administrator is told of; `signpost schools sync` shows who else of the staff's
group is in nobody's entry."""
_PERHAPS, _NO = "unsure", "no"
_NAME = 120


@dataclass(frozen=True, slots=True)
class Written:
    """What a pupil wrote that tripped the wire.

    `key` names the message once and for all (conversation and activity). `name` is what the platform calls
    the pupil, kept sealed as whom it is about. `school` is None where it isn't known which they attend: in a
    trust of several its own safeguarding lead is told then.
    """

    account: str
    text: str
    key: str
    tripped: Tripped
    name: str = ""
    school: str | None = None
    platform: str = "teams"


def disclose(office: Office, written: Written, *, now: datetime) -> Receipt:
    """Make a case of it, once; the safeguarding lead is told at once.

    Whoever of the staff comes up in the text is told nothing until a handler has said how they stand to it.
    Raises `NotSavedError` where it could not be stored: then nothing may be said to be passed on.
    """
    try:
        key = f"disclosed {written.platform} {written.key}"
        return submit(office, _report(office, written, now=now), key=key, origin=BY_PUPIL, now=now)
    except Exception as error:
        log.error("report_not_saved", exc_info=error)
        raise NotSavedError("what a pupil wrote could not be passed on: tell them whom to turn to") from error


def tell_unlisted(office: Office, account: str, *, platform: str = "teams", now: datetime) -> bool:
    """Have an administrator list an account that nobody vouches for, once a day; True if they are told now.

    Raises `UnavailableError`.
    """
    today = office.day(now).isoformat()
    fact = f"{UNLISTED}account:{platform}:{account}"
    with office.store.reading() as session:
        if _full(house.facts_under(session, UNLISTED), fact, today):
            return False
    with office.work(now) as work:
        house.lock_fact(work.session, UNLISTED)
        told = house.facts_under(work.session, UNLISTED)
        if _full(told, fact, today):
            return False  # another replica was first
        for one in told:
            if one.value != today:
                house.drop_fact(work.session, one.name)
        house.put_fact(work.session, fact, today, now)
        alarm(work, Trouble.UNLISTED, what=account)
        work.done(deed(SYSTEM, "unlisted", detail=fact.removeprefix(UNLISTED)))
    office.wake()
    return True


def _full(told: Iterable[Any], fact: str, today: str) -> bool:
    """Whether nobody is to be told today: they were of this account, or of as many as a day takes."""
    current = {one.name for one in told if one.value == today}
    return fact in current or len(current) >= MOST_A_DAY


def _report(office: Office, written: Written, *, now: datetime) -> Report:
    """The message as a report. What a program noticed is put as "unsure": nobody has said so."""
    schools = tuple(office.directory.schools)
    tripped = written.tripped
    what = clean(without_files(written.text, wording.FILE_LEFT_OUT)[:FORM_LIMIT], lines=True)
    return Report(
        kind=Kind.DISCLOSURE,
        urgency=Urgency.IMMEDIATE,
        reporter=f"account:{written.platform}:{written.account}",
        school=written.school or (schools[0] if len(schools) == 1 else None),
        about=About.PUPIL,
        subject=clean(written.name[:_NAME], lines=False),
        standings=_held_back(office, written, now=now),
        danger=True,
        image=tripped.indecent,
        answers={
            "danger": _PERHAPS,
            "image": _PERHAPS if tripped.indecent else _NO,
            "what": without_links(what, wording.LINK_LEFT_OUT) if tripped.indecent else what,
        },
    )


def _held_back(office: Office, written: Written, *, now: datetime) -> dict[str, Standing]:
    """Everybody of the staff whom the message may be about: it names them, or speaks of the head."""
    directory = office.directory
    found = {match.person for match in mentioned_in(written.text, directory, office.day(now))}
    if written.tripped.about_head:
        school = written.school
        found |= set(
            directory.holders(Role.PRINCIPAL, school) if school else directory.all_holders(Role.PRINCIPAL)
        )
    return dict.fromkeys(sorted(found), Standing.OPEN)
