"""The outbox: most urgent first, one sender a notice, one queue a person, and nothing forgotten."""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage import outbox
from storage.outbox import LEASED, PENDING, SENT, UNSURE, Draft, Lease
from storage.store import Store, commit
from tests.storage.filled import NOW, add_case, opened

PACE, LEASE = 1.0, 10.0
CHAT = frozenset({"chat"})
URGENT, ROUTINE = 0, 5


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = opened(database_url)
    yield made
    made.close()


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def draft(person: str = "sam", rank: int = URGENT, platform: str = "chat", **more: Any) -> Draft:
    return Draft(person, platform, more.pop("event", "card"), rank, **more)


def put(store: Store, *drafts: Draft, now: datetime = NOW) -> tuple[str, ...]:
    with store.writing() as session:
        ids = outbox.enqueue(session, now, drafts)
        commit(session)
    return ids


def claim(
    store: Store, *, at: float = 0, owner: str = "one", most: int = 10, on: Collection[str] = CHAT
) -> list[Any]:
    with store.writing() as session:
        rows = outbox.claim(session, Lease(owner, later(at), LEASE), most=most, pace=PACE, on=on)
        commit(session)
    return rows


def settle(store: Store, notice: str, owner: str = "one", **values: Any) -> bool:
    with store.writing() as session:
        done = outbox.settle(session, notice, owner, **values)
        commit(session)
    return done


def mark_sent(store: Store, notice: str, *, at: float = 0) -> bool:
    return settle(store, notice, state=SENT, provider_id="m1", sent_at=later(at))


def put_off(store: Store, notice: str, *, until: float, reason: str | None = "later") -> bool:
    return settle(store, notice, state=PENDING, not_before=later(until), reason=reason)


def row(store: Store, notice: str) -> Any:
    with store.reading() as session:
        return outbox.by_id(session, notice)


def waits(store: Store, *, at: float = 0, on: Collection[str] = CHAT) -> bool:
    with store.reading() as session:
        return outbox.waits(session, later(at), on)


def test_what_was_not_committed_is_never_sent(store: Store) -> None:
    with store.writing() as session:
        outbox.enqueue(session, NOW, [draft()])
    assert claim(store) == []


def test_the_most_urgent_goes_first_and_among_equals_the_oldest(store: Store) -> None:
    put(store, draft("ruth", ROUTINE), draft("omar", ROUTINE))
    put(store, draft("helen", URGENT), now=later(60))
    assert [one.person for one in claim(store, at=60)] == ["helen", "ruth", "omar"]


def test_no_more_are_claimed_than_can_be_sent_and_urgency_is_not_inverted(store: Store) -> None:
    put(store, draft("ruth", ROUTINE), draft("omar", ROUTINE))
    assert [one.person for one in claim(store, most=1)] == ["ruth"]
    put(store, draft("helen", URGENT))
    assert [one.person for one in claim(store, most=1)] == ["helen"]


def test_it_is_known_when_the_next_notice_falls_due(store: Store) -> None:
    def following(on: Collection[str] = CHAT) -> datetime | None:
        with store.reading() as session:
            return outbox.next_due(session, on)

    assert following() is None
    first, _ = put(store, draft(not_before=later(20)), draft("ruth", not_before=later(30)))
    assert following() == later(20)
    assert following({"email"}) is None
    claim(store, at=25)
    assert following() == later(30)
    put_off(store, first, until=90)
    claim(store, at=31)
    assert following() == later(31 + LEASE), "when a sender that died lets go of it"


def test_a_notice_whose_time_has_not_come_waits_for_it(store: Store) -> None:
    put(store, draft(not_before=later(30)))
    assert not waits(store, at=29)
    assert claim(store, at=29) == []
    assert waits(store, at=30)
    assert len(claim(store, at=30)) == 1


def test_a_claimed_notice_is_nobody_elses_until_its_lease_has_run_out(store: Store) -> None:
    (notice,) = put(store, draft())
    assert [one.state for one in claim(store)] == [PENDING]
    assert claim(store, at=LEASE, owner="two") == []
    (again,) = claim(store, at=LEASE + 0.1, owner="two")
    assert (again.id, again.state) == (notice, LEASED)


def test_whoever_lost_its_lease_settles_nothing(store: Store) -> None:
    (notice,) = put(store, draft())
    claim(store)
    claim(store, at=LEASE + 0.1, owner="two")
    assert not mark_sent(store, notice)
    assert row(store, notice).state == LEASED
    assert settle(store, notice, "two", state=SENT)
    assert not settle(store, notice, "two", state=PENDING)
    assert row(store, notice).state == SENT


def test_each_claim_counts_as_an_attempt(store: Store) -> None:
    (notice,) = put(store, draft())
    for attempt in range(3):
        assert len(claim(store, at=100 * attempt)) == 1
    assert row(store, notice).attempts == 3


def test_one_message_at_a_time_goes_to_a_person_and_none_within_the_pace_of_the_last(store: Store) -> None:
    first, second = put(store, draft(), draft())
    assert [one.id for one in claim(store)] == [first]
    assert claim(store) == []
    assert mark_sent(store, first, at=1)
    assert claim(store, at=1.9) == []
    assert [one.id for one in claim(store, at=2.1)] == [second]


def test_a_person_whose_message_hangs_delays_nobody_else_and_not_themselves_elsewhere(store: Store) -> None:
    put(store, draft("sam"))
    claim(store)
    put(store, draft("sam"), draft("ruth"), draft("sam", platform="email"))
    claimed = {(one.person, one.platform) for one in claim(store, on={"chat", "email"})}
    assert claimed == {("ruth", "chat"), ("sam", "email")}


def test_two_written_in_the_same_microsecond_still_go_one_after_the_other(store: Store) -> None:
    for _ in range(2):
        put(store, draft("sam"))
    assert len(claim(store)) == 1
    put(store, draft("ruth"))
    assert [one.person for one in claim(store)] == ["ruth"]


def test_only_the_platforms_asked_for_are_looked_at(store: Store) -> None:
    put(store, draft(platform="email"))
    assert not waits(store)
    assert claim(store) == []
    assert claim(store, on=()) == []
    assert waits(store, on={"email"})
    assert len(claim(store, on={"email"})) == 1


def test_two_senders_at_once_never_claim_the_same(store: Store) -> None:
    put(store, *(draft(f"person-{number}") for number in range(60)))

    def take(owner: str) -> list[str]:
        taken: list[str] = []
        while rows := claim(store, owner=owner, most=5):
            taken.extend(one.id for one in rows)
        return taken

    with ThreadPoolExecutor(3) as pool:
        taken = [notice for found in pool.map(take, ("one", "two", "three")) for notice in found]
    assert len(taken) == len(set(taken)) == 60


def test_what_was_put_off_is_due_again_at_its_time_or_at_once_when_its_platform_is_back(store: Store) -> None:
    chat, mail = put(store, draft(), draft(platform="email"))
    claim(store, on={"chat", "email"})
    for notice in (chat, mail):
        assert put_off(store, notice, until=60)
    assert not waits(store, at=59, on={"chat", "email"})
    with store.writing() as session:
        outbox.hurry(session, "chat", later(20))
        commit(session)
    assert waits(store, at=20)
    assert not waits(store, at=59, on={"email"})
    assert waits(store, at=60, on={"email"})


def test_what_is_to_be_sent_later_anyway_is_not_hurried(store: Store) -> None:
    put(store, draft(not_before=later(60)))
    with store.writing() as session:
        outbox.hurry(session, "chat", NOW)
        commit(session)
    assert not waits(store, at=59)


def test_what_is_cancelled_is_not_sent_and_what_is_on_its_way_goes_on(store: Store) -> None:
    with store.writing() as session:
        case = add_case(session)
        calls = [draft("sam", case_id=case), draft("ruth", case_id=case)]
        alarm = draft("omar", case_id=case, event="alarm")
        first, second, other = outbox.enqueue(session, NOW, [*calls, alarm])
        commit(session)
    assert [one.id for one in claim(store, most=1)] == [first]
    with store.writing() as session:
        gone = outbox.cancel(session, case, outbox.event_in({"card"}))
        commit(session)
    assert {first, second, other} & {one.id for one in gone} == {second}
    assert (row(store, second).state, row(store, first).state) == (outbox.CANCELLED, LEASED)
    assert [one.id for one in claim(store, at=1)] == [other]


def test_a_sender_that_stops_gives_back_what_it_held_as_something_that_may_have_arrived(store: Store) -> None:
    mine, theirs = put(store, draft("sam"), draft("ruth"))
    claim(store, most=1, owner="one")
    claim(store, most=1, owner="two")
    with store.writing() as session:
        assert outbox.release(session, "one") == 1
        commit(session)
    (again,) = claim(store, owner="three")
    assert (again.id, again.state, again.reason) == (mine, PENDING, UNSURE)
    assert row(store, theirs).owner == "two"


def test_where_nobody_else_can_be_sending_everything_held_is_given_back(store: Store) -> None:
    put(store, draft("sam"), draft("ruth"), draft("omar"))
    for owner in ("one", "two"):
        claim(store, most=1, owner=owner)
    with store.writing() as session:
        assert outbox.release(session) == 2
        commit(session)
    assert [one.reason for one in claim(store, owner="three")] == [UNSURE, UNSURE, None]


def test_counts_and_the_oldest_that_waits_are_told(store: Store) -> None:
    first, _ = put(store, draft("sam"), draft("ruth", not_before=later(600)))
    with store.reading() as session:
        assert outbox.counts(session) == {PENDING: 2}
        assert outbox.oldest_waiting(session, later(60)) == NOW
    claim(store)
    mark_sent(store, first)
    with store.reading() as session:
        assert outbox.counts(session) == {PENDING: 1, SENT: 1}
        assert outbox.oldest_waiting(session, later(60)) is None


def test_calls_that_chat_has_not_delivered_for_long_are_found_and_nothing_else(store: Store) -> None:
    old, sent, _ = put(store, draft("sam"), draft("dan"), draft("omar", event="alarm"))
    put(store, draft("helen", platform="email"))
    put(store, draft("ruth"), now=later(500))
    claim(store)
    mark_sent(store, sent)
    with store.writing() as session:
        assert [one.id for one in outbox.stale_calls(session, {"card"}, later(400))] == [old]
        outbox.mark(session, old, "drill mailed")
        commit(session)
    assert row(store, old).marks == "drill mailed"


def test_nothing_is_written_for_nobody(store: Store) -> None:
    assert put(store) == ()
    with store.reading() as session:
        assert outbox.counts(session) == {}
