"""What is pressed is found, whichever way Teams brings it; what a form's buttons carry leads back to it."""

from typing import Any

import pytest

from bot.teams import ids
from bot.teams.forms import Draft
from bot.teams.reading import read
from knowledge.rules import Kind

DATA = {"action": ids.CASE_OPEN, "value": "SP-AAAA-BBBB"}
BODY: dict[str, Any] = {
    "id": "1",
    "channelId": "msteams",
    "serviceUrl": "https://smba.example/uk",
    "from": {"id": "29:1", "aadObjectId": "00000000-0000-4000-8000-000000000001"},
    "conversation": {"id": "a:1", "conversationType": "personal"},
}


@pytest.mark.parametrize(
    "more",
    [
        {"type": "message", "value": DATA},
        {"type": "invoke", "name": "task/fetch", "value": {"data": DATA}},
        {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": {"data": DATA}}},
    ],
    ids=["message", "dialog", "card"],
)
def test_a_button_is_known_by_a_message_a_dialog_and_a_card(more: dict[str, Any]) -> None:
    activity = read({**BODY, **more})
    assert (activity.action, activity.pressed) == (ids.CASE_OPEN, "SP-AAAA-BBBB")


@pytest.mark.parametrize("kind", [None, *Kind])
def test_a_dialogs_buttons_carry_all_of_a_draft_but_its_answers(kind: Kind | None) -> None:
    draft = Draft(kind, "token-1").showing("This goes to: the Principal.")
    assert Draft.read(draft.value) == draft


@pytest.mark.parametrize("value", ["", "|", "||", "token|no-such-kind|x", "|||||", "token"])
def test_a_value_that_was_tampered_with_is_a_draft_without_a_kind(value: str) -> None:
    assert Draft.read(value).kind is None
