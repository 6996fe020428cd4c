"""`signpost schools check`: what an IT person reads before anybody depends on the file."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.console.schools import schools
from tests.bot.reporting.oakfield import OAKFIELD

EXAMPLE = Path(__file__).parents[3] / "examples" / "schools.yml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "schools.yml"


def _checked(path: Path, *words: str) -> Result:
    return CliRunner().invoke(schools, ["check", str(path), *words])


def _as_json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_checked(path, "--json").output)
    return found


def test_the_example_has_no_faults() -> None:
    ran = _checked(EXAMPLE)
    assert ran.exit_code == 0
    assert ran.output.startswith("Oakfield Academy Trust: 2 schools, 23 people, 25 roles. No faults.\n")
    assert (
        "  child, immediate: tell whoever policy and floor name and the designated safeguarding lead; "
        "no answer in 5 minutes: tell a deputy safeguarding lead and the head; " in ran.output
    )


def test_faults_are_listed_with_line_and_remedy_and_nothing_else(file: Path) -> None:
    file.write_text(OAKFIELD.replace("people: [dan]", "people: [dann]").replace("U0HUGO", "U0NORA"))
    ran = _checked(file)
    assert ran.exit_code == 1
    assert ran.output == (
        f"{file}:28: people.17.slack: 'U0NORA' stands in line 27 too. Leave it to one of them\n"
        f"{file}:55: roles.20.people.1: 'dann' is no id in `people`. Did you mean 'dan'?\n"
        "2 faults\n"
    )


def test_faults_as_json(file: Path) -> None:
    file.write_text(OAKFIELD.replace("people: [dan]", "people: [dann]"))
    ran = _checked(file, "--json")
    assert ran.exit_code == 1
    assert json.loads(ran.output) == {
        "faults": [
            {
                "file": str(file),
                "line": 55,
                "what": "roles.20.people.1: 'dann' is no id in `people`",
                "remedy": "Did you mean 'dan'?",
            }
        ]
    }


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    ran = _checked(tmp_path / "nowhere.yml")
    assert ran.exit_code == 1
    assert "nowhere.yml:1: it cannot be read" in ran.output


def test_whoever_cannot_be_reached_is_named(file: Path) -> None:
    file.write_text(OAKFIELD.replace(", email: vic@oakfield.example, school: oak-high, slack: U0VIC", ""))
    assert _as_json(file)["unreachable"] == ["vic"]
    assert "Cannot be reached (no Slack, no Teams, no e-mail):\n  vic\n" in _checked(file).output


def test_roles_held_by_people_who_left_or_are_away_are_named(file: Path) -> None:
    away = "away: [{from: 2020-01-01, to: 2099-12-31}]"
    text = OAKFIELD.replace("slack: U0RUTH", f"slack: U0RUTH, {away}")
    file.write_text(text.replace("slack: U0DAN", "slack: U0DAN, left: 2020-01-01"))
    found = _as_json(file)
    assert found["vacant"] == [{"role": "dpo", "school": None, "here": [], "away": [], "left": ["dan"]}]
    assert {(one["role"], one["school"]) for one in found["away_or_left"]} == {
        ("dpo", None),
        ("deputy_dsl", "oak-primary"),
    }
    assert "  deputy_dsl (Oak Primary): omar, ruth (away)\n" in _checked(file).output
    assert "  dpo (the whole trust): dan (left)\n" in _checked(file).output


def test_a_ladders_role_that_nobody_holds_is_named(file: Path) -> None:
    file.write_text(OAKFIELD.replace("  - {role: deputy_head, school: oak-high, people: [colin]}\n", ""))
    assert _as_json(file)["held_by_nobody"] == [
        {"role": "deputy_head", "school": "oak-high", "ladders": ["adult"]}
    ]


def test_hours_that_nobody_covers_are_named(file: Path) -> None:
    away = "away: [{from: 2020-01-01, to: 2099-12-31}]"
    text = OAKFIELD.replace("slack: U0LENA", f"slack: U0LENA, {away}").replace(
        "slack: U0BEA", f"slack: U0BEA, {away}"
    )
    always = "  terms:\n    - {from: 2020-01-01, to: 2099-12-31}\n  holidays: england-and-wales\n"
    file.write_text(text[: text.index("  terms:")] + always)
    uncovered = _as_json(file)["uncovered"]
    assert {one["school"] for one in uncovered} == {"oak-high"}
    assert 16 <= len(uncovered) <= 20  # four weeks without weekends and a few bank holidays
    assert all(one["hours"] == 9 for one in uncovered)
    assert "-17:00\n" in _checked(file).output


def test_who_alone_holds_a_role_is_a_hint_unless_somebody_deputises(file: Path) -> None:
    file.write_text(OAKFIELD)
    alone = {(one["role"], one["school"]) for one in _as_json(file)["held_by_one"]}
    assert ("dpo", None) in alone
    assert ("dsl", "oak-primary") not in alone
    file.write_text(OAKFIELD.replace("  - {role: deputy_dsl, school: oak-high, people: [bea]}\n", ""))
    assert ("dsl", "oak-high") in {(one["role"], one["school"]) for one in _as_json(file)["held_by_one"]}


def test_what_is_seldom_meant_is_worth_a_look(file: Path) -> None:
    text = OAKFIELD[: OAKFIELD.index("calendar:")]
    for old, new in (
        ("  - {role: administrator, people: [ada]}\n", ""),
        ('  social_care_out_of_hours: "01632 960002"\n', ""),
        ("policy: rack-house", "policy: our-own"),
        ("{tell: [deputy_head]", "{tell: [dsl]"),
        ("- {tell: [route, dsl], within: 5m}", "- {tell: [dsl], within: 5m}"),
        ("nation: england", "nation: wales"),
    ):
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)
    hints = "\n".join(_as_json(file)["hints"])
    for said in (
        "nobody is administrator",
        "there is no calendar",
        "out of hours",
        "the policy 'our-own' doesn't come with Signpost",
        "the adult ladder tells the DSL",
        "the child ladder (immediate) does not begin with `route`",
        "whom only England has",
    ):
        assert said in hints
    assert "not known: there is no calendar" in _checked(file).output
