"""The app at the stand-in Slack as its manifest makes it: nothing else is offered, nothing more allowed."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.slack.forms import NotPossibleError
from tests.support.slack.people import User
from tests.support.slack.shapes import Refusal
from tests.support.slack.stand_in import Slack

Json = dict[str, Any]
MANIFEST: Json = {
    "display_information": {"name": "Signpost", "description": "Can I post this?"},
    "features": {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "Signpost", "always_online": True},
        "slash_commands": [{"command": "/report", "description": "Report something"}],
        "shortcuts": [
            {
                "name": "Check",
                "type": "message",
                "callback_id": "check",
                "description": "Check against policy",
            },
            {"name": "Report", "type": "global", "callback_id": "report", "description": "Report something"},
        ],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "im:history"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["message.im"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def _changed(*path: str, to: Any) -> Json:
    manifest = copy.deepcopy(MANIFEST)
    inner: Any = manifest
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = to
    return manifest


@pytest.fixture
def slack() -> Iterator[Slack]:
    with Slack([User("U0SAM", "sam")]) as running:
        running.over_http(lambda _body, _headers: (200, b""))
        running.add_channel("staff", "sam")
        running.install(MANIFEST)
        yield running


def test_people_are_offered_what_the_manifest_has_and_nothing_else(slack: Slack) -> None:
    sam = slack.person("sam")
    sam.dm("Hello")
    sam.slash("/report")
    sam.global_shortcut("report")
    written = sam.write("staff", "Look")
    sam.message_shortcut("check", written)
    with pytest.raises(NotPossibleError, match="no command /canipost"):
        sam.slash("/canipost")
    with pytest.raises(NotPossibleError, match="no shortcut"):
        sam.global_shortcut("check")
    with pytest.raises(NotPossibleError, match="no message shortcut"):
        sam.message_shortcut("report", written)
    with pytest.raises(NotPossibleError, match="isn't subscribed to app_mention"):
        sam.mention("staff", "hello")
    assert len(slack.deliveries) == 4


def test_the_token_may_do_what_the_manifest_asks_for(slack: Slack) -> None:
    from tests.support.slack.methods import METHODS, check_scopes

    check_scopes(slack.space, METHODS["chat.postMessage"], {})
    with pytest.raises(Refusal, match="missing_scope"):
        check_scopes(slack.space, METHODS["users.info"], {})


def test_without_tabs_or_interactivity_nobody_gets_there(slack: Slack) -> None:
    sam = slack.person("sam")
    slack.install(_changed("features", "app_home", to={"messages_tab_enabled": True}))
    with pytest.raises(NotPossibleError, match="no home tab"):
        sam.open_home()
    with pytest.raises(NotPossibleError, match="lets nobody write"):
        sam.dm("read only is what Slack takes it for")
    slack.install(_changed("settings", "interactivity", to={"is_enabled": False}))
    with pytest.raises(NotPossibleError, match="no interactivity"):
        sam.global_shortcut("report")


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        (_changed("display_information", "name", to="x" * 36), "less than 36 characters"),
        (_changed("display_information", "colour", to="red"), "invalid additional property: colour"),
        (
            _changed("features", "slash_commands", to=[{"command": "report", "description": "a"}]),
            "valid command",
        ),
        (_changed("features", "bot_user", to={}), "missing required field: display_name"),
        (
            _changed("oauth_config", "scopes", "bot", to=["chat:write", "im:history"]),
            "need the scope commands",
        ),
        (_changed("oauth_config", "scopes", "bot", to=["commands"]), "message.im needs the scope im:history"),
        (_changed("settings", to={}), "shortcuts need interactivity"),
        (
            _changed("features", "slash_commands", to=[{"command": "/a", "description": "a"}] * 2),
            "duplicate command: /a",
        ),
        ("a manifest", "must be an object"),
    ],
)
def test_a_manifest_that_slack_would_not_take_is_refused(slack: Slack, manifest: Any, complaint: str) -> None:
    with pytest.raises(Refusal, match="invalid_manifest") as refused:
        slack.install(manifest)
    assert complaint in "; ".join(refused.value.messages)
