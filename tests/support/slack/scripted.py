"""An app of so many answers, and what it might have put before people, for the stand-in's own tests."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from tests.support.slack.people import BOT
from tests.support.slack.pieces import FORM, Json, plain
from tests.support.slack.stand_in import Slack
from tests.support.slack.workspace import Seen


class Scripted:
    """An app that answers what it was told to, in turn, else an empty 200; it keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = []
        self.got: list[tuple[bytes, Mapping[str, str]]] = []

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Take a request and answer it."""
        self.got.append((body, headers))
        status, answer = self.answers.pop(0) if self.answers else (200, None)
        return status, b"" if answer is None else json.dumps(answer).encode()

    def says(self, answer: Any, status: int = 200) -> None:
        """Answer this to the next request that has no answer yet."""
        self.answers.append((status, answer))

    @property
    def last(self) -> Json:
        """What came last, read as an app would read it."""
        body, headers = self.got[-1]
        if headers["Content-Type"] == "application/json":
            return dict(json.loads(body))
        form = {key: values[0] for key, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        return dict(json.loads(form["payload"])) if "payload" in form else form


def posted(slack: Slack, to: str, *blocks: Json, text: str = "Card") -> Seen:
    """A message by the app."""
    workspace = slack.workspace
    workspace.post(workspace.direct(slack.user(to)), BOT, {"text": text, "blocks": list(blocks)})
    return slack.messages_to(to)[-1]


def shown(slack: Slack, to: str, view: Json) -> None:
    """A modal of the app's."""
    slack.space.screens.open(slack.space.screens.trigger(slack.user(to).id), view)


def buttons(*values: str, action: str = "open") -> Json:
    made = [
        {"type": "button", "action_id": f"{action}{number}", "text": plain("Open"), "value": value}
        for number, value in enumerate(values)
    ]
    return {"type": "actions", "block_id": "b", "elements": made}


def filled(slack: Slack) -> None:
    shown(slack, "sam", FORM)
    slack.person("sam").fill({"what": "Something", "urgent": "yes"})
