"""A backup that anybody changed, cut or put together from others is refused before a row is written."""

from dataclasses import replace

import pytest

from storage.archive import ArchiveError
from storage.backup import Archive, backup
from storage.migrating import HEAD
from storage.store import Store
from tests.storage.filled import (
    NOW,
)
from tests.storage.restores import bring_back, has_tables, rewrite


def test_no_byte_of_either_file_can_be_changed(store: Store, archive: Archive, other: Store) -> None:
    backup(store, archive, at=NOW)
    for path in (archive.file, archive.keys):
        whole = path.read_bytes()
        for at in range(0, len(whole), len(whole) // 60):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises(ArchiveError):
                bring_back(other, archive)
        path.write_bytes(whole)
    assert not has_tables(other)
    bring_back(other, archive)


def test_a_cut_end_an_added_row_and_a_missing_row_are_found(
    store: Store, archive: Archive, other: Store
) -> None:
    backup(store, archive, at=NOW)
    whole = archive.file.read_bytes()
    lines = whole.splitlines(keepends=True)
    for changed, why in (
        (lines[:-1], "its end is missing"),
        ([whole[:-10]], "its end is missing"),
        (lines[:1], "its end is missing"),
        ([*lines, b"{}\n"], "something was added to its end"),
        ([*lines[:2], *lines[3:]], "it was changed"),
        ([*lines[:2], lines[1], *lines[2:]], "it was changed"),
        ([b"PK\x03\x04 something else\n"], "no backup of Signpost"),
        ([b""], "its end is missing"),
    ):
        archive.file.write_bytes(b"".join(changed))
        with pytest.raises(ArchiveError, match=why):
            bring_back(other, archive)
    assert not has_tables(other)


def test_a_backup_with_fewer_rows_than_it_says_is_refused_though_it_is_signed(
    store: Store, archive: Archive, other: Store
) -> None:
    backup(store, archive, at=NOW)
    rewrite(archive, revision=HEAD, lose=1)
    with pytest.raises(ArchiveError, match="not as many rows as it says"):
        bring_back(other, archive)
    assert not has_tables(other)


def test_a_backup_of_another_installation_is_refused(store: Store, archive: Archive, other: Store) -> None:
    backup(store, archive, at=NOW)
    with pytest.raises(ArchiveError, match="another audit key"):
        bring_back(other, replace(archive, key=b"b" * 32))


def test_the_two_files_cannot_be_taken_for_each_other(store: Store, archive: Archive, other: Store) -> None:
    backup(store, archive, at=NOW)
    with pytest.raises(ArchiveError, match="holds no keys"):
        bring_back(other, replace(archive, keys=archive.file))
    with pytest.raises(ArchiveError, match="holds keys and no cases"):
        bring_back(other, replace(archive, file=archive.keys))
    assert not has_tables(other)
