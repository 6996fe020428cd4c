"""Waiting for something to come true, with a deadline: a fixed pause is either too short or too long."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE = 0.01
"""Seconds between two looks."""


def wait_for(look: Callable[[], T], good: Callable[[T], bool], *, within: float, what: str) -> T:
    """Look until what is seen is good, and give it. Raises `AssertionError` after `within` seconds.

    The last look is made after the deadline, so that a slow look is not a missed one.
    """
    deadline = time.monotonic() + within
    while True:
        late = time.monotonic() >= deadline
        seen = look()
        if good(seen):
            return seen
        if late:
            raise AssertionError(f"waited {within:g} s in vain for {what}; seen last: {seen!r:.2000}")
        time.sleep(PAUSE)
