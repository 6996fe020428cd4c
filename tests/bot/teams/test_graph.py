"""What Microsoft Graph is asked, and what each of its answers means."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest

from bot.teams.auth import NoTokenError
from bot.teams.graph import Graph, NotGrantedError, NotThereError, SilentError
from tests.bot.reporting.oakfield import directory
from tests.support.teams.graph import PUPILS_GROUP, STAFF_GROUP, TOKEN, GraphStandIn, people_of
from tests.support.teams.people import account_of

T = TypeVar("T")
Ask = Callable[[Graph], Awaitable[T]]


async def token() -> str:
    """Give the one token that the stand-in takes."""
    return TOKEN


@pytest.fixture
def tenant() -> Iterator[GraphStandIn]:
    """Give Oakfield's tenant."""
    with GraphStandIn(people_of(directory())) as found:
        yield found


def ask(tenant: GraphStandIn, question: Ask[T], *, patience: float = 0.0, seconds: float = 4.0) -> T:
    """Ask something, with a client of one's own."""

    async def asked() -> T:
        graph = Graph(token, tenant.url, patience=patience, seconds=seconds)
        try:
            return await question(graph)
        finally:
            await graph.close()

    return asyncio.run(asked())


def test_every_account_is_read_however_many_pages_there_are(tenant: GraphStandIn) -> None:
    tenant.page = 5
    found = ask(tenant, lambda graph: graph.users())
    assert {one.mail for one in found} == {one.email for one in directory().people.values()}
    assert len(tenant.asked("/users")) == 5


def test_members_of_a_group_within_a_group_are_members(tenant: GraphStandIn) -> None:
    inner = account_of("a group")
    tenant.groups[inner] = {account_of("tom"), STAFF_GROUP}
    tenant.groups[STAFF_GROUP] = {account_of("sam"), inner}
    assert ask(tenant, lambda graph: graph.members(STAFF_GROUP)) == {account_of("tom"), account_of("sam")}


def test_which_groups_somebody_is_in_takes_one_call(tenant: GraphStandIn) -> None:
    tenant.groups[STAFF_GROUP] = {account_of("tom")}
    found = ask(tenant, lambda graph: graph.groups_of(account_of("tom"), [STAFF_GROUP, PUPILS_GROUP]))
    assert found == {STAFF_GROUP}
    assert len(tenant.calls) == 1


def test_presence_is_asked_for_many_at_once_and_no_more_than_graph_takes(tenant: GraphStandIn) -> None:
    found = ask(tenant, lambda graph: graph.presence(account_of(str(one)) for one in range(700)))
    assert len(found) == 700
    assert [len(one.body["ids"]) for one in tenant.calls] == [650, 50]


def test_what_is_not_in_the_tenant_is_told_from_what_a_proxy_does_not_find(tenant: GraphStandIn) -> None:
    with pytest.raises(NotThereError):
        ask(tenant, lambda graph: graph.user(account_of("nobody")))
    tenant.refuse = {"/" + account_of("tom"): 404}
    with pytest.raises(SilentError):
        ask(tenant, lambda graph: graph.user(account_of("tom")))


def test_an_account_stays_one_part_of_the_address(tenant: GraphStandIn) -> None:
    with pytest.raises(NotThereError):
        ask(tenant, lambda graph: graph.user("../groups/x?$select=id"))
    assert tenant.calls[-1].path == "/v1.0/users/../groups/x?$select=id"
    assert tenant.calls[-1].query.keys() == {"$select"}


def test_a_permission_that_is_missing_is_said_to_be(tenant: GraphStandIn) -> None:
    tenant.refuse = {"/users": 403}
    with pytest.raises(NotGrantedError, match=r"^refused \(403\)$"):
        ask(tenant, lambda graph: graph.users())


def test_graph_is_left_alone_for_as_long_as_it_asks(tenant: GraphStandIn) -> None:
    tenant.busy = 1
    began = time.monotonic()
    assert ask(tenant, lambda graph: graph.users(), patience=5)
    assert time.monotonic() - began >= 1
    assert len(tenant.calls) == 2


def test_who_has_clicked_is_not_kept_waiting_and_graph_is_not_asked_again_meanwhile(
    tenant: GraphStandIn,
) -> None:
    tenant.busy = 1

    async def twice(graph: Graph) -> None:
        for _ in range(2):
            with pytest.raises(SilentError):
                await graph.users()

    ask(tenant, twice)
    assert len(tenant.calls) == 1


def test_a_graph_that_hangs_is_given_up(tenant: GraphStandIn) -> None:
    tenant.hang = True
    with pytest.raises(SilentError, match="in time"):
        ask(tenant, lambda graph: graph.users(), seconds=0.2)


@pytest.mark.parametrize("garbage", [b"", b"<html>", b"[]", b'{"value": 3}', b"[" * 100_000, b"\xff"])
def test_what_is_no_answer_of_graphs_is_no_answer(tenant: GraphStandIn, garbage: bytes) -> None:
    tenant.garbage = garbage
    with pytest.raises(SilentError):
        ask(tenant, lambda graph: graph.users())


def test_a_next_page_at_another_address_is_never_shown_the_token(tenant: GraphStandIn) -> None:
    tenant.page = 5
    with GraphStandIn() as other:
        tenant.elsewhere = f"{other.url}/v1.0/users"
        with pytest.raises(SilentError, match="elsewhere"):
            ask(tenant, lambda graph: graph.users())
        assert other.calls == []


def test_a_list_without_an_end_ends(tenant: GraphStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.teams.graph._MOST_PAGES", 4)
    tenant.endless = True
    with pytest.raises(SilentError, match="without an end"):
        ask(tenant, lambda graph: graph.users())
    assert len(tenant.calls) == 4


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("the secret is hunter2"), "no token: RuntimeError"),
        (NoTokenError("invalid-client"), "no token: invalid-client"),
    ],
)
def test_without_a_token_there_is_no_answer_and_no_stranger_is_quoted(
    tenant: GraphStandIn, error: Exception, said: str
) -> None:
    async def none() -> str:
        raise error

    async def asked() -> None:
        await Graph(none, tenant.url).users()

    with pytest.raises(SilentError, match=f"^{said}$"):
        asyncio.run(asked())
    assert tenant.calls == []
