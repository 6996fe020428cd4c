"""What may be wrong with a tenant, as pure checks for `bot.doctor`: values in, findings out."""

from collections.abc import Iterator, Mapping
from datetime import date

from bot.doctor import Finding, Level, fault, ok, some, warn
from bot.reporting.people import Directory
from bot.teams.looked import TEAMS, Account, Tenant, Trouble

_REGISTERED = "see docs/teams.md, and correct TEAMS_APP_ID, TEAMS_TENANT_ID and the credential"
_NETWORK = "see that this machine reaches login.microsoftonline.com and graph.microsoft.com"
_GRANT = "grant User.Read.All and GroupMember.Read.All to the app, with an administrator's consent"


def of_tenant(seen: Tenant) -> Iterator[Finding]:
    """Whether tokens are to be had, and whether Graph says who is staff and who a pupil."""
    for trouble, what in (
        (seen.sending, "nothing can be sent in Teams: no token"),
        (seen.asking, "Graph cannot be asked: no token"),
    ):
        if trouble is not None:
            yield fault(f"{what} ({trouble.why})", _REGISTERED if trouble.refused else _NETWORK)
    if seen.sending is None:
        yield ok("Microsoft gives a token for sending")
    yield from _of_groups(seen.staff, "TEAMS_STAFF_GROUP", "staff are known by the schools file alone")
    yield from _of_groups(seen.pupils, "TEAMS_PUPILS", "pupils count as unknown people, who may report")
    if seen.both:
        what = f"{seen.both} accounts are in the staff's group and in the pupils': they count as staff"
        yield warn(what, "take pupils out of the staff's group")


def of_seats(directory: Directory, accounts: Mapping[str, Account], today: date) -> Iterator[Finding]:
    """Whether those who are told of reports can be told in Teams; `accounts`: what each of theirs is."""
    told = [one for one in directory.people.values() if not one.gone(today) and directory.roles_of(one.id)]
    for kind in Account:
        ids = sorted(one.id for one in told if accounts.get(one.accounts.get(TEAMS, "")) is kind)
        if not ids:
            continue
        if kind is Account.MEMBER:
            yield ok(f"{len(ids)} who are told of reports have an account in Teams")
        elif kind is Account.UNSEEN:
            yield warn(f"nothing was said of {some(ids)} in time", "run signpost doctor again in a minute")
        elif kind is Account.UNREACHED:
            remedy = "have the Teams administrator install the app for them: see docs/teams.md"
            yield fault(f"the Teams account of {some(ids)} is {kind.value}", remedy)
        else:
            what = f"the Teams account of {some(ids)} is {kind.value}"
            yield fault(what, "run signpost schools sync, and correct teams: in the schools file")


def _of_groups(groups: Mapping[str, int | Trouble], setting: str, otherwise: str) -> Iterator[Finding]:
    for group, size in groups.items():
        if isinstance(size, Trouble):
            what = f"Graph doesn't say who is in {group} ({size.why}): {otherwise}"
            remedy = f"{_GRANT}, and see that {setting} is right" if size.refused else _NETWORK
            yield fault(what, remedy)
        elif size:
            yield ok(f"{setting}: {size} accounts")
        else:
            yield Finding(Level.WARN, f"nobody is in {group}: {otherwise}", f"correct {setting}")
