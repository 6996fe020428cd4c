"""The schools file changes under a running Signpost: taken over whole, or left aside with one alarm (S6)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.errors import NoSuchCaseError, RefusedActionError
from bot.messages import Alarm, RoleChanged, Trouble
from bot.reporting import handling, viewing
from bot.reporting.agreeing import NoSuchChangeError, agree
from bot.reporting.casefile import Actor
from bot.reporting.floor import shipped_floor
from bot.reporting.recusal import say_standing
from bot.reporting.report import Report, Standing
from bot.reporting.route import Route
from bot.reporting.routing import plan
from bot.reporting.schools import read_schools
from bot.reporting.schools_in_force import WATCHED, SchoolsInForce, remembered, reread
from knowledge.rules import Kind, Role
from storage import house
from storage.store import UnavailableError
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.reporting.stage import Sent, Stage
from tests.bot.reporting.tales import Tale

WORRY = Tale(Kind.ONLINE_SAFETY, reporter="tom")
NEW_LEAD = OAKFIELD.replace(
    "{role: dsl, school: oak-primary, people: [sam]}", "{role: dsl, school: oak-primary, people: [ruth]}"
)
SECOND_LEAD = OAKFIELD.replace(
    "{role: dsl, school: oak-primary, people: [sam]}", "{role: dsl, school: oak-primary, people: [sam, vera]}"
)


@pytest.fixture
def schools(stage: Stage, tmp_path: Path) -> SchoolsInForce:
    """Give Oakfield's file in force, as `serve` takes it over at its first start."""
    found = SchoolsInForce(read_schools(OAKFIELD, "schools.yml"))

    def planned(report: Report) -> Route:
        return plan(report, found.directory, None, shipped_floor("england"))

    stage.office = replace(stage.office, schools=found, plan=planned)
    assert save(stage, tmp_path, OAKFIELD)
    return found


def save(stage: Stage, folder: Path, written: str | bytes) -> bool:
    """Write the schools file anew and have it looked at."""
    path = folder / "schools.yml"
    path.write_bytes(written.encode() if isinstance(written, str) else written)
    schools = stage.office.schools
    assert isinstance(schools, SchoolsInForce)
    return reread(stage.office, schools, path, now=stage.after(seconds=2))


def changes(stage: Stage) -> list[tuple[str, str, str]]:
    """Who is new in which role at which school, and not agreed to yet."""
    with stage.office.store.reading() as session:
        return sorted((one.person, one.role, one.school) for one in house.role_changes(session))


def alarms(sent: Sequence[Sent]) -> list[Trouble]:
    """What administrators are told of, each kind once."""
    return list(dict.fromkeys(one.message.trouble for one in sent if isinstance(one.message, Alarm)))


def test_the_first_file_is_kept_and_makes_nobody_new(stage: Stage, schools: SchoolsInForce) -> None:
    kept = remembered(stage.office.store, stage.office.keys)
    assert kept is not None
    assert kept.digest == schools.directory.digest
    assert changes(stage) == []
    assert stage.deliver() == []


def test_a_changed_file_is_in_force_at_once_and_kept(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    assert save(stage, tmp_path, NEW_LEAD)
    assert schools.directory.holders(Role.DSL, "oak-primary") == ("ruth",)
    kept = remembered(stage.office.store, stage.office.keys)
    assert kept is not None
    assert kept.digest == schools.directory.digest
    assert stage.deeds()[-1].action == "schools file"


def test_an_unchanged_file_is_not_looked_into_again(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    rows = len(stage.deeds())
    for _ in range(3):
        assert not reread(stage.office, schools, tmp_path / "schools.yml", now=stage.now)
    assert not save(stage, tmp_path, OAKFIELD)
    assert len(stage.deeds()) == rows


FAULTS: dict[str, str | bytes] = {
    "no YAML": "roles: [",
    "nobody is DSL": OAKFIELD.replace("role: dsl, school: oak-primary", "role: slt, school: oak-primary"),
    "an unknown policy": OAKFIELD.replace("policy: rack-house", "policy: made-up"),
    "not UTF-8": b"trust: \xff",
    "empty": "",
    "too large": OAKFIELD + "#" * 1_000_001,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_leaves_the_last_good_one_in_force_and_alarms_once(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path, fault: str
) -> None:
    good = schools.directory
    for _ in range(3):
        assert not save(stage, tmp_path, FAULTS[fault])
    assert schools.directory is good
    assert alarms(stage.deliver()) == [Trouble.SCHOOLS_FILE]
    assert [row.action for row in stage.deeds()].count("schools file faulty") == 1


def test_a_file_that_is_gone_leaves_the_last_good_one_in_force_and_alarms_once(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    (tmp_path / "schools.yml").unlink()
    for _ in range(3):
        assert not reread(stage.office, schools, tmp_path / "schools.yml", now=stage.now)
    assert alarms(stage.deliver()) == [Trouble.SCHOOLS_FILE]


def test_the_same_fault_alarms_again_once_it_was_mended_in_between(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    for written in (FAULTS["no YAML"], OAKFIELD, FAULTS["no YAML"]):
        save(stage, tmp_path, written)
    assert [row.action for row in stage.deeds()].count("schools file faulty") == 2
    assert schools.directory.digest == read_schools(OAKFIELD, "schools.yml").digest


def test_a_file_that_came_back_is_kept_as_the_one_in_force(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    assert save(stage, tmp_path, NEW_LEAD)
    assert save(stage, tmp_path, OAKFIELD)
    kept = remembered(stage.office.store, stage.office.keys)
    assert kept is not None
    assert kept.digest == schools.directory.digest


def test_a_database_that_cannot_keep_a_file_leaves_the_old_one_in_force(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    before = schools.directory
    with stage.office.store.writing() as session:
        session.connection().execute(text("ALTER TABLE audit RENAME TO audit_away"))
        session.commit()
    with pytest.raises((DBAPIError, UnavailableError)):
        save(stage, tmp_path, NEW_LEAD)
    assert schools.directory is before
    with stage.office.store.writing() as session:
        session.connection().execute(text("ALTER TABLE audit_away RENAME TO audit"))
        session.commit()
    assert save(stage, tmp_path, NEW_LEAD)
    assert changes(stage) == [("ruth", "dsl", "oak-primary")]


# Who is new in a role.


def test_somebody_new_in_a_safeguarding_role_is_told_to_the_head_and_the_lead_by_role_not_name(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    save(stage, tmp_path, SECOND_LEAD)
    assert changes(stage) == [("vera", "dsl", "oak-primary")]
    sent = stage.deliver()
    assert {one.person for one in sent} == {"helen", "sam"}
    for one in sent:
        assert isinstance(one.message, RoleChanged)
        assert "Vera" not in str(one.message)
        assert one.message.school == schools.directory.schools["oak-primary"].name


def test_the_new_holder_is_not_told_and_cannot_agree(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    save(stage, tmp_path, NEW_LEAD)
    (change,) = {one.message.change for one in stage.deliver() if isinstance(one.message, RoleChanged)}
    assert schools.directory.holders(Role.DSL, "oak-primary") == ("ruth",)
    for person in ("ruth", "sam", "tom"):
        with pytest.raises(NoSuchChangeError):
            agree(stage.office, change, Actor(person), now=stage.now)
    agree(stage.office, change, Actor("helen"), now=stage.now)
    assert changes(stage) == []


def test_new_cases_reach_them_at_once(stage: Stage, schools: SchoolsInForce, tmp_path: Path) -> None:
    save(stage, tmp_path, NEW_LEAD)
    reference = stage.report(WORRY)
    assert stage.told(reference) == list(schools.directory.holders(Role.DSL, "oak-primary"))
    stage.acknowledge(reference, "ruth")


def test_older_cases_reach_them_only_once_the_head_or_a_lead_has_agreed(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    reference = stage.report(WORRY)
    save(stage, tmp_path, SECOND_LEAD)
    for _ in range(6):
        stage.climb(reference)
        assert "vera" not in stage.told(reference)
    with pytest.raises(NoSuchCaseError):
        stage.do(viewing.open_case, reference, "vera")
    (change, *_) = [one.message.change for one in stage.deliver() if isinstance(one.message, RoleChanged)]
    agree(stage.office, change, Actor("sam"), now=stage.now)
    for _ in range(6):
        stage.climb(reference)
    assert "vera" in stage.told(reference)
    assert stage.do(viewing.open_case, reference, "vera")
    assert schools.directory.holders(Role.DSL, "oak-primary") == ("sam", "vera")


def test_an_older_case_cannot_be_handed_to_somebody_not_agreed_to(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    reference = stage.report(WORRY)
    stage.acknowledge(reference, "sam")
    save(stage, tmp_path, OAKFIELD.replace("people: [omar, ruth]", "people: [omar, ruth, pat]"))
    with pytest.raises(RefusedActionError, match="choose somebody else"):
        stage.do(handling.hand_over, reference, "sam", "pat")
    assert "pat" in schools.directory.holders(Role.DEPUTY_DSL, "oak-primary")


def test_somebody_only_mentioned_is_not_told_of_an_older_case_in_a_role_not_agreed_to(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    reference = stage.report(replace(WORRY, standings={"vera": Standing.OPEN}))
    save(stage, tmp_path, SECOND_LEAD)
    stage.do(say_standing, reference, "tom", ("vera", Standing.MENTIONED))
    assert "vera" not in stage.told(reference)
    assert "vera" in schools.directory.holders(Role.DSL, "oak-primary")


def test_a_role_given_back_opens_no_older_case_by_itself(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    reference = stage.report(WORRY)
    stage.acknowledge(reference, "sam")
    save(stage, tmp_path, NEW_LEAD)
    save(stage, tmp_path, OAKFIELD)
    with pytest.raises(NoSuchCaseError):
        stage.do(viewing.open_case, reference, "sam")
    assert schools.directory.holders(Role.DSL, "oak-primary") == ("sam",)
    assert ("sam", "dsl", "oak-primary") in changes(stage)


def test_whoever_held_a_role_at_the_school_is_not_new_for_holding_it_for_the_whole_trust(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    reference = stage.report(WORRY)
    stage.acknowledge(reference, "sam")
    save(stage, tmp_path, OAKFIELD.replace("roles:\n", "roles:\n  - {role: dsl, people: [sam]}\n"))
    assert changes(stage) == [("sam", "dsl", "oak-high")]
    assert stage.do(viewing.open_case, reference, "sam")
    assert len(schools.directory.schools) == 2


def test_somebody_new_for_the_whole_trust_is_one_change(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    save(stage, tmp_path, OAKFIELD.replace("roles:\n", "roles:\n  - {role: dsl, people: [vera]}\n"))
    assert changes(stage) == [("vera", "dsl", "")]
    assert {"helen", "sam", "marcus", "lena"} <= {one.person for one in stage.deliver()}
    assert Role.DSL in schools.directory.roles_of("vera")


def test_holding_a_role_at_one_school_only_from_now_on_is_nothing_new(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    whole = "{role: trust_safeguarding, people: [tessa]}"
    part = "{role: trust_safeguarding, school: oak-primary, people: [tessa]}"
    save(stage, tmp_path, OAKFIELD.replace(whole, part))
    assert changes(stage) == []
    assert schools.directory.holders(Role.TRUST_SAFEGUARDING, "oak-high") == ()


def test_roles_that_keep_no_one_safe_are_nobodys_affair(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    save(stage, tmp_path, OAKFIELD.replace("{role: it, people: [ivan]}", "{role: it, people: [pat]}"))
    assert changes(stage) == []
    assert Role.IT not in WATCHED
    assert Role.IT in schools.directory.roles_of("pat")


def test_what_changed_while_serve_was_down_is_noticed_at_the_next_start(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    reference = stage.report(WORRY)
    (tmp_path / "schools.yml").write_text(SECOND_LEAD, encoding="utf-8")
    started = SchoolsInForce(read_schools(SECOND_LEAD, "schools.yml"))
    stage.office = replace(stage.office, schools=started)
    assert reread(stage.office, started, tmp_path / "schools.yml", now=stage.after(seconds=1))
    assert changes(stage) == [("vera", "dsl", "oak-primary")]
    for _ in range(4):
        stage.climb(reference)
    assert "vera" not in stage.told(reference)
    assert schools.directory.digest != started.directory.digest


def test_two_replicas_that_see_the_same_change_note_it_once(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    other = SchoolsInForce(schools.directory)
    assert save(stage, tmp_path, SECOND_LEAD)
    second = replace(stage.office, schools=other, replica="two")
    assert not reread(second, other, tmp_path / "schools.yml", now=stage.after(seconds=1))
    assert other.directory.digest == schools.directory.digest
    assert len(changes(stage)) == 1


def test_a_file_of_old_that_this_version_cannot_read_holds_up_no_new_one(
    stage: Stage, schools: SchoolsInForce, tmp_path: Path
) -> None:
    from bot.reporting.office import HOUSE
    from storage.sealing import Place, seal

    with stage.office.work(stage.now) as work:
        key = work.office.data_key(work.session, HOUSE)
        assert key is not None
        digest = schools.directory.digest
        sealed = seal(key, "trust: [", Place("schools_file", digest, "sealed"))
        house.put_schools(work.session, digest, sealed, stage.now)
        work.done()
    assert save(stage, tmp_path, SECOND_LEAD)
    assert changes(stage) == [("vera", "dsl", "oak-primary")]
