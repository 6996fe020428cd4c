"""What an answer comes with in any chat: its sign, its reason, who may be asked, what else is offered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.reporting.kinds import FAMILIES
from bot.reporting.people import Contacts, Family
from bot.wording import answers as wording
from bot.wording import chat
from bot.wording.safety import Numbers
from knowledge.answer import Answer, Silence
from knowledge.rules import Kind, Pack, Role, Verdict

SIGNS: Mapping[Verdict, str] = {
    Verdict.ALLOWED: "✅",
    Verdict.CONDITIONAL: "☑️",
    Verdict.ASK_FIRST: "✋",
    Verdict.NOT_ALLOWED: "⛔",
    Verdict.REPORT: "📣",
    Verdict.INFO: "📖",
    Verdict.NOT_COVERED: "❔",
}
"""A verdict at a glance; its words always stand beside it."""
_ABOUT_ADULTS = frozenset({Family.ADULT, Family.HEAD})
_ASKED_FIRST = frozenset({Verdict.ASK_FIRST, Verdict.NOT_COVERED})
_CANNOT_BE_ASKED = frozenset({Role.POLICE})


@dataclass(frozen=True, slots=True)
class Setting:
    """In what an answer is shown. `token` is what its buttons send back, and stands for the question.

    `may_ask`: a question can be passed on to whoever decides.
    """

    token: str
    today: date
    nation: str = "england"
    numbers: Numbers = Contacts()  # noqa: RUF009  frozen, and of plain texts
    may_ask: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """A report that an answer offers: of which kind, if that is clear, and what is said with it."""

    kind: Kind | None
    lines: tuple[str, ...]

    @property
    def value(self) -> str:
        """What its button carries."""
        return self.kind.value if self.kind else ""


def to_be_reported(answer: Answer) -> bool:
    """Whether it calls for a report: such is answered in private, and is never passed on as a message."""
    return bool(answer.tripped or answer.report or answer.silence is Silence.REPORTING)


def reason(answer: Answer, pack: Pack) -> str:
    """The reason, without the verdict that many a policy begins it with and that stands above it already."""
    whole = wording.reason(answer, pack)
    first, _, rest = whole.partition(". ")
    return rest if rest and first.casefold() == wording.verdict(answer).casefold() else whole


def choices(answer: Answer, topics: Mapping[str, str]) -> list[tuple[str, str]]:
    """The readings of a close call: what a button carries, and what it says."""
    if answer.choose[0] == "account":
        return list(chat.CHOICES.items())
    return [(one, topics[one]) for one in answer.choose]


def offer(answer: Answer, setting: Setting) -> Offer | None:
    """The offer of a report; whoever only seems to want to report chooses the kind themselves."""
    kind = answer.report.kind if answer.report else None
    if kind is None and answer.silence is not Silence.REPORTING:
        return None
    about_staff = answer.tripped.about_head or (kind is not None and FAMILIES[kind] in _ABOUT_ADULTS)
    ring = chat.ring(kind, setting.nation, setting.numbers, about_staff=about_staff)
    said = wording.offer(answer.report) if answer.report else ""
    return Offer(kind, tuple(filter(None, (said, chat.NOT_SENT_YET, ring))))


def decider(answer: Answer, setting: Setting) -> Role | None:
    """Whom the question can be passed on to; nobody where it calls for a report."""
    if not setting.may_ask or to_be_reported(answer) or answer.verdict not in _ASKED_FIRST:
        return None
    return next((role for role in answer.route if role not in _CANNOT_BE_ASKED), None)


def small_print(pack: Pack, today: date) -> Iterator[str]:
    """Which policy it is from, and whether that is overdue."""
    yield wording.edition(pack.policy)
    overdue = wording.overdue(pack.policy) if pack.policy.overdue(today) else wording.no_dates(pack.policy)
    if overdue:
        yield f"⚠ {overdue}"
