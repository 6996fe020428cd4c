"""Notices as messages in Teams: a card in somebody's own conversation with the app, changed in place.

Teams cannot be asked whether a notice arrived. It lets nobody be written to who doesn't have the app: where
no conversation is known one is begun, and whoever cannot be reached so is climbed past.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol

from bot.messages import Message
from bot.reporting.people import Person
from bot.sending import CannotTellError, Envelope, TryLaterError
from bot.teams.client import GoneError, Place, TeamsClient
from bot.teams.places import PLATFORM, Places

__all__ = ["PLATFORM", "TeamsMessenger"]
_APART = "|"
_LONGEST = 200


class Shown(Protocol):
    """A notice laid out: its card, and what a notification shows of it."""

    @property
    def card(self) -> Mapping[str, Any]:
        """The card."""
        ...

    @property
    def summary(self) -> str:
        """The notification."""
        ...


Layout = Callable[[Message, frozenset[str]], Shown]


class TeamsMessenger:
    """Reaches whoever has a Teams account in the schools file. `tenant` is the school's."""

    def __init__(
        self,
        client: TeamsClient,
        places: Places,
        clock: Callable[[], datetime],
        *,
        tenant: str,
        layout: Layout | None = None,
    ) -> None:
        self.client = client
        self.places = places
        self._clock = clock
        self._tenant = tenant
        self._layout = layout

    @property
    def platform(self) -> str:
        """Its name in the outbox."""
        return PLATFORM

    def address(self, person: Person) -> str | None:
        """Their Entra id."""
        account = person.accounts.get(PLATFORM)
        return account.lower() if account else None

    async def send(self, envelope: Envelope) -> str:
        """Send the notice; returns conversation and message, which together name it.

        A conversation that is no more is forgotten, and begun anew once.
        """
        card, summary = self._content(envelope)
        known = await asyncio.to_thread(self.places.of, envelope.address)
        if known is not None:
            try:
                return _provider_id(known, await self.client.send(known, card, summary))
            except GoneError:
                await asyncio.to_thread(self.places.forget, envelope.address, known)
        begun = await self._begin(envelope.address)
        return _provider_id(begun, await self.client.send(begun, card, summary))

    async def find(self, _envelope: Envelope) -> str | None:
        """Teams shows an app none of the messages in a conversation."""
        raise CannotTellError("Teams cannot be asked")

    async def edit(self, provider_id: str, envelope: Envelope) -> None:
        """Change a message in place. One that was deleted meanwhile needs no change."""
        conversation, _, message = provider_id.rpartition(_APART)
        if not conversation:
            return
        known = await asyncio.to_thread(self.places.of, envelope.address)
        here = known is not None and known.conversation == conversation
        place = known if known is not None and here else Place(conversation, self.client.home)
        with suppress(GoneError):
            await self.client.update(place, message, *self._content(envelope))

    async def _begin(self, account: str) -> Place:
        last = await asyncio.to_thread(self.places.last_address)
        begun = await self.client.open_chat(account, at=last)
        await asyncio.to_thread(self.places.put, account, begun, tenant=self._tenant, now=self._clock())
        return begun

    def _content(self, envelope: Envelope) -> tuple[dict[str, Any], str]:
        """What a message says, new or changed."""
        layout = self._layout or _notice_card()
        shown = layout(envelope.message, envelope.marks)
        return dict(shown.card), shown.summary


def _notice_card() -> Layout:
    """The face's own layout, loaded when the first notice goes."""
    from bot.teams.notices import notice_card

    return notice_card


def _provider_id(place: Place, message: str) -> str:
    named = f"{place.conversation}{_APART}{message}"
    if len(named) > _LONGEST or not named.isascii() or not named.isprintable():
        raise TryLaterError(unsure=True)
    return named
