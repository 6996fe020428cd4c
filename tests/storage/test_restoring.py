"""What was backed up comes back whole or not at all, and nobody is written to twice (promises R2, R19)."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session, select

from storage import cases, house, timers
from storage.archive import ArchiveError
from storage.backup import Archive, backup
from storage.migrating import HEAD, current, migrate
from storage.models import Notice
from storage.restoring import NotEmptyError, Restored, restore
from storage.store import Store, commit
from tests.storage.filled import (
    AUDIT,
    AUDIT_KEY,
    HOUSE,
    NOW,
    SEALER,
    add_case,
    change,
    everything,
)
from tests.storage.restores import LATER, NOT_THE_SAME, RESTART, bring_back, has_tables, rewrite
from tests.support.killing import killed_at


def restoring(url: str, file: str) -> None:
    bring_back(Store(url), Archive.named(Path(file), AUDIT_KEY))


def test_no_notice_from_before_is_sent_again(store: Store, archive: Archive, other: Store) -> None:
    change(store, "UPDATE notice SET state = 'leased', owner = 'one' WHERE person = 'x'")
    backup(store, archive, at=NOW)
    bring_back(other, archive)
    assert notice_states(other) == {"cancelled": 6}


def test_what_was_sent_stays_as_it_was(store: Store, archive: Archive, other: Store) -> None:
    change(store, "UPDATE notice SET state = 'sent', provider_id = '1.2' WHERE person = 'sam'")
    backup(store, archive, at=NOW)
    bring_back(other, archive)
    assert notice_states(other) == {"sent": 3, "cancelled": 3}


def test_each_case_without_an_answer_starts_again_at_once_and_the_others_go_on(
    store: Store, archive: Archive, other: Store
) -> None:
    backup(store, archive, at=NOW)
    bring_back(other, archive)
    with other.reading() as session:
        for row in cases.in_states(session, {"notified"}):
            (timer,) = timers.timers_of(session, row.id)
            assert (timer.purpose, timer.due_at) == ("restored", LATER)
        (answered,) = cases.in_states(session, {"acknowledged"})
        (timer,) = timers.timers_of(session, answered.id)
        assert (timer.purpose, timer.due_at, timer.guard) == ("untouched", NOW.replace(hour=12), "0.0")


def test_a_case_whose_key_was_thrown_away_since_stays_erased(
    store: Store, archive: Archive, other: Store
) -> None:
    backup(store, archive, at=NOW)
    with store.reading() as session:
        gone = cases.in_states(session, {"notified"})[0]
    change(store, "DELETE FROM case_key WHERE owner = :case", case=gone.id)
    newer = replace(archive, file=archive.file.with_name("newer"), keys=archive.file.with_name("newer.keys"))
    backup(store, newer, at=NOW)
    back = bring_back(other, replace(archive, keys=newer.keys))
    assert (back.cases, back.again, back.purged) == (3, 1, 1)
    left = everything(other)
    assert [row[0] for row in left["case_file"] if "purged" in row] == [gone.id]
    for table, rows in left.items():
        if table not in {"case_file", "audit"}:
            assert not any(gone.id in row for row in rows), table
    with other.reading() as session:
        row = cases.by_id(session, gone.id)
    assert row is not None
    assert (row.sealed, row.reporter, row.reference) == (b"", "", gone.reference)


def test_keys_of_cases_that_came_later_are_left_out(store: Store, archive: Archive, other: Store) -> None:
    backup(store, archive, at=NOW)
    with store.writing() as session:
        add_case(session)
        commit(session)
    newer = replace(archive, file=archive.file.with_name("newer"), keys=archive.file.with_name("newer.keys"))
    backup(store, newer, at=NOW)
    assert bring_back(other, replace(archive, keys=newer.keys)).cases == 3
    assert len(everything(other)["case_key"]) == 4


def test_what_the_caller_writes_at_the_end_is_in_the_same_transaction(
    store: Store, archive: Archive, other: Store
) -> None:
    backup(store, archive, at=NOW)

    def fail(session: Session, restored: Restored) -> None:
        house.put_fact(session, "cases", str(restored.cases), NOW)
        raise KeyError

    with pytest.raises(KeyError):
        restore(other, archive, RESTART, finish=fail)
    assert current(other) is None

    def finish(session: Session, restored: Restored) -> None:
        house.put_fact(session, "cases", str(restored.cases), NOW)

    restore(other, archive, RESTART, finish=finish)
    with other.reading() as session:
        kept = house.fact(session, "cases")
    assert kept is not None
    assert kept.value == "3"


def test_a_backup_of_an_older_version_comes_back_as_this_one(
    store: Store, archive: Archive, empty: Store
) -> None:
    backup(store, archive, at=NOW)
    later = {"fingerprint", "link", "role_change", "policy_version", "gap", "gap_question", "conversation"}
    rewrite(archive, revision="0001", leave_out=frozenset(later))
    bring_back(empty, archive)
    assert current(empty) == HEAD
    kept = everything(empty)
    assert len(kept["case_file"]) == 3
    assert kept["link"] == set()


def test_a_backup_of_a_newer_version_is_refused(store: Store, archive: Archive, empty: Store) -> None:
    backup(store, archive, at=NOW)
    rewrite(archive, revision="9999")
    with pytest.raises(ArchiveError, match="newer version"):
        bring_back(empty, archive)
    assert current(empty) is None


def test_a_server_that_started_and_has_nothing_yet_is_as_good_as_empty(
    store: Store, archive: Archive, empty: Store
) -> None:
    migrate(empty)
    with empty.writing() as session:
        AUDIT.begin(session)
        house.put_fact(session, "clock", "seen", LATER)
        house.put_key(session, HOUSE, SEALER.new_key(HOUSE)[1])
        commit(session)
    backup(store, archive, at=NOW)
    bring_back(empty, archive)
    assert everything(empty, but=NOT_THE_SAME) == everything(store, but=NOT_THE_SAME)


def test_a_database_with_anything_of_its_own_is_left_alone(store: Store, archive: Archive) -> None:
    backup(store, archive, at=NOW)
    before = everything(store)
    with pytest.raises(NotEmptyError):
        bring_back(store, archive)
    assert everything(store) == before


@pytest.mark.parametrize("time", [1, 2, 3])
def test_a_restore_that_is_killed_is_whole_or_leaves_nothing(
    store: Store, archive: Archive, empty: Store, empty_url: str, time: int
) -> None:
    backup(store, archive, at=NOW)
    assert killed_at(f"restore:{time}", restoring, empty_url, archive.file)
    if time < 3:
        assert not has_tables(empty)
        bring_back(empty, archive)
    assert everything(empty, but=NOT_THE_SAME) == everything(store, but=NOT_THE_SAME)


def notice_states(store: Store) -> Counter[str]:
    with store.reading() as session:
        return Counter(session.connection().execute(select(Notice.state)).scalars())
