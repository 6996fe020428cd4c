"""Changes to a schools file's text that leave its comments, its order and everything else as they are."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from bot.errors import SignpostError
from bot.reporting.schools import read_schools
from bot.reporting.schools_sync import TEAMS, Difference, Sort
from knowledge.yamlfile import Path, Span, parse, spans


class NotEditedError(SignpostError):
    """The text cannot be changed without touching what is not to be touched: it has to be done by hand."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """From one sign to before another, this instead."""

    start: int
    end: int
    text: str


def edited(text: str, file: str, wanted: Iterable[Difference]) -> str:
    """The text with every difference written that can be.

    What comes out is read again and held against what was meant. Raises `NotEditedError` where the two
    differ, and `Refused` where the file would have faults.
    """
    changes = [one for one in wanted if one.writes]
    before = parse(text, file)
    meant = _meant(deepcopy(before.data), changes)
    edits = sorted(_edits(text, spans(text), before.data, changes), key=lambda one: one.start, reverse=True)
    for edit in edits:
        text = text[: edit.start] + edit.text + text[edit.end :]
    if parse(text, file).data != meant:
        raise NotEditedError(f"{file} is written in a way that cannot be changed here: change it by hand")
    read_schools(text, file)
    return text


def _meant(data: Any, changes: Iterable[Difference]) -> Any:
    """The file's data as it is to be."""
    for change in changes:
        if change.sort is Sort.FOUND:
            data["people"][_place_of(data, change.person)][TEAMS] = change.account
    for holding in _touched(changes):
        data["roles"][holding]["people"] = _people(data, holding, changes)
    return data


def _people(data: Any, holding: int, changes: Iterable[Difference]) -> list[str]:
    """Who holds a role as it is to be: those who stay in their order, then those who joined."""
    own = [one for one in changes if one.holding == holding]
    gone = {one.person for one in own if one.sort is Sort.LEFT}
    joined = [one.person for one in own if one.sort is Sort.JOINED]
    return [one for one in data["roles"][holding]["people"] if one not in gone] + joined


def _touched(changes: Iterable[Difference]) -> list[int]:
    return sorted({one.holding for one in changes if one.holding is not None})


def _place_of(data: Any, person: str) -> int:
    return next(place for place, one in enumerate(data["people"]) if one["id"] == person)


def _edits(text: str, where: dict[Path, Span], data: Any, changes: Iterable[Difference]) -> Iterator[_Edit]:
    for change in changes:
        if change.sort is Sort.FOUND:
            path: Path = ("people", _place_of(data, change.person))
            last = list(data["people"][path[-1]])[-1]
            yield _with_key(text, where, path, last, f"{TEAMS}: {change.account}")
    for holding in _touched(changes):
        path = ("roles", holding, "people")
        then = _people(data, holding, changes)
        yield from _with_items(text, where, path, data["roles"][holding]["people"], then)


def _with_key(text: str, where: dict[Path, Span], path: Path, last: str, written: str) -> _Edit:
    """One more key of a mapping: after the last in braces, else on a line of its own after the first."""
    if where[path].flow:
        end = where[(*path, last)].end
        return _Edit(end, end, f", {written}")
    first = where[(*path, "id")]
    end = _line_end(text, first.end)
    return _Edit(end, end, f"{_break(text)}{' ' * where[path].column}{written}")


def _with_items(
    text: str, where: dict[Path, Span], path: Path, now: list[str], then: list[str]
) -> Iterator[_Edit]:
    """A list with other items: line by line where each has its own, so that what stands beside them stays."""
    items = [where[(*path, place)] for place in range(len(now))]
    joined = then[len([one for one in now if one in then]) :]
    whole = where[path]
    if whole.flow and now and then[: len(now)] == now:
        end = items[-1].end
        yield _Edit(end, end, "".join(f", {one}" for one in joined))
    elif whole.flow or now[-1] not in then:
        between = ", " if whole.flow else f"{_break(text)}{' ' * whole.column}- "
        written = between.join(then)
        end = whole.end if whole.flow else _line_end(text, items[-1].end)
        yield _Edit(whole.start, end, f"[{written}]" if whole.flow else f"- {written}")
    else:
        end = _line_end(text, items[-1].end)
        yield _Edit(end, end, "".join(f"{_break(text)}{' ' * whole.column}- {one}" for one in joined))
        for one, item in zip(now, items, strict=True):
            if one not in then:
                yield _Edit(
                    text.rfind("\n", 0, item.start) + 1, _line_end(text, item.end) + len(_break(text)), ""
                )


def _line_end(text: str, start: int) -> int:
    """Where the line ends that a place is in, before its break."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end


def _break(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
