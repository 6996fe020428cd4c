"""Cases that went all the way to their end, for tests of what happens after."""

from datetime import datetime

from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.handling import Closing, Decision, close, transfer
from bot.reporting.office import Office
from bot.reporting.report import Report
from tests.support.offices import a_report, hand_in

SAM, HELEN, DAN, TESSA = Actor("sam"), Actor("helen"), Actor("dan", "root"), Actor("tessa")


def closed(
    office: Office, report: Report | None = None, *, now: datetime, by: Actor = SAM, record: str = ""
) -> str:
    """A report that was handled and closed, with a number in the school's own record if one is given."""
    reference = hand_in(office, report or a_report(), now=now)
    acknowledge(office, reference, by, now=now)
    close(office, reference, by, Closing(Decision.IN_SCHOOL, "Spoken to."), now=now)
    if record:
        transfer(office, reference, by, record, now=now)
    return reference
