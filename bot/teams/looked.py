"""What `signpost doctor` saw of a tenant. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

TEAMS = "teams"
"""What the schools file calls an account here."""


class Account(StrEnum):
    """What an account is to Signpost; the words follow "the Teams account of … is "."""

    MEMBER = "member"
    CLOSED = "closed"
    UNKNOWN = "not there"
    UNREACHED = "without the app: nothing can be sent to it"
    UNSEEN = "not seen"
    """Nothing was said of it in time."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something was not done; `refused`: it was answered, and will be answered the same again."""

    why: str
    refused: bool = True


@dataclass(frozen=True, slots=True)
class Tenant:
    """What Microsoft said of the app's tokens, of Graph, of the groups that are set, and of accounts.

    `staff` and `pupils` map each group's id to how many are in it, or to why that isn't known; `both` is how
    many are in one of each. Nothing is there that was not asked.
    """

    sending: Trouble | None = None
    asking: Trouble | None = None
    staff: Mapping[str, int | Trouble] = field(default_factory=dict)
    pupils: Mapping[str, int | Trouble] = field(default_factory=dict)
    both: int = 0
    accounts: Mapping[str, Account] = field(default_factory=dict)
