"""Names what was done to an audit chain that does not hold: which row was edited, moved, inserted (S8)."""

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_MOST = 40
"""Broken rows up to which their own places are looked for: the search tries each of them in each place."""


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold, and how."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Link:
    """A row: its number, what it says (the fields after that), the mac kept on it, the mac before it."""

    seq: int
    says: tuple[str, ...]
    mac: str
    before: str


def link(key: bytes, before: str, seq: int, says: Iterable[str]) -> str:
    """The mac that a row must have after the mac before it."""
    return digest(key, "\x1f".join((before, str(seq), *says)))


def digest(key: bytes, message: str) -> str:
    """HMAC-SHA-256, in hexadecimal digits."""
    return hmac.digest(key, message.encode(), "sha256").hex()


def explain(key: bytes, broken: Sequence[Link], proven: Iterable[str]) -> Iterator[Break]:
    """What was done to each row whose mac does not fit its place.

    `proven` are macs on which a sound row, or the sealed head, stands: their rows had these macs from the
    first, so of those only the text was changed.
    """
    intact = frozenset(proven)
    places = {one.seq: {one.before, *(other.mac for other in broken)} for one in broken[:_MOST]}
    replaced = -1
    for one in broken:
        origin = _origin(key, one, places) if len(broken) <= _MOST else None
        if origin == one.seq:
            continue  # sound itself: it only stands after another row than it did
        if origin is not None:
            yield Break(one.seq, f"the row was moved here from {origin}")
        elif one.mac not in intact:
            yield Break(one.seq, "the row was edited or inserted")
            replaced = one.seq
        elif replaced != one.seq - 1:
            yield Break(one.seq, "the row was edited")
        else:
            yield Break(one.seq, "the row was edited, or only stands after one that was")


def _origin(key: bytes, row: Link, places: Mapping[int, set[str]]) -> int | None:
    """The number under which a row was written, if that is one of the places."""
    for seq in (row.seq, *(place for place in places if place != row.seq)):
        if any(link(key, before, seq, row.says) == row.mac for before in places.get(seq, ())):
            return seq
    return None
