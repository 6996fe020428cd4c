"""The stand-in Slack on a bad day, as scripted: too many messages, faults, outages, silence."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.slack.asking import Ask, error_of
from tests.support.slack.service import BOT_TOKEN
from tests.support.slack.stand_in import Slack


def test_too_many_messages_in_a_channel_are_told_to_wait(slack: Slack, ask: Ask) -> None:
    slack.control(rate={"per": 60})
    ask("chat_postMessage", channel="U0SAM", text="a")
    with pytest.raises(SlackApiError) as refused:
        ask("chat_postMessage", channel="U0SAM", text="b")
    assert refused.value.response.status_code == 429
    assert 55 <= int(refused.value.response.headers["Retry-After"]) <= 60
    ask("chat_postMessage", channel="U0TOM", text="a")
    assert error_of(ask, "chat_postMessage", channel=slack.person("sam").direct.id, text="c") == "ratelimited"
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
    assert error_of(ask, "chat_postMessage", channel="C0STAFF", text="a") == "ratelimited"
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
