"""A piece of work done in a process of its own, which a failpoint may kill."""

import signal
import subprocess
import sys
from collections.abc import Callable

from tests.support.processes import ROOT, bare_environment

_WORK = (
    "import sys; from storage import failpoints; from importlib import import_module; "
    "failpoints.arm(sys.argv[1]); getattr(import_module(sys.argv[2]), sys.argv[3])(*sys.argv[4:])"
)


def killed_at(point: str, work: Callable[..., None], *given: object) -> bool:
    """Do `work`, a function of a test module, in another process: True if it was killed at a failpoint.

    `point` is `name` or `name:n`, as in SIGNPOST_FAILPOINT; what is `given` arrives as text. Raises
    `AssertionError` where the work ended in any other way than well.
    """
    words = [sys.executable, "-c", _WORK, point, work.__module__, work.__name__, *map(str, given)]
    ended = subprocess.run(
        words, cwd=ROOT, env=bare_environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode in {0, -signal.SIGKILL}, ended.stderr
    return ended.returncode != 0
