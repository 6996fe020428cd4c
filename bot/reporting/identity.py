"""One-time codes: somebody at a terminal is who they say once they read out what only they were sent."""

import hmac
import secrets
from datetime import datetime, timedelta

from bot.errors import SignpostError
from bot.reporting.casefile import Actor, deed
from bot.reporting.office import HOUSE, Office, Work
from storage import cases, house, outbox
from storage.outbox import Draft
from storage.sealing import Place, seal, unseal

CODE = "code"
MINUTES = 10
_TRIES = 5
_DIGITS = 8
_FIRST = 0


class NotConfirmedError(SignpostError):
    """The code is wrong, too old, used up, or nobody can be sent one."""


def send_code(office: Office, actor: Actor, purpose: str, *, now: datetime) -> tuple[str, ...]:
    """Send somebody a code on every platform that reaches them; returns the platforms.

    Raises `NotConfirmedError` where none does, or the person is not in the schools file.
    """
    digits = "".join(secrets.choice("0123456789") for _ in range(_DIGITS))
    code_id = cases.new_id()
    with office.work(now) as work:
        person = work.directory.person(actor.person)
        ways = office.ways_to(actor.person, house.lost_lanes(work.session)) if person else ()
        if person is None or person.gone(work.today) or not ways:
            raise NotConfirmedError(f"{actor.person} cannot be sent a code: not listed, or not reachable")
        key = office.house_key(work.session)
        values = {
            "id": code_id,
            "person": actor.person,
            "purpose": purpose,
            "digest": _digest(office, code_id, digits),
            "tries": 0,
            "expires_at": now + timedelta(minutes=MINUTES),
            "sealed": seal(key, f"{digits}\n{purpose}", _place(code_id)),
        }
        house.put_code(work.session, values)
        drafts = [Draft(actor.person, way, CODE, _FIRST, about=code_id) for way in ways]
        outbox.enqueue(work.session, now, drafts)
        work.done(deed(actor, "code sent", detail=purpose.split(maxsplit=1)[0]))
    office.wake()
    return ways


def confirm(office: Office, actor: Actor, purpose: str, code: str, *, now: datetime) -> None:
    """Check the code that somebody was sent for a purpose; it works once. Raises `NotConfirmedError`."""
    with office.work(now) as work:
        row = house.code_of(work.session, actor.person)
        good = (
            row is not None
            and row.purpose == purpose
            and row.expires_at > now
            and row.tries < _TRIES
            and hmac.compare_digest(row.digest, _digest(office, row.id, "".join(code.split())))
        )
        if row is not None and good:
            house.drop_code(work.session, row.id)
        elif row is not None:
            house.count_try(work.session, row.id)
        work.done(deed(actor, "confirmed" if good else "not confirmed", detail=purpose.split(maxsplit=1)[0]))
    if not good:
        raise NotConfirmedError("that code does not fit, or is too old: ask for a new one")


def code_text(work: Work, code_id: str) -> tuple[str, str] | None:
    """A code and its purpose, for sending; None once it was used or replaced."""
    row = house.code_by_id(work.session, code_id)
    key = work.office.data_key(work.session, HOUSE)
    if row is None or row.sealed is None or key is None:
        return None
    digits, _, purpose = unseal(key, row.sealed, _place(code_id)).partition("\n")
    return digits, purpose


def _digest(office: Office, code_id: str, digits: str) -> str:
    return hmac.digest(office.audit.key, f"code\x1f{code_id}\x1f{digits}".encode(), "sha256").hex()


def _place(code_id: str) -> Place:
    return Place("code", code_id, "sealed")
