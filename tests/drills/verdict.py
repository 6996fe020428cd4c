"""What came of a drill: read from the tables and from the platform's record, past the program itself."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import LiteralString
from urllib.parse import urlsplit

from tests.drills.load import Crowd, Receipt
from tests.support.databases import rows_of
from tests.support.standin import StandIn
from tests.support.waiting import wait_for

_OPEN: LiteralString = "SELECT count(*) FROM notice WHERE state IN ('pending', 'leased')"
_CASES: LiteralString = "SELECT dedupe, reference FROM case_file"
_ANSWERED: LiteralString = (
    "SELECT reference, person FROM case_file JOIN telling ON case_id = case_file.id "
    "WHERE acknowledged_at IS NOT NULL"
)
_TWICE: LiteralString = (
    "SELECT case_id, person, role, level, lap FROM telling "
    "GROUP BY case_id, person, role, level, lap HAVING count(*) > 1"
)
_CALLS: LiteralString = "SELECT count(*) FROM telling"
_PLACES: LiteralString = "SELECT DISTINCT provider_id FROM notice WHERE provider_id IS NOT NULL"
_CARDS: LiteralString = "SELECT count(*) FROM notice WHERE event IN ('card', 'alert')"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many reports there were, and how many of each wrong there was: all should be none.

    `lost` were acknowledged to their reporters (or by their handlers) and are not there, or somebody whom
    the receipt names was never told; `duplicates` are cases beyond one a report, and calls beyond one for
    each step; `extras` are messages beyond one a notice.
    """

    reports: int
    lost: int
    duplicates: int
    extras: int


def look(database: str, query: LiteralString) -> list[tuple[object, ...]]:
    """What a query gives, on either kind of database, while the program runs or not."""
    if not database.startswith("sqlite"):
        return rows_of(database, query)
    path = urlsplit(database).path.removeprefix("/")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as connection:
        return connection.execute(query).fetchall()


def drained(database: str, *, within: float) -> None:
    """Wait until nothing is left in the outbox. Raises `AssertionError` where something is."""
    wait_for(
        lambda: look(database, _OPEN), lambda rows: rows == [(0,)], within=within, what="an empty outbox"
    )


def judge(crowd: Crowd, platform: StandIn, database: str) -> Verdict:
    """What came of it. The outbox must be drained."""
    cases = {str(dedupe).split()[-1]: str(reference) for dedupe, reference in look(database, _CASES)}
    answered = {(str(reference), str(person)) for reference, person in look(database, _ANSWERED)}
    told = {(call.body["reference"], call.person) for call in platform.messages() if call.event == "card"}
    done = {receipt.reference for receipt in crowd.acknowledged}

    def lost(receipt: Receipt) -> bool:
        if cases.get(receipt.key) != receipt.reference:
            return True
        if receipt.reference in done:
            return (receipt.reference, receipt.goes_to[-1]) not in answered
        return any((receipt.reference, person) not in told for person in receipt.goes_to)

    reports = {receipt.key for receipt in crowd.receipts}
    return Verdict(
        reports=len(reports),
        lost=_count(lost, crowd.receipts),
        duplicates=len(cases) - len(reports) + len(look(database, _TWICE)) + _surplus_calls(database),
        extras=extras(platform, database),
    )


def extras(platform: StandIn, database: str) -> int:
    """Messages beyond one a notice.

    Where a platform shows no notice's id, those that read alike are told apart by their rows in the outbox:
    somebody who is called again, lap after lap, is sent the same words with good reason.
    """
    own = {str(place) for (place,) in look(database, _PLACES)}
    sent: dict[str, list[str | None]] = {}
    for call in platform.messages():
        sent.setdefault(call.notice, []).append(call.provider)
    return sum(len(places) - max(1, len(own.intersection(filter(None, places)))) for places in sent.values())


def _surplus_calls(database: str) -> int:
    """Notices that call somebody, beyond one for each time somebody was called."""
    (cards,), (calls,) = look(database, _CARDS)[0], look(database, _CALLS)[0]
    assert isinstance(cards, int)
    assert isinstance(calls, int)
    return max(0, cards - calls)


def _count(wrong: Callable[[Receipt], bool], receipts: list[Receipt]) -> int:
    return sum(map(wrong, receipts))
