"""Two editions side by side: what changed, and which questions now get another answer."""

from collections.abc import Callable

from knowledge.answer import Adviser
from knowledge.comparing import compare
from knowledge.index import RuleIndex
from knowledge.loader import read_pack
from knowledge.rules import Verdict
from knowledge.understanding import Mind
from tests.conftest import SMALL

QUESTION = "a boy in my year 10 set wants to add me on snapchat, can i accept?"


def _advisers(mind: Mind, *texts: str) -> tuple[Adviser, Adviser]:
    packs = [read_pack(text, "small.yml") for text in texts]
    first, second = (Adviser(mind, RuleIndex(pack, mind.model.topics)) for pack in packs)
    return first, second


def test_an_edition_compared_with_itself_differs_in_nothing(adviser: Callable[[str], Adviser]) -> None:
    found = compare(adviser("starter"), adviser("starter"))
    assert (found.clauses, found.rules, found.answers) == ((), (), ())
    assert found.asked > 200


def test_a_changed_rule_changes_the_answers_to_its_questions_and_no_others(mind: Mind) -> None:
    edited = SMALL.replace(
        "not_allowed\n    says: No contact", "ask_first\n    decides: [principal]\n    says: Ask"
    )
    old, new = _advisers(mind, SMALL, edited)
    found = compare(old, new, [QUESTION, "can i post pictures of my dog"])
    assert [one.name for one in found.rules] == ["no-pupils"]
    (other,) = found.answers
    assert (other.before.verdict, other.after.verdict) == (Verdict.NOT_ALLOWED, Verdict.ASK_FIRST)
    assert other.differs == ("verdict", "route")


def test_examples_alone_change_no_rule_but_are_asked(mind: Mind) -> None:
    old, new = _advisers(mind, SMALL, f"{SMALL}    examples: [{QUESTION!r}]\n")
    found = compare(old, new)
    assert (found.rules, found.asked) == ((), 1)


def test_clauses_are_compared_by_their_words_or_by_what_they_are_about(mind: Mind) -> None:
    first = f'{SMALL}gists: {{"1:1": No pupils., "1:2": Family.}}\n'
    second = f'{SMALL}gists: {{"1:1": Pupils never., "1:3": New.}}\n'
    found = compare(*_advisers(mind, first, second))
    assert [(one.name, one.how) for one in found.clauses] == [
        ("1:1", "changed"),
        ("1:2", "gone"),
        ("1:3", "new"),
    ]
    worded = 'clauses: {"1:1": Never., "1:2": Family.}\n'
    found = compare(*_advisers(mind, first + worded, second + worded))
    assert found.clauses == ()
