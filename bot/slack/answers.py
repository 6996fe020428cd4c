"""An answer in Slack: the verdict at a glance, why, what to mind, the clause, whom to ask. Layout only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.reporting.kinds import FAMILIES
from bot.reporting.people import Contacts, Family
from bot.slack import ids
from bot.slack.blocks import (
    Blocks,
    Json,
    actions,
    button,
    context,
    divider,
    header,
    message,
    modal,
    section,
    sections,
)
from bot.slack.text import Mrkdwn, bold, bullets, inert, joined, quoted
from bot.wording import answers as wording
from bot.wording import chat
from bot.wording.safety import Numbers
from knowledge.answer import Answer, Silence
from knowledge.citing import Citation
from knowledge.rules import Pack, Role, Topic, Verdict

_SIGNS = {
    Verdict.ALLOWED: "✅",
    Verdict.CONDITIONAL: "☑️",
    Verdict.ASK_FIRST: "✋",
    Verdict.NOT_ALLOWED: "⛔",
    Verdict.REPORT: "📣",
    Verdict.INFO: "📖",
    Verdict.NOT_COVERED: "❔",
}
_PROMPTS = 4
"""So many suggested prompts Slack shows."""
_PROMPT_TITLE = 60
_ABOUT_ADULTS = frozenset({Family.ADULT, Family.HEAD})
_ASKED_FIRST = frozenset({Verdict.ASK_FIRST, Verdict.NOT_COVERED})
_CANNOT_BE_ASKED = frozenset({Role.POLICE})


@dataclass(frozen=True, slots=True)
class Setting:
    """Where an answer is shown. `token` is what its buttons send back, and stands for the question.

    `may_ask`: a question can be passed on to whoever decides.
    """

    token: str
    today: date
    nation: str = "england"
    numbers: Numbers = Contacts()  # noqa: RUF009  frozen, and of plain texts
    may_ask: bool = True


def answer_blocks(answer: Answer, pack: Pack, topics: Mapping[str, Topic], setting: Setting) -> Blocks:
    """One answer, for the one who asked."""
    if answer.silence is Silence.CHAT:
        return _chat(answer)
    names = {key: topic.name for key, topic in topics.items()}
    said = f"{wording.verdict(answer)}. {_reason(answer, pack)}"
    discreet = answer.tripped or answer.report or answer.silence is Silence.REPORTING
    blocks = (
        *_safety(answer),
        header(f"{_SIGNS[answer.verdict]} {wording.verdict(answer)}"),
        *_body(answer, pack, names, setting),
        *_report(answer, setting),
        *_feedback(answer, pack, setting),
        *context(_small_print(pack, setting.today)),
    )
    return message(chat.READ_NOW if discreet else said, blocks)


def answer_view(made: Blocks) -> Json:
    """An answer in a view: for a message that was checked, in whatever conversation it stands."""
    return modal(ids.CHECKED_VIEW, chat.ANSWER_TITLE, made.blocks, close=chat.DONE)


def privately_answered() -> Blocks:
    """All that is said in a thread of a question that is nobody else's to read."""
    return message(chat.PRIVATELY, [section(inert(chat.PRIVATELY))])


def greeting() -> Blocks:
    """What somebody reads who opens the conversation."""
    return message(chat.GREETING, [section(inert(chat.GREETING)), _examples(), *context([chat.WHO_CAN_READ])])


def suggested_prompts() -> list[dict[str, str]]:
    """Questions to begin with, as `assistant.threads.setSuggestedPrompts` takes them."""
    return [{"title": _short(one), "message": one} for one in wording.EXAMPLES[:_PROMPTS]]


def help_blocks() -> Blocks:
    """What can be done here and how; with a button to report, and who else can read."""
    lines = chat.help_lines(ids.ASK_COMMAND, ids.REPORT_COMMAND)
    blocks = (
        header(chat.HELP_TITLE),
        section(bullets(lines)),
        *actions([button(chat.REPORT, ids.HOME_REPORT)]),
        *context([chat.WHO_CAN_READ, chat.ABOUT_YOU]),
    )
    return message(" ".join(lines), blocks)


def outsider_blocks(nation: str, numbers: Numbers) -> Blocks:
    """All that somebody from another organisation is told: whom to ring."""
    lines = chat.outsider(nation, numbers)
    return message(" ".join(lines), [section(joined(map(inert, lines)))])


def plain_blocks(*lines: str) -> Blocks:
    """A few fixed lines of ours, with nothing to press."""
    return message(" ".join(lines), [section(joined(map(inert, lines)))])


def _reason(answer: Answer, pack: Pack) -> str:
    """The reason, without the verdict that many a policy begins it with and that stands above it already."""
    reason = wording.reason(answer, pack)
    first, _, rest = reason.partition(". ")
    return rest if rest and first.casefold() == wording.verdict(answer).casefold() else reason


def _chat(answer: Answer) -> Blocks:
    said = wording.chat(answer)
    return message(said, [section(inert(said)), _examples()])


def _examples() -> Json:
    return section(bullets(wording.EXAMPLES))


def _safety(answer: Answer) -> Iterator[Json]:
    lines = wording.safety(answer.tripped)
    if lines:
        yield section(joined((Mrkdwn(f"🚨 {bold(chat.BEFORE_ALL)}"), *map(inert, lines)), "\n\n"))
        yield divider()


def _body(answer: Answer, pack: Pack, topics: dict[str, str], setting: Setting) -> Iterator[Json]:
    yield from sections(inert(_reason(answer, pack)))
    question = wording.close_call(answer, topics)
    if question:
        yield section(bold(question))
        yield from actions(_choices(answer, topics, setting))
    rest = wording.left_open(answer, topics)
    if rest:
        yield section(bold(rest))
    if answer.conditions:
        yield from sections(bullets(answer.conditions))
    for one in answer.citations:
        yield from sections(_clause(one))
    whom = wording.whom(answer, pack)
    if whom:
        yield section(Mrkdwn(f"→ {bold(whom)}"))


def _choices(answer: Answer, topics: dict[str, str], setting: Setting) -> list[Json]:
    names = chat.CHOICES if answer.choose[0] == "account" else {one: topics[one] for one in answer.choose}
    return [
        button(name, ids.numbered(ids.ASK_CHOOSE, number), ids.paired(setting.token, choice))
        for number, (choice, name) in enumerate(names.items())
    ]


def _clause(one: Citation) -> Mrkdwn:
    address = bold(f"§ {one.address}")
    if one.quote:
        return joined((address, quoted(one.quote)))
    return Mrkdwn(f"{address}  {inert(one.summary)}")


def _report(answer: Answer, setting: Setting) -> Iterator[Json]:
    """The offer of a report; whoever only seems to want to report chooses the kind themselves."""
    kind = answer.report.kind if answer.report else None
    if kind is None and answer.silence is not Silence.REPORTING:
        return
    about_staff = answer.tripped.about_head or (kind is not None and FAMILIES[kind] in _ABOUT_ADULTS)
    ring = chat.ring(kind, setting.nation, setting.numbers, about_staff=about_staff)
    offer = wording.offer(answer.report) if answer.report else ""
    yield divider()
    yield section(joined(map(inert, filter(None, (offer, chat.NOT_SENT_YET, ring)))))
    value = ids.paired(setting.token, kind.value if kind else "")
    yield from actions([button(chat.REPORT_THIS, ids.ASK_REPORT, value, style="danger")])


def _feedback(answer: Answer, pack: Pack, setting: Setting) -> Iterator[Json]:
    """What to press under an answer. A question that calls for a report is never passed on as a message."""
    buttons = [
        button(chat.HELPED, ids.ASK_HELPED, setting.token),
        button(chat.WRONG, ids.ASK_WRONG, setting.token),
    ]
    decider = _decider(answer)
    if decider and setting.may_ask:
        value = ids.paired(setting.token, decider.value)
        buttons.insert(0, button(chat.ask(decider, pack), ids.ASK_DECIDER, value))
    yield from actions(buttons)


def _decider(answer: Answer) -> Role | None:
    if answer.tripped or answer.report or answer.silence is Silence.REPORTING:
        return None
    if answer.verdict not in _ASKED_FIRST:
        return None
    return next((role for role in answer.route if role not in _CANNOT_BE_ASKED), None)


def _small_print(pack: Pack, today: date) -> Iterator[str]:
    yield wording.edition(pack.policy)
    overdue = wording.overdue(pack.policy) if pack.policy.overdue(today) else wording.no_dates(pack.policy)
    if overdue:
        yield f"⚠ {overdue}"


def _short(question: str) -> str:
    return question if len(question) <= _PROMPT_TITLE else f"{question[: _PROMPT_TITLE - 1].rstrip()}…"
