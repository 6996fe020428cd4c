"""Delivery: claimed, asked about, sent, put off, given up, given back."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.delivery import Delivery, Envelope, TryLaterError, UnreachableError
from bot.messages import Card, CardState
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.people import Person
from storage import house, outbox
from storage.outbox import Draft, Lease
from storage.store import Store, UnavailableError, commit
from tests.bot.posting import PACE, Post
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.fake_messenger import Platform, accepts, for_one, hangs, raises
from tests.support.offices import CHAT, a_report, hand_in, office_for

MAIL = "email"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """Give a delivery at Oakfield. On SQLite: what differs by database is tested with the outbox."""
    office = office_for(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path, OAKFIELD)
    yield Post(office, Platform())
    office.store.close()


def test_each_notice_is_sent_once_and_is_then_settled_with_the_providers_id(post: Post) -> None:
    ids = post.put("sam", "ruth", "omar")
    post.until(lambda: set(post.states().values()) == {outbox.SENT})
    assert sorted(post.platform.people) == ["omar", "ruth", "sam"]
    assert {row.provider_id for row in post.rows()} == {f"m-{notice}" for notice in ids}
    assert post.outcomes == [(CHAT, "sent")] * 3


def test_a_send_that_ends_while_others_are_settled_is_settled_too(post: Post) -> None:
    gate = asyncio.Event()

    async def slow_for_ruth(envelope: Envelope) -> str:
        if envelope.person == "ruth":
            await gate.wait()
        return await accepts(envelope)

    post.put("sam")
    post.until(lambda: post.states() == {"sam": outbox.SENT})
    post.platform.does = slow_for_ruth
    post.put("ruth", "omar")

    def others_done() -> bool:
        if post.states()["omar"] == outbox.SENT:
            gate.set()
        return post.states()["ruth"] == outbox.SENT

    post.after(2)
    post.until(others_done)
    assert post.platform.people.count("ruth") == 1


def test_a_platform_is_asked_for_its_first_notice_and_for_no_other(post: Post) -> None:
    post.put("sam", "ruth", "omar")
    post.until(lambda: len(post.platform.sent) == 3)
    assert len(post.platform.asked) == 1


def test_a_lapsed_lease_is_asked_about_first_and_what_arrived_is_not_sent_again(post: Post) -> None:
    (notice,) = post.put("sam")
    post.leased_by_another(notice)
    post.platform.has.add(notice)
    post.after(11)
    post.until(lambda: post.states() == {"sam": outbox.SENT})
    assert post.platform.asked == [notice]
    assert post.platform.sent == []


def test_a_lapsed_lease_whose_notice_did_not_arrive_is_sent_without_a_mark(post: Post) -> None:
    (notice,) = post.put("sam")
    post.leased_by_another(notice)
    post.after(11)
    post.until(lambda: post.states() == {"sam": outbox.SENT})
    assert [envelope.marks for envelope in post.platform.sent] == [frozenset()]


def test_where_nobody_can_be_asked_what_may_have_arrived_goes_again_marked_as_a_repeat(post: Post) -> None:
    post.platform.askable = False
    sure, unsure = post.put("ruth")[0], post.put("sam")[0]
    with post.office.store.writing() as session:
        claimed = outbox.claim(session, Lease("dead", post.now, 10), most=2, pace=0, on={CHAT})
        outbox.settle(session, sure, "dead", state=outbox.PENDING)
        assert len(claimed) == 2
        commit(session)
    post.after(11)
    post.until(lambda: set(post.states().values()) == {outbox.SENT})
    marks = {envelope.notice: envelope.marks for envelope in post.platform.sent}
    assert marks == {sure: frozenset(), unsure: frozenset({"repeat"})}


def test_a_send_that_ends_in_silence_is_asked_about_before_it_is_repeated(post: Post) -> None:
    async def silent(envelope: Envelope) -> str:
        post.platform.has.add(envelope.notice)
        raise TryLaterError(unsure=True)

    post.platform.does = silent
    (notice,) = post.put("sam")

    def sent_once_its_wait_is_over() -> bool:
        row = post.row(notice)
        if row.reason == outbox.UNSURE:
            post.now = max(post.now, row.not_before)
        return bool(row.state == outbox.SENT)

    post.until(sent_once_its_wait_is_over)
    assert post.platform.asked == [notice, notice], "first whether it can be asked, then whether it has it"
    assert len(post.platform.sent) == 1


def test_a_send_that_hangs_is_given_up_in_time_and_then_asked_about(post: Post) -> None:
    post.platform.does = hangs
    (notice,) = post.put("sam")
    post.until(lambda: post.row(notice).reason == outbox.UNSURE)
    assert post.row(notice).state == outbox.PENDING


def test_one_who_hangs_delays_nobody_else(post: Post) -> None:
    post.platform.does = for_one("sam", hangs)
    post.put("sam")
    post.put("ruth", "omar")
    post.until(lambda: [post.states()[one] for one in ("ruth", "omar")] == [outbox.SENT] * 2)
    assert post.states()["sam"] != outbox.SENT


def test_a_platform_that_asks_for_patience_is_left_alone_for_as_long_as_it_says(post: Post) -> None:
    post.platform.does = raises(TryLaterError(30))
    post.put("sam")
    post.until(lambda: (CHAT, "retry") in post.outcomes and post.states() == {"sam": outbox.PENDING})
    post.platform.does = accepts
    post.put("ruth")
    post.after(29)
    post.go_round()
    assert len(post.platform.sent) == 1
    post.after(2)
    post.until(lambda: set(post.states().values()) == {outbox.SENT})


def test_a_platform_that_asked_for_patience_is_sent_the_most_urgent_first_and_alone(post: Post) -> None:
    async def slow(envelope: Envelope) -> str:
        at_once.append(post.platform.most_at_once)
        await asyncio.sleep(PACE.blocked)
        return await accepts(envelope)

    def all_sent() -> bool:
        if post.states() == {"ada": outbox.SENT}:
            post.platform.does = raises(TryLaterError(30))
            post.put("sam", "ruth", "omar", rank=1)
        elif "helen" not in post.states() and post.outcomes.count((CHAT, "retry")) == 3:
            post.put("helen", rank=0)
            post.platform.does, post.platform.most_at_once = slow, 0
            post.platform.sent.clear()
            post.after(31)
        return len(post.states()) == 5 and set(post.states().values()) == {outbox.SENT}

    at_once: list[int] = []
    post.put("ada")
    post.until(all_sent)
    assert post.platform.people[0] == "helen"
    assert at_once[:2] == [1, 1], "nothing else was on its way beside the first"


def test_a_platform_that_is_down_is_probed_and_all_that_waits_goes_once_it_is_back(post: Post) -> None:
    async def down(_envelope: Envelope) -> str:
        await asyncio.sleep(PACE.blocked)
        raise TryLaterError

    post.platform.does = down
    post.put("sam", "ruth", "omar", "helen")
    at_once: list[int] = []

    def all_sent() -> bool:
        if not at_once and post.outcomes.count((CHAT, "retry")) == 4:
            at_once.append(post.platform.most_at_once)
            post.put_off("sam", "ruth", "omar", seconds=1000)
            post.platform.does = accepts
            post.after(PACE.longest_wait_down)
        return set(post.states().values()) == {outbox.SENT}

    post.until(all_sent)
    assert at_once == [1]


def test_a_platform_that_is_down_keeps_nothing_back_on_another(post: Post) -> None:
    mail = Platform(MAIL, where=lambda person: person.email)
    post.platform.does = raises(TryLaterError())
    delivery = Delivery(post.office, {CHAT: post.platform, MAIL: mail}, lambda: post.now, PACE)
    post.put("sam")
    post.put("sam", platform=MAIL)
    post.until(lambda: mail.people == ["sam"], delivery=delivery)


def test_a_platform_that_cannot_be_asked_gets_one_notice_at_a_time(post: Post) -> None:
    async def slow(envelope: Envelope) -> str:
        await asyncio.sleep(PACE.alone / 5)
        return await accepts(envelope)

    people = ("sam", "ruth", "omar", "helen", "tom")
    post.platform.askable = False
    post.platform.does = slow
    post.put(*people)
    post.until(lambda: set(post.states().values()) == {outbox.SENT})
    assert post.platform.most_at_once == 1
    assert len(post.platform.sent) == len(people)


def test_a_platform_that_can_be_asked_gets_many_at_once(post: Post) -> None:
    people = ("sam", "ruth", "omar", "helen", "tom")
    post.put("ada")
    post.until(lambda: post.states() == {"ada": outbox.SENT})
    post.platform.does = hangs
    post.put(*people)
    post.until(lambda: post.platform.most_at_once == len(people))


def test_one_who_hangs_where_nobody_can_be_asked_holds_the_others_up_only_briefly(post: Post) -> None:
    post.platform.askable = False
    post.platform.does = for_one("sam", hangs)
    post.put("sam")
    post.put("ruth")
    post.until(lambda: post.states()["ruth"] == outbox.SENT)
    assert post.outcomes == [(CHAT, "sent")]


def test_a_conversation_that_says_nothing_when_it_is_asked_is_no_sign_that_its_platform_is_down(
    post: Post,
) -> None:
    async def slow(envelope: Envelope) -> str:
        await asyncio.sleep(PACE.alone)
        return await accepts(envelope)

    post.platform.mute.add("sam")
    post.put("sam", "ada")

    def others_have_theirs() -> bool:
        if sorted(post.outcomes) == [(CHAT, "retry"), (CHAT, "sent")] and "ruth" not in post.states():
            post.platform.does = slow
            post.put("ruth", "omar")
        return len(post.outcomes) >= 4

    post.until(others_have_theirs)
    assert post.platform.most_at_once == 2
    assert post.states()["sam"] == outbox.PENDING


def test_a_platform_that_is_down_is_probed_past_a_conversation_that_hangs(post: Post) -> None:
    post.platform.does = refuses = raises(TryLaterError())
    post.put("sam")

    def ruth_has_hers() -> bool:
        if post.outcomes == [(CHAT, "retry")] and post.platform.does is refuses:
            post.platform.does = for_one("sam", hangs)
            post.after(PACE.longest_wait_down)
        if post.platform.people == ["sam", "sam"] and "ruth" not in post.states():
            post.put("ruth")
        return post.states().get("ruth") == outbox.SENT

    post.until(ruth_has_hers)
    assert post.outcomes[:2] == [(CHAT, "retry"), (CHAT, "sent")]


def test_somebody_who_cannot_be_reached_ends_their_notice_and_an_administrator_is_told(post: Post) -> None:
    (notice,) = post.put("sam")
    post.platform.does = for_one("sam", raises(UnreachableError("gone")))
    post.until(lambda: post.row(notice).state == outbox.UNDELIVERABLE)
    assert post.row(notice).reason == "gone"
    post.until(lambda: "ada" in post.platform.people)
    with post.office.store.reading() as session:
        assert house.lost_lanes(session) == {f"{CHAT}:sam"}


def test_somebody_who_cannot_be_reached_on_chat_is_called_by_mail_in_the_same_moment(post: Post) -> None:
    post.platform.does = for_one("sam", raises(UnreachableError("gone")))
    hand_in(post.office, a_report(), now=post.now)
    post.until(lambda: len([row for row in post.rows() if row.person == "sam"]) > 1)
    ways = {row.platform: row.state for row in post.rows() if row.person == "sam"}
    assert ways == {CHAT: outbox.UNDELIVERABLE, MAIL: outbox.PENDING}


def test_somebody_without_an_address_is_like_somebody_who_cannot_be_reached(post: Post) -> None:
    for person in ("nobody", "account:slack:U0GUEST"):
        post.put(person)
    post.until(lambda: post.states()["nobody"] == outbox.UNDELIVERABLE and len(post.platform.sent) >= 1)
    assert post.platform.sent[0].address == "U0GUEST"


def test_a_case_that_was_acknowledged_meanwhile_is_not_called_for_and_its_card_is_changed(post: Post) -> None:
    reference = hand_in(post.office, a_report(), now=post.now)
    post.until(lambda: "sam" in post.platform.people)
    post.after(2)
    acknowledge(post.office, reference, Actor("sam"), now=post.now)
    post.until(lambda: "sam" in {envelope.person for _, envelope in post.platform.edited})
    (card,) = [one for one in post.platform.sent if one.person == "sam"]
    provider, changed = next(one for one in post.platform.edited if one[1].person == "sam")
    assert provider == f"m-{card.notice}"
    assert isinstance(changed.message, Card)
    assert changed.message.state is CardState.ACKNOWLEDGED


@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("lease", ["lapses", "is-given-back"])
def test_a_card_that_may_have_arrived_before_its_case_was_acknowledged_is_looked_for_and_changed(
    post: Post, lease: str, *, arrived: bool
) -> None:
    reference = hand_in(post.office, a_report(), now=post.now)
    (card,) = [row for row in post.rows() if (row.person, row.event) == ("sam", "card")]
    post.leased_by_another(card.id)
    if lease == "is-given-back":
        with post.office.store.writing() as session:
            outbox.release(session, "dead")
            commit(session)
    if arrived:
        post.platform.has.add(card.id)
    acknowledge(post.office, reference, Actor("sam"), now=post.now)
    post.after(12)
    post.until(lambda: not {row.state for row in post.rows()} & {outbox.PENDING, outbox.LEASED})
    changed = [(provider, one.message) for provider, one in post.platform.edited if one.person == "sam"]
    assert [provider for provider, _ in changed] == ([f"m-{card.id}"] if arrived else [])
    for _, message in changed:
        assert isinstance(message, Card)
        assert message.state is CardState.ACKNOWLEDGED
    assert card.id not in {envelope.notice for envelope in post.platform.sent}


def test_one_notice_that_cannot_be_composed_keeps_back_no_other(post: Post) -> None:
    with post.office.work(post.now) as work:
        bad = Draft("sam", CHAT, "alarm", 0, about="no such trouble")
        (faulty,) = outbox.enqueue(work.session, post.now, [bad])
        work.done()
    post.put("ruth")
    post.until(lambda: post.states()["ruth"] == outbox.SENT and post.row(faulty).reason is not None)
    assert post.row(faulty).state == outbox.PENDING
    assert post.row(faulty).not_before > post.now


def test_a_fault_of_a_messengers_own_is_one_notices_and_is_asked_about(post: Post) -> None:
    post.put("sam")
    post.until(lambda: post.states() == {"sam": outbox.SENT})
    post.platform.does = raises(ZeroDivisionError())
    (notice,) = post.put("ruth")
    post.until(lambda: post.row(notice).reason == outbox.UNSURE)


def test_what_has_no_messenger_here_waits_until_it_has_one(post: Post) -> None:
    (notice,) = post.put("sam", platform="teams")
    post.put("ruth")
    post.until(lambda: post.states()["ruth"] == outbox.SENT)
    assert post.row(notice).state == outbox.PENDING


def test_a_claim_that_is_almost_over_is_not_sent_any_more(post: Post) -> None:
    (notice,) = post.put("sam")

    def look_up_slowly(person: Person) -> str | None:
        post.after(PACE.lease - PACE.timeout / 2)
        return person.accounts[CHAT]

    post.platform.where = look_up_slowly
    post.until(lambda: (CHAT, "retry") in post.outcomes)
    assert post.platform.sent == []
    assert post.row(notice).state != outbox.SENT


def test_stopping_gives_back_what_is_on_its_way_as_something_that_may_have_arrived(post: Post) -> None:
    (notice,) = post.put("sam")
    post.platform.does = hangs
    post.until(lambda: len(post.platform.sent) == 1)
    row = post.row(notice)
    assert (row.state, row.reason, row.owner) == (outbox.PENDING, outbox.UNSURE, None)
    post.platform.has.add(notice)
    post.until(lambda: post.states() == {"sam": outbox.SENT}, delivery=post.another())
    assert len(post.platform.sent) == 1


def test_stopping_waits_for_what_is_about_to_land(post: Post) -> None:
    async def slow(envelope: Envelope) -> str:
        await asyncio.sleep(PACE.grace / 4)
        return await accepts(envelope)

    post.platform.does = slow
    post.put("sam")
    post.until(lambda: len(post.platform.sent) == 1)
    assert post.states() == {"sam": outbox.SENT}


def test_after_stopping_nothing_more_is_claimed(post: Post) -> None:
    delivery = post.another()
    delivery.stop()
    post.put("sam")
    asyncio.run(delivery.run())
    assert post.platform.sent == []


def test_a_database_that_is_away_is_waited_for_and_nothing_that_ended_is_forgotten(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.put("sam")
    away, delivery = list[int](), post.another()
    writing = Store.writing

    def fails_after_the_send(store: Store) -> Any:
        if post.platform.sent and len(away) < 3:
            away.append(1)
            raise UnavailableError("away")
        return writing(store)

    monkeypatch.setattr(Store, "writing", fails_after_the_send)
    post.until(lambda: len(away) == 3 and post.states() == {"sam": outbox.SENT}, delivery=delivery)
    assert len(post.platform.sent) == 1
    assert delivery.beat == post.now


def test_what_is_put_off_goes_when_its_time_comes_however_seldom_it_looks_by_itself(post: Post) -> None:
    seldom = replace(PACE, idle=600)
    delivery = Delivery(post.office, {CHAT: post.platform}, lambda: post.now, seldom)
    post.put("sam")
    post.put_off("sam", seconds=0.2)

    def sent_as_time_goes_by() -> bool:
        post.after(0.02)
        return post.states() == {"sam": outbox.SENT}

    post.until(sent_as_time_goes_by, delivery=delivery)


def test_a_round_that_fails_for_any_other_reason_does_not_end_all_sending(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, failed = outbox.claim, list[int]()

    def fails_once(*given: Any, **named: Any) -> Any:
        if not failed:
            failed.append(1)
            raise ZeroDivisionError
        return claim(*given, **named)

    monkeypatch.setattr(outbox, "claim", fails_once)
    post.put("sam")
    post.until(lambda: post.states() == {"sam": outbox.SENT})
    assert failed
