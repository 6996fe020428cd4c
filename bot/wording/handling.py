"""What a chat calls the things that can be done with a case, and what it asks before and after them."""

OPEN, ACKNOWLEDGE, HAND_OVER = "Open", "Acknowledge", "Hand over"
ASK, NOTE, ACTION, CLOSE, REOPEN = "Ask the reporter", "Note", "Add an action", "Close", "Open again"
OPEN_OWN, ANSWER, ADD = "Open my report", "Answer", "Add information"
ABOUT, MENTIONED = "It is about them", "Only mentioned"
SHOW_MORE, SHOW_BEFORE = "Show the rest", "Back"
NOT_YET = "Not yet"

ACKNOWLEDGE_ASKED = (
    "You tell everybody by this that you have seen it and are seeing to it. Nobody else is called in your "
    "role then. It does not mean dealt with."
)
ABOUT_ASKED = "Nothing of this case goes to them from then on, and they cannot open it."
MENTIONED_ASKED = "They may be told of this case from then on, as their role has it."

THE_REPORT, GOES_TO, OUTSIDE = "The report", "It goes to", "Outside the school"
TOLD, ACTIONS, CHRONOLOGY, TO_SETTLE = "Told so far", "Actions", "Chronology", "To settle"
ANSWERS_SO_FAR = "Questions and answers"
ASKED_YOU, YOU_ANSWERED, YOU_ADDED = "You are asked", "You answered", "You added"
NOT_DONE = "Received does not mean dealt with."
OWN_STATES = {
    "notified": "received; nobody has acknowledged it yet",
    "acknowledged": "acknowledged",
    "in_progress": "in progress",
    "closed": "looked at and closed",
    "purged": "erased",
}
"""How far a report is, as its reporter is told."""
HEADS = {
    "what": "What",
    "urgency": "To be looked at",
    "state": "State",
    "came_in": "Came in",
    "school": "School",
    "about": "About",
    "reporter": "Reported by",
}
MUST = "has to acknowledge"
TOLD_ONLY, HAS_ACKNOWLEDGED = "told", "acknowledged"

NOTE_TITLE, NOTE_LABEL = "Note", "Your note"
NOTE_HELP = "Only those who handle this case read it. It stays in the chronology."
ASK_TITLE, ASK_LABEL = "Ask the reporter", "Your question"
ASK_HELP = (
    "They are told that a question waits, and read it in the report. Ask nothing that would have them look "
    "into it themselves."
)
ANSWER_TITLE, ANSWER_LABEL = "Answer", "Your answer"
ANSWER_HELP = "What you know already. Don't look into it or question anybody for it."
ADD_TITLE, ADD_LABEL = "Add information", "What else there is"
ADD_HELP = "Whoever handles it is told that you added something."
HAND_OVER_TITLE, HAND_OVER_LABEL = "Hand over", "To whom?"
HAND_OVER_HELP = "It stays yours until they have acknowledged it. Nobody it is about is offered here."
NOBODY_TO_TAKE_IT = "There is nobody else here who may take this case."
CLOSE_TITLE, DECISION_LABEL, REASON_LABEL = "Close", "What was decided?", "Why?"
REASON_HELP = "A reason is always kept, for “no referral” too. The reporter is not told what was decided."
REOPEN_TITLE, REOPEN_LABEL = "Open again", "Why?"
ACTION_TITLE, ACTION_LABEL = "Add an action", "What is to be done?"
NO_DAY = "NOT kept: choose by which day it is to be done."
OWNER_LABEL, DUE_LABEL, DUE_HELP = "Who does it?", "By when?", "They are reminded on the morning of that day."
DO_NOTE, DO_ASK, DO_ANSWER, DO_ADD = "Keep", "Ask", "Answer", "Add"
DO_HAND_OVER, DO_CLOSE, DO_REOPEN, DO_ACTION = "Hand over", "Close it", "Open again", "Add"
CANCEL, DONE = "Cancel", "Done"
AT_MOST = "3,000 characters fit in here; for more, write another."

MY_CASES, MY_REPORTS, ON_DUTY, DRILLS = "My open cases", "My reports", "Who has safeguarding roles", "Drills"
NO_CASES, NO_REPORTS = "No open case is yours.", "You have reported nothing here yet."
NO_DUTY = "Nobody is listed."
DRILL = "DRILL"


def acknowledge_title(reference: str) -> str:
    """The question before an acknowledgement counts."""
    return f"Acknowledge {reference}?"


def more(count: int) -> str:
    """That a list goes on."""
    return f"And {count} more."


def page(number: int, pages: int) -> str:
    """Where in a long case somebody is."""
    return f"Part {number} of {pages}"


def drill(reference: str, kind: str, answered: int, called: int) -> str:
    """How a drill stands."""
    return f"{reference}, {kind}: {answered} of {called} called have acknowledged"
