"""An answer in Teams: the verdict at a glance, why, what to mind, the clause, whom to ask. Layout only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot import answering
from bot.answering import Setting
from bot.teams import ids
from bot.teams import text as limits
from bot.teams.cards import (
    Asked,
    Button,
    Colour,
    Json,
    Shown,
    Where,
    apart,
    box,
    bullets,
    button,
    buttons,
    card,
    heading,
    hint,
    line,
    para,
    run,
    shown,
    small_print,
    text_input,
    words,
)
from bot.teams.text import clipped, weight
from bot.wording import answers as wording
from bot.wording import chat
from bot.wording import teams as here
from bot.wording.safety import Numbers
from knowledge.answer import Answer, Silence
from knowledge.citing import Citation
from knowledge.rules import Pack, Topic, Verdict

_COLOURS = {Verdict.NOT_ALLOWED: Colour.ATTENTION, Verdict.REPORT: Colour.ATTENTION}
_ROOM = (20_000, 2_000, 500, 60)
"""Characters of a policy's own texts, each: the most with which the card fits. The first is enough for any
policy that was ever seen."""
_EDITION = 300


@dataclass(frozen=True, slots=True)
class _Page:
    """One answer with all that its parts are made of."""

    answer: Answer
    pack: Pack
    topics: Mapping[str, str]
    setting: Setting
    where: Where

    def button(self, title: str, action: str, more: str | None = None, *, opens: bool = False) -> Json:
        token = self.setting.token
        value = token if more is None else ids.paired(token, more)
        return button(Button(title, action, value, opens=opens), self.where)


def answer_card(
    answer: Answer, pack: Pack, topics: Mapping[str, Topic], setting: Setting, *, where: Where = Where.CHAT
) -> Shown:
    """One answer, for the one who asked. In a dialog its buttons lead on in the same dialog."""
    if answer.silence is Silence.CHAT:
        return _chat(answer)
    names = {key: topic.name for key, topic in topics.items()}
    page = _Page(answer, pack, names, setting, where)
    discreet = answering.to_be_reported(answer)
    summary = chat.READ_NOW if discreet else f"{wording.verdict(answer)}. {answering.reason(answer, pack)}"
    made = [shown(summary, _laid_out(page, most)) for most in _ROOM]
    return next((one for one in made if weight(one.card) <= limits.CARD), made[-1])


def greeting_card() -> Shown:
    """What somebody reads who opens the conversation, or has the app put in."""
    body = (para(chat.GREETING), *_examples(), *small_print([here.WHO_CAN_READ]))
    return shown(chat.GREETING, body, [_report_button(chat.REPORT)])


def help_card() -> Shown:
    """What can be done here and how; with a button to report, and who else can read."""
    lines = here.help_lines()
    body = (heading(chat.HELP_TITLE), *bullets(lines), *small_print([here.WHO_CAN_READ, here.ABOUT_YOU]))
    return shown(chat.HELP_TITLE, body, [_report_button(chat.REPORT)])


def plain_card(*lines: str) -> Shown:
    """A few fixed lines of ours, with nothing to press."""
    return shown(" ".join(lines), map(para, lines))


def privately_card() -> Shown:
    """All that is said in a channel of a question that is nobody else's to read."""
    return plain_card(chat.PRIVATELY)


def outsider_card(nation: str, numbers: Numbers) -> Shown:
    """All that somebody from another organisation is told: whom to ring."""
    return plain_card(*chat.outsider(nation, numbers))


def unknown_card(nation: str, numbers: Numbers) -> Shown:
    """What somebody of the school is told who is not listed, with the way to a report."""
    lines = here.unknown(nation, numbers)
    return shown(" ".join(lines), map(para, lines), [_report_button(chat.REPORT)])


def pupil_card(nation: str, numbers: Numbers, *, passed_on: bool) -> Shown:
    """The fixed words for a pupil; nothing to press. Its summary says nothing of why they wrote."""
    first, *rest = here.pupil(nation, numbers, passed_on=passed_on)
    return shown(chat.READ_NOW, [para(first, bold=True), *map(para, rest)])


def check_card(token: str, *, fault: str = "") -> Json:
    """The dialog in which a post is checked before it goes out."""
    asked = Asked(ids.TEXT_FIELD, here.CHECK_LABEL, here.CHECK_HELP, required=True)
    wrong = [para(fault, bold=True, colour=Colour.ATTENTION)] if fault else []
    check = Button(here.CHECK, ids.ASK_CHECK, token, style="positive", takes=True)
    return card([*wrong, text_input(asked), *hint(asked)], [button(check, Where.DIALOG)])


def _report_button(title: str) -> Json:
    return button(Button(title, ids.REPORT_BEGIN, opens=True), Where.CHAT)


def _chat(answer: Answer) -> Shown:
    said = wording.chat(answer)
    return shown(said, (para(said), *_examples()))


def _examples() -> Iterator[Json]:
    yield from bullets(wording.EXAMPLES)


def _laid_out(page: _Page, most: int) -> Iterator[Json]:
    answer = page.answer
    yield from _safety(answer)
    verdict = f"{answering.SIGNS[answer.verdict]} {wording.verdict(answer)}"
    yield heading(verdict, colour=_COLOURS.get(answer.verdict, Colour.PLAIN), large=True)
    yield from _body(page, most)
    yield from _report(page)
    yield from buttons(_feedback(page))
    printed = answering.small_print(page.pack, page.setting.today)
    yield from small_print(clipped(one, _EDITION) for one in printed)


def _safety(answer: Answer) -> Iterator[Json]:
    lines = wording.safety(answer.tripped)
    if lines:
        yield box([heading(f"🚨 {chat.BEFORE_ALL}"), *map(para, lines)], style="attention")


def _body(page: _Page, most: int) -> Iterator[Json]:
    answer = page.answer
    topics = dict(page.topics)
    yield para(clipped(answering.reason(answer, page.pack), most))
    question = wording.close_call(answer, topics)
    if question:
        yield para(question, bold=True)
        readings = answering.choices(answer, topics)
        yield from buttons([page.button(name, ids.ASK_CHOOSE, key) for key, name in readings])
    rest = wording.left_open(answer, topics)
    if rest:
        yield para(rest, bold=True)
    yield from bullets(clipped(one, most) for one in answer.conditions)
    for one in answer.citations:
        yield from _clause(one, most)
    whom = wording.whom(answer, page.pack)
    if whom:
        yield para(f"→ {whom}", bold=True)


def _clause(one: Citation, most: int) -> Iterator[Json]:
    address = run(f"§ {clipped(one.address, most)}", bold=True)
    if one.quote:
        yield line(address)
        yield from words(clipped(one.quote, most))
    else:
        yield line(address, run(clipped(one.summary, most)))


def _report(page: _Page) -> Iterator[Json]:
    offer = answering.offer(page.answer, page.setting)
    if offer is None:
        return
    first, *rest = offer.lines
    yield apart(para(first))
    yield from map(para, rest)
    yield from buttons([page.button(chat.REPORT_THIS, ids.ASK_REPORT, offer.value, opens=True)])


def _feedback(page: _Page) -> list[Json]:
    """What to press under an answer. A question that calls for a report is never passed on as a message."""
    made = [page.button(chat.HELPED, ids.ASK_HELPED), page.button(chat.WRONG, ids.ASK_WRONG)]
    decider = answering.decider(page.answer, page.setting)
    if decider:
        title = chat.ask(decider, page.pack)
        made.insert(0, page.button(title, ids.ASK_DECIDER, decider.value, opens=True))
    return made
