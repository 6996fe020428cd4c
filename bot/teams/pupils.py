"""Pupils who write to Signpost in Teams, and people whom nobody vouches for: fixed words, and what alarms.

A pupil gets no answer from the policy and no form: they are told whom to turn to, and what trips the wire
becomes a case at once. Somebody unknown may report; an administrator is told to list them.
"""

import asyncio

from bot.errors import NotSavedError
from bot.logs import log
from bot.reporting import pupils
from bot.teams.activity import Activity
from bot.teams.answers import plain_card, privately_card, pupil_card, unknown_card
from bot.teams.callers import Caller
from bot.teams.cards import Shown
from bot.teams.desk import Desk
from bot.wording import teams as wording
from storage.store import UnavailableError


class Unvouched:
    """Serves whoever isn't known to work here."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def pupil(self, activity: Activity, caller: Caller) -> Shown:
        """What a pupil is told; what they wrote is passed on where it alarms."""
        passed_on = await asyncio.to_thread(self._passed_on, activity, caller)
        return pupil_card(self._desk.nation, self._desk.contacts(caller), passed_on=passed_on)

    async def unknown(self, caller: Caller) -> Shown:
        """What somebody is told whom nobody lists: whom to ring, and the form."""
        await asyncio.to_thread(self._tell_unlisted, caller)
        return unknown_card(self._desk.nation, self._desk.contacts(caller))

    async def answer(self, activity: Activity, caller: Caller, shown: Shown) -> None:
        """Say it where nobody else reads along; never in front of a class."""
        reached = await self._desk.say_privately(activity, caller, shown)
        if not activity.alone:
            said = privately_card() if reached else plain_card(wording.NOT_PRIVATELY)
            await self._desk.say(activity, said)

    def _passed_on(self, activity: Activity, caller: Caller) -> bool:
        """Whether a message became a case. Nothing is claimed where it could not be stored."""
        desk = self._desk
        tripped = desk.policies().ask(desk.policy(caller), activity.text).tripped
        if not tripped:
            return False
        key = f"{activity.conversation} {activity.id}"
        written = pupils.Written(caller.account, activity.text, key, tripped, activity.sender)
        try:
            pupils.disclose(desk.office, written, now=desk.clock())
        except NotSavedError:
            return False
        return True

    def _tell_unlisted(self, caller: Caller) -> None:
        try:
            pupils.tell_unlisted(self._desk.office, caller.account, now=self._desk.clock())
        except UnavailableError:
            log.warning("unlisted_untold", reason="database")
