"""Schools files for the drills: Oakfield with a ladder of seconds, and a trust of many recipients."""

import re
from collections.abc import Iterator

from tests.bot.reporting.oakfield import OAKFIELD

DSL, PRINCIPAL, TEACHER = "p", "h", "t"
"""Before the school's number, these make the ids of the people that each school of `many_recipients` has."""
_WITHIN = re.compile(r"within: *\w+")
_CALENDAR = re.compile(r"^calendar:\n(?:[ #].*\n)*", re.MULTILINE)
_SOUNDS = "bri cho dru fen gol hax jor kel lum mav nox pim quo ruv".split()
_FOR_ALL = (
    "deputy_dsl deputy_head slt executive trust_safeguarding dpo governors about_head about_executive "
    "vice_chair administrator policy_owner"
).split()


def fast_schools(*, step: str = "2s", calendar: bool = False) -> str:
    """Oakfield with every step of every ladder as long as `step`.

    Without its calendar, unless asked: who is told would otherwise depend on the hour at which tests run.
    """
    text = _WITHIN.sub(f"within: {step}", OAKFIELD)
    return text if calendar else _CALENDAR.sub("", text)


def many_recipients(count: int, *, step: str = "1h") -> str:
    """A trust of `count` schools, whose reports go to `count` different people at least.

    School `s0` has `p0` as its DSL, `h0` as its principal and `t0`, who teaches there and reports; `s1` has
    `p1`, and so on. Everybody else works for the whole trust and goes by their role: `deputy_dsl`,
    `administrator` … Ladders and contacts are Oakfield's.
    """
    whole = fast_schools(step=step)
    return "".join(_lines(count)) + whole[whole.index("\ncontacts:\n") :]


def _lines(count: int) -> Iterator[str]:
    yield "trust: {id: many, name: Many, nation: england, policy: dartmoor, timezone: Europe/London}\n"
    yield "schools:\n"
    yield from (f"  - {{id: s{number}, name: School {_name(number)}}}\n" for number in range(count))
    yield "people:\n"
    yield from (_person(kind, number) for number in range(count) for kind in (DSL, PRINCIPAL, TEACHER))
    for role in _FOR_ALL:
        yield f"  - {{id: {role}, name: {role.replace('_', ' ').title()}, email: {role}@many.example}}\n"
    yield "roles:\n"
    for number in range(count):
        yield f"  - {{role: dsl, school: s{number}, people: [{DSL}{number}]}}\n"
        yield f"  - {{role: principal, school: s{number}, people: [{PRINCIPAL}{number}]}}\n"
    yield from (f"  - {{role: {role}, people: [{role}]}}\n" for role in _FOR_ALL)


def _person(kind: str, number: int) -> str:
    first = {DSL: "Delwyn", PRINCIPAL: "Hestia", TEACHER: "Tavish"}[kind]
    name = f"{first} {_name(number)}{kind}ski"
    return (
        f"  - {{id: {kind}{number}, name: {name}, email: {kind}{number}@many.example, school: s{number}}}\n"
    )


def _name(number: int) -> str:
    """A made-up name of four syllables, another one for each number up to 38,415, and no word of English."""
    syllables = [_SOUNDS[number // len(_SOUNDS) ** place % len(_SOUNDS)] for place in range(4)]
    return "".join(syllables).capitalize()
