"""Weighing opinions: what is worth most, and never a verdict that nobody speaks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.loader import shipped_pack
from knowledge.rules import PERMISSIVE, Verdict
from knowledge.ruling import WORTH, Hearing, Opinion, in_circumstances

RULED = [verdict for verdict in Verdict if verdict is not Verdict.NOT_COVERED]
RULE = shipped_pack("fact").rules[0]


def _hearing(weights: dict[Verdict, float], silent: float = 0.0) -> Hearing:
    said = [(RULE.model_copy(update={"verdict": verdict}), weight) for verdict, weight in weights.items()]
    return Hearing(tuple(Opinion(weight, rule, rule) for rule, weight in said), silent)


@given(st.dictionaries(st.sampled_from(RULED), st.floats(0.001, 1)), st.floats(0, 1))
def test_a_verdict_always_has_somebody_speaking_for_it(weights: dict[Verdict, float], silent: float) -> None:
    hearing = _hearing(weights, silent)
    verdict = hearing.verdict()
    assert verdict is Verdict.NOT_COVERED or hearing.supporting(verdict)


@pytest.mark.parametrize("no", [Verdict.NOT_ALLOWED, Verdict.ASK_FIRST, Verdict.REPORT])
@pytest.mark.parametrize("yes", sorted(PERMISSIVE))
def test_a_yes_needs_a_wide_margin_over_a_no(yes: Verdict, no: Verdict) -> None:
    assert _hearing({yes: 0.6, no: 0.4}).verdict() is no
    assert _hearing({yes: 0.95, no: 0.05}).verdict() is yes


def test_nothing_is_worth_more_than_being_right_and_a_wrong_yes_costs_most() -> None:
    assert max(WORTH.values()) == 1
    worst = min(WORTH, key=lambda pair: WORTH[pair])
    assert worst[0] in PERMISSIVE


def test_the_most_particular_exception_holds() -> None:
    pack = shipped_pack("rack-house")
    rule = next(rule for rule in pack.rules if rule.topic == "contact-pupil-family")
    told = in_circumstances(rule, {"relation": "family", "declared": "no"})
    assert told.verdict is Verdict.NOT_ALLOWED
    assert in_circumstances(rule, {}) is rule
