"""The program with its wall clock, and what may hang, in a test's hands; `meddled` is its other half."""

import subprocess
import sys
from typing import Any

from tests.drills.meddled import FOLDER
from tests.support.processes import ROOT
from tests.support.program import Program


class MeddledProgram(Program):
    """The program as a process of its own, started through this module."""

    def set_wall(self, off_by: float) -> None:
        """Set its wall clock, by so many seconds against the machine's."""
        new = self.folder / "wall.new"
        new.write_text(str(off_by), encoding="ascii")
        new.replace(self.folder / "wall")

    def hang(self, what: str) -> None:
        """Let a part of it hang: `clock` or `delivery`."""
        (self.folder / f"hang-{what}").touch()

    def free(self, what: str) -> None:
        """Let it go on."""
        (self.folder / f"hang-{what}").unlink()

    def _popen(
        self, *words: str, stdin: Any, stdout: Any, stderr: Any, **settings: str
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.drills.meddled", *words],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=ROOT,
            env={**self.environment, FOLDER: str(self.folder), **settings},
        )
