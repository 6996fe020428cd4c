"""Teams put together: what has passed the gate goes to whoever listens, by who sent it and what it is."""

import asyncio
from collections.abc import Callable, Mapping

from bot.logs import log
from bot.reporting.undeliverable import within_reach
from bot.sending import TryLaterError, UnreachableError
from bot.teams import asking, deciding, front, handling, ids, reporting
from bot.teams.activity import Activity, Sort
from bot.teams.answers import greeting_card, outsider_card, plain_card
from bot.teams.callers import Caller, Standing
from bot.teams.desk import Desk, Listening
from bot.teams.pupils import Unvouched
from bot.teams.reaching import reach_everybody
from bot.teams.reading import CARD_ACTION, FETCH_TASK, SUBMIT_ACTION, TASK_FETCH, TASK_SUBMIT
from bot.teams.replies import Reply, last_word, told
from bot.teams.sdk import Endpoint, Handle, Receive
from bot.wording import chat
from bot.wording import teams as wording
from storage.store import UnavailableError

_OPEN = frozenset({TASK_FETCH, FETCH_TASK})
_SEND = frozenset({TASK_SUBMIT, SUBMIT_ACTION})
_FOR_ANYBODY = ("report", "own.", ids.LIST_REPORTS)
"""What somebody unknown may press: their own reports. Everything else is for people who work here."""
_OF_A_CASE = "case."
_COMMANDS = frozenset({wording.REPORT, wording.REPORTS, wording.CASES, wording.HELP})
_TYPED_BY_ANYBODY = frozenset({wording.REPORT, wording.REPORTS})


class Face:
    """Serves everybody who writes or presses something in Teams."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._unvouched = Unvouched(desk)
        parts = [part.listening(desk) for part in (asking, deciding, reporting, handling, front)]
        self._all = Listening(
            opened={name: one for part in parts for name, one in part.opened.items()},
            sent={name: one for part in parts for name, one in part.sent.items()},
            pressed={name: one for part in parts for name, one in part.pressed.items()},
            typed={name: one for part in parts for name, one in part.typed.items()},
        )

    async def handle(self, activity: Activity) -> Reply | None:
        """Serve one activity; returns the answer to what was pressed, None for anything else."""
        if activity.sort is Sort.REMOVED:
            await self._remember(activity)
            return None
        if activity.sort is Sort.OTHER or not activity.account:
            return None
        caller = await self._desk.callers.of(
            activity.account, activity.tenant, self._desk.office.directory, user=activity.user
        )
        if caller.standing is Standing.MACHINE:
            return None
        # Beside it, not before: where the database is away, each thing that waits for it takes seconds.
        remembering = asyncio.ensure_future(self._remember(activity, caller))
        try:
            return await self._served(activity, caller)
        finally:
            await remembering

    async def _served(self, activity: Activity, caller: Caller) -> Reply | None:
        if activity.sort is Sort.INVOKE:
            return await self._pressed(activity, caller)
        if activity.sort is Sort.INSTALLED:
            await self._greet(activity, caller)
        elif await self._desk.first_time(f"{activity.conversation} {activity.id}"):
            await self._said(activity, caller)
        return None

    async def _remember(self, activity: Activity, caller: Caller | None = None) -> None:
        """Where this person's own chat is: notices go there, wherever Teams has moved it to."""
        try:
            await asyncio.to_thread(self._noted, activity, caller)
        except UnavailableError:
            log.warning("place_unremembered", reason="database")

    def _noted(self, activity: Activity, caller: Caller | None) -> None:
        desk, now = self._desk, self._desk.clock()
        desk.places.remember(activity, now=now)
        if caller is not None and activity.alone and activity.sort is not Sort.INVOKE:
            within_reach(desk.office, caller.reporter, desk.platform, now=now)

    async def _greet(self, activity: Activity, caller: Caller) -> None:
        if not (activity.alone and caller.asks):
            return
        try:
            await self._desk.say(activity, greeting_card())
        except (TryLaterError, UnreachableError) as error:
            log.warning("not_greeted", exc_info=error)  # nobody waits for it

    async def _said(self, activity: Activity, caller: Caller) -> None:
        """A message: a word that asks for something of one's own, or a question."""
        if caller.standing is Standing.OUTSIDER:
            shown = outsider_card(self._desk.nation, self._desk.contacts(caller))
            await self._unvouched.answer(activity, caller, shown)
            return
        if caller.standing is Standing.PUPIL:
            await self._unvouched.answer(activity, caller, await self._unvouched.pupil(activity, caller))
            return
        if activity.action:  # pressed where no dialog can be opened: what it shows stands in no message
            await self._desk.say(activity, plain_card(wording.NO_DIALOG))
            return
        wanted = _command(activity.text)
        if caller.standing is Standing.UNKNOWN and wanted not in _TYPED_BY_ANYBODY:
            await self._unvouched.answer(activity, caller, await self._unvouched.unknown(caller))
            return
        typed = self._all.typed
        await typed.get(wanted, typed[""])(activity, caller)

    async def _pressed(self, activity: Activity, caller: Caller) -> Reply | None:
        """A button, a dialog or a command of the message extension."""
        on_card, opens = activity.name == CARD_ACTION, activity.name in _OPEN
        if not (on_card or opens or activity.name in _SEND):
            return None
        name = activity.action or activity.command
        refusal = self._refusal(caller, name)
        if refusal:
            if name.startswith(_OF_A_CASE):
                await handling.turned_away(self._desk, activity, caller)
            return told(refusal) if on_card else last_word(refusal)
        found = self._all.pressed.get(name) if on_card else self._all.opened.get(name)
        if not (on_card or opens):
            found = self._all.sent.get(name) or found
        if found is None:
            return told(wording.TOO_OLD) if on_card else last_word(wording.TOO_OLD)
        return await found(activity, caller)

    def _refusal(self, caller: Caller, name: str) -> str:
        """Why somebody may not press this at all; what they may do with a case the use cases decide."""
        numbers, nation = self._desk.contacts(caller), self._desk.nation
        lines: tuple[str, ...] = ()
        if caller.standing is Standing.OUTSIDER:
            lines = chat.outsider(nation, numbers)
        if caller.standing is Standing.PUPIL:
            lines = wording.pupil(nation, numbers, passed_on=False)
        if caller.standing is Standing.UNKNOWN and not name.startswith(_FOR_ANYBODY):
            lines = wording.unknown(nation, numbers)
        return " ".join(lines)


def _command(text: str) -> str:
    """Which of the words that have something done a message is; none, where it is a question."""
    words = text.casefold().strip(" .!?\n")
    if words.split()[:1] == [wording.AWAY]:
        return wording.AWAY
    return words if words in _COMMANDS else ""


class TeamsFace:
    """Teams' way in. Open it on the event loop before use, and close it at the end."""

    def __init__(self, desk: Desk, endpoint: Callable[[Handle], Endpoint]) -> None:
        self._desk = desk
        self._endpoint = endpoint(Face(desk).handle)
        self._reaching: asyncio.Task[None] | None = None

    def doors(self) -> Mapping[str, Receive]:
        """Where Teams comes in, by path."""
        return {"/api/messages": self._endpoint.receive}

    async def open(self) -> None:
        """Make ready, and begin to see who of those that are told of reports cannot be reached."""
        await self._desk.client.open()
        await self._endpoint.open()
        reaching = reach_everybody(self._desk)
        self._reaching = asyncio.get_running_loop().create_task(reaching, name="teams-reach")

    async def close(self) -> None:
        """Take nothing more, and let go of the connections."""
        if self._reaching is not None:
            self._reaching.cancel()
        await self._endpoint.close()
        await self._desk.callers.close()
        await self._desk.client.close()
