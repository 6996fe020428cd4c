"""What somebody at the stand-in Slack has before them, and waiting until it is there."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tests.support.slack.people import BOT, User
from tests.support.slack.screens import Screen
from tests.support.slack.workspace import Channel, Seen
from tests.support.waiting import wait_for

if TYPE_CHECKING:
    from tests.support.slack.stand_in import Slack

T = TypeVar("T")


class Watcher:
    """Somebody who looks."""

    def __init__(self, slack: "Slack", user: User) -> None:
        self._slack, self.id, self.name = slack, user.id, user.name

    @property
    def user(self) -> User:
        """The account, as it is now."""
        return self._slack.user(self.id)

    @property
    def direct(self) -> Channel:
        """The direct conversation with the app."""
        with self._slack.lock:
            return self._slack.workspace.direct(self.user)

    @property
    def view(self) -> Screen | None:
        """The modal in front, if any."""
        return self._slack.space.screens.top(self.id)

    @property
    def home(self) -> Screen | None:
        """The home tab, if the app ever published it."""
        return self._slack.home_of(self.id)

    def messages(self) -> list[Seen]:
        """What the app has put before this person alone, the oldest first."""
        return self._slack.messages_to(self.id)

    def sees(self) -> list[Seen]:
        """Every message that this person can see anywhere, the oldest first."""
        with self._slack.lock:
            return self._slack.workspace.visible(self.user)

    def wait_for_message(
        self, good: Callable[[Seen], bool] = lambda _: True, *, within: float = 15, after: Seen | None = None
    ) -> Seen:
        """Wait for a message by the app that this person sees, and give the latest that is good.

        `after` leaves out that one and all before it. Raises `AssertionError` after `within` seconds.
        """
        since = after.ts if after else ""

        def look() -> Seen | None:
            mine = [one for one in self.sees() if one.user == BOT.id and one.ts > since]
            return next((one for one in reversed(mine) if good(one)), None)

        return self._awaited(look, within, "a message")

    def wait_for_view(self, good: Callable[[Screen], bool] = lambda _: True, *, within: float = 15) -> Screen:
        """Wait until the modal in front is good. Raises `AssertionError` after `within` seconds."""
        return self._awaited(lambda: _good(self.view, good), within, "a view")

    def wait_for_home(self, good: Callable[[Screen], bool] = lambda _: True, *, within: float = 15) -> Screen:
        """Wait until the home tab is good, and give it. Raises `AssertionError` after `within` seconds."""
        return self._awaited(lambda: _good(self.home, good), within, "the home tab")

    def _awaited(self, look: Callable[[], T | None], within: float, what: str) -> T:
        try:
            found = wait_for(
                look, lambda seen: seen is not None, within=within, what=f"{what} for {self.name}"
            )
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.name} has {self._before_them()}") from error
        assert found is not None
        return found

    def _before_them(self) -> str:
        """What there is instead, and what Slack refused of late: that is mostly why."""
        words = [one.words for one in self.messages()[-3:]]
        view, home = (one.words if one else None for one in (self.view, self.home))
        refused = [(one.method, one.status, one.error, *one.said) for one in self._slack.refused()[-3:]]
        shown = f"the messages {words!r}, the view {view!r:.600}, the home {home!r:.600}"
        return f"{shown}; Slack refused {refused!r:.900}"


def _good(screen: Screen | None, good: Callable[[Screen], bool]) -> Screen | None:
    return screen if screen is not None and good(screen) else None
