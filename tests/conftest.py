"""What several tests need: the shipped mind, advisers for the built-in policies, a small pack of our own."""

from collections.abc import Callable
from functools import cache

import pytest

from knowledge.answer import Adviser
from knowledge.index import RuleIndex
from knowledge.loader import read_pack, shipped_pack, shipped_policies
from knowledge.rules import Pack
from knowledge.understanding import Mind, shipped_mind

pytest_plugins = ["tests.support.fixtures"]

SMALL = """\
schema: 1
policy: {id: small, title: Social Media Policy, organisation: Tiny School, review_due: 2030-01}
roles: {principal: Headteacher}
rules:
  - id: no-pupils
    topic: contact-pupil
    addresses: ["1:1"]
    verdict: not_allowed
    says: No contact with pupils.
    exceptions:
      - {when: {relation: family}, verdict: allowed, addresses: ["1:2"], says: Family is fine.}
"""


@pytest.fixture(scope="session")
def mind() -> Mind:
    return shipped_mind()


@cache
def _adviser(policy: str) -> Adviser:
    mind = shipped_mind()
    return Adviser(mind, RuleIndex(shipped_pack(policy), mind.model.topics))


@pytest.fixture(scope="session")
def adviser() -> Callable[[str], Adviser]:
    """Give the adviser for a built-in policy by its id."""
    return _adviser


@pytest.fixture
def small_pack() -> Pack:
    return read_pack(SMALL, "small.yml")


@pytest.fixture(params=shipped_policies())
def each_adviser(request: pytest.FixtureRequest) -> Adviser:
    """Give the adviser of each built-in policy in turn."""
    return _adviser(request.param)
