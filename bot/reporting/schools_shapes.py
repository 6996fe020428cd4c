"""What each part of the schools file has to look like, with a remedy in plain words for every fault."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.durations import parse_duration
from bot.reporting.names import folded
from bot.reporting.people import ROUTE
from knowledge.matcher import nearest
from knowledge.rules import Role
from knowledge.yamlfile import Fault, Located
from knowledge.yamlfile import Path as Field_

UNHELD = frozenset({Role.POLICE, Role.LINE_MANAGER})
"""Roles that the schools file gives to nobody: the police are outside, a manager stands with each person."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST = timedelta(days=365)
_HOURS = re.compile(r"(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)", re.ASCII)
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def _fault(what: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("told", "{what}", {"what": what, "remedy": remedy})


def _day(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise _fault(f"{_shown(value)} is no date", "Write it as in 2026-09-01") from error


def _duration(value: object) -> timedelta:
    try:
        within = parse_duration(value if isinstance(value, str) else "")
    except ValueError as error:
        raise _fault(f"{_shown(value)} is no duration", "Write it as in 2s, 15m, 1h or 2d") from error
    if within > _LONGEST:
        raise _fault(f"{value} is longer than a year", "Write a shorter one, as in 2h or 2d")
    return within


def _hours(value: object) -> tuple[time, time]:
    said = _HOURS.fullmatch(value) if isinstance(value, str) else None
    try:
        opens, closes = map(time.fromisoformat, said.groups()) if said else (time.max, time.min)
    except ValueError:
        opens, closes = time.max, time.min
    if opens >= closes:
        raise _fault(f"{_shown(value)} are no opening hours", 'Write them as in "08:00-17:00"')
    return opens, closes


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _fault(f"{value!r} is no time zone", "Write Europe/London") from error
    return value


def _role(value: object) -> Role:
    try:
        role = Role(str(value))
    except ValueError as error:
        known = [role.value for role in Role if role not in UNHELD]
        raise _fault(f"{_shown(value)} is no role", did_you_mean(str(value), known)) from error
    if role in UNHELD:
        remedy = {
            Role.POLICE: "Take it out: the police are shown to people to ring, and never sent a message",
            Role.LINE_MANAGER: "Take it out, and give each person their `manager`",
        }
        raise _fault(f"nobody holds {role.value!r} in this file", remedy[role])
    return role


def _told(value: object) -> str:
    return ROUTE if value == ROUTE else _role(value).value


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise _fault(f"{value!r} is no e-mail address", "Write it as in priya@oakfield.example")
    return value


def _account(value: str) -> str:
    if re.search(r"[\s@<>]", value):
        raise _fault(
            f"{value!r} is no account id", "Write Slack's member id (U…) or Entra's object id, no name"
        )
    return value


def _written(value: object) -> object:
    if value is None or value == "":
        raise _fault("it is blank", "Write it, or take the key out")
    return value


def _seen(value: str) -> str:
    if not value.isprintable():
        raise _fault("it has characters that nobody can see", "Write it again on one line")
    return value


def _spoken(value: str) -> str:
    if not folded(value):
        raise _fault(f"{value!r} has no letters", "Write the name as colleagues write it")
    return value


def _shown(value: object) -> str:
    return repr(str(value) if isinstance(value, date) else value)[:80]


Text = Annotated[
    str,
    BeforeValidator(_written),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_seen),
]
Name = Annotated[Text, AfterValidator(_spoken)]
Id = Annotated[
    str, BeforeValidator(_written), StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=64)
]
Day = Annotated[date, BeforeValidator(_day)]
Account = Annotated[Text, AfterValidator(_account)]
EntraId = Annotated[Account, AfterValidator(str.lower)]
"""An object id, which Entra writes in either case of letters."""
HeldRole = Annotated[Role, BeforeValidator(_role)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class SpanShape(_Shape):
    """Days from one to another, both included."""

    start: Day = Field(alias="from")
    end: Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "SpanShape":
        if self.end < self.start:
            raise _fault(f"it ends on {self.end}, before it begins", "Let `to` be `from` or later")
        return self


class TrustShape(_Shape):
    """`trust`."""

    id: Id
    name: Text
    nation: Literal["england", "wales", "scotland", "ni"]
    policy: Text
    timezone: Annotated[Text, AfterValidator(_zone)] = "Europe/London"


class ContactsShape(_Shape):
    """`contacts`, the trust's or a school's own: what is left out is None here."""

    dsl_phone: Text | None = None
    lado: Text | None = None
    social_care: Text | None = None
    social_care_out_of_hours: Text | None = None
    police: Text | None = None
    emergency: Text | None = None


class SchoolShape(_Shape):
    """An entry of `schools`."""

    id: Id
    name: Text
    policy: Text | None = None
    contacts: ContactsShape = ContactsShape()


class PersonShape(_Shape):
    """An entry of `people`."""

    id: Id
    name: Name
    aliases: list[Name] = []
    email: Annotated[Text, AfterValidator(_email)] | None = None
    school: Text | None = None
    slack: Account | None = None
    teams: EntraId | None = None
    away: list[SpanShape] = []
    left: Day | None = None
    manager: Text | None = None
    prefers: Literal["slack", "teams"] | None = None


class HoldingShape(_Shape):
    """An entry of `roles`; an empty list of people is a vacancy."""

    role: HeldRole
    school: Text | None = None
    people: list[Text]
    group: EntraId | None = None


class StepShape(_Shape):
    """A step of a ladder."""

    tell: Annotated[list[Annotated[str, BeforeValidator(_told)]], Field(min_length=1)]
    alert: list[HeldRole] = []
    within: Annotated[timedelta, BeforeValidator(_duration)]


class CalendarShape(_Shape):
    """`calendar`."""

    hours: Annotated[tuple[time, time], BeforeValidator(_hours)]
    days: Annotated[list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]], Field(min_length=1)]
    terms: Annotated[list[SpanShape], Field(min_length=1)]
    holidays: Literal["england-and-wales", "scotland", "northern-ireland"] | None = None


def did_you_mean(said: str, known: Sequence[str]) -> str:
    """A remedy for a name that isn't known: the nearest one that is, else all of them."""
    near = nearest(said, known)
    if near is not None:
        return f"Did you mean {str(near)!r}?"
    return f"Use one of {', '.join(known)}" if known else "Write it first"


def faults_of(
    found: Located, path: Field_, error: ValidationError, shape: type[BaseModel]
) -> Iterator[Fault]:
    """Every fault of one part of the file, in words; one slip is one fault."""
    known = [field.alias or name for name, field in shape.model_fields.items()]
    problems = error.errors(include_url=False)
    misspelt = {
        problem["loc"][0]: nearest(str(problem["loc"][0]), known)
        for problem in problems
        if problem["type"] == "extra_forbidden" and len(problem["loc"]) == 1
    }
    unread = {(fault.line, fault.what) for fault in found.faults}
    for problem in problems:
        where = (*path, *problem["loc"])
        line = found.line(where)
        if problem["type"] == "missing" and problem["loc"][-1] in misspelt.values():
            continue
        if (line, f"{problem['input']!r} cannot be read") in unread:
            continue
        what, remedy = _in_words(problem)
        if problem["type"] == "extra_forbidden" and misspelt.get(problem["loc"][0]):
            remedy = f"Did you mean {misspelt[problem['loc'][0]]!r}?"
        yield Fault(found.file, line, f"{said_place(where)}: {what}", remedy)


def said_place(path: Field_) -> str:
    """A place in the file as people count: the third person's e-mail is people.3.email."""
    return ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in path)


def _in_words(problem: ErrorDetails) -> tuple[str, str]:
    kind, value = problem["type"], problem["input"]
    context: dict[str, Any] = problem.get("ctx", {})
    if kind == "told":
        return context["what"], context["remedy"]
    said = {
        "extra_forbidden": ("this key is not known", "Take it out, or correct its spelling"),
        "missing": ("it is missing", "Write it"),
        "literal_error": (f"{_shown(value)} is not known", f"Use {context.get('expected')}"),
        "string_pattern_mismatch": (f"{_shown(value)} is no id", "Use letters, digits, - and _ only"),
        "string_too_short": ("it is blank", "Write it, or take the key out"),
        "string_too_long": ("it is too long", "Shorten it"),
        "too_long": ("it is too long", "Shorten it"),
        "string_type": (f"{_shown(value)} is no text", "Put it in quotes"),
        "list_type": (f"{_shown(value)} is no list", "Write a list: [ … ]"),
        "too_short": ("the list is empty", "Write at least one"),
        "model_type": (f"{_shown(value)} has no keys", "Write it as {key: value}"),
    }
    return said.get(kind, (problem["msg"], "Correct it"))
