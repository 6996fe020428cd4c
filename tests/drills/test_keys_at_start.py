"""No start with a keys file that is missing, short, or open to others: it says what to do in a line (S10)."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.program import Program


def gone(keys: Path) -> None:
    keys.unlink()


def short(keys: Path) -> None:
    text = keys.read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if line.startswith("k1"))
    keys.write_text(text.replace(first, 'k1 = "c2hvcnQ="'), encoding="utf-8")


def open_to_all(keys: Path) -> None:
    keys.chmod(0o644)


def open_to_a_group(keys: Path) -> None:
    keys.chmod(0o640)


def without_an_active_key(keys: Path) -> None:
    keys.write_text(
        keys.read_text(encoding="utf-8").replace('active = "k1"', 'active = "k9"'), encoding="utf-8"
    )


def empty(keys: Path) -> None:
    os.truncate(keys, 0)


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "it is gone": (gone, "is not there"),
    "a key is short": (short, "32 bytes"),
    "everybody may read it": (open_to_all, "chmod 600"),
    "a group may read it": (open_to_a_group, "chmod 600"),
    "the active key is none of its keys": (without_an_active_key, "active"),
    "it is empty": (empty, ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_serve_does_not_start(tmp_path: Path, fault: str) -> None:
    spoil, remedy = FAULTS[fault]
    program = Program(tmp_path, database=f"sqlite:///{tmp_path / 'signpost.db'}")
    keys = tmp_path / "keys.toml"
    before = [
        line.split('"')[1] for line in keys.read_text(encoding="utf-8").splitlines() if line.endswith('="')
    ]
    spoil(keys)
    ran = program.run("serve")
    assert ran.code == 1
    assert ran.err.startswith("signpost: ")
    assert all("keys file" in line for line in ran.err.splitlines())
    assert remedy in ran.err
    assert not [key for key in before if key in ran.err + ran.out]
    assert not (tmp_path / "signpost.db").exists()
    program.close()
