"""Circumstances: the details that decide."""

import pytest

from knowledge.circumstances import circumstances, slots
from knowledge.normalise import read


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("my sister's little girl is in Reception with us", "relation", "family"),
        ("she's my god-daughter, no blood relation", "relation", "none"),
        ("he's 19 now and at uni", "age", "adult"),
        ("she is 15 and moved schools", "age", "child"),
        ("I taught him fifteen years ago", "left", "long_ago"),
        ("one of last year's leavers", "left", "recent"),
        ("on my lunch in the staffroom", "time", "own"),
        ("while my lot do silent reading", "time", "contact"),
        ("got PPA and nothing to do", "time", "working"),
        ("can it go on the school's facebook", "account", "official"),
        ("on my own insta", "account", "personal"),
        ("all the parents have signed the form", "consent", "given"),
        ("nobody has asked the mums and dads", "consent", "missing"),
        ("just sharing the school's own post", "shared", "school_post"),
        ("the head has agreed to it", "authorised", "yes"),
        ("I run the school's twitter", "asker", "approved_user"),
        ("shall we just leave it up", "intent", "skip"),
        ("full name and all", "named", "yes"),
        ("first name only", "named", "first"),
    ],
)
def test_a_circumstance_is_found(text: str, slot: str, value: str) -> None:
    assert circumstances(read(text).whole).get(slot) == value


def test_nothing_is_found_where_nothing_is_said() -> None:
    assert circumstances(read("is this ok").whole) == {}


def test_every_slot_has_values() -> None:
    assert all(slots().values())
