"""What is said around sending a report: whom it goes to, that it wasn't saved, that it was received."""

from collections.abc import Sequence

from bot.wording.safety import LEADS, Numbers, either, lead_on, outside
from knowledge.rules import Urgency

_NEXT = {
    Urgency.IMMEDIATE: (
        "They are being told now. If nobody answers, the next person is told, and you hear of it each time."
    ),
    Urgency.TODAY: "They are told and asked to answer today. If nobody does, the next person is told.",
    Urgency.ROUTINE: "They are told and asked to answer. If nobody does, the next person is told.",
}


ABOUT_ONESELF = (
    "This goes to whoever hears of such reports here. As it is about you, it isn't shown who they are: "
    "you keep its reference, and are told how far it is."
)
_LOOKED_FOR = (
    "It has reached nobody yet: it is kept, somebody is looked for, and an administrator is told that a role "
    "is empty."
)


def goes_to(people: Sequence[str]) -> str:
    """The line shown before sending. With nobody to name it still says what happens, and blocks nothing."""
    if not people:
        return (
            "This goes to: nobody we could find yet. Send it all the same: it is kept, somebody is looked "
            "for, and an administrator is told that a role is empty."
        )
    return f"This goes to: {_joined(people)}."


def not_saved(nation: str, numbers: Numbers | None, *, about_staff: bool = False) -> str:
    """The line where a report could not be kept; it must never read as if it had been.

    `about_staff`: whom to ring must not be whom it is about.
    """
    lead = lead_on(nation, numbers) if numbers else LEADS[nation]
    if numbers and about_staff:
        lead = either(nation, numbers)
    emergency = numbers.emergency if numbers else "999"
    return f"NOT saved. Ring {lead}. If a child is in danger, ring {emergency}."


def receipt(
    reference: str, *, people: Sequence[str] | None, urgency: Urgency, nation: str, numbers: Numbers
) -> tuple[str, ...]:
    """What the reporter keeps, line by line. It repeats nothing of the report.

    `people` are roles, or names where the face is private: a chat message names no member of staff. None
    where the report is about the reporter, who isn't shown who has it.
    """
    reached = goes_to(people) if people else ABOUT_ONESELF if people is None else _LOOKED_FOR
    return (
        f"Received. Your reference is {reference}.",
        reached,
        f"{_NEXT[urgency]} You will hear when it is being dealt with and when it is closed.",
        "Received does not mean dealt with: a report here takes no duty off you or anybody else.",
        f"If a child is in danger, ring {numbers.emergency} first.",
        outside(nation, numbers),
    )


def _joined(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
