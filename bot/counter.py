"""What every chat's listeners work with: the office, the policies, what was lately said, how it went."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_urlsafe
from typing import Generic, Protocol, TypeVar

from bot.answering import to_be_reported
from bot.errors import NoSuchCaseError, RefusedActionError
from bot.logs import log
from bot.reporting import gaps
from bot.reporting.discretion import speaks_of_somebody
from bot.reporting.office import Office
from bot.reporting.people import Contacts, Person
from bot.reporting.undeliverable import within_reach
from bot.signpost import Signpost
from bot.wording import chat
from knowledge.answer import Answer
from knowledge.rules import Pack
from storage import seen
from storage.store import UnavailableError

Kept = TypeVar("Kept")
_KEPT = 2000


class Asker(Protocol):
    """Somebody who asks: the account that it comes from, and their entry in the schools file if any."""

    @property
    def account(self) -> str:
        """Their id on the platform."""
        ...

    @property
    def person(self) -> Person | None:
        """Who that is."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its answer, for the buttons under it. Kept in memory only, and not for long."""

    question: str
    answer: Answer
    pack: Pack
    before: str = ""

    @property
    def to_be_reported(self) -> bool:
        """Whether it calls for a report: such is answered in private, and is never passed on as a message."""
        return to_be_reported(self.answer)


class Recent(Generic[Kept]):
    """What was lately said, by the token that a button or a form carries; only whose it is can have it back.

    In memory only: what somebody writes lies nowhere before they send it. A restart forgets it.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()

    def put(self, token: str, account: str, kept: Kept) -> None:
        """Keep something of somebody's."""
        self._kept[token, account] = kept
        self._kept.move_to_end((token, account))
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def get(self, token: str, account: str) -> Kept | None:
        """What somebody's token stands for; None where it is somebody else's, or was too long ago."""
        return self._kept.get((token, account))


@dataclass(frozen=True, slots=True)
class Counter:
    """Where people are served, whatever the chat. Use cases are synchronous and run in a thread."""

    office: Office
    policies: Callable[[], Signpost]
    """Made ready at the first question."""
    clock: Callable[[], datetime]
    platform: str
    recent: Recent[Asked] = field(default_factory=Recent, kw_only=True)

    def contacts(self, asker: Asker) -> Contacts:
        """Whom somebody can ring, at their own school."""
        return self.office.directory.contacts_for(asker.person.school if asker.person else None)

    def policy(self, asker: Asker) -> str:
        """The policy that answers somebody."""
        return self.office.directory.policy_for(asker.person.id if asker.person else None)

    async def ask(
        self, asker: Asker, question: str, *, before: str = "", chosen: str = ""
    ) -> tuple[str, Asked]:
        """Answer somebody's question; with the token under which it is remembered."""
        asked = await asyncio.to_thread(self._ask, self.policy(asker), question, before, chosen)
        token = token_urlsafe(12)
        self.recent.put(token, asker.account, asked)
        return token, asked

    def is_private(self, asked: Asked) -> bool:
        """Whether an answer is nobody else's to read: it calls for a report, or speaks of somebody."""
        said, office = f"{asked.before}\n{asked.question}", self.office
        return asked.to_be_reported or speaks_of_somebody(said, office.directory, office.day(self.clock()))

    async def first_time(self, event: object) -> bool:
        """Whether an event has not been dealt with yet, by any replica; it counts as dealt with from now on.

        Where the database is away, better twice than never.
        """
        if not isinstance(event, str) or not event:
            return True
        try:
            return await asyncio.to_thread(self._claim, f"{self.platform} {event}")
        except UnavailableError:
            log.warning("events_unremembered", reason="database")
            return True

    async def seen(self, person: str) -> None:
        """Somebody was seen here, so that they can be reached again if they could not."""
        try:
            await asyncio.to_thread(within_reach, self.office, person, self.platform, now=self.clock())
        except UnavailableError:
            log.warning("seen_unremembered", reason="database")

    async def tried(self, do: Callable[[], object]) -> str:
        """Do something in a thread; returns what went wrong, in words for the person, or nothing."""
        try:
            await asyncio.to_thread(do)
        except NoSuchCaseError:
            return chat.STALE
        except RefusedActionError as error:
            return str(error)
        except UnavailableError:
            return chat.NOT_DONE
        except Exception as error:  # noqa: BLE001  the edge: nothing is claimed, and no words are logged
            log.error("case_action_failed", exc_info=error)
            return chat.SOMETHING_BROKE
        return ""

    def _ask(self, policy: str, question: str, before: str, chosen: str) -> Asked:
        signpost = self.policies()
        answer = signpost.ask(policy, question, before=before, chosen=chosen)
        self._note_gap(policy, answer)
        return Asked(question, answer, signpost.adviser(policy).pack, before)

    def _note_gap(self, policy: str, answer: Answer) -> None:
        """Count what the policy left open, for its owner. Nobody waits or goes without an answer for that."""
        try:
            gaps.note(self.office, policy, answer, agreed=None, now=self.clock())
        except UnavailableError:
            log.warning("gap_uncounted", reason="database")

    def _claim(self, event: str) -> bool:
        with self.office.work(self.clock()) as work:
            fresh = seen.claim(work.session, event, work.now)
            work.done()
        return fresh
