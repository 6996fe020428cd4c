"""How the stand-in Teams says which JSON it takes, and names the place of what it doesn't take."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]
"""Complains of a value found at a place; nothing where it is right."""


def words(value: Any, place: str) -> Iterator[str]:
    """Text that is not empty, of signs that JSON carries."""
    if not (isinstance(value, str) and value.strip()):
        yield f"{place}: must be text, and not empty"
    elif "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        yield f"{place}: holds a sign that JSON cannot carry"


def any_words(value: Any, place: str) -> Iterator[str]:
    """Text, an empty one as well."""
    if not isinstance(value, str):
        yield f"{place}: must be text"


def flag(value: Any, place: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield f"{place}: must be true or false"


def whole(value: Any, place: str) -> Iterator[str]:
    """A whole number from 1."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        yield f"{place}: must be a whole number from 1"


def day(value: Any, place: str) -> Iterator[str]:
    """A day as ISO 8601 writes it."""
    pattern = "0000-00-00"
    fits = isinstance(value, str) and len(value) == len(pattern)
    if not (
        fits and all(a == b or (b == "0" and a in "0123456789") for a, b in zip(value, pattern, strict=True))
    ):
        yield f"{place}: must be a day such as 2026-11-23"


def one_of(*allowed: object) -> Check:
    """One of these words."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not any(value is one or (isinstance(value, str) and value == one) for one in allowed):
            yield f"{place}: {value!r} is none of {', '.join(map(str, allowed))}"

    return check


def many(check: Check, least: int = 1, most: int = 10_000) -> Check:
    """A list of so many, each of which is right."""

    def each(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            yield f"{place}: must be a list of {least} to {most}"
            return
        for number, one in enumerate(value):
            yield from check(one, f"{place}[{number}]")

    return each


def shape(fields: Mapping[str, Check], needed: str) -> Check:
    """An object with these fields and no others; those named in `needed` must be there."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place}: must be an object"
            return
        for name in needed.split():
            if name not in value:
                yield f"{place}: {name} is missing"
        for name, one in value.items():
            if name not in fields:
                yield f"{place}: knows no {name}"
            else:
                yield from fields[name](one, f"{place}.{name}")

    return check


def kinds(known: Mapping[str, Check]) -> Check:
    """An object whose `type` says what it must hold."""

    def check(value: Any, place: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in known:
            yield f"{place}: {kind!r} is nothing that can stand here"
        else:
            yield from known[kind](value, f"{place}({kind})")

    return check


def anything(_value: Any, _place: str) -> Iterator[str]:
    """Whatever it is."""
    yield from ()
