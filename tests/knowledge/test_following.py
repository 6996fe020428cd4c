"""A message that goes on from the one before is understood with it; a new question is not."""

from collections.abc import Callable

import pytest

from knowledge.answer import Adviser
from knowledge.following import follows
from knowledge.rules import PERMISSIVE, Verdict


@pytest.mark.parametrize(
    "message",
    [
        "and if it's my own account?",
        "what about at lunch?",
        "OK, and a former pupil?",
        "even if she's 18?",
        "thanks!",
    ],
)
def test_what_goes_on_from_before_is_seen(message: str) -> None:
    assert follows(message)


@pytest.mark.parametrize(
    "message",
    [
        "Can I use my phone at lunch?",
        "Do I need consent for a class photo on the school page?",
        "Where is the register kept?",
    ],
)
def test_a_question_that_stands_by_itself_is_taken_by_itself(message: str) -> None:
    assert not follows(message)


@pytest.mark.parametrize("policy", ["dartmoor", "fact", "ace-derbyshire"])
def test_the_situation_is_kept_and_what_is_new_wins(adviser: Callable[[str], Adviser], policy: str) -> None:
    first = "Can I accept a friend request from a pupil?"
    one = adviser(policy)
    assert one.answer(first).verdict is Verdict.NOT_ALLOWED
    family = one.answer("and if she is my niece?", before=first)
    assert family.verdict in PERMISSIVE
    assert family.topic == "contact-pupil-family"


def test_what_came_before_changes_nothing_of_a_new_question(adviser: Callable[[str], Adviser]) -> None:
    one, new = adviser("dartmoor"), "Can I set up a Twitter account for my department?"
    assert one.answer(new, before="Can I accept a friend request from a pupil?") == one.answer(new)


def test_danger_in_what_came_before_is_not_forgotten(adviser: Callable[[str], Adviser]) -> None:
    before = "A girl in my form told me she is going to kill herself tonight"
    assert adviser("dartmoor").answer("and can I message her?", before=before).tripped


@pytest.mark.parametrize("chosen", ["personal", "official"])
def test_a_choice_between_two_readings_settles_it(adviser: Callable[[str], Adviser], chosen: str) -> None:
    answer = adviser("dartmoor").answer("Can I put up photos from the trip?", chosen=chosen)
    assert "account" not in answer.choose


def test_a_topic_that_was_chosen_is_the_one_answered(adviser: Callable[[str], Adviser]) -> None:
    answer = adviser("dartmoor").answer("can I post it", chosen="school-news-personal")
    assert answer.topic == "school-news-personal"


@pytest.mark.parametrize("whom", ["a pupil", "a student", "pupils", "my Year 9s", "a boy in my class"])
@pytest.mark.parametrize(
    "how", ["accept a friend request from", "be friends on Facebook with", "follow", "message"]
)
def test_the_plainest_question_of_all_is_never_answered_with_a_yes(
    each_adviser: Adviser, how: str, whom: str
) -> None:
    assert each_adviser.answer(f"Can I {how} {whom}?").verdict not in PERMISSIVE
