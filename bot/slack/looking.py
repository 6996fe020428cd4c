"""Asks Slack about tokens, scopes and accounts for `signpost doctor`. It changes nothing there."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.client import SECONDS, SlackClient
from bot.slack.looked import Account, Trouble, Workspace

_ALL_ACCOUNTS = 20.0
"""Seconds for all accounts together; those that were not seen by then are said to be so."""
_AT_ONCE = 4
_NOT_THERE = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
_GRANTED = "x-oauth-scopes"
"""Slack names the token's scopes in this header of every answer."""


def look(token: str, app_token: str | None, url: str | None, accounts: Iterable[str]) -> Workspace:
    """Look a workspace over. Nothing is raised, and no call takes longer than `SECONDS`."""
    return asyncio.run(_look(SlackClient(token, url), app_token, accounts))


async def _look(client: SlackClient, app_token: str | None, accounts: Iterable[str]) -> Workspace:
    await client.open()
    try:
        answer = await _asked(client.web.auth_test())
        if isinstance(answer, Trouble):
            return Workspace(trouble=answer)
        team = str(answer.get("team_id") or "")
        opened = await _asked(client.web.apps_connections_open(app_token=app_token)) if app_token else None
        return Workspace(
            name=str(answer.get("team") or ""),
            scopes=_scopes(answer),
            socket=opened if isinstance(opened, Trouble) else None,
            accounts=await _accounts(client, accounts, team),
        )
    finally:
        await client.close()


async def _asked(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse | Trouble:
    try:
        async with asyncio.timeout(SECONDS):
            return await call
    except SlackApiError as error:
        return _refusal(error)
    except TimeoutError:
        return Trouble("no answer in time", refused=False)
    except (ClientError, SlackClientError, OSError, ValueError) as error:
        return Trouble(f"no connection: {type(error).__name__}", refused=False)


def _refusal(error: SlackApiError) -> Trouble:
    """Slack's code for a refusal; what comes from something in between has none."""
    answer: object = error.response
    said = answer.data if isinstance(answer, AsyncSlackResponse) else None
    if isinstance(said, Mapping) and isinstance(said.get("error"), str):
        return Trouble(str(said["error"]))
    return Trouble("no answer that is Slack's", refused=False)


def _scopes(answer: AsyncSlackResponse) -> frozenset[str] | None:
    named = {str(name).lower(): str(value) for name, value in answer.headers.items()}.get(_GRANTED)
    return None if named is None else frozenset(one.strip() for one in named.split(",") if one.strip())


async def _accounts(client: SlackClient, accounts: Iterable[str], team: str) -> Mapping[str, Account]:
    found = dict.fromkeys(accounts, Account.UNSEEN)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def see(account: str) -> None:
        async with turns:
            answer = await _asked(client.web.users_info(user=account))
        if not isinstance(answer, Trouble):
            found[account] = _kind(answer.get("user"), team)
        elif answer.why in _NOT_THERE:
            found[account] = Account.UNKNOWN

    with suppress(TimeoutError):
        async with asyncio.timeout(_ALL_ACCOUNTS):
            await asyncio.gather(*map(see, found))
    return found


def _kind(user: Any, team: str) -> Account:
    """What an account is, judged as `callers` judges whoever clicks."""
    if not isinstance(user, Mapping):
        return Account.UNSEEN
    if user.get("deleted"):
        return Account.CLOSED
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return Account.BOT
    if user.get("is_stranger") or str(user.get("team_id") or team) != team:
        return Account.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Account.GUEST
    return Account.MEMBER
