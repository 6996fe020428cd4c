"""Calling the stand-in's Web API through slack_sdk and without it, for its own tests."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.support.slack.pieces import Json, plain, section
from tests.support.slack.service import BOT_TOKEN
from tests.support.slack.stand_in import Slack

Ask = Callable[..., Json]
"""A call through slack_sdk: the method as slack_sdk names it, then its arguments."""
MODAL: Json = {"type": "modal", "title": plain("Title"), "blocks": [section("Hello")]}
METADATA: Json = {"event_type": "notice", "event_payload": {"id": "n1"}}


def error_of(ask: Ask, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        ask(method, **arguments)
    return str(refused.value.response["error"])


def raw(slack: Slack, method: str, **how: Any) -> Json:
    headers = {"Authorization": f"Bearer {BOT_TOKEN}", **how.pop("headers", {})}
    answer = httpx.post(f"{slack.url}{method}", headers=headers, trust_env=False, **how)
    assert answer.status_code == 200
    return dict(answer.json())


def respond(url: str, **said: Any) -> tuple[int, str]:
    answer = asyncio.run(AsyncWebhookClient(url, retry_handlers=[]).send(**said))
    return answer.status_code, answer.body
