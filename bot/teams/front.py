"""What is mine in Teams, by a word in the chat or a button: my cases, my reports, being away, help."""

import asyncio

from bot.errors import RefusedActionError
from bot.mine import home_of
from bot.reporting import absences, viewing
from bot.reporting.duty import on_duty
from bot.reporting.viewing import Summary
from bot.teams import ids
from bot.teams.activity import Activity
from bot.teams.answers import help_card, plain_card
from bot.teams.callers import Caller, Standing
from bot.teams.cards import Shown, Where, page_of
from bot.teams.desk import Desk, Listening
from bot.teams.lists import duty_card, home_card, mine_card
from bot.teams.replies import Json, Reply, dialog, last_word
from bot.wording import chat, handling
from bot.wording import teams as wording
from storage.store import UnavailableError


def listening(desk: Desk) -> Listening:
    """What somebody asks for of their own."""
    front = _Front(desk)
    return Listening(
        opened={
            ids.LIST_CASES: front.cases,
            ids.LIST_REPORTS: front.reports,
            ids.LIST_DUTY: front.duty,
        },
        typed={
            wording.HELP: front.help,
            wording.CASES: front.mine,
            wording.REPORTS: front.mine,
            wording.AWAY: front.away,
        },
    )


class _Front:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def help(self, activity: Activity, _caller: Caller) -> None:
        """What can be done here."""
        await self._desk.say(activity, help_card())

    async def mine(self, activity: Activity, caller: Caller) -> None:
        """One's cases and reports, those in one's own chat."""
        try:
            shown = await asyncio.to_thread(self._home, caller)
        except UnavailableError:
            shown = plain_card(chat.NOT_DONE)
        await self._say(activity, caller, shown)

    async def away(self, activity: Activity, caller: Caller) -> None:
        """`away FIRST LAST`: the ladder passes over whoever is away."""
        words = activity.text.split()[1:]
        line = await asyncio.to_thread(self._away, caller, words)
        await self._say(activity, caller, plain_card(line))

    async def cases(self, activity: Activity, caller: Caller) -> Reply:
        """All of one's cases."""
        return await self._list(activity, caller, own=False)

    async def reports(self, activity: Activity, caller: Caller) -> Reply:
        """All of one's reports."""
        return await self._list(activity, caller, own=True)

    async def duty(self, _activity: Activity, caller: Caller) -> Reply:
        """Who holds safeguarding roles now."""
        office = self._desk.office
        held = on_duty(office.directory, caller.reporter, office.day(self._desk.clock()))
        return dialog(handling.ON_DUTY, duty_card(held))

    async def _say(self, activity: Activity, caller: Caller, shown: Shown) -> None:
        """What is one's own, in one's own chat; who has none is told so where they wrote."""
        if not await self._desk.say_privately(activity, caller, shown):
            await self._desk.say(activity, plain_card(wording.NOT_PRIVATELY))

    async def _list(self, activity: Activity, caller: Caller, *, own: bool) -> Reply:
        made: list[Json] = []
        trouble = await self._desk.tried(lambda: made.append(self._listed(caller, activity.pressed, own=own)))
        title = handling.MY_REPORTS if own else handling.MY_CASES
        return dialog(title, made[0]) if made else last_word(trouble)

    def _listed(self, caller: Caller, page: str, *, own: bool) -> Json:
        found = self._reported(caller) if own else self._told(caller)
        number = page_of(page)[1]
        return mine_card(found, self._desk.office.directory, own=own, page=number, where=Where.DIALOG).card

    def _home(self, caller: Caller) -> Shown:
        office, now = self._desk.office, self._desk.clock()
        home = home_of(office, caller.reporter, handles=caller.standing is Standing.LISTED, now=now)
        return home_card(home, office.directory)

    def _away(self, caller: Caller, words: list[str]) -> str:
        office, now = self._desk.office, self._desk.clock()
        try:
            absence = absences.declare(office, caller.handler.person, words, now=now)
        except RefusedActionError as error:
            return str(error)
        except UnavailableError:
            return chat.NOT_DONE
        return chat.away(absence.start, absence.end) if absence is not None else chat.BACK

    def _told(self, caller: Caller) -> tuple[Summary, ...]:
        if caller.standing is not Standing.LISTED:
            return ()
        return viewing.my_cases(self._desk.office, caller.handler, now=self._desk.clock())

    def _reported(self, caller: Caller) -> tuple[Summary, ...]:
        return viewing.my_reports(self._desk.office, caller.own, now=self._desk.clock())
