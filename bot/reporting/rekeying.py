"""Changing the master key while reports come in: a new one is made, every data key moves to it, the old goes.

    a new key in the keys file, active, the old ones kept   → whoever writes from now on wraps with it
    batch by batch, data keys are wrapped again             → readers find either key in the file
    alone with ACTIVE_KEY, the last of them                 → nobody wraps with the old key any more
    nobody left who read what was under the old keys        → out of the file they go; a .keys file from
                                                              before opens no more (promise S11)

A kill at any point leaves every case openable; running it again goes on where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bot.keyring import with_new_key, without, write_keyring
from bot.reporting.casefile import SYSTEM, Actor, deed
from bot.reporting.office import ACTIVE_KEY, Office, Work
from storage import house, keys
from storage.failpoints import failpoint
from storage.keys import Rewrapped
from storage.sealing import Sealer, WrappedKey
from storage.store import UnavailableError

T = TypeVar("T")
Progress = Callable[[int, int], None]
_BATCH = 200
_TRIES = 20
"""How often something is tried that others' work gets in the way of; each try waits by itself."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: the key that is active now, how many data keys moved to it."""

    active: str
    moved: int


def rotate(
    office: Office, keys_path: Path, *, now: datetime, actor: Actor = SYSTEM, progress: Progress | None = None
) -> Rotation:
    """Have every data key wrapped under a new master key; the old ones stay in the file until `retire`.

    One that was begun and not finished is gone on with. Raises `KeysError` where the keys file cannot be
    written, and `UnavailableError`.
    """
    total = _patiently(lambda: _begin(office, keys_path, now))
    failpoint("key-rotation")
    moved = 0
    while some := _patiently(lambda: _move_some(office, now)):
        moved += some
        if progress is not None:
            progress(moved, max(moved, total))
        failpoint("key-rotation")
    active, last = _patiently(lambda: _finish(office, actor, now))
    failpoint("key-rotation")
    return Rotation(active, moved + last)


def retire(office: Office, keys_path: Path, *, now: datetime, actor: Actor = SYSTEM) -> tuple[str, ...]:
    """Take the master keys that nothing is wrapped under out of the keys file; returns their names.

    Raises `KeysError` where the file cannot be written, and `UnavailableError`.
    """
    retired = _patiently(lambda: _note_retired(office, actor, now))
    failpoint("key-rotation")
    if retired:
        _patiently(lambda: _take_out(office, keys_path, now))
    failpoint("key-rotation")
    return retired


def _begin(office: Office, keys_path: Path, now: datetime) -> int:
    """Make a new key active, unless a rotation is under way; returns how many data keys are to move."""
    with office.work(now) as work:
        house.lock_fact(work.session, ACTIVE_KEY)
        if keys.count_not_under(work.session, office.keys.ring.active) == 0:
            write_keyring(keys_path, with_new_key(office.keys.ring))
        return keys.count_not_under(work.session, office.keys.ring.active)


def _move_some(office: Office, now: datetime) -> int:
    """Move a batch. Sharing ACTIVE_KEY, since somebody else may begin another rotation at any time."""
    with office.work(now) as work:
        house.share_fact(work.session, ACTIVE_KEY)
        moved = _move(work, wait=False)
        work.done()
    return moved


def _move(work: Work, *, wait: bool) -> int:
    ring = work.office.keys.ring
    sealer = Sealer(ring.active, ring.keys)
    found = keys.not_under(work.session, ring.active, _BATCH, wait=wait)
    keys.rewrap(work.session, [_again(sealer, owner, kept) for owner, kept in found])
    return len(found)


def _again(sealer: Sealer, owner: str, kept: WrappedKey) -> Rewrapped:
    return Rewrapped(owner, kept, sealer.wrap(sealer.unwrap(kept, owner), owner))


def _finish(office: Office, actor: Actor, now: datetime) -> tuple[str, int]:
    """Move what was written meanwhile, alone: whoever comes next reads the new key from the file."""
    moved = 0
    with office.work(now) as work:
        house.lock_fact(work.session, ACTIVE_KEY)
        active = office.keys.ring.active
        while some := _move(work, wait=True):
            moved += some
        failpoint("key-rotation")
        house.put_fact(work.session, ACTIVE_KEY, active, now)
        work.done(deed(actor, "keys rotated", detail=f"active={active}"))
    return active, moved


def _unused(work: Work) -> tuple[str, ...]:
    """Keys in the file that nothing needs. Alone, since a case being written may need one unseen."""
    house.lock_fact(work.session, ACTIVE_KEY)
    ring = work.office.keys.ring
    needed = keys.masters_in_use(work.session) | {ring.active}
    return tuple(name for name in ring.keys if name not in needed)


def _note_retired(office: Office, actor: Actor, now: datetime) -> tuple[str, ...]:
    with office.work(now) as work:
        names = _unused(work)
        if names:
            work.done(deed(actor, "keys retired", detail=" ".join(names)))
    return names


def _take_out(office: Office, keys_path: Path, now: datetime) -> None:
    if not office.store.forget_deleted():
        raise UnavailableError("somebody still reads what was there before: try again in a minute")
    with office.work(now) as work:
        names = _unused(work)
        keys.outlast_readers(work.session)
        ring = office.keys.ring
        for name in names:
            ring = without(ring, name)
        failpoint("key-rotation")
        if names:
            write_keyring(keys_path, ring)


def _patiently(do: Callable[[], T]) -> T:
    """Do something that may find the database busy; each try is whole or leaves nothing behind."""
    for _ in range(_TRIES - 1):
        try:
            return do()
        except UnavailableError:
            continue
    return do()
