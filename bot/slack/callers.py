"""Who somebody in Slack is to this school, found anew for each click: a role taken away is gone at once (S6).

An account that the schools file lists is that person. Any other is matched by the address that Slack has
verified, which is enough to ask and to report, and never to handle a case: whoever can change an address in
Slack could otherwise read as the safeguarding lead.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any

from bot.logs import log
from bot.reporting.casefile import Actor
from bot.reporting.people import Directory, Person
from bot.sending import TryLaterError, UnreachableError
from bot.slack.client import SlackClient
from bot.slack.messenger import PLATFORM

_KNOWN_FOR = 300.0
"""Seconds for which what Slack says of an account is taken as still so."""
_MOST = 5000
_PATIENCE, _PAUSE = 0.8, 5.0
"""Seconds for which Slack is waited for (a click is good for three in all), and left alone after that."""


class Standing(StrEnum):
    """What an account may do here."""

    LISTED = "listed"
    """In the schools file: everything that their roles allow."""
    UNLISTED = "unlisted"
    """Of this workspace, but not listed by this account: may ask and report."""
    GUEST = "guest"
    """A guest of this workspace: may ask and report, whatever the schools file says."""
    OUTSIDER = "outsider"
    """Of another organisation: is told whom to ring and nothing else."""
    MACHINE = "machine"
    """A bot: is not answered."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who writes or clicks. `reporter` is who reports; `person` their entry in the schools file."""

    account: str
    standing: Standing
    reporter: str
    person: Person | None = None

    @classmethod
    def nobody(cls) -> "Caller":
        """Where it doesn't matter who it is."""
        return cls("", Standing.UNLISTED, "")

    @property
    def shut_out(self) -> bool:
        """Whether they are nobody's here: of another organisation, or a machine."""
        return self.standing in {Standing.OUTSIDER, Standing.MACHINE}

    @property
    def handler(self) -> Actor:
        """As whom they deal with cases: nobody, unless the schools file lists this very account."""
        return Actor(
            self.reporter if self.standing is Standing.LISTED else f"account:{PLATFORM}:{self.account}"
        )

    @property
    def own(self) -> Actor:
        """As whom they see to their own reports, and to nothing else."""
        return Actor(self.reporter)


@dataclass(frozen=True, slots=True)
class _Profile:
    at: float
    team: str
    bot: bool
    guest: bool
    stranger: bool
    email: str | None


class Callers:
    """Finds out who somebody is. What Slack says of an account is kept for five minutes."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._profiles: OrderedDict[str, _Profile] = OrderedDict()
        self._team: str | None = None
        self._turn = asyncio.Lock()
        self._ask_again = 0.0

    async def of(self, account: str, directory: Directory, *, team: str | None = None) -> Caller:
        """Who an account is. `team` is the workspace that the event says it comes from.

        Where Slack doesn't say, the schools file alone decides: an acknowledgement must get through.
        """
        nobody = f"account:{PLATFORM}:{account}"
        if team is not None and await self._elsewhere(team):
            return Caller(account, Standing.OUTSIDER, nobody)
        listed = directory.by_account(PLATFORM, account)
        profile = await self._profile(account)
        standing = await self._standing(profile, listed)
        if standing in {Standing.OUTSIDER, Standing.MACHINE}:
            return Caller(account, standing, nobody)
        person = listed or (directory.by_address([profile.email or ""]) if profile else None)
        return Caller(account, standing, person.id if person else nobody, person)

    async def _standing(self, profile: _Profile | None, listed: Person | None) -> Standing:
        if profile is None:
            return Standing.LISTED if listed is not None else Standing.UNLISTED
        if profile.bot:
            return Standing.MACHINE
        if profile.stranger or (profile.team and await self._elsewhere(profile.team)):
            return Standing.OUTSIDER
        if profile.guest:
            return Standing.GUEST
        return Standing.LISTED if listed is not None else Standing.UNLISTED

    async def _elsewhere(self, team: str) -> bool:
        """Whether a workspace is another than ours, as far as Slack has told us which one ours is."""
        ours = await self._ours()
        return ours is not None and team != ours

    async def _ours(self) -> str | None:
        """This workspace's id, asked for until Slack has said it; those who wait meanwhile don't ask too."""
        async with self._turn:
            if self._team is None and monotonic() >= self._ask_again:
                answer = await self._asked(self._client.web.auth_test)
                self._team = str(answer["team_id"]) if answer and "team_id" in answer else None
                self._ask_again = monotonic() + _PAUSE
        return self._team

    async def _profile(self, account: str) -> _Profile | None:
        known = self._profiles.get(account)
        if known is not None and monotonic() - known.at < _KNOWN_FOR:
            return known
        answer = await self._asked(self._client.web.users_info, user=account)
        user = answer.get("user") if answer else None
        if not isinstance(user, Mapping):
            return known
        self._profiles[account] = _read(user)
        self._profiles.move_to_end(account)
        while len(self._profiles) > _MOST:
            self._profiles.popitem(last=False)
        return self._profiles[account]

    async def _asked(self, method: Any, **said: str) -> Mapping[str, Any] | None:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._client.call(method, **said)
        except (TryLaterError, UnreachableError, TimeoutError):
            log.warning("slack_silent", reason="who-is-it")
            return None


def _read(user: Mapping[str, Any]) -> _Profile:
    profile = user.get("profile") or {}
    email = profile.get("email") if user.get("is_email_confirmed", True) else None
    return _Profile(
        at=monotonic(),
        team=str(user.get("team_id") or ""),
        bot=bool(user.get("is_bot") or user.get("id") == "USLACKBOT"),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        stranger=bool(user.get("is_stranger")),
        email=email if isinstance(email, str) else None,
    )
