"""The master key changes while reports come in, and every case still opens (promises R2, S10, S11)."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from bot.errors import KeysError
from bot.keyring import read_keyring, with_new_key, write_keyring
from bot.reporting.casefile import SYSTEM, Actor, read_case
from bot.reporting.identity import send_code
from bot.reporting.office import ACTIVE_KEY, HOUSE, Office
from bot.reporting.rekeying import retire, rotate
from storage import cases, house, keys
from storage.store import UnavailableError
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.crowds import all_at_once, meanwhile
from tests.support.killing import killed_at
from tests.support.offices import a_report, audited, code_for, hand_in, office_for

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
ADA = Actor("ada", "root")


@pytest.fixture
def office(tables_url: str, tmp_path: Path) -> Iterator[Office]:
    """Give an office with three cases and a one-time code, all under the first master key."""
    made = office_for(tables_url, tmp_path, OAKFIELD)
    for number in range(3):
        hand_in(made, a_report(f"Message {number}."), now=NOW)
    send_code(made, Actor("sam"), "case list", now=NOW)
    yield made
    made.store.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.toml"


def opened(office: Office) -> list[str]:
    """What the reports say, of every case there is. Raises where one does not open."""
    with office.work(NOW) as work:
        read = [read_case(work, row) for row in cases.in_states(work.session, {"notified"})]
    return sorted(case.details.report.answers["what"] for case in read if case is not None)


def masters(office: Office) -> frozenset[str]:
    with office.store.reading() as session:
        return keys.masters_in_use(session)


def rotating(url: str, folder: str) -> None:
    """What the process does that is killed half way."""
    path = Path(folder) / "keys.toml"
    office = office_for(url, Path(folder), OAKFIELD)
    rotate(office, path, now=NOW)
    retire(office, path, now=NOW)


def test_every_case_opens_after_a_rotation_and_nothing_is_under_the_old_key(
    office: Office, path: Path
) -> None:
    before = opened(office)
    done = rotate(office, path, now=NOW, actor=ADA)
    assert (done.active, done.moved) == ("k2", 4)
    assert masters(office) == {"k2"}
    assert opened(office) == before
    assert code_for(office, "sam", NOW)
    assert set(read_keyring(path).keys) == {"k1", "k2"}


def test_the_old_key_goes_once_nothing_needs_it(office: Office, path: Path) -> None:
    before = opened(office)
    assert retire(office, path, now=NOW) == ()
    rotate(office, path, now=NOW)
    assert retire(office, path, now=NOW, actor=ADA) == ("k1",)
    assert set(read_keyring(path).keys) == {"k2"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert opened(office) == before
    assert retire(office, path, now=NOW) == ()


def test_a_key_that_something_needs_never_goes(office: Office, path: Path) -> None:
    write_keyring(path, with_new_key(read_keyring(path)))
    assert masters(office) == {"k1"}
    assert retire(office, path, now=NOW) == ()
    assert set(read_keyring(path).keys) == {"k1", "k2"}


def test_the_audit_key_stays_and_the_chain_with_it(office: Office, path: Path) -> None:
    key = office.audit.key
    rotate(office, path, now=NOW, actor=ADA)
    retire(office, path, now=NOW, actor=ADA)
    assert office.audit.key == key
    assert office.audit.verify(office.store)[1] == ()
    assert audited(office)[-2:] == [("ada", "keys rotated", ""), ("ada", "keys retired", "")]


def test_when_the_key_was_changed_last_is_noted(office: Office, path: Path) -> None:
    rotate(office, path, now=NOW)
    with office.store.reading() as session:
        fact = house.fact(session, ACTIVE_KEY)
    assert fact is not None
    assert (fact.value, fact.at) == ("k2", NOW)


def test_new_cases_are_under_the_new_key_at_once(office: Office, path: Path) -> None:
    rotate(office, path, now=NOW)
    hand_in(office, a_report("After."), now=NOW)
    assert masters(office) == {"k2"}
    assert "After." in opened(office)


def test_a_rotation_that_stopped_half_way_is_gone_on_with(office: Office, path: Path) -> None:
    write_keyring(path, with_new_key(read_keyring(path)))
    assert rotate(office, path, now=NOW).active == "k2"
    assert masters(office) == {"k2"}


def test_an_empty_database_rotates_too(tables_url: str, tmp_path: Path, path: Path) -> None:
    office = office_for(tables_url, tmp_path, OAKFIELD)
    assert rotate(office, path, now=NOW).moved == 0
    assert retire(office, path, now=NOW) == ("k1",)
    office.store.close()


def test_a_keys_file_that_cannot_be_written_changes_nothing(office: Office, tmp_path: Path) -> None:
    before = opened(office)
    with pytest.raises(KeysError, match="cannot be written, and is as it was"):
        rotate(office, tmp_path / "nowhere" / "keys.toml", now=NOW)
    assert masters(office) == {"k1"}
    assert opened(office) == before


def test_reports_that_come_in_meanwhile_all_open(office: Office, path: Path) -> None:
    numbers = count()
    handed: list[str] = []

    def report() -> None:
        what = f"Number {next(numbers)}"
        hand_in(office, a_report(what), now=NOW)
        handed.append(what)

    with meanwhile(report, report, lambda: opened(office)):
        for _ in range(4):
            rotate(office, path, now=NOW)
            retire(office, path, now=NOW)
    assert len(handed) > 4
    assert set(handed) <= set(opened(office))
    assert masters(office) == set(read_keyring(path).keys) == {"k5"}


def test_several_who_rotate_at_once_leave_nothing_that_does_not_open(office: Office, path: Path) -> None:
    before = opened(office)

    def work() -> None:
        rotate(office, path, now=NOW)
        retire(office, path, now=NOW)

    all_at_once(work, work, work)
    assert opened(office) == before
    assert masters(office) <= set(read_keyring(path).keys)


def test_a_kill_at_any_point_leaves_every_case_openable_and_going_again_finishes(
    office: Office, path: Path, tables_url: str, tmp_path: Path
) -> None:
    before = opened(office)
    for time in count(1):
        killed = killed_at(f"key-rotation:{time}", rotating, tables_url, tmp_path)
        assert opened(office) == before
        assert masters(office) <= set(read_keyring(path).keys)
        if not killed:
            break
    assert time > 5
    rotate(office, path, now=NOW)
    retire(office, path, now=NOW)
    assert masters(office) == set(read_keyring(path).keys)
    assert opened(office) == before


def test_a_key_in_use_is_not_taken_from_under_a_report_that_is_being_written(
    postgres_url: str, tmp_path: Path, path: Path
) -> None:
    office = office_for(postgres_url, tmp_path, OAKFIELD)
    hand_in(office, a_report(), now=NOW)
    with office.work(NOW) as work:
        key, wrapped = office.new_key(work.session, "a case to be")
        with pytest.raises(UnavailableError):
            rotate(office, path, now=NOW)
        house.put_key(work.session, "a case to be", wrapped)
        work.done()
    rotate(office, path, now=NOW)
    retire(office, path, now=NOW)
    with office.store.reading() as session:
        assert office.data_key(session, "a case to be") == key
    office.store.close()


def test_whoever_still_reads_what_was_under_the_old_key_is_waited_for(office: Office, path: Path) -> None:
    rotate(office, path, now=NOW)
    with office.store.snapshot() as session:
        assert house.key_of(session, HOUSE) is not None
        hand_in(office, a_report("Meanwhile."), now=NOW)
        with pytest.raises(UnavailableError):
            retire(office, path, now=NOW)
    assert set(read_keyring(path).keys) == {"k1", "k2"}
    assert retire(office, path, now=NOW, actor=SYSTEM) == ("k1",)
