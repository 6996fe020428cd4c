"""Lists in Teams: what is mine to see to, what I reported, which drills are on, who holds which role."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.mine import Home
from bot.reporting.drills import Drill
from bot.reporting.people import Directory
from bot.reporting.viewing import Summary
from bot.teams import ids
from bot.teams.cards import (
    Button,
    Json,
    Shown,
    Where,
    apart,
    bullets,
    button,
    buttons,
    card,
    heading,
    on_page,
    paged,
    para,
    rows,
    shown,
    small_print,
)
from bot.teams.text import clipped
from bot.wording import cases as said
from bot.wording import chat
from bot.wording import handling as wording
from bot.wording import teams as here
from bot.wording.answers import KINDS, URGENCIES
from bot.wording.cases import local
from bot.wording.notices import urgency_sign

_CASES, _REPORTS, _DRILLS, _ROLES = 10, 6, 5, 40
"""So many are listed at once; the rest is a list of its own."""
_NAMES = 300


def home_card(home: Home, directory: Directory) -> Shown:
    """Everything of one person's, as a card in their chat: no name stands on it, nor any case's content."""
    body = [para(chat.GREETING)]
    if home.handles:
        body.extend(_cases(home, directory))
    body.extend(_reports(home, directory))
    if home.handles and home.drills:
        body += [apart(heading(wording.DRILLS)), *bullets(map(_drill, home.drills[:_DRILLS]))]
    body.extend(small_print([here.WHO_CAN_READ]))
    actions = [button(Button(chat.REPORT, ids.REPORT_BEGIN, opens=True), Where.CHAT)]
    if home.on_duty:
        duty = Button(wording.ON_DUTY, ids.LIST_DUTY, opens=True)
        actions.append(button(duty, Where.CHAT))
    return shown(chat.GREETING, body, actions)


def mine_card(
    summaries: Sequence[Summary],
    directory: Directory,
    *,
    own: bool,
    page: int = 0,
    where: Where = Where.CHAT,
) -> Shown:
    """All of somebody's cases, or of their reports; its buttons turn the page on the same card."""
    title = wording.MY_REPORTS if own else wording.MY_CASES
    none = [para(wording.NO_REPORTS if own else wording.NO_CASES)]
    listed = (_row(one, directory, own=own, where=where) for one in summaries)
    turn = Button("", ids.LIST_REPORTS if own else ids.LIST_CASES, _LIST)
    pages = paged(listed) if summaries else [none]
    return shown(title, [heading(title), *on_page(pages, page, turn, where)])


def duty_card(on_duty: Sequence[tuple[str, Sequence[str]]]) -> Json:
    """Who holds which safeguarding role, in a dialog: no colleague's name stands in a chat."""
    pairs = [(role, ", ".join(names) or wording.NO_DUTY) for role, names in on_duty[:_ROLES]]
    listed = rows((clipped(role, _NAMES), clipped(names, _NAMES)) for role, names in pairs)
    return card([heading(wording.ON_DUTY), *(paged(listed)[0] or [para(wording.NO_DUTY)])])


_LIST = "list"


def _cases(home: Home, directory: Directory) -> Iterator[Json]:
    live = home.waiting
    yield apart(heading(wording.MY_CASES))
    if not live:
        yield para(wording.NO_CASES)
    yield from (_row(one, directory, own=False, where=Where.CHAT) for one in live[:_CASES])
    yield from _more(len(live) - _CASES, ids.LIST_CASES)


def _reports(home: Home, directory: Directory) -> Iterator[Json]:
    yield apart(heading(wording.MY_REPORTS))
    if not home.my_reports:
        yield para(wording.NO_REPORTS)
    yield from (_row(one, directory, own=True, where=Where.CHAT) for one in home.my_reports[:_REPORTS])
    yield from _more(len(home.my_reports) - _REPORTS, ids.LIST_REPORTS)


def _more(left: int, action: str) -> Iterator[Json]:
    if left > 0:
        yield para(wording.more(left))
        turn = Button(wording.SHOW_MORE, action, ids.paired(_LIST, "0"))
        yield from buttons([button(turn, Where.CHAT)])


def _row(one: Summary, directory: Directory, *, own: bool, where: Where) -> Json:
    """A case in a list: nothing of its content."""
    states: Mapping[str, str] = wording.OWN_STATES if own else said.STATES
    drill = f" {wording.DRILL}" if one.drill else ""
    kind = KINDS[one.kind]
    opens = Button(
        wording.OPEN_OWN if own else wording.OPEN,
        ids.OWN_OPEN if own else ids.CASE_OPEN,
        one.reference,
        opens=True,
    )
    when = local(one.opened_at, directory.trust.timezone)
    lines: Iterable[Json] = (
        para(f"{urgency_sign(one.urgency)} {one.reference}{drill}: {URGENCIES[one.urgency]}", bold=True),
        para(
            f"{kind[:1].upper()}{kind[1:]}; {states[one.state.value]}; {when}",
            close=True,
        ),
    )
    return {"type": "Container", "separator": True, "items": [*lines, *buttons([button(opens, where)])]}


def _drill(one: Drill) -> str:
    answered = sum(call.acknowledged_at is not None for call in one.called)
    return wording.drill(one.reference, KINDS[one.kind], answered, len(one.called))
