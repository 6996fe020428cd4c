"""A piece of work done in a process of its own, which a failpoint may kill."""

import signal
from collections.abc import Callable

from tests.support.warm import work_warm


def killed_at(point: str, work: Callable[..., None], *given: object) -> bool:
    """Do `work`, a function of a test module, in another process: True if it was killed at a failpoint.

    `point` is `name` or `name:n`, as in SIGNPOST_FAILPOINT; what is `given` arrives as text. Raises
    `AssertionError` where the work ended in any other way than well.
    """
    ended = work_warm(point, work, *map(str, given))
    assert ended.code in {0, -signal.SIGKILL}, ended.err
    return ended.code != 0
