"""How the stand-in Slack says what JSON it takes, and names the place of what it doesn't take."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]
"""Complains of a value found at a JSON pointer; nothing where it is right."""


class Refusal(Exception):
    """Slack's `ok: false`: the error's code, and what it says of each place."""

    def __init__(self, code: str, messages: Iterable[str] = (), **more: Any) -> None:
        self.code, self.messages, self.more = code, tuple(messages), more
        super().__init__(f"{code}: {'; '.join(self.messages)}" if self.messages else code)

    def row(self) -> dict[str, Any]:
        """The answer as Slack gives it."""
        said = [f"[ERROR] {message}" for message in self.messages]
        meta = {"errors": list(self.messages), "response_metadata": {"messages": said}} if said else {}
        return {"ok": False, "error": self.code, **meta, **self.more}


def at(message: str, place: str) -> str:
    """A complaint with its place."""
    return f"{message} [json-pointer:{place}]"


def refuse_unless(complaints: Iterable[str], code: str) -> None:
    """Raise `Refusal` where there is anything to complain of."""
    if found := tuple(complaints):
        raise Refusal(code, found)


def words(most: int, least: int = 1) -> Check:
    """Text of so many characters."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield at("must provide a string", place)
        elif len(value) > most:
            yield at(f"must be less than {most + 1} characters", place)
        elif len(value) < least:
            yield at(f"must be more than {least - 1} characters", place)

    return check


def flag(value: Any, place: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield at("must provide a boolean", place)


def number(least: int, most: int) -> Check:
    """A whole number between two, both included."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield at("must provide an integer", place)
        elif not least <= value <= most:
            yield at(f"must be between {least} and {most}", place)

    return check


def one_of(*known: str) -> Check:
    """One of a few words."""

    def check(value: Any, place: str) -> Iterator[str]:
        if value not in known:
            yield at(f"must be a valid enum value ({', '.join(known)})", place)

    return check


def like(pattern: str, what: str) -> Check:
    """Text of a certain form."""
    form = re.compile(pattern)

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, str) or not form.fullmatch(value):
            yield at(f"must be a valid {what}", place)

    return check


def link(most: int = 3000) -> Check:
    """A web address."""
    length, form = words(most), like(r"(?:https?|slack|mailto|tel):\S+", "url")

    def check(value: Any, place: str) -> Iterator[str]:
        yield from list(length(value, place)) or form(value, place)

    return check


def many(item: Check, most: int, least: int = 1) -> Check:
    """A list of so many things."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield at("must be an array", place)
            return
        if len(value) > most:
            yield at(f"no more than {most} items allowed", place)
        if len(value) < least:
            yield at(f"no fewer than {least} items allowed", place)
        for number_, one in enumerate(value):
            yield from item(one, f"{place}/{number_}")

    return check


def shape(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *also: Check, kind: str = ""
) -> Check:
    """An object with these fields and no others; `kind` is its `type`.

    `also` looks at the whole, once each field is right.
    """
    typed: dict[str, Check] = {"type": one_of(kind)} if kind else {}
    must = {**typed, **required}
    may = {**must, **(optional or {})}

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield at("must be an object", place)
            return
        wrong = list(_fields(value, place, must, may))
        yield from wrong
        for whole in also if not wrong else ():
            yield from whole(value, place)

    return check


def _fields(value: Any, place: str, must: Mapping[str, Check], may: Mapping[str, Check]) -> Iterator[str]:
    for name in must.keys() - value.keys():
        yield at(f"missing required field: {name}", place)
    for name, one in value.items():
        if name in may:
            yield from may[name](one, f"{place}/{name}")
        else:
            yield at(f"invalid additional property: {name}", place)


def kinds(known: Mapping[str, Check], what: str) -> Check:
    """An object whose `type` says which of several shapes it has; `what` is what those are called."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield at("must be an object", place)
        elif "type" not in value:
            yield at("missing required field: type", place)
        elif not isinstance(value["type"], str) or value["type"] not in known:
            yield at(f"unsupported type: {value['type']} ({what} takes {', '.join(sorted(known))})", place)
        else:
            yield from known[value["type"]](value, place)

    return check


def exactly_one(*names: str) -> Check:
    """An object with one of these fields and no second."""

    def check(value: Any, place: str) -> Iterator[str]:
        if sum(name in value for name in names) != 1:
            yield at(f"must define either {' or '.join(names)}", place)

    return check


def at_least_one(*names: str) -> Check:
    """An object with one of these fields, or several."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not any(name in value for name in names):
            yield at(f"must define either {' or '.join(names)}", place)

    return check
