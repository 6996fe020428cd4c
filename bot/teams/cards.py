"""The parts of an Adaptive Card 1.5 as the plain data Teams takes, each so that nobody's words come alive.

Whatever anybody wrote goes into text runs, which read no Markdown; headings, labels and choices, which do,
are made inert. Nothing has a fixed colour, so that light, dark and high contrast all stay readable, and
everything wraps, so that it can be read on a telephone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from bot.reporting.forms import Option
from bot.teams import ids
from bot.teams import text as limits
from bot.teams.text import clipped, cut, inert, pieces, plain, typed, weight
from bot.wording import handling
from bot.wording import teams as wording

Json = dict[str, Any]
_NOTHING = "–"
"""Stands where nothing of a text can be seen: an empty one is refused."""
_PIECE = 6_000
"""Bytes of somebody's words in one block."""


class Where(StrEnum):
    """Where a card stands: in a chat, which the tenant keeps, or in a dialog, which nothing keeps."""

    CHAT = "chat"
    DIALOG = "dialog"


class Colour(StrEnum):
    """What a text is coloured for; each theme has its own shade.

    Not `good` and not `warning`: Teams writes them in a light green and a yellow, which nobody can read on white.
    """

    PLAIN = "default"
    ACCENT = "accent"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class Shown:
    """A message: its card, and the text that toasts, lock screens and lists of chats show instead."""

    card: Json
    summary: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands around an input: its key or id's end, label, help, and whether it has to be answered."""

    key: str
    label: str
    helps: str = ""
    required: bool = False


def card(body: Iterable[Json], actions: Iterable[Json] = ()) -> Json:
    """A whole card; more buttons than one set takes go on in further sets."""
    parts = [*body, *buttons(list(actions))]
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": wording.TOO_OLD,
        "msteams": {"width": "Full"},
        "body": parts or [para(_NOTHING)],
    }


def shown(summary: str, body: Iterable[Json], actions: Iterable[Json] = ()) -> Shown:
    """A card as a message, with what stands for it where a card is not drawn."""
    return Shown(card(body, actions), clipped(plain(summary, lines=False), limits.SUMMARY) or _NOTHING)


def heading(text: str, *, colour: Colour = Colour.PLAIN, large: bool = False) -> Json:
    """A heading, which screen readers announce as one."""
    return {
        "type": "TextBlock",
        "text": clipped(inert(text), limits.HINT) or _NOTHING,
        "style": "heading",
        "size": "large" if large else "medium",
        "weight": "bolder",
        "color": colour.value,
        "wrap": True,
    }


def run(
    text: str, *, bold: bool = False, subtle: bool = False, small: bool = False, colour: Colour = Colour.PLAIN
) -> Json:
    """A stretch of text in one style, with the lines that it has."""
    made: Json = {"type": "TextRun", "text": plain(text) or _NOTHING}
    if bold:
        made["weight"] = "bolder"
    if subtle:
        made["isSubtle"] = True
    if small:
        made["size"] = "small"
    return {**made, "color": colour.value} if colour is not Colour.PLAIN else made


def line(*runs: Json, close: bool = False) -> Json:
    """One paragraph of several styles, a space between each; `close` puts it right under the one before."""
    *most, last = runs
    inlines = [*({**one, "text": f"{one['text']} "} for one in most), last]
    made: Json = {"type": "RichTextBlock", "inlines": inlines}
    return {**made, "spacing": "small"} if close else made


def para(
    text: str, *, bold: bool = False, subtle: bool = False, colour: Colour = Colour.PLAIN, close: bool = False
) -> Json:
    """One paragraph of anybody's words."""
    return line(run(text, bold=bold, subtle=subtle, colour=colour), close=close)


def bullets(texts: Iterable[str]) -> Iterator[Json]:
    """Texts below each other, each after a dot."""
    for text in texts:
        yield para(f"• {text}", close=True)


def small_print(texts: Iterable[str]) -> Iterator[Json]:
    """Small print, each text on a line of its own; nothing where there is none."""
    for text in texts:
        if text:
            yield line(run(text, subtle=True, small=True), close=True)


def rows(pairs: Iterable[tuple[str, str]]) -> Iterator[Json]:
    """What is what, a line each; what has no value is left out. No fact set: it reads Markdown."""
    for name, value in pairs:
        if value:
            yield line(run(f"{name}:", bold=True), run(value), close=True)


def box(items: Iterable[Json], *, style: str = "emphasis") -> Json:
    """Parts that belong together, set off. `style` is emphasis, attention, warning or good."""
    return {"type": "Container", "style": style, "items": list(items)}


def words(text: str) -> Iterator[Json]:
    """What somebody wrote, all of it, set off as theirs, in as many blocks as it takes."""
    for piece in pieces(plain(text) or _NOTHING, _PIECE):
        if piece.strip():
            yield box([line({"type": "TextRun", "text": piece.strip()})])


def words_under(label: str, text: str) -> Iterator[Json]:
    """What somebody wrote, all of it, under what was asked."""
    for number, part in enumerate(words(text)):
        yield {"type": "Container", "items": [para(label, bold=True), part]} if number == 0 else part


def apart(part: Json) -> Json:
    """A part with a line across above it."""
    return {**part, "separator": True, "spacing": "medium"}


def text_input(asked: Asked, given: str = "", *, long: bool = True, most: int = 20_000) -> Json:
    """A place to write. `given` stands in it already."""
    made = {**_input("Input.Text", asked), "isMultiline": long, "maxLength": most}
    value = cut(typed(given), most)
    return {**made, "value": value} if value else made


def date_input(asked: Asked, given: date | None = None) -> Json:
    """A place to pick a day."""
    made = _input("Input.Date", asked)
    return {**made, "value": given.isoformat()} if given else made


def choice(asked: Asked, options: Sequence[Option], given: str = "", *, near: bool = False) -> Json:
    """A list to choose one of; `near` lays the choices out below each other."""
    made = {
        **_input("Input.ChoiceSet", asked),
        "style": "expanded" if near else "compact",
        "wrap": True,
        "choices": [_choice(one) for one in options[: limits.CHOICES]],
    }
    if not near:
        made["placeholder"] = wording.CHOOSE
    return {**made, "value": given} if any(one["value"] == given for one in made["choices"]) else made


def people_input(asked: Asked, people: Sequence[Option], given: str = "") -> Json:
    """A list of people that is searched by typing, of whom several can be chosen; `given` has commas."""
    made = {**choice(asked, people), "style": "filtered", "isMultiSelect": True}
    wanted = [one.strip() for one in given.split(",")]
    known = [one["value"] for one in made["choices"] if one["value"] in wanted]
    return {**made, "placeholder": wording.SEARCH, **({"value": ",".join(known)} if known else {})}


def hint(asked: Asked) -> Iterator[Json]:
    """What helps with an input: Teams has no place for it beside the label."""
    yield from small_print([clipped(asked.helps, limits.HINT)])


@dataclass(frozen=True, slots=True)
class Button:
    """What can be pressed. `opens`: a dialog; `takes`: what is filled in. `style`: positive, destructive."""

    title: str
    action: str
    value: str = ""
    opens: bool = False
    style: str = ""
    takes: bool = False


def button(one: Button, where: Where) -> Json:
    """A button as its place has it: a chat's acts or opens a dialog, a dialog's sends."""
    data: Json = {"action": one.action, "value": one.value}
    made: Json = {"title": _title(one.title), "data": data}
    if one.style:
        made["style"] = one.style
    if not one.takes:
        made["associatedInputs"] = "none"
    if where is Where.DIALOG:
        return {"type": "Action.Submit", **made}
    if one.opens:
        return {"type": "Action.Submit", **made, "data": {**data, "msteams": {"type": "task/fetch"}}}
    return {"type": "Action.Execute", "verb": one.action, **made}


def confirming(question: str, more: str, one: Button, where: Where) -> Json:
    """A button that asks once before it counts: it unfolds what it means, with the button that does it."""
    body = [para(question, bold=True), para(more, close=True)]
    inner = {"type": "AdaptiveCard", "body": body, "actions": [button(one, where)]}
    return {"type": "Action.ShowCard", "title": _title(one.title), "card": inner}


def unfolding(title: str, name: str, items: Iterable[Json]) -> Iterator[Json]:
    """Inputs behind a button that shows or hides them without asking us; they are sent either way."""
    hidden = {"type": "Container", "id": name, "isVisible": False, "items": list(items)}
    toggle = {"type": "Action.ToggleVisibility", "title": _title(title), "targetElements": [name]}
    yield from (*buttons([toggle]), hidden)


def buttons(actions: Sequence[Json]) -> Iterator[Json]:
    """Sets of buttons; nothing where there are none."""
    for start in range(0, len(actions), limits.ACTIONS):
        yield {"type": "ActionSet", "actions": list(actions[start : start + limits.ACTIONS])}


def paged(body: Iterable[Json]) -> list[list[Json]]:
    """Long content by page, each light enough; there is always one page."""
    pages: list[list[Json]] = [[]]
    heavy = 0
    for one in body:
        adds = weight(one) + 2
        if pages[-1] and heavy + adds > limits.PAGE:
            pages.append([])
            heavy = 0
        pages[-1].append(one)
        heavy += adds
    return pages


def on_page(pages: Sequence[Sequence[Json]], page: int, turn: Button, where: Where) -> Iterator[Json]:
    """One page with the way to the next (`turn`); one that isn't there any more is the nearest."""
    here = min(max(page, 0), len(pages) - 1)
    yield from pages[here]
    if len(pages) == 1:
        return
    yield from small_print([handling.page(here + 1, len(pages))])
    ways = ((here - 1, handling.SHOW_BEFORE), (here + 1, handling.SHOW_MORE))
    turns = [
        Button(title, turn.action, ids.paired(turn.value, str(to)), opens=turn.opens)
        for to, title in ways
        if 0 <= to < len(pages)
    ]
    yield from buttons([button(one, where) for one in turns])


def page_of(value: str) -> tuple[str, int]:
    """What a page button sent: a reference and the page; the first where it is no number."""
    reference, number = ids.parted(value)
    decimal = number.isascii() and number.isdecimal() and len(number) < len("10000")
    return reference, int(number) if decimal else 0


def _input(kind: str, asked: Asked) -> Json:
    made: Json = {
        "type": kind,
        "id": f"{ids.QUESTION}{asked.key.removeprefix(ids.QUESTION)}",
        "label": clipped(inert(asked.label), limits.LABEL) or _NOTHING,
    }
    return {**made, "isRequired": True, "errorMessage": wording.NEEDED} if asked.required else made


def _choice(one: Option) -> Mapping[str, str]:
    return {"title": clipped(inert(one.label), limits.CHOICE) or _NOTHING, "value": one.value}


def _title(text: str) -> str:
    return clipped(inert(text), limits.BUTTON) or _NOTHING
