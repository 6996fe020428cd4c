"""Block Kit as plain HTML, near enough to Slack to judge wording and layout by."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]
Values = Mapping[str, Mapping[str, Any]]
"""What is filled in, as a view's state has it: block_id, action_id, element."""

STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def page(body: str) -> str:
    """A whole page."""
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><body>{body}"


def said(who: str, blocks: Iterable[Json], *, note: str = "") -> str:
    """A message with its author's name; `note` stands beside it, as “Only visible to you” does."""
    mark = "<i></i>" if who == "Signpost" else "<i class=person></i>"
    small = f"<small>{escape(note)}</small>" if note else ""
    return f"<div class=who>{mark}{escape(who)}{small}</div>{_blocks(blocks, {})}"


def written(who: str, text: str) -> str:
    """A message of plain words."""
    return f"<div class=who><i class=person></i>{escape(who)}</div><p>{escape(text)}</p>"


def modal(view: Json, values: Values) -> str:
    """A view in front, with what is filled in."""
    title = f"<div class=bar><i></i>{_plain(view['title'])}</div>"
    buttons = [f"<b class=button>{_plain(view['close'])}</b>"] if view.get("close") else []
    if view.get("submit"):
        buttons.append(f"<b class='button primary'>{_plain(view['submit'])}</b>")
    foot = f"<div class=foot>{''.join(buttons)}</div>"
    return f"<div class=modal>{title}<div class=inside>{_blocks(view['blocks'], values)}</div>{foot}</div>"


def home(view: Json) -> str:
    """The Home tab."""
    return _blocks(view["blocks"], {})


def _blocks(blocks: Iterable[Json], values: Values) -> str:
    return "".join(_block(one, values.get(str(one.get("block_id")), {})) for one in blocks)


def _block(block: Json, state: Mapping[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"<h3>{_plain(block['text'])}</h3>"
        case "divider":
            return "<hr>"
        case "context":
            return "".join(f"<div class=small>{_text(one)}</div>" for one in block["elements"])
        case "section":
            return _section(block, state)
        case "actions":
            return f"<div class=row>{''.join(_element(one, state) for one in block['elements'])}</div>"
        case "input":
            return _input(block, state)
    raise ValueError(f"no block of ours: {block['type']}")


def _section(block: Json, state: Mapping[str, Any]) -> str:
    text = f"<div>{_text(block['text'])}</div>" if "text" in block else ""
    fields = "".join(f"<div>{_text(one)}</div>" for one in block.get("fields", ()))
    shown = f"{text}<div class=fields>{fields}</div>" if fields else text
    if "accessory" not in block:
        return f"<p>{shown}</p>" if not fields else shown
    return f"<div class=side><div>{shown}</div>{_element(block['accessory'], state)}</div>"


def _input(block: Json, state: Mapping[str, Any]) -> str:
    more = " <span>(optional)</span>" if block.get("optional") else ""
    hint = f"<div class=small>{_plain(block['hint'])}</div>" if block.get("hint") else ""
    return f"<div class=label>{_plain(block['label'])}{more}</div>{_element(block['element'], state)}{hint}"


def _element(element: Json, state: Mapping[str, Any]) -> str:
    entered = state.get(str(element.get("action_id"))) or {}
    match element["type"]:
        case "button":
            return f"<b class='button {element.get('style', '')}'>{_plain(element['text'])}</b>"
        case "plain_text_input":
            tall = " tall" if element.get("multiline") else ""
            return f"<div class='box{tall}'>{escape(entered.get('value') or '')}</div>"
        case "radio_buttons":
            return _radios(element, entered)
        case "datepicker":
            return f"<div class=box>{escape(entered.get('selected_date') or '')}</div>"
    return _menu(element, entered)


def _radios(element: Json, entered: Json) -> str:
    chosen = (entered.get("selected_option") or {}).get("value")
    rows = (
        f"<div class='radio{' on' if one['value'] == chosen else ''}'>{_plain(one['text'])}</div>"
        for one in element["options"]
    )
    return f"<div>{''.join(rows)}</div>"


def _menu(element: Json, entered: Json) -> str:
    options = entered.get("selected_options") or [entered.get("selected_option")]
    chosen = ", ".join(_plain(one["text"]) for one in options if one)
    empty = f"<span class=empty>{_plain(element['placeholder'])}</span>" if "placeholder" in element else ""
    return f"<div class='box pick'>{chosen or empty}<span>▾</span></div>"


def _plain(text: Json) -> str:
    return escape(text["text"])


def _text(text: Json) -> str:
    """A text object: Slack's markup comes escaped already."""
    if text["type"] == "plain_text":
        return _plain(text)
    marked = re.sub(r"\*([^*\n]+)\*", r"<strong>\1</strong>", text["text"])
    lines = (
        f"<div class=quote>{line[5:] or '&nbsp;'}</div>" if line.startswith("&gt; ") else f"{line}<br>"
        for line in re.sub(r"(?m)^> ", "&gt; ", marked).split("\n")
    )
    return re.sub(r"<br>$", "", "".join(lines))
