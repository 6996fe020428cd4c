"""Where people are written to in Teams: learnt from what they send, kept, and forgotten when they leave."""

from datetime import datetime, timedelta

from bot.reporting.office import Office
from bot.teams.activity import Activity, Scope, Sort
from bot.teams.client import Place
from storage import conversations, house
from storage.outbox import lane_of

PLATFORM = "teams"
"""Its name in the outbox and in the schools file."""

_OFTEN = timedelta(hours=6)
"""How old the time at which somebody was seen may be before it is written anew."""


class Places:
    """The places of accounts, in the database: every replica knows them, and a restart forgets none."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def of(self, account: str) -> Place | None:
        """Where somebody is; None where that isn't known. Raises `UnavailableError`."""
        with self._office.store.reading() as session:
            row = conversations.of(session, account)
        return None if row is None else Place(row.conversation, row.service_url)

    def last_address(self) -> str:
        """The address at which Teams was last seen, whoever it was; empty where it never was."""
        with self._office.store.reading() as session:
            return conversations.last_service_url(session) or ""

    def remember(self, activity: Activity, *, now: datetime) -> None:
        """Keep where somebody is, as an activity shows it, or forget it where they removed the app.

        A group or a channel is nobody's place: others read there. Raises `UnavailableError`.
        """
        if not activity.account or activity.scope is not Scope.PERSONAL:
            return
        if activity.sort is Sort.REMOVED:
            self.forget(activity.account, now=now)
            return
        self.put(
            activity.account,
            Place(activity.conversation, activity.service_url),
            tenant=activity.tenant,
            now=now,
        )

    def put(self, account: str, place: Place, *, tenant: str, now: datetime) -> None:
        """Keep where somebody is. What is known already is written only now and then.

        Whoever could not be reached in Teams can be, once they are seen there.
        """
        wanted = (place.conversation, place.service_url, tenant)
        with self._office.store.reading() as session:
            row, lost = conversations.of(session, account), house.lost_lanes(session)
        found = lost & self._lanes(account) if lost else frozenset[str]()
        known = None if row is None else (row.conversation, row.service_url, row.tenant)
        if row is not None and known == wanted and now - row.seen_at < _OFTEN and not found:
            return
        with self._office.work(now) as work:
            conversations.put(work.session, account, wanted, now)
            for lane in found:
                house.note_found(work.session, lane)
            work.done()

    def _lanes(self, account: str) -> frozenset[str]:
        """The queues of notices that lead to an account."""
        people = self._office.directory.people.values()
        owners = [one.id for one in people if one.accounts.get(PLATFORM, "").lower() == account]
        return frozenset(lane_of(one, PLATFORM) for one in (*owners, f"account:{PLATFORM}:{account}"))

    def forget(self, account: str, place: Place | None = None, *, now: datetime) -> None:
        """Forget where somebody is; with a `place`, only if it is that one still."""
        with self._office.work(now) as work:
            conversations.forget(work.session, account, None if place is None else place.conversation)
            work.done()
