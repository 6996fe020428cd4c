"""App Home: what is mine to see to, what I reported, who holds safeguarding roles, which drills are on."""

from collections.abc import Iterator, Mapping, Sequence

from bot.mine import Home
from bot.reporting.drills import Drill
from bot.reporting.people import Directory
from bot.reporting.viewing import Summary
from bot.slack import ids
from bot.slack.blocks import Json, actions, button, context, divider, header, modal, section
from bot.slack.pages import on_page, packed, paged
from bot.slack.text import Mrkdwn, bold, bullets, inert, joined
from bot.wording import cases as said
from bot.wording import chat
from bot.wording import handling as wording
from bot.wording.answers import KINDS, URGENCIES
from bot.wording.cases import local
from bot.wording.notices import urgency_sign

_CASES, _REPORTS, _DRILLS = 20, 15, 5
"""So many are listed at once; the rest opens in a view."""


def home_view(home: Home, directory: Directory) -> Json:
    """The Home tab."""
    blocks = [
        section(inert(chat.GREETING)),
        *actions([button(chat.REPORT, ids.HOME_REPORT, style="primary")]),
    ]
    if home.handles:
        blocks.extend(_cases(home, directory))
    blocks.extend(_reports(home, directory))
    if home.on_duty:
        duty = (
            Mrkdwn(f"• {bold(role)}: {inert(', '.join(names) or wording.NO_DUTY)}")
            for role, names in home.on_duty
        )
        blocks += [header(wording.ON_DUTY), *list(packed(duty))[:_DRILLS]]
    if home.handles and home.drills:
        blocks += [header(wording.DRILLS), section(bullets(map(_drill, home.drills[:_DRILLS])))]
    return {"type": "home", "blocks": [*blocks, divider(), *context([chat.WHO_CAN_READ])]}


def list_view(summaries: Sequence[Summary], directory: Directory, *, own: bool, page: int = 0) -> Json:
    """All of somebody's cases, or of their reports."""
    rows = (_row(one, directory, number, own=own) for number, one in enumerate(summaries))
    title = wording.MY_REPORTS if own else wording.MY_CASES
    none = [section(inert(wording.NO_REPORTS if own else wording.NO_CASES))]
    pages = paged(rows) if summaries else [none]
    action = ids.HOME_REPORTS if own else ids.HOME_CASES
    return modal(ids.LIST_VIEW, title, on_page(pages, page, action, "list"), close=wording.DONE)


def _cases(home: Home, directory: Directory) -> Iterator[Json]:
    live = home.waiting
    yield header(wording.MY_CASES)
    if not live:
        yield section(inert(wording.NO_CASES))
    for number, one in enumerate(live[:_CASES]):
        yield _row(one, directory, number, own=False)
    yield from _more(len(live) - _CASES, ids.HOME_CASES)


def _reports(home: Home, directory: Directory) -> Iterator[Json]:
    yield header(wording.MY_REPORTS)
    if not home.my_reports:
        yield section(inert(wording.NO_REPORTS))
    for number, one in enumerate(home.my_reports[:_REPORTS]):
        yield _row(one, directory, number, own=True)
    yield from _more(len(home.my_reports) - _REPORTS, ids.HOME_REPORTS)


def _more(left: int, action: str) -> Iterator[Json]:
    if left > 0:
        yield section(
            inert(wording.more(left)), accessory=button(wording.SHOW_MORE, action, ids.paired("list", "0"))
        )


def _row(one: Summary, directory: Directory, number: int, *, own: bool) -> Json:
    """A case in a list: nothing of its content."""
    states: Mapping[str, str] = wording.OWN_STATES if own else said.STATES
    drill = f" {wording.DRILL}" if one.drill else ""
    kind = KINDS[one.kind]
    when = local(one.opened_at, directory.trust.timezone)
    lines = (
        bold(f"{urgency_sign(one.urgency)} {one.reference}{drill}: {URGENCIES[one.urgency]}"),
        inert(f"{kind[:1].upper()}{kind[1:]}; {states[one.state.value]}; {when}"),
    )
    opened = ids.numbered(ids.OWN_OPEN if own else ids.CASE_OPEN, number)
    text = wording.OPEN_OWN if own else wording.OPEN
    return section(joined(lines), accessory=button(text, opened, one.reference))


def _drill(one: Drill) -> str:
    answered = sum(call.acknowledged_at is not None for call in one.called)
    return wording.drill(one.reference, KINDS[one.kind], answered, len(one.called))
