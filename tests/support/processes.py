"""What every process that a test starts has in common: where it runs, on which port, and how it ends."""

import os
import signal
import socket
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
"""The repository."""
LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A loopback port that nobody used a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def bare_environment() -> dict[str, str]:
    """This process's environment without any setting of Signpost's, and with no proxy before loopback."""
    ours = ("SIGNPOST", "SLACK", "TEAMS")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "NO_PROXY": LOOPBACK, "no_proxy": LOOPBACK}


def end(process: subprocess.Popen[bytes], *, how: signal.Signals, within: float) -> int:
    """Signal a process and give its exit code. If it outlives `within` seconds: killed, `AssertionError`."""
    process.send_signal(how)
    try:
        return process.wait(within)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.wait()
        raise AssertionError(f"{how.name} did not end process {process.pid} in {within:g} s") from error


def running(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be reaped (Linux; elsewhere: False)."""
    return _state_and_parent(pid)[0] not in "ZX"


def children(parent: int) -> tuple[int, ...]:
    """The process ids of a process's children (Linux; elsewhere: none)."""
    pids = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    return tuple(pid for pid in pids if _state_and_parent(pid)[1] == parent)


def _state_and_parent(pid: int) -> tuple[str, int]:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="latin-1")
    except OSError:
        return "X", 0
    # The name before the bracket is the process's own choice and may hold spaces.
    state, parent = stat.rpartition(")")[2].split()[:2]
    return state, int(parent)
