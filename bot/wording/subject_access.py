"""The words of a draft for a subject access request: what it is not, what may be held back, and why.

Grounds are paragraphs of the Data Protection Act 2018. Each is a question for the data protection officer;
none is decided here, and Signpost releases nothing.
"""

from collections.abc import Mapping

WATERMARK = (
    "DRAFT, NOT FOR RELEASE. For the data protection officer to read, correct and decide on: Signpost has "
    "released nothing and never does. Other people are masked by a program that cannot know them all."
)
ASK_FIRST = (
    "ASK BEFORE CONFIRMING THAT ANYTHING IS HELD. A live concern about this person may be among what was "
    "found: take advice (LADO, police, whoever handles it) before anybody tells them that it exists."
)
NOTHING = "Nothing was found under this name. It may be written otherwise: try other spellings and nicknames."
OTHERS = "Also called something like it, and searched only if asked for by id: {people}."
YOURSELF = "This is about you: have another data protection officer, or whoever stands in, prepare it."
NOT_HERE = (
    "Not searched: messages in chat and e-mail, backups, erased cases, and the school's own records, where "
    "transferred cases are kept."
)

STANDS: Mapping[str, str] = {
    "subject": "it is about them",
    "maybe_subject": "it may be about them",
    "reporter": "they reported it",
    "told": "they were told of it",
    "mentioned": "they are mentioned in it",
}
HOW: Mapping[str, str] = {
    "record": "recorded",
    "name": "by name",
    "part": "by a part of the name: it may be somebody else",
}
GROUNDS: Mapping[str, str] = {
    "serious_harm": "Serious harm: disclosure likely to cause serious harm to the physical or mental health "
    "of them or anybody else (Schedule 3, paragraphs 5, 11 and 19)",
    "child_abuse": "Child abuse data: asked for on a child's behalf, and not in the child's best interests "
    "(Schedule 3, paragraph 21; not in Scotland)",
    "third_party": "Third party: it says something of somebody else, or who said it, and they have not "
    "agreed (Schedule 2, paragraphs 16 and 17)",
    "legal_privilege": "Legal privilege: advice from a lawyer, or made for proceedings (Schedule 2, "
    "paragraph 19)",
    "references": "References: given or received in confidence for work, training or study (Schedule 2, "
    "paragraph 24)",
    "crime": "Crime: disclosure likely to prejudice its prevention or detection (Schedule 2, paragraph 2)",
}
REPORTER = "the reporter"
STAFF = "a member of staff"
MASKED = "[name]"
_DEEDS: Mapping[str, str] = {"list": "listed their cases", "list own": "listed their reports"}


def deed(action: str, reference: str) -> str:
    """A row of the audit that tells what they did."""
    said = _DEEDS.get(action, action)
    return f"{said} ({reference})" if reference else said
