"""Starts the program by forking a Python that has its libraries loaded: a second less for each start.

Only the short drills do. The long ones start it as a school's server does; from `main()` on it is the same.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from typing import Any, cast

from tests.support.processes import ROOT, bare_environment
from tests.support.program import Program
from tests.support.waiting import wait_for

_ENDING = 10.0
"""Seconds within which a forked process that was sent a signal is looked for at most, if nobody says."""


class Warm:
    """The process that forks. It ends with whoever started it, and its children with it."""

    def __init__(self) -> None:
        self._talking = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.drills.warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=bare_environment(),
        )
        atexit.register(self.close)

    def close(self) -> None:
        """End it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()

    def ask(self, **order: Any) -> Any:
        """Have something done, and hear how it went."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._talking:
            stdin.write(json.dumps(order).encode() + b"\n")
            stdin.flush()
            said = stdout.readline()
        assert said, "the process that forks has ended: does the program load?"
        return json.loads(said)


@cache
def warm() -> Warm:
    """The one that forks for this run of the tests."""
    return Warm()


class Forked:
    """A forked process, as far as `Program` knows a `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, once it has ended."""
        if self.returncode is None:
            self.returncode = warm().ask(poll=self.pid)
        return self.returncode

    def wait(self, timeout: float = _ENDING) -> int:
        """The exit code. Raises `subprocess.TimeoutExpired` where it does not end in time."""
        try:
            wait_for(self.poll, lambda code: code is not None, within=timeout, what="the process to end")
        except AssertionError as error:
            raise subprocess.TimeoutExpired("serve", timeout) from error
        return cast("int", self.returncode)

    def send_signal(self, how: signal.Signals) -> None:
        """Signal it, if it is there still."""
        if self.poll() is None:
            os.kill(self.pid, how)

    def kill(self) -> None:
        """Kill it, if it is there still."""
        self.send_signal(signal.SIGKILL)


class WarmProgram(Program):
    """The program, forked rather than started from nothing."""

    def _popen(
        self, *words: str, stdin: Any, stdout: Any, stderr: Any, **settings: str
    ) -> subprocess.Popen[bytes]:
        if words != ("serve",):
            return super()._popen(*words, stdin=stdin, stdout=stdout, stderr=stderr, **settings)
        environment = {**self.environment, **settings}
        to = [str(file.name) for file in (stdout, stderr)]
        pid = warm().ask(start=environment, folder=str(self.folder), to=to)
        return cast("subprocess.Popen[bytes]", Forked(pid))


def _main() -> None:
    """Fork whenever asked to; in a child, be the program."""
    import bot.serving  # noqa: F401  loading it is the point
    from bot.cli import main

    children: set[int] = set()
    for line in sys.stdin.buffer:
        order = json.loads(line)
        if "poll" in order:
            said = _ended(order["poll"], children)
        else:
            said = os.fork()
            if not said:
                _become(order)
                main()
            children.add(said)
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _ended(pid: int, children: set[int]) -> int | None:
    if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return None
    children.discard(pid)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _become(order: dict[str, Any]) -> None:
    """Take over the place, the settings and the files of a program about to start."""
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["start"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for descriptor, path in enumerate(order["to"], start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), descriptor)
    os.closerange(3, 64)
    sys.argv = ["signpost", "serve"]


if __name__ == "__main__":
    _main()
