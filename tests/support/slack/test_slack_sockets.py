"""Socket Mode at the stand-in Slack, with slack_bolt's own client: the same acts, in envelopes."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.slack.little_app import LittleSocketApp
from tests.support.slack.people import User
from tests.support.slack.service import APP_TOKEN
from tests.support.slack.stand_in import Slack, TroubleError


@pytest.fixture
def slack() -> Iterator[Slack]:
    with Slack([User("U0SAM", "sam", "Sam Okafor")]) as running:
        yield running


@pytest.fixture
def connected(slack: Slack) -> Iterator[Slack]:
    with LittleSocketApp(slack):
        slack.over_socket_mode()
        yield slack


def test_the_same_app_answers_over_socket_mode(connected: Slack) -> None:
    sam = connected.person("sam")
    assert sam.dm("Hello").status == 200
    assert sam.wait_for_message().text == "You said: Hello"
    assert connected.calls("apps.connections.open")[0].ok


def test_a_form_is_answered_within_its_envelope(connected: Slack) -> None:
    sam = connected.person("sam")
    sam.slash("/report")
    sam.wait_for_view()
    sam.fill({"what": "No", "urgent": "yes"})
    sam.wait_for_view(lambda view: "Ring 999." in view.words)
    sam.submit()
    assert sam.wait_for_view().errors == {"what": "Say a little more."}
    sam.fill({"what": "Nothing much"})
    sam.submit()
    assert sam.view is None
    sam.press("open", sam.wait_for_message(lambda message: message.has("open")))
    assert "Nothing much" in sam.wait_for_view(lambda view: view.title == "Details").words
    assert connected.slowest() < 3
    assert connected.refused() == []


def test_a_retry_says_so_in_its_envelope(connected: Slack) -> None:
    delivery = connected.person("sam").dm("Hello")
    again = connected.redeliver(delivery, attempt=1)
    assert again.payload == delivery.payload
    connected.wait_for(lambda: len(connected.messages_to("sam")) == 2)


def test_a_refresh_makes_the_app_connect_anew(connected: Slack) -> None:
    connected.disconnect("refresh_requested")
    connected.wait_for(lambda: len(connected.calls("apps.connections.open")) == 2, within=10)
    connected.over_socket_mode()
    connected.person("sam").dm("Hello")
    assert connected.person("sam").wait_for_message().text == "You said: Hello"


def test_a_connection_that_breaks_off_is_made_anew(connected: Slack) -> None:
    connected.cut()
    connected.wait_for(lambda: len(connected.calls("apps.connections.open")) >= 2, within=15)
    connected.over_socket_mode()
    connected.person("sam").dm("Hello")
    assert connected.person("sam").wait_for_message().text == "You said: Hello"


def test_while_down_every_connection_is_broken_off(connected: Slack) -> None:
    connected.control(down=True)
    connected.wait_for(lambda: connected.sockets.count == 0)
    with pytest.raises(TroubleError, match="no connection is open"):
        connected.person("sam").dm("Hello")
    connected.control(down=False)


def test_what_no_listener_acknowledges_is_trouble(connected: Slack) -> None:
    connected.sockets.patience = 0.2
    with pytest.raises(TroubleError, match="not acknowledged"):
        connected.person("sam").slash("/unheard-of")
    assert [delivery.name for delivery in connected.late()] == ["/unheard-of"]


def test_a_ticket_is_good_for_one_connection(slack: Slack) -> None:
    headers = {"Authorization": f"Bearer {APP_TOKEN}"}
    told = httpx.post(f"{slack.url}apps.connections.open", headers=headers, trust_env=False).json()
    assert told["url"].startswith("ws://127.0.0.1:")
    assert told["url"] != slack.sockets.ticket(slack.origin)
    other = f"{slack.origin}/link/?ticket=other"
    assert httpx.get(other, trust_env=False).status_code == 404
