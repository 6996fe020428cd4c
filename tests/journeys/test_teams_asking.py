"""Asking in Teams, as staff do it, with the started program: what they read, and what nobody else does."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.teams import ids
from bot.wording import chat
from bot.wording import teams as here
from knowledge.rules import Kind
from tests.journeys.teams_school import SAFE, TeamsSchool, doing, has, value_of, words
from tests.support.teams.cards import actions_of, inputs_of
from tests.support.teams.space import Seen

PHOTO = "Can I post a photo of pupils on the school's Facebook page?"
FOLLOW_UP = "and if it's my own account?"
DRAFT = "Great win for our Year 7 team today, well done Jamie!"
POLICY = "Dartmoor Multi Academy Trust: Social Media Policy, v1.1"
KEPT_OFF = "pupils stay off your own account"


def mentioned(oakfield: TeamsSchool, who: str, text: str, *, where: str = "staffroom") -> Seen:
    """Mention the app in a channel; gives what it writes there."""
    before = len(oakfield.in_channel(where))
    oakfield.person(who).mentions(text, where)
    found = oakfield.teams.wait_for(lambda: oakfield.in_channel(where)[before:], what="an answer there")
    assert len(found) == 1
    seen: Seen = found[0]
    return seen


def test_an_answer_says_verdict_reason_clause_and_edition(oakfield: TeamsSchool) -> None:
    answer = oakfield.ask(oakfield.person("priya"), PHOTO)
    assert words(answer).startswith("⛔ No\n")
    assert answer.summary.startswith("No.")
    for one in ("permission is needed in writing", "§ 3:21", POLICY, "was due for review in July 2024"):
        assert one in words(answer)
    assert doing(answer) == [ids.ASK_HELPED, ids.ASK_WRONG]


def test_a_follow_up_keeps_the_situation_and_is_nobody_elses(oakfield: TeamsSchool) -> None:
    priya, tom = oakfield.person("priya"), oakfield.person("tom")
    oakfield.ask(priya, PHOTO)
    assert KEPT_OFF in words(oakfield.ask(priya, FOLLOW_UP))
    oakfield.ask(tom, "Can I use WhatsApp with pupils?")
    assert KEPT_OFF not in words(oakfield.ask(tom, FOLLOW_UP)), "else this shows nothing"
    mentioned(oakfield, "priya", "Can I use WhatsApp with pupils?")
    assert KEPT_OFF not in words(mentioned(oakfield, "priya", FOLLOW_UP)), "another conversation"


def test_a_mention_is_answered_in_the_channel(oakfield: TeamsSchool) -> None:
    answer = mentioned(oakfield, "priya", "Can I tweet about the football match?")
    assert "⛔ No" in words(answer)
    assert "§ 5.iii:9" in words(answer)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Can I follow Callum Briggs from year 9 back on Instagram?", "§ 5.v:1"),
        ("Mr Fielding posted about his class, is that ok?", "§"),
        ("a Y9 girl has sent me a nude on snap, what now", chat.BEFORE_ALL),
    ],
)
def test_a_mention_that_speaks_of_somebody_is_answered_privately(
    oakfield: TeamsSchool, text: str, expected: str
) -> None:
    priya = oakfield.person("priya")
    priya.says("help")
    before = len(oakfield.said(priya))
    others = [oakfield.person(name) for name in ("sam", "tom", "helen")]
    told, cases = [len(oakfield.said(one)) for one in others], oakfield.cases()
    seen = mentioned(oakfield, "priya", text)
    assert words(seen).strip() == chat.PRIVATELY
    assert not doing(seen)
    assert expected in words(oakfield.next_of(priya, before))
    assert [len(oakfield.said(one)) for one in others] == told
    assert oakfield.cases() == cases, "nothing is sent on without a Send"


def test_where_somebody_has_no_chat_with_the_app_one_is_begun_or_they_are_asked_to_write(
    oakfield: TeamsSchool,
) -> None:
    text = "Can I follow Callum Briggs from year 9 back on Instagram?"
    helen = oakfield.person("helen")
    before = len(oakfield.said(helen))
    helen.removes()  # and so her place is known no more
    for word in (text, "my cases", "report", "away off"):
        seen = mentioned(oakfield, "helen", word)
        assert words(seen).strip() == here.NOT_PRIVATELY, word
    assert len(oakfield.said(helen)) == before
    refused = {(one.method, one.account) for one in oakfield.teams.refused()}
    assert refused == {("create", helen.account)}, "a chat was asked for"
    oakfield.teams.forget()
    oakfield.teams.control(without=[])
    seen = mentioned(oakfield, "helen", text)
    assert words(seen).strip() == chat.PRIVATELY, "within reach: the chat is begun for her"
    assert "§ 5.v:1" in words(helen.messages[-1])


def test_a_group_chat_is_answered_like_a_channel(oakfield: TeamsSchool) -> None:
    answer = mentioned(oakfield, "tom", "Can I tweet about the football match?", where="colleagues")
    assert "§ 5.iii:9" in words(answer)
    seen = mentioned(oakfield, "tom", "Can I follow Callum Briggs back?", where="colleagues")
    assert words(seen).strip() == chat.PRIVATELY


def test_a_message_is_checked_in_a_dialog_that_only_its_opener_sees(oakfield: TeamsSchool) -> None:
    tom = oakfield.person("tom")
    draft = oakfield.person("helen").writes(DRAFT, "staffroom")
    before, own = len(oakfield.teams.messages_in("staffroom")), len(oakfield.said(tom))
    tom.extension(ids.CHECK_MESSAGE, message=draft)
    view = tom.front
    assert view.title == chat.ANSWER_TITLE
    assert "§ 5.iii:9" in words(view)
    assert "Jamie" not in words(view)
    assert not has(view, ids.ASK_DECIDER)
    tom.submits(ids.ASK_CHOOSE, value=value_of(view, ids.ASK_CHOOSE))
    assert "§" in words(tom.front)
    assert not has(tom.front, ids.ASK_CHOOSE)
    tom.closes()
    assert len(oakfield.teams.messages_in("staffroom")) == before
    assert len(oakfield.said(tom)) == own


def from_their_own_chat(oakfield: TeamsSchool, who: str, name: str, value: Mapping[str, Any]) -> Any:
    """A command called up between two colleagues: Teams calls that a personal chat as well."""
    person = oakfield.person(who)
    theirs = {"id": "19:two-colleagues@unq.gbl.spaces", "conversationType": "personal"}
    activity = person.activity("invoke", name=name, value=dict(value))
    activity["conversation"] = {**theirs, "tenantId": person.user.tenant}
    return oakfield.teams.send(activity).body


def test_a_command_called_up_between_two_colleagues_posts_nothing_there(oakfield: TeamsSchool) -> None:
    tom, sam = oakfield.person("tom"), oakfield.person("sam")
    tom.says("help")
    place = oakfield.places()[tom.account]
    begun = {"commandId": ids.REPORT, "commandContext": "compose"}
    body = from_their_own_chat(oakfield, "tom", "composeExtension/fetchTask", begun)
    card = body["task"]["value"]["card"]["content"]
    token = next(str(one["data"]["value"]) for one in actions_of(card))
    data = {"action": ids.REPORT_KIND, "value": token, ids.KIND_FIELD: Kind.GROOMING.value}
    for answers in ({}, {"q.about": "outsider", "q.danger": "no", "q.image": "no", "q.what": "A man."}, {}):
        sent = {**begun, "data": {**data, **answers}}
        body = from_their_own_chat(oakfield, "tom", "composeExtension/submitAction", sent)
        data = {"action": ids.REPORT_NEXT, "value": token}
    assert "Received. Your reference is SP-" in str(body)
    receipt = oakfield.told(tom, lambda one: "Received. Your reference is SP-" in words(one))
    assert receipt.conversation == place, "in his own chat with the app"
    assert oakfield.card(sam, receipt.summary.split()[-1].strip("."))
    assert oakfield.places()[tom.account] == place
    assert "19:two-colleagues@unq.gbl.spaces" not in str(oakfield.teams.calls())
    assert "19:two-colleagues@unq.gbl.spaces" not in oakfield.places().values()


def test_a_close_call_is_settled_in_place_and_only_by_whoever_asked(oakfield: TeamsSchool) -> None:
    priya, tom = oakfield.person("priya"), oakfield.person("tom")
    close = oakfield.ask(priya, chat.draft(DRAFT))
    assert "Is it the school's account or your own?" in words(close)
    token = value_of(close, ids.ASK_CHOOSE)
    oakfield.forge(tom, "adaptiveCard/action", ids.ASK_CHOOSE, token)
    assert chat.ASK_AGAIN in str(oakfield.teams.deliveries[-1].body), "he didn't ask"
    count = len(oakfield.said(priya))
    priya.presses(close, ids.ASK_CHOOSE, value=token)
    settled = oakfield.now(close)
    assert "§" in words(settled)
    assert not has(settled, ids.ASK_CHOOSE)
    assert words(settled) != words(close)
    assert len(oakfield.said(priya)) == count


def test_feedback_is_thanked_for_and_the_answer_stays(oakfield: TeamsSchool) -> None:
    priya, tom = oakfield.person("priya"), oakfield.person("tom")
    answer = oakfield.ask(priya, PHOTO)
    for action in (ids.ASK_HELPED, ids.ASK_WRONG):
        priya.presses(answer, action)
        assert priya.told == chat.THANKED
        assert oakfield.now(answer) == answer
    oakfield.forge(tom, "adaptiveCard/action", ids.ASK_WRONG, value_of(answer, ids.ASK_WRONG))
    assert chat.ASK_AGAIN in str(oakfield.teams.deliveries[-1].body)


def test_a_question_beyond_the_policy_is_passed_on_answered_and_read_in_dialogs(
    oakfield: TeamsSchool,
) -> None:
    priya, helen, tom = (oakfield.person(one) for one in ("priya", "helen", "tom"))
    answer = oakfield.ask(priya, "Can I use AI to write the newsletter?")
    assert words(answer).startswith("❔")
    assert "Ask the member of SLT" in words(answer)
    consent = priya.opens(answer, ids.ASK_DECIDER)
    assert "Can I use AI" in str(inputs_of(consent.card)["q.text"]["value"])
    instead = oakfield.sends(priya, ids.ASK_AGREED, {"text": "A Y9 girl sent me a nude on snap, what now"})
    assert chat.REPORT_INSTEAD in words(instead), "that becomes a report, never a message passed on"
    priya.submits(ids.ASK_AGREED, {"text": "May I use a chatbot for the newsletter?"})
    assert priya.told == chat.PASSED_ON

    waits = oakfield.told(helen, lambda one: has(one, ids.ASK_READ))
    assert "chatbot" not in f"{waits.card}{waits.summary}"
    stolen = oakfield.forge(tom, "task/fetch", ids.ASK_READ, value_of(waits, ids.ASK_READ))
    assert "chatbot" not in str(stolen.body)
    asked = helen.opens(waits, ids.ASK_READ)
    assert "May I use a chatbot for the newsletter?" in words(asked)
    assert "Priya Nair asks" in words(asked)
    helen.submits(ids.ASK_ANSWERED, {"text": "Yes, if you read it over."})
    assert helen.told == chat.DONE
    answered = oakfield.told(priya, lambda one: has(one, ids.ASK_READ_ANSWER))
    assert "read it over" not in f"{answered.card}{answered.summary}"
    assert "Yes, if you read it over." in words(priya.opens(answered, ids.ASK_READ_ANSWER))
    for who in (priya, helen):
        who.closes()
    for written in ("chatbot", "read it over"):
        assert written not in oakfield.kept()


def test_a_question_that_is_delivered_four_times_is_answered_once(oakfield: TeamsSchool) -> None:
    sam = oakfield.person("sam")
    before = len(oakfield.said(sam))
    delivery = sam.says(PHOTO)
    for _ in range(3):
        oakfield.teams.redeliver(delivery)
    oakfield.ask(sam, "Can I use WhatsApp with pupils?")
    assert len(oakfield.said(sam)) == before + 2


def test_a_button_pressed_where_no_dialog_opens_says_so_and_shows_nothing(oakfield: TeamsSchool) -> None:
    tom, sam = oakfield.person("tom"), oakfield.person("sam")
    said = {"about": "pupil", **SAFE, "what": "She wrote to me about Kit."}
    card = oakfield.card(sam, oakfield.report(tom, Kind.GROOMING, said))
    before = len(sam.messages)
    data = {"action": ids.CASE_OPEN, "value": value_of(card, ids.CASE_OPEN)}
    oakfield.teams.send(sam.activity("message", value=data, replyToId=card.id))
    told = oakfield.teams.wait_for(lambda: sam.messages[before:])
    assert [words(one).strip() for one in told] == [here.NO_DIALOG]
