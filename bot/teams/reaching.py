"""Whoever is told of reports and cannot be written to in Teams is found before the first report is sent."""

import asyncio

from bot.logs import log
from bot.reporting.undeliverable import out_of_reach
from bot.sending import TryLaterError, UnreachableError
from bot.teams.desk import Desk
from storage.store import UnavailableError


async def reach_everybody(desk: Desk) -> None:
    """Begin the conversation with everybody in a role; nobody is sent anything.

    Who doesn't have the app is climbed past from then on, and an administrator is told. Teams being away
    says nothing of anybody.
    """
    for person, account in _in_roles(desk):
        try:
            if await asyncio.to_thread(desk.places.of, account) is None:
                place = await desk.client.open_chat(account)
                await asyncio.to_thread(desk.places.put, account, place, tenant="", now=desk.clock())
        except UnreachableError as error:
            await _noted(desk, person, str(error))
        except (TryLaterError, UnavailableError) as error:
            log.warning("reach_unknown", exc_info=error)


async def _noted(desk: Desk, person: str, reason: str) -> None:
    office, platform, now = desk.office, desk.platform, desk.clock()
    try:
        await asyncio.to_thread(out_of_reach, office, person, platform, reason, now=now)
    except UnavailableError as error:
        log.warning("reach_unknown", exc_info=error)


def _in_roles(desk: Desk) -> list[tuple[str, str]]:
    """Everybody who holds a role, with their account in Teams."""
    directory, today = desk.office.directory, desk.office.day(desk.clock())
    held = (person for holding in directory.holdings for person in holding.people)
    people = (directory.person(one) for one in dict.fromkeys(held))
    return [
        (one.id, one.accounts[desk.platform].lower())
        for one in people
        if one is not None and one.accounts.get(desk.platform) and not one.gone(today)
    ]
