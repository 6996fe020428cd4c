"""What every chat's listeners share: what was lately said, and which events were dealt with."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.counter import Counter, Recent
from bot.reporting.undeliverable import out_of_reach
from storage import house
from storage.store import UnavailableError
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.slack.doorstep import policies
from tests.support.offices import office_for
from tests.support.served import NOW


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """Give a counter at Oakfield. On SQLite: what differs by database is tested with `storage.seen`."""
    office = office_for(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path, OAKFIELD)
    yield Counter(office, policies, lambda: NOW, "chat")
    office.store.close()


def test_only_whose_it_is_can_have_it_back() -> None:
    recent: Recent[str] = Recent()
    recent.put("token", "tom", "what Tom asked")
    assert recent.get("token", "tom") == "what Tom asked"
    assert recent.get("token", "sam") is None
    assert recent.get("other", "tom") is None


def test_the_oldest_is_forgotten_first_and_what_is_used_again_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.counter._KEPT", 2)
    recent: Recent[int] = Recent()
    for number, token in enumerate(("a", "b", "a", "c")):
        recent.put(token, "tom", number)
    assert [recent.get(one, "tom") for one in "abc"] == [2, None, 3]


def test_an_event_counts_as_dealt_with_from_the_first_time_on(counter: Counter) -> None:
    assert [asyncio.run(counter.first_time("Ev1")) for _ in range(3)] == [True, False, False]
    assert asyncio.run(counter.first_time("Ev2"))
    for nameless in (None, "", 7):
        assert asyncio.run(counter.first_time(nameless)), "what has no id cannot have been here before"


def test_where_the_database_is_away_an_event_is_dealt_with_rather_twice_than_never(counter: Counter) -> None:
    assert asyncio.run(counter.first_time("Ev1"))

    def away(*_: object, **__: object) -> None:
        raise UnavailableError("away")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(counter.office), "work", away)
        assert asyncio.run(counter.first_time("Ev1"))


def test_whoever_is_seen_can_be_reached_again_and_that_is_audited(counter: Counter) -> None:
    office = counter.office
    assert out_of_reach(office, "sam", "chat", "gone", now=NOW)
    assert not out_of_reach(office, "sam", "chat", "gone", now=NOW), "an administrator is told once"
    for _ in range(2):
        asyncio.run(counter.seen("sam"))
    with office.store.reading() as session:
        assert house.lost_lanes(session) == frozenset()
        audited = session.connection().execute(text("SELECT action FROM audit ORDER BY seq")).scalars()
        assert [action for action in audited if action.endswith("reachable")] == ["unreachable", "reachable"]
