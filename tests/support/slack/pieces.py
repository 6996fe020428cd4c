"""Pieces of Block Kit for the stand-in's own tests."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": plain(text)}


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


FORM: Json = {
    "type": "modal",
    "callback_id": "report",
    "title": plain("Report"),
    "submit": plain("Send"),
    "blocks": [
        {
            "type": "input",
            "block_id": "what",
            "label": plain("What happened?"),
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "urgent",
            "dispatch_action": True,
            "label": plain("Is somebody in danger?"),
            "element": {
                "type": "radio_buttons",
                "action_id": "choice",
                "options": [option("yes"), option("no")],
            },
        },
    ],
}


def xs(count: int) -> str:
    return "x" * count


def marked(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def options(count: int) -> list[Json]:
    return [option(f"o{number}") for number in range(count)]


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Open"), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def input_(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def text_input(**more: Any) -> Json:
    return {"type": "plain_text_input", **more}


def select(**more: Any) -> Json:
    return {"type": "static_select", "options": options(2), **more}


def confirm(**more: Any) -> Json:
    sure = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
    return actions(button(confirm={**sure, **more}))


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "submit": plain("Send"), "blocks": list(blocks), **more}


def dividers(count: int) -> list[Json]:
    return [{"type": "divider"} for _ in range(count)]
