"""What people asked and the policy didn't answer, by month: for its owner, without saying who asked.

A tally has a topic and a count. A question is kept only where its asker agreed, without name, day or school,
and with names, addresses, links and numbers masked. Both go after two years.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.reporting.masking import Mask
from bot.reporting.office import HOUSE, Office
from bot.reporting.people import Directory
from bot.reporting.sought import Sought
from knowledge.answer import Answer, Silence
from knowledge.rules import Verdict
from storage import cases, policies
from storage.sealing import Place, seal, unseal

_BEGINS = re.compile(r"(?:^|[.?!]\s+)[a-z]")
LONGEST = 500
"""Characters of a question that are kept."""
KEPT_YEARS = 2
_NOBODY = Sought("", None, None, (), frozenset(), frozenset(), frozenset())
"""Nobody is spared when a question is masked."""


class How(StrEnum):
    """What became of questions of a topic."""

    OPEN = "open"
    """The policy doesn't answer them."""
    WRONG = "wrong"
    """Whoever asked said that the answer was wrong."""
    HELPED = "helped"
    """Whoever asked said that it helped."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A tally of a month: `how` questions of a topic went; `questions` as far as their askers agreed."""

    policy: str
    month: str
    topic: str
    asked: int
    questions: tuple[str, ...]
    how: How = How.OPEN


def unanswered(answer: Answer) -> bool:
    """Whether the policy itself left a question open: nothing that trips the wire, and no report, counts."""
    silent = answer.verdict is Verdict.NOT_COVERED and answer.silence is Silence.POLICY
    return silent and answer.topic is not None and answer.report is None and not answer.tripped


def note(office: Office, policy: str, answer: Answer, *, agreed: str | None, now: datetime) -> bool:
    """Count an answer that the policy left open; True if it was one.

    `agreed` is the question, where its asker agreed that the policy's owner may read it.
    """
    if not unanswered(answer) or answer.topic is None:
        return False
    day = office.day(now)
    with office.work(now) as work:
        policies.drop_gaps_before(work.session, month_of(day.replace(day=1, year=day.year - KEPT_YEARS)))
        gap = policies.count_gap(work.session, policy, month_of(day), answer.topic)
        if agreed and agreed.strip():
            question = cases.new_id()
            plain = without_names(agreed, work.directory)[:LONGEST]
            sealed = seal(office.house_key(work.session), plain, _place(question))
            policies.add_gap_question(work.session, question, gap, sealed)
        work.done()
    return True


def note_feedback(office: Office, policy: str, answer: Answer, how: How, *, now: datetime) -> bool:
    """Count what somebody said of an answer, not who; False where that would tell of something reported."""
    if answer.topic is None or answer.report is not None or answer.tripped:
        return False
    with office.work(now) as work:
        policies.count_gap(work.session, policy, month_of(office.day(now)), answer.topic, how.value)
        work.done()
    return True


def gaps(office: Office, month: str) -> list[Gap]:
    """The tallies of a month (`2026-11`), policy by policy, the most asked first."""
    with office.store.reading() as session:
        rows = policies.gaps(session, month)
        kept = {row.id: policies.gap_questions(session, row.id) for row in rows}
        key = office.data_key(session, HOUSE) if any(kept.values()) else None
    return [
        Gap(
            row.policy,
            row.month,
            row.topic,
            row.asked,
            tuple(unseal(key, one.sealed, _place(one.id)) for one in kept[row.id]) if key else (),
            How(row.how),
        )
        for row in rows
    ]


def month_of(day: date) -> str:
    """The month as tallies have it: 2026-11."""
    return f"{day:%Y-%m}"


def without_names(text: str, directory: Directory) -> str:
    """A question with everybody's name, and every address, link, account and number masked."""
    # Of whoever writes all small the mask takes every uncommon word for a name, and nothing would be left.
    begun = _BEGINS.sub(lambda found: found[0].upper(), text)
    return Mask(_NOBODY, directory)(begun)


def _place(question: str) -> Place:
    return Place("gap_question", question, "sealed")
