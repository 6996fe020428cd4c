"""What people type into a form, as it is kept: clean text, choices by their words, times as written."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

LETTERLESS = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\ufe0f\ufe0e")
"""Blank letters and marks that Unicode doesn't count among what can't be seen."""
_MEANT = {
    "y": "yes",
    "true": "yes",
    "n": "no",
    "false": "no",
    "not sure": "unsure",
    "don t know": "unsure",
    "dont know": "unsure",
    "i don t know": "unsure",
}
_LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://\S+|\bwww\.\S+"
    r"|\b(?:[a-z0-9-]{1,63}\.){1,6}(?:com|org|net|uk|io|tv|gg|me|co|app|link|ly|be|example)/\S*",
    re.IGNORECASE | re.ASCII,
)
_FILE = re.compile(
    r"\bdata:(?:(?:image|video|audio|application|text|font|model|multipart)/[\w.+-]{1,100}[;,]"
    r"|[^\s,]{0,100};base64,)",
    re.IGNORECASE | re.ASCII,
)
_WHOLE_FILE = re.compile(r"\bdata:\S*", re.IGNORECASE)
_OLDEST = 1900
_DIAL = 12
_CLOCKS_DIFFER = timedelta(minutes=5)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm)?"
_DAY = (
    r"(?P<word>today|yesterday|last night)"
    r"|(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
    r"|(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<century>\d{2})?(?P<year>\d{2})"
    r"|(?P<nth>\d{1,2})(?:st|nd|rd|th)?\s+(?P<name>[a-z]{3,9})\s+(?P<in>\d{4})"
)
_WHEN = re.compile(rf"(?:{_DAY})(?:(?:,|\s+at|t)?\s*(?<!\d){_TIME})?", re.ASCII)
_CLOCK = re.compile(_TIME, re.ASCII)
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(?::|z|[+-])", re.ASCII)


class UnclearTimeError(ValueError):
    """No day or time that can be read."""


class FutureTimeError(ValueError):
    """A day or time that is still to come."""


def clean(text: str, *, lines: bool) -> str:
    """The text without what can't be seen or would turn a line around; line breaks stay where `lines` is set.

    Control, bidi and zero-width characters make one name look like another and one log line like two (S13).
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    seen = text if text.replace("\n", "").isprintable() else "".join(_visible(char) for char in text)
    return seen.strip() if lines else " ".join(seen.split())


def choice(text: str, options: Mapping[str, str]) -> str | None:
    """The option somebody means, by its value or its label, however they write it; None for no option."""
    typed = _plain(text)
    by_words = {_plain_label(word): value for value, label in options.items() for word in (label, value)}
    meant = by_words.get(typed) or _MEANT.get(typed)
    return meant if meant in options else None


def without_links(text: str, instead: str) -> str:
    """The text with another in place of every web address."""
    return _LINK.sub(instead, text)


def holds_a_file(text: str) -> bool:
    """Whether a file is written out in the text, as a data: address."""
    return _FILE.search(text) is not None


def without_files(text: str, instead: str) -> str:
    """The text with another in place of every file that is written out in it."""
    return _WHOLE_FILE.sub(instead, text) if holds_a_file(text) else text


def moment(text: str, *, now: datetime, zone: tzinfo) -> str:
    """A day, or a day and time, in the school's own time: `2026-03-14` or `2026-03-14 14:30`.

    Raises `UnclearTimeError`, and `FutureTimeError` for what comes after `now` (clocks may differ).
    """
    written = " ".join(text.casefold().split()).strip(" .")
    here = now.astimezone(zone)
    day, clock = _stamp(written, zone) if _STAMP.match(written) else _day_and_clock(written, here)
    if day.year < _OLDEST:
        raise UnclearTimeError
    if day > here.date() or (clock and datetime.combine(day, clock, zone) > now + _CLOCKS_DIFFER):
        raise FutureTimeError
    return f"{day.isoformat()} {clock:%H:%M}" if clock else day.isoformat()


def _stamp(written: str, zone: tzinfo) -> tuple[date, time]:
    try:
        stamp = datetime.fromisoformat(written.upper())
        there = stamp.astimezone(zone) if stamp.tzinfo else stamp
    except (ValueError, OverflowError) as error:
        raise UnclearTimeError from error
    return there.date(), there.time()


def _day_and_clock(written: str, here: datetime) -> tuple[date, time | None]:
    if written in {"now", "just now"}:
        return here.date(), here.time()
    dated, clock = _WHEN.fullmatch(written), _CLOCK.fullmatch(written)
    try:
        if dated:
            return _day(dated, here), _clock(dated)
        if clock:
            return here.date(), _clock(clock)
    except ValueError as error:
        raise UnclearTimeError from error
    raise UnclearTimeError


def _day(found: re.Match[str], here: datetime) -> date:
    if found["word"]:
        return here.date() - timedelta(days=found["word"] != "today")
    if found["y"]:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    if found["nth"]:
        return date(int(found["in"]), _MONTHS.index(found["name"][:3]) + 1, int(found["nth"]))
    year = int(f"{found['century'] or here.year // 100}{found['year']}")
    return date(year, int(found["month"]), int(found["day"]))


def _clock(found: re.Match[str]) -> time | None:
    """The time of day; a bare "9" may be either half of the day, so it is not guessed at."""
    if not found["hour"]:
        return None
    hour, half = int(found["hour"]), found["half"]
    if not (half or found["minute"]) or (half and not 1 <= hour <= _DIAL):
        raise UnclearTimeError
    return time(hour % _DIAL + _DIAL * (half == "pm") if half else hour, int(found["minute"] or 0))


def _visible(char: str) -> str:
    if char in "\n\u2028\u2029":
        return "\n"
    if char == "\t":
        return " "
    return "" if unicodedata.category(char) in {"Cc", "Cf", "Cs"} else char


@lru_cache(maxsize=4096)
def _plain_label(label: str) -> str:
    """The same of labels, which are asked for again and again; what people type is not kept."""
    return _plain(label)


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())
