"""The program with a little of what is around it in a test's hands: its wall clock, and what may hang.

`python -m tests.drills.meddled serve` does as the folder in MEDDLE_FOLDER says: `wall` holds by how many
seconds the wall clock is off, looked at whenever anything asks for the time; while `hang-clock` is there the
clock's most frequent job waits in the middle, and with `hang-delivery` whatever claims notices does.
"""

import datetime as dt
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = "MEDDLE_FOLDER"
_REAL, _REAL_TIME = dt.datetime, time.time


class _Like(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _REAL)


class _Wall(dt.datetime, metaclass=_Like):
    """The time by a wall clock that somebody sets."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        """The time by that clock."""
        return cls.fromtimestamp(time.time(), tz)


def _folder() -> Path:
    return Path(os.environ[FOLDER])


def _wall() -> float:
    try:
        return _REAL_TIME() + float((_folder() / "wall").read_text(encoding="ascii"))
    except FileNotFoundError:
        return _REAL_TIME()


def _hangs(what: str, does: Callable[..., Any]) -> Callable[..., Any]:
    flag = _folder() / f"hang-{what}"

    def held(*given: Any, **named: Any) -> Any:
        while flag.exists():
            threading.Event().wait(0.05)
        return does(*given, **named)

    return held


def main() -> None:
    """Meddle before anything else is loaded, then be the program."""
    time.time = _wall
    dt.datetime = _Wall  # type: ignore[misc]  # to put another class in its place is the point
    from bot import cli
    from bot.delivery import Delivery
    from bot.reporting import climbing

    climbing.tick = _hangs("clock", climbing.tick)
    Delivery._turn = _hangs("delivery", Delivery._turn)  # type: ignore[method-assign]  # noqa: SLF001  as above
    sys.argv[0] = "signpost"
    cli.main()


if __name__ == "__main__":
    main()
