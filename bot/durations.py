"""Lengths of time as settings and the schools file write them (`15m`), and as people say them."""

import re
from datetime import timedelta

_WRITTEN = re.compile(r"([0-9]{1,6})([smhd])", re.ASCII)
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_SPOKEN = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def parse_duration(text: str) -> timedelta:
    """Read `2s`, `15m`, `1h` or `2d`; a day is 24 hours. Raises `ValueError` saying what is expected.

    Nothing at all (`0m`) is refused too: it would climb a ladder to its top in one go.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or int(found[1]) == 0:
        raise ValueError("expected a whole number above nought and its unit, as in 30s, 15m, 2h or 1d")
    return int(found[1]) * _UNITS[found[2]]


def say_duration(length: timedelta) -> str:
    """A length of time in words, whole seconds and no less. Raises `ValueError` for a negative one."""
    if length < timedelta(0):
        raise ValueError("a length of time cannot be negative")
    rest = int(length.total_seconds())
    words: list[str] = []
    for unit, seconds in _SPOKEN:
        count, rest = divmod(rest, seconds)
        if count:
            words.append(f"{count} {unit}{'' if count == 1 else 's'}")
    if not words:
        return "less than a second"
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
