"""The Slack app that `manifest.yml` creates is the one written here: nothing missing, nothing too much."""

import ast
import asyncio
import inspect
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.listener.async_listener import AsyncListener
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_base_client import AsyncBaseClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.reporting.schools import read_schools
from bot.slack import ids
from bot.slack.callers import Callers
from bot.slack.client import SlackClient
from bot.slack.desk import Desk
from bot.slack.face import application
from bot.slack.looked import USEFUL_SCOPES, VITAL_SCOPES
from bot.slack.messenger import PLATFORM
from bot.wording.answers import EXAMPLES
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.offices import office_for
from tests.support.program import Program
from tests.support.schools import fast_schools
from tests.support.slack.people import users_of
from tests.support.slack.stand_in import Slack
from tests.support.slack.workspace import Seen

ROOT = Path(__file__).parent.parent
MANIFEST = ROOT / "manifest.yml"
ADDRESS = "https://signpost.oakfield.example/slack/events"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

_BUTTON = re.compile(r"(?:ask|case|home|own|report)\.\w+")
"""What the names of buttons, and of menus that tell at once, look like."""

METHODS: Mapping[str, tuple[str, ...]] = {
    "auth.test": (),  # which workspace this is; any token may ask
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "assistant.threads.setStatus": ("chat:write",),  # or assistant:write, which Slack will not take for long
    "chat.getPermalink": (),  # for the evidence of a report; any token may ask, where it can see
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),  # one's own messages only
    "conversations.history": ("im:history",),  # only ever of a direct conversation: has the notice arrived?
    "conversations.open": ("im:write",),
    "conversations.replies": (
        "im:history",
        "channels:history",
        "groups:history",
    ),  # a thread's question before
    "users.info": ("users:read", "users:read.email"),  # its address matches somebody not listed by account
    "views.open": (),  # these four: whatever a click, or a person who opened the Home tab, allows
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}
"""The scopes that each method needs as it is called here, by Slack's own reference."""
EVENTS = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "message.im": ("im:history",),
}
"""The scopes without which Slack doesn't tell of an event."""
FEATURES = {"slash_commands": "commands", "shortcuts": "commands", "agent_view": "assistant:write"}
"""The scope that each feature needs."""
OLDER = {"assistant_thread_started": "only apps from before summer 2026 (assistant_view) are told of it"}
"""Events that are listened to, and that a new app cannot subscribe to with any effect."""
LIMITS = {
    "display_information.name": 35,
    "display_information.description": 140,
    "display_information.long_description": 4000,
    "features.agent_view.agent_description": 300,
    "features.agent_view.suggested_prompts.title": 60,
    "features.bot_user.display_name": 80,
    "features.shortcuts.name": 24,
    "features.shortcuts.description": 150,
    "features.slash_commands.command": 32,
    "features.slash_commands.description": 2000,
    "features.slash_commands.usage_hint": 1000,
}
"""Characters that Slack takes; a prompt's title is cut on screen rather than refused."""


def _read(text: str) -> Any:
    return yaml.safe_load(text)


@cache
def _manifest() -> Any:
    return _read(MANIFEST.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AsyncApp]:
    folder = tmp_path_factory.mktemp("desk")
    office = office_for(f"sqlite:///{folder}/signpost.db", folder, OAKFIELD)
    client = SlackClient("xoxb-nobody")

    def never() -> Any:
        raise AssertionError("nothing is asked here")

    yield application(Desk(office, never, lambda: NOW, PLATFORM, client=client, callers=Callers(client)))
    office.store.close()


def _event(name: str) -> dict[str, Any]:
    kind, _, channel = name.partition(".")
    return {"type": "event_callback", "event": {"type": kind, "channel_type": channel, "user": "U0SAM"}}


def _action(name: str) -> dict[str, Any]:
    action = {"type": "button", "action_id": name, "block_id": "b", "value": ""}
    return {"type": "block_actions", "actions": [action]}


def _shortcut(row: Mapping[str, str]) -> dict[str, Any]:
    kind = {"message": "message_action", "global": "shortcut"}[row["type"]]
    return {"type": kind, "callback_id": row["callback_id"]}


def _declared() -> dict[str, dict[str, Any]]:
    """What Slack sends an app of this manifest, by what it was declared as."""
    features, settings = _manifest()["features"], _manifest()["settings"]
    commands = [one["command"] for one in features["slash_commands"]]
    return {
        **{one: _event(one) for one in settings["event_subscriptions"]["bot_events"]},
        **{one: {"command": one, "text": ""} for one in commands},
        **{one["callback_id"]: _shortcut(one) for one in features["shortcuts"]},
    }


def _our_own() -> Iterator[dict[str, Any]]:
    """What Slack sends for whatever we put before people: buttons, views, menus that search."""
    for name in (one for one in vars(ids).values() if isinstance(one, str)):
        yield _action(name)
        yield {"type": "view_submission", "view": {"type": "modal", "callback_id": name}}
        yield {"type": "block_suggestion", "action_id": name, "block_id": "b", "value": "a"}


async def _heard(app: AsyncApp, body: Mapping[str, Any]) -> list[AsyncListener]:
    request = AsyncBoltRequest(body=dict(body), mode="socket_mode")
    listeners = app._async_listeners  # noqa: SLF001  slack_bolt lists them nowhere else
    return [one for one in listeners if await one.async_matches(req=request, resp=BoltResponse(status=200))]


async def _all_heard(app: AsyncApp, bodies: Iterable[Mapping[str, Any]]) -> set[int]:
    return {id(one) for body in bodies for one in await _heard(app, body)}


def test_everything_that_the_app_offers_has_exactly_one_listener(app: AsyncApp) -> None:
    for name, body in _declared().items():
        assert len(asyncio.run(_heard(app, body))) == 1, name


def test_no_listener_waits_for_what_this_app_is_never_sent(app: AsyncApp) -> None:
    listeners = app._async_listeners  # noqa: SLF001  as above
    older = asyncio.run(_all_heard(app, map(_event, OLDER)))
    reached = asyncio.run(_all_heard(app, [*_declared().values(), *_our_own()]))
    assert len(older) == len(OLDER)
    assert not older & reached
    unheard = [one.ack_function for one in listeners if id(one) not in older | reached]
    assert unheard == []


@pytest.mark.parametrize("name", sorted(one for one in vars(ids).values() if _BUTTON.fullmatch(str(one))))
def test_each_button_that_there_is_a_name_for_has_exactly_one_listener(app: AsyncApp, name: str) -> None:
    assert len(asyncio.run(_heard(app, _action(name)))) == 1
    assert len(asyncio.run(_heard(app, _action(ids.numbered(name, 3))))) == 1


def test_commands_and_shortcuts_are_those_of_the_one_list_of_names() -> None:
    features = _manifest()["features"]
    assert [one["command"] for one in features["slash_commands"]] == [
        ids.ASK_COMMAND,
        ids.REPORT_COMMAND,
        ids.SIGNPOST_COMMAND,
    ]
    assert {(one["type"], one["callback_id"]) for one in features["shortcuts"]} == {
        ("message", ids.CHECK_POLICY),
        ("message", ids.REPORT_THIS),
        ("global", ids.REPORT_ANYWHERE),
    }


def _called() -> set[str]:
    """Slack's methods that the program calls, by the names that its client has for them."""
    known = {name for name, _ in inspect.getmembers(AsyncWebClient, inspect.iscoroutinefunction)}
    known -= set(dir(AsyncBaseClient))
    files = [*(ROOT / "bot" / "slack").glob("*.py"), *(ROOT / "bot").glob("*.py")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files]
    named = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert "api_call" not in named, "a method called by its name would not be seen here"
    return {name.replace("_", ".") for name in named & known}


def test_the_table_of_methods_has_those_that_are_called_and_no_other() -> None:
    assert _called() - {"apps.connections.open"} == set(METHODS)


def test_each_scope_is_needed_and_each_that_is_needed_is_asked_for() -> None:
    events = _manifest()["settings"]["event_subscriptions"]["bot_events"]
    needed = {one for scopes in METHODS.values() for one in scopes}
    needed |= {scope for name in events for scope in EVENTS[name]}
    needed |= {scope for feature, scope in FEATURES.items() if feature in _manifest()["features"]}
    scopes = _manifest()["oauth_config"]["scopes"]
    assert scopes["bot"] == sorted(needed)
    assert set(scopes) == {"bot"}, "nothing is done in anybody's own name"


def test_the_doctor_looks_for_the_scopes_that_the_manifest_asks_for() -> None:
    assert sorted({*VITAL_SCOPES, *USEFUL_SCOPES}) == _manifest()["oauth_config"]["scopes"]["bot"]
    assert not set(VITAL_SCOPES) & set(USEFUL_SCOPES)


def test_the_suggested_questions_are_those_that_are_answered_elsewhere_too() -> None:
    prompts = _manifest()["features"]["agent_view"]["suggested_prompts"]
    assert [one["message"] for one in prompts] == list(EXAMPLES)


def _texts(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield path, node
    for key, inner in node.items() if isinstance(node, dict) else ():
        yield from _texts(inner, f"{path}.{key}".lstrip("."))
    for inner in node if isinstance(node, list) else ():
        yield from _texts(inner, path)


def test_every_text_is_as_long_as_slack_takes_it() -> None:
    texts = list(_texts(_manifest()))
    assert {path for path, _ in texts} >= set(LIMITS)
    for path, text in texts:
        assert len(text) <= LIMITS.get(path, 4000), f"{path}: {len(text)}"
    assert len(_manifest()["display_information"]["long_description"]) >= 174, "Slack refuses a shorter one"


def _over_http(document: str) -> str:
    """The manifest after the command that a document names for it."""
    text = MANIFEST.read_text(encoding="utf-8")
    named = (ROOT / document).read_text(encoding="utf-8").replace("\\\n#", " ").replace("\\\n", " ")
    (command,) = re.findall(r"sed (-e .*?)manifest\.yml", named)
    for step in (one for one in shlex.split(command) if one != "-e"):
        _, old, new, _ = step.split("/") if step.count("/") == 3 else (None, None, None, None)
        assert old is not None, step
        text = text.replace(old, new or "")
    return text


def test_over_socket_mode_nothing_is_sent_to_any_address() -> None:
    assert _manifest()["settings"]["socket_mode_enabled"] is True
    assert not [text for path, text in _texts(_manifest()) if path.endswith("url")]


@pytest.mark.parametrize("document", ["manifest.yml", "docs/slack.md"])
def test_the_variant_for_http_differs_in_addresses_and_socket_mode_alone(document: str) -> None:
    over = _read(_over_http(document))
    address = ADDRESS.replace("signpost.oakfield.example", "YOUR.OWN.HOST")
    assert over["settings"]["socket_mode_enabled"] is False
    assert over["settings"]["event_subscriptions"].pop("request_url") == address
    assert over["settings"]["interactivity"].pop("request_url") == address
    assert over["settings"]["interactivity"].pop("message_menu_options_url") == address
    assert [one.pop("url") for one in over["features"]["slash_commands"]] == [address] * 3
    over["settings"]["socket_mode_enabled"] = True
    assert over == _manifest()


def test_with_these_scopes_and_no_others_slack_refuses_nothing_of_a_day_s_work(tmp_path: Path) -> None:
    schools = fast_schools(step="60s")
    with Slack(users_of(read_schools(schools, "schools.yml"))) as slack:
        slack.control(scopes=[*_manifest()["oauth_config"]["scopes"]["bot"], "interactivity_pointer"])
        for name, private in (("staff", False), ("slt", True)):
            slack.add_channel(name, "priya", private=private)
        with Program(tmp_path, schools=schools, **slack.settings) as program:
            slack.over_http(f"http://127.0.0.1:{program.port}/slack/events")
            _work(slack)
        called = {call.method for call in slack.calls()}
        assert called >= {"conversations.replies", "users.info", "chat.update", "views.publish", "views.push"}
        assert [call for call in slack.refused() if call.error == "missing_scope"] == []


def _messages_past(slack: Slack, channel: str, count: int) -> list[Seen]:
    return slack.messages_in(channel)[count:]


def _work(slack: Slack) -> None:
    """Ask everywhere, ask on, look at the Home tab; report, take the case, add a note."""
    priya, sam = slack.person("priya"), slack.person("sam")
    for channel in ("staff", "slt"):
        priya.mention(channel, "Can I post sports day photos?")
        first = slack.wait_for(partial(_messages_past, slack, channel, 1))[0]
        priya.mention(channel, "and on my own account?", thread=first.thread_ts)
        slack.wait_for(partial(_messages_past, slack, channel, 3))
    priya.dm("a Y9 girl has messaged me on insta, can I reply?")
    answered = priya.wait_for_message(lambda message: message.has(ids.ASK_REPORT))
    priya.message_shortcut(ids.CHECK_POLICY, slack.messages_in("staff")[0])
    priya.wait_for_view(lambda view: view.callback_id == ids.CHECKED_VIEW)
    priya.close_view()
    priya.open_home()
    priya.wait_for_home()
    priya.press(ids.ASK_REPORT, answered)
    priya.wait_for_view(lambda view: view.callback_id == ids.REPORT_FORM)
    priya.fill(
        {"q.about": "pupil", "q.danger": "no", "q.image": "no", "q.what": "She wrote to me at eleven."}
    )
    priya.submit()
    priya.submit()
    card = sam.wait_for_message(lambda message: message.has(ids.CASE_OPEN))
    sam.press(ids.CASE_OPEN, card)
    sam.wait_for_view(lambda view: view.callback_id == ids.CASE_VIEW)
    sam.press(ids.CASE_ACKNOWLEDGE)
    sam.wait_for_view(lambda view: view.has(ids.CASE_NOTE))
    sam.press(ids.CASE_NOTE)
    sam.wait_for_view(lambda view: view.callback_id == ids.NOTE_VIEW)
    slack.wait_for(lambda: slack.calls("chat.update"), what="the card to be changed in place")
