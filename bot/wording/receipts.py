"""What is said around sending a report: whom it goes to, that it wasn't saved, that it was received."""

from collections.abc import Sequence

from bot.wording.safety import LEADS, Numbers, lead_on, outside
from knowledge.rules import Urgency

_NEXT = {
    Urgency.IMMEDIATE: (
        "They are being told now. If nobody answers, the next person is told, and you hear of it each time."
    ),
    Urgency.TODAY: "They are told and asked to answer today. If nobody does, the next person is told.",
    Urgency.ROUTINE: "They are told and asked to answer. If nobody does, the next person is told.",
}


def goes_to(people: Sequence[str]) -> str:
    """The line shown before sending. With nobody to name it still says what happens, and blocks nothing."""
    if not people:
        return (
            "This goes to: nobody we could find yet. Send it all the same: it is kept, somebody is looked "
            "for, and an administrator is told that a role is empty."
        )
    return f"This goes to: {_joined(people)}."


def not_saved(nation: str, numbers: Numbers | None) -> str:
    """The line where a report could not be kept; it must never read as if it had been."""
    lead = lead_on(nation, numbers) if numbers else LEADS[nation]
    emergency = numbers.emergency if numbers else "999"
    return f"NOT saved. Ring {lead}. If a child is in danger, ring {emergency}."


def receipt(
    reference: str, *, people: Sequence[str], urgency: Urgency, nation: str, numbers: Numbers
) -> tuple[str, ...]:
    """What the reporter keeps, line by line. It repeats nothing of the report.

    `people` are roles, or names where the face is private: a chat message names no member of staff.
    """
    return (
        f"Received. Your reference is {reference}.",
        goes_to(people),
        f"{_NEXT[urgency]} You will hear when it is being dealt with and when it is closed.",
        "Received does not mean dealt with: a report here takes no duty off you or anybody else.",
        f"If a child is in danger, ring {numbers.emergency} first.",
        outside(nation, numbers),
    )


def _joined(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
