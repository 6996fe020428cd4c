"""The names of what is clicked: each once, found however numbered, and parted again as they were paired."""

import pytest

from bot.slack import ids

NAMES = [value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)]


def test_no_two_things_have_one_name() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_an_action_is_found_however_it_is_numbered_and_no_other_is() -> None:
    found = ids.does(ids.CASE_OPEN)
    for name in (ids.CASE_OPEN, ids.numbered(ids.CASE_OPEN, 7)):
        assert found.match(name)
    for name in (f"x{ids.CASE_OPEN}", f"{ids.CASE_OPEN}ed", ids.CASE_PAGE, ""):
        assert not found.match(name)
    assert ids.does(ids.REPORT_ANSWER).match("report.answer.standing.sam")


@pytest.mark.parametrize("first", NAMES)
def test_no_action_answers_for_another(first: str) -> None:
    assert [name for name in NAMES if ids.does(first).match(name)] == [first]


def test_a_pair_comes_apart_as_it_was_made() -> None:
    assert ids.parted(ids.paired("SP-1", "sam")) == ("SP-1", "sam")
    assert ids.parted("SP-1") == ("SP-1", "")
