"""Pressing, filling in and sending at the stand-in Slack: only what the app put there, as Slack lets it."""

from typing import Any

import pytest

from tests.support.slack.forms import NotPossibleError
from tests.support.slack.pieces import (
    FORM,
    Json,
    option,
    plain,
    section,
)
from tests.support.slack.scripted import Scripted, buttons, filled, posted, shown
from tests.support.slack.stand_in import Slack, TroubleError


def test_only_what_is_there_can_be_pressed(slack: Slack, app: Scripted) -> None:
    sam, card = slack.person("sam"), posted(slack, "sam", buttons("one", "two"))
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
    sam, card = slack.person("sam"), posted(slack, "sam", buttons("one"))
    slack.workspace.change(sam.direct.messages[card.ts], {"text": "Closed", "blocks": [section("Closed")]})
    with pytest.raises(NotPossibleError, match="doesn't see"):
        sam.press("open0", card)


def test_buttons_with_one_action_id_are_told_apart_by_value_or_block(slack: Slack, app: Scripted) -> None:
    def row(value: str) -> Json:
        button = {"type": "button", "action_id": "open", "text": plain("Open"), "value": value}
        return {"type": "actions", "block_id": f"b-{value}", "elements": [button]}

    posted(slack, "sam", row("one"), row("two"))
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
    posted(slack, "sam", {"type": "context_actions", "elements": [pair]})
    slack.person("sam").press("feedback", value="no")
    assert (app.last["actions"][0]["type"], app.last["actions"][0]["value"]) == ("feedback_buttons", "no")


def test_what_is_chosen_in_a_message_is_sent_and_remembered(slack: Slack, app: Scripted) -> None:
    menu = {"type": "overflow", "action_id": "more", "options": [option("edit"), option("close")]}
    select = {"type": "static_select", "action_id": "who", "options": [option("dsl"), option("head")]}
    posted(slack, "sam", {"type": "actions", "block_id": "b", "elements": [menu, select]})
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
    shown(slack, "sam", FORM)
    with pytest.raises(NotPossibleError, match="'What happened\\?' is not filled in"):
        sam.submit()
    with pytest.raises(NotPossibleError, match="asks never for why"):
        sam.fill({"why": "a"})
    twice = {
        "type": "modal",
        "title": plain("Twice"),
        "blocks": [FORM["blocks"][1], {**FORM["blocks"][1], "block_id": "b"}],
    }
    shown(slack, "tom", {**twice, "submit": plain("Send")})
    with pytest.raises(NotPossibleError, match="asks 2 times for choice"):
        slack.person("tom").fill({"choice": "yes"})
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
    shown(slack, "sam", {"type": "modal", "title": plain("All"), "submit": plain("Send"), "blocks": blocks})
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


def test_errors_stay_with_the_form_and_its_text(slack: Slack, app: Scripted) -> None:
    filled(slack)
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
    filled(slack)
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
    filled(slack)
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
    shown(slack, "sam", FORM)
    assert sam.close_view() is None
    assert app.got == []
    shown(slack, "sam", {**FORM, "notify_on_close": True})
    sam.close_view(all_of_them=True)
    assert (app.last["type"], app.last["is_cleared"]) == ("view_closed", True)
    assert sam.view is None


def test_the_modal_in_front_hides_what_is_behind_it(slack: Slack) -> None:
    sam = slack.person("sam")
    posted(slack, "sam", buttons("one"))
    shown(slack, "sam", FORM)
    with pytest.raises(NotPossibleError, match="doesn't see"):
        sam.press("open0")
    with pytest.raises(NotPossibleError, match="doesn't see"):
        sam.press("choice")
    sam.close_view()
    sam.press("open0")


def test_a_menu_that_asks_the_app_offers_what_the_app_answers(slack: Slack, app: Scripted) -> None:
    element = {"type": "external_select", "action_id": "who", "min_query_length": 2}
    block = {"type": "input", "block_id": "b", "label": plain("Who?"), "element": element}
    shown(slack, "sam", {**FORM, "blocks": [block]})
    sam = slack.person("sam")
    with pytest.raises(NotPossibleError, match="from 2 characters on"):
        sam.look_up("who", "t")
    app.says({"options": [option("tom")]})
    (tom,) = sam.look_up("who", "to")
    assert (app.last["type"], app.last["value"], app.last["action_id"]) == ("block_suggestion", "to", "who")
    sam.fill({"who": tom})
    sam.submit()
    assert app.last["view"]["state"]["values"]["b"]["who"]["selected_option"] == option("tom")
    shown(slack, "sam", {**FORM, "blocks": [block]})
    app.says({"options": [option(f"o{number}") for number in range(101)]})
    with pytest.raises(TroubleError, match="no more than 100 items"):
        sam.look_up("who", "to")
