"""Every name by which Teams tells us what was pressed or sent; one list, so that nothing goes unheard.

A button's data is `{"action": one of these, "value": …}` with what was filled in beside it. A value is a
reference, a token or a word of ours, never content (promise S15).
"""

CHECK_POST, REPORT = "check_post", "report"
"""Commands of the message extension that begin with nothing."""
CHECK_MESSAGE, REPORT_MESSAGE = "check_message", "report_message"
"""Its commands in the menu of a message."""

ASK_CHECK = "ask.check"
"""Sends the words that are to be checked (`q.text`)."""
ASK_REPORT, ASK_DECIDER, ASK_READ, ASK_READ_ANSWER = (
    "ask.report",
    "ask.decider",
    "ask.read",
    "ask.read_answer",
)
"""Buttons that open a dialog."""
ASK_HELPED, ASK_WRONG, ASK_CHOOSE = "ask.helped", "ask.wrong", "ask.choose"
"""Buttons that change their card. Values: a token, and where a choice goes with it `token|choice`."""
ASK_AGREED, ASK_ANSWERED = "ask.agreed", "ask.answered"
"""Send what is asked of, or answered by, whoever decides."""

CASE_ACKNOWLEDGE = "case.acknowledge"
"""Changes the card; in the case's own dialog it shows the case anew."""
CASE_OPEN, CASE_PAGE = "case.open", "case.page"
CASE_HAND_OVER, CASE_ASK, CASE_NOTE = "case.hand_over", "case.ask", "case.note"
CASE_ACTION, CASE_CLOSE, CASE_REOPEN = "case.action", "case.close", "case.reopen"
CASE_ABOUT, CASE_MENTIONED = "case.about", "case.mentioned"
"""Buttons of a case. Values: its reference; `reference|page` and `reference|person` where there is more."""
OWN_OPEN, OWN_PAGE, OWN_ADD, OWN_ANSWER = "own.open", "own.page", "own.add", "own.answer"
"""Buttons of one's own report, with its reference as value."""
LIST_CASES, LIST_REPORTS, LIST_DUTY = "list.cases", "list.reports", "list.duty"
"""Buttons that show a list: the first two change their card (`list|page`), the last opens a dialog."""
SENT = ".sent"
"""Ends the name of what a small form sends: `case.note.sent`, `own.answer.sent`."""

REPORT_BEGIN, REPORT_KIND, REPORT_NEXT = "report.begin", "report.kind", "report.next"
"""Begin; a kind was chosen (`q.kind`); fill in further, or send. The value is the form's token."""
REPORT_OTHER_KIND, REPORT_OPEN = "report.other_kind", "report.open"
"""Another kind after all; a chat's form in a dialog, as far as it is filled. Both take answers along."""

QUESTION = "q."
"""What an input's id starts with; the question's key follows."""
TEXT_FIELD, PERSON_FIELD, DECISION_FIELD, DUE_FIELD = "q.text", "q.person", "q.decision", "q.due"
KIND_FIELD = "q.kind"

_APART = "|"


def sent(action: str) -> str:
    """What the small form that `action` opens is sent as."""
    return f"{action}{SENT}"


def paired(value: str, more: str) -> str:
    """Two opaque words as one value."""
    return f"{value}{_APART}{more}"


def parted(value: str) -> tuple[str, str]:
    """The two words of a value; the second is empty where there is only one."""
    first, _, second = value.partition(_APART)
    return first, second
