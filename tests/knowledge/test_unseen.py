"""The figure that counts: questions that nothing was tuned on (docs/answers.md has more)."""

from functools import cache

import pytest

from tests.measure import Figure, measure, unseen_rows


@cache
def _all() -> dict[str, Figure]:
    return measure(unseen_rows())["all"]


def test_every_policy_has_at_least_thirty_unseen_questions() -> None:
    rows = unseen_rows()
    assert all(
        sum(row["policy"] == policy for row in rows) >= 30 for policy in {row["policy"] for row in rows}
    )


@pytest.mark.parametrize(("figure", "least"), [("right", 0.75), ("route", 0.85)])
def test_unseen_questions_are_answered_well_enough(figure: str, least: float) -> None:
    assert _all()[figure].share >= least


@pytest.mark.parametrize(("figure", "most"), [("unsafe", 0.02), ("missed", 0.05), ("alarm", 0.05)])
def test_unseen_questions_are_seldom_answered_badly(figure: str, most: float) -> None:
    assert _all()[figure].share <= most
