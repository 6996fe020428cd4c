"""Asking in Slack, as staff do it, with the started program: what they read, and what nobody else does."""

import pytest

from bot.slack import ids
from bot.wording import chat
from tests.journeys.school import School
from tests.support.slack.people import BOT
from tests.support.slack.workspace import Seen
from tests.support.waiting import wait_for

PHOTO = "Can I post a photo of pupils on the school's Facebook page?"
FOLLOW_UP = "and if it's my own account?"
DRAFT = "Great win for our Year 7 team today, well done Jamie!"
POLICY = "Dartmoor Multi Academy Trust: Social Media Policy, v1.1"
CHOICE = ids.numbered(ids.ASK_CHOOSE, 0)


def in_channel(there: School, channel: str, top: str) -> list[Seen]:
    """What the app wrote in a thread for all to see."""
    return [one for one in there.slack.messages_in(channel) if one.user == BOT.id and one.thread_ts == top]


def asked_in_staff(there: School, who: str, text: str) -> Seen:
    """Mention the app in the staff channel; gives what it wrote there below the question."""
    there.person(who).mention("staff", text)
    top = [one for one in there.slack.messages_in("staff") if one.user != BOT.id][-1].ts
    found = wait_for(lambda: in_channel(there, "staff", top), bool, within=8, what="an answer in the thread")
    assert len(found) == 1
    return found[0]


def test_an_answer_says_verdict_reason_clause_and_edition(there: School) -> None:
    answer = there.ask(there.person("priya"), PHOTO)
    assert answer.words.startswith("⛔ No\n")
    assert "permission is needed in writing" in answer.words
    assert "§ 3:21" in answer.words
    assert POLICY in answer.words
    assert "was due for review in July 2024" in answer.words
    assert answer.has(ids.ASK_HELPED)
    assert answer.has(ids.ASK_WRONG)
    assert not answer.has(ids.ASK_REPORT)


def test_nothing_in_an_answer_becomes_a_link_a_mention_or_a_preview(there: School) -> None:
    there.ask(there.person("priya"), "Can I post @sam's photo from www.insta.example? <!channel>")
    sent = [one.args for one in there.slack.calls("chat.postMessage")][-1]
    assert (sent["parse"], sent["link_names"], sent["unfurl_links"], sent["unfurl_media"]) == (
        *("none", False, False),
        False,
    )
    for one in ("<!", "<@", "<#", "<http", "insta.example"):
        assert one not in f"{sent['text']}{sent['blocks']}"


@pytest.mark.parametrize("below", ["question", "answer"])
def test_a_follow_up_in_the_thread_keeps_the_situation(there: School, below: str) -> None:
    priya = there.person("priya")
    answer = there.ask(priya, PHOTO)
    question = [one for one in there.slack.messages_in(priya.direct.id) if one.user == priya.id][-1]
    top = {"question": question.ts, "answer": answer.ts}[below]
    then = there.ask(priya, FOLLOW_UP, thread=top)
    assert then.thread_ts == top
    assert "pupils stay off your own account" in then.words
    alone = there.ask(priya, FOLLOW_UP)
    assert "pupils stay off your own account" not in alone.words, "else this shows nothing"


def test_a_follow_up_is_answered_even_where_the_thread_cannot_be_read(there: School) -> None:
    tom = there.person("tom")
    answer = there.ask(tom, PHOTO)
    there.slack.control(faults=[{"method": "conversations.replies", "code": "missing_scope"}])
    then = there.ask(tom, FOLLOW_UP, thread=answer.ts)
    assert "pupils stay off your own account" in then.words, "what the answer was to is remembered here"
    assert there.slack.refused()[-1].method == "conversations.replies"
    there.slack.forget()


def test_a_mention_is_answered_in_the_thread(there: School) -> None:
    answer = asked_in_staff(there, "priya", "Can I tweet about the football match?")
    assert "⛔ No" in answer.words
    assert "§ 5.iii:9" in answer.words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Can I follow Callum Briggs from year 9 back on Instagram?", "§ 5.v:1"),
        ("Mr Fielding posted about his class, is that ok?", "§"),
        ("a Y9 girl has sent me a nude on snap, what now", chat.BEFORE_ALL),
    ],
)
def test_a_mention_that_speaks_of_somebody_is_answered_privately(
    there: School, text: str, expected: str
) -> None:
    priya = there.person("priya")
    before = len(there.said(priya))
    seen = asked_in_staff(there, "priya", text)
    assert seen.words == chat.PRIVATELY
    assert [one.get("type") for one in seen.blocks] == ["section"]
    private = there.next_of(priya, before)
    assert private.channel == priya.direct.id
    assert expected in private.words
    for other in ("sam", "tom"):
        assert private.words not in [one.words for one in there.person(other).sees()]


def test_the_command_answers_whoever_typed_it_and_nobody_else(there: School) -> None:
    priya = there.person("priya")
    priya.slash(ids.ASK_COMMAND, "Can I be friends with parents on Facebook?", channel="staff")
    answer = priya.messages()[-1]
    assert answer.ephemeral
    assert "§ 5.v:1" in answer.words
    assert POLICY in answer.words
    assert answer.words not in [one.words for one in there.person("sam").sees()]


def test_the_command_alone_says_what_can_be_done(there: School) -> None:
    priya = there.person("priya")
    priya.slash(ids.ASK_COMMAND, "   ")
    shown = priya.messages()[-1]
    assert chat.HELP_TITLE in shown.words
    assert shown.ephemeral


def test_a_message_is_checked_in_a_window_that_only_its_opener_sees(there: School) -> None:
    draft = there.person("helen").write("staff", DRAFT)
    before = len(there.slack.messages_in("staff"))
    tom = there.person("tom")
    tom.message_shortcut(ids.CHECK_POLICY, draft)
    view = tom.wait_for_view()
    assert view.title == chat.ANSWER_TITLE
    assert "§ 5.iii:9" in view.words
    assert "Jamie" not in view.words
    assert not view.has(ids.ASK_DECIDER)
    tom.press(CHOICE)
    chosen = tom.wait_for_view(lambda one: not one.has(CHOICE))
    assert "§" in chosen.words
    tom.close_view(all_of_them=True)
    assert len(there.slack.messages_in("staff")) == before


def test_a_close_call_is_settled_in_place(there: School) -> None:
    priya = there.person("priya")
    close = there.ask(priya, chat.draft(DRAFT))
    assert "Is it the school's account or your own?" in close.words
    count = len(there.said(priya))
    priya.press(ids.numbered(ids.ASK_CHOOSE, 1), close)
    settled = wait_for(
        lambda: next(one for one in priya.messages() if one.ts == close.ts),
        lambda now: not now.has(CHOICE),
        within=5,
        what="the answer to change",
    )
    assert "§" in settled.words
    assert settled.words != close.words
    assert len(there.said(priya)) == count


def test_whoever_did_not_ask_cannot_settle_it(there: School) -> None:
    seen = asked_in_staff(
        there, "priya", f"{chat.draft('Great win for our Year 7 team today, well done all!')}"
    )
    if not seen.has(CHOICE):
        pytest.fail(f"this was to be a close call: {seen.words}")
    tom = there.person("tom")
    before = len(there.said(tom))
    tom.press(CHOICE, seen)
    assert there.next_of(tom, before).words == chat.ASK_AGAIN
    after = in_channel(there, "staff", seen.thread_ts)
    assert [one.words for one in after] == [seen.words]


def test_a_question_beyond_the_policy_is_owned_up_to_and_says_whom_to_ask(there: School) -> None:
    answer = there.ask(there.person("priya"), "Can I use AI to write the newsletter?")
    assert answer.words.startswith("❔")
    assert "§" not in answer.words
    assert "Ask the member of SLT" in answer.words
    assert answer.has(ids.ASK_DECIDER)
    tripped = there.ask(there.person("priya"), "a Y9 girl has sent me a nude on snap, what now")
    assert not tripped.has(ids.ASK_DECIDER), "that becomes a report, never a message passed on"


def test_the_assistant_pane_greets_suggests_and_answers(there: School) -> None:
    omar = there.person("omar")
    before = len(there.said(omar))
    thread, _ = omar.start_assistant()
    greeting = there.next_of(omar, before)
    assert greeting.thread_ts == thread
    assert chat.GREETING in greeting.words
    assert chat.WHO_CAN_READ in greeting.words
    prompts = there.slack.wait_for(lambda: there.slack.calls("assistant.threads.setSuggestedPrompts"))[-1]
    assert len(prompts.args["prompts"]) >= 3
    answer = there.ask(omar, prompts.args["prompts"][0]["message"], thread=thread)
    assert answer.thread_ts == thread
    assert "§" in answer.words
    assert [one.args["thread_ts"] for one in there.slack.calls("assistant.threads.setStatus")] == [thread]
    before = len(there.said(omar))
    there.slack.redeliver(there.slack.deliveries[-1])
    assert len(there.said(omar)) == before


def test_an_edited_message_is_not_answered_again(there: School) -> None:
    helen = there.person("helen")
    there.ask(helen, PHOTO)
    question = [one for one in there.slack.messages_in(helen.direct.id) if one.user == helen.id][-1]
    before = len(there.said(helen))
    helen.edit(helen.direct.id, question.ts, "Can I post about pupils on TikTok?")
    there.ask(helen, "Can I use WhatsApp with pupils?")
    assert len(there.said(helen)) == before + 1


@pytest.mark.parametrize("retry", [False, True])
def test_a_question_that_is_delivered_four_times_is_answered_once(there: School, *, retry: bool) -> None:
    sam = there.person("sam")
    answer = there.ask(sam, PHOTO)
    delivery = [one for one in there.slack.deliveries if one.name == "message"][-1]
    for attempt in (1, 2, 3):
        there.slack.redeliver(delivery, attempt=attempt if retry else 0)
    there.ask(sam, "Can I use WhatsApp with pupils?")
    assert [one.words for one in sam.messages() if one.ts >= answer.ts].count(answer.words) == 1
