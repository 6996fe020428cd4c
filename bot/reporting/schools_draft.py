"""A schools file part by part, so that one faulty entry hides none of the others' faults."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from bot.reporting.people import Family
from bot.reporting.schools_shapes import (
    CalendarShape,
    ContactsShape,
    HoldingShape,
    PersonShape,
    SchoolShape,
    StepShape,
    TrustShape,
    did_you_mean,
    faults_of,
    said_place,
)
from knowledge.rules import Urgency
from knowledge.yamlfile import Fault, Located, Path

_PARTS = ("trust", "schools", "people", "roles", "contacts", "ladders", "calendar")
_OPTIONAL = ("calendar",)
S = TypeVar("S", bound=BaseModel)
K = TypeVar("K", Family, Urgency)


@dataclass(frozen=True, slots=True)
class Entry(Generic[S]):
    """One part of the file that has the right shape, and where it stands."""

    path: Path
    value: S


@dataclass(frozen=True, slots=True)
class Draft:
    """What of a schools file has the right shape, and the faults of the rest; not checked across entries."""

    found: Located
    faults: tuple[Fault, ...]
    trust: Entry[TrustShape] | None
    contacts: Entry[ContactsShape] | None
    calendar: Entry[CalendarShape] | None
    schools: tuple[Entry[SchoolShape], ...]
    people: tuple[Entry[PersonShape], ...]
    roles: tuple[Entry[HoldingShape], ...]
    ladders: dict[Family, dict[Urgency, tuple[Entry[StepShape], ...]]]

    def fault(self, path: Path, what: str, remedy: str) -> Fault:
        """A fault at a place of this file."""
        place = f"{said_place(path)}: " if path else ""
        return Fault(self.found.file, self.found.line(path), f"{place}{what}", remedy)

    def ids(self, part: str) -> list[str]:
        """Every id a part gives, also in entries with faults: whoever names one of these named somebody."""
        return [str(entry["id"]) for entry in self.raw(part) if entry.get("id") is not None]

    def raw(self, part: str) -> list[dict[str, Any]]:
        """The entries of a part as they are written, those that have keys at all."""
        entries = self.found.data.get(part) if isinstance(self.found.data, dict) else None
        return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []

    def leaves(self, *path: str) -> Iterator[tuple[Path, object]]:
        """Every single value below a place, as it is written, with its own place."""
        inside: Any = self.found.data
        for key in path:
            inside = inside.get(key) if isinstance(inside, dict) else None
        return _leaves(path, inside)


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, object]]:
    if isinstance(value, dict | list):
        for key, inside in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves((*path, key), inside)
    else:
        yield path, value


def read_draft(found: Located) -> Draft:
    """Read every part on its own, noting what has the wrong shape."""
    reader = _Reader(found)
    data = reader.top()
    return Draft(
        found=found,
        trust=reader.one(("trust",), data.get("trust"), TrustShape),
        contacts=reader.one(("contacts",), data.get("contacts"), ContactsShape),
        calendar=reader.one(("calendar",), data.get("calendar"), CalendarShape),
        schools=reader.listed("schools", SchoolShape),
        people=reader.listed("people", PersonShape),
        roles=reader.listed("roles", HoldingShape),
        ladders=reader.ladders(),
        faults=tuple(reader.faults),
    )


class _Reader:
    """Collects faults while it reads."""

    def __init__(self, found: Located) -> None:
        self._found = found
        self.faults = list(found.faults)

    def top(self) -> dict[str, Any]:
        data = self._found.data
        if not isinstance(data, dict):
            self._note((), "the file has none of its parts", f"Write {', '.join(_PARTS)}")
            return {}
        for key in data.keys() - set(_PARTS):
            self._note((key,), "this part is not known", did_you_mean(str(key), _PARTS))
        for part in _PARTS:
            if data.get(part) is None and (part in data or part not in _OPTIONAL):
                where = (part,) if part in data else ()
                self._note(where, f"`{part}` is missing", "Write it; examples/schools.yml shows how")
        return data

    def one(self, path: Path, value: Any, shape: type[S]) -> Entry[S] | None:
        if value is None and len(path) == 1:
            return None
        try:
            return Entry(path, shape.model_validate(value))
        except ValidationError as error:
            self.faults.extend(faults_of(self._found, path, error, shape))
            faulty = {problem["loc"][0] for problem in error.errors() if problem["loc"]}
        if not isinstance(value, dict) or not faulty & value.keys():
            return None
        return self._rest(path, {key: value[key] for key in value.keys() - faulty}, shape)

    @staticmethod
    def _rest(path: Path, value: dict[str, Any], shape: type[S]) -> Entry[S] | None:
        """A faulty entry without its faulty keys: the others may clash with another entry's."""
        try:
            return Entry(path, shape.model_validate(value))
        except ValidationError:
            return None

    def listed(self, part: str, shape: type[S]) -> tuple[Entry[S], ...]:
        return self._entries((part,), self._part(part), shape)

    def ladders(self) -> dict[Family, dict[Urgency, tuple[Entry[StepShape], ...]]]:
        ladders: dict[Family, dict[Urgency, tuple[Entry[StepShape], ...]]] = {}
        for family, written in self._keyed(("ladders",), self._part("ladders"), Family):
            path = ("ladders", family.value)
            ladders[family] = {
                urgency: self._entries((*path, urgency.value), steps, StepShape)
                for urgency, steps in self._keyed(path, written, Urgency)
            }
        return ladders

    def _part(self, part: str) -> Any:
        return self._found.data.get(part) if isinstance(self._found.data, dict) else None

    def _entries(self, path: Path, value: Any, shape: type[S]) -> tuple[Entry[S], ...]:
        if value is None and len(path) == 1:
            return ()
        if not isinstance(value, list) or not value:
            self._note(path, "it is no list of entries", "Write at least one: [ … ]")
            return ()
        read = (self.one((*path, place), entry, shape) for place, entry in enumerate(value))
        return tuple(entry for entry in read if entry is not None)

    def _keyed(self, path: Path, value: Any, names: type[K]) -> Iterator[tuple[K, Any]]:
        if value is None and len(path) == 1:
            return
        if not isinstance(value, dict) or not value:
            self._note(path, "it has no keys", f"Write some of {', '.join(names)}")
            return
        for key, inside in value.items():
            if key in list(names):
                yield names(key), inside
            else:
                self._note((*path, key), "this key is not known", did_you_mean(str(key), list(names)))

    def _note(self, path: Path, what: str, remedy: str) -> None:
        place = f"{said_place(path)}: " if path else ""
        self.faults.append(Fault(self._found.file, self._found.line(path), f"{place}{what}", remedy))
