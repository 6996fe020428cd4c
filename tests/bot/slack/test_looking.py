"""`signpost doctor` looks a workspace over, within a limit and changing nothing; `serve` wants it whole."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from signal import SIGTERM
from time import monotonic

import pytest

from bot import doctor
from bot.doctor import Finding, Level
from bot.reporting.people import Directory
from bot.reporting.schools import read_schools
from bot.settings import half_of_slack, read_settings
from bot.slack import looking
from bot.slack.looked import USEFUL_SCOPES, VITAL_SCOPES, Account, Workspace
from bot.slack.looking import look
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.program import Program
from tests.support.slack.people import users_of
from tests.support.slack.service import APP_TOKEN, BOT_TOKEN
from tests.support.slack.stand_in import Slack

TODAY = date(2026, 11, 23)
GRANTED = [*VITAL_SCOPES, *USEFUL_SCOPES]


@pytest.fixture
def directory() -> Directory:
    return read_schools(OAKFIELD, "schools.yml")


@pytest.fixture
def slack(directory: Directory) -> Iterator[Slack]:
    with Slack(users_of(directory)) as stand_in:
        stand_in.control(scopes=GRANTED)
        yield stand_in


def _bad(seen: Workspace) -> list[tuple[Level, str]]:
    return [(one.level, one.what) for one in doctor.of_workspace(seen) if one.level is not Level.OK]


def test_what_is_well_is_said_to_be_and_nothing_is_changed_at_slack(slack: Slack) -> None:
    seen = look(BOT_TOKEN, APP_TOKEN, slack.url, ["U0SAM"])
    assert seen == Workspace(
        "Oakfield Academy Trust", None, frozenset(GRANTED), None, {"U0SAM": Account.MEMBER}
    )
    assert [one.what for one in doctor.of_workspace(seen)] == [
        "Slack takes the bot token, for Oakfield Academy Trust"
    ]
    assert {call.method for call in slack.calls()} == {"auth.test", "apps.connections.open", "users.info"}
    assert slack.sockets.count == 0


def test_a_bot_token_that_slack_refuses_is_a_fault_with_slacks_own_code(slack: Slack) -> None:
    (bad,) = _bad(look("xoxb-old", None, slack.url, ["U0SAM"]))
    assert bad == (Level.FAULT, "Slack refuses the bot token (invalid_auth)")
    assert [call.method for call in slack.calls()] == ["auth.test"]


def test_an_app_level_token_that_slack_refuses_is_a_fault(slack: Slack) -> None:
    (bad,) = _bad(look(BOT_TOKEN, "xapp-old", slack.url, []))
    assert bad == (Level.FAULT, "Slack gives no Socket Mode connection (invalid_auth)")


@pytest.mark.parametrize("scope", GRANTED)
def test_each_scope_that_was_not_granted_is_named_with_what_is_missing_without_it(
    slack: Slack, scope: str
) -> None:
    slack.control(scopes=[one for one in GRANTED if one != scope])
    (bad,) = _bad(look(BOT_TOKEN, None, slack.url, []))
    assert bad[0] is (Level.FAULT if scope in VITAL_SCOPES else Level.WARN)
    assert bad[1].startswith(f"Slack did not grant {scope}: ")


@pytest.mark.parametrize("how", [{"down": True}, {"refuse": True}])
def test_a_slack_that_is_away_is_told_from_one_that_refuses(slack: Slack, how: dict[str, bool]) -> None:
    slack.control(**how)
    (bad,) = _bad(look(BOT_TOKEN, APP_TOKEN, slack.url, []))
    assert bad[0] is Level.FAULT
    assert bad[1].startswith("Slack cannot be asked (")


def test_a_slack_that_never_answers_is_waited_for_no_longer_than_the_limit(
    slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "SECONDS", 0.3)
    slack.control(hang=["auth.test"])
    began = monotonic()
    assert _bad(look(BOT_TOKEN, None, slack.url, [])) == [
        (Level.FAULT, "Slack cannot be asked (no answer in time)")
    ]
    assert monotonic() - began < 3


def _found(directory: Directory, accounts: dict[str, Account]) -> list[Finding]:
    return list(doctor.of_accounts(directory, accounts, TODAY))


def test_accounts_that_are_dead_or_somebody_elses_are_told_by_what_they_are(
    slack: Slack, directory: Directory
) -> None:
    slack.change_user("sam", deleted=True)
    slack.change_user("omar", is_restricted=True)
    slack.change_user("ruth", is_ultra_restricted=True)
    slack.change_user("helen", is_bot=True, bot_id="B0HELEN")
    slack.change_user("chair", team="T0ELSEWHERE")
    accounts = [one.accounts["slack"] for one in directory.people.values()]
    seen = look(BOT_TOKEN, None, slack.url, [*accounts, "U0NOBODY"]).accounts
    assert {one: kind for one, kind in seen.items() if kind is not Account.MEMBER} == {
        "U0SAM": Account.CLOSED,
        "U0OMAR": Account.GUEST,
        "U0RUTH": Account.GUEST,
        "U0HELEN": Account.BOT,
        "U0CHAIR": Account.STRANGER,
        "U0NOBODY": Account.UNKNOWN,
    }
    found = _found(directory, dict(seen))
    assert {one.level for one in found} == {Level.FAULT}
    assert [one.what.partition(" is ")[0] for one in found] == [
        "the Slack account of omar, ruth",
        "the Slack account of helen",
        "the Slack account of sam",
        "the Slack account of chair",
    ]


def test_an_account_that_slack_says_nothing_of_in_time_is_a_warning(
    slack: Slack, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "SECONDS", 0.3)
    slack.control(hang=["U0SAM"])
    seen = look(BOT_TOKEN, None, slack.url, ["U0SAM", "U0OMAR"]).accounts
    assert seen == {"U0SAM": Account.UNSEEN, "U0OMAR": Account.MEMBER}
    (found,) = _found(directory, dict(seen))
    assert (found.level, found.what) == (Level.WARN, "Slack said nothing of sam in time")


def test_all_accounts_together_have_a_limit_too(slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_ALL_ACCOUNTS", 0.3)
    slack.control(hang=["users.info"])
    began = monotonic()
    seen = look(BOT_TOKEN, None, slack.url, ["U0SAM", "U0OMAR"]).accounts
    assert set(seen.values()) == {Account.UNSEEN}
    assert monotonic() - began < 3


def test_recipients_without_an_account_are_warned_of_and_teachers_are_not() -> None:
    text = OAKFIELD.replace(", slack: U0SAM", "").replace(", slack: U0TOM", "")
    (found,) = _found(read_schools(text, "schools.yml"), {})
    assert found == replace(found, level=Level.WARN)
    assert found.what == "sam would be told of reports and have no Slack account"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SLACK_BOT_TOKEN": BOT_TOKEN}, "SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET (HTTP)"),
        ({"SLACK_APP_TOKEN": APP_TOKEN}, "set SLACK_BOT_TOKEN"),
        ({"SLACK_SIGNING_SECRET": "s"}, "set SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": APP_TOKEN, "SLACK_APP_TOKEN": BOT_TOKEN}, "SLACK_BOT_TOKEN holds"),
        ({"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": BOT_TOKEN}, "SLACK_APP_TOKEN holds"),
    ],
)
def test_a_slack_that_is_half_set_up_is_told_in_one_line_that_names_the_setting_and_no_secret(
    settings: dict[str, str], named: str
) -> None:
    found = read_settings(settings, Path("/nowhere"))
    line = half_of_slack(found)
    assert named in line
    assert not any(value in line for value in (BOT_TOKEN, APP_TOKEN))
    faults = [one for one in doctor.of_settings(found) if one.level is Level.FAULT]
    assert line in [f"{one.what}: {one.remedy}" for one in faults]


def test_serve_refuses_to_start_where_slack_is_half_set_up(tmp_path: Path) -> None:
    ran = Program(tmp_path, SLACK_BOT_TOKEN=BOT_TOKEN).run("serve")
    assert ran.code == 1
    assert ran.err == (
        "signpost: Slack has a bot token and no way in: "
        "set SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET (HTTP)\n"
    )


def test_either_way_in_is_enough_and_of_both_the_one_not_used_is_named() -> None:
    both = {"SLACK_APP_TOKEN": APP_TOKEN, "SLACK_SIGNING_SECRET": "s"}
    for one, value in both.items():
        found = read_settings({"SLACK_BOT_TOKEN": BOT_TOKEN, one: value}, Path("/nowhere"))
        assert half_of_slack(found) == ""
        assert not [bad.what for bad in doctor.of_settings(found) if "both" in bad.what]
    settings = read_settings({"SLACK_BOT_TOKEN": BOT_TOKEN, **both}, Path("/nowhere"))
    assert [bad.what for bad in doctor.of_settings(settings) if "both" in bad.what]


def test_doctor_beside_a_whole_installation_finds_what_slack_says(tmp_path: Path, slack: Slack) -> None:
    slack.change_user("sam", deleted=True)
    ran = Program(tmp_path, schools=OAKFIELD, **slack.socket_settings).run("doctor", "--all")
    assert "✓ Slack takes the bot token, for Oakfield Academy Trust" in ran.out
    assert "✗ the Slack account of sam is closed. Remedy: correct slack: in the schools file" in ran.out
    assert "nobody can be told" not in ran.out
    assert BOT_TOKEN not in ran.out + ran.err


def test_a_start_waits_for_no_slack_that_is_away(tmp_path: Path, slack: Slack) -> None:
    slack.control(down=True)
    with Program(tmp_path, schools=OAKFIELD, **slack.socket_settings) as program:
        answers = {"about": "unknown", "danger": "no", "image": "no", "what": "A journalist rang."}
        assert program.report("priya", "press", answers).status == 201


def test_a_program_that_is_still_connecting_ends_in_time_when_it_is_told_to(
    tmp_path: Path, slack: Slack
) -> None:
    settings = {**slack.socket_settings, "SLACK_APP_TOKEN": "xapp-old"}
    with Program(tmp_path, schools=OAKFIELD, **settings) as program:
        slack.wait_for(lambda: slack.calls("apps.connections.open"), what="a try to connect")
        assert program.terminate() == -SIGTERM
