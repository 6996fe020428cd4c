"""The report in Slack: choosing its kind, the form as far as it is filled, what is wrong, its receipt.

The form is one view that is shown again after each choice. It is sent in two steps: the first press shows
whom it goes to, the second sends it, and only if it still goes there (`Draft.has_shown`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256

from bot.reporting.filling import FIELD_LIMIT, FormFault
from bot.reporting.forms import STANDING, Option, Question
from bot.reporting.kinds import EVIDENCE
from bot.slack import ids
from bot.slack import text as limits
from bot.slack.blocks import Json, actions, button, context, divider, header, modal, option, section, sections
from bot.slack.fields import (
    MOST_PARTS,
    Filled,
    answers_of,
    block_of,
    found_people,
    question_blocks,
    written,
)
from bot.slack.text import Mrkdwn, bold, bullets, clipped, inert, joined, plain
from bot.wording import chat, handling
from bot.wording import reporting as wording
from bot.wording.answers import KINDS
from bot.wording.forms import CHOOSE
from bot.wording.safety import STAY_WITH_THEM, WORDS_ONLY
from knowledge.rules import Kind

__all__ = [
    "Draft",
    "Form",
    "answers_of",
    "asked_in",
    "choose_kind_view",
    "errors_of",
    "form_view",
    "found_people",
    "not_saved_errors",
    "not_saved_view",
    "opening_view",
    "receipt_view",
    "reported_message",
    "written",
]
_EVIDENCE = frozenset(EVIDENCE)
_FINGERPRINT = 16
_MOST_NAMED = 20
"""Of so many members of staff who come up it is asked how they stand to it; the others stay held back."""
_ROOMY = limits.VIEW_BYTES - 20_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What a report's view carries along besides its fields, in `private_metadata`: nothing that was written.

    `key` tells a form sent twice from two forms; `source` points at the message that is reported, if any;
    `more` and `rooms` are how far the form is folded out; `shown` is a fingerprint of whom it goes to, as
    last shown.
    """

    kind: Kind | None = None
    key: str = ""
    source: str = ""
    more: bool = False
    rooms: int = 1
    shown: str = ""

    @property
    def metadata(self) -> str:
        """The draft as a view carries it."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, metadata: str) -> "Draft":
        """The draft that a view carried. Raises `ValueError` for anything else."""
        try:
            plain_draft = json.loads(metadata)
            kind = Kind(plain_draft["kind"]) if plain_draft["kind"] else None
            more, rooms = bool(plain_draft["more"]), min(max(int(plain_draft["rooms"]), 1), MOST_PARTS)
            key, source, shown = (str(plain_draft[name]) for name in ("key", "source", "shown"))
        except (KeyError, TypeError, RecursionError, OverflowError) as error:
            raise ValueError("no draft of a report") from error
        return cls(kind, key, source, more, rooms, shown)

    def has_shown(self, line: str) -> bool:
        """Whether the reporter has been shown that it goes there."""
        return bool(line) and self.shown == _fingerprint(line)

    def with_room(self) -> "Draft":
        """The draft with another field to write in."""
        return replace(self, rooms=min(self.rooms + 1, MOST_PARTS))


@dataclass(frozen=True, slots=True)
class Form:
    """A form as far as it is filled: `questions` and `notes` are `reporting.forms`' for these answers.

    `answers` are `written` of the view's state, or answers to begin with; `goes_to` is the preview's line,
    empty while there is none.
    """

    draft: Draft
    questions: Sequence[Question]
    notes: Sequence[str] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    people: Sequence[Option] = ()
    faults: Sequence[FormFault] = ()
    goes_to: str = ""


def choose_kind_view(draft: Draft, notes: Sequence[str] = ()) -> Json:
    """Every kind of report, to be chosen with one press. `notes`: whom to ring, above all of them."""
    blocks = [section(joined([bold(wording.IN_DANGER), *map(inert, notes)])), *context([wording.CHOOSE_HELP])]
    for number, (group, kinds) in enumerate(wording.KIND_GROUPS):
        blocks.append(section(bold(group)))
        radios = {
            "type": "radio_buttons",
            "action_id": ids.numbered(ids.REPORT_CHOOSE, number),
            "options": [option(kind.value, CHOOSE[kind]) for kind in kinds],
        }
        blocks.extend(actions([radios]))
    blocks.extend(context([chat.WHO_CAN_READ, chat.ABOUT_YOU]))
    return modal(
        ids.KIND_VIEW,
        wording.CHOOSE_TITLE,
        blocks,
        close=wording.CANCEL,
        private_metadata=draft.metadata,
    )


def form_view(form: Form) -> Json:
    """The form as it stands."""
    draft = replace(form.draft, shown=_fingerprint(form.goes_to))
    return _fitted(
        modal(
            ids.REPORT_FORM,
            wording.FORM_TITLE,
            _form(form),
            submit=wording.SEND if form.goes_to else wording.NEXT,
            close=wording.CANCEL,
            private_metadata=draft.metadata,
        )
    )


def errors_of(faults: Iterable[FormFault], view: Mapping[str, object]) -> dict[str, str]:
    """What is wrong, for `response_action: errors`, each at its field of the view as Slack sent it.

    What has no field there stands at the first one. Slack refuses errors at anything but an input.
    """
    fields = _inputs(view)
    found: dict[str, list[str]] = {}
    for fault in faults:
        name = block_of(fault.key)
        place = name if name in fields else next(iter(fields), "")
        found.setdefault(place, []).append(fault.what)
    texts = {place: " ".join(dict.fromkeys(lines)) for place, lines in found.items() if place}
    return {place: clipped(plain(text), limits.FAULT) for place, text in texts.items()}


def not_saved_errors(line: str, view: Mapping[str, object]) -> dict[str, str]:
    """That nothing was saved and whom to ring: the form stays open with all that was typed."""
    return errors_of([FormFault("", line)], view)


def not_saved_view(line: str) -> Json:
    """The same, where there is no form to show it on."""
    return modal(ids.RECEIPT_VIEW, wording.NOT_SAVED_TITLE, [section(bold(line))], close=wording.DONE)


def opening_view(title: str = wording.OPENING_TITLE) -> Json:
    """What is opened within the three seconds that a click is good for, and filled afterwards."""
    return modal(ids.KIND_VIEW, title, [section(inert(wording.OPENING))], close=wording.CANCEL)


def receipt_view(lines: Sequence[str], reference: str) -> Json:
    """What the reporter keeps."""
    first, *rest = lines
    blocks = [
        header(f"✅ {first}"),
        *sections(joined(map(inert, rest), "\n\n")),
        *actions([button(handling.OPEN_OWN, ids.OWN_OPEN, reference)]),
    ]
    return modal(ids.RECEIPT_VIEW, wording.RECEIPT_TITLE, blocks, close=wording.DONE)


def reported_message(text: str, *, author: str, permalink: str, posted_at: str) -> dict[str, str]:
    """Answers to begin with where a message is reported. `posted_at` is in the trust's own time."""
    if len(text) > FIELD_LIMIT:
        text = f"{text[: FIELD_LIMIT - len(wording.CUT_SHORT) - 1]}\n{wording.CUT_SHORT}"
    found = {"platform": "Slack", "said": text, "handle": author, "url": permalink, "posted_at": posted_at}
    return {key: answer for key, answer in found.items() if answer}


def _form(form: Form) -> Iterator[Json]:
    kind = form.draft.kind or Kind.OTHER
    in_danger, image, rest = _parted(form.notes)
    yield section(
        joined((bold(KINDS[kind][:1].upper() + KINDS[kind][1:]), inert(CHOOSE[kind]))),
        accessory=button(wording.OTHER_KIND, ids.REPORT_OTHER_KIND),
    )
    if form.faults:
        yield section(joined((bold(wording.TO_MEND), bullets(fault.what for fault in form.faults))))
    if form.goes_to:
        yield section(joined((bold(wording.CHECK_AND_SEND), bold(form.goes_to))))
    if kind is Kind.NUDE_IMAGE:
        rest, image = (*image, *rest), ()
    if rest:
        yield from sections(bullets(rest))
    yield from _questions(form, {"danger": in_danger, "image": image})
    yield divider()
    yield section(bold(form.goes_to) if form.goes_to else inert(wording.GOES_TO_LATER))
    yield from context([chat.WHO_CAN_READ])


def _questions(form: Form, under: Mapping[str, Sequence[str]]) -> Iterator[Json]:
    """The questions, each warning right under the answer that calls for it."""
    filled = Filled(form.answers, form.people, form.draft.rooms)
    named = [question.key for question in form.questions if question.key.startswith(STANDING)]
    left_out = frozenset(named[_MOST_NAMED:])
    folded = not form.draft.more and not any(form.answers.get(key) for key in _EVIDENCE)
    for question in _in_order(form.questions):
        if question.key in left_out or (folded and question.key in _EVIDENCE):
            continue
        yield from question_blocks(question, filled)
        if under.get(question.key):
            yield section(joined((Mrkdwn(f"🚨 {bold(wording.BEFORE_ALL)}"), bullets(under[question.key]))))
    if left_out:
        yield from context([wording.more_named(len(left_out))])
    buttons = [button(wording.MORE_ROOM, ids.REPORT_ROOM)]
    if folded and any(question.key in _EVIDENCE for question in form.questions):
        buttons.insert(0, button(wording.MORE_DETAILS, ids.REPORT_MORE))
    yield from actions(buttons)


def _in_order(questions: Sequence[Question]) -> Iterator[Question]:
    """How the staff who come up stand to it decides who is told, so it is asked right after what happened."""
    named = [question for question in questions if question.key.startswith(STANDING)]
    others = [question for question in questions if question not in named]
    after = next((n for n, question in enumerate(others, start=1) if question.key == "what"), len(others))
    return iter((*others[:after], *named, *others[after:]))


def _parted(notes: Sequence[str]) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """The notes on danger, those on an image of a child, and the rest: they come in this order."""
    after_danger = notes.index(STAY_WITH_THEM) + 1 if STAY_WITH_THEM in notes else 0
    after_image = notes.index(WORDS_ONLY) + 1 if WORDS_ONLY in notes else after_danger
    return notes[:after_danger], notes[after_danger:after_image], notes[after_image:]


def _fitted(view: Json) -> Json:
    """The view no heavier than Slack takes: what is typed already, Slack keeps by itself (same block ids)."""
    elements = [one["element"] for one in view["blocks"] if "initial_value" in one.get("element", ())]
    for element in sorted(elements, key=lambda one: len(one["initial_value"]), reverse=True):
        if len(json.dumps(view)) <= _ROOMY:
            break
        del element["initial_value"]
    return view


def asked_in(view: Mapping[str, object]) -> frozenset[str]:
    """The keys of the questions that a view asks, as Slack sent it."""
    return frozenset(name.removeprefix(ids.QUESTION) for name in _inputs(view))


def _inputs(view: Mapping[str, object]) -> tuple[str, ...]:
    blocks = view.get("blocks")
    rows = blocks if isinstance(blocks, list | tuple) else ()
    return tuple(
        str(one["block_id"])
        for one in rows
        if isinstance(one, Mapping)
        and one.get("type") == "input"
        and 0 < len(str(one.get("block_id") or "")) <= limits.ID
    )


def _fingerprint(line: str) -> str:
    return sha256(line.encode()).hexdigest()[:_FINGERPRINT] if line else ""
