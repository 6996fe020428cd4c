"""The stand-in's Web API as slack_sdk meets it: taken, refused, limited, silent."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.support.slack.little_app import FORM, plain, section
from tests.support.slack.people import BOT, OTHER_TEAM, User
from tests.support.slack.service import APP_TOKEN, BOT_TOKEN
from tests.support.slack.stand_in import Slack

Json = dict[str, Any]
Ask = Callable[..., Json]
SAM = User("U0SAM", "sam", "Sam Okafor", email="sam@oakfield.example")
TOM = User("U0TOM", "tom", "Tom Fielding", email="tom@oakfield.example")
MODAL = {"type": "modal", "title": plain("Title"), "blocks": [section("Hello")]}
METADATA = {"event_type": "notice", "event_payload": {"id": "n1"}}


@pytest.fixture
def slack() -> Iterator[Slack]:
    with Slack([SAM, TOM]) as running:
        running.add_channel("staff", "sam", "tom")
        yield running


@pytest.fixture
def ask(slack: Slack) -> Ask:
    """Give a way to call a method through slack_sdk, which does not try again by itself."""

    def call(method: str, token: str = BOT_TOKEN, **arguments: Any) -> Json:
        client = AsyncWebClient(token=token, base_url=slack.url, retry_handlers=[], timeout=5)
        question: Coroutine[Any, Any, Any] = getattr(client, method)(**arguments)
        return dict(asyncio.run(question).data)

    return call


def _error(ask: Ask, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        ask(method, **arguments)
    return str(refused.value.response["error"])


def test_a_token_is_checked_before_anything_is_done(slack: Slack, ask: Ask) -> None:
    assert ask("auth_test")["user_id"] == BOT.id
    assert _error(ask, "auth_test", token="xoxb-other") == "invalid_auth"  # noqa: S106  no secret
    assert _error(ask, "auth_test", token=APP_TOKEN) == "not_allowed_token_type"
    assert httpx.post(f"{slack.url}auth.test", trust_env=False).json()["error"] == "not_authed"
    assert _error(ask, "apps_connections_open", app_token=BOT_TOKEN) == "not_allowed_token_type"
    assert [call.error for call in slack.calls()] == [
        "",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "not_allowed_token_type",
    ]


def _raw(slack: Slack, method: str, **how: Any) -> Json:
    headers = {"Authorization": f"Bearer {BOT_TOKEN}", **how.pop("headers", {})}
    answer = httpx.post(f"{slack.url}{method}", headers=headers, trust_env=False, **how)
    assert answer.status_code == 200
    return dict(answer.json())


def test_forms_and_json_are_read_alike(slack: Slack) -> None:
    blocks = [section("Hello")]
    form = {"channel": "U0SAM", "text": "a", "blocks": json.dumps(blocks), "unfurl_links": "false"}
    assert _raw(slack, "chat.postMessage", data=form)["ok"]
    assert _raw(slack, "chat.postMessage", json={**form, "blocks": blocks})["ok"]
    first, second = slack.messages_to("sam")
    assert first.words == second.words == "Hello"
    post = httpx.post(
        f"{slack.url}chat.postMessage",
        data={"token": BOT_TOKEN, "channel": "U0SAM", "text": "b"},
        trust_env=False,
    )
    assert post.json()["ok"]
    assert all("token" not in call.args for call in slack.calls())


def test_what_cannot_be_read_is_refused_by_name(slack: Slack) -> None:
    as_json = {"Content-Type": "application/json"}
    for body, error in ((b"{", "invalid_json"), (b"[]", "json_not_object")):
        assert _raw(slack, "chat.postMessage", content=body, headers=as_json)["error"] == error
    as_xml = {"Content-Type": "application/xml"}
    assert _raw(slack, "chat.postMessage", content=b"<a/>", headers=as_xml)["error"] == "invalid_post_type"
    for name, error in (("blocks", "invalid_blocks_format"), ("metadata", "invalid_metadata_format")):
        sent = {"channel": "U0SAM", "text": "a", name: "{"}
        assert _raw(slack, "chat.postMessage", data=sent)["error"] == error
    assert _raw(slack, "views.open", data={"trigger_id": "1", "view": "{"})["error"] == "cannot_parse"
    assert _raw(slack, "chat.shout", json={})["error"] == "unknown_method"
    unknown = _raw(slack, "chat.postMessage", json={"channel": "U0SAM", "text": "a", "unfurl_link": False})
    assert unknown["error"] == "invalid_arguments"
    assert "invalid additional property: unfurl_link" in unknown["response_metadata"]["messages"][0]
    assert (
        "channel" in _raw(slack, "chat.postMessage", json={"text": "a"})["response_metadata"]["messages"][0]
    )
    assert slack.messages_to("sam") == []


def test_a_message_is_put_edited_linked_to_and_taken_away(slack: Slack, ask: Ask) -> None:
    sent = ask("chat_postMessage", channel="U0SAM", text="One", blocks=[section("One")], metadata=METADATA)
    place = {"channel": sent["channel"], "ts": sent["ts"]}
    assert sent["channel"].startswith("D")
    assert sent["message"]["blocks"][0]["block_id"]
    assert _raw(slack, "chat.update", json={**place, "blocks": [section("Two")]})["ok"]
    (now,) = slack.messages_to("sam")
    assert (now.words, now.metadata, now.edited) == ("Two", METADATA, True)
    ask("chat_update", **place, text="Three")
    assert slack.messages_to("sam")[0].words == "Three", "text without blocks takes the blocks away"
    link = ask("chat_getPermalink", channel=place["channel"], message_ts=place["ts"])["permalink"]
    assert link.endswith(f"/archives/{place['channel']}/p{place['ts'].replace('.', '')}")
    ask("chat_delete", **place)
    assert slack.messages_to("sam") == []
    assert _error(ask, "chat_delete", **place) == "message_not_found"
    assert _error(ask, "chat_update", **place, text="Four") == "message_not_found"
    assert _error(ask, "chat_getPermalink", channel=place["channel"], message_ts="1.0") == "message_not_found"


def test_only_its_own_messages_are_the_apps_to_change(slack: Slack, ask: Ask) -> None:
    written = slack.person("tom").write("staff", "Mine")
    place = {"channel": written.channel, "ts": written.ts}
    assert _error(ask, "chat_update", **place, text="Yours") == "cant_update_message"
    assert _error(ask, "chat_delete", **place) == "cant_delete_message"


def test_history_is_newest_first_in_pages_and_shows_metadata_only_when_asked(slack: Slack, ask: Ask) -> None:
    stamps = [
        ask("chat_postMessage", channel="U0SAM", text=f"m{number}", metadata=METADATA)["ts"]
        for number in range(3)
    ]
    place = slack.person("sam").direct.id
    ask("chat_postMessage", channel=place, text="reply", thread_ts=stamps[0])
    page = ask("conversations_history", channel=place, limit=2, include_all_metadata=True)
    assert [one["text"] for one in page["messages"]] == ["m2", "m1"]
    assert page["messages"][0]["metadata"] == METADATA
    assert page["has_more"]
    rest = ask("conversations_history", channel=place, cursor=page["response_metadata"]["next_cursor"])
    assert [one["text"] for one in rest["messages"]] == ["m0"]
    assert "metadata" not in rest["messages"][0]
    since = ask("conversations_history", channel=place, oldest=stamps[1])
    assert [one["text"] for one in since["messages"]] == ["m2"]
    edge = ask("conversations_history", channel=place, oldest=stamps[1], latest=stamps[2], inclusive=True)
    assert [one["text"] for one in edge["messages"]] == ["m2", "m1"]
    thread = ask("conversations_replies", channel=place, ts=stamps[0])
    assert [one["text"] for one in thread["messages"]] == ["m0", "reply"]
    assert _error(ask, "conversations_history", channel=place, oldest="x") == "invalid_ts_oldest"
    assert _error(ask, "conversations_replies", channel=place, ts="1.0") == "thread_not_found"
    assert _error(ask, "chat_postMessage", channel=place, text="a", thread_ts="1.0") == "thread_not_found"


@pytest.mark.parametrize(
    ("user", "opening", "posting"),
    [
        ("U0LEFT", "user_disabled", "user_disabled"),
        ("U0ROBOT", "cannot_dm_bot", "cannot_dm_bot"),
        ("U0OUTSIDE", "user_not_visible", "channel_not_found"),
        ("U0NOBODY", "user_not_found", "channel_not_found"),
    ],
)
def test_who_cannot_be_written_to_is_a_lasting_error(ask: Ask, user: str, opening: str, posting: str) -> None:
    assert _error(ask, "conversations_open", users=user) == opening
    assert _error(ask, "chat_postMessage", channel=user, text="a") == posting


def test_somebody_who_leaves_cannot_be_written_to_where_they_were(slack: Slack, ask: Ask) -> None:
    place = ask("conversations_open", users="U0SAM")["channel"]["id"]
    assert ask("conversations_open", users="U0SAM")["already_open"]
    slack.change_user("sam", deleted=True)
    assert _error(ask, "chat_postMessage", channel=place, text="a") == "user_disabled"
    assert ask("users_info", user="U0SAM")["user"]["deleted"]


@pytest.mark.parametrize("code", ["user_disabled", "account_inactive", "cannot_dm_bot", "channel_not_found"])
def test_a_test_makes_anybody_unreachable(slack: Slack, ask: Ask, code: str) -> None:
    slack.control(errors={"sam": code})
    assert _error(ask, "chat_postMessage", channel="U0SAM", text="a") == code
    assert _error(ask, "conversations_open", users="U0SAM") == code
    assert _error(ask, "chat_postEphemeral", channel="C0STAFF", user="U0SAM", text="a") == code
    ask("chat_postMessage", channel="U0TOM", text="a")
    slack.control(errors={})
    ask("chat_postMessage", channel="U0SAM", text="a")


def test_a_whisper_is_seen_by_one_member_and_kept_nowhere(slack: Slack, ask: Ask) -> None:
    ask("chat_postEphemeral", channel="C0STAFF", user="U0SAM", text="Between us")
    assert [(one.text, one.ephemeral) for one in slack.messages_to("sam")] == [("Between us", True)]
    assert slack.messages_to("tom") == slack.messages_in("staff") == []
    assert ask("conversations_history", channel="C0STAFF")["messages"] == []
    assert (
        _error(ask, "chat_postEphemeral", channel="C0STAFF", user="U0NEW", text="a") == "user_not_in_channel"
    )


def test_a_channel_that_the_app_is_not_in_is_closed_to_it(slack: Slack, ask: Ask) -> None:
    slack.add_channel("heads", "sam", private=True, bot=False)
    slack.add_channel("sports", "sam", bot=False)
    slack.control(scopes=["chat:write", "channels:history"])
    assert _error(ask, "chat_postMessage", channel="G0HEADS", text="a") == "channel_not_found"
    assert _error(ask, "chat_postMessage", channel="C0SPORTS", text="a") == "not_in_channel"
    assert _error(ask, "conversations_history", channel="C0SPORTS") == "not_in_channel"


def test_a_token_does_what_its_scopes_say_and_no_more(slack: Slack, ask: Ask) -> None:
    slack.control(scopes=["chat:write", "users:read"])
    ask("chat_postMessage", channel="U0SAM", text="a")
    with pytest.raises(SlackApiError) as refused:
        ask("conversations_history", channel=slack.person("sam").direct.id)
    assert (refused.value.response["error"], refused.value.response["needed"]) == (
        "missing_scope",
        "im:history",
    )
    assert "email" not in ask("users_info", user="U0SAM")["user"]["profile"]
    assert _error(ask, "users_lookupByEmail", email=SAM.email) == "missing_scope"


def test_people_are_found_by_id_by_address_and_in_a_list(ask: Ask) -> None:
    assert ask("users_info", user="U0SAM")["user"]["profile"]["email"] == SAM.email
    assert ask("users_lookupByEmail", email="SAM@oakfield.example")["user"]["id"] == "U0SAM"
    for address in ("nobody@oakfield.example", "larry@oakfield.example", "owen@elsewhere.example"):
        assert _error(ask, "users_lookupByEmail", email=address) == "users_not_found"
    page = ask("users_list", limit=3)
    rest = ask("users_list", cursor=page["response_metadata"]["next_cursor"])
    names = [one["name"] for one in [*page["members"], *rest["members"]]]
    assert len(names) == len(set(names))
    assert {"sam", "tom", "gwen", "larry", "signpost"} < set(names)
    assert "owen" not in names
    guest, stranger = (ask("users_info", user=one)["user"] for one in ("U0GUEST", "U0OUTSIDE"))
    assert (guest["is_restricted"], guest["is_ultra_restricted"]) == (True, False)
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, OTHER_TEAM)
    assert "email" not in stranger["profile"]
    assert ask("conversations_info", channel="C0STAFF")["channel"]["name"] == "staff"


def test_too_many_messages_in_a_channel_are_told_to_wait(slack: Slack, ask: Ask) -> None:
    slack.control(rate={"per": 60})
    ask("chat_postMessage", channel="U0SAM", text="a")
    with pytest.raises(SlackApiError) as refused:
        ask("chat_postMessage", channel="U0SAM", text="b")
    assert refused.value.response.status_code == 429
    assert 55 <= int(refused.value.response.headers["Retry-After"]) <= 60
    ask("chat_postMessage", channel="U0TOM", text="a")
    assert _error(ask, "chat_postMessage", channel=slack.person("sam").direct.id, text="c") == "ratelimited"
    assert [(one.status, one.early) for one in slack.calls()] == [
        (200, False),
        (429, False),
        (200, False),
        (429, True),
    ]
    slack.control(rate=None)
    ask("chat_postMessage", channel="U0SAM", text="d")


def test_too_many_messages_in_all_are_told_to_wait(slack: Slack, ask: Ask) -> None:
    slack.control(rate={"per": 60, "of": "all", "allow": 2})
    ask("chat_postMessage", channel="U0SAM", text="a")
    ask("chat_postMessage", channel="U0TOM", text="a")
    assert _error(ask, "chat_postMessage", channel="C0STAFF", text="a") == "ratelimited"
    ask("users_info", user="U0SAM")
    with pytest.raises(ValueError, match="no rate"):
        slack.control(rate={"per": 0})


def test_scripted_faults_meet_so_many_calls_of_a_method(slack: Slack, ask: Ask) -> None:
    slack.control(
        faults=[
            {"method": "chat.postMessage", "status": 500, "times": 2},
            {"method": "chat.postMessage", "code": "fatal_error"},
            {"method": "chat.postMessage", "retry_after": 7},
        ]
    )
    ask("users_info", user="U0SAM")
    statuses = []
    for _ in range(4):
        with pytest.raises(SlackApiError) as refused:
            ask("chat_postMessage", channel="U0SAM", text="a")
        statuses.append(refused.value.response.status_code)
    assert statuses == [500, 500, 200, 429]
    assert refused.value.response.headers["Retry-After"] == "7"
    ask("chat_postMessage", channel="U0SAM", text="a")
    assert len(slack.messages_to("sam")) == 1
    with pytest.raises(ValueError, match="no fault"):
        slack.control(faults=[{"method": "chat.postMessage"}])


def test_while_down_nothing_is_taken(slack: Slack, ask: Ask) -> None:
    slack.control(down=True)
    with pytest.raises(SlackApiError) as refused:
        ask("chat_postMessage", channel="U0SAM", text="a")
    assert refused.value.response.status_code == 503
    slack.control(down=False, refuse=True)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        ask("chat_postMessage", channel="U0SAM", text="a")
    slack.control(refuse=False)
    ask("chat_postMessage", channel="U0SAM", text="a")
    assert len(slack.messages_to("sam")) == 1
    assert [one.status for one in slack.calls()] == [503, 0, 200]


def test_a_message_may_arrive_without_anybody_being_told(slack: Slack, ask: Ask) -> None:
    slack.control(drop_after_accept=1)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        ask("chat_postMessage", channel="U0SAM", text="a")
    assert [one.text for one in slack.messages_to("sam")] == ["a"]
    (call,) = slack.calls()
    assert (call.status, call.accepted, call.user) == (0, True, "U0SAM")
    ask("chat_postMessage", channel="U0SAM", text="b")


def test_who_hangs_is_never_answered_and_delays_nobody_else(slack: Slack, ask: Ask) -> None:
    slack.control(hang=["sam"])
    client = AsyncWebClient(token=BOT_TOKEN, base_url=slack.url, retry_handlers=[], timeout=1)
    with ThreadPoolExecutor() as pool:
        hung = pool.submit(lambda: asyncio.run(client.chat_postMessage(channel="U0SAM", text="a")))
        slack.wait_for_calls(lambda calls: len(calls) == 1, within=5)
        ask("chat_postMessage", channel="U0TOM", text="a")
        assert not hung.done()
        with pytest.raises(TimeoutError):
            hung.result()
    assert slack.messages_to("sam") == []


def test_an_answer_may_take_its_time_though_the_message_is_there_at_once(slack: Slack, ask: Ask) -> None:
    slack.control(latency=0.2)
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(ask, "chat_postMessage", channel="U0SAM", text="a")
        slack.wait_for(lambda: slack.messages_to("sam"))
        assert not slow.done()
        assert slow.result()["ok"]


def test_a_call_is_recorded_with_both_clocks_and_all_it_said(slack: Slack, ask: Ask) -> None:
    before, wall = time.monotonic(), time.time()
    ask("chat_postMessage", channel="U0SAM", text="a", unfurl_links=False)
    (call,) = slack.calls("chat.postMessage")
    assert before <= call.at <= time.monotonic()
    assert wall <= call.wall <= time.time()
    assert call.args == {"channel": "U0SAM", "text": "a", "unfurl_links": False}
    assert (call.channel, call.user, call.ok) == (slack.person("sam").direct.id, "U0SAM", True)
    assert slack.messages_to("sam")[0].ts == call.ts
    slack.forget()
    assert slack.calls() == []


def test_a_trigger_opens_one_view_while_it_lives(slack: Slack, ask: Ask) -> None:
    screens = slack.space.screens
    first = screens.trigger("U0SAM")
    shown = ask("views_open", trigger_id=first, view=MODAL)["view"]
    assert shown["id"] == slack.views_of("sam")[0].id == slack.calls("views.open")[0].view
    assert slack.calls("views.open")[0].user == "U0SAM"
    assert _error(ask, "views_open", trigger_id=first, view=MODAL) == "exchanged_trigger_id"
    assert _error(ask, "views_open", trigger_id="1.2.3", view=MODAL) == "invalid_trigger_id"
    slack.control(trigger_life=0)
    assert _error(ask, "views_open", trigger_id=screens.trigger("U0SAM"), view=MODAL) == "expired_trigger_id"


def test_a_refused_view_does_not_use_up_its_trigger(slack: Slack, ask: Ask) -> None:
    trigger = slack.space.screens.trigger("U0SAM")
    long = {**MODAL, "title": plain("x" * 25)}
    assert _error(ask, "views_open", trigger_id=trigger, view=long) == "invalid_arguments"
    ask("views_open", trigger_id=trigger, view=MODAL)


def test_three_views_stand_on_top_of_each_other_and_no_more(slack: Slack, ask: Ask) -> None:
    screens = slack.space.screens
    ask("views_open", trigger_id=screens.trigger("U0SAM"), view=MODAL)
    assert _error(ask, "views_push", trigger_id=screens.trigger("U0SAM"), view=MODAL) == "invalid_trigger_id"
    for _ in range(2):
        ask("views_push", trigger_id=screens.trigger("U0SAM", screens.top("U0SAM")), view=MODAL)
    trigger = screens.trigger("U0SAM", screens.top("U0SAM"))
    assert _error(ask, "views_push", trigger_id=trigger, view=MODAL) == "push_limit_reached"
    first, second, third = slack.views_of("sam")
    assert third.view["previous_view_id"] == second.id
    assert third.view["root_view_id"] == first.id


def test_a_view_is_changed_unless_it_has_changed_since(slack: Slack, ask: Ask) -> None:
    shown = ask("views_open", trigger_id=slack.space.screens.trigger("U0SAM"), view=MODAL)["view"]
    known = {"view_id": shown["id"], "hash": shown["hash"]}
    ask("views_update", **known, view={**MODAL, "title": plain("Changed")})
    assert slack.views_of("sam")[0].title == "Changed"
    assert _error(ask, "views_update", **known, view=MODAL) == "hash_conflict"
    assert _error(ask, "views_update", view_id="V0NONE", view=MODAL) == "not_found"
    slack.person("sam").close_view()
    assert _error(ask, "views_update", view_id=shown["id"], view=MODAL) == "not_found"


def test_an_external_id_names_one_open_view(slack: Slack, ask: Ask) -> None:
    named = {**MODAL, "external_id": "case-1"}
    ask("views_open", trigger_id=slack.space.screens.trigger("U0SAM"), view=named)
    trigger = slack.space.screens.trigger("U0TOM")
    assert _error(ask, "views_open", trigger_id=trigger, view=named) == "duplicate_external_id"
    ask("views_update", external_id="case-1", view={**named, "title": plain("Changed")})
    assert slack.views_of("sam")[0].title == "Changed"


def test_answers_stay_over_an_update_only_where_both_ids_do(slack: Slack, ask: Ask) -> None:
    sam = slack.person("sam")
    shown = ask("views_open", trigger_id=slack.space.screens.trigger("U0SAM"), view=FORM)["view"]
    with pytest.raises(RuntimeError, match="no way to the app"):
        sam.fill({"what": "Kept", "urgent": "yes"})
    what, urgent = FORM["blocks"]
    ask("views_update", view_id=shown["id"], view={**FORM, "blocks": [what, {**urgent, "block_id": "other"}]})
    assert slack.views_of("sam")[0].values == {
        "what": {"text": {"type": "plain_text_input", "value": "Kept"}},
        "other": {"choice": {"type": "radio_buttons", "selected_option": None}},
    }


def test_a_home_tab_is_published_for_one_person(slack: Slack, ask: Ask) -> None:
    home = {"type": "home", "blocks": [section("Yours")]}
    assert slack.home_of("sam") is None
    shown = ask("views_publish", user_id="U0SAM", view=home)["view"]
    screen = slack.home_of("sam")
    assert screen is not None
    assert screen.words == "Yours"
    assert _error(ask, "views_publish", user_id="U0SAM", view=home, hash="old") == "hash_conflict"
    ask("views_publish", user_id="U0SAM", view=home, hash=shown["hash"])
    assert _error(ask, "views_publish", user_id="U0NOBODY", view=home) == "user_not_found"
    assert slack.home_of("tom") is None


def test_an_assistant_thread_takes_a_status_a_title_and_up_to_four_prompts(slack: Slack, ask: Ask) -> None:
    slack.over_http(lambda _body, _headers: (200, b""))
    thread, _ = slack.person("sam").start_assistant()
    place = {"channel_id": slack.person("sam").direct.id, "thread_ts": thread}
    ask("assistant_threads_setStatus", **place, status="is reading …")
    ask("assistant_threads_setStatus", **place, status="")
    ask("assistant_threads_setTitle", **place, title="Photos")
    prompt = {"title": "A photo", "message": "Can I post a photo?"}
    ask("assistant_threads_setSuggestedPrompts", **place, prompts=[prompt] * 4)
    for wrong in ([prompt] * 5, [], [{"title": "A photo"}]):
        error = _error(ask, "assistant_threads_setSuggestedPrompts", **place, prompts=wrong)
        assert error == "invalid_arguments"
    other = {**place, "thread_ts": "1.0"}
    assert _error(ask, "assistant_threads_setTitle", **other, title="a") == "invalid_thread_ts"
    assert slack.messages_to("sam") == []


def _reply_url(slack: Slack) -> str:
    """The response_url of a press on the only button before sam."""
    slack.over_http(lambda _body, _headers: (200, b""))
    return str(slack.person("sam").press("open").payload["response_url"])


BUTTON = {"type": "actions", "elements": [{"type": "button", "action_id": "open", "text": plain("Open")}]}


def _respond(url: str, **said: Any) -> tuple[int, str]:
    answer = asyncio.run(AsyncWebhookClient(url, retry_handlers=[]).send(**said))
    return answer.status_code, answer.body


def test_a_response_url_adds_replaces_and_takes_away(slack: Slack, ask: Ask) -> None:
    ask("chat_postMessage", channel="U0SAM", text="a", blocks=[BUTTON])
    url = _reply_url(slack)
    assert _respond(url, text="Only you") == (200, "ok")
    assert slack.messages_to("sam")[-1].ephemeral
    _respond(url, text="All", response_type="in_channel")
    assert not slack.messages_to("sam")[-1].ephemeral
    _respond(url, text="Changed", replace_original=True)
    assert slack.messages_to("sam")[0].words == "Changed"
    _respond(url, delete_original=True)
    assert [one.text for one in slack.messages_to("sam")] == ["Only you", "All"]
    assert _respond(url, blocks=[{"type": "none"}]) == (400, "invalid_blocks")
    assert _respond(url, text="a sixth time") == (404, "used_url")
    assert _respond(f"{url}x", text="a") == (404, "no_active_hooks")
    assert [one.error for one in slack.calls("response_url")][-3:] == [
        "invalid_blocks",
        "used_url",
        "no_active_hooks",
    ]


def test_a_whisper_is_replaced_and_taken_away_by_its_response_url(slack: Slack, ask: Ask) -> None:
    ask("chat_postEphemeral", channel="C0STAFF", user="U0SAM", text="a", blocks=[BUTTON])
    url = _reply_url(slack)
    assert "message" not in slack.deliveries[-1].payload
    _respond(url, text="Changed", replace_original=True)
    assert slack.messages_to("sam")[0].words == "Changed"
    _respond(url, delete_original=True)
    assert slack.messages_to("sam") == []
    assert _respond(url, replace_original=True, text="a") == (400, "message_not_found")
    answer = httpx.post(url, content=b"{", trust_env=False)
    assert (answer.status_code, answer.text) == (400, "cannot_parse")
