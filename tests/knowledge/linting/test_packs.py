"""What the lint finds in a pack, and in a pack held against its document."""

from datetime import date

import pytest

from knowledge.linting import Finding, Peers, lint, paper_of
from knowledge.linting.markdown import paper_from_markdown
from knowledge.loader import STARTER, read_pack, shipped_pack, starter_document
from knowledge.rules import Pack

TODAY = date(2026, 11, 21)
PACK = """\
schema: 1
status: draft
policy: {id: hill, title: Social Media, organisation: Hill School, reviewed: 2026-01, review_due: 2027-01}
register:
  - {address: "2:1", school: Hill, channels: ["office@hill.example"], master_admin: Jo Stone, approved: null}
contradictions:
  - {addresses: ["1:1", "1:2"], says: One says never and the other sometimes.}
rules:
  - {id: a, topic: contact-pupil, addresses: ["1:1"], verdict: not_allowed, says: No.}
excluded: {"1:3": an introduction}
headings: {"1": Contact}
clauses: {"1:1": Never contact pupils., "1:2": Ask the as appropriate., "1:3": "These are the rules:"}
"""


def pack(text: str = PACK) -> Pack:
    return read_pack(text, "hill.yml")


def by_check(found: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.check: finding for finding in found}


def test_the_register_and_the_known_contradictions_of_a_pack_are_looked_at() -> None:
    found = by_check(lint(None, pack(), today=TODAY))
    assert set(found) == {"register-blank", "one-administrator", "email-as-account", "contradiction"}
    assert found["contradiction"].addresses == ("1:1", "1:2")


def test_a_draft_brings_its_own_words_and_every_clause_needs_a_rule() -> None:
    found = by_check(lint(paper_of(pack()), pack(), today=TODAY))
    assert found["blank-recipient"].addresses == ("1:2",)
    assert found["unreached"].addresses == ("1:2",)


def test_a_rule_on_a_clause_that_is_not_there_is_found() -> None:
    text = PACK.replace('addresses: ["1:1"], verdict', 'addresses: ["1:1", "7:7"], verdict')
    found = by_check(lint(paper_of(pack(text)), pack(text), today=TODAY))
    assert found["lost-clause"].addresses == ("7:7",)


def test_what_every_comparable_policy_covers_is_missed_and_the_floor_comes_first() -> None:
    both = frozenset({"contact-pupil", "nude-image", "use-break"})
    peers = Peers(
        {"x": both, "y": both | {"phishing"}}, {"use-break": "breaks"}, {"nude-image": "the DSL must be told"}
    )
    missed = [one for one in lint(None, pack(), today=TODAY, peers=peers) if one.check == "uncovered"]
    assert [one.what for one in missed] == [
        "nothing is said on nude-image, which every comparable policy covers",
        "nothing is said on breaks, which every comparable policy covers",
    ]
    assert missed[0].remedy == "Add a clause; meanwhile the DSL must be told"


def test_a_single_other_policy_is_nothing_to_compare_with() -> None:
    peers = Peers({"hill": frozenset({"use-break"}), "x": frozenset({"use-break"})})
    assert "uncovered" not in by_check(lint(None, pack(), today=TODAY, peers=peers))


def test_the_starter_is_whole_together_with_its_document() -> None:
    paper = paper_from_markdown(starter_document(), STARTER)
    assert lint(paper, shipped_pack(STARTER), today=TODAY) == ()


@pytest.mark.parametrize(
    ("policy", "check"),
    [
        *(("dartmoor", "review-overdue"), ("dartmoor", "register-blank"), ("inclusive", "review-overdue")),
        *(("rack-house", "no-date"), ("fact", "contradiction")),
        *(("ace-derbyshire", "one-administrator"), ("ace-derbyshire", "contradiction")),
    ],
)
def test_what_is_wrong_with_the_source_policies_is_found_in_their_packs(policy: str, check: str) -> None:
    assert check in by_check(lint(None, shipped_pack(policy), today=TODAY))
