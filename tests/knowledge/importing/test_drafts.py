"""Clauses are understood by kind and by how they are put; the draft that comes of it answers at once."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from bot.signpost import Signpost
from knowledge.importing.clauses import clauses
from knowledge.importing.kinds import matches
from knowledge.importing.pack import Imported, as_yaml, imported
from knowledge.importing.reading import read_document
from knowledge.importing.statements import Stance, stance_of, statements
from knowledge.loader import read_pack
from knowledge.rules import Pack
from knowledge.understanding import shipped_mind
from tests.knowledge.importing import policies

_ASKED = [
    json.loads(line)
    for line in (policies.FOLDER / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
_RIGHT = 0.8
"""Of the questions to made-up policies that no rule was written for; 91 of 100 when this was set."""


@cache
def _imported(name: str) -> Imported:
    return imported(read_document(policies.FOLDER / f"{name}.md"), shipped_mind())


@cache
def _pack(name: str) -> Pack:
    return read_pack(as_yaml(_imported(name), policy_id=name), f"{name}.yml")


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("staff must not add pupils", Stance.FORBID),
        ("friend requests from pupils should be declined", Stance.FORBID),
        ("staff may use social media at lunch", Stance.PERMIT),
        ("accounts are opened only with the written agreement of the head", Stance.ASK),
        ("staff must not use the logo without permission from the principal", Stance.ASK),
        ("pictures are used only with the written consent of parents", Stance.STATE),
        ("caution is advised when inviting colleagues", Stance.CAUTION),
        ("passwords must be changed each term", Stance.REQUIRE),
        ("the school has a facebook page", Stance.STATE),
    ],
)
def test_a_statement_is_known_by_how_it_is_put(text: str, stance: Stance) -> None:
    assert stance_of(text) is stance


def test_what_relatives_have_to_ask_softens_nothing_for_others() -> None:
    said = "staff must never follow a pupil unless the pupil is family and the head has agreed in advance"
    assert stance_of(said) is Stance.FORBID


def test_a_heading_speaks_for_the_items_beneath_it() -> None:
    assert stance_of("share rude jokes", "dont") is Stance.FORBID


def test_columns_headed_do_and_dont_are_told_apart() -> None:
    text = "## Rules\n\n| Do | Don't |\n|--|--|\n| lock your profile | add pupils as friends |\n"
    said = statements(clauses(_written(text)))
    assert [(one.text, one.stance) for one in said] == [
        ("lock your profile", Stance.STATE),
        ("add pupils as friends", Stance.FORBID),
    ]


def _written(text: str) -> Any:
    from knowledge.importing.markdown import read_markdown
    from knowledge.importing.shaping import shaped

    return shaped(read_markdown(text), "policy")


def test_rules_for_parents_are_not_taken_for_rules_for_staff() -> None:
    found = matches(statements(_imported("cwm").clauses))
    assert {one.statement.address for one in found["parent-others-image"]} == {"parents-and-carers:2"}
    assert "parents-and-carers:2" not in {one.statement.address for one in found["image-personal"]}


@pytest.mark.parametrize("name", policies.NAMES)
def test_a_draft_is_a_sound_pack_that_holds_the_document_s_words(name: str) -> None:
    pack = _pack(name)
    assert pack.status == "draft"
    assert pack.clauses == _imported(name).clauses.texts
    reached = frozenset[str]().union(*(rule.every_address for rule in pack.rules))
    assert reached <= pack.clauses.keys()
    assert reached | pack.excluded.keys() == pack.clauses.keys()


def test_the_doubtful_rules_stand_first() -> None:
    sure = [rule.confidence or 0.0 for rule in _pack("st-aidans").rules]
    assert sure == sorted(sure)
    assert all(rule.doubt for rule in _pack("st-aidans").rules[:3])


def test_a_rule_names_whoever_its_own_clause_names() -> None:
    rules = {rule.topic: rule for rule in _pack("larkfield").rules}
    assert rules["logo-personal"].decides == ("communications",)
    assert rules["press-enquiry"].verdict == "not_allowed"
    assert "dsl" in rules["grooming-outsider"].tells


def test_family_is_excepted_where_the_document_excepts_it() -> None:
    rules = {rule.topic: rule for rule in _pack("glenarder").rules}
    exceptions = [exception.when for exception in rules["contact-pupil"].exceptions]
    assert {"relation": "family"} in exceptions
    assert rules["contact-pupil"].verdict == "not_allowed"


def _grades() -> Iterable[tuple[bool, bool]]:
    """For each question whether it was answered right, with the clause, and whether unsafely."""
    for row in _ASKED:
        answer = Signpost(shipped_mind(), pack=_pack(row["policy"])).ask(None, row["question"])
        quoted = any(row["snippet"] in (one.quote or "") for one in answer.citations)
        given = answer.verdict.value
        permitted = given in {"allowed", "conditional"}
        yield (
            given in row["verdict"] and quoted,
            permitted and not {"allowed", "conditional"} & {*row["verdict"]},
        )


def test_unreviewed_drafts_of_other_traditions_answer_mostly_right_and_never_unsafely() -> None:
    grades = list(_grades())
    assert sum(right for right, _ in grades) >= _RIGHT * len(grades)
    assert not any(unsafe for _, unsafe in grades)
