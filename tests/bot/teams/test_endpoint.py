"""What comes in is read as what it is, or is 400; what goes wrong behind the door claims nothing."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.teams import ids
from bot.teams.activity import Activity, Scope, Sort
from bot.teams.hosts import Hosts
from bot.teams.keys import Keys
from bot.teams.reading import read, skeleton
from bot.teams.sdk import Endpoint
from bot.wording import chat
from tests.bot.teams.doorstep import Doorstep, doorstep
from tests.support.teams.people import account_of
from tests.support.teams.signing import APP, TENANT, claims, token
from tests.support.teams.space import BOT

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def shared() -> Iterator[Doorstep]:
    """Give Teams' door."""
    with doorstep() as found:
        yield found


@pytest.fixture
def step(shared: Doorstep) -> Iterator[Doorstep]:
    """Give the door, with nothing behind it yet."""
    shared.handled.activities.clear()
    shared.handled.answer = shared.handled.trouble = None
    yield shared
    shared.handled.answer = shared.handled.trouble = None


def came(step: Doorstep, kind: str, **more: Any) -> Activity:
    """What an activity of Tom's is read as."""
    where = more.pop("where", "")
    body = {**step.teams.person("tom").activity(kind, where), **more}
    assert step.teams.send(body).status == 200
    return step.handled.activities[-1]


def posted(step: Doorstep, body: bytes) -> int:
    bearer = f"Bearer {token(claims(step.teams.service_url))}"
    return int(step.post(body, [("authorization", bearer)]).status)


def test_a_message_says_who_where_and_what(step: Doorstep) -> None:
    found = came(step, "message", text="Can I post this?")
    tom = step.teams.user("tom")
    assert (found.sort, found.text, found.scope) == (Sort.MESSAGE, "Can I post this?", Scope.PERSONAL)
    assert (found.account, found.user, found.tenant) == (account_of("tom"), tom.user, TENANT)
    assert (found.conversation, found.service_url) == (tom.personal, step.teams.service_url)
    assert found.sender == "Tom Fielding"


def test_in_a_channel_the_apps_own_mention_is_taken_out_and_others_stay(step: Doorstep) -> None:
    step.teams.add_channel("staff", "tom")
    step.teams.person("tom").mentions("may I post what &lt;b&gt; <at>Sam Okafor</at>&nbsp;sent?", "staff")
    found = step.handled.activities[-1]
    assert (found.text, found.scope) == ("may I post what <b> Sam Okafor sent?", Scope.CHANNEL)


@pytest.mark.parametrize(
    ("conversation", "data", "scope"),
    [
        ({"conversationType": "personal"}, {}, Scope.PERSONAL),
        ({"conversationType": "groupChat"}, {}, Scope.GROUP),
        ({"conversationType": "channel"}, {}, Scope.CHANNEL),
        ({"conversationType": "personal"}, {"team": {"id": "19:x"}}, Scope.CHANNEL),
        ({"conversationType": "personal", "isGroup": True}, {}, Scope.GROUP),
        ({"conversationType": "meeting"}, {}, Scope.GROUP),
        ({"isGroup": True}, {}, Scope.GROUP),
        ({}, {}, Scope.PERSONAL),
    ],
)
def test_in_doubt_a_place_is_not_private(
    step: Doorstep, conversation: dict[str, Any], data: dict[str, Any], scope: Scope
) -> None:
    body = step.teams.person("tom").activity("message", text="Hello")
    body["conversation"] = {"id": "x", "tenantId": TENANT, **conversation}
    body["channelData"] = {"tenant": {"id": TENANT}, **data}
    assert read(body).scope is scope


@pytest.mark.parametrize(
    ("name", "value", "action", "command"),
    [
        ("task/fetch", {"data": {"action": "x", "value": "v"}}, "x", ""),
        ("task/submit", {"data": {"action": "x", "value": "v", "q.text": "t"}}, "x", ""),
        ("composeExtension/fetchTask", {"commandId": ids.REPORT}, "", ids.REPORT),
        (
            "composeExtension/submitAction",
            {"commandId": "c", "data": {"action": "x", "value": "v"}},
            "x",
            "c",
        ),
        ("adaptiveCard/action", {"action": {"verb": "x", "data": {"action": "x", "value": "v"}}}, "x", ""),
    ],
)
def test_an_invoke_says_which_button_or_command(
    step: Doorstep, name: str, value: dict[str, Any], action: str, command: str
) -> None:
    found = came(step, "invoke", name=name, value=value, replyToId="1763")
    assert (found.sort, found.name, found.action, found.command) == (Sort.INVOKE, name, action, command)
    assert found.pressed == ("v" if action else "")
    assert found.message == "1763"


def test_a_message_by_a_machine_in_a_messages_menu_is_no_fault(step: Doorstep) -> None:
    payload = {
        "from": {"application": {"applicationIdentityType": "bot", "id": "x"}},
        "body": {"content": "y"},
    }
    value = {"commandId": ids.REPORT_MESSAGE, "commandContext": "message", "messagePayload": payload}
    found = came(step, "invoke", name="composeExtension/fetchTask", value=value)
    assert found.value["messagePayload"] == payload


@pytest.mark.parametrize(
    ("kind", "more", "sort"),
    [
        ("installationUpdate", {"action": "add"}, Sort.INSTALLED),
        ("installationUpdate", {"action": "remove"}, Sort.REMOVED),
        ("installationUpdate", {"action": "add-upgrade"}, Sort.OTHER),
        ("conversationUpdate", {"membersAdded": [{"id": BOT}]}, Sort.OTHER),
        ("messageReaction", {"reactionsAdded": [{"type": "like"}]}, Sort.OTHER),
        ("whatever Teams thinks of next year", {}, Sort.OTHER),
        ("invoke", {"name": "signin/verifyState", "value": {"state": "123"}}, Sort.INVOKE),
        ("invoke", {"name": "whatever/next"}, Sort.INVOKE),
        ("invoke", {}, Sort.INVOKE),
    ],
)
def test_what_is_new_to_us_is_no_fault(step: Doorstep, kind: str, more: dict[str, Any], sort: Sort) -> None:
    assert came(step, kind, **more).sort is sort


def test_an_invoke_is_answered_with_what_is_given_and_a_message_with_nothing(step: Doorstep) -> None:
    step.handled.answer = {"task": {"type": "message", "value": "Done – “yes”."}}
    tom = step.teams.person("tom")
    delivery = tom.extension(ids.REPORT)
    assert (delivery.body, tom.told) == (step.handled.answer, "Done – “yes”.")
    step.handled.answer = None
    assert tom.says("Hello").body is None


@pytest.mark.parametrize(
    ("kind", "name", "answer"),
    [
        ("message", "", None),
        ("installationUpdate", "", None),
        ("invoke", "task/fetch", {"task": {"type": "message", "value": chat.SOMETHING_BROKE}}),
        ("invoke", "task/submit", {"task": {"type": "message", "value": chat.SOMETHING_BROKE}}),
        (
            "invoke",
            "adaptiveCard/action",
            {
                "statusCode": 200,
                "type": "application/vnd.microsoft.activity.message",
                "value": chat.SOMETHING_BROKE,
            },
        ),
    ],
)
def test_what_goes_wrong_behind_the_door_claims_nothing(
    step: Doorstep, kind: str, name: str, answer: object
) -> None:
    step.handled.trouble = RuntimeError("with a name in it")
    body = {**step.teams.person("tom").activity(kind), "name": name, "value": {}}
    delivery = step.teams.send(body)
    assert (delivery.status, delivery.body) == (200, answer)


def test_text_that_no_database_takes_is_made_fit(step: Doorstep) -> None:
    found = came(step, "message", text="a\x00b\ud800c &#0; &#xd800;")
    assert found.text == "a\ufffdb\ufffdc \ufffd \ufffd"
    json.dumps(found.text).encode()
    value = came(step, "invoke", name="task/submit", value={"data": {"q.\ud800": "\x00"}}).value
    assert value == {"data": {"q.\ufffd": "\ufffd"}}


def test_an_account_is_an_entra_id_or_nothing(step: Doorstep) -> None:
    body = step.teams.person("tom").activity("message", text="Hello")
    for given, found in ((account_of("tom").upper(), account_of("tom")), ("tom", ""), ("", "")):
        body["from"]["aadObjectId"] = given
        assert read(body).account == found
    del body["from"]["aadObjectId"]
    assert read(body).account == ""


def test_the_sdk_is_handed_nothing_that_anybody_wrote(step: Doorstep) -> None:
    words = "a purple xylophone"
    invoke = {"name": "task/submit", "value": {"data": {"q.what": words}}}
    for kind, more in (("message", {"text": words}), ("invoke", invoke)):
        found = came(step, kind, **more)
        handed = json.dumps(skeleton(found))
        assert words not in handed
        assert "Fielding" not in handed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"{" * 100_000,
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"a": NaN}',
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
)
def test_what_is_no_json_object_is_400(step: Doorstep, body: bytes) -> None:
    assert posted(step, body) == 400
    assert step.handled.activities == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("type", None),
        ("type", 7),
        ("from", None),
        ("from", "tom"),
        ("from", {"id": 7}),
        ("from", {"id": "x" * 2_000}),
        ("from", {}),
        ("conversation", {"tenantId": TENANT}),
        ("conversation", {"id": ["x"], "tenantId": TENANT}),
        ("id", {"x": 1}),
        ("name", 7),
        ("replyToId", []),
    ],
)
def test_what_has_another_shape_than_activities_is_400(step: Doorstep, key: str, value: object) -> None:
    body = step.teams.person("tom").activity("invoke", name="task/fetch", value={})
    body[key] = value
    if value is None:
        del body[key]
    assert posted(step, json.dumps(body).encode()) == 400
    assert step.handled.activities == []


def test_what_is_too_deep_is_400(step: Doorstep) -> None:
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"a": deep}
    body = step.teams.person("tom").activity("message", text="Hello", value=deep)
    assert posted(step, json.dumps(body).encode()) == 400


def test_before_it_is_open_nobody_is_let_in() -> None:
    async def handle(_activity: Activity) -> None:
        raise AssertionError("nothing may come so far")

    endpoint = Endpoint(APP, [TENANT], handle, keys=Keys("http://127.0.0.1:9", seconds=0.2), hosts=Hosts())
    status, _, body = asyncio.run(endpoint.receive(b"{}", []))
    assert (status, body) == (401, b"")


def test_a_stray_env_file_is_not_read_and_opens_nothing(tmp_path: Path) -> None:
    stray = "DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS=true\nCLIENT_ID=other\nSIGNPOST_STRAY=1\n"
    (tmp_path / ".env").write_text(stray, encoding="utf-8")
    told = """\
import asyncio, os
from bot.teams.hosts import Hosts
from bot.teams.keys import Keys
from bot.teams.sdk import Endpoint
os.environ["DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS"] = "true"
async def handle(activity): raise AssertionError
async def tried():
    end = Endpoint("app", ["tenant"], handle, keys=Keys("http://127.0.0.1:9", seconds=0.2), hosts=Hosts())
    await end.open()
    refused = await end._door({"body": {"type": "message", "id": "1"}, "headers": {}})
    return refused["status"], (await end.receive(b"{}", []))[0]
print(asyncio.run(tried()), "SIGNPOST_STRAY" in os.environ, "CLIENT_ID" in os.environ)
"""
    done = subprocess.run(  # our own interpreter
        [sys.executable, "-c", told],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip().splitlines()[-1] == "(401, 401) False False", done.stderr
