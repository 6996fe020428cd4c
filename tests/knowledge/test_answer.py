"""Answers: the promises that hold for any text, and the policies where they differ."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import answer as answer_module
from knowledge.answer import Adviser, Silence
from knowledge.citing import keeps_or_deletes
from knowledge.index import RuleIndex
from knowledge.loader import shipped_pack, shipped_policies
from knowledge.rules import Kind, Role, Urgency, Verdict
from knowledge.understanding import shipped_mind

Advise = Callable[[str], Adviser]
POLICIES = shipped_policies()

AWKWARD = (
    "",
    " \n\t ",
    "\x00\x00\x00",
    "🙈🙉🙊 🔥🔥",
    "هل يمكنني نشر صورة الطلاب؟",
    "\u202eereh ton si sihT\u202c",
    "今日は生徒の写真を投稿してもいいですか",
    "?" * 5_000,
    "can I post this " * 700,
    "'" * 999,
    "<script>alert(1)</script> & <!channel>",
    "a\u0300" * 2_000,
    "1" * 10_000,
    "\ud800",
)


@pytest.mark.parametrize("text", AWKWARD)
@pytest.mark.parametrize("policy", POLICIES)
def test_awkward_text_gets_an_answer(policy: str, text: str, adviser: Advise) -> None:
    assert adviser(policy).answer(text).verdict in Verdict


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=400))
def test_any_text_whatever_gets_an_answer_and_never_an_exception(text: str) -> None:
    answer = _dartmoor().answer(text)
    assert 0 <= answer.confidence <= 1
    assert len(answer.citations) <= 3


def _dartmoor() -> Adviser:
    mind = shipped_mind()
    return Adviser(mind, RuleIndex(shipped_pack("dartmoor"), mind.model.topics))


def test_the_same_question_gets_the_same_answer_every_time() -> None:
    question = "one of last years upper 6th wants to connect on linkedin do i just hit accept"
    first = _dartmoor().answer(question)
    assert all(_dartmoor().answer(question) == first for _ in range(5))


@pytest.mark.parametrize(
    "question",
    [
        "can i put the trip photos on my own insta",
        "a dad is calling me useless on the village page",
        "who runs our facebook",
        "hiya",
    ],
)
def test_the_order_of_rules_never_changes_an_answer(question: str) -> None:
    mind = shipped_mind()
    pack = shipped_pack("fact")
    turned = pack.model_copy(update={"rules": tuple(reversed(pack.rules))})
    labels = mind.model.topics
    assert Adviser(mind, RuleIndex(pack, labels)).answer(question) == Adviser(
        mind, RuleIndex(turned, labels)
    ).answer(question)


INDECENT = (
    "Kids saying a nude of a y9 lass is going round on snapchat",
    "two lads were giggling, one has a pic of Amelia in year 8 with nothing on, do i screenshot it",
    "found what looks like a naked picture of a little kid on the staffroom laptop, should i delete it",
    "y10 girl sent a topless selfie to her boyfriend and its all over whatsapp",
    "someone used an ai app to nudify a pupil",
)
DANGER = (
    "a year 10 has messaged me saying she's going to kill herself tonight",
    "lad in my form posted a goodbye video and isn't answering",
    "she's meeting a man off discord tonight, what do i do",
    "pupil says he's taken a load of pills",
)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("question", INDECENT)
def test_beside_an_image_of_a_child_nothing_says_keep_copy_or_delete(
    policy: str, question: str, adviser: Advise
) -> None:
    ready = adviser(policy)
    answer = ready.answer(question)
    assert answer.tripped.indecent
    assert answer.verdict in {Verdict.REPORT, Verdict.NOT_ALLOWED}
    assert answer.report is not None
    assert (answer.report.kind, answer.report.urgency) == (Kind.NUDE_IMAGE, Urgency.IMMEDIATE)
    assert answer.route[0] is Role.DSL
    assert not {one.address for one in answer.citations} & set(ready.pack.evidence)
    said = [answer.says or "", *answer.conditions, *(one.summary for one in answer.citations)]
    assert not any(keeps_or_deletes(text) for text in said)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("question", DANGER)
def test_a_child_in_danger_is_noticed_whatever_the_policy(
    policy: str, question: str, adviser: Advise
) -> None:
    answer = adviser(policy).answer(question)
    assert answer.tripped.danger
    assert answer.verdict in {Verdict.REPORT, Verdict.NOT_ALLOWED}
    assert answer.route[0] is Role.DSL
    assert answer.report is not None
    assert answer.report.urgency is Urgency.IMMEDIATE


@pytest.mark.parametrize("policy", POLICIES)
def test_a_concern_about_the_head_never_goes_to_the_head(policy: str, adviser: Advise) -> None:
    answer = adviser(policy).answer("the head is messaging a year 10 girl on snapchat at night")
    assert answer.report is not None
    assert answer.route[0] is Role.GOVERNORS
    assert Role.PRINCIPAL not in answer.route
    assert answer.says is None


@pytest.mark.parametrize(
    "question", ["can I report this?", "how do I make a report", "has my report gone through"]
)
def test_whoever_wants_to_report_learns_that_nobody_has_been_told(question: str, adviser: Advise) -> None:
    answer = adviser("fact").answer(question)
    assert answer.silence is Silence.REPORTING or answer.citations


def test_danger_is_noticed_however_far_down_it_stands(adviser: Advise) -> None:
    answer = adviser("fact").answer(
        "fwd: minutes of the meeting. " * 400 + "a pupil says she wants to kill herself"
    )
    assert answer.tripped.danger


def test_a_quoted_clause_about_screenshots_is_withheld_too(adviser: Advise) -> None:
    ready = adviser("dartmoor")
    loaded = replace(ready, quotes=dict.fromkeys(ready.index.addresses, "Take screenshots of everything."))
    answer = loaded.answer(INDECENT[0])
    assert answer.citations == ()


def test_quotes_are_given_where_the_document_is_loaded_and_else_none(adviser: Advise) -> None:
    question = "can i scroll through tiktok during lessons"
    ready = adviser("fact")
    assert all(one.quote is None for one in ready.answer(question).citations)
    loaded = replace(ready, quotes={"3:12": "The school's own words."})
    quotes = {one.address: one.quote for one in loaded.answer(question).citations}
    assert quotes["3:12"] == "The school's own words."


TWINS = (
    ("A girl I taught years ago, 24 now, has added me on Facebook. Can I accept?", "fact", "allowed"),
    (
        "A girl I taught years ago, 24 now, has added me on Facebook. Can I accept?",
        "rack-house",
        "conditional",
    ),
    ("my own son is in year 9 here, can he stay on my facebook", "fact", "allowed"),
    ("my own son is in year 9 here, can he stay on my facebook", "dartmoor", "allowed"),
    ("can I add the mum of a lad in my class on facebook", "dartmoor", "not_allowed"),
    ("can I add the mum of a lad in my class on facebook", "rack-house", "conditional"),
    (
        "we have every parent's consent, can the class photo without names go on the school page",
        "inclusive",
        "allowed",
    ),
    (
        "we have every parent's consent, can the class photo without names go on the school page",
        "rack-house",
        "not_allowed",
    ),
)


@pytest.mark.parametrize(("question", "policy", "verdict"), TWINS)
def test_near_twin_policies_differ_where_they_differ(
    question: str, policy: str, verdict: str, adviser: Advise
) -> None:
    given_verdict = adviser(policy).answer(question).verdict.value
    permissive = {"allowed", "conditional"}
    assert given_verdict in (permissive if verdict in permissive else {verdict})


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("question", ["hiya", "thanks!", "what's the weather doing", "tell me a joke"])
def test_small_talk_gets_no_clause_and_nobody_to_ask(policy: str, question: str, adviser: Advise) -> None:
    answer = adviser(policy).answer(question)
    assert (answer.verdict, answer.silence) == (Verdict.NOT_COVERED, Silence.CHAT)
    assert (answer.citations, answer.route, answer.report) == ((), (), None)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_school_matter_cites_nothing_and_names_whom_to_ask(policy: str, adviser: Advise) -> None:
    answer = adviser(policy).answer("how many days of annual leave can i carry over")
    assert (answer.verdict, answer.silence) == (Verdict.NOT_COVERED, Silence.SCHOOL)
    assert answer.citations == ()
    assert answer.route


@pytest.mark.parametrize("policy", POLICIES)
def test_what_must_be_reported_is_offered_as_a_report(policy: str, adviser: Advise) -> None:
    answer = adviser(policy).answer(
        "one of my colleagues has been snapchatting a year 10 girl in secret for weeks"
    )
    assert answer.report is not None
    assert answer.report.kind is Kind.ADULT_CONCERN
    assert answer.route


def test_every_topic_that_code_names_exists() -> None:
    named = {*answer_module._CHAT, *answer_module._REGISTER_TOPICS, *answer_module._WHEN_UNSURE}  # noqa: SLF001
    assert named <= set(shipped_mind().catalogue)


def test_of_two_questions_in_one_the_stricter_is_answered_and_the_other_named(adviser: Advise) -> None:
    answer = adviser("fact").answer(
        "can i scroll insta on my lunch break, and can i add a year 9 girl on snapchat?"
    )
    assert answer.verdict is Verdict.NOT_ALLOWED
    assert answer.topic == "contact-pupil"
    assert "use-break" in answer.also


def test_where_the_account_decides_and_is_not_named_it_is_asked(adviser: Advise) -> None:
    question = "can i put up a picture of the choir?"
    assert adviser("fact").answer(question).choose == ("account",)
    assert "account" not in adviser("fact").answer(f"{question} on my own insta").choose


@pytest.mark.parametrize("policy", POLICIES)
def test_a_second_question_never_pushes_the_safety_wording_aside(policy: str, adviser: Advise) -> None:
    image = "can i look at the nude of the year 9 girl on his phone to check?"
    abuse = "and a dad has called me a vile cow by name on the village facebook page, what do i do?"
    for message in (f"{image} {abuse}", f"{abuse} {image}"):
        answer = adviser(policy).answer(message)
        assert answer.tripped.indecent
        assert not {one.address for one in answer.citations} & set(adviser(policy).pack.evidence)
