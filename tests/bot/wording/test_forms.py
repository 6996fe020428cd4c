"""The words around a report: calm and short, no false comfort, and nothing that a report does for the law."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest

from bot.reporting.forms import SORTS, notes, questions
from bot.reporting.people import Contacts
from bot.reporting.report import About, Standing
from bot.wording import forms as wording
from bot.wording import receipts, safety
from knowledge.rules import Kind, Urgency
from tests.bot.reporting.forms_help import context, in_nation

NUMBERS = Contacts(
    dsl_phone="01632 960003",
    lado="Oakshire LADO, 01632 960000",
    social_care="01632 960001",
    social_care_out_of_hours="01632 960002",
)
SAID = ("", "yes", "no", "unsure")
DUTY_DONE = re.compile(
    r"(your|the|any|legal) (legal )?(duty|duties|obligations?|responsibilit\w+) (is|are|has been|have been) "
    r"(met|done|over|fulfilled)|discharg|no need to (tell|ring|contact)|needn't (tell|ring|contact) (the "
    r"police|social care|children's|the lado)|nothing (more|else) (to do|you need)",
    re.IGNORECASE,
)
JARGON = re.compile(r"\b(invalid|error|null|regex|payload|uri|mandatory|please be advised)\b", re.IGNORECASE)


def every_receipt() -> Iterator[str]:
    for urgency, nation in product(Urgency, safety.LEADS):
        numbers = NUMBERS if urgency is Urgency.TODAY else Contacts()
        said = receipts.receipt(
            "SP-7Q4K-M2XD", people=("the head",), urgency=urgency, nation=nation, numbers=numbers
        )
        yield " ".join(said)


def every_word() -> Iterator[str]:
    for kind, danger, image in product(Kind, SAID, SAID):
        answers = {"about": "works_here", "danger": danger, "image": image, "adult_involved": "yes"}
        yield from notes(kind, answers, context())
        for question in questions(kind, answers, context()):
            yield f"{question.label} {question.help}"
    yield from wording.CHOOSE.values()
    yield from (value for name, value in vars(wording).items() if name.isupper() and isinstance(value, str))
    yield from every_receipt()
    yield receipts.goes_to(())
    yield receipts.not_saved("england", NUMBERS)


@cache
def words() -> tuple[str, ...]:
    return tuple(dict.fromkeys(every_word()))


def test_no_word_says_that_a_report_ends_anybodys_duty() -> None:
    assert len(words()) > 100
    assert not [said for said in words() if DUTY_DONE.search(said) or "anonymous" in said.lower()]


def test_no_word_is_a_machines() -> None:
    assert not [said for said in words() if JARGON.search(said) or "{" in said]


def test_a_worried_person_can_read_it_sentence_by_sentence() -> None:
    sentences = [sentence for said in words() for sentence in re.split(r"(?<=[.?:;])\s", said)]
    assert not [sentence for sentence in sentences if len(sentence.split()) > 32]


def test_there_are_words_for_every_kind_question_and_choice() -> None:
    assert set(wording.CHOOSE) == set(Kind)
    assert set(wording.OPTIONS["about"]) == {about.value for about in About}
    assert set(wording.STANDINGS) == {standing.value for standing in Standing}
    for kind, key in product(Kind, SORTS):
        label, _ = wording.question(kind, key)
        assert label


def test_a_question_that_nobody_asks_has_no_words() -> None:
    with pytest.raises(KeyError):
        wording.question(Kind.OTHER, "colour")


def test_no_fault_repeats_what_was_typed_but_names_the_choices() -> None:
    assert wording.one_of({"a": "One", "b": "Two"}) == "Choose one of these: One; Two."


def test_what_was_not_saved_says_so_first_and_whom_to_ring() -> None:
    said = receipts.not_saved("england", NUMBERS)
    assert said.startswith("NOT saved. Ring ")
    assert "01632 960003" in said
    assert "999" in said
    assert not re.search(r"\b(received|sent|stored|kept|reported)\b", said)


def test_what_was_not_saved_says_whom_to_ring_even_where_no_number_is_known() -> None:
    assert receipts.not_saved("wales", None) == (
        "NOT saved. Ring the designated safeguarding person. If a child is in danger, ring 999."
    )


def test_a_receipt_is_no_promise_that_it_is_dealt_with() -> None:
    for said in every_receipt():
        assert "SP-7Q4K-M2XD" in said
        assert "the head" in said
        assert "Received does not mean dealt with" in said
        assert "the police (101, or 999 in an emergency)" in said
        assert "children's social care" in said
        assert "You may contact any of these yourself, at any time" in said


def test_a_receipt_names_the_lado_in_england_and_nowhere_else() -> None:
    assert "or the LADO (Oakshire LADO, 01632 960000)" in safety.outside("england", NUMBERS)
    assert "(01632 960001 or, out of hours, 01632 960002)" in safety.outside("england", NUMBERS)
    assert "LADO" not in safety.outside("scotland", NUMBERS)


def test_whom_it_goes_to_is_one_line_and_an_empty_role_holds_nothing_up() -> None:
    assert receipts.goes_to(["the head"]) == "This goes to: the head."
    assert receipts.goes_to(["the head", "a deputy", "the lead"]) == (
        "This goes to: the head, a deputy and the lead."
    )
    assert "Send it all the same" in receipts.goes_to([])


@pytest.mark.parametrize("nation", safety.LEADS)
def test_each_nation_has_its_own_word_for_the_lead(nation: str) -> None:
    first, *_ = notes(Kind.DISCLOSURE, {"danger": "yes"}, in_nation(nation))
    assert safety.LEADS[nation] in first


def test_a_school_that_gives_no_lados_number_still_shows_the_card() -> None:
    (card,) = safety.lado_card("england", Contacts())
    assert "(LADO)" in card
    assert "your local authority" in card
