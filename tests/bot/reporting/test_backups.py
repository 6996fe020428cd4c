"""A backup brings every case back, and nobody is written to twice (promise R19)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.keyring import new_keyring_text, read_keyring, with_new_key, write_keyring
from bot.private_files import create_private
from bot.reporting.acknowledge import acknowledge
from bot.reporting.backups import LAST_BACKUP, BackupError, back_up, bring_back
from bot.reporting.calling import RESTORED
from bot.reporting.casefile import Actor
from bot.reporting.climbing import mend_unchased, tick
from bot.reporting.identity import send_code
from bot.reporting.office import KeyCupboard, Office
from bot.reporting.policies_in_force import check, in_force, pack_of, publish, versions
from bot.reporting.rekeying import retire, rotate
from bot.reporting.viewing import open_case
from storage import cases, house, outbox
from storage.backup import Archive
from storage.store import Store
from tests.bot.reporting.closing import SAM, closed
from tests.bot.reporting.test_policies_in_force import TRUST
from tests.support.offices import a_report, audited, hand_in

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=5)
ROOT = Actor("signpost", "root")


@pytest.fixture
def elsewhere(office: Office, tmp_path: Path) -> Iterator[Office]:
    """Give the same office on another host, whose database is empty."""
    made = replace(office, store=Store(f"sqlite:///{tmp_path / 'elsewhere' / 'signpost.db'}"))
    yield made
    made.store.close()


@pytest.fixture
def archive(office: Office, tmp_path: Path) -> Archive:
    return Archive.named(tmp_path / "copy", office.audit.key)


def open_notices(office: Office) -> list[tuple[str, str, str]]:
    """Who waits for what, with its marks."""
    with office.store.reading() as session:
        return sorted(
            (row.person, row.event, row.marks)
            for case in cases.in_states(session, {"notified", "acknowledged", "closed"})
            for row in outbox.of_case(session, case.id)
            if row.state in {"pending", "leased"}
        )


def test_every_report_from_before_is_there_and_opens(
    office: Office, elsewhere: Office, archive: Archive
) -> None:
    first, second = (hand_in(office, a_report(), now=NOW) for _ in range(2))
    acknowledge(office, second, SAM, now=NOW)
    third = closed(office, now=NOW)
    back_up(office, archive.file, now=NOW, actor=ROOT)
    done = bring_back(elsewhere, archive, now=LATER, actor=ROOT)
    assert (done.restored.cases, done.restored.again) == (3, 1)
    for reference in (first, second, third):
        assert open_case(elsewhere, reference, SAM, now=LATER).answers == a_report().answers


def test_the_audit_comes_back_whole_and_says_so_last(
    office: Office, elsewhere: Office, archive: Archive
) -> None:
    hand_in(office, a_report(), now=NOW)
    before = audited(office)
    back_up(office, archive.file, now=NOW, actor=ROOT)
    assert audited(office) == [*before, ("signpost", "backup", "")]
    done = bring_back(elsewhere, archive, now=LATER, actor=ROOT)
    assert audited(elsewhere) == [*before, ("signpost", "restored", "")]
    assert (done.audit_rows, done.breaks) == (len(before) + 1, ())


def test_a_case_without_an_answer_starts_one_fresh_lap_marked_as_restored(
    office: Office, elsewhere: Office, archive: Archive
) -> None:
    reference = hand_in(office, a_report(), now=NOW)
    back_up(office, archive.file, now=NOW, actor=ROOT)
    bring_back(elsewhere, archive, now=LATER, actor=ROOT)
    assert open_notices(elsewhere) == []
    assert tick(elsewhere, now=LATER) == 1
    notices = open_notices(elsewhere)
    assert notices
    assert {(event, marks) for _, event, marks in notices} == {("card", RESTORED)}
    assert tick(elsewhere, now=LATER) == 0
    assert mend_unchased(elsewhere, now=LATER) == 0
    with elsewhere.store.reading() as session:
        row = cases.by_reference(session, reference)
    assert row is not None
    assert (row.lap, row.level, row.state) == (1, 0, "notified")


def test_an_answered_case_is_not_called_out_again_and_still_climbs_if_left_untouched(
    office: Office, elsewhere: Office, archive: Archive
) -> None:
    reference = hand_in(office, a_report(), now=NOW)
    acknowledge(office, reference, SAM, now=NOW)
    back_up(office, archive.file, now=NOW, actor=ROOT)
    bring_back(elsewhere, archive, now=NOW, actor=ROOT)
    assert tick(elsewhere, now=NOW) == 0
    assert open_notices(elsewhere) == []
    assert mend_unchased(elsewhere, now=NOW) == 0
    assert tick(elsewhere, now=NOW + timedelta(days=2)) == 1
    assert open_notices(elsewhere) != []


def test_a_one_time_code_does_not_come_back(office: Office, elsewhere: Office, archive: Archive) -> None:
    send_code(office, SAM, "case list", now=NOW)
    back_up(office, archive.file, now=NOW, actor=ROOT)
    bring_back(elsewhere, archive, now=NOW, actor=ROOT)
    with elsewhere.work(NOW) as work:
        assert house.code_of(work.session, "sam") is None
        assert elsewhere.house_key(work.session) == office.house_key(work.session)


def test_nothing_of_a_report_and_nobodys_name_stands_in_a_backup(office: Office, archive: Archive) -> None:
    hand_in(office, a_report("Canary 7f3a91.", subject="Canary Finch"), now=NOW)
    back_up(office, archive.file, now=NOW, actor=ROOT)
    written = archive.file.read_bytes() + archive.keys.read_bytes()
    assert b'"tom"' in written
    assert not any(word in written for word in (b"Canary", b"7f3a91", b"Finch", b"Fielding"))


def test_when_the_last_backup_was_made_is_noted(office: Office, archive: Archive) -> None:
    back_up(office, archive.file, now=NOW, actor=ROOT)
    with office.store.reading() as session:
        fact = house.fact(session, LAST_BACKUP)
    assert fact is not None
    assert fact.at == NOW


def test_a_file_that_is_there_is_one_clear_line(office: Office, archive: Archive) -> None:
    archive.keys.touch()
    with pytest.raises(BackupError, match=r"copy\.keys is there already: nothing is overwritten"):
        back_up(office, archive.file, now=NOW, actor=ROOT)


def test_a_folder_that_is_not_there_is_one_clear_line(office: Office, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"copy cannot be written: No such file"):
        back_up(office, tmp_path / "nowhere" / "copy", now=NOW, actor=ROOT)


def test_a_missing_backup_is_one_clear_line(elsewhere: Office, archive: Archive) -> None:
    with pytest.raises(BackupError, match=r"copy\.keys cannot be read: No such file"):
        bring_back(elsewhere, archive, now=NOW, actor=ROOT)


def test_a_database_in_use_is_one_clear_line(office: Office, archive: Archive) -> None:
    hand_in(office, a_report(), now=NOW)
    back_up(office, archive.file, now=NOW, actor=ROOT)
    with pytest.raises(BackupError, match="restored into an empty one; to start over, give it a new one"):
        bring_back(office, archive, now=NOW, actor=ROOT)


def test_keys_that_the_keys_file_does_not_open_are_one_clear_line(
    office: Office, elsewhere: Office, archive: Archive, tmp_path: Path
) -> None:
    hand_in(office, a_report(), now=NOW)
    back_up(office, archive.file, now=NOW, actor=ROOT)
    rotate(office, tmp_path / "keys.toml", now=NOW)
    retire(office, tmp_path / "keys.toml", now=NOW)
    with pytest.raises(BackupError, match=r"under master key k1, and the keys file has k2: give"):
        bring_back(elsewhere, archive, now=NOW, actor=ROOT)


def test_a_master_key_of_the_same_name_and_another_value_is_noticed(
    office: Office, elsewhere: Office, archive: Archive, tmp_path: Path
) -> None:
    hand_in(office, a_report(), now=NOW)
    back_up(office, archive.file, now=NOW, actor=ROOT)
    forged = tmp_path / "forged.toml"
    create_private(forged, new_keyring_text())
    write_keyring(forged, replace(read_keyring(forged), audit=office.audit.key))
    other = replace(elsewhere, keys=KeyCupboard(forged, read_keyring))
    with pytest.raises(BackupError, match="under master key k1"):
        bring_back(other, archive, now=NOW, actor=ROOT)


def test_keys_of_another_installation_are_one_clear_line(
    office: Office, elsewhere: Office, archive: Archive, tmp_path: Path
) -> None:
    back_up(office, archive.file, now=NOW, actor=ROOT)
    create_private(tmp_path / "other.toml", new_keyring_text())
    other = replace(elsewhere, keys=KeyCupboard(tmp_path / "other.toml", read_keyring))
    with pytest.raises(BackupError, match=r"copy\.keys cannot be used: it was changed, or belongs to an"):
        bring_back(other, replace(archive, key=other.audit.key), now=NOW, actor=ROOT)


def test_a_backup_of_keys_that_were_changed_under_its_hands_is_not_kept(
    office: Office, archive: Archive, tmp_path: Path
) -> None:
    hand_in(office, a_report(), now=NOW)
    gone = tmp_path / "gone.toml"
    create_private(gone, new_keyring_text())
    ring = with_new_key(read_keyring(gone))
    write_keyring(gone, replace(ring, keys={"k2": ring.keys["k2"]}, audit=office.audit.key))
    changed = replace(office, keys=KeyCupboard(gone, read_keyring))
    with pytest.raises(BackupError, match="changed meanwhile: make the backup again"):
        back_up(changed, archive.file, now=NOW, actor=ROOT)
    assert not archive.file.exists()
    assert not archive.keys.exists()


def test_published_policies_come_back_in_force_with_their_earlier_versions(
    office: Office, elsewhere: Office, archive: Archive
) -> None:
    for edition, after in ((TRUST, 0), (f"{TRUST}\n# The second.\n", 1)):
        now = NOW + timedelta(hours=after)
        publish(office, check(office, edition, "it.yml"), Actor("pat"), now=now)
    back_up(office, archive.file, now=LATER, actor=ROOT)
    bring_back(elsewhere, archive, now=LATER, actor=ROOT)
    assert versions(elsewhere) == versions(office)
    assert in_force(elsewhere.store, elsewhere.keys).version("oakpolicy") == "oakpolicy@2"
    assert pack_of(elsewhere, versions(elsewhere)[0]) == pack_of(office, versions(office)[0])


def test_published_policies_open_after_the_keys_were_changed(office: Office, tmp_path: Path) -> None:
    publish(office, check(office, TRUST, "it.yml"), Actor("pat"), now=NOW)
    rotate(office, tmp_path / "keys.toml", now=LATER)
    assert in_force(office.store, office.keys).pack("oakpolicy") is not None
