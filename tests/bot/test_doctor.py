"""Everything that may be wrong with an installation is found, each with its remedy in one line."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import doctor
from bot.checkup import Checkup
from bot.doctor import Finding, Level
from bot.reporting.backups import LAST_BACKUP
from bot.reporting.casefile import Actor
from bot.reporting.floor import shipped_floor
from bot.reporting.office import Office
from bot.reporting.policies_in_force import check, publish
from bot.reporting.schools import read_schools
from bot.reporting.staffing import survey
from bot.settings import Settings, read_settings
from knowledge.loader import shipped_pack
from storage import cases, house, timers
from storage.migrating import migrate
from storage.store import commit
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.reporting.test_policies_in_force import TRUST
from tests.drills.breaking import file_locked, server_read_only
from tests.support.offices import a_report, hand_in, office_for
from tests.support.processes import LOOPBACK, free_port
from tests.support.smtp import MailSink

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TODAY = NOW.date()


def _bad(found: Iterable[Finding]) -> dict[Level, list[str]]:
    """What is wrong, by how bad it is; each has a remedy, and both are one line."""
    wrong: dict[Level, list[str]] = {Level.WARN: [], Level.FAULT: []}
    for one in found:
        assert "\n" not in one.what + one.remedy
        assert bool(one.remedy) is (one.level is not Level.OK), one
        if one.level is not Level.OK:
            wrong[one.level].append(one.what)
    return wrong


def _settings(**more: str) -> Settings:
    mail = {"SIGNPOST_SMTP_URL": "smtp://127.0.0.1:25", "SIGNPOST_MAIL_FROM": "s@oakfield.example"}
    return read_settings({**mail, **more}, Path("/nowhere"))


_CHAT = {"SIGNPOST_TEST": "1", "SIGNPOST_CONSOLE_URL": "http://127.0.0.1:9/notices"}


@pytest.mark.parametrize(
    ("more", "level", "words"),
    [
        ({"SIGNPOST_MAIL_FROM": ""}, Level.FAULT, "no sender"),
        ({"SIGNPOST_SMTP_URL": ""}, Level.FAULT, "nobody can be told"),
        ({"SIGNPOST_SMTP_URL": ""}, Level.WARN, "no server"),
        ({"SIGNPOST_SMTP_URL": "", **_CHAT}, Level.WARN, "no way past chat"),
        ({"SIGNPOST_SMTP_URL": "", "SLACK_BOT_TOKEN": "x"}, Level.FAULT, "nobody can be told"),
        ({"SIGNPOST_TEST": "1"}, Level.WARN, "SIGNPOST_TEST"),
        ({"SIGNPOST_HOST": "192.0.2.7"}, Level.WARN, "no proxy"),
    ],
)
def test_settings_that_do_not_go_together_are_found(more: dict[str, str], level: Level, words: str) -> None:
    assert any(words in what for what in _bad(doctor.of_settings(_settings(**more)))[level])


def test_good_settings_are_fine() -> None:
    assert _bad(doctor.of_settings(_settings())) == {Level.WARN: [], Level.FAULT: []}


def test_a_master_key_that_is_gone_is_a_fault_and_an_old_one_a_warning() -> None:
    def keys(age: int, known: str, in_use: str) -> dict[Level, list[str]]:
        found = doctor.of_keys(Path("k"), timedelta(days=age), known=known.split(), in_use=in_use.split())
        return _bad(found)

    assert "k1" in keys(1, "k2", "k1 k2")[Level.FAULT][0]
    assert "500 days" in keys(500, "k1", "k1")[Level.WARN][0]
    assert keys(1, "k1", "k1") == {Level.WARN: [], Level.FAULT: []}


def test_whatever_others_can_open_is_a_fault_with_the_command_that_closes_it(tmp_path: Path) -> None:
    (found,) = doctor.of_modes([(tmp_path, 0o40700), (tmp_path / "signpost.db", 0o100644)])
    assert found.level is Level.FAULT
    assert found.remedy == f"chmod 600 {tmp_path / 'signpost.db'}"


@pytest.mark.parametrize(
    ("free", "level"), [(5 * 10**9, Level.OK), (5 * 10**8, Level.WARN), (10**7, Level.FAULT)]
)
def test_a_disk_that_fills_up_is_told_before_it_is_full(free: int, level: Level) -> None:
    assert doctor.of_disk(Path("/data"), free).level is level


def _people(text: str = OAKFIELD, unreachable: tuple[str, ...] = ()) -> dict[Level, list[str]]:
    read = read_schools(text, "schools.yml")
    return _bad(doctor.of_people(read, survey(read, TODAY), unreachable, TODAY))


def test_a_recipient_whom_nothing_reaches_is_a_fault_and_anybody_else_a_warning() -> None:
    found = _people(unreachable=("sam", "tom"))
    assert any("sam" in what for what in found[Level.FAULT])
    assert any("tom" in what for what in found[Level.WARN])


def test_a_role_without_anybody_here_is_found() -> None:
    gone = OAKFIELD.replace("name: Ada Kowalski,", "name: Ada Kowalski, left: 2026-01-01,")
    assert any("administrator" in what for what in _people(gone)[Level.FAULT])


def test_school_days_without_any_safeguarding_lead_are_found() -> None:
    away = OAKFIELD
    for name in ("Sam Okafor", "Omar Haddad", "Ruth Bell"):
        away = away.replace(f"name: {name},", f"name: {name}, away: [{{from: 2026-12-01, to: 2026-12-02}}],")
    (what,) = (one for one in _people(away)[Level.FAULT] if "no DSL" in one)
    assert "oak-primary" in what
    assert "2 school days, first on 2026-12-01" in what


def test_somebody_recorded_as_unreachable_is_named_with_the_platform() -> None:
    (what,) = _bad(doctor.of_lost([("slack:sam", "gone", TODAY)]))[Level.WARN]
    assert what == "sam cannot be reached on slack since 2026-11-23 (gone)"


@pytest.mark.parametrize(
    ("found", "level"),
    [
        (doctor.of_tables("0002", "0002"), Level.OK),
        (doctor.of_tables(None, "0002"), Level.FAULT),
        (doctor.of_durability("2"), Level.OK),
        (doctor.of_durability("on"), Level.OK),
        (doctor.of_durability("1"), Level.FAULT),
        (doctor.of_durability("off"), Level.FAULT),
        (doctor.of_outbox(None, NOW), Level.OK),
        (doctor.of_outbox(NOW - timedelta(minutes=3), NOW), Level.WARN),
        (doctor.of_outbox(NOW - timedelta(hours=1), NOW), Level.FAULT),
        (doctor.of_backup(None, NOW), Level.WARN),
        (doctor.of_backup(NOW - timedelta(days=9), NOW), Level.WARN),
        (doctor.of_backup(NOW - timedelta(hours=20), NOW), Level.OK),
    ],
)
def test_what_stands_in_the_database_is_judged(found: Finding, level: Level) -> None:
    assert found.level is level
    assert bool(found.remedy) is (level is not Level.OK)


def test_cases_that_nothing_moves_and_that_nobody_answers_are_faults() -> None:
    assert len(_bad(doctor.of_cases(2, 1))[Level.FAULT]) == 2
    assert _bad(doctor.of_cases(0, 0)) == {Level.WARN: [], Level.FAULT: []}


def test_a_new_edition_of_the_guidance_is_due_each_year() -> None:
    floor = shipped_floor("england")
    due = max(source.next_edition_due for source in floor.sources.values() if source.next_edition_due)
    assert any("newer edition" in what for what in _bad(doctor.of_guidance(floor, due))[Level.WARN])
    assert _bad(doctor.of_guidance(floor, date(2020, 1, 1))) == {Level.WARN: [], Level.FAULT: []}
    assert any(
        "wales" in what for what in _bad(doctor.of_guidance(shipped_floor("wales"), TODAY))[Level.WARN]
    )


def test_a_policy_past_its_review_is_found() -> None:
    policy = shipped_pack("dartmoor").policy
    assert "dartmoor" in _bad(doctor.of_policies([policy], date(2099, 1, 1)))[Level.WARN][0]
    assert _bad(doctor.of_policies([policy], date(2000, 1, 1)))[Level.WARN] == []


def test_every_break_of_the_audit_is_a_fault() -> None:
    assert "row 7" in _bad(doctor.of_audit(9, ["row 7: edited"]))[Level.FAULT][0]


class _Place:
    """An installation in a folder, looked over as often as the test likes."""

    def __init__(self, office: Office, folder: Path, database_url: str) -> None:
        self.office, self.folder = office, folder
        self.settings: dict[str, str] = {
            "SIGNPOST_DATABASE_URL": database_url.replace("+psycopg", ""),
            "SIGNPOST_KEYS_FILE": str(folder / "keys.toml"),
            "SIGNPOST_SCHOOLS": str(folder / "schools.yml"),
            "SIGNPOST_DATA_DIR": str(folder),
        }
        folder.chmod(0o700)
        (folder / "schools.yml").write_text(OAKFIELD, encoding="utf-8")

    def look(self, **more: str) -> dict[Level, list[str]]:
        """What is wrong, by how bad it is."""
        return _bad(Checkup(read_settings({**self.settings, **more}, self.folder), (), NOW).findings())

    def write(self, change: Callable[[Any], object]) -> None:
        """Change the database."""
        with self.office.store.writing() as session:
            change(session)
            commit(session)


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Iterator[_Place]:
    office = office_for(database_url, tmp_path, OAKFIELD)
    with MailSink() as sink:
        made = _Place(office, tmp_path, database_url)
        made.settings["SIGNPOST_SMTP_URL"] = sink.url
        made.settings["SIGNPOST_MAIL_FROM"] = "signpost@oakfield.example"
        made.write(lambda session: house.put_fact(session, LAST_BACKUP, "made", NOW))
        yield made
    office.store.close()


def test_a_good_installation_has_no_fault(place: _Place) -> None:
    assert place.look()[Level.FAULT] == []


def test_a_server_that_is_away_a_faulty_schools_file_and_open_keys_are_all_found_at_once(
    place: _Place,
) -> None:
    (place.folder / "schools.yml").write_text("trust: {id: x}\n", encoding="utf-8")
    (place.folder / "keys.toml").chmod(0o644)
    found = place.look(SIGNPOST_SMTP_URL=f"smtp://{LOOPBACK}:{free_port()}")[Level.FAULT]
    for words in ("cannot be connected to", "schools.yml:", "open to others"):
        assert any(words in what for what in found), (words, found)


def test_what_the_database_holds_is_found(place: _Place) -> None:
    hand_in(place.office, a_report(), now=NOW - timedelta(hours=3))
    place.write(lambda session: house.drop_fact(session, LAST_BACKUP))
    change = {"id": "ab12cd34ef", "person": "ruth", "role": "dsl", "school": "", "at": NOW}
    place.write(lambda session: house.add_role_change(session, change))
    place.write(lambda session: house.note_lost(session, "email:helen", "refused", NOW))
    found = place.look()
    wrong = found[Level.FAULT] + found[Level.WARN]
    for words in ("has waited for 3 hours", "ruth is new", "no backup", "helen cannot be reached on email"):
        assert any(words in what for what in wrong), (words, wrong)
    assert any("nothing reaches helen" in what for what in found[Level.FAULT])


def test_a_case_that_nothing_moves_on_is_found(place: _Place) -> None:
    reference = hand_in(place.office, a_report(), now=NOW)

    def stop(session: Any) -> None:
        row = cases.by_reference(session, reference)
        assert row is not None
        timers.stop_timers(session, row.id)

    place.write(stop)
    assert any("nothing to move them on" in what for what in place.look()[Level.FAULT])


def test_an_edited_audit_is_found(place: _Place) -> None:
    hand_in(place.office, a_report(), now=NOW)
    place.write(lambda session: session.connection().exec_driver_sql("UPDATE audit SET actor = 'x'"))
    assert any("does not verify" in what for what in place.look()[Level.FAULT])


def test_tables_of_another_version_are_found_and_nothing_else_of_them_is_read(place: _Place) -> None:
    migrate(place.office.store, "-1")
    found = place.look()[Level.FAULT]
    assert len([what for what in found if "this version needs" in what]) == 1
    migrate(place.office.store)


def test_a_key_that_cases_still_need_is_missed(place: _Place) -> None:
    hand_in(place.office, a_report(), now=NOW)
    place.write(lambda session: session.connection().exec_driver_sql("UPDATE case_key SET master = 'k9'"))
    assert any("k9" in what for what in place.look()[Level.FAULT])


def test_a_database_that_cannot_be_reached_is_one_fault(place: _Place) -> None:
    away = f"postgresql://nobody@{LOOPBACK}:{free_port()}/none"
    found = place.look(SIGNPOST_DATABASE_URL=away)[Level.FAULT]
    assert [what for what in found if "cannot be reached" in what] != []


def test_a_database_that_takes_no_writing_is_a_fault(place: _Place) -> None:
    url = place.settings["SIGNPOST_DATABASE_URL"]
    closed = file_locked if place.office.store.sqlite else server_read_only
    with closed(url):
        assert any("no report could be saved" in what for what in place.look()[Level.FAULT])
    assert place.look()[Level.FAULT] == []


def test_looking_makes_no_database(tmp_path: Path) -> None:
    settings = read_settings({}, tmp_path)
    found = _bad(Checkup(settings, (), NOW).findings())
    assert list(tmp_path.iterdir()) == []
    assert any("no database yet" in what for what in found[Level.WARN])
    assert any("names no keys file" in what for what in found[Level.FAULT])


def test_a_damaged_database_file_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "signpost.db").write_bytes(b"no database at all" * 500)
    found = _bad(Checkup(read_settings({}, tmp_path), (), NOW).findings())
    assert any("database cannot be" in what for what in found[Level.FAULT]), found


def test_a_trust_with_everybody_in_place_warns_of_nothing() -> None:
    assert _people() == {Level.WARN: [], Level.FAULT: []}


def test_a_schools_file_may_name_a_published_policy_and_its_review_is_watched(place: _Place) -> None:
    schools = place.folder / "schools.yml"
    schools.write_text(OAKFIELD.replace("policy: dartmoor", "policy: oakpolicy"), encoding="utf-8")
    assert any("oakpolicy" in what for what in place.look()[Level.FAULT])
    late = TRUST.replace('version: "1"', "review_due: 2020-01")
    publish(place.office, check(place.office, late, "it.yml"), Actor("pat"), now=NOW)
    found = place.look()
    assert found[Level.FAULT] == []
    assert any("oakpolicy was due for review" in what for what in found[Level.WARN])
