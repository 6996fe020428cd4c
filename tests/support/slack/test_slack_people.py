"""People at the stand-in Slack: what they do reaches the app as Slack would send it; no more can be done."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier

from tests.bot.reporting.oakfield import directory
from tests.support.slack.doors import signed
from tests.support.slack.forms import NotPossibleError
from tests.support.slack.little_app import FORM, option, plain, section
from tests.support.slack.people import BOT, OTHER_TEAM, TEAM, User, users_of
from tests.support.slack.service import BOT_TOKEN, SIGNING_SECRET
from tests.support.slack.stand_in import Slack, TroubleError
from tests.support.slack.workspace import Seen

Json = dict[str, Any]


class Scripted:
    """An app that answers what it was told to, in turn, else an empty 200; it keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = []
        self.got: list[tuple[bytes, Mapping[str, str]]] = []

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Take a request and answer it."""
        self.got.append((body, headers))
        status, answer = self.answers.pop(0) if self.answers else (200, None)
        return status, b"" if answer is None else json.dumps(answer).encode()

    def says(self, answer: Any, status: int = 200) -> None:
        """Answer this to the next request that has no answer yet."""
        self.answers.append((status, answer))

    @property
    def last(self) -> Json:
        """What came last, read as an app would read it."""
        body, headers = self.got[-1]
        if headers["Content-Type"] == "application/json":
            return dict(json.loads(body))
        form = {key: values[0] for key, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        return dict(json.loads(form["payload"])) if "payload" in form else form


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


def _posted(slack: Slack, to: str, *blocks: Json, text: str = "Card") -> Seen:
    """A message by the app."""
    workspace = slack.workspace
    workspace.post(workspace.direct(slack.user(to)), BOT, {"text": text, "blocks": list(blocks)})
    return slack.messages_to(to)[-1]


def _shown(slack: Slack, to: str, view: Json) -> None:
    """A modal of the app's."""
    slack.space.screens.open(slack.space.screens.trigger(slack.user(to).id), view)


def _buttons(*values: str, action: str = "open") -> Json:
    made = [
        {"type": "button", "action_id": f"{action}{number}", "text": plain("Open"), "value": value}
        for number, value in enumerate(values)
    ]
    return {"type": "actions", "block_id": "b", "elements": made}


def test_every_request_is_signed_as_slack_signs(slack: Slack, app: Scripted) -> None:
    slack.person("sam").dm("Hello")
    slack.person("sam").slash("/report")
    verifier = SignatureVerifier(SIGNING_SECRET)
    assert all(verifier.is_valid_request(body, dict(headers)) for body, headers in app.got)
    body, headers = app.got[0]
    assert not verifier.is_valid_request(body + b" ", dict(headers))


def test_the_same_app_address_is_verified_with_a_challenge(slack: Slack, app: Scripted) -> None:
    with pytest.raises(TroubleError, match="challenge"):
        slack.verify_url()
    slack.over_http(lambda body, _: (200, json.loads(body)["challenge"].encode()))
    slack.verify_url()
    assert app.last["type"] == "url_verification"


def test_a_direct_message_is_an_event_with_an_id_of_its_own(slack: Slack, app: Scripted) -> None:
    slack.person("tom").dm("Can I post <this> & that? Ask @sam, not @somebody or tom@sam.example")
    outer, event = app.last, app.last["event"]
    assert (event["type"], event["channel_type"], event["user"]) == ("message", "im", "U0TOM")
    assert event["text"] == (
        "Can I post &lt;this&gt; &amp; that? Ask <@U0SAM>, not @somebody or tom@sam.example"
    )
    assert event["blocks"][0]["elements"][0]["elements"][1] == {"type": "user", "user_id": "U0SAM"}
    assert (outer["team_id"], outer["is_ext_shared_channel"]) == (TEAM, False)
    slack.person("tom").dm("Again", thread=event["ts"])
    assert app.last["event"]["thread_ts"] == event["ts"]
    assert app.last["event_id"] != outer["event_id"]


def test_a_mention_names_the_app_and_reaches_it_only_where_it_is(slack: Slack, app: Scripted) -> None:
    slack.person("tom").mention("staff", "may I?")
    assert app.last["event"]["type"] == "app_mention"
    assert app.last["event"]["text"] == f"<@{BOT.id}> may I?"
    slack.add_channel("elsewhere", "tom", bot=False)
    with pytest.raises(NotPossibleError, match="isn't in elsewhere"):
        slack.person("tom").mention("elsewhere", "may I?")
    with pytest.raises(NotPossibleError, match="ruth isn't in staff"):
        slack.person("ruth").mention("staff", "may I?")


def test_outsiders_guests_and_bots_are_told_apart_in_what_the_app_is_sent(
    slack: Slack, app: Scripted
) -> None:
    slack.person("owen").mention("county", "hello")
    outer, event = app.last, app.last["event"]
    assert outer["is_ext_shared_channel"] is True
    assert (event["user_team"], event["source_team"], event["team"]) == (OTHER_TEAM,) * 3
    assert (outer["context_team_id"], outer["team_id"]) == (OTHER_TEAM, TEAM)
    slack.person("owen").slash("/report")
    assert app.last["team_id"] == OTHER_TEAM
    slack.person("sam").mention("county", "hello")
    assert app.last["is_ext_shared_channel"] is True
    assert app.last["event"]["user_team"] == TEAM
    slack.person("robot").dm("beep")
    assert app.last["event"]["bot_id"] == "B0ROBOT"
    slack.person("gwen").dm("hello")
    assert slack.user("gwen").is_restricted


def test_an_edited_message_is_told_as_a_change(slack: Slack, app: Scripted) -> None:
    tom = slack.person("tom")
    tom.dm("Frist")
    tom.edit(tom.direct.id, app.last["event"]["ts"], "First")
    event = app.last["event"]
    assert (event["subtype"], event["message"]["text"], event["previous_message"]["text"]) == (
        "message_changed",
        "First",
        "Frist",
    )


def test_a_command_carries_a_trigger_and_its_answer_is_shown_to_its_author_alone(
    slack: Slack, app: Scripted
) -> None:
    tom = slack.person("tom")
    app.says({"response_type": "ephemeral", "text": "Only you see this"})
    tom.slash("/canipost", "a photo", channel="staff")
    sent = app.last
    assert (sent["command"], sent["text"], sent["channel_id"]) == ("/canipost", "a photo", "C0STAFF")
    assert (sent["user_id"], sent["team_id"]) == ("U0TOM", TEAM)
    slack.space.screens.open(sent["trigger_id"], FORM)
    assert tom.view is not None
    assert [(one.text, one.ephemeral) for one in tom.messages()] == [("Only you see this", True)]
    assert slack.messages_to("sam") == []
    app.says({"text": "", "blocks": [{"type": "none"}]})
    with pytest.raises(TroubleError, match="unsupported type: none"):
        tom.slash("/canipost")
    app.says(["a list"])
    with pytest.raises(TroubleError, match="no answer to a command"):
        tom.slash("/canipost")


def test_shortcuts_carry_what_they_are_used_on(slack: Slack, app: Scripted) -> None:
    tom, written = slack.person("tom"), slack.person("sam").write("staff", "Look at this")
    assert app.got == []
    tom.message_shortcut("check", written)
    sent = app.last
    assert (sent["type"], sent["callback_id"], sent["message_ts"]) == ("message_action", "check", written.ts)
    assert (sent["message"]["text"], sent["message"]["user"]) == ("Look at this", "U0SAM")
    assert sent["channel"]["id"] == "C0STAFF"
    with pytest.raises(NotPossibleError, match="doesn't see the message"):
        slack.person("ruth").message_shortcut("check", written)
    tom.global_shortcut("report")
    assert (app.last["type"], app.last["callback_id"]) == ("shortcut", "report")
    slack.space.screens.open(app.last["trigger_id"], FORM)


def test_only_what_is_there_can_be_pressed(slack: Slack, app: Scripted) -> None:
    sam, card = slack.person("sam"), _posted(slack, "sam", _buttons("one", "two"))
    sam.press("open0")
    sent = app.last
    assert sent["actions"][0] | {"action_ts": ""} == {
        "action_id": "open0",
        "block_id": "b",
        "type": "button",
        "text": plain("Open"),
        "value": "one",
        "action_ts": "",
    }
    assert (sent["container"]["message_ts"], sent["container"]["is_ephemeral"]) == (card.ts, False)
    assert sent["message"]["blocks"][0]["block_id"] == "b"
    assert sent["channel"] == {"id": card.channel, "name": "directmessage"}
    assert sent["response_url"].startswith(slack.origin)
    for action, value in (("close", None), ("open0", "two")):
        with pytest.raises(NotPossibleError, match="doesn't see"):
            sam.press(action, value=value)
    with pytest.raises(NotPossibleError, match="doesn't see"):
        slack.person("tom").press("open0", card)
    with pytest.raises(NotPossibleError, match="nothing is chosen"):
        sam.press("open0", choose="one")
    slack.workspace.delete(sam.direct, card.ts)
    with pytest.raises(NotPossibleError, match="doesn't see the message"):
        sam.press("open0", card)


def test_a_card_is_pressed_as_it_stands_now_rather_than_as_it_was(slack: Slack) -> None:
    sam, card = slack.person("sam"), _posted(slack, "sam", _buttons("one"))
    slack.workspace.change(sam.direct.messages[card.ts], {"text": "Closed", "blocks": [section("Closed")]})
    with pytest.raises(NotPossibleError, match="doesn't see"):
        sam.press("open0", card)


def test_buttons_with_one_action_id_are_told_apart_by_value_or_block(slack: Slack, app: Scripted) -> None:
    def row(value: str) -> Json:
        button = {"type": "button", "action_id": "open", "text": plain("Open"), "value": value}
        return {"type": "actions", "block_id": f"b-{value}", "elements": [button]}

    _posted(slack, "sam", row("one"), row("two"))
    sam = slack.person("sam")
    with pytest.raises(NotPossibleError, match=r"there 2 times, with the values \['one', 'two'\]"):
        sam.press("open")
    sam.press("open", value="two")
    assert app.last["actions"][0]["block_id"] == "b-two"
    sam.press("open", block="b-one")
    assert app.last["actions"][0]["value"] == "one"


def test_a_pair_of_feedback_buttons_is_pressed_by_value(slack: Slack, app: Scripted) -> None:
    pair = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {"text": plain("Helped"), "value": "yes"},
        "negative_button": {"text": plain("Wrong"), "value": "no"},
    }
    _posted(slack, "sam", {"type": "context_actions", "elements": [pair]})
    slack.person("sam").press("feedback", value="no")
    assert (app.last["actions"][0]["type"], app.last["actions"][0]["value"]) == ("feedback_buttons", "no")


def test_what_is_chosen_in_a_message_is_sent_and_remembered(slack: Slack, app: Scripted) -> None:
    menu = {"type": "overflow", "action_id": "more", "options": [option("edit"), option("close")]}
    select = {"type": "static_select", "action_id": "who", "options": [option("dsl"), option("head")]}
    _posted(slack, "sam", {"type": "actions", "block_id": "b", "elements": [menu, select]})
    sam = slack.person("sam")
    sam.press("more", choose="close")
    assert app.last["actions"][0]["selected_option"] == option("close")
    assert app.last["state"]["values"] == {"b": {"who": {"type": "static_select", "selected_option": None}}}
    sam.press("who", choose="Head")
    assert app.last["actions"][0]["selected_option"] == option("head")
    assert app.last["state"]["values"]["b"]["who"]["selected_option"] == option("head")
    with pytest.raises(NotPossibleError, match="doesn't offer 'chair'"):
        sam.press("who", choose="chair")


def test_a_form_takes_only_what_its_fields_take(slack: Slack, app: Scripted) -> None:
    sam = slack.person("sam")
    with pytest.raises(NotPossibleError, match="no view open"):
        sam.fill({"what": "a"})
    _shown(slack, "sam", FORM)
    with pytest.raises(NotPossibleError, match="'What happened\\?' is not filled in"):
        sam.submit()
    with pytest.raises(NotPossibleError, match="doesn't ask for why"):
        sam.fill({"why": "a"})
    with pytest.raises(NotPossibleError, match="doesn't offer 'maybe'"):
        sam.fill({"urgent": "maybe"})
    with pytest.raises(NotPossibleError, match="takes 3000 characters, not 3001"):
        sam.fill({"what/text": "x" * 3001})
    assert app.got == []
    sam.fill({"what": "Something", "choice": "no"})
    assert app.last["type"] == "block_actions"
    assert app.last["container"]["type"] == "view"
    sam.submit()
    sent = app.last
    assert (sent["type"], sent["view"]["callback_id"]) == ("view_submission", "report")
    assert sent["view"]["state"]["values"] == {
        "what": {"text": {"type": "plain_text_input", "value": "Something"}},
        "urgent": {"choice": {"type": "radio_buttons", "selected_option": option("no")}},
    }
    assert sam.view is None


def test_every_kind_of_field_is_filled_in(slack: Slack, app: Scripted) -> None:
    kinds: dict[str, tuple[Json, Any, Json]] = {
        "boxes": (
            {"type": "checkboxes", "options": [option("a"), option("b")]},
            ["a"],
            {"selected_options": [option("a")]},
        ),
        "several": (
            {"type": "multi_static_select", "options": [option("a"), option("b")]},
            ["b", "a"],
            {"selected_options": [option("b"), option("a")]},
        ),
        "user": ({"type": "users_select"}, "U0SAM", {"selected_user": "U0SAM"}),
        "users": ({"type": "multi_users_select"}, ["U0SAM"], {"selected_users": ["U0SAM"]}),
        "channel": ({"type": "channels_select"}, "C0STAFF", {"selected_channel": "C0STAFF"}),
        "date": ({"type": "datepicker"}, "2026-11-20", {"selected_date": "2026-11-20"}),
        "time": ({"type": "timepicker"}, "10:00", {"selected_time": "10:00"}),
        "moment": ({"type": "datetimepicker"}, 1_795_000_000, {"selected_date_time": 1_795_000_000}),
        "mail": ({"type": "email_text_input"}, "tom@oakfield.example", {"value": "tom@oakfield.example"}),
        "link": (
            {"type": "url_text_input"},
            "https://oakfield.example",
            {"value": "https://oakfield.example"},
        ),
        "count": ({"type": "number_input", "is_decimal_allowed": False}, "7", {"value": "7"}),
    }
    blocks = [
        {"type": "input", "block_id": name, "label": plain(name), "element": {**element, "action_id": "a"}}
        for name, (element, _, _) in kinds.items()
    ]
    _shown(slack, "sam", {"type": "modal", "title": plain("All"), "submit": plain("Send"), "blocks": blocks})
    sam = slack.person("sam")
    empty: dict[str, Json] = {
        name: {key: [] if isinstance(value, list) else None for key, value in state.items()}
        for name, (_, _, state) in kinds.items()
    }
    assert sam.view is not None
    assert {name: {**state["a"], "type": ""} for name, state in sam.view.values.items()} == {
        name: {**state, "type": ""} for name, state in empty.items()
    }
    sam.fill({name: given for name, (_, given, _) in kinds.items()} | {"count": "7.5", "mail": "tom"})
    with pytest.raises(
        NotPossibleError, match="'mail' is filled in wrongly: 'tom'; 'count' is filled in wrongly"
    ):
        sam.submit()
    sam.fill({name: given for name, (_, given, _) in kinds.items()})
    sam.submit()
    values = app.last["view"]["state"]["values"]
    assert {name: state["a"] for name, state in values.items()} == {
        name: {"type": element["type"], **state} for name, (element, _, state) in kinds.items()
    }


def _filled(slack: Slack) -> None:
    _shown(slack, "sam", FORM)
    slack.person("sam").fill({"what": "Something", "urgent": "yes"})


def test_errors_stay_with_the_form_and_its_text(slack: Slack, app: Scripted) -> None:
    _filled(slack)
    sam = slack.person("sam")
    app.says({"response_action": "errors", "errors": {"what": "Ring 01632 960003 instead."}})
    sam.submit()
    assert sam.view is not None
    assert "Ring 01632 960003 instead." in sam.view.words
    assert sam.view.values["what"]["text"]["value"] == "Something"
    app.says({"response_action": "errors", "errors": {"elsewhere": "No."}})
    with pytest.raises(TroubleError, match="elsewhere, which is no input"):
        sam.submit()
    sam.submit()
    assert sam.view is None


def test_a_form_is_replaced_followed_or_cleared_away_by_its_answer(slack: Slack, app: Scripted) -> None:
    _filled(slack)
    sam = slack.person("sam")
    second = {**FORM, "title": plain("Second")}
    app.says({"response_action": "update", "view": second})
    sam.submit()
    (only,) = slack.views_of("sam")
    assert only.title == "Second"
    app.says({"response_action": "push", "view": {**FORM, "title": plain("Third")}})
    sam.submit()
    assert [one.title for one in slack.views_of("sam")] == ["Second", "Third"]
    sam.fill({"what": "More", "urgent": "no"})
    sam.submit()
    assert [one.title for one in slack.views_of("sam")] == ["Second"]
    app.says({"response_action": "clear"})
    sam.submit()
    assert slack.views_of("sam") == []


@pytest.mark.parametrize(
    ("answer", "status", "trouble"),
    [
        ({"response_action": "update", "view": {"type": "modal"}}, 200, "missing required field"),
        ({"response_action": "dance"}, 200, "no answer to a form"),
        ({"response_action": "errors", "errors": {}}, 200, "no answer to a form"),
        ({"response_action": "errors", "errors": {"what": ""}}, 200, "no words for what"),
        ("thanks", 200, "no answer to a form"),
        (None, 500, "the app answered 500"),
        (None, 404, "the app answered 404"),
        (None, 0, "no answer came"),
    ],
)
def test_an_answer_that_slack_does_not_take_leaves_the_form_open(
    slack: Slack, app: Scripted, answer: Any, status: int, trouble: str
) -> None:
    _filled(slack)
    sam = slack.person("sam")
    app.says(answer, status)
    with pytest.raises(TroubleError, match=trouble):
        sam.submit()
    with slack.tolerating():
        app.says(answer, status)
        assert trouble in sam.submit().trouble
    assert trouble in slack.deliveries[-1].trouble
    assert sam.view is not None
    assert sam.view.values["what"]["text"]["value"] == "Something"


def test_a_view_is_closed_and_the_app_told_where_it_asked_for_that(slack: Slack, app: Scripted) -> None:
    sam = slack.person("sam")
    _shown(slack, "sam", FORM)
    assert sam.close_view() is None
    assert app.got == []
    _shown(slack, "sam", {**FORM, "notify_on_close": True})
    sam.close_view(all_of_them=True)
    assert (app.last["type"], app.last["is_cleared"]) == ("view_closed", True)
    assert sam.view is None


def test_the_modal_in_front_hides_what_is_behind_it(slack: Slack) -> None:
    sam = slack.person("sam")
    _posted(slack, "sam", _buttons("one"))
    _shown(slack, "sam", FORM)
    with pytest.raises(NotPossibleError, match="doesn't see"):
        sam.press("open0")
    with pytest.raises(NotPossibleError, match="doesn't see"):
        sam.press("choice")
    sam.close_view()
    sam.press("open0")


def test_the_home_tab_is_opened_and_pressed_on(slack: Slack, app: Scripted) -> None:
    sam = slack.person("sam")
    sam.open_home()
    assert (app.last["event"]["type"], app.last["event"]["tab"]) == ("app_home_opened", "home")
    assert "view" not in app.last["event"]
    slack.space.screens.publish("U0SAM", {}, {"type": "home", "blocks": [_buttons("one")]})
    sam.open_home()
    assert app.last["event"]["view"]["blocks"][0]["block_id"] == "b"
    sam.press("open0", sam.home)
    assert app.last["view"]["type"] == "home"
    assert "response_url" not in app.last
    sam.open_home(tab="messages")
    assert "view" not in app.last["event"]


def test_the_assistant_pane_is_a_thread_to_write_in(slack: Slack, app: Scripted) -> None:
    sam = slack.person("sam")
    thread, _ = sam.start_assistant(context="staff")
    pane = app.last["event"]["assistant_thread"]
    assert (app.last["event"]["type"], pane["thread_ts"]) == ("assistant_thread_started", thread)
    assert pane["context"] == {"channel_id": "C0STAFF", "team_id": TEAM}
    sam.dm("Can I post this?", thread=thread)
    assert app.last["event"]["thread_ts"] == thread
    assert sam.messages() == []


def test_a_menu_that_asks_the_app_offers_what_the_app_answers(slack: Slack, app: Scripted) -> None:
    element = {"type": "external_select", "action_id": "who", "min_query_length": 2}
    block = {"type": "input", "block_id": "b", "label": plain("Who?"), "element": element}
    _shown(slack, "sam", {**FORM, "blocks": [block]})
    sam = slack.person("sam")
    with pytest.raises(NotPossibleError, match="from 2 characters on"):
        sam.look_up("who", "t")
    app.says({"options": [option("tom")]})
    (tom,) = sam.look_up("who", "to")
    assert (app.last["type"], app.last["value"], app.last["action_id"]) == ("block_suggestion", "to", "who")
    sam.fill({"who": tom})
    sam.submit()
    assert app.last["view"]["state"]["values"]["b"]["who"]["selected_option"] == option("tom")
    _shown(slack, "sam", {**FORM, "blocks": [block]})
    app.says({"options": [option(f"o{number}") for number in range(101)]})
    with pytest.raises(TroubleError, match="no more than 100 items"):
        sam.look_up("who", "to")


def test_a_delivery_comes_again_as_slacks_retry_or_as_an_eavesdroppers_copy(
    slack: Slack, app: Scripted
) -> None:
    first = slack.person("sam").dm("Hello")
    slack.redeliver(first, attempt=2, reason="http_error")
    (body, headers), (again, retried) = app.got
    assert json.loads(again) == json.loads(body)
    assert (retried["X-Slack-Retry-Num"], retried["X-Slack-Retry-Reason"]) == ("2", "http_error")
    slack.replay(first)
    assert app.got[-1] == (body, headers)
    _filled(slack)
    sent = slack.person("sam").submit()
    slack.redeliver(sent)
    assert app.last["view"]["id"] == sent.payload["view"]["id"]
    assert "X-Slack-Retry-Num" not in app.got[-1][1]


def test_any_bytes_can_be_sent_under_any_headers(slack: Slack, app: Scripted) -> None:
    old = int(time.time()) - 600
    app.says({"error": "too old"}, 401)
    delivery = slack.post_raw(b"{}", signed(b"{}", SIGNING_SECRET, old))
    assert (delivery.status, delivery.trouble) == (401, "the app answered 401")
    assert app.got[-1][1]["X-Slack-Request-Timestamp"] == str(old)


def test_a_late_answer_is_trouble_and_each_is_timed(slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    slack.person("sam").dm("Hello")
    assert 0 < slack.slowest() < 3
    assert slack.late() == []
    monkeypatch.setattr("tests.support.slack.doors.DEADLINE", 0.0)
    with pytest.raises(TroubleError, match="where Slack waits for 0"):
        slack.person("sam").dm("Hello")


def test_the_app_hears_its_own_messages_where_that_is_asked_for(slack: Slack, app: Scripted) -> None:
    slack.control(echo=True)

    def call(method: str, **arguments: Any) -> Json:
        headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
        return dict(
            httpx.post(f"{slack.url}{method}", json=arguments, headers=headers, trust_env=False).json()
        )

    sent = call("chat.postMessage", channel="U0SAM", text="One")
    call("chat.update", channel=sent["channel"], ts=sent["ts"], text="Two")
    call("chat.delete", channel=sent["channel"], ts=sent["ts"])
    slack.wait_for(lambda: len(app.got) == 3)
    events = [json.loads(body)["event"] for body, _ in app.got]
    assert [event.get("subtype") for event in events] == [None, "message_changed", "message_deleted"]
    assert (events[0]["bot_id"], events[1]["message"]["text"]) == (BOT.bot_id, "Two")


def test_nobody_acts_who_is_not_there(slack: Slack) -> None:
    with pytest.raises(NotPossibleError, match="nobody here goes by zoe"):
        slack.person("zoe")
    with pytest.raises(ValueError, match="two users go by sam"):
        Slack([User("U1", "sam"), User("U2", "sam")])
    assert {"priya", "sam", "tom"} <= {one.name for one in slack.workspace.users()}
    assert slack.user("sam").email == "sam@oakfield.example"
