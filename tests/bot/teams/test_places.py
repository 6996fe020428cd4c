"""Where people are written to is learnt from what they send, and what is gone is begun anew once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from bot.messages import Alert
from bot.reporting.office import Office
from bot.sending import Envelope, UnreachableError
from bot.teams.activity import Activity, Scope, Sort
from bot.teams.auth import Credential, Tokens
from bot.teams.client import Place, TeamsClient
from bot.teams.hosts import Hosts
from bot.teams.messenger import TeamsMessenger
from bot.teams.places import Places
from knowledge.rules import Urgency
from storage import conversations
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.teams.doorstep import everybody
from tests.support.offices import office_for
from tests.support.teams.login import SECRET
from tests.support.teams.people import account_of, on_teams
from tests.support.teams.signing import APP, TENANT
from tests.support.teams.stand_in import Teams

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TOM = account_of("tom")
URL = "https://smba.trafficmanager.net/uk"
SEEN = Activity(Sort.MESSAGE, "1", TOM, "29:tom", TENANT, "a:1tom", URL)
T = TypeVar("T")


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """Give an office whose people are on Teams."""
    found = office_for(database_url, tmp_path, on_teams(OAKFIELD))
    yield found
    found.store.close()


@pytest.fixture
def teams() -> Iterator[Teams]:
    """Give Teams itself."""
    with Teams(everybody()) as found:
        yield found


def test_a_place_is_learnt_kept_refreshed_and_forgotten_on_removal(office: Office) -> None:
    places = Places(office.store)
    assert places.of(TOM) is None
    places.remember(SEEN, now=NOW)
    assert places.of(TOM) == Place("a:1tom", URL)
    places.remember(replace(SEEN, service_url=f"{URL}2", conversation="a:2tom"), now=NOW)
    assert Places(office.store).of(TOM) == Place("a:2tom", f"{URL}2")
    places.remember(replace(SEEN, sort=Sort.REMOVED), now=NOW)
    assert places.of(TOM) is None


@pytest.mark.parametrize(
    "seen",
    [
        replace(SEEN, scope=Scope.CHANNEL),
        replace(SEEN, scope=Scope.GROUP),
        replace(SEEN, account=""),
        replace(SEEN, scope=Scope.CHANNEL, sort=Sort.REMOVED),
    ],
)
def test_what_others_read_is_nobodys_place_and_leaving_it_changes_nothing(
    office: Office, seen: Activity
) -> None:
    places = Places(office.store)
    places.put(TOM, Place("a:1tom", URL), tenant=TENANT, now=NOW)
    places.remember(replace(seen, conversation="19:staff@thread.tacv2"), now=NOW)
    assert places.of(TOM) == Place("a:1tom", URL)


def seen_at(office: Office) -> datetime:
    with office.store.reading() as session:
        row = conversations.of(session, TOM)
    assert row is not None
    found: datetime = row.seen_at
    return found


def test_the_time_is_written_now_and_then_not_at_each_word(office: Office) -> None:
    places = Places(office.store)
    for hours, written in ((0, 0), (5, 0), (7, 7), (8, 7)):
        places.remember(SEEN, now=NOW + timedelta(hours=hours))
        assert seen_at(office) == NOW + timedelta(hours=written)


def test_a_place_that_was_replaced_meanwhile_is_not_forgotten(office: Office) -> None:
    places = Places(office.store)
    places.put(TOM, Place("a:2tom", URL), tenant=TENANT, now=NOW)
    places.forget(TOM, Place("a:1tom", URL))
    assert places.of(TOM) == Place("a:2tom", URL)
    places.forget(TOM, Place("a:2tom", URL))
    assert places.of(TOM) is None


def play(teams: Teams, office: Office, does: Callable[[TeamsMessenger], Awaitable[T]]) -> T:
    """Do something with the messenger."""

    async def whole() -> T:
        tokens = Tokens(Credential(app_id=APP, tenant=TENANT, secret=SECRET), login_url=teams.origin)
        client = TeamsClient(tokens, TENANT, Hosts([teams.service_url]))
        await client.open()
        try:
            return await does(TeamsMessenger(client, Places(office.store), lambda: NOW, tenant=TENANT))
        finally:
            await client.close()

    return asyncio.run(whole())


def envelope(account: str = TOM) -> Envelope:
    return Envelope("n1", "tom", account, Alert("SP-7Q4K-M2XD", Urgency.TODAY, ("01632 960900",)))


def test_the_first_notice_begins_the_conversation_and_the_next_goes_there(
    teams: Teams, office: Office
) -> None:
    async def two(messenger: TeamsMessenger) -> None:
        await messenger.send(envelope())
        await messenger.send(envelope())

    play(teams, office, two)
    assert [call.method for call in teams.calls()] == ["create", "send", "send"]
    assert Places(office.store).of(TOM) == Place(teams.user("tom").personal, teams.service_url)


def test_a_conversation_that_is_gone_is_begun_anew_once(teams: Teams, office: Office) -> None:
    Places(office.store).put(TOM, Place("a:1gone", teams.service_url), tenant=TENANT, now=NOW)
    play(teams, office, lambda messenger: messenger.send(envelope()))
    assert [call.method for call in teams.calls()] == ["send", "create", "send"]
    assert len(teams.messages_to("tom")) == 1
    assert Places(office.store).of(TOM) == Place(teams.user("tom").personal, teams.service_url)


def test_a_place_at_an_address_that_is_allowed_no_more_is_begun_anew(teams: Teams, office: Office) -> None:
    Places(office.store).put(TOM, Place("a:1old", "https://old.example/uk"), tenant=TENANT, now=NOW)
    play(teams, office, lambda messenger: messenger.send(envelope()))
    assert [call.method for call in teams.calls()] == ["create", "send"]


def test_the_address_that_teams_was_last_seen_at_is_the_one_to_begin_at(teams: Teams, office: Office) -> None:
    places, region = Places(office.store), teams.service_url.replace("/uk", "/emea")
    assert places.last_address() == ""
    places.put(account_of("omar"), Place("a:1", teams.service_url), tenant=TENANT, now=NOW)
    places.put(account_of("sam"), Place("a:2", region), tenant=TENANT, now=NOW + timedelta(hours=1))
    play(teams, office, lambda messenger: messenger.send(envelope()))
    found = places.of(TOM)
    assert found is not None
    assert found.service_url == region


def test_whoever_does_not_have_the_app_cannot_be_reached(teams: Teams, office: Office) -> None:
    teams.control(without=["tom"])
    with pytest.raises(UnreachableError, match="not-installed"):
        play(teams, office, lambda messenger: messenger.send(envelope()))
    assert Places(office.store).of(TOM) is None


def test_a_message_is_changed_where_it_was_sent_even_if_its_reader_has_moved(
    teams: Teams, office: Office
) -> None:
    async def moved(messenger: TeamsMessenger) -> None:
        sent = await messenger.send(envelope())
        messenger.places.put(TOM, Place("a:1other", teams.service_url), tenant=TENANT, now=NOW)
        await messenger.edit(sent, envelope())

    play(teams, office, moved)
    assert [one.changes for one in teams.messages_to("tom")] == [1]


def test_an_account_is_found_however_the_schools_file_writes_it(teams: Teams, office: Office) -> None:
    tom = office.directory.person("tom")
    assert tom is not None

    async def addressed(messenger: TeamsMessenger) -> str | None:
        return messenger.address(replace(tom, accounts={"teams": TOM.upper()}))

    assert play(teams, office, addressed) == TOM
