"""Who somebody in Teams is to this school, found anew each time: a role taken away is gone at once (S6).

School tenants hold pupils, so that nobody counts as staff for being in the tenant. The schools file decides
first, by account; Graph is asked only about whom it doesn't list, and its silence makes nobody staff.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from bot.logs import log
from bot.reporting.casefile import Actor
from bot.reporting.people import Directory, Person
from bot.settings import Settings
from bot.teams.graph import Graph, GraphError, NotThereError, Token, User
from bot.teams.places import PLATFORM

_KNOWN_FOR, _SOON = 300.0, 20.0
"""Seconds for which what Graph says is taken as still so; and where it said only half of it."""
_MOST = 20_000
_GLANCE = 1.0
"""Seconds for which it is waited to hear who is at their desk: a dialog opens without it, too."""
_PATIENCE, _PAUSE = 2.0, 5.0
"""Seconds for which Graph is waited for, and left alone after that."""
_MACHINE = "28:"
"""What the Teams id of a bot starts with."""


class Standing(StrEnum):
    """What an account may do here."""

    LISTED = "listed"
    """In the schools file by this account: everything that their roles allow."""
    STAFF = "staff"
    """By their address in the schools file, or in the staff's group: asks and reports, handles nothing."""
    PUPIL = "pupil"
    """In the pupils' group, or of their domain: is told whom to turn to, and what alarms is passed on."""
    UNKNOWN = "unknown"
    """Anybody else of the tenant: may report, and an administrator is told to list them."""
    MACHINE = "machine"
    """A bot: is not answered."""
    OUTSIDER = "outsider"
    """Of another organisation (one shares a channel with us): is told whom to ring and nothing else."""


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
        return cls("", Standing.UNKNOWN, "")

    @property
    def shut_out(self) -> bool:
        """Whether they are nobody's here: of another organisation, or a machine."""
        return self.standing in {Standing.OUTSIDER, Standing.MACHINE}

    @property
    def asks(self) -> bool:
        """Whether they are given answers from the policy."""
        return self.standing in {Standing.LISTED, Standing.STAFF}

    @property
    def reports(self) -> bool:
        """Whether they are given the form."""
        return self.asks or self.standing is Standing.UNKNOWN

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
    """What Graph said of an account: no `user` where the tenant has none, no `groups` where it didn't say."""

    at: float
    user: User | None
    groups: frozenset[str] | None

    @property
    def fresh(self) -> bool:
        known_for = _SOON if self.groups is None else _KNOWN_FOR
        return monotonic() - self.at < known_for


class Callers:
    """Finds out who somebody is. What Graph says of an account is kept for five minutes.

    Without a `token` Graph is never asked: then only whom the schools file lists is more than unknown.
    """

    def __init__(self, token: Token | None, settings: Settings) -> None:
        self._graph = Graph(token, settings.graph_url) if token is not None else None
        self._tenants = frozenset(each(settings.teams_tenant_id))
        self._staff = frozenset(each(settings.teams_staff_group))
        self._pupils = frozenset(one for one in each(settings.teams_pupils) if not is_domain(one))
        self._domains = frozenset(each(settings.teams_pupils, domains=True))
        self._profiles: OrderedDict[str, _Profile] = OrderedDict()
        self._ask_again = 0.0

    async def close(self) -> None:
        """Close the connections to Graph."""
        if self._graph is not None:
            await self._graph.close()

    async def of(
        self, account: str, tenant: str, directory: Directory, *, user: str = "", address: str = ""
    ) -> Caller:
        """Who an account is, by its Entra object id; `tenant` is where the activity says it comes from.

        `user` is its id in Teams, which tells a bot; `address` one that the conversation's own list of
        members gives, for where Graph may not be asked.
        """
        account, tenant = account.lower(), tenant.lower()
        nobody = f"account:{PLATFORM}:{account}"
        if user.startswith(_MACHINE):
            return Caller(account, Standing.MACHINE, nobody)
        if not account or (tenant and self._tenants and tenant not in self._tenants):
            return Caller(account, Standing.OUTSIDER, nobody)
        listed = directory.by_account(PLATFORM, account)
        if listed is not None:
            return Caller(account, Standing.LISTED, listed.id, listed)
        standing, person = self._judged(await self._profile(account), directory, address)
        return Caller(account, standing, person.id if person else nobody, person)

    async def presence(self, accounts: Iterable[str]) -> Mapping[str, str]:
        """How Graph shows accounts just now; nothing where it may not be asked, or says nothing at once."""
        if self._graph is None or monotonic() < self._ask_again:
            return {}
        try:
            async with asyncio.timeout(_GLANCE):
                return await self._graph.presence(accounts)
        except (GraphError, TimeoutError) as error:
            log.info("teams_silent", reason="presence", error_type=type(error))
            return {}

    def _judged(
        self, profile: _Profile | None, directory: Directory, address: str
    ) -> tuple[Standing, Person | None]:
        """What an account is that the schools file doesn't list: nothing that nobody vouches for."""
        user = profile.user if profile else None
        if profile is not None and user is None:
            return Standing.OUTSIDER, None
        if user is not None and (user.guest or user.enabled is False):
            # A guest's address is what somebody typed when they were invited.
            return Standing.UNKNOWN, None
        addresses = (*(user.addresses if user else ()), address)
        person = directory.by_address(addresses)
        if person is not None:
            return Standing.STAFF, person
        groups = (profile.groups if profile else None) or frozenset()
        if groups & self._staff:
            return Standing.STAFF, None
        if groups & self._pupils or any(self._is_pupils(one) for one in addresses):
            return Standing.PUPIL, None
        return Standing.UNKNOWN, None

    def _is_pupils(self, address: str) -> bool:
        """Whether an address is of the pupils' domain: not of one below it, which may be the staff's."""
        return address.rpartition("@")[2] in self._domains

    async def _profile(self, account: str) -> _Profile | None:
        """What Graph says, or said last where it is silent now."""
        known = self._profiles.get(account)
        if self._graph is None or (known is not None and known.fresh) or monotonic() < self._ask_again:
            return known
        found = await self._asked(self._graph, account, known)
        if found is None:
            return known
        self._profiles[account] = found
        self._profiles.move_to_end(account)
        while len(self._profiles) > _MOST:
            self._profiles.popitem(last=False)
        return found

    async def _asked(self, graph: Graph, account: str, known: _Profile | None) -> _Profile | None:
        try:
            async with asyncio.timeout(_PATIENCE):
                user, groups = await asyncio.gather(
                    _user(graph, account), self._groups(graph, account, known)
                )
        except (GraphError, TimeoutError) as error:
            self._ask_again = monotonic() + _PAUSE
            log.warning("teams_silent", reason="who-is-it", error_type=type(error))
            return None
        return _Profile(monotonic(), user, groups)

    async def _groups(self, graph: Graph, account: str, known: _Profile | None) -> frozenset[str] | None:
        """Which of the staff's and pupils' groups an account is in; as last known where it isn't said."""
        wanted = self._staff | self._pupils
        try:
            return await graph.groups_of(account, wanted) if wanted else frozenset()
        except GraphError as error:
            log.warning("teams_silent", reason="which-groups", error_type=type(error))
            return known.groups if known else None


async def _user(graph: Graph, account: str) -> User | None:
    try:
        return await graph.user(account)
    except NotThereError:
        return None


def each(setting: str | None, *, domains: bool = False) -> list[str]:
    """The entries of a setting that may name several with commas between; or only its e-mail domains."""
    named = [one.strip().lower() for one in (setting or "").split(",") if one.strip()]
    return [one.lstrip("@") for one in named if is_domain(one)] if domains else named


def is_domain(entry: str) -> bool:
    """Whether an entry of `teams_pupils` is an e-mail domain: it has a dot, which no group's id has."""
    return "." in entry
