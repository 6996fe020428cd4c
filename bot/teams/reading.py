"""Reads what Teams sent: which of our activities it is, with every text made fit to be kept.

The body is what a token that was checked came with; nothing else says who sent it. What Teams adds to its
activities from year to year is passed over, and what the SDK is handed is made anew from what is known here:
a type or a word that it doesn't know would be a fault to it.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from bot.errors import SignpostError
from bot.teams.activity import Activity, Scope, Sort
from bot.teams.gate import CHANNEL, tenants_of

DEEPEST = 40
"""Levels of an activity; Teams' own have about ten."""
TASK_FETCH, TASK_SUBMIT = "task/fetch", "task/submit"
FETCH_TASK, SUBMIT_ACTION = "composeExtension/fetchTask", "composeExtension/submitAction"
CARD_ACTION = "adaptiveCard/action"
_LONGEST_ID = 1000
_UNFIT = re.compile("[\x00\ud800-\udfff]")
"""What a database or the wire doesn't take."""
_AT = re.compile(r"</?at(?: [^<>]{0,80})?>", re.IGNORECASE)
_ACCOUNT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_CONTEXT: Mapping[str, Any] = {"commandId": "-", "commandContext": "compose"}
_VALUES: Mapping[str, Mapping[str, Any]] = {
    TASK_FETCH: {"data": {}},
    TASK_SUBMIT: {"data": {}},
    FETCH_TASK: {**_CONTEXT, "context": {"theme": "default"}},
    SUBMIT_ACTION: {**_CONTEXT, "data": {}},
    CARD_ACTION: {"action": {"type": "Action.Execute", "verb": "-", "data": {}}, "trigger": "manual"},
}
"""The invokes that are answered, with the least that the SDK takes as their value."""


class MalformedError(SignpostError):
    """This is no activity; the text is a short word for what is wrong with it."""


def read(body: Mapping[str, Any]) -> Activity:
    """Read an activity. Raises `MalformedError`."""
    whole = _fit(body, DEEPEST)
    kind, name = _word(whole, "type"), _word(whole, "name", needed=False)
    sender, conversation = _object(whole, "from"), _object(whole, "conversation")
    value = whole.get("value")
    account = _word(sender, "aadObjectId", needed=False).lower()
    tenants = [str(one).lower() for one in tenants_of(whole)]
    sort = _sort(kind, whole)
    return Activity(
        sort=sort,
        id=_word(whole, "id", needed=False),
        account=account if _ACCOUNT.fullmatch(account) else "",
        user=_word(sender, "id"),
        tenant=tenants[0] if tenants else "",
        conversation=_word(conversation, "id"),
        service_url=_word(whole, "serviceUrl"),
        scope=_scope(whole, conversation),
        sender=_text(sender.get("name")),
        name=name if sort is Sort.INVOKE else "",
        text=_said(whole) if sort is Sort.MESSAGE else "",
        message=_word(whole, "replyToId", needed=False),
        value=_value(sort, value),
    )


def skeleton(activity: Activity) -> dict[str, Any]:
    """What the SDK is handed of it: nothing that anybody wrote, and nothing that it doesn't know."""
    known: dict[str, Any] = {"type": "message" if activity.sort is Sort.MESSAGE else "typing"}
    if activity.sort is Sort.INVOKE and activity.name in _VALUES:
        known = {"type": "invoke", "name": activity.name, "value": dict(_VALUES[activity.name])}
    return {
        **known,
        "id": activity.id or "-",
        "channelId": CHANNEL,
        "serviceUrl": activity.service_url,
        "from": {"id": activity.user},
        "recipient": {"id": "-"},
        "conversation": {"id": activity.conversation},
    }


def _fit(value: Any, levels: int) -> Any:
    """The same with no sign in it that cannot be kept."""
    if levels == 0:
        raise MalformedError("too-deep")
    if isinstance(value, str):
        return _UNFIT.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_UNFIT.sub("\ufffd", key): _fit(one, levels - 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_fit(one, levels - 1) for one in value]
    return value


def _sort(kind: str, whole: Mapping[str, Any]) -> Sort:
    if kind == "installationUpdate":
        # An update of the app comes as `add-upgrade`: nobody is greeted twice.
        return {"add": Sort.INSTALLED, "remove": Sort.REMOVED}.get(_text(whole.get("action")), Sort.OTHER)
    return {"message": Sort.MESSAGE, "invoke": Sort.INVOKE}.get(kind, Sort.OTHER)


def _scope(whole: Mapping[str, Any], conversation: Mapping[str, Any]) -> Scope:
    """Where it was said. In doubt it isn't private: others may read there."""
    data = whole.get("channelData")
    if isinstance(data, Mapping) and (data.get("team") or data.get("channel")):
        return Scope.CHANNEL
    kind = conversation.get("conversationType", Scope.PERSONAL.value)
    if kind == Scope.CHANNEL.value:
        return Scope.CHANNEL
    alone = kind == Scope.PERSONAL.value and not conversation.get("isGroup")
    return Scope.PERSONAL if alone else Scope.GROUP


def _value(sort: Sort, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        return {}
    # What a card sends without an invoke stands beside the message, as its data itself.
    return {"data": value} if sort is Sort.MESSAGE else value


def _said(whole: Mapping[str, Any]) -> str:
    """The text, without the app's own mention, other people's names standing as they are."""
    text, recipient = _text(whole.get("text")), whole.get("recipient")
    own = recipient.get("id") if isinstance(recipient, Mapping) else None
    entities = whole.get("entities")
    for one in entities if isinstance(entities, list) else ():
        mentioned = one.get("mentioned") if isinstance(one, Mapping) else None
        named = _text(one.get("text")) if isinstance(one, Mapping) else ""
        if named and own and isinstance(mentioned, Mapping) and mentioned.get("id") == own:
            text = text.replace(named, " ")
    return _UNFIT.sub("\ufffd", unescape(_AT.sub("", text))).replace("\xa0", " ").strip()


def _object(inside: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = inside.get(name)
    if not isinstance(found, Mapping):
        raise MalformedError(f"no-{name}")
    return found


def _word(inside: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    """An id or a fixed word."""
    found = inside.get(name)
    if found is None and not needed:
        return ""
    if not isinstance(found, str) or len(found) > _LONGEST_ID or (needed and not found):
        raise MalformedError(f"wrong-{name.lower()}")
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
