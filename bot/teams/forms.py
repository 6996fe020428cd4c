"""The report in Teams: choosing its kind, the form as far as it is filled, what is wrong, its receipt.

A card tells nobody of a choice before a button is pressed, so the form goes back and forth: each press shows
it anew with what follows from the answers, until it can be sent. It is sent in two steps: the one shows whom
it goes to, the next sends it, and only if it still goes there (`Draft.has_shown`).

In a dialog all that was answered stands in its field again. A card in a chat is kept by the tenant, so there
nothing that was typed or chosen is shown again: only what is still to be answered (promise S14).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from bot.reporting.filling import FIELD_LIMIT, FormFault
from bot.reporting.forms import STANDING, Option, Question, Sort
from bot.reporting.kinds import EVIDENCE
from bot.teams import ids
from bot.teams.cards import (
    Asked,
    Button,
    Colour,
    Json,
    Where,
    apart,
    box,
    bullets,
    button,
    card,
    choice,
    heading,
    para,
    small_print,
    unfolding,
)
from bot.teams.fields import (
    Filled,
    answers_of,
    asked_in,
    has_list,
    kind_of,
    question_parts,
)
from bot.teams.text import CARD, weight
from bot.wording import handling
from bot.wording import reporting as wording
from bot.wording import teams as here
from bot.wording.answers import KINDS
from bot.wording.forms import CHOOSE
from bot.wording.safety import STAY_WITH_THEM, WORDS_ONLY
from knowledge.rules import Kind

__all__ = [
    "Draft",
    "Form",
    "answers_of",
    "asked_in",
    "fingerprint",
    "form_card",
    "kind_card",
    "kind_of",
    "not_saved_card",
    "receipt_card",
    "reported_message",
]
_EVIDENCE = frozenset(EVIDENCE)
_FIRST = ("danger", "image")
_DETAILS = "details"
_FINGERPRINT = 16
_MOST_NAMED = 10
"""Of so many members of staff who come up it is asked how they stand to it; the others stay held back."""
_SHORT = 200
"""Characters of an answer that is always shown again: only longer ones are left out of a heavy card."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is kept of a report between its cards, besides its answers.

    `token` is what the cards' buttons send, and tells a form sent twice from two forms; `more`: its details
    stand unfolded; `shown` is a fingerprint of whom it goes to, as last shown.
    """

    kind: Kind | None = None
    token: str = ""
    more: bool = False
    shown: str = ""

    @property
    def value(self) -> str:
        """What a dialog's buttons send of it: whichever replica is asked then can go on from there."""
        return ids.paired(self.token, ids.paired(self.kind or "", self.shown))

    @classmethod
    def read(cls, value: str) -> "Draft":
        """The draft that a button sent: its token alone, where a card in a chat did."""
        token, rest = ids.parted(value)
        named, shown = ids.parted(rest)
        return cls(next((kind for kind in Kind if kind == named), None), token, shown=shown)

    def has_shown(self, line: str) -> bool:
        """Whether the reporter has been shown that it goes there."""
        return bool(line) and self.shown == fingerprint(line)

    def showing(self, line: str) -> "Draft":
        """The draft once its reporter has been shown that it goes there."""
        return replace(self, shown=fingerprint(line))


@dataclass(frozen=True, slots=True)
class Form:
    """A form as far as it is filled: `questions` and `notes` are `reporting.forms`' for these answers.

    `goes_to` is the preview's line, empty while there is none.
    """

    draft: Draft
    questions: Sequence[Question]
    notes: Sequence[str] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    people: Sequence[Option] = ()
    faults: Sequence[FormFault] = ()
    goes_to: str = ""


def fingerprint(line: str) -> str:
    """What stands for the line that says whom a report goes to; empty where there is none."""
    return sha256(line.encode()).hexdigest()[:_FINGERPRINT] if line else ""


def kind_card(token: str, notes: Sequence[str] = (), where: Where = Where.DIALOG, *, fault: str = "") -> Json:
    """Every kind of report, to choose one. `notes`: whom to ring, above all of them."""
    kinds = (Option(kind.value, CHOOSE[kind]) for _, members in wording.KIND_GROUPS for kind in members)
    body = [
        box([para(wording.IN_DANGER, bold=True), *map(para, notes)], style="attention"),
        *small_print([wording.CHOOSE_HELP, here.KINDS_ORDER]),
        *_wrong([fault] if fault else []),
        choice(Asked(ids.KIND_FIELD, wording.CHOOSE_TITLE), tuple(kinds), near=True),
        *small_print([here.WHO_CAN_READ, here.ABOUT_YOU]),
    ]
    go_on = Button(wording.NEXT, ids.REPORT_KIND, token, style="positive", takes=True)
    return card(body, [button(go_on, where)])


def form_card(form: Form, where: Where = Where.DIALOG) -> Json:
    """The form as it stands, no heavier than Teams takes.

    What is too long to be shown again is left to the caller, who keeps it: see `asked_in`.
    """
    kept: frozenset[str] = frozenset()
    made = _laid_out(form, where, kept)
    for key in _by_length(form) if where is Where.DIALOG else ():
        if weight(made) <= CARD:
            break
        kept |= {key}
        made = _laid_out(form, where, kept)
    return made


def receipt_card(lines: Sequence[str], reference: str, where: Where = Where.DIALOG) -> Json:
    """What the reporter keeps: a reference, and nothing of the report."""
    first, *rest = lines
    look = Button(handling.OPEN_OWN, ids.OWN_OPEN, reference, opens=True)
    return card([heading(f"✅ {first}"), *map(para, rest)], [button(look, where)])


def not_saved_card(line: str, where: Where = Where.DIALOG, *, again: str = "") -> Json:
    """That nothing was saved and whom to ring. `again`: the form's token, to send what is kept once more."""
    more = [button(Button(wording.SEND, ids.REPORT_NEXT, again), where)] if again else []
    top = heading(wording.NOT_SAVED_TITLE, colour=Colour.ATTENTION)
    return card([top, para(line, bold=True)], more)


def reported_message(text: str, *, author: str, link: str, posted_at: str) -> dict[str, str]:
    """Answers to begin with where a message is reported. `posted_at` is in the trust's own time."""
    if len(text) > FIELD_LIMIT:
        text = f"{text[: FIELD_LIMIT - len(wording.CUT_SHORT) - 1]}\n{wording.CUT_SHORT}"
    found = {"platform": "Teams", "said": text, "handle": author, "url": link, "posted_at": posted_at}
    return {key: answer for key, answer in found.items() if answer}


def _laid_out(form: Form, where: Where, kept: frozenset[str]) -> Json:
    kind = form.draft.kind or Kind.OTHER
    asked = list(_in_order(form, where))
    body = [heading(KINDS[kind][:1].upper() + KINDS[kind][1:]), para(CHOOSE[kind], close=True)]
    body += [*_wrong([fault.what for fault in form.faults]), *_safety(form, kind)]
    if form.goes_to:
        body.append(box([para(wording.CHECK_AND_SEND, bold=True), para(form.goes_to, bold=True)]))
    body += _questions(form, asked, where, kept)
    body.append(apart(para(form.goes_to or wording.GOES_TO_LATER, bold=bool(form.goes_to))))
    body += small_print([here.HERE_KEPT if where is Where.CHAT else "", here.WHO_CAN_READ])
    keys = [one.key for one in asked if one.key not in kept]
    return card(body, _buttons(form, where, keys))


def _buttons(form: Form, where: Where, keys: Sequence[str]) -> Iterator[Json]:
    token, takes = form.draft.token if where is Where.CHAT else form.draft.value, ",".join(keys)
    title = wording.SEND if form.goes_to else wording.NEXT
    shown = [Button(title, ids.REPORT_NEXT, token, style="positive", takes=True)]
    if where is Where.CHAT:
        shown.append(Button(here.IN_A_WINDOW, ids.REPORT_OPEN, token, opens=True, takes=True))
    shown.append(Button(wording.OTHER_KIND, ids.REPORT_OTHER_KIND, token, takes=True))
    for one in shown:
        made = button(one, where)
        made["data"]["asked"] = takes
        yield made


def _safety(form: Form, kind: Kind) -> Iterator[Json]:
    """What comes before any question: the rules on danger, on an image of a child, and what else helps."""
    in_danger, image, rest = _parted(form.notes)
    first = [*in_danger, *image]
    if first:
        yield box([para(f"🚨 {wording.BEFORE_ALL}", bold=True), *bullets(first)], style="attention")
    elif kind is not Kind.PRESS:
        yield para(wording.IN_DANGER, bold=True)
    yield from bullets(rest)


def _questions(form: Form, asked: Sequence[Question], where: Where, kept: frozenset[str]) -> Iterator[Json]:
    near = [one for one in asked if one.key not in _EVIDENCE]
    details = [one for one in asked if one.key in _EVIDENCE]
    for one in near:
        yield from question_parts(one, _filled(form, one, where, kept))
    inner = [part for one in details for part in question_parts(one, _filled(form, one, where, kept))]
    folded = not form.draft.more and not any(form.answers.get(one.key) for one in details)
    if inner and folded and not any(fault.key in _EVIDENCE for fault in form.faults):
        yield from unfolding(wording.MORE_DETAILS, _DETAILS, inner)
    else:
        yield from inner
    if not asked:
        yield para(here.ALL_ANSWERED)
    yield from _left_out(form, where)


def _left_out(form: Form, where: Where) -> Iterator[Json]:
    named = sum(one.key.startswith(STANDING) for one in form.questions)
    if named and where is Where.CHAT:
        yield para(here.PEOPLE_IN_A_WINDOW)
    elif named > _MOST_NAMED:
        yield from small_print([wording.more_named(named - _MOST_NAMED)])


def _filled(form: Form, question: Question, where: Where, kept: frozenset[str]) -> Filled:
    """In a chat nothing stands in a field again; what was wrong is said of all the form at its top."""
    faults = [fault.what for fault in form.faults if fault.key == question.key]
    if where is Where.CHAT:
        return Filled(faults=faults)
    given = form.answers.get(question.key, "")
    return Filled(given, faults, form.people, question.key in kept)


def _in_order(form: Form, where: Where) -> Iterator[Question]:
    """What is asked now; how the staff who come up stand to it decides who is told, so it isn't asked last.

    In a chat the questions of safety come first, and no list of colleagues and no name of one is shown.
    """
    named = [one for one in form.questions if one.key.startswith(STANDING)][:_MOST_NAMED]
    others = [one for one in form.questions if not one.key.startswith(STANDING)]
    if where is Where.CHAT:
        wrong = {fault.key for fault in form.faults}
        left = [one for one in others if one.key in wrong or not form.answers.get(one.key)]
        left = [one for one in left if one.sort is not Sort.PERSON]
        yield from sorted(left, key=lambda one: one.key not in _FIRST)
        return
    others = [one for one in others if has_list(one, form.people)]
    after = next((n for n, one in enumerate(others, start=1) if one.key == "what"), len(others))
    yield from (*others[:after], *named, *others[after:])


def _by_length(form: Form) -> list[str]:
    """The answers that may be left out of a heavy card, the longest first; then the list of people."""
    words = {one.key for one in form.questions if one.sort in {Sort.LONG, Sort.TEXT, Sort.LINK, Sort.WHEN}}
    long = [key for key in words if weight(form.answers.get(key, "")) > _SHORT]
    people = [one.key for one in form.questions if one.sort is Sort.PERSON]
    return [*sorted(long, key=lambda key: weight(form.answers[key]), reverse=True), *people]


def _parted(notes: Sequence[str]) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """The notes on danger, those on an image of a child, and the rest: they come in this order."""
    after_danger = notes.index(STAY_WITH_THEM) + 1 if STAY_WITH_THEM in notes else 0
    after_image = notes.index(WORDS_ONLY) + 1 if WORDS_ONLY in notes else after_danger
    return notes[:after_danger], notes[after_danger:after_image], notes[after_image:]


def _wrong(faults: Iterable[str]) -> Iterator[Json]:
    said = list(dict.fromkeys(faults))
    if said:
        yield box([para(wording.TO_MEND, bold=True), *bullets(said)], style="attention")
