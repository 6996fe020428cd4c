"""What does something in a message beyond being read: mentions, shouts, links. Text from staff must not."""

import re
from collections.abc import Iterator
from typing import Any

_MARK = re.compile(r"<(?:[@#!]|https?:|mailto:|tel:|slack:)[^<>]*>")
_BARE = re.compile(r"https?://[^\s<>|]+")
_RICH = {
    "user": "user_id",
    "usergroup": "usergroup_id",
    "broadcast": "range",
    "channel": "channel_id",
    "link": "url",
}


def live_in(text: str, shown: Any) -> list[str]:
    """Every mark that Slack would act on, in a message's text and in blocks or a view, in order.

    A bare web address counts, since Slack makes it a link, except in plain text and where `verbatim` is set.
    """
    return [*_marks(text, verbatim=bool(shown)), *_within(shown)]


def _marks(text: str, *, verbatim: bool) -> Iterator[str]:
    yield from _MARK.findall(text)
    if not verbatim:
        yield from _BARE.findall(_MARK.sub("", text))


def _within(shown: Any) -> Iterator[str]:
    if isinstance(shown, list | tuple):
        for one in shown:
            yield from _within(one)
    elif isinstance(shown, dict):
        kind = shown.get("type")
        if kind in {"mrkdwn", "markdown"} and isinstance(shown.get("text"), str):
            yield from _marks(shown["text"], verbatim=bool(shown.get("verbatim")))
        elif kind in _RICH and _RICH[kind] in shown:
            yield f"{kind} {shown[_RICH[kind]]}"
        for one in shown.values():
            yield from _within(one)
