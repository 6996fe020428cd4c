"""The audit chain: whatever is done to it behind its back is named, row by row (promise S8)."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlmodel import col, insert, update

from storage.audit import Anchor, AuditLog, Deed
from storage.models import AuditRow
from storage.store import Store, UnsafeError, commit
from tests.storage.filled import AUDIT, NOW, change, opened

ROWS = 9
RENUMBER = "UPDATE audit SET seq = :to WHERE seq = :at"
CUT = "DELETE FROM audit WHERE seq > :after"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Give a store whose audit has nine rows."""
    made = opened(database_url)
    for number in range(1, ROWS + 1):
        write(made, f"deed {number}")
    yield made
    made.close()


def write(store: Store, action: str, *, actor: str = "sam", detail: str = "") -> None:
    with store.writing() as session:
        AUDIT.write(session, NOW, Deed(actor, action, "SP-2222-3333", detail))
        commit(session)


def head_of(store: Store) -> Anchor:
    with store.reading() as session:
        return AUDIT.anchor(session)


def found(store: Store, anchor: Anchor | None = None) -> list[tuple[int, str]]:
    rows, breaks = AUDIT.verify(store, anchor)
    assert rows > 0
    return [(one.seq, one.what) for one in breaks]


def swap(store: Store, one: int, other: int) -> None:
    """Let two rows change places."""
    for before, after in ((one, -1), (other, one), (-1, other)):
        change(store, RENUMBER, to=after, at=before)


def test_a_chain_that_nobody_touched_is_whole(store: Store) -> None:
    assert AUDIT.verify(store, head_of(store)) == (ROWS, ())


def test_an_empty_chain_is_whole(database_url: str) -> None:
    store = opened(database_url)
    assert AUDIT.verify(store, head_of(store)) == (0, ())
    store.close()


def test_every_deed_stands_with_who_did_it_and_as_which_user(store: Store) -> None:
    with store.writing() as session:
        AUDIT.write(session, NOW, Deed("sam", "open", "SP-2222-3333", "x=1", "root"), Deed("ada", "list"))
        commit(session)
    with store.reading() as session:
        rows = session.connection().execute(
            text("SELECT seq, at, actor, os_user, action, reference, detail FROM audit ORDER BY seq")
        )
        *_, first, last = rows.all()
    assert tuple(first) == (10, NOW.isoformat(), "sam", "root", "open", "SP-2222-3333", "x=1")
    assert tuple(last) == (11, NOW.isoformat(), "ada", "", "list", "", "")


@pytest.mark.parametrize("column", ["at", "actor", "os_user", "action", "reference", "detail"])
def test_an_edited_row_is_named(store: Store, column: str) -> None:
    change(store, update(AuditRow).where(col(AuditRow.seq) == 4).values({column: "somebody else"}))
    assert found(store) == [(4, "the row was edited")]


def test_the_last_row_edited_is_named(store: Store) -> None:
    change(store, "UPDATE audit SET actor = 'helen' WHERE seq = :last", last=ROWS)
    assert found(store) == [(ROWS, "the row was edited")]


def test_two_edited_rows_beside_each_other_are_both_named(store: Store) -> None:
    change(store, "UPDATE audit SET actor = 'helen' WHERE seq IN (4, 5)")
    assert found(store) == [
        (4, "the row was edited or inserted"),
        (5, "the row was edited, or only stands after one that was"),
    ]


def test_a_row_edited_together_with_its_mac_is_named(store: Store) -> None:
    change(store, "UPDATE audit SET actor = 'helen', mac = :mac WHERE seq = 4", mac="f" * 64)
    assert found(store) == [
        (4, "the row was edited or inserted"),
        (5, "the row was edited, or only stands after one that was"),
    ]


def test_text_moved_from_one_field_to_the_next_is_an_edit(store: Store) -> None:
    write(store, "closed", actor="sam\x1fhelen")
    change(store, "UPDATE audit SET actor = 'sam', os_user = 'helen' WHERE seq = 10")
    assert found(store) == [(10, "the row was edited")]


@pytest.mark.parametrize("row", [1, 5])
def test_a_deleted_row_is_named(store: Store, row: int) -> None:
    change(store, "DELETE FROM audit WHERE seq = :row", row=row)
    assert found(store) == [(row, f"row {row} was deleted")]


def test_several_deleted_rows_are_named(store: Store) -> None:
    change(store, "DELETE FROM audit WHERE seq IN (3, 4, 5, 8)")
    assert found(store) == [(3, "rows 3 to 5 were deleted"), (8, "row 8 was deleted")]


def test_a_row_deleted_and_the_rest_renumbered_is_named(store: Store) -> None:
    change(store, "DELETE FROM audit WHERE seq = 5")
    for seq in range(6, ROWS + 1):
        change(store, RENUMBER, to=seq - 1, at=seq)
    named = found(store)
    assert named[0] == (5, "the row was edited or inserted")
    assert (6, "the row was moved here from 7") in named
    assert named[-1] == (9, "row 9 was cut from the end")


def test_an_inserted_row_is_named(store: Store) -> None:
    for seq in range(ROWS, 3, -1):
        change(store, RENUMBER, to=seq + 1, at=seq)
    insert_row(store, 4)
    named = dict(found(store))
    assert named[4] == "the row was edited or inserted"
    assert named[ROWS + 1] == "the chain goes on past its head: rows were added, or the head set back"


def test_a_row_put_after_the_end_is_named(store: Store) -> None:
    insert_row(store, ROWS + 1)
    assert found(store) == [
        (ROWS + 1, "the row was edited or inserted"),
        (ROWS + 1, "the chain goes on past its head: rows were added, or the head set back"),
    ]


def test_a_row_put_before_the_first_is_named(store: Store) -> None:
    insert_row(store, 0)
    assert found(store) == [(0, "the row stands before the first")]


@pytest.mark.parametrize(("one", "other"), [(3, 7), (4, 5), (1, ROWS)])
def test_rows_that_changed_places_are_both_named_with_where_they_belong(
    store: Store, one: int, other: int
) -> None:
    swap(store, one, other)
    moved = {seq: what for seq, what in found(store) if "moved" in what}
    assert moved == {
        one: f"the row was moved here from {other}",
        other: f"the row was moved here from {one}",
    }


@pytest.mark.parametrize(
    ("last", "named"), [(6, "rows 7 to 9 were cut from the end"), (8, "row 9 was cut from the end")]
)
def test_rows_cut_from_the_end_are_named(store: Store, last: int, named: str) -> None:
    change(store, CUT, after=last)
    assert found(store) == [(last + 1, named)]


def test_an_edited_head_is_named(store: Store) -> None:
    mac = rows(store, 6)
    change(store, CUT, after=6)
    change(store, "UPDATE audit_head SET seq = 6, mac = :mac", mac=mac)
    assert found(store) == [(6, "the head was edited")]


def test_a_missing_head_is_named_and_a_start_refuses_to_make_a_new_one(store: Store) -> None:
    change(store, "DELETE FROM audit_head")
    assert found(store) == [(ROWS, "the head is missing")]
    with pytest.raises(UnsafeError, match="head is missing"), store.writing() as session:
        AUDIT.begin(session)


def test_a_whole_database_set_back_is_found_by_an_anchor_and_by_nothing_else(store: Store) -> None:
    with store.reading() as session:
        seq, mac, seal = session.connection().execute(text("SELECT seq, mac, seal FROM audit_head")).one()
    write(store, "something to hide")
    anchor = head_of(store)
    change(store, CUT, after=seq)
    set_back = "UPDATE audit_head SET seq = :seq, mac = :mac, seal = :seal"
    change(store, set_back, seq=seq, mac=mac, seal=seal)
    assert found(store) == []
    assert found(store, anchor) == [
        (10, "the anchored end is not in the chain: rows were changed or cut, or all of it set back")
    ]


def test_an_older_anchor_holds_while_the_chain_grows(store: Store) -> None:
    anchor = head_of(store)
    write(store, "more")
    assert found(store, anchor) == []
    assert found(store, Anchor(5, rows(store, 5))) == []
    assert found(store, Anchor(5, rows(store, 6)))[0][0] == 5


def test_without_the_key_not_one_row_holds(store: Store) -> None:
    _, breaks = AuditLog(b"b" * 32).verify(store)
    assert {one.seq for one in breaks} == set(range(1, ROWS + 1))


def test_a_chain_that_grows_while_it_is_verified_is_whole(store: Store) -> None:
    growing = threading.Event()

    def grow() -> None:
        while not growing.is_set():
            write(store, "meanwhile")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        looks = [AUDIT.verify(store) for _ in range(40)]
    finally:
        growing.set()
        writer.join()
    assert [breaks for _, breaks in looks if breaks] == []
    assert looks[-1][0] > looks[0][0]


def test_beginning_twice_changes_nothing(store: Store) -> None:
    with store.writing() as session:
        AUDIT.begin(session)
        commit(session)
    assert head_of(store).seq == ROWS


def rows(store: Store, seq: int) -> str:
    """The mac of a row."""
    with store.reading() as session:
        return str(
            session.connection()
            .execute(text("SELECT mac FROM audit WHERE seq = :seq"), {"seq": seq})
            .scalar()
        )


def insert_row(store: Store, seq: int) -> None:
    """Put a row in that was never written by us."""
    forged = {"at": "2026", "actor": "helen", "os_user": "", "action": "open", "reference": "", "detail": ""}
    change(store, insert(AuditRow), seq=seq, mac="e" * 64, **forged)
