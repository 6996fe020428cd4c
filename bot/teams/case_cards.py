"""A case opened in Teams: as its handler, whoever is called, IT or its reporter sees it. Layout only.

All of it stands in dialogs, which only the person who clicked sees and which no message keeps.
"""

from collections.abc import Iterable, Iterator

from bot.reporting.people import Directory, Family
from bot.reporting.record import Happening, Names, Record, record_of
from bot.reporting.rights import LIVE, Action, Party, may
from bot.reporting.route import Ring, Route
from bot.reporting.viewing import View, asked_of_reporter
from bot.teams import ids
from bot.teams.cards import (
    Button,
    Json,
    Where,
    apart,
    box,
    bullets,
    button,
    buttons,
    card,
    confirming,
    heading,
    line,
    on_page,
    paged,
    para,
    rows,
    run,
    small_print,
    words,
    words_under,
)
from bot.teams.notices import acknowledge_button
from bot.teams.text import clipped
from bot.wording import cases
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
_HEAD = 300
"""Characters of an answer that stand at the top; a longer one stands whole in the report."""


def case_card(view: View, directory: Directory, *, page: int = 0, said: str = "") -> Json:
    """A case to whoever may open it, one page at a time. `said` is what was just done, above it all."""
    record = record_of(view, directory)
    top = [*_done(said), _title(view)]
    if page <= 0:
        actions = buttons(_buttons(view))
        top = [*_done(said), *_first(view, directory), *_head(view, record, directory), *actions]
    turn = Button("", ids.CASE_PAGE, view.summary.reference)
    return card([*top, *on_page(paged(_body(view, record, directory)), page, turn, Where.DIALOG)])


def own_card(view: View, directory: Directory, *, page: int = 0, said: str = "") -> Json:
    """One's own report: how far it is, what one wrote, and what one was asked since."""
    summary, heads = view.summary, wording.HEADS
    head = rows(
        (
            (heads["state"], wording.OWN_STATES[summary.state.value]),
            (heads["came_in"], local(summary.opened_at, directory.trust.timezone)),
        )
    )
    top = [
        *_done(said),
        *_drill(view),
        heading(f"{urgency_sign(summary.urgency)} {summary.reference}"),
        *head,
        para(wording.NOT_DONE),
        *buttons(_own_buttons(view)),
    ]
    turn = Button("", ids.OWN_PAGE, summary.reference)
    return card([*top, *on_page(paged(_own_body(view, directory)), page, turn, Where.DIALOG)])


def _done(text: str) -> Iterator[Json]:
    if text:
        yield box([para(text, bold=True)], style="good")


def _drill(view: View) -> Iterator[Json]:
    if view.summary.drill:
        yield para(cases.DRILL, bold=True)


def _first(view: View, directory: Directory) -> Iterator[Json]:
    """What a handler has to know before anything else."""
    nation = directory.trust.nation
    yield from _drill(view)
    if view.party is Party.TECHNICIAN:
        yield para(cases.NO_TECHNICIAN, bold=True)
    if view.route and view.route.family in _ABOUT_ADULTS and view.summary.state in LIVE:
        lines = [cases.not_before_advice(nation)]
        if view.decide_by:
            lines.append(cases.decide_by(nation, local(view.decide_by, directory.trust.timezone)))
        yield box([para(text, bold=True) for text in lines], style="warning")


def _title(view: View) -> Json:
    kind = KINDS[view.summary.kind]
    return heading(f"{urgency_sign(view.summary.urgency)} {kind[:1].upper()}{kind[1:]}", large=True)


def _head(view: View, record: Record, directory: Directory) -> Iterator[Json]:
    heads = wording.HEADS
    pairs = [
        (heads["urgency"], record.urgency),
        (heads["state"], record.state),
        (heads["came_in"], local(view.summary.opened_at, directory.trust.timezone)),
    ]
    if view.party is not Party.TECHNICIAN:
        pairs += [(heads["school"], record.school), (heads["about"], record.subject)]
        pairs += [(heads["reporter"], record.reporter)]
    yield _title(view)
    yield from rows((name, clipped(text, _HEAD)) for name, text in pairs)


def _buttons(view: View) -> list[Json]:
    """What this person may do with it now."""
    summary = view.summary
    shown: list[Json] = []
    if view.party in _TAKES and may(view.party, Action.ACKNOWLEDGE, summary.state):
        shown.append(acknowledge_button(summary.reference, Where.DIALOG))
    for action, text, name in _CAN:
        if may(view.party, action, summary.state) and (view.askable or action is not Action.ASK):
            shown.append(button(Button(text, name, summary.reference), Where.DIALOG))
    return shown


def _body(view: View, record: Record, directory: Directory) -> Iterator[Json]:
    names = Names(view, directory)
    if view.open_standings:
        yield heading(wording.TO_SETTLE)
        for person in view.open_standings:
            yield from _to_settle(view.summary.reference, person, names.person(person))
    yield apart(heading(wording.THE_REPORT))
    if len(record.subject) > _HEAD:
        yield from words_under(wording.HEADS["about"], record.subject)
    for asked, answer in record.concern:
        if answer:
            yield from words_under(asked, answer)
    if view.route:
        yield from _listed(wording.GOES_TO, _route(view.route, names))
        yield from _listed(wording.OUTSIDE, bullets(map(_ring, view.route.ring)))
    yield from _listed(wording.TOLD, bullets(_told(*one) for one in record.told))
    yield from _listed(
        wording.ACTIONS,
        (part for one in record.actions for part in _with_words(f"{one.due} ({one.owner})", one.what)),
    )
    yield from _listed(wording.CHRONOLOGY, (part for one in record.chronology for part in _happened(one)))


def _listed(title: str, parts: Iterable[Json]) -> Iterator[Json]:
    shown = list(parts)
    if shown:
        yield apart(heading(title))
        yield from shown


def _to_settle(reference: str, person: str, name: str) -> Iterator[Json]:
    value = ids.paired(reference, person)
    asked = (
        (wording.ABOUT, wording.ABOUT_ASKED, ids.CASE_ABOUT),
        (wording.MENTIONED, wording.MENTIONED_ASKED, ids.CASE_MENTIONED),
    )
    made = [
        confirming(f"{text}?", more, Button(text, name_of, value), Where.DIALOG)
        for text, more, name_of in asked
    ]
    yield {"type": "Container", "items": [para(f"{name}: {cases.NOT_YET_SAID}"), *buttons(made)]}


def _route(route: Route, names: Names) -> Iterator[Json]:
    for hop in route.hops:
        must = f" ({wording.MUST})" if hop.must else ""
        why = "\n".join(f"{one.source}: {one.says}" for one in hop.origins)
        yield from _with_words(f"• {names.role(hop.role)}{must}", why)
    yield from (para(f"⚡ {one}") for one in (*route.conflicts, *route.statements))


def _ring(one: Ring) -> str:
    whom = one.number if one.whom == one.number else f"{one.whom}, {one.number}"
    return f"{whom}: {one.why} ({one.origin.source})"


def _told(who: str, role: str, done: bool) -> str:  # noqa: FBT001  a row of `Record.told`
    return f"{who}, {role}: {wording.HAS_ACKNOWLEDGED if done else wording.TOLD_ONLY}"


def _happened(one: Happening) -> Iterator[Json]:
    yield line(run(one.at, bold=True), run(f"{one.who} {one.what}"))
    yield from words(one.text) if one.text else ()


def _with_words(head: str, text: str) -> Iterator[Json]:
    yield para(head)
    yield from words(text) if text else ()


def _own_buttons(view: View) -> list[Json]:
    summary = view.summary
    shown: list[Button] = []
    if asked_of_reporter(view) and may(view.party, Action.ANSWER, summary.state):
        shown.append(Button(wording.ANSWER, ids.OWN_ANSWER, summary.reference, style="positive"))
    if may(view.party, Action.ADD, summary.state):
        shown.append(Button(wording.ADD, ids.OWN_ADD, summary.reference))
    return [button(one, Where.DIALOG) for one in shown]


def _own_body(view: View, directory: Directory) -> Iterator[Json]:
    """Nobody's name stands beside a question: who handles it is told by role only."""
    lines = [one for one in view.chronology if one.event in _OWN_LINES and one.text]
    for one in reversed(lines):
        when = local(one.at, directory.trust.timezone)
        yield from words_under(f"{_OWN_LINES[one.event]}, {when}", one.text or "")
    record = record_of(view, directory)
    if record.concern:
        yield heading(wording.THE_REPORT)
        yield from small_print([clipped(record.subject, _HEAD)])
        if len(record.subject) > _HEAD:
            yield from words_under(wording.HEADS["about"], record.subject)
        for asked, answer in record.concern:
            if answer:
                yield from words_under(asked, answer)
