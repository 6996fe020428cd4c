"""What Teams says in its own way."""

import pytest

from bot.wording.teams import presence


@pytest.mark.parametrize(
    ("word", "shown"),
    [("Available", " (in Teams now)"), ("Offline", " (not in Teams now)"), ("PresenceUnknown", ""), ("", "")],
)
def test_presence_stands_behind_a_name_and_what_says_nothing_is_left_out(word: str, shown: str) -> None:
    assert presence(word) == shown
