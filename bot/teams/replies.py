"""What Teams takes as the answer to something that was pressed, opened or sent."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
Reply = Mapping[str, Any]
CARD = "application/vnd.microsoft.card.adaptive"
_MESSAGE = "application/vnd.microsoft.activity.message"
_ERROR = "application/vnd.microsoft.error"
_OK, _REFUSED = 200, 400
_TITLE = 60


def dialog(title: str, card: Json) -> Reply:
    """A dialog, or its next page. Only whoever pressed sees it, and no conversation keeps it."""
    shown = {
        "title": title[:_TITLE],
        "width": "medium",
        "height": "large",
        "card": {"contentType": CARD, "content": card},
    }
    return {"task": {"type": "continue", "value": shown}}


def last_word(text: str) -> Reply:
    """A line in the dialog's place; it ends it."""
    return {"task": {"type": "message", "value": text}}


def changed(card: Json) -> Reply:
    """Another card in the place of the one that was pressed."""
    return {"statusCode": _OK, "type": CARD, "value": card}


def told(text: str) -> Reply:
    """A line under the card, which stays as it is."""
    return {"statusCode": _OK, "type": _MESSAGE, "value": text}


def refused(text: str) -> Reply:
    """The card stays as it is, with what was typed in it, and says why."""
    return {"statusCode": _REFUSED, "type": _ERROR, "value": {"code": "BadRequest", "message": text}}
