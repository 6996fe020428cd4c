"""Modals, home tabs and assistant threads at the stand-in Slack, as slack_sdk opens and changes them."""

from tests.support.slack.asking import MODAL, Ask, error_of
from tests.support.slack.pieces import (
    FORM,
    plain,
    section,
)
from tests.support.slack.stand_in import Slack


def test_a_trigger_opens_one_view_while_it_lives(slack: Slack, ask: Ask) -> None:
    screens = slack.space.screens
    first = screens.trigger("U0SAM")
    shown = ask("views_open", trigger_id=first, view=MODAL)["view"]
    assert shown["id"] == slack.views_of("sam")[0].id == slack.calls("views.open")[0].view
    assert slack.calls("views.open")[0].user == "U0SAM"
    assert error_of(ask, "views_open", trigger_id=first, view=MODAL) == "exchanged_trigger_id"
    assert error_of(ask, "views_open", trigger_id="1.2.3", view=MODAL) == "invalid_trigger_id"
    slack.control(trigger_life=0)
    assert (
        error_of(ask, "views_open", trigger_id=screens.trigger("U0SAM"), view=MODAL) == "expired_trigger_id"
    )


def test_a_refused_view_does_not_use_up_its_trigger(slack: Slack, ask: Ask) -> None:
    trigger = slack.space.screens.trigger("U0SAM")
    long = {**MODAL, "title": plain("x" * 25)}
    assert error_of(ask, "views_open", trigger_id=trigger, view=long) == "invalid_arguments"
    ask("views_open", trigger_id=trigger, view=MODAL)


def test_three_views_stand_on_top_of_each_other_and_no_more(slack: Slack, ask: Ask) -> None:
    screens = slack.space.screens
    ask("views_open", trigger_id=screens.trigger("U0SAM"), view=MODAL)
    assert (
        error_of(ask, "views_push", trigger_id=screens.trigger("U0SAM"), view=MODAL) == "invalid_trigger_id"
    )
    for _ in range(2):
        ask("views_push", trigger_id=screens.trigger("U0SAM", screens.top("U0SAM")), view=MODAL)
    trigger = screens.trigger("U0SAM", screens.top("U0SAM"))
    assert error_of(ask, "views_push", trigger_id=trigger, view=MODAL) == "push_limit_reached"
    first, second, third = slack.views_of("sam")
    assert third.view["previous_view_id"] == second.id
    assert third.view["root_view_id"] == first.id


def test_a_view_is_changed_unless_it_has_changed_since(slack: Slack, ask: Ask) -> None:
    shown = ask("views_open", trigger_id=slack.space.screens.trigger("U0SAM"), view=MODAL)["view"]
    known = {"view_id": shown["id"], "hash": shown["hash"]}
    ask("views_update", **known, view={**MODAL, "title": plain("Changed")})
    assert slack.views_of("sam")[0].title == "Changed"
    assert error_of(ask, "views_update", **known, view=MODAL) == "hash_conflict"
    assert error_of(ask, "views_update", view_id="V0NONE", view=MODAL) == "not_found"
    slack.person("sam").close_view()
    assert error_of(ask, "views_update", view_id=shown["id"], view=MODAL) == "not_found"


def test_an_external_id_names_one_open_view(slack: Slack, ask: Ask) -> None:
    named = {**MODAL, "external_id": "case-1"}
    ask("views_open", trigger_id=slack.space.screens.trigger("U0SAM"), view=named)
    trigger = slack.space.screens.trigger("U0TOM")
    assert error_of(ask, "views_open", trigger_id=trigger, view=named) == "duplicate_external_id"
    ask("views_update", external_id="case-1", view={**named, "title": plain("Changed")})
    assert slack.views_of("sam")[0].title == "Changed"


def test_answers_stay_over_an_update_only_where_both_ids_do(slack: Slack, ask: Ask) -> None:
    sam = slack.person("sam")
    shown = ask("views_open", trigger_id=slack.space.screens.trigger("U0SAM"), view=FORM)["view"]
    sam.fill({"what": "Kept", "urgent": "yes"})
    what, urgent = FORM["blocks"]
    ask("views_update", view_id=shown["id"], view={**FORM, "blocks": [what, {**urgent, "block_id": "other"}]})
    assert slack.views_of("sam")[0].values == {
        "what": {"text": {"type": "plain_text_input", "value": "Kept"}},
        "other": {"choice": {"type": "radio_buttons", "selected_option": None}},
    }


def test_a_home_tab_is_published_for_one_person(slack: Slack, ask: Ask) -> None:
    home = {"type": "home", "blocks": [section("Yours")]}
    assert slack.home_of("sam") is None
    shown = ask("views_publish", user_id="U0SAM", view=home)["view"]
    screen = slack.home_of("sam")
    assert screen is not None
    assert screen.words == "Yours"
    assert error_of(ask, "views_publish", user_id="U0SAM", view=home, hash="old") == "hash_conflict"
    ask("views_publish", user_id="U0SAM", view=home, hash=shown["hash"])
    assert error_of(ask, "views_publish", user_id="U0NOBODY", view=home) == "user_not_found"
    assert slack.home_of("tom") is None


def test_an_assistant_thread_takes_a_status_a_title_and_up_to_four_prompts(slack: Slack, ask: Ask) -> None:
    slack.over_http(lambda _body, _headers: (200, b""))
    thread, _ = slack.person("sam").start_assistant()
    place = {"channel_id": slack.person("sam").direct.id, "thread_ts": thread}
    ask("assistant_threads_setStatus", **place, status="is reading …")
    ask("assistant_threads_setStatus", **place, status="")
    ask("assistant_threads_setTitle", **place, title="Photos")
    prompt = {"title": "A photo", "message": "Can I post a photo?"}
    ask("assistant_threads_setSuggestedPrompts", **place, prompts=[prompt] * 4)
    for wrong in ([prompt] * 5, [], [{"title": "A photo"}]):
        error = error_of(ask, "assistant_threads_setSuggestedPrompts", **place, prompts=wrong)
        assert error == "invalid_arguments"
    other = {**place, "thread_ts": "1.0"}
    assert error_of(ask, "assistant_threads_setTitle", **other, title="a") == "invalid_thread_ts"
    assert slack.messages_to("sam") == []
