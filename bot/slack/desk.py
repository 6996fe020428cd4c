"""What every listener works with: the office, the policies, who is who, and how Slack is spoken to."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_urlsafe
from typing import Any, Generic, TypeVar

from bot.logs import log
from bot.reporting import gaps
from bot.reporting.office import Office
from bot.reporting.people import Contacts
from bot.signpost import Signpost
from bot.slack.answers import outsider_blocks
from bot.slack.blocks import Blocks
from bot.slack.callers import Caller, Callers
from bot.slack.client import SlackClient
from bot.slack.messenger import PLATFORM
from knowledge.answer import Answer
from knowledge.rules import Pack
from storage import seen
from storage.store import UnavailableError

Payload = Mapping[str, Any]
Kept = TypeVar("Kept")
_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its answer, for the buttons under it. Kept in memory only, and not for long."""

    question: str
    answer: Answer
    pack: Pack
    before: str = ""


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
class Desk:
    """Everything that a listener may use. Use cases are synchronous and run in a thread."""

    office: Office
    policies: Callable[[], Signpost]
    """Made ready at the first question."""
    client: SlackClient
    callers: Callers
    clock: Callable[[], datetime]
    recent: Recent[Asked] = field(default_factory=Recent)
    drafts: Recent[Mapping[str, str]] = field(default_factory=Recent)

    async def caller(self, body: Payload) -> Caller:
        """Who sent an event, a command, a click or a form."""
        account, team = sender(body)
        return await self.callers.of(account, self.office.directory, team=team)

    def contacts(self, caller: Caller) -> Contacts:
        """Whom somebody can ring, at their own school."""
        return self.office.directory.contacts_for(caller.person.school if caller.person else None)

    def outsider(self, caller: Caller) -> Blocks:
        """All that somebody who is nobody's here is told: whom to ring."""
        return outsider_blocks(self.office.directory.trust.nation, self.contacts(caller))

    def policy(self, caller: Caller) -> str:
        """The policy that answers somebody."""
        return self.office.directory.policy_for(caller.person.id if caller.person else None)

    async def ask(
        self, caller: Caller, question: str, *, before: str = "", chosen: str = ""
    ) -> tuple[str, Asked]:
        """Answer somebody's question; with the token under which it is remembered."""
        asked = await asyncio.to_thread(self._ask, self.policy(caller), question, before, chosen)
        token = token_urlsafe(12)
        self.recent.put(token, caller.account, asked)
        return token, asked

    async def first_time(self, body: Payload) -> bool:
        """Whether an event has not been dealt with yet, by any replica; it counts as dealt with from now on.

        Where the database is away, better twice than never.
        """
        event = body.get("event_id")
        if not isinstance(event, str):
            return True
        try:
            return await asyncio.to_thread(self._claim, f"{PLATFORM} {event}")
        except UnavailableError:
            log.warning("events_unremembered", reason="database")
            return True

    async def post(self, channel: str, shown: Blocks, *, thread: str | None = None) -> tuple[str, str]:
        """Post a message that acts on nothing; returns the conversation and the message's `ts`.

        It waits where Slack asks for patience. Raises `TryLaterError`, `UnreachableError`.
        """
        said = {"channel": channel, "thread_ts": thread, **content(shown)}
        answer = await self.client.call_patiently(self.client.web.chat_postMessage, **said)
        return str(answer.get("channel") or channel), str(answer.get("ts") or "")

    async def whisper(self, channel: str, account: str, shown: Blocks, *, thread: str | None = None) -> None:
        """Post a message that only one person in a channel sees."""
        await self.client.web.chat_postEphemeral(
            channel=channel, user=account, thread_ts=thread, **_without_unfurling(content(shown))
        )

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


def content(shown: Blocks) -> dict[str, Any]:
    """A message as Slack's methods take it: nothing in it becomes a link, a mention or a preview."""
    return {
        "text": shown.text,
        "blocks": list(shown.blocks),
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def said_back(shown: Blocks) -> dict[str, Any]:
    """A message as an answer to a command or a click takes it, which knows fewer settings."""
    return {key: value for key, value in content(shown).items() if key not in {"parse", "link_names"}}


def _without_unfurling(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if not key.startswith("unfurl")}


def sender(body: Payload) -> tuple[str, str | None]:
    """The account that something comes from, and its workspace as far as that is said."""
    event = body.get("event")
    if isinstance(event, Mapping):
        account = _first(event.get("user"), _nested(event, "assistant_thread", "user_id"))
        return account, _text(event.get("user_team") or event.get("team"))
    user = body.get("user")
    if isinstance(user, Mapping):
        return _text(user.get("id")) or "", _text(user.get("team_id"))
    return _text(body.get("user_id")) or "", _text(body.get("team_id"))


def _first(*values: object) -> str:
    return next((value for value in values if isinstance(value, str)), "")


def _nested(body: Mapping[str, Any], *keys: str) -> object:
    found: object = body
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def values_of(body: Payload) -> Iterable[str]:
    """The values of the buttons that were pressed."""
    for action in body.get("actions", ()):
        value = action.get("value") if isinstance(action, Mapping) else None
        if isinstance(value, str):
            yield value
