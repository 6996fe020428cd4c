"""What Teams says in its own way: how things are done there without slash commands, and who can read what."""

from collections.abc import Sequence

from bot.wording.chat import REPORT_THIS
from bot.wording.safety import Numbers, lead_on

TOO_OLD = "This needs a newer Teams. If it cannot wait, ring."
CHOOSE, SEARCH = "Choose", "Type a name"
NEEDED = "Please answer this one."

REPORT, REPORTS, CASES, AWAY, BACK, HELP = "report", "my reports", "my cases", "away", "away off", "help"
"""What somebody writes to have it done; the dates of an absence follow `away`."""
CHECK_TITLE, CHECK, CHECK_LABEL = "Check this post", "Check", "What you want to post"
CHECK_HELP = "The words as they would go out. Leave pupils' names out of it."
CHECK_NOTHING = "There are no words in it to check."

WHO_CAN_READ = (
    "Whoever runs Teams for your school can read and search what is written in messages, so nothing here is "
    "anonymous. What you write in a report's form is kept in no message: only those it goes to can open it, "
    "and each time that is noted."
)
ABOUT_YOU = "If what you want to say is about whoever runs Teams here, ring or speak to somebody instead."
HERE_KEPT = "This card stays in this chat, so nothing that you have filled in is shown on it again."
NOT_PRIVATELY = "I cannot answer that where others read along. Please write to me in a chat with me alone."
BEGIN_AGAIN = (
    "This was begun too long ago for me to go on from. Copy what you typed, write “report” and begin again. "
    "If it cannot wait, ring."
)
NO_DIALOG = "This opens in a window that your Teams cannot show. Use another device, or ring."
IN_A_WINDOW = "Open it in a window"
PEOPLE_IN_A_WINDOW = (
    "Colleagues may come up in what you wrote. Until you say how they stand to it, they are not told. You "
    "are asked that in a window only, since no name stands in this chat."
)
ALL_ANSWERED = "Everything that is asked here is answered."

KINDS_ORDER = (
    "First what is about a child; then about an adult who works here, or yourself; then what is said or done "
    "to us; last data, accounts and filters, and none of these."
)
"""How the kinds of report are grouped (`reporting.KIND_GROUPS`), where a list has no headings in it."""
CHILDLINE = "0800 1111"
_FOR_A_CHILD = {
    "england": "the safeguarding lead",
    "wales": "the safeguarding person",
    "scotland": "the child protection coordinator",
    "ni": "the designated teacher for child protection",
}
UNKNOWN = (
    "I don't know you yet, so I cannot answer from the policy. Whoever runs this has been asked to list you."
)
UNKNOWN_REPORTS = "You can still report something: it reaches the right person."


_PRESENCE = {
    "Available": "in Teams now",
    "AvailableIdle": "in Teams now",
    "Busy": "busy",
    "BusyIdle": "busy",
    "DoNotDisturb": "not to be disturbed",
    "BeRightBack": "back soon",
    "Away": "away from the screen",
    "Offline": "not in Teams now",
}


def presence(word: str) -> str:
    """How Teams shows somebody just now, to stand behind their name; nothing where it doesn't say."""
    return f" ({_PRESENCE[word]})" if word in _PRESENCE else ""


def help_lines() -> tuple[str, ...]:
    """What somebody can do, one line each."""
    report = f"Report something: write “{REPORT}”, or use “{REPORT_THIS}” in the menu of any message."
    return (
        "Ask me about a post: write to me here, or mention me in a channel. Here only you see the answer.",
        f"{report} You are shown whom it goes to before you send it.",
        "Check a post before it goes out: send me its words, or use “Check against policy” in its menu.",
        f"Your reports, and how far they are: write “{REPORTS}”. Cases that are yours: “{CASES}”.",
        f"Away? Write “{AWAY} 2026-11-23 2026-11-27”, and “{BACK}” when you are back.",
        f"All of this again: “{HELP}”.",
        "A child in danger now? Ring 999. I am a program, and nobody reads along here.",
    )


def pupil(nation: str, numbers: Numbers, *, passed_on: bool) -> tuple[str, ...]:
    """All that a pupil is told. `passed_on`: what they wrote has become a case, and only then is it said."""
    lead = _FOR_A_CHILD.get(nation, _FOR_A_CHILD["england"])
    passed = (
        f"Thank you for writing. I am passing this to {lead}, an adult whose job is to keep you safe."
        if passed_on
        else "I only answer people who work at this school, and what you write here is passed on to nobody."
    )
    return (
        passed,
        f"If you or somebody else is in danger now, ring {numbers.emergency}.",
        f"You can talk to Childline at any time, free: {CHILDLINE}. It doesn't show on the phone bill.",
        "Tell an adult in school whom you trust. You won't be in trouble for asking.",
    )


def unknown(nation: str, numbers: Numbers) -> tuple[str, ...]:
    """What somebody of the school is told who is not listed: whom to ring, and that they can report."""
    return (
        UNKNOWN,
        f"If a child is in danger now, ring {numbers.emergency}. Or ring {lead_on(nation, numbers)}.",
        f"You are a pupil? Ring Childline, free: {CHILDLINE}, or tell an adult in school whom you trust.",
        UNKNOWN_REPORTS,
    )


def please(label: str) -> str:
    """The label of a question that a report cannot do without."""
    return f"{label} (please answer)"


def kept(count: int) -> str:
    """That a long answer is kept although it isn't shown again, since the card would get too heavy."""
    return f"Your answer is kept, all {count:,} characters of it. Write here only to say it anew."


def picked(names: Sequence[str]) -> str:
    """Whom somebody picked, where the list itself isn't shown again."""
    return f"You picked: {', '.join(names)}."
