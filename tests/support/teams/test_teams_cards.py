"""The stand-in Teams refuses what Teams would refuse, lose or show badly."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.teams.cards import CHAT, DIALOG, actions_of, assert_valid, faults_of, inputs_of, texts_of

Json = dict[str, Any]


def execute(**more: Any) -> Json:
    data = {"action": "case.acknowledge", "value": "SP-1"}
    return {"type": "Action.Execute", "title": "Yes", "verb": "case.acknowledge", "data": data, **more}


def submit(**more: Any) -> Json:
    data = {"action": "case.open", "value": "SP-1", "msteams": {"type": "task/fetch"}}
    return {"type": "Action.Submit", "title": "Open", "data": data, **more}


def text(words: str = "Some words", **more: Any) -> Json:
    return {"type": "TextBlock", "text": words, "wrap": True, **more}


def typed(**more: Any) -> Json:
    return {"type": "Input.Text", "id": "q.text", "label": "Words", **more}


def chosen(**more: Any) -> Json:
    choices = [{"title": "A", "value": "a"}, {"title": "B", "value": "b"}]
    return {"type": "Input.ChoiceSet", "id": "q.kind", "label": "Kind", "choices": choices, **more}


def card(*body: Json, **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body) or [text()], **more}


def unfolding(*inner: Json, **more: Any) -> Json:
    return {
        "type": "Action.ShowCard",
        "title": "Sure?",
        "card": {"type": "AdaptiveCard", "body": list(inner), **more},
    }


def test_a_card_with_a_question_to_confirm_and_a_button_that_opens_a_dialog_stands_in_a_chat() -> None:
    assert_valid(card(actions=[unfolding(text("?"), actions=[execute()]), submit()]), CHAT)


def test_a_card_that_is_filled_in_and_sent_stands_in_a_dialog() -> None:
    send = submit(data={"action": "x", "value": ""})
    made = card(typed(), chosen(value="a"), actions=[send])
    assert_valid(made, DIALOG)
    assert sorted(inputs_of(made)) == ["q.kind", "q.text"]
    assert [one["title"] for one in actions_of(made)] == ["Open"]
    assert {"Words", "A", "b", "Open"} <= set(texts_of(made))


@pytest.mark.parametrize(
    ("made", "where", "said"),
    [
        (card(version="1.6"), CHAT, "1.6"),
        (card({"type": "Media"}), CHAT, "Media"),
        (card(text(color="dark")), CHAT, "dark"),
        (card({"type": "TextBlock", "text": "x"}), CHAT, "wrap"),
        (card(text("")), CHAT, "not empty"),
        (card(text(blink=True)), CHAT, "blink"),
        (card({"type": "Input.Text", "id": "q.text"}), CHAT, "label is missing"),
        (card(typed(), typed()), CHAT, "twice"),
        (card(typed(), actions=[unfolding(typed())]), CHAT, "twice"),
        (card(typed(isRequired=True)), CHAT, "left empty"),
        (card(typed(maxLength=2, value="abc")), CHAT, "maxLength"),
        (card(chosen(value="c")), CHAT, "not among"),
        (card(chosen(value="a,b")), CHAT, "not among"),
        (card(chosen(choices=[])), CHAT, "list of 1"),
        (card(actions=[execute()] * 7), CHAT, "list of 1 to 6"),
        (card(actions=[execute(verb="other")]), CHAT, "verb"),
        (card(actions=[execute(title="")]), CHAT, "not empty"),
        (card(actions=[execute()]), DIALOG, "Action.Execute"),
        (card(actions=[submit()]), DIALOG, "from a dialog"),
        (card(actions=[submit(data={"action": "x", "value": ""})]), CHAT, "sends from a chat"),
        (card(actions=[submit(data={"value": ""})]), CHAT, "action is missing"),
        (card(actions=[unfolding(text(), actions=[unfolding(text())])]), CHAT, "unfold"),
        (card(text("x" * 24_000)), CHAT, "bytes"),
        (card(text("\ud800")), CHAT, "sign"),
    ],
)
def test_what_teams_would_refuse_or_show_badly_is_a_fault(made: Json, where: str, said: str) -> None:
    assert any(said in one for one in faults_of(made, where)), faults_of(made, where)


@pytest.mark.parametrize("make", [lambda: None, list, lambda: card(body="x"), lambda: card({"type": 5})])
def test_what_is_no_card_at_all_is_a_fault_and_no_crash(make: Callable[[], Any]) -> None:
    assert faults_of(make())
