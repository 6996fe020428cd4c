"""The floor is data: what England's says and from when, and that no other nation is given England's law."""

from datetime import date

import pytest

from bot.reporting.floor import Facts, Floor, over, read_floor, shipped_floor, shipped_nations
from bot.reporting.people import Contacts, Family
from bot.reporting.report import About
from knowledge.rules import Kind, Role
from knowledge.yamlfile import Refused

SMALL = """\
schema: 1
nation: atlantis
written: true
sources:
  code:
    title: Code
    edition: "1"
    in_force_from: 2025-09-01
    last_checked: 2026-01-05
    next_edition_due: 2026-09-01
    checked_against: the page
bodies:
  guard: {name: the guard, number: "100"}
  council: {name: the council, contact: social_care}
lines:
  - id: a-child
    when: {danger: true}
    tells: [dsl]
    ring: {guard: now, council: soon}
    source: code
    says: Tell them.
"""
CALM = Facts(
    kind=Kind.PRESS,
    family=Family.OTHER,
    about=About.NOBODY,
    posts=frozenset(),
    danger=False,
    image=False,
    adult=False,
    named=False,
)
OTHERS = ("ni", "scotland", "wales")


def _faults(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        read_floor(text, "atlantis.yml")
    return [str(fault) for fault in refused.value.faults]


def _everything_said(floor: Floor) -> str:
    return floor.model_dump_json().lower()


def test_every_nation_has_a_floor() -> None:
    assert shipped_nations() == ("england", *OTHERS)


def test_a_nation_without_a_file_is_no_nation() -> None:
    with pytest.raises(KeyError):
        shipped_floor("atlantis")


def test_only_england_is_written() -> None:
    assert shipped_floor("england").statement is None
    for nation in OTHERS:
        floor = shipped_floor(nation)
        assert not floor.written
        assert "not yet written" in (floor.statement or "")
        assert "999" in (floor.statement or "")


@pytest.mark.parametrize("nation", OTHERS)
@pytest.mark.parametrize("word", ["lado", "kcsie", "ukcis", "nspcc"])
def test_no_other_nation_is_told_of_englands_law_or_bodies(nation: str, word: str) -> None:
    assert word in _everything_said(shipped_floor("england"))
    assert word not in _everything_said(shipped_floor(nation))


@pytest.mark.parametrize("nation", shipped_nations())
def test_every_line_says_its_source_and_its_dates(nation: str) -> None:
    floor = shipped_floor(nation)
    for line in floor.lines:
        source = floor.sources[line.source]
        assert source.in_force_from <= source.last_checked
        assert source.checked_against
        assert floor.origin(line).source.startswith(source.title)


def test_a_line_is_stale_from_the_day_its_newer_edition_is_due() -> None:
    floor = over(read_floor(SMALL, "atlantis.yml"), read_floor(SMALL, "atlantis.yml"))
    assert floor.stale(date(2026, 8, 31)) == ()
    assert [line.id for line in floor.stale(date(2026, 9, 1))] == ["a-child"]


def test_kcsie_is_due_each_september_and_the_nudes_advice_is_not() -> None:
    floor = shipped_floor("england")
    due = floor.sources["kcsie"].next_edition_due
    assert due is not None
    assert (due.month, due.day) == (9, 1)
    assert {line.source for line in floor.stale(due)} == {"kcsie"}


def test_the_numbers_people_ring_are_the_right_ones() -> None:
    bodies = shipped_floor("england").bodies
    numbers = {name: bodies[name].reached(Contacts()) for name in bodies}
    assert numbers["emergency"] == "999"
    assert numbers["nspcc_helpline"] == "0808 800 5000"
    assert numbers["nspcc_whistleblowing"] == "0800 028 0285"
    assert numbers["professionals_helpline"] == "0344 381 4772"


def test_the_lado_is_the_schools_own_and_never_left_blank() -> None:
    lado = shipped_floor("england").bodies["lado"]
    assert lado.reached(Contacts(lado="Oakshire LADO, 01632 960000")) == "Oakshire LADO, 01632 960000"
    assert "website" in (lado.reached(Contacts()) or "")


def test_a_contact_that_the_school_has_not_given_is_not_shown() -> None:
    floor = read_floor(SMALL, "atlantis.yml")
    shown = floor.rings(floor.lines, Contacts())
    assert [ring.whom for ring in shown] == ["the guard"]
    known = floor.rings(floor.lines, Contacts(social_care="01632 960001"))
    assert [(ring.whom, ring.number) for ring in known] == [
        ("the guard", "100"),
        ("the council", "01632 960001"),
    ]


@pytest.mark.parametrize("nation", shipped_nations())
def test_999_stands_first_on_every_report(nation: str) -> None:
    floor = shipped_floor(nation)
    rings = floor.rings(floor.lines_for(CALM), Contacts())
    assert rings[0].number == "999"


def test_a_line_holds_only_where_all_it_asks_for_does() -> None:
    floor = shipped_floor("england")
    lines = {line.id: line for line in floor.lines}
    assert not lines["child-in-danger"].when.holds(CALM)
    assert lines["danger-first"].when.holds(CALM)
    assert lines["data-breach"].tells == (Role.DPO,)


def test_a_nations_line_takes_the_place_of_the_one_for_everywhere() -> None:
    heads = [line for line in shipped_floor("england").lines if line.id == "about-the-head"]
    assert [line.source for line in heads] == ["kcsie"]
    assert [line.id for line in shipped_floor("wales").lines].count("about-the-head") == 1


def test_a_faulty_floor_is_refused_with_every_line() -> None:
    faults = _faults(SMALL.replace("tells: [dsl]", "tells: [wizard]").replace("schema: 1", "schema: 2"))
    assert len(faults) == 2
    assert faults[0].startswith("atlantis.yml:1:")
    assert any("lines.0.tells.0" in fault for fault in faults)


def test_two_lines_of_one_id_are_a_fault() -> None:
    line = SMALL[SMALL.index("  - id: a-child") :]
    (fault,) = _faults(SMALL + line)
    assert "'a-child' is a line already" in fault


def test_a_body_has_one_way_to_be_reached() -> None:
    (fault,) = _faults(SMALL.replace('number: "100"', 'number: "100", contact: police'))
    assert "either `number` or `contact`" in fault


def test_a_floor_that_is_not_written_has_to_say_so() -> None:
    (fault,) = _faults(SMALL.replace("written: true", "written: false"))
    assert "statement" in fault


@pytest.mark.parametrize(
    ("whole", "broken"), [("source: code", "source: lore"), ("{guard: now", "{knight: now")]
)
def test_a_line_cannot_name_what_is_not_there(whole: str, broken: str) -> None:
    floor = read_floor(SMALL.replace(whole, broken), "atlantis.yml")
    with pytest.raises(Refused, match="there is no"):
        over(floor, floor)
