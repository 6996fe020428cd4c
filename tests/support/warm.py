"""Starts the program by forking a Python that has its libraries loaded: a second less for each start.

The long drills start it as a school's server does; from `main()` on it is the same.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, cast

from tests.support.processes import ROOT, bare_environment
from tests.support.program import COMMAND, Program, Ran
from tests.support.waiting import wait_for

_ENDING = 10.0
"""Seconds within which a forked process that was sent a signal is looked for at most, if nobody says."""


class Warm:
    """The process that forks. It ends with whoever started it, and its children with it."""

    def __init__(self) -> None:
        self._talking = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm"],
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


class WarmCommands(Program):
    """The program, its server started from nothing and its other commands forked."""

    def run(self, *words: str, given: Callable[[], bytes] | bytes = b"", **settings: str) -> Ran:
        """Run another command as `Program` does; one whose input is made while it runs, from nothing."""
        if callable(given):
            return super().run(*words, given=given, **settings)
        return run_warm(*words, given=given, folder=self.folder, environment={**self.environment, **settings})


class WarmProgram(WarmCommands):
    """The program, all of it forked."""

    def _popen(
        self, *words: str, stdin: Any, stdout: Any, stderr: Any, **settings: str
    ) -> subprocess.Popen[bytes]:
        if words != ("serve",):
            return super()._popen(*words, stdin=stdin, stdout=stdout, stderr=stderr, **settings)
        files = [os.devnull, str(stdout.name), str(stderr.name)]
        environment = {**self.environment, **settings}
        return cast("subprocess.Popen[bytes]", _forked(words, environment, self.folder, files))


def run_warm(*words: str, environment: Mapping[str, str], given: bytes = b"", folder: Path = ROOT) -> Ran:
    """Run a command of the program's, with this environment and no other."""
    with _files(given) as files:
        return _ran(_forked(words, environment, folder, files), files)


def work_warm(point: str, work: Callable[..., None], *given: str) -> Ran:
    """Do a function of a module's with a failpoint armed."""
    with _files(b"") as files:
        done = _forked(given, bare_environment(), ROOT, files, work=(work.__module__, work.__name__, point))
        return _ran(done, files)


@contextmanager
def _files(given: bytes) -> Iterator[list[str]]:
    """Files to read from and to print into, which nobody finds afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder, name)) for name in ("in", "out", "err")]
        Path(files[0]).write_bytes(given)
        yield files


def _forked(
    words: Sequence[str], environment: Mapping[str, str], folder: Path, files: list[str], **more: Any
) -> Forked:
    return Forked(
        warm().ask(words=words, environment=dict(environment), folder=str(folder), files=files, **more)
    )


def _ran(process: Forked, files: Sequence[str]) -> Ran:
    try:
        code = process.wait(COMMAND)
    finally:
        process.kill()
    out, err = (Path(file).read_text(encoding="utf-8") for file in files[1:])
    return Ran(code, out, err)


def _main() -> None:
    """Fork whenever asked to; in a child, be the program, or do what is to be killed."""
    import bot.serving  # noqa: F401  loading it is the point
    from bot.cli import main

    children: set[int] = set()
    for line in sys.stdin.buffer:
        order = json.loads(line)
        if "poll" in order:
            said = _ended(order["poll"], children)
        else:
            work = order.get("work")
            module = import_module(work[0]) if work else None
            said = os.fork()
            if not said:
                _become(order)
                if module is None:
                    main()
                _work(getattr(module, work[1]), work[2], order["words"])
            children.add(said)
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _work(work: Callable[..., None], point: str, given: Sequence[str]) -> NoReturn:
    from storage import failpoints

    failpoints.arm(point)
    work(*given)
    sys.exit(0)


def _ended(pid: int, children: set[int]) -> int | None:
    if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return None
    children.discard(pid)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _become(order: dict[str, Any]) -> None:
    """Take over the place, the settings and the files of a program about to start."""
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    tempfile.tempdir = None  # else this would be where the parent's files are
    given, *printed = order["files"]
    os.dup2(os.open(given, os.O_RDONLY), 0)
    for descriptor, path in enumerate(printed, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), descriptor)
    os.closerange(3, 64)
    sys.argv = ["signpost", *order["words"]]


if __name__ == "__main__":
    _main()
