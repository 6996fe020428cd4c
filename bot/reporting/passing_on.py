"""A question that a person has to decide goes to them, with its asker's consent, and their answer comes back.

What is asked and answered is sealed, and read only by those two. It is no report: what must be reported is
never passed on like this.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import RefusedActionError
from bot.reporting.casefile import Actor, deed, listed
from bot.reporting.office import HOUSE, Office, Work
from bot.reporting.typed import clean
from knowledge.rules import Role
from storage import cases, house, outbox, passed
from storage.outbox import Draft
from storage.sealing import Place, seal, unseal

QUESTION, ANSWER = "question", "answer"
KEPT = timedelta(days=180)
LONGEST = 3000
_LATER = 2
_NOBODY = "There is nobody in that role who can be reached here: ask them in person."
_GONE = "That is no longer here, or not yours to read."
_EMPTY = "Say it in a few words."
_TWICE = "That has been answered already."


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A question with its answer, empty while there is none. People by id."""

    asker: str
    decider: str
    role: Role
    question: str
    answer: str = ""


def decider_of(office: Office, asker: str, role: Role, *, now: datetime) -> str | None:
    """Who decides for somebody in that role now: the first who is here and can be reached."""
    directory = office.directory
    with office.store.reading() as session:
        lost = house.lost_lanes(session)
    for one in directory.holders(role, directory.school_of(asker)):
        person = directory.person(one)
        if one != asker and person is not None and person.here(office.day(now)) and office.ways_to(one, lost):
            return one
    return None


def pass_on(office: Office, asker: str, role: Role, question: str, *, now: datetime) -> str:
    """Send a question to whoever decides; returns its token. Raises `RefusedActionError`."""
    said, decider, token = _said(question), decider_of(office, asker, role, now=now), cases.new_id()
    if decider is None:
        raise RefusedActionError(_NOBODY)
    with office.work(now) as work:
        sealed = seal(office.house_key(work.session), said, _place(token, "sealed"))
        row = {
            "id": token,
            "asker": asker,
            "decider": decider,
            "role": role.value,
            "at": now,
            "sealed": sealed,
        }
        passed.add(work.session, row)
        _send(work, decider, QUESTION, token)
        work.done(deed(listed(work, Actor(asker)), "question passed on"))
    office.wake()
    return token


def read(office: Office, token: str, reader: str, *, now: datetime) -> PassedOn:
    """A question, to its asker or whoever it went to. Raises `RefusedActionError` alike for anybody else."""
    with office.work(now) as work:
        found = _found(work, token, reader)
        work.done(deed(listed(work, Actor(reader)), "question read"))
    return found


def answer(office: Office, token: str, decider: str, text: str, *, now: datetime) -> None:
    """Answer a question; its asker is told that an answer waits. Raises `RefusedActionError`."""
    said = _said(text)
    with office.work(now) as work:
        found = _found(work, token, decider)
        if found.decider != decider:
            raise RefusedActionError(_GONE)
        sealed = seal(office.house_key(work.session), said, _place(token, "answer"))
        if not passed.answer(work.session, token, sealed, now):
            raise RefusedActionError(_TWICE)
        _send(work, found.asker, ANSWER, token)
        work.done(deed(listed(work, Actor(decider)), "question answered"))
    office.wake()


def waits(work: Work, token: str, person: str) -> bool:
    """Whether a notice of a question is to be sent still."""
    row = passed.by_id(work.session, token)
    return row is not None and person in {row.asker, row.decider}


def _found(work: Work, token: str, reader: str) -> PassedOn:
    row, key = passed.by_id(work.session, token), work.office.data_key(work.session, HOUSE)
    if row is None or key is None or reader not in {row.asker, row.decider}:
        raise RefusedActionError(_GONE)
    said = unseal(key, row.answer, _place(token, "answer")) if row.answer else ""
    question = unseal(key, row.sealed, _place(token, "sealed"))
    return PassedOn(row.asker, row.decider, Role(row.role), question, said)


def _send(work: Work, person: str, event: str, token: str) -> None:
    ways = work.office.ways_to(person, house.lost_lanes(work.session))
    outbox.enqueue(work.session, work.now, [Draft(person, way, event, _LATER, about=token) for way in ways])


def _said(text: str) -> str:
    said = clean(text, lines=True)
    if not said:
        raise RefusedActionError(_EMPTY)
    return said[:LONGEST]


def _place(token: str, column: str) -> Place:
    return Place("passed_question", token, column)
