"""The stand-in Slack driven by a small real app: slack_bolt's listeners and slack_sdk's client, over HTTP."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.slack.little_app import LittleApp
from tests.support.slack.people import User
from tests.support.slack.stand_in import Slack


@pytest.fixture
def slack() -> Iterator[Slack]:
    with Slack([User("U0SAM", "sam", "Sam Okafor", email="sam@oakfield.example")]) as running:
        yield running


@pytest.fixture
def app(slack: Slack) -> Iterator[LittleApp]:
    with LittleApp(slack) as running:
        slack.over_http(running.url)
        yield running


@pytest.mark.usefixtures("app")
def test_a_direct_message_is_answered(slack: Slack) -> None:
    sam = slack.person("sam")
    delivery = sam.dm("Hello <there>")
    assert sam.wait_for_message().text == "You said: Hello &lt;there&gt;"
    assert delivery.status == 200
    assert slack.slowest() < 3
    assert slack.refused() == []


@pytest.mark.usefixtures("app")
def test_a_form_is_opened_filled_in_and_sent(slack: Slack) -> None:
    sam = slack.person("sam")
    sam.slash("/report")
    view = sam.wait_for_view()
    assert view.title == "Report"
    sam.fill({"what": "Something happened", "urgent": "yes"})
    sam.submit()
    assert sam.view is None
    assert sam.wait_for_message(lambda one: one.has("open")).words.startswith("Thank you")
    sam.press("open")
    assert sam.wait_for_view(lambda one: one.title == "Details").words.count("Something happened") == 1


@pytest.mark.usefixtures("app")
def test_many_people_at_once_are_each_answered_once(slack: Slack) -> None:
    people = [slack.add_user(User(f"U{number}", f"u{number}")) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda user: [slack.person(user.id).dm(f"m{turn}") for turn in range(10)], people))
    slack.wait_for(lambda: sum(len(slack.messages_to(user.id)) for user in people) == 80, within=20)
    for user in people:
        said = {one.text for one in slack.messages_to(user.id)}
        assert said == {f"You said: m{turn}" for turn in range(10)}
    assert len({call.ts for call in slack.calls("chat.postMessage")}) == 80
    assert slack.late() == []
    assert slack.refused() == []
