"""Who is in the stand-in's tenant, by their Entra ids, and schools files that know them there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import NAMESPACE_DNS, uuid5

from bot.reporting.people import Directory
from tests.support.teams.signing import TENANT

_SLACK = re.compile(r"\{id: (\w+)((?:(?!\{id:|teams:)[^}])*?)slack: (\w+)(?!, teams:)(?=[,}\s])")
"""A person of `tests.bot.reporting.oakfield` who has Slack and not Teams."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account. `account` is their Entra id, `user` their id in Teams."""

    account: str
    name: str
    real_name: str = ""
    email: str = ""
    tenant: str = TENANT

    @property
    def user(self) -> str:
        """Their id in Teams, which is another for each app."""
        return f"29:1{self.account.replace('-', '')}"

    @property
    def personal(self) -> str:
        """Their conversation with the app."""
        return f"a:1{self.account.replace('-', '')}"


def account_of(name: str) -> str:
    """The Entra id of somebody by a name of the tests' own; the same in every run."""
    return str(uuid5(NAMESPACE_DNS, f"{name}.teams.oakfield.example"))


def on_teams(schools: str, *, only: bool = False) -> str:
    """A schools file in which everybody who has Slack has Teams too, or Teams alone."""

    def both(found: re.Match[str]) -> str:
        slack = "" if only else f"slack: {found[3]}, "
        return f"{{id: {found[1]}{found[2]}{slack}teams: {account_of(found[1])}"

    text = _SLACK.sub(both, schools)
    return re.sub(r"slack: \w+, teams:", "teams:", text) if only else text


def users_of(directory: Directory) -> Iterator[User]:
    """Everybody in a schools file who has a Teams account there."""
    for person in directory.people.values():
        if account := person.accounts.get("teams"):
            yield User(account, person.id, person.name, person.email or "")


EVERYBODY_ELSE = (
    User(account_of("nell"), "nell", "Nell Newstarter", "nell@oakfield.example"),
    User(account_of("kit"), "kit", "Kit Pupil", "kit@pupils.oakfield.example"),
    User(account_of("owen"), "owen", "Owen Outside", "owen@elsewhere.example", account_of("another-tenant")),
)
"""A new starter whom no schools file names, a pupil, and somebody of another tenant."""
