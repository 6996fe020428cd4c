"""Every name by which Slack tells us what was clicked or sent; one list, so that no listener goes unheard.

What travels as a value is a reference, a token or a word of ours, never content (promise S15). Where several
buttons of one view do the same, their ids end in `#` and a number: `does` finds them all.
"""

import re

ASK_COMMAND, REPORT_COMMAND, SIGNPOST_COMMAND = "/canipost", "/report", "/signpost"
"""Slash commands."""
CHECK_POLICY, REPORT_THIS = "check_policy", "report_this"
"""Shortcuts on a message."""
REPORT_ANYWHERE = "report_anywhere"
"""The global shortcut that opens the list of kinds."""

ASK_REPORT = "ask.report"
ASK_DECIDER = "ask.decider"
ASK_HELPED, ASK_WRONG = "ask.helped", "ask.wrong"
ASK_CHOOSE = "ask.choose"
ASK_READ, ASK_READ_ANSWER = "ask.read", "ask.read_answer"
"""Buttons of an answer. Values: a token, and where a choice goes with it `token|choice` (see `paired`)."""

CASE_OPEN, CASE_PAGE = "case.open", "case.page"
CASE_ACKNOWLEDGE = "case.acknowledge"
CASE_HAND_OVER, CASE_ASK, CASE_NOTE = "case.hand_over", "case.ask", "case.note"
CASE_ACTION, CASE_CLOSE, CASE_REOPEN = "case.action", "case.close", "case.reopen"
CASE_ABOUT, CASE_MENTIONED = "case.about", "case.mentioned"
"""Buttons of a case. Values: its reference; `reference|page` and `reference|person` where there is more."""
OWN_OPEN, OWN_PAGE, OWN_ADD, OWN_ANSWER = "own.open", "own.page", "own.add", "own.answer"
"""Buttons of one's own report, with its reference as value."""
HOME_REPORT, HOME_CASES, HOME_REPORTS = "home.report", "home.cases", "home.reports"
"""Buttons of App Home. The value of a list's button is the page."""

REPORT_CHOOSE = "report.choose"
"""Choosing a kind: a radio button, whose value is the kind."""
REPORT_ANSWER = "report.answer"
"""Answering a question of the form; the question's key follows after a dot."""
REPORT_PEOPLE = "report.people"
"""Searching for people of the school (`options` requests)."""
REPORT_MORE, REPORT_ROOM, REPORT_OTHER_KIND = "report.more", "report.room", "report.other_kind"

KIND_VIEW, REPORT_FORM, RECEIPT_VIEW = "view.kind", "view.report", "view.receipt"
CASE_VIEW, OWN_VIEW, LIST_VIEW = "view.case", "view.own", "view.list"
SAID_VIEW = "view.said"
NOTE_VIEW, QUESTION_VIEW, ANSWER_VIEW = "view.note", "view.question", "view.answer"
HAND_OVER_VIEW, CLOSE_VIEW, REOPEN_VIEW = "view.hand_over", "view.close", "view.reopen"
ACTION_VIEW, ADD_VIEW = "view.action", "view.add"
CHECKED_VIEW, CONSENT_VIEW = "view.checked", "view.consent"
PASSED_ON_VIEW, ANSWERED_VIEW = "view.passed_on", "view.answered"
"""What views are called back as; `private_metadata` is a case's reference, a draft or a token."""

QUESTION = "q."
"""What the block of a question starts with; its key follows."""
PART = "~"
"""What parts a question's key from the number of its continued parts."""
TEXT_FIELD, PERSON_FIELD, DECISION_FIELD, DUE_FIELD = "q.text", "q.person", "q.decision", "q.due"
"""Blocks of the small forms; `forms.answers_of` reads them as `text`, `person`, `decision` and `due`."""

_APART = "|"
_NUMBER = "#"


def numbered(action: str, number: int) -> str:
    """An action's id where a view has several of the same: unique, as Slack asks."""
    return f"{action}{_NUMBER}{number}"


def does(action: str) -> re.Pattern[str]:
    """What finds an action however it is numbered, and a question's whatever its key."""
    return re.compile(rf"\A{re.escape(action)}(?:[#.].*)?\Z")


def paired(value: str, more: str) -> str:
    """Two opaque words as one value."""
    return f"{value}{_APART}{more}"


def parted(value: str) -> tuple[str, str]:
    """The two words of a value; the second is empty where there is only one."""
    first, _, second = value.partition(_APART)
    return first, second
