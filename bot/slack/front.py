"""What people open first in Slack: the Home tab with what is theirs, and `/signpost`."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.errors import RefusedActionError
from bot.mine import home_of
from bot.reporting import absences, viewing
from bot.reporting.rights import LIVE
from bot.reporting.viewing import Summary
from bot.slack import ids
from bot.slack.answers import help_blocks, plain_blocks
from bot.slack.blocks import Blocks, Json
from bot.slack.callers import Caller, Standing
from bot.slack.desk import Desk, Payload, said_back, values_of
from bot.slack.handling import open_view
from bot.slack.home import home_view, list_view
from bot.slack.pages import page_of
from bot.wording import chat, handling
from bot.wording.cases import STATES
from storage.store import UnavailableError

_STATUS, _AWAY = "status", "away"


def listen(app: AsyncApp, desk: Desk) -> None:
    """Show what is theirs."""
    front = _Front(desk)
    app.event("app_home_opened")(front.home)
    app.command(ids.SIGNPOST_COMMAND)(front.command)
    app.action(ids.does(ids.HOME_CASES))(front.cases)
    app.action(ids.does(ids.HOME_REPORTS))(front.reports)


class _Front:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def home(self, body: Payload) -> None:
        """The Home tab was opened: show it as it is now."""
        if body["event"].get("tab") != "home":
            return
        caller = await self._desk.caller(body)
        if caller.shut_out:
            return
        view = await asyncio.to_thread(self._home, caller)
        await self._desk.client.web.views_publish(user_id=caller.account, view=view)

    async def command(self, ack: Any, body: Payload) -> None:
        """`/signpost`: help, or how one's reports and cases stand."""
        caller = await self._desk.caller(body)
        words = str(body.get("text") or "").split()
        await ack(response_type="ephemeral", **said_back(await asyncio.to_thread(self._said, caller, words)))

    async def cases(self, ack: Any, body: Payload) -> None:
        """All of one's open cases."""
        await self._list(ack, body, own=False)

    async def reports(self, ack: Any, body: Payload) -> None:
        """All of one's reports."""
        await self._list(ack, body, own=True)

    async def _list(self, ack: Any, body: Payload, *, own: bool) -> None:
        await ack()
        caller = await self._desk.caller(body)
        _, page = page_of(next(iter(values_of(body)), ""))
        found = await asyncio.to_thread(self._mine if own else self._told, caller)
        view = list_view(found, self._desk.office.directory, own=own, page=page)
        if body["view"].get("type") == "modal":
            await self._desk.client.web.views_update(view_id=body["view"]["id"], view=view)
            return
        await open_view(self._desk, body, view)

    def _said(self, caller: Caller, words: list[str]) -> Blocks:
        if caller.shut_out:
            return self._desk.outsider(caller)
        if words[:1] == [_AWAY]:
            return self._away(caller, words[1:])
        if words[:1] != [_STATUS]:
            return help_blocks()
        try:
            lines = (
                *(_line(one, handling.MY_REPORTS) for one in self._mine(caller)[:10]),
                *(_line(one, handling.MY_CASES) for one in self._told(caller) if one.state in LIVE),
            )
        except UnavailableError:
            lines = (chat.NOT_DONE,)
        return plain_blocks(*(lines or (chat.NOTHING_OPEN,)))

    def _away(self, caller: Caller, words: list[str]) -> Blocks:
        """`/signpost away FIRST LAST`: the ladder passes over whoever is away."""
        office, now = self._desk.office, self._desk.clock()
        try:
            absence = absences.declare(office, caller.handler.person, words, now=now)
        except RefusedActionError as error:
            return plain_blocks(str(error))
        except UnavailableError:
            return plain_blocks(chat.NOT_DONE)
        if absence is None:
            return plain_blocks(chat.BACK)
        return plain_blocks(chat.away(absence.start, absence.end))

    def _home(self, caller: Caller) -> Json:
        office, now = self._desk.office, self._desk.clock()
        home = home_of(office, caller.reporter, handles=caller.standing is Standing.LISTED, now=now)
        return home_view(home, office.directory)

    def _told(self, caller: Caller) -> tuple[Summary, ...]:
        if caller.standing is not Standing.LISTED:
            return ()
        return viewing.my_cases(self._desk.office, caller.handler, now=self._desk.clock())

    def _mine(self, caller: Caller) -> tuple[Summary, ...]:
        return viewing.my_reports(self._desk.office, caller.own, now=self._desk.clock())


def _line(one: Summary, what: str) -> str:
    return f"{what}: {one.reference}, {STATES[one.state.value]}"
