"""Who is in the stand-in's workspace, and who isn't: staff, guests, bots, leavers and other organisations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.reporting.people import Directory

TEAM = "T0OAKFIELD"
"""The workspace that the app is installed in."""
OTHER_TEAM = "T0ELSEWHERE"
"""Another organisation's, over Slack Connect."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account, as Slack knows them. `team` other than the workspace's makes a stranger."""

    id: str
    name: str
    real_name: str = ""
    display_name: str = ""
    email: str = ""
    team: str = TEAM
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_admin: bool = False
    deleted: bool = False
    locale: str = "en-GB"
    bot_id: str = ""

    @property
    def is_stranger(self) -> bool:
        """Whether this account belongs to another organisation."""
        return self.team != TEAM

    def row(self, *, email: bool = True) -> dict[str, Any]:
        """This account as `users.info` has it; the address only where the scope was given."""
        full = self.real_name or self.name
        profile = {
            "real_name": full,
            "real_name_normalized": full,
            "display_name": self.display_name,
            "display_name_normalized": self.display_name,
            "team": self.team,
            **({"email": self.email} if email and self.email and not self.is_stranger else {}),
            **({"bot_id": self.bot_id, "api_app_id": "A0SIGNPOST"} if self.is_bot else {}),
        }
        row = {"id": self.id, "team_id": self.team, "name": self.name, "deleted": self.deleted}
        row |= {"profile": profile, "is_bot": self.is_bot, "is_app_user": False, "updated": 1_700_000_000}
        if self.is_stranger:
            row["is_stranger"] = True
        if self.deleted:
            return row
        return row | {
            "real_name": full,
            "tz": "Europe/London",
            "tz_offset": 0,
            "locale": self.locale,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
        }


BOT = User("U0SIGNPOST", "signpost", "Signpost", is_bot=True, bot_id="B0SIGNPOST")
"""The app's own user."""
EVERYBODY_ELSE = (
    User("U0GUEST", "gwen", "Gwen Guest", email="gwen@supply.example", is_restricted=True),
    User("U0ONECHANNEL", "olly", "Olly Onechannel", email="olly@supply.example", is_ultra_restricted=True),
    User("U0LEFT", "larry", "Larry Left", email="larry@oakfield.example", deleted=True),
    User("U0ROBOT", "robot", "Robot", is_bot=True, bot_id="B0ROBOT"),
    User("U0OUTSIDE", "owen", "Owen Outside", email="owen@elsewhere.example", team=OTHER_TEAM),
    User("U0NEW", "nell", "Nell Newstarter", email="nell@oakfield.example"),
)
"""A multi-channel guest, a single-channel guest, a leaver, another app, a Slack Connect outsider, and a new
starter whom no schools file names: in every workspace here, besides those whom a test names."""


def users_of(directory: Directory) -> Iterator[User]:
    """Everybody in a schools file who has a Slack account there, by the id that the file gives them."""
    for person in directory.people.values():
        if account := person.accounts.get("slack"):
            yield User(account, person.id, person.name, email=person.email or "")


def by_name_and_id(users: Iterable[User]) -> dict[str, User]:
    """Find each by id and by user name. Raises `ValueError` where two share one."""
    found: dict[str, User] = {}
    for user in users:
        for key in (user.id, user.name):
            if key in found:
                raise ValueError(f"two users go by {key}")
            found[key] = user
    return found
