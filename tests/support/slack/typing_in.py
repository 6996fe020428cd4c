"""What becomes of text that a person types at Slack."""

import re

from tests.support.slack.payloads import escaped
from tests.support.slack.workspace import Workspace


def typed(workspace: Workspace, text: str) -> str:
    """Text as Slack's composer sends it: three signs escaped, `@sam` made a mention if there is a sam."""

    def named(found: re.Match[str]) -> str:
        user = workspace.user(found[1])
        return f"<@{user.id}>" if user else found[0]

    return re.sub(r"(?<![\w.])@([\w-]+)", named, escaped(text))
