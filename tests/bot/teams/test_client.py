"""What Teams' refusals mean: later, never, or that a conversation is gone; answers are tried again."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest

from bot.sending import TryLaterError, UnreachableError
from bot.teams.auth import Credential, Tokens
from bot.teams.client import GoneError, Place, TeamsClient
from bot.teams.hosts import Hosts
from tests.bot.teams.doorstep import everybody
from tests.support.processes import LOOPBACK, free_port
from tests.support.teams.login import SECRET
from tests.support.teams.people import account_of
from tests.support.teams.signing import APP, TENANT
from tests.support.teams.stand_in import Teams

T = TypeVar("T")
CARD: dict[str, Any] = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [{"type": "TextBlock", "text": "Hello", "wrap": True}],
}
TOM = account_of("tom")


@pytest.fixture
def teams() -> Iterator[Teams]:
    """Give Teams itself."""
    with Teams(everybody()) as found:
        yield found


def play(teams: Teams, does: Callable[[TeamsClient], Awaitable[T]], *, seconds: float = 4.0) -> T:
    """Do something with a client of the app's."""

    async def whole() -> T:
        credential = Credential(app_id=APP, tenant=TENANT, secret=SECRET)
        tokens = Tokens(credential, login_url=teams.origin, seconds=seconds)
        client = TeamsClient(tokens, TENANT, Hosts([teams.service_url]), seconds=seconds)
        await client.open()
        try:
            return await does(client)
        finally:
            await client.close()

    return asyncio.run(whole())


async def greet(client: TeamsClient) -> str:
    place = await client.open_chat(TOM)
    return await client.send(place, CARD, "Hello")


def refused(teams: Teams, does: Callable[[TeamsClient], Awaitable[Any]]) -> Any:
    """What it is refused with."""
    with pytest.raises((TryLaterError, UnreachableError)) as told:
        play(teams, does)
    return told.value


def test_a_card_comes_before_its_recipient_and_is_changed_in_place(teams: Teams) -> None:
    changed = {**CARD, "body": [{"type": "TextBlock", "text": "Goodbye", "wrap": True}]}

    async def both(client: TeamsClient) -> None:
        place = await client.open_chat(TOM)
        sent = await client.send(place, CARD, "Hello")
        await client.update(place, sent, changed, "Goodbye")

    play(teams, both)
    (seen,) = teams.messages_to("tom")
    assert (seen.card, seen.summary, seen.changes) == (changed, "Goodbye", 1)


def test_the_conversation_with_somebody_is_the_same_however_often_it_is_begun(teams: Teams) -> None:
    async def twice(client: TeamsClient) -> tuple[Place, Place]:
        return await client.open_chat(TOM), await client.open_chat(TOM)

    first, second = play(teams, twice)
    assert first == second == Place(teams.user("tom").personal, teams.service_url)


def test_a_conversation_is_begun_where_teams_was_last_seen_if_that_is_allowed(teams: Teams) -> None:
    other = teams.service_url.replace("/uk", "/emea")

    async def two(client: TeamsClient) -> list[str]:
        asked = (other, "https://elsewhere.example/uk", "")
        return [(await client.open_chat(TOM, at=at)).service_url for at in asked]

    assert play(teams, two) == [other, teams.service_url, teams.service_url]


def test_an_answer_in_a_channel_stands_below_its_question(teams: Teams) -> None:
    teams.add_channel("staff", "tom")
    asked = teams.person("tom").writes("Can I post this?", "staff")
    place = Place("19:staff@thread.tacv2;messageid=" + asked.id, teams.service_url)
    play(teams, lambda client: client.send(place, CARD, "Hello", answers=asked.id))
    assert [one.reply_to for one in teams.messages_in("staff") if one.from_app] == [asked.id]


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, "MessageWritesBlocked", "blocked"),
        (403, "ConversationBlockedByUser", "blocked"),
        (403, "BotNotInConversationRoster", "not-installed"),
        (403, "BotDisabledByAdmin", "not-installed"),
        (404, "ConversationNotFound", "gone"),
        (410, "Gone", "gone"),
    ],
)
def test_what_will_never_arrive_is_said_to_be_so_in_a_word(
    teams: Teams, status: int, code: str, reason: str
) -> None:
    teams.control(errors={"tom": (status, code)})
    error = refused(teams, greet)
    assert isinstance(error, UnreachableError)
    assert str(error) == reason
    assert isinstance(error, GoneError) == (reason == "gone")


@pytest.mark.parametrize(
    ("status", "unsure", "hung"),
    [
        (400, False, False),
        (401, False, False),
        (412, False, True),
        (413, False, False),
        (500, True, False),
        (502, True, False),
        (503, False, False),
        (504, True, False),
    ],
)
def test_what_may_arrive_later_is_tried_later_and_is_sure_or_not(
    teams: Teams, status: int, unsure: bool, hung: bool
) -> None:
    async def one(client: TeamsClient) -> None:
        place = await client.open_chat(TOM)
        teams.control(errors={"tom": (status, "Whatever")})
        await client.send(place, CARD, "Hello")

    error = refused(teams, one)
    assert isinstance(error, TryLaterError)
    assert (error.unsure, error.hung, error.after) == (unsure, hung, None)


def test_beginning_a_conversation_is_never_unsure_since_nothing_was_said_in_it(teams: Teams) -> None:
    teams.control(errors={"tom": (502, "BadGateway")})
    error = refused(teams, lambda client: client.open_chat(TOM))
    assert isinstance(error, TryLaterError)
    assert not error.unsure


@pytest.mark.parametrize("who", ["without the app", "another tenant", "nobody"])
def test_a_conversation_cannot_be_begun_with_everybody(teams: Teams, who: str) -> None:
    teams.control(without=["tom"])
    account = {"without the app": TOM, "another tenant": account_of("owen"), "nobody": account_of("x")}[who]
    error = refused(teams, lambda client: client.open_chat(account))
    assert isinstance(error, UnreachableError)
    assert str(error) == ("not-installed" if who == "without the app" else "gone")


def test_once_teams_asks_for_rest_nobody_is_sent_anything_since_it_says_not_whose_limit_it_is(
    teams: Teams,
) -> None:
    teams.control(rate={"per": 30.0})

    async def three(client: TeamsClient) -> tuple[float | None, float | None]:
        place, other = await client.open_chat(TOM), await client.open_chat(account_of("sam"))
        await client.send(place, CARD, "Hello")
        waits = []
        for where in (place, other):
            with pytest.raises(TryLaterError) as told:
                await client.send(where, CARD, "Hello")
            waits.append(told.value.after)
        return waits[0], waits[1]

    first, second = play(teams, three)
    assert first is not None
    assert second is not None
    assert 25 < second <= first <= 30
    assert [call.status for call in teams.calls("send")] == [201, 429]


def test_patience_without_a_number_is_half_a_minute(teams: Teams) -> None:
    teams.control(rate={"per": 5.0}, silent=True)

    async def two(client: TeamsClient) -> None:
        await greet(client)
        await greet(client)

    assert refused(teams, two).after == 30


def test_an_answer_goes_out_once_teams_takes_messages_again(teams: Teams) -> None:
    teams.control(rate={"per": 1.0, "of": "all"})

    async def two(client: TeamsClient) -> None:
        for account in (TOM, account_of("sam")):
            await client.send_patiently(await client.open_chat(account), CARD, "Hello")

    play(teams, two)
    assert len(teams.messages_to("sam")) == 1
    assert [call.status for call in teams.calls("send")] == [201, 429, 201]


def test_one_conversation_gets_no_two_messages_within_a_second(teams: Teams) -> None:
    teams.control(rate={"per": 1.0})

    async def two(client: TeamsClient) -> None:
        place = await client.open_chat(TOM)
        await client.send_patiently(place, CARD, "Hello")
        await client.send_patiently(place, CARD, "Hello")

    play(teams, two)
    assert len(teams.messages_to("tom")) == 2
    assert [call.status for call in teams.calls("send")] == [201, 201]


def test_an_answer_that_may_have_arrived_is_not_sent_again_and_a_change_is(teams: Teams) -> None:
    async def dropped(client: TeamsClient) -> None:
        place = await client.open_chat(TOM)
        teams.control(drop_after_accept=1)
        await client.send_patiently(place, CARD, "Hello")

    assert refused(teams, dropped).unsure
    assert len(teams.messages_to("tom")) == 1


def test_a_token_that_teams_refuses_is_had_anew(teams: Teams) -> None:
    async def forgotten(client: TeamsClient) -> str:
        await greet(client)
        teams.login.granted.clear()
        with pytest.raises(TryLaterError) as told:
            await greet(client)
        assert not told.value.unsure
        return await greet(client)

    assert play(teams, forgotten)


def test_without_a_login_nothing_is_sent_and_that_is_sure(teams: Teams) -> None:
    teams.login.down = True
    error = refused(teams, lambda client: client.send(Place("a:1", teams.service_url), CARD, "Hello"))
    assert isinstance(error, TryLaterError)
    assert not error.unsure
    assert teams.calls() == []


def test_while_teams_is_away_a_send_fails_at_once_and_surely() -> None:
    async def nobody_there() -> TryLaterError:
        with Teams(everybody()) as login:
            tokens = Tokens(Credential(app_id=APP, tenant=TENANT, secret=SECRET), login_url=login.origin)
            url = f"http://{LOOPBACK}:{free_port()}"
            client = TeamsClient(tokens, TENANT, Hosts([url]))
            await client.open()
            with pytest.raises(TryLaterError) as told:
                await client.send(Place("a:1", url), CARD, "Hello")
            await client.close()
        return told.value

    error = asyncio.run(nobody_there())
    assert (error.unsure, error.after) == (False, None)


def test_nothing_is_sent_to_an_address_that_is_not_listed(teams: Teams) -> None:
    elsewhere = Place("a:1", teams.service_url.replace(LOOPBACK, "localhost"))
    error = refused(teams, lambda client: client.send(elsewhere, CARD, "Hello"))
    assert str(error) == "address-not-allowed"
    assert teams.calls() == []
    assert teams.login.asked["token"] == 0


def test_a_conversations_id_is_no_way_to_another_address(teams: Teams) -> None:
    async def tried(client: TeamsClient) -> None:
        for odd in ("../../v3/conversations", "a/../b", "a?b=c", "a#b", "a%2Fb", "a b"):
            with pytest.raises(GoneError):
                await client.send(Place(odd, teams.service_url), CARD, "Hello")

    play(teams, tried)
    assert [(call.method, call.status) for call in teams.calls()] == [("send", 404)] * 6
