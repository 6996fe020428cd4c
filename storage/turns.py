"""Taking turns: whoever came first goes first.

A plain lock lets whoever has just let go take it again before those who wait have woken up: of eight writers
some then wait five times as long as the others.
"""

from collections import deque
from threading import Lock


class Turns:
    """A lock that is handed on in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._taken = False

    def acquire(self, timeout: float) -> bool:
        """Take it; False if it did not come to that within so many seconds."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=timeout):
            return True
        with self._guard:
            if mine not in self._waiting:
                return True  # it was handed over just now
            self._waiting.remove(mine)
            return False

    def release(self) -> None:
        """Hand it on to whoever has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
