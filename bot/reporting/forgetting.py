"""What is kept only for a while and then thrown away: events of platforms, questions that were passed on."""

from datetime import datetime, timedelta

from bot.reporting.office import Office
from bot.reporting.passing_on import KEPT as QUESTIONS
from storage import passed, seen

EVENTS = timedelta(days=3)
"""A platform delivers an event again within the hour, or not at all."""


def forget(office: Office, *, now: datetime) -> int:
    """Throw away what is past its time; returns how much. Raises `UnavailableError`."""
    with office.work(now) as work:
        gone = seen.forget(work.session, now - EVENTS) + passed.forget(work.session, now - QUESTIONS)
        work.done()
    return gone
