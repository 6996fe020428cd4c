"""What is said around a report's form in a chat: choosing its kind, getting through it, sending it."""

from knowledge.rules import Kind

KIND_GROUPS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (
        "About a child",
        (
            Kind.DISCLOSURE,
            Kind.NUDE_IMAGE,
            Kind.GROOMING,
            Kind.CHILD_ON_CHILD,
            Kind.THREAT,
            Kind.RADICALISATION,
            Kind.ONLINE_SAFETY,
            Kind.PUPIL_CONTACT,
            Kind.FORMER_PUPIL_UNDER_18,
            Kind.PUPIL_ACTIVITY,
        ),
    ),
    (
        "About an adult who works here, or about me",
        (
            Kind.ADULT_CONCERN,
            Kind.COLLEAGUE_ACTIVITY,
            Kind.SAFEGUARDING_PRACTICE,
            Kind.SELF_REPORT,
        ),
    ),
    (
        "About what is said or done to us",
        (
            Kind.REFERENCE,
            Kind.STAFF_TARGETED,
            Kind.COMPLAINT,
            Kind.IMPERSONATION,
            Kind.FORMER_PUPIL_CONTACT,
            Kind.PRESS,
        ),
    ),
    (
        "About data, accounts and filters, or none of these",
        (Kind.DATA_BREACH, Kind.ACCOUNT_SECURITY, Kind.FILTERING, Kind.OTHER),
    ),
)
"""Every kind once, by whom it is about, the gravest first."""

CHOOSE_TITLE, FORM_TITLE, RECEIPT_TITLE = "What is it about?", "Report", "Received"
NOT_SAVED_TITLE, OPENING_TITLE, OPENING = "Not saved", "One moment", "One moment …"
CHOOSE_HELP = "Choose what comes nearest. It needn't be exact: whoever gets it sees what you write."
IN_DANGER = "If a child is in danger right now, ring 999 first."
BEFORE_ALL = "Before you go on"
OTHER_KIND, MORE_DETAILS, MORE_ROOM = "Another kind", "Add details: where and when", "More room to write"
ANSWER_HERE, CHOOSE_HERE, SEARCH_HERE = "Leave empty if unsure", "Choose", "Type a name"
SEND, NEXT, CANCEL, DONE = "Send", "Next", "Cancel", "Done"
GOES_TO_LATER = "Before anything is sent, you are shown here whom it goes to."
CHECK_AND_SEND = "Nothing is sent yet. Check it, then press Send."
TO_MEND = "Something is missing or unclear:"
CUT_SHORT = "[the rest is in the message itself]"


def room(limit: int, *, more: bool) -> str:
    """How much fits into one field, and what to do with more."""
    return f"Up to {limit:,} characters{f'; for more, press “{MORE_ROOM}”' if more else ''}."


def message_by(name: str) -> str:
    """How the report of a message begins: who wrote it decides whom it may not go to."""
    return f"About a message that {name} wrote here."


def continued(label: str) -> str:
    """The label of a field that goes on with another one's text."""
    return f"{label} (continued)"


def more_named(count: int) -> str:
    """That more colleagues come up than are asked about."""
    return f"{count} more people come up in it. Until somebody says how they stand to it, they are not told."
