"""What the drills read off the stand-in Slack is what was put before people there."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from bot.messages import Alarm, Alert, Card, CardState, Message, Progress, Stage, Trouble, Unanswered
from bot.slack.messenger import NOTICE
from bot.slack.notices import notice_blocks
from knowledge.rules import Kind, Urgency
from tests.drills.slack_platform import SlackStandIn
from tests.support.schools import fast_schools, many_recipients
from tests.support.slack.service import BOT_TOKEN

_REFERENCE = "SP-7Q4K-M2XD"
_AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
_CARD = Card(_REFERENCE, Kind.OTHER, Urgency.TODAY, _AT, "designated safeguarding lead", CardState.WAITING)


@pytest.fixture
def platform() -> Iterator[SlackStandIn]:
    """Give Slack with Oakfield's people in it."""
    with SlackStandIn() as found:
        found.admit(fast_schools())
        yield found


def _post(platform: SlackStandIn, person: str, message: Message, notice: str) -> None:
    shown = notice_blocks(message)
    body = {
        "channel": platform.slack.user(person).id,
        "text": shown.text,
        "blocks": list(shown.blocks),
        "metadata": {"event_type": NOTICE, "event_payload": {"notice": notice}},
    }
    bearer = {"Authorization": f"Bearer {BOT_TOKEN}"}
    httpx.post(f"{platform.url}chat.postMessage", json=body, headers=bearer, trust_env=False)


@pytest.mark.parametrize(
    ("message", "event"),
    [
        (_CARD, "card"),
        (Alert(_REFERENCE, Urgency.TODAY, ("Sam: 01632 960013",)), "alert"),
        (Unanswered(_REFERENCE, ("Sam: 01632 960013",)), "unanswered"),
        (Alarm(Trouble.UNREACHABLE, _REFERENCE, "slack"), "alarm"),
        (Progress(_REFERENCE, Stage.IN_HAND, "the Principal"), "other"),
    ],
)
def test_a_message_is_known_by_its_words(platform: SlackStandIn, message: Message, event: str) -> None:
    _post(platform, "sam", message, "n1")
    (call,) = platform.messages()
    assert (call.event, call.person, call.notice, call.status) == (event, "sam", "n1", 200)
    assert call.body["reference"] == _REFERENCE
    assert call.body["urgency"] == ("today" if event in {"card", "alert"} else "")
    assert call.body.get("trouble") == ("unreachable" if event == "alarm" else None)


def test_a_notice_put_before_somebody_twice_is_seen_to_be_repeated(platform: SlackStandIn) -> None:
    for notice in ("n1", "n2", "n1"):
        _post(platform, "sam", _CARD, notice)
    assert platform.repeated() == {"n1": 2}


def test_somebody_dead_is_put_nothing_before(platform: SlackStandIn) -> None:
    platform.control(dead=["sam"])
    _post(platform, "sam", _CARD, "n1")
    assert platform.messages() == []
    assert [call.status for call in platform.record()] == [410]


def test_a_platform_that_can_always_be_asked_takes_no_order_to_the_contrary(platform: SlackStandIn) -> None:
    with pytest.raises(ValueError, match="always be asked"):
        platform.control(find=False)


def test_everybody_in_a_schools_file_without_accounts_gets_one(platform: SlackStandIn) -> None:
    listed = platform.admit(many_recipients(2))
    assert "id: p1," in listed
    assert "slack: U0P1" in listed
    assert platform.slack.user("deputy_dsl").id == "U0DEPUTYDSL"
