"""The plugin itself: what happens to the servers of a run of the tests that is ended from outside."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.support.processes import bare_environment, running
from tests.support.waiting import wait_for

SLOW = """
import time
from pathlib import Path

pytest_plugins = ["tests.support.fixtures"]


def test_slow(stand_in):
    Path("pid").write_text(str(stand_in._process.pid))
    time.sleep(60)
"""


def test_a_run_that_is_told_to_end_ends_its_servers_first(tmp_path: Path) -> None:
    (tmp_path / "test_slow.py").write_text(SLOW)
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_slow.py"]
    with subprocess.Popen(
        words, cwd=tmp_path, env=bare_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as run:
        named = tmp_path / "pid"
        wait_for(lambda: named.exists() and named.read_text(), bool, within=30, what="the stand-in's start")
        run.send_signal(signal.SIGTERM)
        said, _ = run.communicate(timeout=30)
    assert b"KeyboardInterrupt" in said
    assert not running(int(named.read_text()))
