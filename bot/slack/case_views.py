"""A case opened in Slack: as its handler, whoever is called, IT or its reporter sees it. Layout only.

Details stand in a view, which only the person who clicked sees and which no message keeps.
"""

from collections.abc import Iterator, Sequence

from bot.reporting.people import Directory, Family
from bot.reporting.record import Happening, Names, Record, Task, record_of
from bot.reporting.rights import LIVE, Action, Party, may
from bot.reporting.route import Ring, Route
from bot.reporting.viewing import View, asked_of_reporter
from bot.slack import ids
from bot.slack import text as limits
from bot.slack.blocks import Confirm, Json, actions, button, context, divider, marked, modal, section
from bot.slack.notices import acknowledge_button
from bot.slack.pages import on_page, packed, paged, words_under
from bot.slack.text import Mrkdwn, bold, bullets, clipped, inert, joined, quoted, size
from bot.wording import cases as said
from bot.wording import handling as wording
from bot.wording.answers import KINDS
from bot.wording.cases import local
from bot.wording.notices import urgency_sign

_ABOUT_ADULTS = frozenset({Family.ADULT, Family.HEAD})
_CAN = (
    (Action.HAND_OVER, wording.HAND_OVER, ids.CASE_HAND_OVER),
    (Action.ASK, wording.ASK, ids.CASE_ASK),
    (Action.NOTE, wording.NOTE, ids.CASE_NOTE),
    (Action.ACT, wording.ACTION, ids.CASE_ACTION),
    (Action.CLOSE, wording.CLOSE, ids.CASE_CLOSE),
    (Action.REOPEN, wording.REOPEN, ids.CASE_REOPEN),
)
_TAKES = frozenset({Party.CALLED, Party.TECHNICIAN})
_OWN_LINES = {"asked": wording.ASKED_YOU, "answered": wording.YOU_ANSWERED, "added": wording.YOU_ADDED}


def case_view(view: View, directory: Directory, *, page: int = 0) -> Json:
    """A case to whoever may open it, one page at a time."""
    record = record_of(view, directory)
    reference = view.summary.reference
    top = [*_first(view, directory), *_head(view, record, directory), *actions(_buttons(view))]
    pages = paged(_body(view, record, directory))
    shown = on_page(pages, page, ids.CASE_PAGE, reference)
    blocks = [*(top if page <= 0 else [_title(view)]), divider(), *shown]
    return _modal(ids.CASE_VIEW, reference, blocks)


def own_view(view: View, directory: Directory, *, page: int = 0) -> Json:
    """One's own report: how far it is, what one wrote, and what one was asked since."""
    summary = view.summary
    lines = (
        bold(f"{urgency_sign(summary.urgency)} {summary.reference}"),
        inert(f"{wording.HEADS['state']}: {wording.OWN_STATES[summary.state.value]}"),
        inert(f"{wording.HEADS['came_in']}: {local(summary.opened_at, directory.trust.timezone)}"),
        inert(wording.NOT_DONE),
    )
    top = [section(joined(lines)), *actions(_own_buttons(view))]
    shown = on_page(paged(_own_body(view, directory)), page, ids.OWN_PAGE, summary.reference)
    return _modal(ids.OWN_VIEW, summary.reference, [*_drill(view), *top, *shown])


def _modal(callback: str, reference: str, blocks: Sequence[Json]) -> Json:
    return modal(callback, reference, blocks, close=wording.DONE, private_metadata=reference)


def _drill(view: View) -> Iterator[Json]:
    if view.summary.drill:
        yield section(bold(said.DRILL))


def _first(view: View, directory: Directory) -> Iterator[Json]:
    """What a handler has to know before anything else."""
    nation = directory.trust.nation
    yield from _drill(view)
    if view.party is Party.TECHNICIAN:
        yield section(bold(said.NO_TECHNICIAN))
    if view.route and view.route.family in _ABOUT_ADULTS and view.summary.state in LIVE:
        lines = [bold(said.not_before_advice(nation))]
        if view.decide_by:
            lines.append(bold(said.decide_by(nation, local(view.decide_by, directory.trust.timezone))))
        yield section(joined(lines))


def _title(view: View) -> Json:
    kind = KINDS[view.summary.kind]
    return section(bold(f"{urgency_sign(view.summary.urgency)} {kind[:1].upper()}{kind[1:]}"))


def _head(view: View, record: Record, directory: Directory) -> Iterator[Json]:
    heads = wording.HEADS
    rows = [
        (heads["urgency"], record.urgency),
        (heads["state"], record.state),
        (heads["came_in"], local(view.summary.opened_at, directory.trust.timezone)),
    ]
    if view.party is not Party.TECHNICIAN:
        rows += [(heads["school"], record.school), (heads["about"], record.subject)]
        rows += [(heads["reporter"], record.reporter)]
    yield _title(view)
    fields = [marked(clipped(_field(name, text), limits.FIELD)) for name, text in rows if text]
    yield {"type": "section", "fields": fields}


def _field(name: str, text: str) -> Mrkdwn:
    return joined((bold(name), inert(text)))


def _buttons(view: View) -> list[Json]:
    """What this person may do with it now."""
    summary = view.summary
    shown: list[Json] = []
    if view.party in _TAKES and may(view.party, Action.ACKNOWLEDGE, summary.state):
        shown.append(acknowledge_button(summary.reference))
    for action, text, name in _CAN:
        if may(view.party, action, summary.state) and (view.askable or action is not Action.ASK):
            shown.append(button(text, name, summary.reference))
    return shown


def _body(view: View, record: Record, directory: Directory) -> Iterator[Json]:
    names = Names(view, directory)
    if view.open_standings:
        yield section(bold(wording.TO_SETTLE))
        for number, person in enumerate(view.open_standings):
            yield from _to_settle(view.summary.reference, person, names.person(person), number)
    yield section(bold(wording.THE_REPORT))
    if size(_field("", record.subject)) > limits.FIELD // 2:
        yield from words_under(wording.HEADS["about"], record.subject)
    for asked, answer in record.concern:
        if answer:
            yield from words_under(asked, answer)
    if view.route:
        yield from _listed(wording.GOES_TO, _route(view.route, names))
        yield from _listed(wording.OUTSIDE, map(_ring, view.route.ring))
    yield from _listed(wording.TOLD, (_told(*one) for one in record.told))
    yield from _listed(wording.ACTIONS, map(_task, record.actions))
    yield from _listed(wording.CHRONOLOGY, map(_happened, record.chronology))


def _listed(heading: str, parts: Iterator[Mrkdwn]) -> Iterator[Json]:
    shown = list(parts)
    if shown:
        yield divider()
        yield from packed((bold(heading), *shown))


def _to_settle(reference: str, person: str, name: str, number: int) -> Iterator[Json]:
    yield section(inert(f"{name}: {said.NOT_YET_SAID}"))
    value = ids.paired(reference, person)
    about = Confirm(f"{wording.ABOUT}?", wording.ABOUT_ASKED, wording.ABOUT, wording.NOT_YET)
    only = Confirm(f"{wording.MENTIONED}?", wording.MENTIONED_ASKED, wording.MENTIONED, wording.NOT_YET)
    yield from actions(
        [
            button(wording.ABOUT, ids.numbered(ids.CASE_ABOUT, number), value, confirm=about),
            button(wording.MENTIONED, ids.numbered(ids.CASE_MENTIONED, number), value, confirm=only),
        ]
    )


def _route(route: Route, names: Names) -> Iterator[Mrkdwn]:
    for hop in route.hops:
        must = f" ({wording.MUST})" if hop.must else ""
        why = "\n".join(f"{one.source}: {one.says}" for one in hop.origins)
        yield joined((Mrkdwn(f"• {inert(names.role(hop.role) + must)}"), quoted(why) if why else Mrkdwn("")))
    yield from (Mrkdwn(f"⚡ {inert(one)}") for one in (*route.conflicts, *route.statements))


def _ring(one: Ring) -> Mrkdwn:
    whom = one.number if one.whom == one.number else f"{one.whom}, {one.number}"
    return bullets([f"{whom}: {one.why} ({one.origin.source})"])


def _told(who: str, role: str, done: bool) -> Mrkdwn:  # noqa: FBT001  a row of `Record.told`
    return bullets([f"{who}, {role}: {wording.HAS_ACKNOWLEDGED if done else wording.TOLD_ONLY}"])


def _task(task: Task) -> Mrkdwn:
    return bullets([f"{task.due}: {task.what} ({task.owner})"])


def _happened(one: Happening) -> Mrkdwn:
    what = Mrkdwn(f"{bold(one.at)}  {inert(f'{one.who} {one.what}')}")
    return joined((what, quoted(one.text) if one.text else Mrkdwn("")))


def _own_buttons(view: View) -> list[Json]:
    summary = view.summary
    shown: list[Json] = []
    if asked_of_reporter(view) and may(view.party, Action.ANSWER, summary.state):
        shown.append(button(wording.ANSWER, ids.OWN_ANSWER, summary.reference, style="primary"))
    if may(view.party, Action.ADD, summary.state):
        shown.append(button(wording.ADD, ids.OWN_ADD, summary.reference))
    return shown


def _own_body(view: View, directory: Directory) -> Iterator[Json]:
    """Nobody's name stands beside a question: who handles it is told by role only."""
    lines = [line for line in view.chronology if line.event in _OWN_LINES and line.text]
    for line in reversed(lines):
        when = local(line.at, directory.trust.timezone)
        yield from words_under(f"{_OWN_LINES[line.event]}, {when}", line.text or "")
    record = record_of(view, directory)
    if record.concern:
        yield section(bold(wording.THE_REPORT))
        yield from context([record.subject])
        for asked, answer in record.concern:
            if answer:
                yield from words_under(asked, answer)
