"""What somebody types in one line: a kind in their own words, answers as `key=value`, the rest as text."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from bot.errors import SignpostError
from bot.reporting.kinds import NATURES, kind_named
from knowledge.rules import Kind

Meant = TypeVar("Meant")
_CLOSING = {'"': '"', "“": "”", "'": "'"}
_KEY = r"(?:^|(?<=\s))(?P<key>[A-Za-z]\w*(?:\.[\w-]+)?)="
_VALUE = r"""(?P<value>"[^"]*"|“[^”]*”|'[^']*'|\S+)"""
_FIRST = re.compile(rf"{_KEY}{_VALUE}(?=\s|$)", re.ASCII)
_LAST = re.compile(rf"{_KEY}{_VALUE}$", re.ASCII)
_SHORTEST_START = 4
"""Letters from which the beginning of a kind's name counts: “my” could begin anybody's sentence."""


@dataclass(frozen=True, slots=True)
class Line:
    """A report on one line. Without a kind, `text` has whatever came before and after the answers."""

    kind: Kind | None
    answers: Mapping[str, str]
    text: str


def read_line(line: str) -> Line:
    """Take a line apart: `about=works_here adult concern He shouted at a child danger=no`.

    Answers stand at the beginning, after the kind or at the end. Raises `SignpostError` for an open quote.
    """
    rest, before = _leading(line.strip())
    kind, rest = longest(rest.split(" "), kind_meant)
    rest, between = _leading(rest)
    text, after = _trailing(rest)
    return Line(kind, {**before, **between, **after}, text)


def kind_meant(words: str) -> Kind | None:
    """The kind that words name whole, or by the beginning of its id where nothing else begins so."""
    typed = _plain(words)
    if typed in _names():
        return _names()[typed]
    begins = [kind for kind in Kind if _plain(kind).startswith(typed)]
    return kind_named(typed) if len(typed) >= _SHORTEST_START and begins else None


def longest(words: Sequence[str], meaning: Callable[[str], Meant | None]) -> tuple[Meant | None, str]:
    """What the most words from the start mean, and the words after them; None and all of them if nothing."""
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        meant = meaning(" ".join(words[:count]))
        if meant is not None:
            return meant, " ".join(words[count:]).strip()
    return None, " ".join(words).strip()


def _leading(text: str) -> tuple[str, dict[str, str]]:
    answers: dict[str, str] = {}
    while found := _FIRST.match(text):
        answers[found["key"].lower()] = _value(found)
        text = text[found.end() :].lstrip()
    return text, answers


def _trailing(text: str) -> tuple[str, dict[str, str]]:
    answers: dict[str, str] = {}
    while found := _LAST.search(text):
        answers = {found["key"].lower(): _value(found), **answers}
        text = text[: found.start()].rstrip()
    return text, answers


def _value(found: re.Match[str]) -> str:
    value = found["value"]
    closing = _CLOSING.get(value[0])
    if closing is None:
        return value
    if len(value) == 1 or not value.endswith(closing):
        raise SignpostError(f"the quotation mark after {found['key']}= is never closed")
    return value[1:-1]


@cache
def _names() -> Mapping[str, Kind]:
    return {_plain(name): kind for kind, nature in NATURES.items() for name in (kind.value, *nature.spoken)}


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


_MOST_WORDS = max(len(name.split()) for name in _names())
