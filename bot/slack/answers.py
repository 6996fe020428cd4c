"""An answer in Slack: the verdict at a glance, why, what to mind, the clause, whom to ask. Layout only."""

from collections.abc import Iterator, Mapping

from bot import answering
from bot.answering import Setting
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
from knowledge.rules import Pack, Topic

_PROMPTS = 4
"""So many suggested prompts Slack shows."""
_PROMPT_TITLE = 60


def answer_blocks(answer: Answer, pack: Pack, topics: Mapping[str, Topic], setting: Setting) -> Blocks:
    """One answer, for the one who asked."""
    if answer.silence is Silence.CHAT:
        return _chat(answer)
    names = {key: topic.name for key, topic in topics.items()}
    said = f"{wording.verdict(answer)}. {answering.reason(answer, pack)}"
    blocks = (
        *_safety(answer),
        header(f"{answering.SIGNS[answer.verdict]} {wording.verdict(answer)}"),
        *_body(answer, pack, names, setting),
        *_report(answer, setting),
        *_feedback(answer, pack, setting),
        *context(answering.small_print(pack, setting.today)),
    )
    return message(chat.READ_NOW if answering.to_be_reported(answer) else said, blocks)


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
    yield from sections(inert(answering.reason(answer, pack)))
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
    return [
        button(name, ids.numbered(ids.ASK_CHOOSE, number), ids.paired(setting.token, choice))
        for number, (choice, name) in enumerate(answering.choices(answer, topics))
    ]


def _clause(one: Citation) -> Mrkdwn:
    address = bold(f"§ {one.address}")
    if one.quote:
        return joined((address, quoted(one.quote)))
    return Mrkdwn(f"{address}  {inert(one.summary)}")


def _report(answer: Answer, setting: Setting) -> Iterator[Json]:
    offer = answering.offer(answer, setting)
    if offer is None:
        return
    yield divider()
    yield section(joined(map(inert, offer.lines)))
    value = ids.paired(setting.token, offer.value)
    yield from actions([button(chat.REPORT_THIS, ids.ASK_REPORT, value, style="danger")])


def _feedback(answer: Answer, pack: Pack, setting: Setting) -> Iterator[Json]:
    """What to press under an answer. A question that calls for a report is never passed on as a message."""
    buttons = [
        button(chat.HELPED, ids.ASK_HELPED, setting.token),
        button(chat.WRONG, ids.ASK_WRONG, setting.token),
    ]
    decider = answering.decider(answer, setting)
    if decider:
        value = ids.paired(setting.token, decider.value)
        buttons.insert(0, button(chat.ask(decider, pack), ids.ASK_DECIDER, value))
    yield from actions(buttons)


def _short(question: str) -> str:
    return question if len(question) <= _PROMPT_TITLE else f"{question[: _PROMPT_TITLE - 1].rstrip()}…"
