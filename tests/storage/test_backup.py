"""A backup shows one moment, and opens only with its keys, which are kept apart (R2, R19, S11)."""

import stat
import threading
from pathlib import Path

import pytest

from storage import cases
from storage.archive import reading
from storage.audit import Deed
from storage.backup import Archive, Made, backup, read_keys
from storage.migrating import HEAD, current
from storage.restoring import restore
from storage.store import Store, commit
from tests.storage.filled import (
    AUDIT,
    AUDIT_KEY,
    HOUSE,
    NOW,
    SEALER,
    add_case,
    everything,
)
from tests.storage.restores import NOT_THE_SAME, RESTART, bring_back, no_more
from tests.support.killing import killed_at


def backing_up(url: str, file: str) -> None:
    """What the process does that is killed half way."""
    backup(Store(url), Archive.named(Path(file), AUDIT_KEY), at=NOW)


def test_a_backup_from_either_database_comes_back_on_either(
    store: Store, archive: Archive, empty: Store
) -> None:
    made = backup(store, archive, at=NOW)
    back = bring_back(empty, archive)
    assert everything(empty, but=NOT_THE_SAME) == everything(store, but=NOT_THE_SAME)
    assert current(empty) == HEAD
    assert (back.cases, back.again, back.purged) == (3, 2, 0)
    assert back.header.made_at == NOW
    assert made.rows["case_file"] == 3
    assert made.masters == {"k1"}
    assert AUDIT.verify(empty) == (3, ())


def test_the_keys_are_in_their_own_file_and_nowhere_else(store: Store, archive: Archive) -> None:
    backup(store, archive, at=NOW)
    with reading(archive.file, AUDIT_KEY) as reader:
        names = {table.name for table, _ in reader.rows()}
    assert "case_file" in names
    assert not names & {"case_key", "code"}
    keys = read_keys(archive)
    assert HOUSE in keys
    assert len(keys) == 4
    assert all(len(SEALER.unwrap(kept, owner)) == 32 for owner, kept in keys.items())


def test_both_files_are_their_owners_alone_and_nothing_else_is_left(store: Store, archive: Archive) -> None:
    folder = archive.file.parent
    before = set(folder.iterdir())
    backup(store, archive, at=NOW)
    assert set(folder.iterdir()) - before == {archive.file, archive.keys}
    for path in (archive.file, archive.keys):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["copy", "copy.keys"])
def test_a_file_that_is_there_is_never_overwritten(store: Store, archive: Archive, name: str) -> None:
    there = archive.file.with_name(name)
    there.write_text("mine")
    with pytest.raises(FileExistsError):
        backup(store, archive, at=NOW)
    assert there.read_text() == "mine"
    assert [path.name for path in archive.file.parent.glob("*copy*")] == [name]


def test_a_file_that_appears_meanwhile_is_not_overwritten_either(store: Store, archive: Archive) -> None:
    with pytest.raises(FileExistsError):
        backup(store, archive, at=NOW, accept=lambda _made: archive.file.touch())
    assert archive.file.read_text() == ""
    assert not archive.keys.exists()


def test_a_backup_that_is_not_accepted_leaves_nothing(store: Store, archive: Archive) -> None:
    def refuse(made: Made) -> None:
        raise RuntimeError(str(made.masters))

    with pytest.raises(RuntimeError, match="k1"):
        backup(store, archive, at=NOW, accept=refuse)
    assert list(archive.file.parent.glob("*copy*")) == []


def test_it_is_said_how_far_it_is_up_to_the_end(store: Store, archive: Archive, other: Store) -> None:
    for work in (
        lambda tell: backup(store, archive, at=NOW, progress=tell),
        lambda tell: restore(other, archive, RESTART, finish=no_more, progress=tell),
    ):
        told: list[tuple[int, int]] = []
        work(lambda done, of, told=told: told.append((done, of)))
        assert told == sorted(told)
        assert told[-1][0] == told[-1][1] > 0


def test_a_backup_under_load_shows_one_moment(store: Store, archive: Archive, other: Store) -> None:
    stop = threading.Event()

    def work_on() -> None:
        while not stop.is_set():
            with store.writing() as session:
                add_case(session)
                AUDIT.write(session, NOW, Deed("tom", "reported"), Deed("signpost", "told"))
                commit(session)

    with store.reading() as session:
        before = {row.id for row in cases.in_states(session, {"notified", "acknowledged"})}
    threads = [threading.Thread(target=work_on) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        made = backup(store, archive, at=NOW)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    bring_back(other, archive)
    kept = everything(other)
    assert before <= {row[0] for row in kept["case_file"]}
    assert {row[0] for row in kept["case_file"]} | {HOUSE} == {row[0] for row in kept["case_key"]}
    assert AUDIT.verify(other) == (made.rows["audit"], ())


@pytest.mark.parametrize("time", [1, 2])
def test_a_backup_that_is_killed_leaves_no_file_of_that_name(
    store: Store, database_url: str, archive: Archive, other: Store, time: int
) -> None:
    assert killed_at(f"backup:{time}", backing_up, database_url, archive.file)
    assert not archive.file.exists()
    assert not archive.keys.exists()
    backup(store, archive, at=NOW)
    assert bring_back(other, archive).cases == 3
