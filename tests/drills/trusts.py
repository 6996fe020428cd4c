"""Made-up trusts by chance: their people, who holds which role, and ladders of any shape that is allowed."""

from dataclasses import dataclass
from itertools import product
from random import Random

from bot.reporting.people import SUBORDINATES, Directory, Family
from bot.reporting.schools import read_schools
from knowledge.loader import shipped_policies
from knowledge.rules import Role, Urgency
from knowledge.yamlfile import Refused

_GIVEN = (
    "William Margaret Katherine Robert Elizabeth Nicholas Susan Thomas Jennifer Alexander Rebecca Michael "
    "Christopher Deborah Frederick Priya Omar Yasmin Kwame Mei Siobhan Anders Farah Tomasz Oluwaseun Ingrid"
).split()
_SURNAMES = (
    "Abernathy Bannister Cholmondeley Drakeford Eastwick Featherstone Galbraith Hollingworth Ibbotson Jessop "
    "Kilmarnock Lavenham Mountjoy Nethercott Okonkwo Prendergast Quarmby Rothwell Sotherby Tunnicliffe "
    "Underhill Vavasour Wolstenholme Yarborough Zellweger Adebayo Bhattacharya Chaudhry Dragomir Eriksen"
).split()
_TOLD = (
    *(Role.DSL, Role.DEPUTY_DSL, Role.PRINCIPAL, Role.DEPUTY_HEAD, Role.SLT, Role.TRUST_SAFEGUARDING),
    *(Role.EXECUTIVE, Role.GOVERNORS, Role.VICE_CHAIR, Role.HR, Role.DPO, Role.COMMUNICATIONS),
    *(Role.ABOUT_HEAD, Role.ABOUT_EXECUTIVE),
)
_CONTACTS = (
    'contacts: {dsl_phone: "01632 960003", lado: "Oakshire LADO, 01632 960000", social_care: "01632 960001", '
    'social_care_out_of_hours: "01632 960002", police: "101", emergency: "999"}'
)


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A trust, and the text of its schools file."""

    text: str
    directory: Directory


def made_up(chance: Random) -> MadeUp:
    """A trust that `signpost schools check` has nothing against."""
    while True:
        text = "\n".join(_lines(chance)) + "\n"
        try:
            return MadeUp(text, read_schools(text, "schools.yml"))
        except Refused:
            continue  # as where the chair of governors is a deputy head too: drawn again


def _lines(chance: Random) -> list[str]:
    schools = [f"s{number}" for number in range(chance.randint(1, 3))]
    people = [f"p{number}" for number in range(chance.randint(5, 14))]
    policy = chance.choice(shipped_policies())
    return [
        f"trust: {{id: t, name: Made Up, nation: england, policy: {policy}, timezone: Europe/London}}",
        "schools:",
        *(f"  - {{id: {school}, name: School {school.upper()}}}" for school in schools),
        "people:",
        *_people(chance, people, schools),
        "roles:",
        *_roles(chance, people, schools),
        _CONTACTS,
        "ladders:",
        *_ladders(chance),
    ]


def _people(chance: Random, people: list[str], schools: list[str]) -> list[str]:
    names = chance.sample(list(product(_GIVEN, _SURNAMES)), len(people))
    lines = []
    for number, (person, (given, surname)) in enumerate(zip(people, names, strict=True)):
        more = f", slack: U0{number:04}ABC, teams: 7b1c0000-0000-4000-8000-{number:012}"
        if chance.random() < 0.5:
            more += f", aliases: [{chance.choice(('Mr', 'Mrs', 'Dr'))} {surname} {given[0]}]"
        if chance.random() < 0.8:
            more += f", school: {chance.choice(schools)}"
        if chance.random() < 0.1:
            more += ", away: [{from: 2026-11-01, to: 2026-12-31}]"
        if chance.random() < 0.05:
            more += ", left: 2026-10-01"
        if chance.random() < 0.2:
            more += f", manager: {chance.choice([one for one in people if one != person])}"
        lines.append(f"  - {{id: {person}, name: {given} {surname}, email: {person}@made-up.example{more}}}")
    return lines


def _roles(chance: Random, people: list[str], schools: list[str]) -> list[str]:
    lines = [_holding(chance, Role.ABOUT_EXECUTIVE, None, people)]
    for role in _TOLD:
        places: list[str | None] = [*schools, None]
        for place in places:
            needed = place is not None and role in {Role.DSL, Role.PRINCIPAL, Role.ABOUT_HEAD}
            if needed or (chance.random() < 0.35 and (role, place) != (Role.ABOUT_EXECUTIVE, None)):
                lines.append(_holding(chance, role, place, people))
    lines.append(_holding(chance, Role.ADMINISTRATOR, None, people))
    lines.append(_holding(chance, Role.IT, None, people))
    return lines


def _holding(chance: Random, role: Role, school: str | None, people: list[str]) -> str:
    held = ", ".join(chance.sample(people, chance.choice((1, 1, 1, 2, 3))))
    where = f", school: {school}" if school else ""
    return f"  - {{role: {role.value}{where}, people: [{held}]}}"


def _ladders(chance: Random) -> list[str]:
    lines = []
    for family in Family:
        if family is not Family.OTHER and chance.random() < 0.25:
            continue
        lines.append(f"  {family.value}:")
        urgencies = [urgency for urgency in Urgency if chance.random() < 0.7] or [Urgency.IMMEDIATE]
        for urgency in urgencies:
            steps = ", ".join(_step(chance, family, number) for number in range(chance.randint(1, 4)))
            lines.append(f"    {urgency.value}: [{steps}]")
    return lines


def _step(chance: Random, family: Family, number: int) -> str:
    allowed = [role for role in _TOLD if family is not Family.HEAD or role not in SUBORDINATES]
    told = [role.value for role in chance.sample(allowed, chance.randint(1, 3))]
    if number == 0 or chance.random() < 0.3:
        told = ["route", *told] if chance.random() < 0.5 else ["route"]
    alerted = [role.value for role in chance.sample(allowed, chance.choice((0, 0, 1, 2)))]
    alert = f", alert: [{', '.join(alerted)}]" if alerted else ""
    return f"{{tell: [{', '.join(told)}]{alert}, within: {chance.choice(('5m', '15m', '2h'))}}}"
