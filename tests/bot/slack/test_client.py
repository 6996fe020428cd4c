"""Slack's wish to be left alone holds for all calls of a method; an answer to somebody goes out after it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sending import TryLaterError
from bot.slack.client import SlackClient
from tests.bot.reporting.oakfield import directory
from tests.bot.slack.doorstep import doorstep
from tests.support.slack.people import users_of
from tests.support.slack.service import BOT_TOKEN
from tests.support.slack.staff import Staff
from tests.support.slack.stand_in import Slack


@pytest.fixture
def slack() -> Iterator[Slack]:
    """Give Slack itself."""
    with Slack(users_of(directory())) as found:
        yield found


def test_a_method_that_asked_for_patience_is_not_called_meanwhile_and_others_are(slack: Slack) -> None:
    slack.control(faults=[{"method": "chat.postMessage", "retry_after": 30}])

    async def two_posts_and_a_question() -> list[float | None]:
        client = SlackClient(BOT_TOKEN, slack.url)
        waits: list[float | None] = []
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


def test_an_answer_goes_out_once_slack_takes_messages_again(tmp_path: Path) -> None:
    with doorstep(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path) as step:
        staff = Staff(step.slack)
        step.slack.control(faults=[{"method": "chat.postMessage", "retry_after": 1}])
        staff.ask(staff.person("tom"), "Can I post a photo of the sports day?")
        refused, taken = step.slack.calls("chat.postMessage")
    assert (refused.status, taken.ok) == (429, True)
    assert taken.at - refused.at >= 1
