"""What is sealed opens with its own key in its own place, and in no other way."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sealing import Place, SealBrokenError, Sealer, WrappedKey, seal, unseal

KEY, OTHER = b"k" * 32, b"o" * 32
PLACE = Place("chronology", "e1", "sealed")
FIRST = Sealer("k1", {"k1": KEY})
BOTH = Sealer("k2", {"k1": KEY, "k2": OTHER})


@given(st.text())
def test_what_was_sealed_opens_as_it_was(text: str) -> None:
    assert unseal(KEY, seal(KEY, text, PLACE), PLACE) == text


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert seal(KEY, "one word", PLACE) != seal(KEY, "one word", PLACE)


@pytest.mark.parametrize("other", [{"table": "case_file"}, {"row": "e2"}, {"column": "by"}])
def test_what_is_moved_to_another_place_does_not_open(other: dict[str, str]) -> None:
    with pytest.raises(SealBrokenError):
        unseal(KEY, seal(KEY, "a name", PLACE), replace(PLACE, **other))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealBrokenError):
        unseal(OTHER, seal(KEY, "a name", PLACE), PLACE)


def test_no_byte_can_be_changed_and_none_left_out() -> None:
    sealed = seal(KEY, "a name", PLACE)
    for at in range(len(sealed)):
        changed = bytes([*sealed[:at], sealed[at] ^ 1, *sealed[at + 1 :]])
        with pytest.raises(SealBrokenError):
            unseal(KEY, changed, PLACE)
        with pytest.raises(SealBrokenError):
            unseal(KEY, sealed[:at], PLACE)


def test_a_data_key_opens_for_its_own_case_only() -> None:
    key, wrapped = FIRST.new_key("c1")
    assert FIRST.unwrap(wrapped, "c1") == key
    assert len(key) == 32
    with pytest.raises(SealBrokenError):
        FIRST.unwrap(wrapped, "c2")


def test_two_cases_never_share_a_data_key() -> None:
    assert FIRST.new_key("c1")[0] != FIRST.new_key("c1")[0]


def test_the_active_master_key_wraps_and_the_others_still_open() -> None:
    key, old = FIRST.new_key("c1")
    assert old.master == "k1"
    assert BOTH.unwrap(old, "c1") == key
    assert BOTH.new_key("c2")[1].master == "k2"


def test_without_its_master_key_a_data_key_does_not_open_and_the_name_is_said() -> None:
    _, wrapped = FIRST.new_key("c1")
    with pytest.raises(SealBrokenError, match="'k1' is not in the keys file"):
        Sealer("k2", {"k2": OTHER}).unwrap(wrapped, "c1")
    with pytest.raises(SealBrokenError):
        BOTH.unwrap(WrappedKey("k2", wrapped.wrapped), "c1")


def test_no_master_key_shows_where_a_sealer_is_shown() -> None:
    assert "kkkk" not in repr(FIRST)
