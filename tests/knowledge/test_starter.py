"""The starter policy: whole over everything people ask, in words of its own, and never learned by heart."""

import re

import pytest

from bot.signpost import Signpost
from knowledge import sources
from knowledge.document import quotes_of
from knowledge.loader import STARTER, load_topics, shipped_pack, starter_document
from knowledge.rules import Role, Verdict
from knowledge.understanding import Mind

PACK = shipped_pack(STARTER)
CLAUSES = quotes_of(starter_document(), ".md")


def test_the_starter_has_a_rule_for_every_topic_but_those_that_are_no_question_for_a_policy() -> None:
    asked_of_a_policy = {topic.id for topic in load_topics().values() if topic.act != "silent"}
    assert {rule.topic for rule in PACK.rules} == asked_of_a_policy


def test_every_rule_of_the_starter_has_an_example() -> None:
    assert [rule.id for rule in PACK.rules if not rule.examples] == []


def test_the_addresses_of_the_starter_are_those_of_its_document() -> None:
    assert list(PACK.gists) == list(CLAUSES)


def test_the_starter_teaches_the_weights_nothing() -> None:
    examples = {example for rule in PACK.rules for example in rule.examples}
    assert len(examples) > 200
    assert len(examples & sources.promises()) == 0


def test_no_clause_of_the_starter_is_left_to_be_filled_in() -> None:
    assert [
        text for text in CLAUSES.values() if re.search(r"\[[a-z]|«|<[a-z]|\bxx", text, re.IGNORECASE)
    ] == []


def test_a_body_of_one_nation_is_named_only_beside_that_nation() -> None:
    for address, text in CLAUSES.items():
        if re.search(r"LADO|Keeping Children Safe", text):
            assert "England" in text, address


def test_a_child_in_danger_goes_to_the_dsl_and_the_head_is_never_told_about_the_head() -> None:
    rules = {rule.topic: rule for rule in PACK.rules}
    for topic in ("child-disclosure", "immediate-danger", "nude-image", "grooming-outsider"):
        assert rules[topic].verdict is Verdict.REPORT
        assert rules[topic].tells[0] is Role.DSL
    assert "chair of governors" in CLAUSES["11.1:1"]


def test_the_register_of_the_starter_is_whole() -> None:
    assert len(PACK.register_) == 2
    assert all(row.school and row.master_admin and row.approved and row.opened for row in PACK.register_)


@pytest.mark.parametrize("address", sorted(PACK.evidence))
def test_what_is_withheld_beside_an_image_is_a_clause_of_the_document(address: str) -> None:
    assert address in CLAUSES


def test_answers_from_the_starter_quote_its_own_words(mind: Mind) -> None:
    answer = Signpost(mind).ask(STARTER, "Can I put a photo of my class on my own Instagram?")
    assert answer.citations[0].quote == CLAUSES["6.1:1"]
