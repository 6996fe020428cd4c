"""How the schools file and a tenant's accounts and groups differ: pure, for somebody to look at first.

Who is told of reports stays what the schools file says. A group of Entra's only shows here that its members
are others than a role's people, and changes nothing until somebody has had that written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.reporting.people import Directory, Holding, Person

TEAMS = "teams"


class Sort(StrEnum):
    """What differs. The first three can be written into the file."""

    FOUND = "found"
    """Somebody without an account in the file has one by their address."""
    JOINED = "joined"
    """Somebody of the file is in a role's group and not in the role."""
    LEFT = "left"
    """Somebody is in a role and not in its group."""
    LAST = "last"
    """So is the role's only holder, whom a person has to replace."""
    STRANGER = "stranger"
    """An account is in a role's group, or the staff's, and nobody's in the file."""
    SEVERAL = "several"
    """Several accounts have somebody's address."""
    MISSING = "missing"
    """Nobody in the tenant has somebody's address, and the file names no account."""
    CLOSED = "closed"
    """Somebody's account is closed."""
    GONE = "gone"
    """Somebody's account is not in the tenant."""


WRITTEN = frozenset({Sort.FOUND, Sort.JOINED, Sort.LEFT})


@dataclass(frozen=True, slots=True)
class Entry:
    """An account of the tenant: `id` in lower case, addresses casefolded."""

    id: str
    name: str
    addresses: frozenset[str]
    guest: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `person` is an id, empty for a stranger; `holding` is a place in the file's `roles`."""

    sort: Sort
    person: str = ""
    account: str = ""
    name: str = ""
    holding: int | None = None

    @property
    def writes(self) -> bool:
        """Whether it can be written into the file."""
        return self.sort in WRITTEN


def differences(
    directory: Directory,
    entries: Iterable[Entry],
    groups: Mapping[str, frozenset[str]],
    today: date,
    *,
    staff: frozenset[str] = frozenset(),
) -> tuple[Difference, ...]:
    """Everything that differs, in the order of the file; then the `staff` who are in nobody's entry.

    `groups` are the members of those that roles name.
    """
    known = {one.id: one for one in entries}
    staying = [one for one in directory.people.values() if not one.gone(today)]
    accounts = tuple(_of_accounts(staying, known))
    found = {one.account: one.person for one in accounts if one.sort is Sort.FOUND}
    owners = found | {one.accounts[TEAMS]: one.id for one in staying if TEAMS in one.accounts}
    roles = (
        difference
        for place, holding in enumerate(directory.holdings)
        if holding.group is not None and holding.group in groups
        for difference in _of_role(place, holding, groups[holding.group], owners, known)
    )
    entered = owners.keys() | {
        one for person in directory.people.values() for one in person.accounts.values()
    }
    strangers = sorted(staff - entered)
    return (*accounts, *roles, *(_stranger(one, known, None) for one in strangers))


def _of_accounts(people: Sequence[Person], known: Mapping[str, Entry]) -> Iterator[Difference]:
    by_address: dict[str, list[Entry]] = {}
    for entry in known.values():
        # A guest's address is what somebody typed when they were invited.
        for address in entry.addresses if not (entry.guest or entry.closed) else ():
            by_address.setdefault(address, []).append(entry)
    taken = {one.accounts[TEAMS] for one in people if TEAMS in one.accounts}
    for person in people:
        account = person.accounts.get(TEAMS)
        if account is not None:
            yield from _of_account(person, account, known)
        elif person.email:
            yield _by_address(person, [*by_address.get(person.email.casefold(), ())], taken)


def _of_account(person: Person, account: str, known: Mapping[str, Entry]) -> Iterator[Difference]:
    entry = known.get(account)
    if entry is None:
        yield Difference(Sort.GONE, person.id, account)
    elif entry.closed:
        yield Difference(Sort.CLOSED, person.id, account, entry.name)


def _by_address(person: Person, found: Sequence[Entry], taken: set[str]) -> Difference:
    free = [one for one in found if one.id not in taken]
    if len(free) == 1 and len(found) == 1:
        return Difference(Sort.FOUND, person.id, free[0].id, free[0].name)
    return Difference(Sort.SEVERAL if found else Sort.MISSING, person.id)


def _of_role(
    place: int,
    holding: Holding,
    members: frozenset[str],
    owners: Mapping[str, str],
    known: Mapping[str, Entry],
) -> Iterator[Difference]:
    present = {owners[one] for one in members if one in owners}
    away = [one for one in holding.people if one not in present]
    joined = sorted(present - set(holding.people))
    yield from (Difference(Sort.JOINED, one, holding=place) for one in joined)
    emptied = not joined and len(away) == len(holding.people)
    yield from (Difference(Sort.LAST if emptied else Sort.LEFT, one, holding=place) for one in away)
    yield from (_stranger(one, known, place) for one in sorted(members - owners.keys()))


def _stranger(account: str, known: Mapping[str, Entry], holding: int | None) -> Difference:
    name = known[account].name if account in known else ""
    return Difference(Sort.STRANGER, account=account, name=name, holding=holding)
