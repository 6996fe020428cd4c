"""The stand-in's people do what people can do in Teams, and see what people would see."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.teams import ids
from bot.teams.activity import Activity, Scope
from bot.teams.auth import Credential, Tokens
from bot.teams.client import TeamsClient
from bot.teams.hosts import Hosts
from tests.bot.teams.doorstep import Doorstep, doorstep
from tests.support.teams.login import SECRET
from tests.support.teams.person import NotPossibleError
from tests.support.teams.signing import APP, TENANT
from tests.support.teams.stand_in import TroubleError

Json = dict[str, Any]
KEEP: Json = {"action": "keep", "value": "v"}


def card(*body: Json, actions: list[Json] | None = None) -> Json:
    more = {"actions": actions} if actions else {}
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def words(text: str) -> Json:
    return {"type": "TextBlock", "text": text, "wrap": True}


def continued(shown: Json) -> Json:
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": shown}
    return {"task": {"type": "continue", "value": {"title": "Report", "card": content}}}


TEXT: Json = {
    "type": "Input.Text",
    "id": "q.what",
    "label": "What happened?",
    "isRequired": True,
    "errorMessage": "Say what happened.",
    "maxLength": 20,
}
CHOICE: Json = {
    "type": "Input.ChoiceSet",
    "id": "q.kind",
    "label": "Kind",
    "choices": [{"title": "One", "value": "1"}, {"title": "Two", "value": "2"}],
    "value": "1",
}
FORM = card(TEXT, CHOICE, actions=[{"type": "Action.Submit", "title": "Send", "data": KEEP}])
ASKING: Json = {"type": "Action.Submit", "title": "Open", "data": {**KEEP, "msteams": {"type": "task/fetch"}}}
ACTING: Json = {"type": "Action.Execute", "title": "Do", "verb": "keep", "data": KEEP}
CHAT = card(words("Hello"), actions=[ACTING, {**ASKING, "data": {**ASKING["data"], "action": "open"}}])


@pytest.fixture(scope="module")
def step() -> Iterator[Doorstep]:
    """Give the door, and an app behind it that does as it is told."""
    with doorstep() as found:
        yield found


def shows(step: Doorstep, to: str, shown: Json) -> None:
    """Have the app put a card before somebody."""

    async def send() -> None:
        tokens = Tokens(Credential(app_id=APP, tenant=TENANT, secret=SECRET), login_url=step.teams.origin)
        client = TeamsClient(tokens, TENANT, Hosts([step.teams.service_url]))
        await client.open()
        try:
            place = await client.open_chat(step.teams.user(to).account)
            await client.send(place, shown, "Hello")
        finally:
            await client.close()

    step.play(send())


def last(step: Doorstep) -> Activity:
    return step.handled.activities[-1]


def answers(step: Doorstep, answer: Mapping[str, Any] | None) -> None:
    step.handled.answer = answer


def test_a_form_from_the_message_extension_is_filled_in_and_sent(step: Doorstep) -> None:
    tom = step.teams.person("tom")
    answers(step, continued(FORM))
    tom.extension(ids.REPORT)
    assert tom.front.title == "Report"
    answers(step, {"task": {"type": "message", "value": "Sent."}})
    tom.submits("keep", {"what": "He asked."})
    found = last(step)
    assert found.name == "composeExtension/submitAction"
    assert dict(found.data) == {**KEEP, "q.what": "He asked.", "q.kind": "1"}
    assert (tom.dialog, tom.told) == (None, "Sent.")


def test_a_message_goes_along_with_a_command_of_its_menu(step: Doorstep) -> None:
    step.teams.add_channel("staff", "tom", "sam")
    message = step.teams.person("sam").writes("Look at <this>", "staff")
    tom = step.teams.person("tom")
    answers(step, continued(FORM))
    tom.extension(ids.REPORT_MESSAGE, message=message)
    found = last(step)
    assert found.scope is Scope.CHANNEL
    payload = found.value["messagePayload"]
    assert payload["body"]["content"] == "<p>Look at &lt;this&gt;</p>"
    assert payload["from"]["user"]["displayName"] == "Sam Okafor"


def test_a_button_acts_and_its_answer_takes_the_cards_place(step: Doorstep) -> None:
    tom = step.teams.person("tom")
    shows(step, "tom", CHAT)
    after = card(words("Done"))
    answers(step, {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": after})
    tom.presses(tom.latest, "keep")
    assert (last(step).action, last(step).pressed) == ("keep", "v")
    assert tom.latest.card == after


def test_a_button_opens_a_dialog_and_its_form_is_sent_from_there(step: Doorstep) -> None:
    tom = step.teams.person("tom")
    shows(step, "tom", CHAT)
    answers(step, continued(FORM))
    assert tom.opens(tom.latest, "open").card == FORM
    assert (last(step).name, last(step).message) == ("task/fetch", tom.latest.id)
    answers(step, None)
    tom.submits("keep", {"what": "He asked.", "kind": "2"})
    assert (last(step).name, tom.dialog) == ("task/submit", None)
    assert last(step).data["q.kind"] == "2"


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("keep", {}),
        ("keep", {"what": "x" * 21}),
        ("keep", {"what": "x", "kind": "3"}),
        ("keep", {"what": "x", "strange": "y"}),
        ("other", {"what": "x"}),
    ],
)
def test_what_no_person_could_send_is_not_sent(step: Doorstep, action: str, given: dict[str, str]) -> None:
    tom = step.teams.person("tom")
    answers(step, continued(FORM))
    tom.extension(ids.REPORT)
    before = len(step.handled.activities)
    with pytest.raises(NotPossibleError):
        tom.submits(action, given)
    assert len(step.handled.activities) == before


@pytest.mark.parametrize(
    "answer", [{"task": {"type": "other"}}, {"x": 1}, continued({"type": "AdaptiveCard"})]
)
def test_an_answer_that_teams_could_make_nothing_of_fails(step: Doorstep, answer: Json) -> None:
    answers(step, answer)
    with pytest.raises(AssertionError):
        step.teams.person("tom").extension(ids.REPORT)


def test_a_card_that_teams_does_not_take_is_refused_and_recorded(step: Doorstep) -> None:
    before = len(step.teams.messages_to("sam"))
    with pytest.raises(Exception, match="did not take"):
        shows(step, "sam", card({"type": "TextBlock", "text": "no wrap"}))
    assert len(step.teams.messages_to("sam")) == before
    assert "must wrap" in step.teams.refused()[-1].error


def test_what_a_person_would_be_told_of_is_trouble(step: Doorstep) -> None:
    spoilt = {**step.teams.person("tom").activity("message"), "channelId": "webchat"}
    with pytest.raises(TroubleError, match="403"):
        step.teams.send(spoilt)
    with step.teams.tolerating():
        assert step.teams.send(spoilt).trouble == "the app answered 403"


def test_whoever_removes_the_app_is_reached_no_more_until_they_install_it(step: Doorstep) -> None:
    omar = step.teams.person("omar")
    omar.removes()
    with pytest.raises(Exception, match="not-installed"):
        shows(step, "omar", CHAT)
    omar.installs()
    shows(step, "omar", CHAT)
    assert len(omar.messages) == 1
