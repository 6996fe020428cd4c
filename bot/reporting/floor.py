"""The statutory floor under every policy, as data per nation: who must hear of what, whom anybody may ring.

A floor is read from `floors/NATION.yml` over `floors/everywhere.yml` (Signpost's own rules, which claim no
law); a nation's line takes the place of one of the same id. A policy may name more people, never fewer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.reporting.people import Contacts, Family
from bot.reporting.report import About
from bot.reporting.route import Origin, Ring
from knowledge.rules import Kind, Role, Slug, Text
from knowledge.yamlfile import Fault, Refused, parse

_FLOORS = files("bot.reporting").joinpath("floors")
_EVERYWHERE = "everywhere"


class Post(StrEnum):
    """What somebody whom a report is, or may be, about does here, as far as it changes who hears of it.

    CHAIR is whoever hears concerns about the head or the executive; STAFF is anybody known to work here.
    """

    HEAD = "head"
    EXECUTIVE = "executive"
    CHAIR = "chair"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the floor asks of a report.

    `adult`: an adult is or may be involved; `named`: somebody in the schools file is known to be its subject;
    `reachable`: there is somebody here who may be told of it.
    """

    kind: Kind
    family: Family
    about: About
    posts: frozenset[Post]
    danger: bool
    image: bool
    adult: bool
    named: bool
    reachable: bool = True


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Value):
    """A piece of guidance: its edition, since when it holds, when a person last held the lines against it."""

    title: Text
    edition: Text | None
    in_force_from: date
    last_checked: date
    next_edition_due: date | None
    checked_against: Text


class Body(_Value):
    """Somebody outside whom people may ring: a fixed number, or one of the school's own contacts.

    Without a number and without words to show `otherwise`, the body isn't shown at all.
    """

    name: Text
    number: Text | None = None
    contact: Literal["lado", "social_care", "social_care_out_of_hours", "police", "emergency"] | None = None
    otherwise: Text | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.number is None) is (self.contact is None):
            raise ValueError("give either `number` or `contact`")
        return self

    def reached(self, contacts: Contacts) -> str | None:
        """The number to show in a school with these contacts."""
        if self.contact is None:
            return self.number
        own: str | None = getattr(contacts, self.contact)
        return own or self.otherwise


class When(_Value):
    """Which reports a line is for: all that is given has to hold; nothing given means every report."""

    kinds: frozenset[Kind] | None = None
    families: frozenset[Family] | None = None
    about: frozenset[About] | None = None
    subject: frozenset[Post] | None = None
    danger: bool | None = None
    image: bool | None = None
    adult: bool | None = None
    named: bool | None = None
    reachable: bool | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether a report is one of those."""
        if self.kinds is not None and facts.kind not in self.kinds:
            return False
        among = (
            (self.families, facts.family),
            (self.about, facts.about),
        )
        truths = (
            (self.danger, facts.danger),
            (self.image, facts.image),
            (self.adult, facts.adult),
            (self.named, facts.named),
            (self.reachable, facts.reachable),
        )
        return (
            all(wanted is None or value in wanted for wanted, value in among)
            and all(wanted is None or wanted is value for wanted, value in truths)
            and (self.subject is None or bool(self.subject & facts.posts))
        )


class Line(_Value):
    """One line of a floor.

    `tells` hear of it (`must`: one of each has to acknowledge), of `tells_one_of` the first that somebody
    holds who hears of it in no other role, of `tops_up` as many as make `at_least` people. `technical`: they
    are shown the fault and nothing else. `withholds` don't hear of it, whoever names them. `ring`: body and
    reason.
    """

    id: Slug
    when: When = When()
    tells: tuple[Role, ...] = ()
    tells_one_of: tuple[Role, ...] = ()
    tops_up: tuple[Role, ...] = ()
    must: bool = True
    technical: bool = False
    withholds: tuple[Role, ...] = ()
    ring: Mapping[str, Text] = Field(default_factory=dict)
    at_least: Annotated[int, Field(ge=1)] = 1
    source: Text
    part: Text | None = None
    says: Text

    @property
    def by_kind(self) -> bool:
        """Whether it speaks of kinds of report, and not of whom one happens to be about."""
        return self.when.kinds is not None and self.when.subject is None


class Floor(_Value):
    """A nation's floor. Where it isn't `written`, `statement` says so to everybody."""

    schema_: Literal[1] = Field(alias="schema")
    nation: Text
    written: bool
    statement: Text | None = None
    sources: Mapping[str, Source]
    bodies: Mapping[str, Body] = Field(default_factory=dict)
    lines: tuple[Line, ...]

    @model_validator(mode="after")
    def _says_what_is_missing(self) -> Self:
        if not self.written and not self.statement:
            raise ValueError("a floor that isn't written needs a `statement`")
        return self

    def lines_for(self, facts: Facts) -> tuple[Line, ...]:
        """The lines that hold for a report, in order."""
        return tuple(line for line in self.lines if line.when.holds(facts))

    def origin(self, line: Line) -> Origin:
        """On whose word a line stands: the guidance, its edition and part."""
        source = self.sources[line.source]
        edition = f"{source.title} {source.edition}" if source.edition else source.title
        return Origin(f"{edition}, {line.part}" if line.part else edition, line.says)

    def rings(self, lines: tuple[Line, ...], contacts: Contacts) -> tuple[Ring, ...]:
        """The bodies that lines show, each once, the most urgent first (the order of `bodies`)."""
        found: dict[str, Ring] = {}
        for line in lines:
            for body, why in line.ring.items():
                number = self.bodies[body].reached(contacts)
                if number is not None:
                    found.setdefault(body, Ring(self.bodies[body].name, number, why, self.origin(line)))
        return tuple(found[body] for body in self.bodies if body in found)

    def stale(self, today: date) -> tuple[Line, ...]:
        """The lines whose source should have a newer edition by now: somebody has to check them."""
        dates = {name: source.next_edition_due for name, source in self.sources.items()}
        due = {name for name, day in dates.items() if day is not None and day <= today}
        return tuple(line for line in self.lines if line.source in due)


@cache
def shipped_floor(nation: str) -> Floor:
    """A nation's floor. Raises `KeyError` for a nation that has no file, `Refused` for a faulty one."""
    if nation not in shipped_nations():
        raise KeyError(nation)
    return over(_read(nation), _read(_EVERYWHERE))


@cache
def shipped_nations() -> tuple[str, ...]:
    """The nations that have a file, in alphabetical order."""
    names = (entry.name for entry in _FLOORS.iterdir() if entry.name.endswith(".yml"))
    return tuple(sorted({name.removesuffix(".yml") for name in names} - {_EVERYWHERE}))


def over(floor: Floor, base: Floor) -> Floor:
    """A floor laid over another: its lines first, and in the place of those of the same id.

    Raises `Refused` where a line names a source or a body that neither has.
    """
    own = {line.id for line in floor.lines}
    laid = floor.model_copy(
        update={
            "sources": {**base.sources, **floor.sources},
            "bodies": {**base.bodies, **floor.bodies},
            "lines": (*floor.lines, *(line for line in base.lines if line.id not in own)),
        }
    )
    faults = [Fault(f"{floor.nation}.yml", 1, what, "Name one that is there") for what in _dangling(laid)]
    if faults:
        raise Refused(faults)
    return laid


def read_floor(text: str, file: str) -> Floor:
    """Read one file of a floor. Raises `Refused` with every fault found."""
    found = parse(text, file)
    faults = list(found.faults)
    try:
        floor = Floor.model_validate(found.data)
    except ValidationError as error:
        for problem in error.errors():
            where = ".".join(map(str, problem["loc"])) or "the floor"
            faults.append(Fault(file, found.line(problem["loc"]), f"{where}: {problem['msg']}", "Correct it"))
        raise Refused(faults) from error
    ids = [line.id for line in floor.lines]
    faults.extend(
        Fault(file, found.line(("lines", place)), f"{name!r} is a line already", "Give it its own id")
        for place, name in enumerate(ids)
        if name in ids[:place]
    )
    if faults:
        raise Refused(faults)
    return floor


def _dangling(floor: Floor) -> Iterator[str]:
    for line in floor.lines:
        if line.source not in floor.sources:
            yield f"{line.id}: there is no source {line.source!r}"
        for body in line.ring:
            if body not in floor.bodies:
                yield f"{line.id}: there is no body {body!r}"


def _read(name: str) -> Floor:
    source = _FLOORS.joinpath(f"{name}.yml")
    return read_floor(source.read_text(encoding="utf-8"), f"bot/reporting/floors/{name}.yml")
