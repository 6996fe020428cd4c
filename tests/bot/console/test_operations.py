"""Running an installation from a terminal: the audit, backups, keys, tables (promises S8, R19, S10, R14)."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from bot import app
from bot.console import operations
from bot.errors import KeysError, NotReadyError, UsageError
from bot.keyring import read_keyring
from bot.reporting.backups import BackupError
from bot.reporting.casefile import Actor, read_case
from bot.reporting.viewing import open_case
from storage import cases
from storage.failpoints import NAMES
from storage.migrating import HEAD, current
from tests.bot.reporting.closing import closed
from tests.bot.reporting.oakfield import OAKFIELD
from tests.storage.filled import change
from tests.support.desks import Desk, desk_for
from tests.support.offices import a_report, audited, hand_in

commands = typer.Typer()
commands.add_typer(operations.audit, name="audit")
for command in (
    operations.backup,
    operations.restore,
    operations.rotate_keys,
    operations.migrate,
    operations.failpoints,
):
    commands.command()(command)


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = desk_for(commands, database_url, tmp_path, OAKFIELD, monkeypatch)
    yield made
    made.office.store.close()


@pytest.fixture
def reference(desk: Desk) -> str:
    """Give a case that waits for an answer."""
    return hand_in(desk.office, a_report(), now=app.now())


# ---------- the audit


def test_a_whole_chain_is_said_to_be_whole(desk: Desk, reference: str) -> None:
    assert reference
    said = desk.run("audit", "verify")
    rows = len(audited(desk.office))
    assert (said.code, said.out) == (0, f"{rows} rows, whole\n")


def test_what_was_tampered_with_is_named_and_it_exits_1(desk: Desk, reference: str) -> None:
    change(
        desk.office.store, "UPDATE audit SET actor = 'vera' WHERE reference = :it AND seq = 1", it=reference
    )
    said = desk.run("audit", "verify")
    assert said.code == 1
    assert "row 1: the row was edited\n" in said.out
    told = desk.run("audit", "verify", "--json")
    assert told.code == 1
    assert json.loads(told.out)["breaks"] == [{"seq": 1, "what": "the row was edited"}]


def test_an_anchor_that_was_written_down_must_still_be_there(desk: Desk, reference: str) -> None:
    assert reference
    anchor = desk.run("audit", "head").out.strip()
    assert json.loads(desk.run("audit", "head", "--json").out) == {"anchor": anchor}
    assert desk.run("audit", "verify", "--anchor", anchor).code == 0
    seq, mac = anchor.split(":")
    gone = desk.run("audit", "verify", "--anchor", f"{int(seq) + 1}:{mac}")
    assert gone.code == 1
    assert "the anchored end is not in the chain" in gone.out


@pytest.mark.parametrize("anchor", ["", "12", "x:y", "1:" + "g" * 64])
def test_an_anchor_that_is_none_is_put_wrongly(desk: Desk, anchor: str) -> None:
    assert isinstance(desk.run("audit", "verify", "--anchor", anchor).refused, UsageError)


def test_many_breaks_are_counted_and_the_first_are_shown(desk: Desk) -> None:
    for _ in range(60):
        hand_in(desk.office, a_report(), now=app.now())
    change(desk.office.store, "UPDATE audit SET os_user = 'root'")
    said = desk.run("audit", "verify")
    assert len(said.out.splitlines()) == 52
    assert "… and " in said.out


# ---------- backups


def test_a_backup_is_restored_on_an_empty_host(
    desk: Desk, reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = closed(desk.office, now=app.now())
    said = desk.run("backup", "copy")
    assert said.code == 0, said
    assert "copy.keys: 2 keys" in said.out
    for name in ("copy", "copy.keys"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600

    monkeypatch.setenv("SIGNPOST_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere' / 'signpost.db'}")
    back = desk.run("restore", "copy")
    assert back.code == 0, back
    assert "2 cases are back" in back.out
    assert "1 of them wait for an answer and start a fresh lap" in back.out
    assert "whole." in back.out
    with app.office() as elsewhere:
        assert open_case(elsewhere, finished, Actor("sam"), now=app.now()).summary.reference == finished
        assert ("signpost", "restored", "") in audited(elsewhere)
        assert ("tom", "reported", reference) in audited(elsewhere)


def test_both_say_what_they_did_as_json(
    desk: Desk, reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reference
    made = json.loads(desk.run("backup", "copy", "--json").out)
    assert (made["file"], made["keys"], made["revision"]) == ("copy", "copy.keys", HEAD)
    assert made["rows"]["case_file"] == 1
    (tmp_path / "copy.keys").rename(tmp_path / "kept-apart")
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere' / 'signpost.db'}")
    back = json.loads(desk.run("restore", "copy", "--keys", "kept-apart", "--json").out)
    assert (back["cases"], back["started_again"], back["purged_since"]) == (1, 1, 0)
    assert back["audit_breaks"] == []


def test_a_database_in_use_is_not_restored_over(desk: Desk, reference: str) -> None:
    desk.run("backup", "copy")
    assert isinstance(desk.run("restore", "copy").refused, BackupError)
    assert audited(desk.office)[0] == ("tom", "reported", reference)


def test_nothing_is_overwritten(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("mine")
    refused = desk.run("backup", "copy").refused
    assert isinstance(refused, BackupError)
    assert (tmp_path / "copy").read_text() == "mine"


# ---------- keys


def test_the_master_key_is_changed_and_the_old_one_is_gone(
    desk: Desk, reference: str, tmp_path: Path
) -> None:
    said = desk.run("rotate-keys")
    assert said.code == 0, said
    assert "k2 is the master key now; 1 keys are wrapped under it." in said.out
    assert "k1 is gone" in said.out
    assert set(read_keyring(tmp_path / "keys.toml").keys) == {"k2"}
    assert ("signpost", "keys rotated", "") in audited(desk.office)
    with desk.office.work(app.now()) as work:
        assert read_case(work, cases.by_reference(work.session, reference)) is not None


def test_the_old_key_can_be_kept_for_older_backups(desk: Desk, tmp_path: Path) -> None:
    said = desk.run("rotate-keys", "--keep-old", "--json")
    assert json.loads(said.out) == {"active": "k2", "moved": 0, "retired": []}
    assert set(read_keyring(tmp_path / "keys.toml").keys) == {"k1", "k2"}


def test_keys_that_cannot_be_written_are_one_clear_line(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "keys_path", lambda: tmp_path / "nowhere" / "keys.toml")
    assert isinstance(desk.run("rotate-keys").refused, KeysError)


# ---------- tables


def test_the_tables_go_back_by_one_and_up_again(desk: Desk) -> None:
    below = f"{int(HEAD) - 1:04}"
    assert desk.run("migrate", "--down", "1").out == f"The tables went from {HEAD} to {below}.\n"
    assert current(desk.office.store) == below
    assert isinstance(desk.run("audit", "verify").refused, NotReadyError)
    assert json.loads(desk.run("migrate", "--json").out) == {"from": below, "to": HEAD}
    assert desk.run("migrate").out == f"The tables are at {HEAD} already.\n"
    assert desk.run("migrate", "--to", below).code == 0


def test_a_revision_that_is_not_there_is_one_clear_line(desk: Desk) -> None:
    assert isinstance(desk.run("migrate", "--to", "0815").refused, NotReadyError)
    assert isinstance(desk.run("migrate", "--to", "0001", "--down", "1").refused, UsageError)


def test_every_failpoint_is_listed(desk: Desk) -> None:
    assert desk.run("failpoints").out.split() == list(NAMES)
    assert json.loads(desk.run("failpoints", "--json").out) == list(NAMES)
