"""What is kept for a while and then thrown away: platforms' events, passed questions, places in Teams."""

from datetime import datetime, timedelta

from bot.reporting.office import Office
from bot.reporting.passing_on import KEPT as QUESTIONS
from storage import conversations, passed, seen

EVENTS = timedelta(days=3)
"""A platform delivers an event again within the hour, or not at all."""
PLACES = timedelta(days=400)
"""A school year and its holidays. Whoever has the app still is found anew by the next notice."""


def forget(office: Office, *, now: datetime) -> int:
    """Throw away what is past its time; returns how much. Raises `UnavailableError`."""
    with office.work(now) as work:
        gone = seen.forget(work.session, now - EVENTS) + passed.forget(work.session, now - QUESTIONS)
        gone += conversations.forget_unseen(work.session, now - PLACES)
        work.done()
    return gone
