"""Counts refused attempts, so that whoever tries references by the thousand does not fill the audit.

The first few of anybody have a row each; after them only every doubling has one, with how many there were.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

UNLISTED = "somebody unlisted"
"""Who counts together: names that are in no schools file can be made up without end."""
FIRST = 32
"""Attempts within a window that are each in the audit."""
WINDOW = timedelta(minutes=10)


@dataclass(slots=True)
class Refusals:
    """How often each person was refused of late, in this process."""

    _since: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def count(self, person: str, now: datetime) -> int:
        """Note one more attempt; returns how many it makes in the window that is open for them."""
        with self._turn:
            since, times = self._since.get(person, (now, 0))
            if now - since >= WINDOW:
                since, times = now, 0
            self._since[person] = (since, times + 1)
            return times + 1


def noteworthy(times: int) -> bool:
    """Whether an attempt has a row of its own: the first ones, and then each doubling."""
    return times <= FIRST or times & (times - 1) == 0
