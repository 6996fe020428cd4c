"""What every listener in Teams works with, and how something is said in a conversation."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bot.counter import Counter, Recent
from bot.logs import log
from bot.sending import TryLaterError, UnreachableError
from bot.teams.activity import Activity
from bot.teams.callers import Caller, Callers
from bot.teams.cards import Shown
from bot.teams.client import Place, TeamsClient
from bot.teams.forms import Draft
from bot.teams.places import Places
from bot.teams.replies import Reply

Listener = Callable[[Activity, Caller], Awaitable[Reply | None]]
Listeners = Mapping[str, Listener]


@dataclass(frozen=True, slots=True)
class Listening:
    """What one part of the face listens to, each by its name in `ids`.

    `opened` opens a dialog (or its next page), `sent` takes what a dialog sends, `pressed` what is pressed
    on a card in a conversation, `typed` the first words of a message.
    """

    opened: Listeners = field(default_factory=dict)
    sent: Listeners = field(default_factory=dict)
    pressed: Listeners = field(default_factory=dict)
    typed: Listeners = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drafted:
    """What somebody has answered of a report that isn't sent: kept in memory, under the form's token."""

    draft: Draft = Draft()  # noqa: RUF009  frozen, and of plain values
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk(Counter):
    """Everything that a listener may use."""

    client: TeamsClient = field(kw_only=True)
    callers: Callers = field(kw_only=True)
    places: Places = field(kw_only=True)
    drafts: Recent[Drafted] = field(default_factory=Recent, kw_only=True)

    async def presence(self, people: Iterable[str]) -> Mapping[str, str]:
        """How Teams shows people just now, by person: a hint, and nothing where it says nothing in time."""
        directory, platform = self.office.directory, self.platform
        known = {one: directory.person(one) for one in people}
        accounts = {
            person.accounts[platform].lower(): one
            for one, person in known.items()
            if person is not None and person.accounts.get(platform)
        }
        shown = await self.callers.presence(accounts)
        return {accounts[account]: word for account, word in shown.items() if account in accounts}

    @property
    def nation(self) -> str:
        """Whose guidance holds here."""
        return self.office.directory.trust.nation

    async def say(self, activity: Activity, shown: Shown) -> None:
        """Answer where it was said. Raises `TryLaterError`, `UnreachableError`."""
        place = Place(activity.conversation, activity.service_url)
        await self.client.send_patiently(place, shown.card, shown.summary)

    async def say_privately(self, activity: Activity, caller: Caller, shown: Shown) -> bool:
        """Answer in the chat with them alone; False where they have none with this app and get none."""
        if activity.alone:
            await self.say(activity, shown)
            return True
        try:
            known = await asyncio.to_thread(self.places.of, caller.account)
            place = known or await self.client.open_chat(caller.account)
            await self.client.send_patiently(place, shown.card, shown.summary)
        except (TryLaterError, UnreachableError) as error:
            log.warning("not_told_privately", exc_info=error)
            return False
        return True
