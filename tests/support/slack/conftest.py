"""What the stand-in Slack's own tests start from: a workspace, a scripted app, and slack_sdk to call with."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.bot.reporting.oakfield import directory
from tests.support.slack.asking import Ask
from tests.support.slack.people import users_of
from tests.support.slack.pieces import Json
from tests.support.slack.scripted import Scripted
from tests.support.slack.service import BOT_TOKEN
from tests.support.slack.stand_in import Slack


@pytest.fixture
def app() -> Scripted:
    return Scripted()


@pytest.fixture
def slack(app: Scripted) -> Iterator[Slack]:
    with Slack(users_of(directory())) as running:
        running.over_http(app)
        running.add_channel("staff", "sam", "tom", "gwen")
        running.add_channel("county", "sam", "owen", shared=True)
        yield running


@pytest.fixture
def ask(slack: Slack) -> Ask:
    """Give a way to call a method through slack_sdk, which does not try again by itself."""

    def call(method: str, token: str = BOT_TOKEN, **arguments: Any) -> Json:
        client = AsyncWebClient(token=token, base_url=slack.url, retry_handlers=[], timeout=5)
        question: Coroutine[Any, Any, Any] = getattr(client, method)(**arguments)
        return dict(asyncio.run(question).data)

    return call
