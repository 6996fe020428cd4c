"""What Slack would act on in a message is found, and what it would merely show is not."""

import pytest

from tests.support.slack.live import live_in
from tests.support.slack.people import BOT
from tests.support.slack.pieces import FORM, Json, marked, plain, section
from tests.support.slack.scripted import shown
from tests.support.slack.stand_in import Slack


@pytest.mark.parametrize(
    "mark",
    [
        "<!channel>",
        "<!here|here>",
        "<!subteam^S1>",
        "<@U0SAM>",
        "<#C0STAFF|staff>",
        "<https://oakfield.example|click>",
        "<mailto:sam@oakfield.example>",
        "https://oakfield.example/a",
    ],
)
def test_mentions_shouts_and_links_are_live(mark: str) -> None:
    assert live_in(f"Look: {mark} now", None) == [mark]
    assert live_in("", [{"type": "section", "text": marked(f"Look: {mark} now")}]) == [mark]
    assert live_in("", [{"type": "context", "elements": [marked(mark)]}]) == [mark]
    assert live_in("", [section(mark)]) == []


def test_escaped_text_is_inert_and_so_is_a_verbatim_address() -> None:
    assert live_in("&lt;!channel&gt; &lt;@U0SAM&gt; @here", None) == []
    verbatim = {**marked("https://oakfield.example"), "verbatim": True}
    assert live_in("", [{"type": "section", "text": verbatim}]) == []


def test_rich_text_names_what_it_points_at() -> None:
    parts: list[Json] = [
        {"type": "user", "user_id": "U0SAM"},
        {"type": "broadcast", "range": "here"},
        {"type": "text", "text": "<!channel>"},
    ]
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}
    assert live_in("", [rich]) == ["user U0SAM", "broadcast here"]


def test_messages_and_views_say_what_is_live_in_them(slack: Slack) -> None:
    slack.workspace.post(slack.person("sam").direct, BOT, {"text": "<!here>", "blocks": [section("a")]})
    assert slack.messages_to("sam")[0].live == ["<!here>"]
    shown(slack, "sam", {**FORM, "title": plain("<@U0SAM>")})
    assert slack.views_of("sam")[0].live == []
