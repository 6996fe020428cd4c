"""The stand-in's Web API as slack_sdk meets it: what is taken, what is refused, what is recorded."""

import json
import time

import httpx
import pytest
from slack_sdk.errors import SlackApiError

from tests.support.slack.asking import METADATA, Ask, error_of, raw
from tests.support.slack.people import BOT, OTHER_TEAM
from tests.support.slack.pieces import (
    section,
)
from tests.support.slack.service import APP_TOKEN, BOT_TOKEN
from tests.support.slack.stand_in import Slack


def test_a_token_is_checked_before_anything_is_done(slack: Slack, ask: Ask) -> None:
    assert ask("auth_test")["user_id"] == BOT.id
    assert error_of(ask, "auth_test", token="xoxb-other") == "invalid_auth"  # noqa: S106  no secret
    assert error_of(ask, "auth_test", token=APP_TOKEN) == "not_allowed_token_type"
    assert httpx.post(f"{slack.url}auth.test", trust_env=False).json()["error"] == "not_authed"
    assert error_of(ask, "apps_connections_open", app_token=BOT_TOKEN) == "not_allowed_token_type"
    assert [call.error for call in slack.calls()] == [
        "",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "not_allowed_token_type",
    ]


def test_forms_and_json_are_read_alike(slack: Slack) -> None:
    blocks = [section("Hello")]
    form = {"channel": "U0SAM", "text": "a", "blocks": json.dumps(blocks), "unfurl_links": "false"}
    assert raw(slack, "chat.postMessage", data=form)["ok"]
    assert raw(slack, "chat.postMessage", json={**form, "blocks": blocks})["ok"]
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
        assert raw(slack, "chat.postMessage", content=body, headers=as_json)["error"] == error
    as_xml = {"Content-Type": "application/xml"}
    assert raw(slack, "chat.postMessage", content=b"<a/>", headers=as_xml)["error"] == "invalid_post_type"
    for name, error in (("blocks", "invalid_blocks_format"), ("metadata", "invalid_metadata_format")):
        sent = {"channel": "U0SAM", "text": "a", name: "{"}
        assert raw(slack, "chat.postMessage", data=sent)["error"] == error
    assert raw(slack, "views.open", data={"trigger_id": "1", "view": "{"})["error"] == "cannot_parse"
    assert raw(slack, "chat.shout", json={})["error"] == "unknown_method"
    unknown = raw(slack, "chat.postMessage", json={"channel": "U0SAM", "text": "a", "unfurl_link": False})
    assert unknown["error"] == "invalid_arguments"
    assert "invalid additional property: unfurl_link" in unknown["response_metadata"]["messages"][0]
    assert "channel" in raw(slack, "chat.postMessage", json={"text": "a"})["response_metadata"]["messages"][0]
    assert slack.messages_to("sam") == []


def test_a_message_is_put_edited_linked_to_and_taken_away(slack: Slack, ask: Ask) -> None:
    sent = ask("chat_postMessage", channel="U0SAM", text="One", blocks=[section("One")], metadata=METADATA)
    place = {"channel": sent["channel"], "ts": sent["ts"]}
    assert sent["channel"].startswith("D")
    assert sent["message"]["blocks"][0]["block_id"]
    assert raw(slack, "chat.update", json={**place, "blocks": [section("Two")]})["ok"]
    (now,) = slack.messages_to("sam")
    assert (now.words, now.metadata, now.edited) == ("Two", METADATA, True)
    ask("chat_update", **place, text="Three")
    assert slack.messages_to("sam")[0].words == "Three", "text without blocks takes the blocks away"
    link = ask("chat_getPermalink", channel=place["channel"], message_ts=place["ts"])["permalink"]
    assert link.endswith(f"/archives/{place['channel']}/p{place['ts'].replace('.', '')}")
    ask("chat_delete", **place)
    assert slack.messages_to("sam") == []
    assert error_of(ask, "chat_delete", **place) == "message_not_found"
    assert error_of(ask, "chat_update", **place, text="Four") == "message_not_found"
    assert (
        error_of(ask, "chat_getPermalink", channel=place["channel"], message_ts="1.0") == "message_not_found"
    )


def test_only_its_own_messages_are_the_apps_to_change(slack: Slack, ask: Ask) -> None:
    written = slack.person("tom").write("staff", "Mine")
    place = {"channel": written.channel, "ts": written.ts}
    assert error_of(ask, "chat_update", **place, text="Yours") == "cant_update_message"
    assert error_of(ask, "chat_delete", **place) == "cant_delete_message"


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
    assert error_of(ask, "conversations_history", channel=place, oldest="x") == "invalid_ts_oldest"
    assert error_of(ask, "conversations_replies", channel=place, ts="1.0") == "thread_not_found"
    assert error_of(ask, "chat_postMessage", channel=place, text="a", thread_ts="1.0") == "thread_not_found"


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
    assert error_of(ask, "conversations_open", users=user) == opening
    assert error_of(ask, "chat_postMessage", channel=user, text="a") == posting


def test_somebody_who_leaves_cannot_be_written_to_where_they_were(slack: Slack, ask: Ask) -> None:
    place = ask("conversations_open", users="U0SAM")["channel"]["id"]
    assert ask("conversations_open", users="U0SAM")["already_open"]
    slack.change_user("sam", deleted=True)
    assert error_of(ask, "chat_postMessage", channel=place, text="a") == "user_disabled"
    assert ask("users_info", user="U0SAM")["user"]["deleted"]


@pytest.mark.parametrize("code", ["user_disabled", "account_inactive", "cannot_dm_bot", "channel_not_found"])
def test_a_test_makes_anybody_unreachable(slack: Slack, ask: Ask, code: str) -> None:
    slack.control(errors={"sam": code})
    assert error_of(ask, "chat_postMessage", channel="U0SAM", text="a") == code
    assert error_of(ask, "conversations_open", users="U0SAM") == code
    assert error_of(ask, "chat_postEphemeral", channel="C0STAFF", user="U0SAM", text="a") == code
    ask("chat_postMessage", channel="U0TOM", text="a")
    slack.control(errors={})
    ask("chat_postMessage", channel="U0SAM", text="a")


def test_a_whisper_is_seen_by_one_member_and_kept_nowhere(slack: Slack, ask: Ask) -> None:
    ask("chat_postEphemeral", channel="C0STAFF", user="U0SAM", text="Between us")
    assert [(one.text, one.ephemeral) for one in slack.messages_to("sam")] == [("Between us", True)]
    assert slack.messages_to("tom") == slack.messages_in("staff") == []
    assert ask("conversations_history", channel="C0STAFF")["messages"] == []
    assert (
        error_of(ask, "chat_postEphemeral", channel="C0STAFF", user="U0NEW", text="a")
        == "user_not_in_channel"
    )


def test_a_channel_that_the_app_is_not_in_is_closed_to_it(slack: Slack, ask: Ask) -> None:
    slack.add_channel("heads", "sam", private=True, bot=False)
    slack.add_channel("sports", "sam", bot=False)
    slack.control(scopes=["chat:write", "channels:history"])
    assert error_of(ask, "chat_postMessage", channel="G0HEADS", text="a") == "channel_not_found"
    assert error_of(ask, "chat_postMessage", channel="C0SPORTS", text="a") == "not_in_channel"
    assert error_of(ask, "conversations_history", channel="C0SPORTS") == "not_in_channel"


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
    assert error_of(ask, "users_lookupByEmail", email="sam@oakfield.example") == "missing_scope"


def test_people_are_found_by_id_by_address_and_in_a_list(ask: Ask) -> None:
    assert ask("users_info", user="U0SAM")["user"]["profile"]["email"] == "sam@oakfield.example"
    assert ask("users_lookupByEmail", email="SAM@oakfield.example")["user"]["id"] == "U0SAM"
    for address in ("nobody@oakfield.example", "larry@oakfield.example", "owen@elsewhere.example"):
        assert error_of(ask, "users_lookupByEmail", email=address) == "users_not_found"
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
