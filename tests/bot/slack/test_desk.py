"""What the listeners share: who sent something, what is remembered of it, and how it is said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.slack.answers import plain_blocks
from bot.slack.callers import Callers
from bot.slack.client import SlackClient
from bot.slack.desk import Desk, content, said_back, sender, values_of
from bot.slack.messenger import PLATFORM
from tests.bot.slack.doorstep import Doorstep, doorstep, policies
from tests.support.served import NOW
from tests.support.slack import payloads
from tests.support.slack.people import OTHER_TEAM, TEAM, User
from tests.support.slack.service import BOT_TOKEN

TOM = User("U0TOM", "tom")
OWEN = User("U0OUTSIDE", "owen", team=OTHER_TEAM)


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    """Give Slack's door."""
    with doorstep(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path) as found:
        yield found


def desk_of(step: Doorstep) -> Desk:
    """A desk as the listeners have it."""
    client = SlackClient(BOT_TOKEN, step.slack.url)
    return Desk(step.office, policies, lambda: NOW, PLATFORM, client=client, callers=Callers(client))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (payloads.interaction("shortcut", TOM), ("U0TOM", TEAM)),
        (payloads.interaction("shortcut", OWEN), ("U0OUTSIDE", OTHER_TEAM)),
        ({"command": "/report", "user_id": "U0TOM", "team_id": TEAM}, ("U0TOM", TEAM)),
        ({"event": {"user": "U0TOM", "team": TEAM}}, ("U0TOM", TEAM)),
        ({"event": {"user": "U0OUTSIDE", "team": TEAM, "user_team": OTHER_TEAM}}, ("U0OUTSIDE", OTHER_TEAM)),
        ({"event": {"assistant_thread": {"user_id": "U0TOM"}}}, ("U0TOM", None)),
        ({"event": {"user": {"id": "U0TOM"}, "assistant_thread": "x"}}, ("", None)),
        ({"event": []}, ("", None)),
        ({"user": {"id": 7, "team_id": ""}}, ("", None)),
        ({"user": "U0TOM"}, ("", None)),
        ({}, ("", None)),
    ],
)
def test_who_sent_something_is_read_from_wherever_slack_says_it(
    body: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    assert sender(body) == expected


def test_what_is_pressed_is_read_and_junk_is_not() -> None:
    pressed = [{"value": "a"}, {"value": 7}, {"value": None}, "x", {}, {"value": "b"}]
    assert list(values_of({"actions": pressed})) == ["a", "b"]
    assert list(values_of({})) == []


def test_nothing_that_is_said_becomes_a_link_a_mention_or_a_preview() -> None:
    said = content(plain_blocks("Words."))
    assert said["parse"] == "none"
    assert not said["link_names"] | said["unfurl_links"] | said["unfurl_media"]


def test_an_answer_to_a_command_has_only_what_slack_takes_there() -> None:
    assert set(said_back(plain_blocks("Words."))) == {"text", "blocks", "unfurl_links", "unfurl_media"}
