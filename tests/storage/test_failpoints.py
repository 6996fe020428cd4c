"""The places where a test may kill the program: all are listed, all are real, none is armed by chance."""

import re

import pytest

from storage import failpoints
from storage.failpoints import NAMES, arm, failpoint
from tests.support.killing import killed_at
from tests.support.processes import ROOT

_PASSED = re.compile(r"""failpoint\("([a-z-]+)"\)""")


def passing() -> None:
    """Pass one three times, as a process that may be killed there."""
    for _ in range(3):
        failpoint("backup")


def test_the_list_is_what_the_code_has() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for room in ("bot", "storage")
        for path in (ROOT / room).rglob("*.py")
    )
    assert sorted(set(_PASSED.findall(code))) == sorted(NAMES)
    assert len(set(NAMES)) == len(NAMES) >= 15


@pytest.mark.parametrize(
    ("point", "killed"),
    [("backup", True), ("backup:3", True), ("backup:4", False), ("restore", False)],
)
def test_a_process_dies_at_the_one_that_is_armed_and_no_sooner(point: str, killed: bool) -> None:
    assert killed_at(point, passing) is killed


@pytest.mark.parametrize("setting", ["", "nowhere", "backup:", "backup:x", "backup:-1", "backup:0"])
def test_what_is_no_failpoint_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match="is no failpoint"):
        arm(setting)
    assert failpoints._armed == {}  # noqa: SLF001  nothing else shows whether one is armed
