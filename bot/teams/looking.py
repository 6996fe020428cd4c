"""Asks Microsoft about tokens, groups and accounts for `signpost doctor`. Nobody is sent anything."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from bot.sending import TryLaterError, UnreachableError
from bot.settings import Settings
from bot.teams.auth import NoTokenError
from bot.teams.callers import each, is_domain
from bot.teams.client import TeamsClient
from bot.teams.graph import Graph, GraphError, NotGrantedError, NotThereError, Token
from bot.teams.hosts import Hosts
from bot.teams.looked import Account, Tenant, Trouble
from bot.teams.tenant import PATIENCE, tokens_for

_ALL_ACCOUNTS, _ALL_GROUPS = 20.0, 40.0
"""Seconds for all accounts together, and for all groups; what was not seen by then is said to be so."""
_AT_ONCE = 4

Reach = Callable[[str], Awaitable[None]]
"""Sees whether an account can be sent something. Raises `UnreachableError`, `TryLaterError`."""
_Sizes = Mapping[str, frozenset[str] | Trouble]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be looked at: groups, and the accounts of whoever is told of reports.

    Without `reach` it isn't asked whether the app is there for them.
    """

    staff: tuple[str, ...] = ()
    pupils: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    reach: Reach | None = None


def look(found: Settings, accounts: Iterable[str], *, known: Collection[str] = ()) -> Tenant:
    """Look the tenant over as the settings have it; `known` are accounts that Teams was heard from.

    Of the others it is asked whether a chat can be begun, which nobody sees. Raises `NotReadyError` where the
    settings are not whole.
    """
    tokens = tokens_for(found)
    client = TeamsClient(tokens, each(found.teams_tenant_id)[0], Hosts(found.teams_service_urls))
    graph = Graph(tokens.for_graph, found.graph_url, patience=PATIENCE)
    pupils = tuple(one for one in each(found.teams_pupils) if not is_domain(one))

    async def reach(account: str) -> None:
        if account not in known:
            await client.open_chat(account)

    async def looked() -> Tenant:
        asked = Asked(tuple(each(found.teams_staff_group)), pupils, tuple(accounts), reach)
        await client.open()
        try:
            return await look_over(graph, asked, sending=tokens.for_bot, asking=tokens.for_graph)
        finally:
            await client.close()

    return asyncio.run(looked())


async def look_over(graph: Graph, asked: Asked, *, sending: Token, asking: Token) -> Tenant:
    """Look a tenant over; nothing is raised."""
    try:
        sends, asks = await _had(sending), await _had(asking)
        staff = {} if asks else await _members(graph, asked.staff)
        pupils = {} if asks else await _members(graph, asked.pupils)
        known = {} if asks else await _accounts(graph, asked.accounts)
        if sends is None and asked.reach is not None:
            known = await _reached(asked, known, asked.reach)
        return Tenant(
            sending=sends,
            asking=asks,
            staff=_sizes(staff),
            pupils=_sizes(pupils),
            both=len(_everybody(staff) & _everybody(pupils)),
            accounts=known,
        )
    finally:
        await graph.close()


async def _had(token: Token) -> Trouble | None:
    """Why there is no token; None where there is one."""
    try:
        await token()
    except NoTokenError as error:
        code = f", {error.code}" if error.code else ""
        return Trouble(f"{error}{code}", refused=error.refused)
    return None


async def _members(graph: Graph, groups: Iterable[str]) -> _Sizes:
    found: dict[str, frozenset[str] | Trouble] = {}
    for group in groups:
        try:
            async with asyncio.timeout(_ALL_GROUPS):
                found[group] = await graph.members(group)
        except (GraphError, TimeoutError) as error:
            found[group] = _trouble(error)
    return found


def _trouble(error: GraphError | TimeoutError) -> Trouble:
    if isinstance(error, TimeoutError):
        return Trouble("no answer in time", refused=False)
    return Trouble(str(error), refused=isinstance(error, NotThereError | NotGrantedError))


def _sizes(groups: _Sizes) -> dict[str, int | Trouble]:
    return {name: len(one) if isinstance(one, frozenset) else one for name, one in groups.items()}


def _everybody(groups: _Sizes) -> frozenset[str]:
    return frozenset[str]().union(*(one for one in groups.values() if isinstance(one, frozenset)))


async def _accounts(graph: Graph, accounts: Iterable[str]) -> dict[str, Account]:
    found = dict.fromkeys(accounts, Account.UNSEEN)

    async def see(account: str) -> None:
        with suppress(GraphError):
            try:
                user = await graph.user(account)
            except NotThereError:
                found[account] = Account.UNKNOWN
                return
            found[account] = Account.CLOSED if user.enabled is False else Account.MEMBER

    await _each(see, tuple(found))
    return found


async def _reached(asked: Asked, known: Mapping[str, Account], reach: Reach) -> dict[str, Account]:
    """The accounts with those marked that nothing can be sent to; who isn't there is not tried."""
    found = {one: known.get(one, Account.UNSEEN) for one in asked.accounts}

    async def see(account: str) -> None:
        if found[account] in {Account.UNKNOWN, Account.CLOSED}:
            return
        try:
            await reach(account)
        except UnreachableError:
            found[account] = Account.UNREACHED
        except TryLaterError:
            found[account] = Account.UNSEEN
        else:
            found[account] = Account.MEMBER

    await _each(see, tuple(found))
    return found


async def _each(see: Callable[[str], Awaitable[None]], accounts: Iterable[str]) -> None:
    """See to each account, a few at once, for as long as there is time."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def seen(account: str) -> None:
        async with turns:
            await see(account)

    with suppress(TimeoutError):
        async with asyncio.timeout(_ALL_ACCOUNTS):
            await asyncio.gather(*map(seen, accounts))
