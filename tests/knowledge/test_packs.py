"""The built-in packs: every clause reached, every example answered as its rule promises."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.answer import Adviser
from knowledge.checking import count_cases, failing_cases, unreached
from knowledge.loader import STARTER, load_topics, shipped_pack, shipped_policies, unknown_topics
from knowledge.rules import Verdict

ADDRESSES = Path(__file__).parent.parent / "packs"


def _addresses(policy: str) -> frozenset[str]:
    return frozenset((ADDRESSES / f"{policy}.addresses").read_text(encoding="utf-8").split())


def test_the_five_source_policies_and_the_starter_are_built_in() -> None:
    assert shipped_policies() == (
        *("ace-derbyshire", "dartmoor", "fact", "inclusive", "rack-house"),
        STARTER,
    )


def test_every_clause_is_reached_by_a_rule_or_explained(each_adviser: Adviser) -> None:
    assert unreached(each_adviser, _addresses(each_adviser.pack.policy.id)) == ()


def test_no_pack_cites_a_clause_that_its_document_does_not_have(each_adviser: Adviser) -> None:
    pack = each_adviser.pack
    cited = {*each_adviser.index.addresses, *pack.excluded, *pack.evidence, *pack.gists}
    cited |= {row.address for row in pack.register_}
    assert cited - _addresses(pack.policy.id) == set()


def test_every_clause_has_a_gist_and_every_section_a_heading(each_adviser: Adviser) -> None:
    pack = each_adviser.pack
    addresses = _addresses(pack.policy.id)
    assert set(pack.gists) == addresses
    assert {address.partition(":")[0] for address in addresses} == set(pack.headings)


def test_every_example_and_near_miss_gets_the_verdict_that_its_rule_promises(each_adviser: Adviser) -> None:
    assert count_cases(each_adviser) > (200 if each_adviser.pack.policy.id == STARTER else 300)
    assert list(failing_cases(each_adviser)) == []


@pytest.mark.parametrize("policy", shipped_policies())
def test_every_rule_is_about_a_topic_that_can_be_recognised(policy: str) -> None:
    assert unknown_topics(shipped_pack(policy), load_topics()) == ()


def test_a_rule_that_asks_or_reports_names_somebody(each_adviser: Adviser) -> None:
    for rule in each_adviser.pack.rules:
        if rule.verdict is Verdict.ASK_FIRST:
            assert rule.decides, rule.id
        if rule.verdict is Verdict.REPORT:
            assert rule.tells, rule.id


def test_the_contradiction_on_personal_data_in_ace_derbyshire_stays_visible() -> None:
    found = [set(one.addresses) for one in shipped_pack("ace-derbyshire").contradictions]
    assert any({"3:16", "5.iv:4"} <= addresses for addresses in found)


def test_gaps_in_a_register_stay_gaps() -> None:
    rows = {row.address: row for row in shipped_pack("dartmoor").register_}
    assert rows["3:4"].approved is None
    assert rows["3:7"].master_admin is None


@pytest.mark.parametrize(
    ("policy", "overdue"),
    [
        ("dartmoor", True),
        ("inclusive", True),
        ("ace-derbyshire", True),
        ("fact", True),
        ("rack-house", False),
        (STARTER, False),
    ],
)
def test_a_policy_past_its_review_is_known_to_be(policy: str, overdue: bool) -> None:
    assert shipped_pack(policy).policy.overdue(date(2026, 11, 21)) is overdue


def test_a_review_due_in_a_month_is_overdue_only_after_that_month() -> None:
    policy = shipped_pack("ace-derbyshire").policy
    assert not policy.overdue(date(2026, 10, 31))
    assert policy.overdue(date(2026, 11, 1))
