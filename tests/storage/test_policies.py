"""Published versions stay as they were, and tallies count without saying who asked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from storage import policies
from storage.store import Store, TakenError, commit
from tests.storage.filled import NOW, opened


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = opened(database_url)
    yield made
    made.close()


def published(number: int, policy: str = "hill", days: int = 0) -> dict[str, Any]:
    return {
        "id": f"{policy}@{number}",
        "policy": policy,
        "number": number,
        "at": NOW + timedelta(days=days),
        "approved_by": "pat",
        "digest": "0" * 64,
        "sealed": b"pack",
        "reason": None,
    }


def keep(store: Store, *versions: dict[str, Any]) -> None:
    with store.writing() as session:
        for values in versions:
            policies.add_version(session, values)
        commit(session)


def test_the_newest_version_is_known_now_and_as_of_a_day(store: Store) -> None:
    keep(store, published(1), published(2, days=10), published(1, "vale", days=5))
    with store.reading() as session:
        assert policies.newest(session) == {"hill": "hill@2", "vale": "vale@1"}
        assert policies.newest(session, NOW + timedelta(days=9)) == {"hill": "hill@1", "vale": "vale@1"}
        assert policies.newest(session, NOW - timedelta(days=1)) == {}
        assert [row.number for row in policies.versions(session, "hill")] == [1, 2]
        row = policies.version(session, "hill@2")
        assert row is not None
        assert row.at == NOW + timedelta(days=10)


def test_a_number_is_given_once(store: Store) -> None:
    keep(store, published(1))
    with pytest.raises((TakenError, IntegrityError)):
        keep(store, published(1))


def test_tallies_count_by_policy_month_and_topic(store: Store) -> None:
    with store.writing() as session:
        for topic in ("phishing", "phishing", "reference"):
            gap = policies.count_gap(session, "hill", "2026-11", topic)
        policies.count_gap(session, "hill", "2026-10", "phishing")
        policies.add_gap_question(session, "q1", gap, b"sealed")
        commit(session)
    with store.reading() as session:
        assert [(row.topic, row.asked) for row in policies.gaps(session, "2026-11")] == [
            ("phishing", 2),
            ("reference", 1),
        ]
        assert [row.sealed for row in policies.gap_questions(session, gap)] == [b"sealed"]


def test_old_tallies_go_with_their_questions(store: Store) -> None:
    with store.writing() as session:
        old = policies.count_gap(session, "hill", "2024-10", "phishing")
        policies.add_gap_question(session, "q1", old, b"sealed")
        policies.count_gap(session, "hill", "2026-11", "phishing")
        policies.drop_gaps_before(session, "2024-11")
        commit(session)
    with store.reading() as session:
        assert policies.gaps(session, "2024-10") == []
        assert policies.gap_questions(session, old) == []
        assert len(policies.gaps(session, "2026-11")) == 1
