"""The register is looked up by school, platform and role."""

import pytest

from knowledge.loader import shipped_pack
from knowledge.normalise import read
from knowledge.register import look_up


@pytest.mark.parametrize(
    ("policy", "question", "addresses", "approved"),
    [
        ("ace-derbyshire", "I'm the business officer at Morley, can I post on our insta", ["3:11"], True),
        ("ace-derbyshire", "class teacher at Hulland, can I put the pumpkins on Facebook", ["3:12"], False),
        ("ace-derbyshire", "co-head at Ashbourne, ok for our insta", ["3:14"], True),
        ("ace-derbyshire", "how long has morley been on instagram", ["3:11"], None),
        ("dartmoor", "who looks after the sixth form insta over at Tavi", ["3:10"], None),
        ("dartmoor", "class teacher at Boasley Cross here", ["3:13"], True),
        ("dartmoor", "I'm the administrator at Okehampton Primary", ["3:8"], True),
    ],
)
def test_rows_and_approval_are_found(
    policy: str, question: str, addresses: list[str], approved: bool | None
) -> None:
    entry = look_up(shipped_pack(policy), read(question).whole)
    assert entry is not None
    assert [row.address for row in entry.channels] == addresses
    assert entry.approved is approved


def test_no_school_named_finds_no_row() -> None:
    assert look_up(shipped_pack("dartmoor"), read("can I post on facebook").whole) is None


def test_template_rows_left_in_a_document_are_no_channels() -> None:
    assert look_up(shipped_pack("ace-derbyshire"), read("who runs the Marehay facebook").whole) is None
