"""Slack's wish to be left alone for a while holds for every caller of a method, not only for who was told."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.sending import TryLaterError
from bot.slack.client import SlackClient
from tests.bot.reporting.oakfield import directory
from tests.support.slack.people import users_of
from tests.support.slack.service import BOT_TOKEN
from tests.support.slack.stand_in import Slack


@pytest.fixture
def slack() -> Iterator[Slack]:
    """Give Slack itself."""
    with Slack(users_of(directory())) as found:
        yield found


def test_a_method_that_asked_for_patience_is_not_called_meanwhile_and_others_are(slack: Slack) -> None:
    slack.control(faults=[{"method": "chat.postMessage", "retry_after": 30}])

    async def two_posts_and_a_question() -> list[float | None]:
        client, waits = SlackClient(BOT_TOKEN, slack.url), []
        await client.open()
        for _ in range(2):
            with pytest.raises(TryLaterError) as told:
                await client.call(client.web.chat_postMessage, channel="U0TOM", text="Hello")
            waits.append(told.value.after)
        await client.call(client.web.users_info, user="U0TOM")
        await client.close()
        return waits

    first, second = asyncio.run(two_posts_and_a_question())
    assert first == 30
    assert second is not None
    assert 20 < second <= 30
    assert [call.method for call in slack.calls()] == ["chat.postMessage", "users.info"]
