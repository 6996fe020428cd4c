"""A question that a person has to decide: passed on with its asker's consent, answered, and the answer read.

Questions and answers stand in views only: a message says that one waits (promise S14). Never offered where
something must be reported: that becomes a report, not a message.
"""

from bot.slack import ids
from bot.slack.blocks import Json, modal, section
from bot.slack.pages import words_under
from bot.slack.small_views import text_field
from bot.slack.text import inert
from bot.wording import chat


def consent_view(token: str, whom: str, question: str) -> Json:
    """The question as it would go to somebody, to be changed and agreed to. `whom` is a role in words."""
    blocks = [section(inert(chat.consent(whom))), text_field(chat.QUESTION_LABEL, "", question)]
    return _asking(ids.CONSENT_VIEW, token, chat.PASS_ON, blocks)


def question_view(token: str, asker: str, question: str) -> Json:
    """The question, with a place to answer it."""
    words = words_under(chat.asked_by(asker), question)
    blocks = [*words, text_field(chat.YOUR_ANSWER, chat.ANSWER_HELP)]
    return _asking(ids.PASSED_ON_VIEW, token, chat.SEND_ANSWER, blocks)


def answered_view(whom: str, question: str, answer: str) -> Json:
    """The answer, under what was asked. `whom` is a role in words."""
    blocks = [*words_under(chat.QUESTION_LABEL, question), *words_under(chat.answered_by(whom), answer)]
    return modal(ids.ANSWERED_VIEW, chat.ANSWERED_TITLE, blocks, close=chat.DONE)


def _asking(callback: str, token: str, submit: str, blocks: list[Json]) -> Json:
    title = chat.CONSENT_TITLE
    return modal(callback, title, blocks, submit=submit, close=chat.CANCEL, private_metadata=token)
