"""What an app posts to a response_url at the stand-in Slack: added, replaced, taken away, refused."""

import httpx

from tests.support.slack.asking import Ask, respond
from tests.support.slack.pieces import (
    plain,
)
from tests.support.slack.stand_in import Slack


def reply_url(slack: Slack) -> str:
    """The response_url of a press on the only button before sam."""
    slack.over_http(lambda _body, _headers: (200, b""))
    return str(slack.person("sam").press("open").payload["response_url"])


BUTTON = {"type": "actions", "elements": [{"type": "button", "action_id": "open", "text": plain("Open")}]}


def test_a_response_url_adds_replaces_and_takes_away(slack: Slack, ask: Ask) -> None:
    ask("chat_postMessage", channel="U0SAM", text="a", blocks=[BUTTON])
    url = reply_url(slack)
    assert respond(url, text="Only you") == (200, "ok")
    assert slack.messages_to("sam")[-1].ephemeral
    respond(url, text="All", response_type="in_channel")
    assert not slack.messages_to("sam")[-1].ephemeral
    respond(url, text="Changed", replace_original=True)
    assert slack.messages_to("sam")[0].words == "Changed"
    respond(url, delete_original=True)
    assert [one.text for one in slack.messages_to("sam")] == ["Only you", "All"]
    assert respond(url, blocks=[{"type": "none"}]) == (400, "invalid_blocks")
    assert respond(url, text="a sixth time") == (404, "used_url")
    assert respond(f"{url}x", text="a") == (404, "no_active_hooks")
    assert [one.error for one in slack.calls("response_url")][-3:] == [
        "invalid_blocks",
        "used_url",
        "no_active_hooks",
    ]


def test_a_whisper_is_replaced_and_taken_away_by_its_response_url(slack: Slack, ask: Ask) -> None:
    ask("chat_postEphemeral", channel="C0STAFF", user="U0SAM", text="a", blocks=[BUTTON])
    url = reply_url(slack)
    assert "message" not in slack.deliveries[-1].payload
    respond(url, text="Changed", replace_original=True)
    assert slack.messages_to("sam")[0].words == "Changed"
    respond(url, delete_original=True)
    assert slack.messages_to("sam") == []
    assert respond(url, replace_original=True, text="a") == (400, "message_not_found")
    answer = httpx.post(url, content=b"{", trust_env=False)
    assert (answer.status_code, answer.text) == (400, "cannot_parse")
