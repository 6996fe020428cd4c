"""The audit chain: each row's HMAC covers the row and the one before, and the head is sealed (promise S8).

Without the audit key nobody can edit, delete, insert, reorder or cut rows unseen. Somebody who sets the whole
database back to an older state is found by an anchor: the head's number and mac, written down elsewhere.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session, col, insert, select, update

from storage.models import AuditHead, AuditRow
from storage.store import Store

_START = "0" * 64
_HEAD = 1
_COLUMNS = "seq, at, actor, os_user, action, reference, detail, mac"
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done: by whom, as which operating-system user, what, and to which reference.

    `detail` is small words and ids only: the audit outlives the case.
    """

    actor: str
    action: str
    reference: str = ""
    detail: str = ""
    os_user: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the chain ended at some time, for comparing later."""

    seq: int
    mac: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.mac}"


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold, and how."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class AuditLog:
    """Writes and verifies the chain with the audit key."""

    key: bytes

    def write(self, session: Session, at: datetime, *deeds: Deed) -> None:
        """Add rows in this transaction. Take it last: other writers wait from here until the commit."""
        head = self._head(session)
        seq, mac = head.seq, head.mac
        rows = []
        for deed in deeds:
            seq += 1
            fields = (
                str(seq),
                at.isoformat(),
                deed.actor,
                deed.os_user,
                deed.action,
                deed.reference,
                deed.detail,
            )
            mac = _link(self.key, mac, fields)
            rows.append(dict(zip(_COLUMNS.split(", "), (seq, *fields[1:], mac), strict=True)))
        connection = session.connection()
        connection.execute(insert(AuditRow), rows)
        moved = update(AuditHead).where(col(AuditHead.id) == _HEAD)
        connection.execute(moved.values(seq=seq, mac=mac, seal=self._seal(seq, mac)))

    def begin(self, session: Session) -> None:
        """Write the empty chain's head, once."""
        if session.connection().execute(select(AuditHead.id)).first() is None:
            session.connection().execute(
                insert(AuditHead).values(id=_HEAD, seq=0, mac=_START, seal=self._seal(0, _START))
            )

    def anchor(self, session: Session) -> Anchor:
        """Where the chain ends now."""
        seq, mac = session.connection().execute(select(AuditHead.seq, AuditHead.mac)).one()
        return Anchor(seq, mac)

    def verify(self, store: Store, anchor: Anchor | None = None) -> tuple[int, tuple[Break, ...]]:
        """Count the rows and name every break; an anchor that isn't in the chain is a break too."""
        with store.reading() as session:
            head = session.connection().execute(select(AuditHead)).first()
            rows = (
                session.connection()
                .execution_options(yield_per=_BATCH)
                .execute(
                    text(f"SELECT {_COLUMNS} FROM audit ORDER BY seq")  # noqa: S608  a constant
                )
            )
            walk = _Walk(self.key, anchor)
            for batch in rows.partitions():
                walk.take(batch)
            breaks = [*walk.breaks, *self._head_breaks(head, walk)]
        if anchor is not None and not walk.anchored:
            breaks.append(
                Break(anchor.seq, "the anchored end is not in the chain: rows were cut or set back")
            )
        return walk.count, tuple(breaks)

    def _head_breaks(self, head: Row[Any] | None, walk: "_Walk") -> Iterator[Break]:
        if head is None:
            yield Break(walk.seq, "the head is missing")
        elif not hmac.compare_digest(head.seal, self._seal(head.seq, head.mac)):
            yield Break(head.seq, "the head was edited")
        elif head.seq > walk.seq:
            yield Break(walk.seq + 1, f"rows {walk.seq + 1} to {head.seq} were cut from the end")
        elif (head.seq, head.mac) != (walk.seq, walk.mac):
            yield Break(head.seq, "the head does not fit the last row")

    def _head(self, session: Session) -> Anchor:
        query = select(AuditHead.seq, AuditHead.mac).where(col(AuditHead.id) == _HEAD).with_for_update()
        seq, mac = session.connection().execute(query).one()
        return Anchor(seq, mac)

    def _seal(self, seq: int, mac: str) -> str:
        return _digest(self.key, f"head\x1f{seq}\x1f{mac}".encode())


class _Walk:
    """Follows the chain row by row. Kept tight: 200,000 rows a second (promise F8)."""

    def __init__(self, key: bytes, anchor: Anchor | None) -> None:
        self._key = key
        self._anchor = anchor
        self.seq, self.mac, self.count = 0, _START, 0
        self.anchored = anchor is None or anchor == Anchor(0, _START)
        self.breaks: list[Break] = []

    def take(self, rows: Iterable[Any]) -> None:
        """Check a batch."""
        key, mac, expected = self._key, self.mac, self.seq
        compute, join = hmac.digest, "\x1f".join
        for seq, at, actor, os_user, action, reference, detail, kept in rows:
            message = join((mac, str(seq), at, actor, os_user, action, reference, detail))
            if seq != expected + 1:
                self._gap(expected, seq)
            elif compute(key, message.encode(), "sha256").hex() != kept:
                self.breaks.append(Break(seq, "the row was edited, inserted or moved"))
            mac, expected = kept, seq
            self.count += 1
            if self._anchor is not None and (expected, mac) == (self._anchor.seq, self._anchor.mac):
                self.anchored = True
        self.mac, self.seq = mac, expected

    def _gap(self, before: int, seq: int) -> None:
        self.breaks.append(Break(before + 1, f"rows are missing between {before} and {seq}"))


def _link(key: bytes, before: str, fields: tuple[str, ...]) -> str:
    return _digest(key, "\x1f".join((before, *fields)).encode())


def _digest(key: bytes, message: bytes) -> str:
    return hmac.digest(key, message, "sha256").hex()
