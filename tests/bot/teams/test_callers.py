"""Who somebody in Teams is: by account, by address, by group, or nobody; also while Graph is silent."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.reporting.people import Directory
from bot.settings import Settings, read_settings
from bot.teams.callers import Caller, Callers, Standing
from tests.bot.reporting.oakfield import directory
from tests.bot.teams.test_graph import token
from tests.support.teams.graph import PUPILS_GROUP, STAFF_GROUP, GraphStandIn, people_of
from tests.support.teams.people import account_of

TENANT = "7e4a0000-0000-4000-8000-00000000000a"
PRIYA = "7b1c0000-0000-4000-8000-000000000001"


def settings_for(tenant: GraphStandIn, **more: str) -> Settings:
    """The settings of an installation with both groups, changed as given."""
    given = {
        "SIGNPOST_GRAPH_URL": tenant.url,
        "TEAMS_TENANT_ID": TENANT,
        "TEAMS_STAFF_GROUP": STAFF_GROUP,
        "TEAMS_PUPILS": PUPILS_GROUP,
        **more,
    }
    return read_settings(given, Path("/nowhere"))


class Desk:
    """Somebody who looks up who is who, in one loop."""

    def __init__(self, tenant: GraphStandIn) -> None:
        self.tenant = tenant
        self.runner = asyncio.Runner()
        self.callers = Callers(token, settings_for(tenant))

    def find(
        self, account: str, *, tenant: str = TENANT, known: Directory | None = None, **more: str
    ) -> Caller:
        """Who an account is."""
        return self.runner.run(self.callers.of(account, tenant, known or directory(), **more))

    def given(self, **more: str) -> None:
        """Begin anew with other settings."""
        self.runner.run(self.callers.close())
        self.callers = Callers(token, settings_for(self.tenant, **more))


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Give a tenant and somebody who looks up who is who in it."""
    with GraphStandIn(people_of(directory())) as tenant:
        found = Desk(tenant)
        yield found
        found.runner.run(found.callers.close())
        found.runner.close()


def pupil(desk: Desk) -> str:
    """A pupil's account, in the pupils' group."""
    account = desk.tenant.add("pip", "pip@oakfield.example")
    desk.tenant.groups[PUPILS_GROUP].add(account)
    return account


def test_an_account_that_the_schools_file_lists_is_that_person_and_graph_is_never_asked(desk: Desk) -> None:
    desk.tenant.down = True
    for account in (PRIYA, PRIYA.upper()):
        found = desk.find(account)
        assert (found.standing, found.reporter) == (Standing.LISTED, "priya")
        assert found.handler.person == found.own.person == "priya"
        assert found.asks
        assert found.reports
    assert desk.tenant.calls == []


def test_an_address_of_the_schools_file_asks_and_reports_as_its_person_and_handles_nothing(
    desk: Desk,
) -> None:
    found = desk.find(account_of("sam"))
    assert (found.standing, found.reporter, found.own.person) == (Standing.STAFF, "sam", "sam")
    assert found.handler.person == f"account:teams:{account_of('sam')}"


def test_an_address_that_two_share_is_neithers(desk: Desk) -> None:
    people = dict(directory().people)
    people["omar"] = replace(people["omar"], email="sam@oakfield.example")
    shared = replace(directory(), people=people)
    assert desk.find(account_of("sam"), known=shared).standing is Standing.UNKNOWN


def test_who_is_in_the_staffs_group_is_staff_and_who_is_in_the_pupils_is_a_pupil(desk: Desk) -> None:
    nell = desk.tenant.add("nell", "nell@oakfield.example")
    desk.tenant.groups[STAFF_GROUP].add(nell)
    found = desk.find(nell)
    assert (found.standing, found.person, found.reporter) == (Standing.STAFF, None, f"account:teams:{nell}")
    shut = desk.find(pupil(desk))
    assert shut.standing is Standing.PUPIL
    assert not shut.asks
    assert not shut.reports
    assert not shut.shut_out, "a pupil is answered, if with fixed words only"


def test_a_group_within_the_pupils_group_holds_pupils(desk: Desk) -> None:
    year, account = account_of("year 9"), desk.tenant.add("pip", "pip@oakfield.example")
    desk.tenant.groups |= {year: {account}}
    desk.tenant.groups[PUPILS_GROUP].add(year)
    assert desk.find(account).standing is Standing.PUPIL


def test_an_address_of_the_pupils_domain_is_a_pupils_and_one_below_or_above_it_is_not(desk: Desk) -> None:
    desk.given(TEAMS_PUPILS="@Pupils.oakfield.example")
    found = {
        domain: desk.find(desk.tenant.add(domain, f"x@{domain}")).standing
        for domain in ("PUPILS.oakfield.example", "staff.pupils.oakfield.example", "oakfield.example")
    }
    assert list(found.values()) == [Standing.PUPIL, Standing.UNKNOWN, Standing.UNKNOWN]


def test_a_group_and_a_domain_may_both_be_the_pupils(desk: Desk) -> None:
    desk.given(TEAMS_PUPILS=f"{PUPILS_GROUP}, pupils.oakfield.example")
    assert desk.find(pupil(desk)).standing is Standing.PUPIL
    other = desk.tenant.add("quin", "quin@pupils.oakfield.example")
    assert desk.find(other).standing is Standing.PUPIL


def test_somebody_whom_nothing_names_is_unknown_and_may_report(desk: Desk) -> None:
    found = desk.find(desk.tenant.add("nell", "nell@oakfield.example"))
    assert (found.standing, found.person) == (Standing.UNKNOWN, None)
    assert found.reports
    assert not found.asks


def test_somebody_of_another_tenant_is_an_outsider_by_the_activity_or_by_their_account(desk: Desk) -> None:
    assert desk.find(PRIYA, tenant=account_of("elsewhere")).standing is Standing.OUTSIDER
    assert desk.tenant.calls == [], "the activity said so already"
    assert desk.find(account_of("who shares a channel")).standing is Standing.OUTSIDER
    assert desk.find("").standing is Standing.OUTSIDER


def test_several_tenants_may_be_ours_in_any_case_of_letters(desk: Desk) -> None:
    second = account_of("our other tenant")
    desk.given(TEAMS_TENANT_ID=f"{TENANT.upper()}, {second}")
    assert desk.find(PRIYA, tenant=second.upper()).standing is Standing.LISTED
    assert desk.find(PRIYA).standing is Standing.LISTED


def test_a_machine_is_one_whatever_its_account(desk: Desk) -> None:
    assert desk.find(PRIYA, user="28:another-bot").standing is Standing.MACHINE


def test_a_guest_or_a_closed_account_is_nobody_by_its_address(desk: Desk) -> None:
    guest = desk.tenant.add("a guest", "sam@oakfield.example", guest=True)
    invited = desk.tenant.add("b", "sam@oakfield.example", sign_in="x_else.example#EXT#@oakfield.example")
    closed = desk.tenant.add("closed", "sam@oakfield.example", enabled=False)
    for account in (guest, invited, closed):
        desk.tenant.groups[STAFF_GROUP].add(account)
        assert desk.find(account).standing is Standing.UNKNOWN


def test_while_graph_is_away_nobody_becomes_staff_and_a_known_pupil_stays_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = pupil(desk)
    assert desk.find(account).standing is Standing.PUPIL
    later = time.monotonic() + 301
    monkeypatch.setattr("bot.teams.callers.monotonic", lambda: later)
    desk.tenant.down = True
    assert desk.find(account).standing is Standing.PUPIL
    assert desk.find(account_of("sam")).standing is Standing.UNKNOWN


def test_where_the_groups_are_not_told_the_address_still_counts_and_nobody_else_is_staff(desk: Desk) -> None:
    desk.tenant.refuse = {"/checkMemberGroups": 403}
    assert desk.find(account_of("sam")).standing is Standing.STAFF
    assert desk.find(pupil(desk)).standing is Standing.UNKNOWN


def test_the_conversations_own_list_of_members_serves_where_graph_may_not_be_asked(desk: Desk) -> None:
    callers = Callers(None, settings_for(desk.tenant, TEAMS_PUPILS="pupils.oakfield.example"))
    for address, standing in (
        ("SAM@oakfield.example", Standing.STAFF),
        ("pip@pupils.oakfield.example", Standing.PUPIL),
        ("", Standing.UNKNOWN),
    ):
        found = desk.runner.run(callers.of(account_of("sam"), TENANT, directory(), address=address))
        assert found.standing is standing
    assert desk.tenant.calls == []


def test_while_graph_hangs_somebody_is_still_answered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.teams.callers._PATIENCE", 0.3)
    desk.tenant.hang = True
    began = time.monotonic()
    assert desk.find(account_of("sam")).standing is Standing.UNKNOWN
    assert desk.find(account_of("tom")).standing is Standing.UNKNOWN
    assert time.monotonic() - began < 2
    assert len(desk.tenant.asked(account_of("tom"))) == 0, "it is left alone for a while"


def test_what_graph_said_is_asked_again_only_after_a_while(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = pupil(desk)
    for _ in range(3):
        desk.find(account)
    assert len(desk.tenant.calls) == 2
    desk.tenant.groups[PUPILS_GROUP].clear()
    later = time.monotonic() + 301
    monkeypatch.setattr("bot.teams.callers.monotonic", lambda: later)
    assert desk.find(account).standing is Standing.UNKNOWN


def test_a_role_taken_away_is_gone_at_the_next_click(desk: Desk) -> None:
    people = dict(directory().people)
    people["priya"] = replace(people["priya"], accounts=MappingProxyType({}))
    known = replace(directory(), people=people)
    desk.tenant.add("priya", "priya@oakfield.example")
    assert desk.find(account_of("priya"), known=known).standing is Standing.STAFF


def test_no_more_accounts_are_remembered_than_fit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.teams.callers._MOST", 2)
    for named in ("sam", "tom", "omar", "sam"):
        desk.find(account_of(named))
    assert len(desk.tenant.asked("/checkMemberGroups")) == 4


def test_presence_is_a_hint_that_nobody_waits_for(desk: Desk) -> None:
    sam = account_of("sam")
    assert set(desk.runner.run(desk.callers.presence([sam]))) == {sam}
    desk.tenant.down = True
    assert desk.runner.run(desk.callers.presence([sam])) == {}
    assert desk.find(PRIYA).standing is Standing.LISTED, "and it keeps nobody from being found"
