"""Where people are written to in Teams: learnt from what they send, kept, and forgotten when they leave."""

from datetime import datetime, timedelta

from bot.teams.activity import Activity, Sort
from bot.teams.client import Place
from storage import conversations
from storage.store import Store, commit

PLATFORM = "teams"
"""Its name in the outbox and in the schools file."""
_OFTEN = timedelta(hours=6)
"""How old the time at which somebody was seen may be before it is written anew."""


class Places:
    """The places of accounts, in the database: every replica knows them, and a restart forgets none."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, account: str) -> Place | None:
        """Where somebody is; None where that isn't known. Raises `UnavailableError`."""
        with self._store.reading() as session:
            row = conversations.of(session, account)
        return None if row is None else Place(row.conversation, row.service_url)

    def last_address(self) -> str:
        """The address at which Teams was last seen, whoever it was; empty where it never was."""
        with self._store.reading() as session:
            return conversations.last_service_url(session) or ""

    def remember(self, activity: Activity, *, now: datetime) -> None:
        """Keep where somebody is, as an activity shows it, or forget it where they removed the app.

        A group or a channel is nobody's place: others read there. Raises `UnavailableError`.
        """
        if not activity.account or not activity.alone:
            return
        if activity.sort is Sort.REMOVED:
            self.forget(activity.account)
            return
        self.put(
            activity.account,
            Place(activity.conversation, activity.service_url),
            tenant=activity.tenant,
            now=now,
        )

    def put(self, account: str, place: Place, *, tenant: str, now: datetime) -> None:
        """Keep where somebody is. What is known already is written only now and then."""
        wanted = (place.conversation, place.service_url, tenant)
        with self._store.reading() as session:
            row = conversations.of(session, account)
        if row is not None:
            known = (row.conversation, row.service_url, row.tenant)
            if known == wanted and now - row.seen_at < _OFTEN:
                return
        with self._store.writing() as session:
            conversations.put(session, account, wanted, now)
            commit(session)

    def forget(self, account: str, place: Place | None = None) -> None:
        """Forget where somebody is; with a `place`, only if it is that one still."""
        with self._store.writing() as session:
            conversations.forget(session, account, None if place is None else place.conversation)
            commit(session)
