"""The blocks that Slack lays out, as the plain data it takes, each kept within Slack's limits.

Markup comes in as `Mrkdwn`, which only `text` makes; a plain `str` becomes plain text, where none works.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack import text as limits
from bot.slack.text import Mrkdwn, clipped, inert, pieces, plain

Json = dict[str, Any]
_NOTHING = "–"
"""Stands where nothing of a text can be seen: Slack refuses an empty one."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """A message: its blocks, and the text that toasts, lock screens and screen readers show instead.

    Send it with `parse="none"`, `link_names=False`, `unfurl_links=False` and `unfurl_media=False`.
    """

    text: Mrkdwn
    blocks: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Confirm:
    """What Slack asks before a button counts."""

    title: str
    text: str
    yes: str
    no: str


def message(text: str, blocks: Iterable[Json]) -> Blocks:
    """A message of at most as many blocks as Slack takes."""
    return Blocks(Mrkdwn(clipped(inert(text), limits.TEXT)), tuple(blocks)[: limits.MESSAGE_BLOCKS])


def header(text: str) -> Json:
    """A heading."""
    return {"type": "header", "text": label(text, limits.HEADER)}


def section(text: Mrkdwn, *, accessory: Json | None = None) -> Json:
    """One paragraph, cut where it is too long: for texts of our own. See `sections`."""
    block: Json = {"type": "section", "text": marked(clipped(text, limits.SECTION))}
    return {**block, "accessory": accessory} if accessory else block


def sections(text: Mrkdwn) -> Iterator[Json]:
    """A text of any length, whole, in as many paragraphs as it takes."""
    for piece in pieces(text, limits.SECTION):
        if piece.strip():
            yield section(Mrkdwn(piece))


def context(texts: Iterable[str]) -> Iterator[Json]:
    """Small print, each text on a line of its own; nothing where there is none."""
    shown = [marked(clipped(inert(text), limits.CONTEXT_TEXT)) for text in texts if text]
    for start in range(0, len(shown), limits.CONTEXT):
        yield {"type": "context", "elements": shown[start : start + limits.CONTEXT]}


def divider() -> Json:
    """A line across."""
    return {"type": "divider"}


def actions(buttons: Sequence[Json]) -> Iterator[Json]:
    """Rows of buttons; nothing where there are none."""
    for start in range(0, len(buttons), limits.ACTIONS):
        yield {"type": "actions", "elements": list(buttons[start : start + limits.ACTIONS])}


def button(
    text: str, action: str, value: str = "", *, style: str | None = None, confirm: Confirm | None = None
) -> Json:
    """A button. `style` is primary or danger, and colours it."""
    made: Json = {"type": "button", "text": label(text, limits.BUTTON), "action_id": action}
    if value:
        made["value"] = value
    if style:
        made["style"] = style
    if confirm:
        made["confirm"] = _confirm(confirm)
    return made


def option(value: str, text: str, more: str = "") -> Json:
    """One answer of a menu or a row of radio buttons."""
    made: Json = {"text": label(text, limits.OPTION), "value": value}
    return {**made, "description": label(more, limits.OPTION)} if more else made


def menu(kind: str, options: Sequence[Json]) -> Json:
    """A menu of any length up to 10,000 options: past 100 they stand in groups, named by first and last."""
    if len(options) <= limits.OPTIONS:
        return {"type": kind, "options": list(options)}
    starts = range(0, len(options), limits.OPTIONS)
    groups = [_group(options[start : start + limits.OPTIONS]) for start in starts]
    return {"type": kind, "option_groups": groups[: limits.GROUPS]}


def field(block: str, text: str, element: Json, *, hint: str = "", optional: bool = False) -> Json:
    """A place to answer: a label, what is filled in, and what helps under it."""
    made: Json = {
        "type": "input",
        "block_id": block,
        "label": label(text, limits.LABEL),
        "element": element,
        "optional": optional,
    }
    return {**made, "hint": label(hint, limits.HINT)} if hint else made


def label(text: str, limit: int) -> Json:
    """A plain text object: no markup, no emoji made of words."""
    return {"type": "plain_text", "text": clipped(plain(text), limit) or _NOTHING, "emoji": False}


def marked(text: str) -> Json:
    """A markup object in which Slack makes no links or mentions of its own."""
    return {"type": "mrkdwn", "text": text or _NOTHING, "verbatim": True}


def modal(callback: str, title: str, blocks: Iterable[Json], **more: str) -> Json:
    """A view to open. `more`: `submit`, `close` and `private_metadata`."""
    view: Json = {
        "type": "modal",
        "callback_id": callback,
        "title": label(title, limits.TITLE),
        "blocks": list(blocks)[: limits.VIEW_BLOCKS],
    }
    buttons: Mapping[str, Json] = {
        name: label(more[name], limits.TITLE) for name in ("submit", "close") if more.get(name)
    }
    metadata = limits.typed(more.get("private_metadata", ""))
    kept = {"private_metadata": metadata} if metadata else {}
    return {**view, **buttons, **kept}


def _confirm(asked: Confirm) -> Json:
    return {
        "title": label(asked.title, limits.CONFIRM_TITLE),
        "text": label(asked.text, limits.CONFIRM_TEXT),
        "confirm": label(asked.yes, limits.CONFIRM_BUTTON),
        "deny": label(asked.no, limits.CONFIRM_BUTTON),
    }


def _group(options: Sequence[Json]) -> Json:
    first, last = (one["text"]["text"] for one in (options[0], options[-1]))
    half = limits.OPTION // 2 - len(" – ")
    return {
        "label": label(f"{clipped(first, half)} – {clipped(last, half)}", limits.OPTION),
        "options": list(options),
    }
