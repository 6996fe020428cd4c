"""A school's variant over its trust's policy: what differs is the school's, the rest is the trust's."""

from pathlib import Path

import pytest

from knowledge.loader import load_pack, read_pack, shipped_pack
from knowledge.rules import Pack, Role, Verdict
from knowledge.yamlfile import Refused

TRUST = """\
schema: 1
policy: {id: trust, title: Social Media, organisation: Hill Trust, version: "3"}
roles: {principal: Headteacher, dsl: DSL}
rules:
  - {id: pupils, topic: contact-pupil, addresses: ["1:1"], verdict: not_allowed, says: No., tells: [dsl]}
  - {id: breaks, topic: use-break, addresses: ["1:2"], verdict: allowed, says: Yes.}
evidence: ["1:1"]
gists: {"1:1": No contact., "1:2": Breaks are yours.}
"""
SCHOOL = """\
extends: trust
policy: {id: hill, organisation: Hill Primary}
roles: {dsl: null, principal: Head of School}
rules:
  - {id: breaks, verdict: not_allowed, says: "Not here, see 9:1.", addresses: ["9:1"]}
  - {id: chats, topic: colleague-chat, addresses: ["9:2"], verdict: ask_first, says: Ask., decides: [slt]}
evidence: ["9:2"]
gists: {"9:1": No phones., "1:2": null}
"""


def _base(name: str) -> Pack:
    if name != "trust":
        raise KeyError(name)
    return read_pack(TRUST, "trust.yml")


def _read(text: str = SCHOOL) -> Pack:
    return read_pack(text, "hill.yml", base=_base)


def test_what_differs_is_the_schools_and_the_rest_is_the_trusts() -> None:
    pack = _read()
    rules = {rule.id: rule for rule in pack.rules}
    assert list(rules) == ["pupils", "breaks", "chats"]
    assert rules["pupils"] == _base("trust").rules[0]
    assert (rules["breaks"].verdict, rules["breaks"].topic) == (Verdict.NOT_ALLOWED, "use-break")
    assert (pack.policy.id, pack.policy.title, pack.policy.version) == ("hill", "Social Media", "3")
    assert pack.extends == "trust"


def test_null_takes_away_and_what_is_withheld_stays_withheld() -> None:
    pack = _read()
    assert pack.roles == {Role.PRINCIPAL: "Head of School"}
    assert pack.gists == {"1:1": "No contact.", "9:1": "No phones."}
    assert pack.evidence == ("1:1", "9:2")


def test_a_rule_may_be_left_out_and_one_that_is_not_there_is_a_fault() -> None:
    assert [rule.id for rule in _read(f"{SCHOOL}without: [pupils]\n").rules] == ["breaks", "chats"]
    with pytest.raises(Refused, match=r"hill.yml:9: there is no rule 'nothing' to leave out"):
        _read(f"{SCHOOL}without: [nothing]\n")


def test_a_fault_in_a_variant_is_shown_where_it_stands_in_its_own_file() -> None:
    with pytest.raises(Refused) as refused:
        _read(SCHOOL.replace("verdict: ask_first", "verdict: maybe"))
    assert [fault.line for fault in refused.value.faults] == [6]


def test_a_variant_that_names_no_policy_of_its_own_is_refused() -> None:
    with pytest.raises(Refused, match="needs an id of its own"):
        _read(SCHOOL.replace("id: hill", "id: trust"))


def test_a_variant_of_a_policy_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match=r"hill.yml:1: there is no policy 'nobody' to extend"):
        _read(SCHOOL.replace("extends: trust", "extends: nobody"))


def test_a_variant_may_extend_a_built_in_policy() -> None:
    pack = read_pack("extends: starter\npolicy: {id: hill, organisation: Hill School}\n", "hill.yml")
    assert pack.rules == shipped_pack("starter").rules
    assert pack.policy.organisation == "Hill School"


@pytest.mark.parametrize(
    "broken",
    [
        "rules: 5",
        "policy: []",
        "rules: [5]",
        "without: 5",
        "without: [[a]]",
        "rules: [{id: [a]}]",
        "policy: {id: [a]}",
        "roles: [a]",
    ],
)
def test_a_variant_of_the_wrong_shape_is_refused_and_nothing_breaks(broken: str) -> None:
    key = broken.partition(":")[0]
    lines = [
        line
        for line in SCHOOL.splitlines()
        if not line.startswith((f"{key}:", "  -" if key == "rules" else "~"))
    ]
    with pytest.raises(Refused):
        _read("\n".join((*lines, broken, "")))


def test_a_variant_file_extends_the_pack_beside_it(tmp_path: Path) -> None:
    (tmp_path / "trust.yml").write_text(TRUST, encoding="utf-8")
    (tmp_path / "hill.yml").write_text(SCHOOL, encoding="utf-8")
    assert load_pack(tmp_path / "hill.yml") == _read()


@pytest.mark.parametrize("named", ["../trust", "hill", "other"])
def test_a_variant_file_reads_no_other_folder_and_no_ring(tmp_path: Path, named: str) -> None:
    folder = tmp_path / "packs"
    folder.mkdir()
    (tmp_path / "trust.yml").write_text(TRUST, encoding="utf-8")
    (folder / "other.yml").write_text(SCHOOL.replace("extends: trust", "extends: hill"), encoding="utf-8")
    (folder / "hill.yml").write_text(SCHOOL.replace("extends: trust", f"extends: {named}"), encoding="utf-8")
    with pytest.raises(Refused, match="there is no policy"):
        load_pack(folder / "hill.yml")
