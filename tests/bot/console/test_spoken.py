"""One typed line becomes a kind, answers and text."""

import pytest

from bot.console.spoken import Line, kind_meant, read_line
from bot.errors import SignpostError
from knowledge.rules import Kind


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("pupil_contact He wrote to me", Kind.PUPIL_CONTACT, "He wrote to me"),
        ("pupil contact He wrote to me", Kind.PUPIL_CONTACT, "He wrote to me"),
        ("Contact by a former pupil She left in July", Kind.FORMER_PUPIL_CONTACT, "She left in July"),
        ("nude Two boys talk of one", Kind.NUDE_IMAGE, "Two boys talk of one"),
        ("press", Kind.PRESS, ""),
        ("", None, ""),
        ("My pupil wrote to me", None, "My pupil wrote to me"),
        ("Nothing much happened", None, "Nothing much happened"),
    ],
)
def test_the_longest_name_of_a_kind_counts_and_the_rest_is_the_report(
    line: str, kind: Kind | None, text: str
) -> None:
    assert read_line(line) == Line(kind, {}, text)


def test_every_kind_is_known_by_its_id_and_by_whatever_people_call_it() -> None:
    assert [kind_meant(kind.value) for kind in Kind] == list(Kind)
    assert kind_meant("Sextortion") is Kind.GROOMING
    assert kind_meant("pup") is None


@pytest.mark.parametrize(
    "line",
    [
        'about=works_here subject="Sam Okafor" danger=yes adult concern He shouted',
        'adult concern about=works_here subject="Sam Okafor" danger=yes He shouted',
        "adult concern He shouted about=works_here subject=“Sam Okafor” danger=yes",
        "about=works_here adult concern He shouted subject='Sam Okafor' danger=yes",
    ],
)
def test_answers_stand_before_the_kind_after_it_or_at_the_end(line: str) -> None:
    answers = {"about": "works_here", "subject": "Sam Okafor", "danger": "yes"}
    assert read_line(line) == Line(Kind.ADULT_CONCERN, answers, "He shouted")


def test_what_stands_in_the_middle_of_the_text_is_text() -> None:
    line = read_line("press They ask about=danger and https://news.example/?a=b in the same breath")
    assert line == Line(
        Kind.PRESS, {}, "They ask about=danger and https://news.example/?a=b in the same breath"
    )


def test_a_question_about_a_member_of_staff_is_answered_by_their_id() -> None:
    assert read_line("complaint He is cross standing.tom=mentioned").answers == {"standing.tom": "mentioned"}


def test_a_quotation_mark_that_is_never_closed_is_refused() -> None:
    with pytest.raises(SignpostError, match="after subject= is never closed"):
        read_line('adult concern subject="Sam He shouted')
