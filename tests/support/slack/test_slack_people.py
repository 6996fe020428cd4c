"""People at the stand-in Slack: what they do reaches the app as Slack would send it; no more can be done."""

import json
import time
from typing import Any

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier

from tests.support.slack.doors import signed
from tests.support.slack.forms import NotPossibleError
from tests.support.slack.people import BOT, OTHER_TEAM, TEAM, User
from tests.support.slack.pieces import (
    FORM,
    Json,
)
from tests.support.slack.scripted import Scripted, buttons, filled
from tests.support.slack.service import BOT_TOKEN, SIGNING_SECRET
from tests.support.slack.stand_in import Slack, TroubleError


def test_every_request_is_signed_as_slack_signs(slack: Slack, app: Scripted) -> None:
    slack.person("sam").dm("Hello")
    slack.person("sam").slash("/report")
    verifier = SignatureVerifier(SIGNING_SECRET)
    assert all(verifier.is_valid_request(body, dict(headers)) for body, headers in app.got)
    body, headers = app.got[0]
    assert not verifier.is_valid_request(body + b" ", dict(headers))


def test_the_same_app_address_is_verified_with_a_challenge(slack: Slack, app: Scripted) -> None:
    with pytest.raises(TroubleError, match="challenge"):
        slack.verify_url()
    slack.over_http(lambda body, _: (200, json.loads(body)["challenge"].encode()))
    slack.verify_url()
    assert app.last["type"] == "url_verification"


def test_a_direct_message_is_an_event_with_an_id_of_its_own(slack: Slack, app: Scripted) -> None:
    slack.person("tom").dm("Can I post <this> & that? Ask @sam, not @somebody or tom@sam.example")
    outer, event = app.last, app.last["event"]
    assert (event["type"], event["channel_type"], event["user"]) == ("message", "im", "U0TOM")
    assert event["text"] == (
        "Can I post &lt;this&gt; &amp; that? Ask <@U0SAM>, not @somebody or tom@sam.example"
    )
    assert event["blocks"][0]["elements"][0]["elements"][1] == {"type": "user", "user_id": "U0SAM"}
    assert (outer["team_id"], outer["is_ext_shared_channel"]) == (TEAM, False)
    slack.person("tom").dm("Again", thread=event["ts"])
    assert app.last["event"]["thread_ts"] == event["ts"]
    assert app.last["event_id"] != outer["event_id"]


def test_a_mention_names_the_app_and_reaches_it_only_where_it_is(slack: Slack, app: Scripted) -> None:
    slack.person("tom").mention("staff", "may I?")
    assert app.last["event"]["type"] == "app_mention"
    assert app.last["event"]["text"] == f"<@{BOT.id}> may I?"
    slack.add_channel("elsewhere", "tom", bot=False)
    with pytest.raises(NotPossibleError, match="isn't in elsewhere"):
        slack.person("tom").mention("elsewhere", "may I?")
    with pytest.raises(NotPossibleError, match="ruth isn't in staff"):
        slack.person("ruth").mention("staff", "may I?")


def test_outsiders_guests_and_bots_are_told_apart_in_what_the_app_is_sent(
    slack: Slack, app: Scripted
) -> None:
    slack.person("owen").mention("county", "hello")
    outer, event = app.last, app.last["event"]
    assert outer["is_ext_shared_channel"] is True
    assert (event["user_team"], event["source_team"], event["team"]) == (OTHER_TEAM,) * 3
    assert (outer["context_team_id"], outer["team_id"]) == (OTHER_TEAM, TEAM)
    slack.person("owen").slash("/report")
    assert app.last["team_id"] == OTHER_TEAM
    slack.person("sam").mention("county", "hello")
    assert app.last["is_ext_shared_channel"] is True
    assert app.last["event"]["user_team"] == TEAM
    slack.person("robot").dm("beep")
    assert app.last["event"]["bot_id"] == "B0ROBOT"
    slack.person("gwen").dm("hello")
    assert slack.user("gwen").is_restricted


def test_a_whisper_has_no_shortcuts(slack: Slack) -> None:
    slack.workspace.whisper(slack.channel("staff"), slack.user("tom"), {"text": "Between us"})
    (whisper,) = slack.messages_to("tom")
    with pytest.raises(NotPossibleError, match="no shortcuts"):
        slack.person("tom").message_shortcut("check", whisper)


def test_an_edited_message_is_told_as_a_change(slack: Slack, app: Scripted) -> None:
    tom = slack.person("tom")
    tom.dm("Frist")
    tom.edit(tom.direct.id, app.last["event"]["ts"], "First")
    event = app.last["event"]
    assert (event["subtype"], event["message"]["text"], event["previous_message"]["text"]) == (
        "message_changed",
        "First",
        "Frist",
    )


def test_a_command_carries_a_trigger_and_its_answer_is_shown_to_its_author_alone(
    slack: Slack, app: Scripted
) -> None:
    tom = slack.person("tom")
    app.says({"response_type": "ephemeral", "text": "Only you see this"})
    tom.slash("/canipost", "a photo", channel="staff")
    sent = app.last
    assert (sent["command"], sent["text"], sent["channel_id"]) == ("/canipost", "a photo", "C0STAFF")
    assert (sent["user_id"], sent["team_id"]) == ("U0TOM", TEAM)
    slack.space.screens.open(sent["trigger_id"], FORM)
    assert tom.view is not None
    assert [(one.text, one.ephemeral) for one in tom.messages()] == [("Only you see this", True)]
    assert slack.messages_to("sam") == []
    app.says({"text": "", "blocks": [{"type": "none"}]})
    with pytest.raises(TroubleError, match="unsupported type: none"):
        tom.slash("/canipost")
    app.says(["a list"])
    with pytest.raises(TroubleError, match="no answer to a command"):
        tom.slash("/canipost")


def test_shortcuts_carry_what_they_are_used_on(slack: Slack, app: Scripted) -> None:
    tom, written = slack.person("tom"), slack.person("sam").write("staff", "Look at this")
    assert app.got == []
    tom.message_shortcut("check", written)
    sent = app.last
    assert (sent["type"], sent["callback_id"], sent["message_ts"]) == ("message_action", "check", written.ts)
    assert (sent["message"]["text"], sent["message"]["user"]) == ("Look at this", "U0SAM")
    assert sent["channel"]["id"] == "C0STAFF"
    with pytest.raises(NotPossibleError, match="doesn't see the message"):
        slack.person("ruth").message_shortcut("check", written)
    tom.global_shortcut("report")
    assert (app.last["type"], app.last["callback_id"]) == ("shortcut", "report")
    slack.space.screens.open(app.last["trigger_id"], FORM)


def test_the_home_tab_is_opened_and_pressed_on(slack: Slack, app: Scripted) -> None:
    sam = slack.person("sam")
    sam.open_home()
    assert (app.last["event"]["type"], app.last["event"]["tab"]) == ("app_home_opened", "home")
    assert "view" not in app.last["event"]
    slack.space.screens.publish("U0SAM", {}, {"type": "home", "blocks": [buttons("one")]})
    sam.open_home()
    assert app.last["event"]["view"]["blocks"][0]["block_id"] == "b"
    sam.press("open0", sam.home)
    assert app.last["view"]["type"] == "home"
    assert "response_url" not in app.last
    sam.open_home(tab="messages")
    assert "view" not in app.last["event"]


def test_the_assistant_pane_is_a_thread_to_write_in(slack: Slack, app: Scripted) -> None:
    sam = slack.person("sam")
    thread, _ = sam.start_assistant(context="staff")
    pane = app.last["event"]["assistant_thread"]
    assert (app.last["event"]["type"], pane["thread_ts"]) == ("assistant_thread_started", thread)
    assert pane["context"] == {"channel_id": "C0STAFF", "team_id": TEAM}
    sam.dm("Can I post this?", thread=thread)
    assert app.last["event"]["thread_ts"] == thread
    assert sam.messages() == []


def test_a_delivery_comes_again_as_slacks_retry_or_as_an_eavesdroppers_copy(
    slack: Slack, app: Scripted
) -> None:
    first = slack.person("sam").dm("Hello")
    slack.redeliver(first, attempt=2, reason="http_error")
    (body, headers), (again, retried) = app.got
    assert json.loads(again) == json.loads(body)
    assert (retried["X-Slack-Retry-Num"], retried["X-Slack-Retry-Reason"]) == ("2", "http_error")
    slack.replay(first)
    assert app.got[-1] == (body, headers)
    filled(slack)
    sent = slack.person("sam").submit()
    slack.redeliver(sent)
    assert app.last["view"]["id"] == sent.payload["view"]["id"]
    assert "X-Slack-Retry-Num" not in app.got[-1][1]


def test_any_bytes_can_be_sent_under_any_headers(slack: Slack, app: Scripted) -> None:
    old = int(time.time()) - 600
    app.says({"error": "too old"}, 401)
    delivery = slack.post_raw(b"{}", signed(b"{}", SIGNING_SECRET, old))
    assert (delivery.status, delivery.trouble) == (401, "the app answered 401")
    assert app.got[-1][1]["X-Slack-Request-Timestamp"] == str(old)


def test_a_late_answer_is_trouble_and_each_is_timed(slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    slack.person("sam").dm("Hello")
    assert 0 < slack.slowest() < 3
    assert slack.late() == []
    monkeypatch.setattr("tests.support.slack.doors.DEADLINE", 0.0)
    with pytest.raises(TroubleError, match="where Slack waits for 0"):
        slack.person("sam").dm("Hello")


def test_the_app_hears_its_own_messages_where_that_is_asked_for(slack: Slack, app: Scripted) -> None:
    slack.control(echo=True)

    def call(method: str, **arguments: Any) -> Json:
        headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
        return dict(
            httpx.post(f"{slack.url}{method}", json=arguments, headers=headers, trust_env=False).json()
        )

    sent = call("chat.postMessage", channel="U0SAM", text="One")
    call("chat.update", channel=sent["channel"], ts=sent["ts"], text="Two")
    call("chat.delete", channel=sent["channel"], ts=sent["ts"])
    slack.wait_for(lambda: len(app.got) == 3)
    events = [json.loads(body)["event"] for body, _ in app.got]
    assert [event.get("subtype") for event in events] == [None, "message_changed", "message_deleted"]
    assert (events[0]["bot_id"], events[1]["message"]["text"]) == (BOT.bot_id, "Two")


def test_nobody_acts_who_is_not_there(slack: Slack) -> None:
    with pytest.raises(NotPossibleError, match="nobody here goes by zoe"):
        slack.person("zoe")
    with pytest.raises(RuntimeError, match="no way to the app"):
        Slack([User("U0SAM", "sam")]).person("sam").dm("Hello")
    with pytest.raises(ValueError, match="two users go by sam"):
        Slack([User("U1", "sam"), User("U2", "sam")])
    assert {"priya", "sam", "tom"} <= {one.name for one in slack.workspace.users()}
    assert slack.user("sam").email == "sam@oakfield.example"
