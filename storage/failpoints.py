"""Places where a test may have this process kill itself, to prove that nothing is lost there (promise R2).

Armed only through `arm`, which the composition root calls where SIGNPOST_TEST=1.
"""

import os
import re
import signal

NAMES = (
    "before-begin",
    "after-begin",
    "after-case-insert",
    "after-outbox-insert",
    "before-commit",
    "after-commit",
    "before-receipt",
    "after-claim",
    "before-send",
    "after-provider-accepted",
    "before-mark",
    "after-mark",
    "timer-due",
    "after-climb",
    "acknowledge",
    "migration",
    "backup",
    "restore",
    "key-rotation",
    "purge",
)
"""All of them; `signpost failpoints` lists these, and a test holds the list against the code."""

_COUNT = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_armed: dict[str, int] = {}


def arm(setting: str) -> None:
    """Arm one: `name`, or `name:n` for the n-th time it is passed. Raises `ValueError`."""
    name, colon, count = setting.partition(":")
    if name not in NAMES or (colon and not _COUNT.fullmatch(count)):
        raise ValueError(f"{setting!r} is no failpoint; they are: {', '.join(NAMES)}")
    _armed[name] = int(count or "1")


def armed() -> bool:
    """Whether any is: then nothing may pass them but what a test does itself."""
    return bool(_armed)


def failpoint(name: str) -> None:
    """Die here and now, if armed and this is the time."""
    if not _armed or name not in _armed:
        return
    _armed[name] -= 1
    if _armed[name] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
