"""`signpost doctor` looks a tenant over within a limit, sends nobody anything, and says what to do."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import teams_doctor
from bot.checkup import Checkup
from bot.doctor import Level, of_settings
from bot.errors import NotReadyError
from bot.reporting.people import Directory
from bot.reporting.schools import read_schools
from bot.sending import TryLaterError, UnreachableError
from bot.settings import Settings, read_settings
from bot.teams.auth import NoTokenError
from bot.teams.client import Place
from bot.teams.graph import Graph
from bot.teams.looked import Account, Tenant, Trouble
from bot.teams.looking import Asked, Reach, look, look_over
from bot.teams.places import Places
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.teams.test_graph import token
from tests.support.offices import office_for
from tests.support.teams.graph import PUPILS_GROUP, STAFF_GROUP, TOKEN, GraphStandIn, people_of
from tests.support.teams.people import account_of, users_of
from tests.support.teams.stand_in import Teams

TODAY = date(2026, 11, 23)
APP = "7e4a0000-0000-4000-8000-00000000000a"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SAM, PRIYA = account_of("sam"), "7b1c0000-0000-4000-8000-000000000001"
WITH_SAM = OAKFIELD.replace("slack: U0SAM}", f"slack: U0SAM, teams: {SAM}}}")


@pytest.fixture
def directory() -> Directory:
    """Give Oakfield, where the DSL has a Teams account."""
    return read_schools(WITH_SAM, "schools.yml")


@pytest.fixture
def tenant(directory: Directory) -> Iterator[GraphStandIn]:
    """Give Oakfield's tenant, with somebody in each group."""
    with GraphStandIn(people_of(directory)) as found:
        found.groups[STAFF_GROUP] = {SAM, account_of("tom")}
        found.groups[PUPILS_GROUP] = {found.add("pip", "pip@oakfield.example")}
        yield found


async def none() -> str:
    """Give no token: the login refuses the secret."""
    raise NoTokenError("invalid-client", code=7000215, refused=True)


def _seen(tenant: GraphStandIn, *accounts: str, reach: Reach | None = None, **more: str) -> Tenant:
    asked = Asked((more.get("staff", STAFF_GROUP),), (PUPILS_GROUP,), accounts, reach)
    return asyncio.run(look_over(Graph(token, tenant.url), asked, sending=token, asking=token))


def _bad(seen: Tenant) -> list[str]:
    return [one.what for one in teams_doctor.of_tenant(seen) if one.level is not Level.OK]


def test_what_is_well_is_said_to_be_and_nobody_is_sent_anything(
    tenant: GraphStandIn, directory: Directory
) -> None:
    seen = _seen(tenant, SAM)
    assert seen == Tenant(None, None, {STAFF_GROUP: 2}, {PUPILS_GROUP: 1}, 0, {SAM: Account.MEMBER})
    assert _bad(seen) == []
    assert {one.method for one in tenant.calls} == {"GET"}
    (said,) = teams_doctor.of_seats(directory, seen.accounts, TODAY)
    assert said.level is Level.OK


def test_a_login_that_refuses_the_app_is_a_fault_with_its_own_number(tenant: GraphStandIn) -> None:
    graph = Graph(none, tenant.url)
    seen = asyncio.run(look_over(graph, Asked((STAFF_GROUP,), (), (SAM,)), sending=none, asking=none))
    assert _bad(seen) == [
        "nothing can be sent in Teams: no token (invalid-client, 7000215)",
        "Graph cannot be asked: no token (invalid-client, 7000215)",
    ]
    assert tenant.calls == []


def test_groups_that_are_not_there_or_empty_or_not_told_are_said_to_be(tenant: GraphStandIn) -> None:
    gone = account_of("no group")
    assert _bad(_seen(tenant, staff=gone)) == [
        f"Graph doesn't say who is in {gone} (not there (404)): staff are known by the schools file alone"
    ]
    tenant.groups[PUPILS_GROUP].clear()
    assert _bad(_seen(tenant)) == [
        f"nobody is in {PUPILS_GROUP}: pupils count as unknown people, who may report"
    ]
    tenant.refuse = {"/transitiveMembers": 403}
    assert len(_bad(_seen(tenant))) == 2


def test_who_is_in_both_groups_is_counted_since_they_count_as_staff(tenant: GraphStandIn) -> None:
    tenant.groups[STAFF_GROUP].add(PUPILS_GROUP)
    (what,) = _bad(_seen(tenant))
    assert what == "1 accounts are in the staff's group and in the pupils': they count as staff"


@pytest.mark.parametrize(
    ("error", "level", "words"),
    [
        (UnreachableError("not-installed"), Level.FAULT, "without the app"),
        (TryLaterError(), Level.WARN, "nothing was said of sam in time"),
        (None, Level.OK, "1 who are told of reports"),
    ],
)
def test_recipients_whom_the_app_cannot_reach_are_found(
    tenant: GraphStandIn, directory: Directory, error: Exception | None, level: Level, words: str
) -> None:
    tried: list[str] = []

    async def reach(account: str) -> None:
        tried.append(account)
        if error is not None:
            raise error

    seen = _seen(tenant, SAM, reach=reach)
    (found,) = teams_doctor.of_seats(directory, seen.accounts, TODAY)
    assert found.level is level
    assert words in found.what
    assert bool(found.remedy) == (level is not Level.OK)
    assert tried == [SAM]


def test_an_account_that_is_closed_or_not_there_is_a_fault_and_is_not_tried(
    tenant: GraphStandIn, directory: Directory
) -> None:
    async def reach(_: str) -> None:
        raise AssertionError("it was tried")

    tenant.people[SAM] = replace(tenant.people[SAM], enabled=False)
    assert _seen(tenant, SAM, reach=reach).accounts == {SAM: Account.CLOSED}
    del tenant.people[SAM]
    seen = _seen(tenant, SAM, reach=reach)
    assert seen.accounts == {SAM: Account.UNKNOWN}
    (found,) = teams_doctor.of_seats(directory, seen.accounts, TODAY)
    assert (found.level, found.what) == (Level.FAULT, "the Teams account of sam is not there")


def test_a_graph_that_hangs_keeps_doctor_no_longer_than_its_limit(
    tenant: GraphStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.teams.looking._ALL_ACCOUNTS", 0.3)
    monkeypatch.setattr("bot.teams.looking._ALL_GROUPS", 0.3)
    tenant.hang = True
    seen = _seen(tenant, SAM)
    assert seen.accounts == {SAM: Account.UNSEEN}
    assert seen.staff == {STAFF_GROUP: Trouble("no answer in time", refused=False)}


@pytest.fixture
def teams(directory: Directory, tenant: GraphStandIn) -> Iterator[Teams]:
    """Give Teams itself, with its login, from which Graph takes tokens."""
    with Teams(users_of(directory)) as found:
        tenant.good = found.login.good
        yield found


def _set_up(teams: Teams, tenant: GraphStandIn) -> Settings:
    groups = {"TEAMS_STAFF_GROUP": STAFF_GROUP, "TEAMS_PUPILS": f"{PUPILS_GROUP}, pupils.oakfield.example"}
    return read_settings({**teams.settings, "SIGNPOST_GRAPH_URL": tenant.url, **groups}, Path("/nowhere"))


def test_tokens_are_had_as_the_settings_say_and_whoever_lacks_the_app_is_found(
    teams: Teams, tenant: GraphStandIn
) -> None:
    teams.control(without=["sam"])
    seen = look(_set_up(teams, tenant), [SAM, PRIYA])
    assert (seen.sending, seen.asking) == (None, None)
    assert (seen.staff, seen.pupils) == ({STAFF_GROUP: 2}, {PUPILS_GROUP: 1})
    assert seen.accounts == {SAM: Account.UNREACHED, PRIYA: Account.MEMBER}
    assert teams.messages_to("priya") == [], "nobody is sent anything"


def test_whoever_was_heard_from_is_not_tried(teams: Teams, tenant: GraphStandIn) -> None:
    seen = look(_set_up(teams, tenant), [SAM], known={SAM})
    assert seen.accounts == {SAM: Account.MEMBER}
    assert teams.calls() == []


def test_doctor_says_all_that_in_lines_with_remedies(
    teams: Teams, tenant: GraphStandIn, tmp_path: Path
) -> None:
    (tmp_path / "schools.yml").write_text(WITH_SAM, encoding="utf-8")
    teams.control(without=["sam"])
    settings = replace(_set_up(teams, tenant), schools=tmp_path / "schools.yml", data_dir=tmp_path)
    found = {one.what: one for one in Checkup(settings, (), NOW).findings()}
    bad = found["the Teams account of sam is without the app: nothing can be sent to it"]
    assert bad.level is Level.FAULT
    assert "docs/teams.md" in bad.remedy
    assert found["TEAMS_STAFF_GROUP: 2 accounts"].level is Level.OK


def test_doctor_tries_nobody_whose_place_is_kept(teams: Teams, tenant: GraphStandIn, tmp_path: Path) -> None:
    (tmp_path / "schools.yml").write_text(WITH_SAM, encoding="utf-8")
    database = f"sqlite:///{tmp_path}/signpost.db"
    office = office_for(database, tmp_path, WITH_SAM)
    Places(office.store).put(SAM, Place("a:sam", teams.service_url), tenant=APP, now=NOW)
    office.store.close()
    settings = replace(
        _set_up(teams, tenant),
        schools=tmp_path / "schools.yml",
        data_dir=tmp_path,
        database_url=SecretStr(database),
    )
    said = [one.what for one in Checkup(settings, (), NOW).findings()]
    assert "1 who are told of reports have an account in Teams" in said
    assert teams.calls() == []


def test_what_is_not_set_up_is_not_looked_at() -> None:
    with pytest.raises(NotReadyError, match="TEAMS_APP_ID"):
        look(read_settings({}, Path("/nowhere")), [])


def test_an_installation_that_cannot_tell_pupils_apart_is_warned() -> None:
    given = {"TEAMS_APP_ID": APP, "TEAMS_TENANT_ID": APP, "TEAMS_APP_SECRET": TOKEN}
    warned = [one.what for one in of_settings(read_settings(given, Path("/nowhere")))]
    assert "nothing says which accounts of the tenant are pupils'" in warned
    told = {**given, "TEAMS_PUPILS": "pupils.oakfield.example"}
    said = [one.what for one in of_settings(read_settings(told, Path("/nowhere")))]
    assert not any("pupils" in one for one in said)
    assert not any("nobody can be told" in one for one in said)
    half = {**given, "TEAMS_APP_SECRET": ""}
    (fault,) = [one for one in of_settings(read_settings(half, Path("/nowhere"))) if "Teams has" in one.what]
    assert (fault.level, fault.what) == (Level.FAULT, "Teams has an app and no credential")
