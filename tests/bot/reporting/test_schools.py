"""The schools file: whole or not at all, every fault at once with its line and what to do."""

from contextlib import suppress
from datetime import date, time, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.reporting.people import Absence, Family, Span
from bot.reporting.schools import LARGEST, load_schools, read_schools
from knowledge.rules import Role, Urgency
from knowledge.yamlfile import Refused
from tests.bot.reporting.oakfield import OAKFIELD, directory

EXAMPLE = Path(__file__).parents[3] / "examples" / "schools.yml"


def _changed(old: str, new: str) -> str:
    assert OAKFIELD.count(old) == 1, old
    return OAKFIELD.replace(old, new)


def _faults(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        read_schools(text, "schools.yml")
    return [str(fault) for fault in refused.value.faults]


def test_a_whole_file_becomes_a_directory() -> None:
    read = directory()
    assert read.digest == sha256(OAKFIELD.encode()).hexdigest()
    assert (read.trust.name, read.trust.nation, read.trust.timezone) == (
        "Oakfield Academy Trust",
        "england",
        "Europe/London",
    )
    assert len(read.people) == 23
    assert read.people["tom"].manager == "omar"
    assert dict(read.people["priya"].accounts).keys() == {"slack", "teams"}
    assert read.ladder(Family.CHILD, Urgency.IMMEDIATE)[2].alert == (Role.EXECUTIVE,)
    assert read.calendar is not None
    assert (read.calendar.opens, read.calendar.closes) == (time(8), time(17))
    assert read.calendar.terms[0] == Span(date(2026, 9, 2), date(2026, 10, 23))


def test_the_example_passes_and_has_every_family_and_urgency() -> None:
    read = load_schools(EXAMPLE)
    assert {family: set(ladders) for family, ladders in read.ladders.items()} == {
        family: set(Urgency) for family in Family
    }
    assert set(Role) - {role for person in read.people for role in read.roles_of(person)} == {
        Role.POLICE,
        Role.LINE_MANAGER,
    }


def test_the_example_is_fictional() -> None:
    read = load_schools(EXAMPLE)
    addresses = [person.email for person in read.people.values() if person.email]
    assert len(addresses) == len(read.people)
    assert all(address.endswith(".example") for address in addresses)
    numbers = [number for number in EXAMPLE.read_text(encoding="utf-8").split('"') if number.startswith("0")]
    assert all(number.startswith("01632 960") for number in numbers if " " in number)


def test_an_entra_object_id_is_the_same_in_either_case_of_letters() -> None:
    read = read_schools(_changed("teams: 7b1c0000", "teams: 7B1C0000"), "schools.yml")
    assert read.by_account("teams", "7b1c0000-0000-4000-8000-000000000001") == read.people["priya"]


def test_absences_leaving_and_preference_are_read() -> None:
    tom = "slack: U0TOM,\n     manager: omar}"
    text = _changed(
        tom, f"{tom[:-1]}, away: [{{from: 2026-10-01, to: 2026-10-05}}], left: 2026-12-19, prefers: slack}}"
    )
    person = read_schools(text, "schools.yml").people["tom"]
    assert person.away == (Absence(date(2026, 10, 1), date(2026, 10, 5)),)
    assert (person.left, person.prefers) == (date(2026, 12, 19), "slack")


def test_a_school_lays_its_own_contacts_over_the_trusts() -> None:
    high = directory().schools["oak-high"].contacts
    assert (high.dsl_phone, high.social_care, high.police) == ("01632 960013", "01632 960001", "101")


def test_ten_faults_are_ten_clear_lines() -> None:
    text = OAKFIELD
    for old, new in (
        ("nation: england", "nation: englnd"),
        ("Europe/London", "Europe/Lodnon"),
        ("school: oak-primary, slack: U0SAM", "school: oak-primry, slack: U0SAM"),
        ("ruth@oakfield.example", "ruth at oakfield"),
        ("U0HELEN", "U0RUTH"),
        ("name: Colin Yardley", "nmae: Colin Yardley"),
        ("people: [omar, ruth]", "people: [omr, ruth]"),
        ("within: 10m", "within: ten minutes"),
        ("{tell: [vice_chair,", "{tell: [principal,"),
        ("from: 2026-11-02", "from: 2026-12-20"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(Refused) as refused:
        read_schools(text, "s.yml")
    assert str(refused.value) == _TEN


_TEN = """\
s.yml:2: trust.nation: 'englnd' is not known. Use 'england', 'wales', 'scotland' or 'ni'
s.yml:2: trust.timezone: 'Europe/Lodnon' is no time zone. Write Europe/London
s.yml:12: people.2.school: 'oak-primry' is no id in `schools`. Did you mean 'oak-primary'?
s.yml:14: people.4.email: 'ruth at oakfield' is no e-mail address. Write it as in priya@oakfield.example
s.yml:15: people.5.slack: 'U0RUTH' stands in line 14 too. Leave it to one of them
s.yml:32: people.21.nmae: this key is not known. Did you mean 'name'?
s.yml:37: roles.2.people.1: 'omr' is no id in `people`. Did you mean 'omar'?
s.yml:73: ladders.child.immediate.3.within: 'ten minutes' is no duration. Write it as in 2s, 15m, 1h or 2d
s.yml:86: ladders.head.immediate.2.tell.1: a concern about the head can't go to the principal. Tell about_head
s.yml:101: calendar.terms.2: it ends on 2026-12-18, before it begins. Let `to` be `from` or later"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("calendar:", "calender:", "calender: this part is not known. Did you mean 'calendar'?"),
        ("id: ruth,", "id: omar,", "people.4.id: 'omar' stands in line 13 too"),
        ("id: oak-high\n", "id: oak-primary\n", "schools.2.id: 'oak-primary' stands in line 4 too"),
        ("bea@oakfield", "Lena@oakfield", "people.20.email: 'Lena@oakfield.example' stands in line 29 too"),
        ("Victor Lindley", "Príya  NAIR", "people.23.name: 'Príya  NAIR' stands in line 10 too"),
        ("Victor Lindley", "mrs nair", "people.23.name: 'mrs nair' stands in line 10 too"),
        ("Victor Lindley", "'123'", "people.23.name: '123' has no letters"),
        ("Victor Lindley", '"Vic\\nLindley"', "it has characters that nobody can see"),
        ("Victor Lindley", "''", "people.23.name: it is blank"),
        ("id: vic,", "id: 'vic k',", "people.23.id: 'vic k' is no id"),
        ("slack: U0VIC", "slack: '@vic'", "people.23.slack: '@vic' is no account id"),
        ("slack: U0VIC", "slack: 12", "people.23.slack: 12 is no text. Put it in quotes"),
        ("manager: omar", "manager: tom", "nobody is their own manager"),
        ("manager: omar", "manager: omarr", "'omarr' is no id in `people`. Did you mean 'omar'?"),
        ("manager: omar", "left: 2026-02-30x", "people.6.left: '2026-02-30x' is no date"),
        ("manager: omar", "left: 2026", "people.6.left: 2026 is no date"),
        ("manager: omar", "prefers: email", "people.6.prefers: 'email' is not known. Use 'slack' or 'teams'"),
        (
            "manager: omar",
            "away: [{from: 2026-10-05, to: 2026-10-01}]",
            "it ends on 2026-10-01, before it begins",
        ),
        ("manager: omar", "away: [{from: 2026-10-05}]", "people.6.away.1.to: it is missing"),
        ("{role: dpo,", "{role: dpoo,", "roles.20.role: 'dpoo' is no role. Did you mean 'dpo'?"),
        ("{role: dpo,", "{role: police,", "nobody holds 'police' in this file"),
        ("{role: dpo,", "{role: line_manager,", "give each person their `manager`"),
        ("people: [dan]", "people: [dan, dan]", "roles.20.people.2: 'dan' stands here twice"),
        ("people: [dan]", "people: dan", "roles.20.people: 'dan' is no list"),
        ("- {role: dsl, school: oak-high, people: [lena]}", "", "'oak-high' has no dsl"),
        ("- {role: principal, school: oak-high, people: [marcus]}", "", "'oak-high' has no principal"),
        (
            "about_head, school: oak-high, people: [gail]",
            "about_head, school: oak-high, people: []",
            "no about_head",
        ),
        ("- {role: about_executive, people: [trust_chair]}", "", "nobody hears concerns about the executive"),
        (
            "about_head, school: oak-high, people: [gail]",
            "about_head, people: [gail, marcus]",
            "'marcus' is also principal",
        ),
        (
            "about_executive, people: [trust_chair]",
            "about_executive, people: [ceo]",
            "'ceo' is also executive",
        ),
        (
            'dsl_phone: "01632 960003"\n',
            "dsl_phone:\n",
            "there is no number that reaches a safeguarding lead",
        ),
        ('  lado: "Oakshire LADO, 01632 960000"\n', "", "every English school may have to ring"),
        ('social_care: "01632 960001"', 'social_care: ""', "contacts.social_care: it is blank"),
        ('police: "101"', "police: 101", "contacts.police: 101 is no text. Put it in quotes"),
        ("within: 10m", "within: 0m", "'0m' is no duration"),
        ("within: 10m", "within: 400d", "400d is longer than a year"),
        ("tell: [route, dsl]", "tell: [route, dls]", "ladders.child.immediate.1.tell.2: 'dls' is no role"),
        ("alert: [executive]", "alert: [exec]", "ladders.child.immediate.3.alert.1: 'exec' is no role"),
        ("alert: [about_executive]", "alert: [slt]", "a concern about the head can't go to the slt"),
        (
            "    routine:",
            "    rutine:",
            "ladders.other.rutine: this key is not known. Did you mean 'routine'?",
        ),
        ("  other:\n", "  others:\n", "there is no ladder for other"),
        ('"08:00-17:00"', '"17:00-08:00"', "calendar.hours: '17:00-08:00' are no opening hours"),
        ("[mon, tue, wed, thu, fri]", "[mon, tues]", "calendar.days.2: 'tues' is not known"),
        ("from: 2027-01-04", "from: 2026-12-01", "it begins before the term to 2026-12-18 is over"),
        ("holidays: england-and-wales", "holidays: england", "calendar.holidays: 'england' is not known"),
    ],
)
def test_a_fault_says_what_is_wrong_and_what_to_do(old: str, new: str, said: str) -> None:
    told = _faults(_changed(old, new))
    assert [line for line in told if said in line], told


def test_one_slip_is_one_fault() -> None:
    assert len(_faults(_changed("manager: omar", "manger: omar"))) == 1
    assert len(_faults(_changed("Victor Lindley", "mrs nair"))) == 1
    assert len(_faults(_changed("people: [omar, ruth]", "people: [omarr, ruth]"))) == 1


def test_a_faulty_entry_hides_no_clash_with_another() -> None:
    text = _changed("ruth@oakfield.example", "ruth at oakfield").replace("U0RUTH", "U0OMAR")
    assert len(_faults(text)) == 2


@pytest.mark.parametrize("nation", ["wales", "scotland", "ni"])
def test_a_lado_is_needed_in_england_alone(nation: str) -> None:
    text = _changed('lado: "Oakshire LADO, 01632 960000"', "").replace("nation: england", f"nation: {nation}")
    assert read_schools(text, "schools.yml").contacts.lado is None


def test_a_vacancy_in_any_other_role_is_no_fault() -> None:
    text = _changed("{role: deputy_dsl, school: oak-high, people: [bea]}", "{role: deputy_dsl, people: []}")
    assert read_schools(text, "schools.yml").holders(Role.DEPUTY_DSL, "oak-high") == ()


def test_the_calendar_may_be_left_out() -> None:
    assert read_schools(OAKFIELD[: OAKFIELD.index("calendar:")], "schools.yml").calendar is None


def test_a_policy_is_checked_where_the_known_ones_are_given() -> None:
    assert read_schools(OAKFIELD, "schools.yml", known_policies=["dartmoor", "rack-house"])
    with pytest.raises(Refused, match="'rack-house' is no policy here"):
        read_schools(OAKFIELD, "schools.yml", known_policies=["dartmoor"])


def test_a_duration_is_wall_clock() -> None:
    routine = directory().ladder(Family.OTHER, Urgency.ROUTINE)
    assert [step.within for step in routine] == [timedelta(hours=48)] * 2


@pytest.mark.parametrize(
    "text", ["", "[]", "just words", "a: [", "\t", "trust: 1", "people: [1, {id: 2}, []]"]
)
def test_what_is_no_schools_file_is_refused(text: str) -> None:
    assert _faults(text)


def test_a_megabyte_is_too_large_and_said_in_one_line(tmp_path: Path) -> None:
    long = OAKFIELD + "#" * LARGEST
    assert len(_faults(long)) == 1
    (tmp_path / "schools.yml").write_text(long)
    with pytest.raises(Refused, match="too large"):
        load_schools(tmp_path / "schools.yml")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_what_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "schools.yml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refused, match="cannot be read"):
        load_schools(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "schools.yml").write_text(OAKFIELD, encoding="utf-8-sig")
    assert load_schools(tmp_path / "schools.yml") == directory()


_LINES = OAKFIELD.splitlines()
_VALUES = some.sampled_from(
    ["", "null", "[]", "{}", "1", "2026-13-01", "x", "[[{}]]", "{a: {b: 1}}", "0x1F", "'"]
)


@given(some.integers(0, len(_LINES) - 1), some.integers(0, 200), _VALUES)
def test_any_change_to_a_line_is_read_or_refused_with_a_line_and_a_remedy(
    place: int, column: int, value: str
) -> None:
    line = _LINES[place]
    start = line.rfind(" ", 0, column) + 1
    text = "\n".join((*_LINES[:place], f"{line[:start]}{value}{line[column:]}", *_LINES[place + 1 :]))
    try:
        read_schools(text, "schools.yml")
    except Refused as refused:
        faults = refused.faults
    else:
        return
    assert all(fault.line >= 1 and fault.what and fault.remedy for fault in faults)


@given(some.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Refused):
        read_schools(text, "schools.yml")
