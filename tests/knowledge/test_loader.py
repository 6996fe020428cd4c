"""A faulty pack is refused whole: every fault with its file, line and remedy."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.loader import load_pack, read_pack
from knowledge.rules import Pack
from knowledge.yamlfile import Refused
from tests.conftest import SMALL


def _faults(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        read_pack(text, "small.yml")
    return [str(fault) for fault in refused.value.faults]


def test_a_sound_pack_is_read(small_pack: Pack) -> None:
    assert small_pack.policy.organisation == "Tiny School"
    assert small_pack.rules[0].every_address == {"1:1", "1:2"}


def test_an_unknown_key_is_named_with_its_line() -> None:
    faults = _faults(SMALL + "    colour: blue\n")
    assert len(faults) == 1
    assert faults[0].startswith("small.yml:12: rules.1.colour:")
    assert "Take this key out" in faults[0]


def test_every_fault_is_reported_together() -> None:
    text = SMALL.replace("not_allowed", "maybe").replace('["1:1"]', "[]").replace("2030-01", "soon")
    faults = _faults(text)
    assert [fault.split(":")[1] for fault in faults] == ["2", "7", "8"]
    assert "soon" not in faults[1]
    assert all(
        fault.endswith((".", "below", "out", "those", "one", "it")) or ". " in fault for fault in faults
    )


def test_a_missing_address_is_a_fault() -> None:
    (fault,) = _faults(SMALL.replace('    addresses: ["1:1"]\n', ""))
    assert "rules.1.addresses" in fault
    assert "Write it" in fault


def test_an_address_of_another_shape_is_a_fault() -> None:
    (fault,) = _faults(SMALL.replace('"1:1"', '"section one"'))
    assert "Addresses look like" in fault


def test_a_bad_date_is_a_fault_with_the_forms_that_are_read() -> None:
    (fault,) = _faults(SMALL.replace("2030-01", "2030-13"))
    assert "2024-07-20, 2024-07 or 2024" in fault


def test_an_id_used_twice_is_a_fault() -> None:
    again = SMALL[SMALL.index("  - id: no-pupils") :]
    assert any("'no-pupils' is used twice" in fault for fault in _faults(SMALL + again))


def test_two_rules_that_contradict_are_a_fault() -> None:
    other = (
        SMALL[SMALL.index("  - id: no-pupils") :]
        .replace("no-pupils", "pupils")
        .replace("not_allowed", "allowed")
    )
    (fault,) = _faults(SMALL + other)
    assert "rule 'pupils' says allowed, rule 'no-pupils' says not_allowed" in fault
    assert fault.startswith("small.yml:12:")


def test_rules_for_different_accounts_do_not_contradict() -> None:
    other = (
        SMALL[SMALL.index("  - id: no-pupils") :]
        .replace("no-pupils", "pupils")
        .replace("not_allowed", "allowed")
    )
    text = SMALL.replace("    verdict: not", "    account: personal\n    verdict: not")
    pack = read_pack(
        text + other.replace("    verdict: allowed", "    account: official\n    verdict: allowed"), "x.yml"
    )
    assert len(pack.rules) == 2


def test_saying_whom_a_rule_binds_is_no_excuse_for_contradicting_another() -> None:
    other = (
        SMALL[SMALL.index("  - id: no-pupils") :]
        .replace("no-pupils", "pupils")
        .replace("not_allowed", "allowed")
    )
    assert _faults(
        SMALL + other.replace("    verdict: allowed", "    who: [parents]\n    verdict: allowed", 1)
    )


def test_a_circumstance_that_does_not_exist_is_a_fault() -> None:
    (fault,) = _faults(SMALL.replace("relation: family", "weather: wet"))
    assert "'weather' is no circumstance" in fault


def test_a_repeated_key_is_a_fault() -> None:
    assert any("'verdict' stands here twice" in fault for fault in _faults(SMALL + "    verdict: allowed\n"))


def test_asking_first_without_saying_whom_is_a_fault() -> None:
    (fault,) = _faults(SMALL.replace("not_allowed", "ask_first"))
    assert "Add `decides`" in fault


def test_a_clause_cannot_be_both_excluded_and_relied_on() -> None:
    (fault,) = _faults(SMALL + 'excluded: {"1:1": "a heading"}\n')
    assert "1:1 is excluded" in fault


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "just words",
        "a: [",
        "\t- x",
        "rules: &a [*a]",
        "a: !!timestamp x",
        "!!python/object:os.system {}",
    ],
)
def test_what_is_no_pack_is_refused_with_a_line(text: str) -> None:
    assert all(fault.startswith("small.yml:") for fault in _faults(text))


def test_nested_aliases_are_refused_before_they_grow() -> None:
    levels = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(Refused, match="an alias points here"):
        read_pack("\n".join(levels), "small.yml")


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.yml").write_bytes(b"\xff\xfe\x00")
    for name in ("missing.yml", "binary.yml"):
        with pytest.raises(Refused, match="cannot be read"):
            load_pack(tmp_path / name)


@given(st.text(max_size=300))
def test_no_text_makes_the_loader_fail_otherwise_than_by_refusing(text: str) -> None:
    with pytest.raises(Refused):
        read_pack(text, "x.yml")
