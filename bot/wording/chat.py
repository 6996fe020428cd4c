"""What a chat says around an answer: buttons, greeting, help, and what others may read along."""

from bot.wording.answers import HELLO, role_name
from bot.wording.safety import Numbers, either, lead_on, past_the_lead
from knowledge.rules import Kind, Pack, Role

REPORT_THIS = "Report this"
REPORT = "Report something"
HELPED = "That helped"
WRONG = "That's wrong"
THANKED = "Thank you. That goes to whoever keeps the policy, without your name."
CHOICES = {"personal": "My own account", "official": "The school's account"}
"""The two sides of a close call about whose account it is."""
BEFORE_ALL = "Before anything else"
READ_NOW = "You have an answer. Please read it now."
PRIVATELY = "I've answered you privately."
NOT_SENT_YET = "Nothing is sent until you press Send, on a form that shows you whom it goes to."
GREETING = (
    f"{HELLO} I also take reports about pupils, colleagues and what happens online, and see to it that the "
    "right person answers."
)
AT_WORK = "is looking it up in the policy …"
"""Stands after the app's name in the assistant's pane."""
HELP_TITLE = "What you can do here"
WHO_CAN_READ = (
    "Whoever runs this workspace may be able to read what is written in messages, so nothing here is "
    "anonymous. What you write in a report's form is kept in no message: only those it goes to can open it, "
    "and each time that is noted."
)
ABOUT_YOU = "If what you want to say is about whoever runs this workspace, ring or speak to somebody instead."
NOT_FOR_YOU = "I only answer people who work at this school."
ANSWER_TITLE, DONE, CANCEL = "Can I post this?", "Done", "Cancel"
CONSENT_TITLE, QUESTION_LABEL, PASS_ON = "Ask a person", "Your question", "Ask them"
CONSENT_HELP = (
    "They see this text and your name, nobody else does. Name no pupil in it: if something has happened to "
    "a child, report it instead."
)
QUESTION_WAITS = "Somebody here asks you what may be posted. Their question opens for you only."
READ_QUESTION, YOUR_ANSWER, SEND_ANSWER = "Read and answer", "Your answer", "Answer"
ANSWER_HELP = "They read it as yours. If it tells of something that must be reported, tell them so."
ANSWER_WAITS = "Your question has an answer. It opens for you only."
READ_ANSWER, ANSWERED_TITLE = "Read it", "Your answer"
PASSED_ON = "It is passed on. The answer comes to you here."
SOMETHING_BROKE = "Something went wrong here, and nothing was done."
STALE = "That is no longer open to you, or has been dealt with."
NOT_DONE = "NOT done: nothing can be saved now. Try again in a minute; if it cannot wait, ring."
REPORT_INSTEAD = (
    "This isn't passed on as a message, since it may have to be reported. Please use “Report this”, or ring."
)
A_COLLEAGUE = "A colleague"
ASK_AGAIN = "That was too long ago for me to go on from. Please ask again."
TITLE = "Signpost"
NOTHING_OPEN = "You have no report or case open here."


def draft(words: str) -> str:
    """The question that somebody asks who wants a message checked."""
    return f"Can I post this? “{words}”"


def ask(role: Role, pack: Pack) -> str:
    """The button that passes a question on to whoever decides."""
    return f"Ask {role_name(role, pack)}"


def consent(whom: str) -> str:
    """What passing a question on means, before anybody agrees to it."""
    return f"This goes to {whom}. {CONSENT_HELP}"


def asked_by(name: str) -> str:
    """Who asks."""
    return f"{name} asks"


def answered_by(whom: str) -> str:
    """Who answers."""
    return f"{whom[:1].upper()}{whom[1:]} answers"


def ring(kind: Kind | None, nation: str, numbers: Numbers, *, about_staff: bool) -> str:
    """Whom somebody can ring instead of, or beside, sending a report: never only whom it may be about."""
    whom = lead_on(nation, numbers)
    if about_staff:
        whom = either(nation, numbers)
    if kind is Kind.SAFEGUARDING_PRACTICE:
        whom = past_the_lead(numbers)
    return f"Or ring {whom}."


def outsider(nation: str, numbers: Numbers) -> tuple[str, ...]:
    """All that somebody from another organisation is told."""
    lead, emergency = lead_on(nation, numbers), numbers.emergency
    return (
        NOT_FOR_YOU,
        f"If you are worried about a child, ring {lead}, or {emergency} in an emergency.",
    )


def help_lines(ask_command: str, report_command: str) -> tuple[str, ...]:
    """What somebody can do, one line each."""
    ask = f"Ask me about a post: here, or anywhere with {ask_command} and your question."
    report = f"Report something: {report_command}, or “{REPORT_THIS}” in the menu of any message."
    return (
        f"{ask} Only you see the answer.",
        f"{report} You are shown whom it goes to before you send it.",
        "Check a post before it goes out: send me its words, or use “Check against policy” in its menu.",
        "Your reports, and how far they are: on my Home tab.",
        "A child in danger now? Ring 999. I am a program, and nobody reads along here.",
    )
