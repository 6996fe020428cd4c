"""R4, R5, R6: a platform that is away, asks for patience, or hangs; nobody waits for what is not theirs."""

from collections import defaultdict
from collections.abc import Sequence
from time import monotonic

import pytest

from tests.drills.chased import AT_ONCE, TODAY, Case, gaps, hand_in, hand_in_all, is_about, told, wait_told
from tests.drills.conftest import Launch, Size, drill_schools, on_all, on_all_at_length
from tests.drills.figures import record
from tests.support.standin import StandIn
from tests.support.standin_platform import Call
from tests.support.waiting import wait_for

_PACE, _REST = 1.0, 2.0
"""Seconds between two messages to one person; and for which the platform asks to be left alone."""
_UNDER_WAY = 0.5
"""Seconds for which calls that were under way may still arrive after the first was told to wait."""
_AT_THE_SAME_TIME = 0.25
"""Seconds within which notices that were claimed together arrive in any order."""
_PATIENCE = 30.0


@on_all_at_length
def test_what_waited_for_the_platform_goes_out_when_it_is_back_the_urgent_first(
    size: Size, database_url: str, launch: Launch, stand_in: StandIn
) -> None:
    people, each = size.of(20, 100), size.of(3, 6)
    program = launch(database_url, schools=drill_schools(people))
    program.start()
    stand_in.control(down=True)
    order = [AT_ONCE if number // people % 3 == 1 else TODAY for number in range(people * each)]
    cases = hand_in_all(program, [(f"t{number % people}", kind) for number, kind in enumerate(order)])
    assert stand_in.messages() == []
    stand_in.control(down=False)
    back = monotonic()
    stand_in.wait_for(lambda calls: sum(map(_is_card, calls)) >= len(cases), within=_PATIENCE)
    cards = [call for call in stand_in.messages() if _is_card(call)]
    first = min(call.at for call in cards if call.body["urgency"] == "immediate") - back
    all_of_them = max(call.at for call in cards) - back
    inverted = _inversions(cards)
    record(
        "R4",
        "the platform is back after it was down",
        database=database_url,
        size=size.name,
        platform=stand_in.name,
        queued=len(cases),
        recipients=people,
        first_urgent_s=first,
        drained_s=all_of_them,
        inverted=inverted,
        extras=sum(stand_in.repeated().values()),
    )
    assert sorted((call.body["reference"], call.person) for call in cards) == _expected(cases)
    assert first <= size.within(5)
    assert all_of_them <= size.within(10)
    assert inverted == 0


def _is_card(call: Call) -> bool:
    return call.accepted and call.event == "card"


def _expected(cases: Sequence[Case]) -> list[tuple[str, str]]:
    return sorted((case.reference, person) for case in cases for person in case.goes_to)


def _inversions(cards: Sequence[Call]) -> int:
    """Messages that could have waited, sent while an urgent one waited for a person who was free."""
    by_person: dict[str, list[float]] = defaultdict(list)
    for call in cards:
        by_person[call.person].append(call.at)
    urgent = [call for call in cards if call.body["urgency"] == "immediate"]
    return sum(
        any(
            waits.at > call.at + _AT_THE_SAME_TIME
            and not any(
                -_AT_THE_SAME_TIME <= call.at - at <= _PACE + _AT_THE_SAME_TIME
                for at in by_person[waits.person]
            )
            for waits in urgent
        )
        for call in cards
        if call.body["urgency"] != "immediate"
    )


@on_all
def test_a_platform_that_asks_for_patience_is_left_alone_and_an_urgent_case_overtakes_all(
    size: Size, database_url: str, launch: Launch, stand_in: StandIn
) -> None:
    if not size.full and not database_url.startswith("sqlite"):
        pytest.skip("what a platform is sent is the same on either database: the full drill has both")
    people, each = size.of(20, 100), 3
    allowed = size.of(16, 20)
    program = launch(database_url, schools=drill_schools(people))
    program.start()
    stand_in.control(rate={"per": _REST, "of": "all", "allow": allowed})
    routine = hand_in_all(program, [(f"t{number % people}", TODAY) for number in range(people * each)])
    stand_in.wait_for(lambda calls: sum(map(_is_card, calls)) >= allowed * 2, within=_PATIENCE)
    urgent = hand_in(program, f"t{people - 1}", AT_ONCE)
    overtook = wait_told(stand_in, urgent.reference, f"p{people - 1}", within=_PATIENCE)[f"p{people - 1}"]
    before = sum(_is_card(call) and call.at < overtook.at for call in stand_in.messages())
    stand_in.control(rate={"per": 1.0})
    stand_in.wait_for(lambda calls: sum(map(_is_card, calls)) > len(routine), within=_PATIENCE)
    calls = stand_in.record()
    early = _early(calls, size.within(_UNDER_WAY))
    closest = min(gap for person in {call.person for call in calls} for gap in _gaps_of(person, calls))
    record(
        "R5",
        "the platform asks for patience",
        database=database_url,
        size=size.name,
        platform=stand_in.name,
        routine=len(routine),
        refused=sum(call.status == 429 for call in calls),
        early=early,
        closest_s=closest,
        urgent_s=overtook.at - urgent.at,
        still_waiting=len(routine) - before,
    )
    assert any(call.status == 429 for call in calls)
    assert early == 0
    assert closest >= _PACE
    assert overtook.at - urgent.at <= size.within(_REST + 1)
    assert len(routine) - before >= len(routine) // size.of(20, 4)


def _early(calls: Sequence[Call], under_way: float) -> int:
    """Calls that were begun after the platform had asked to be left alone, and before that was over."""
    told_to_wait, begun = -_REST, 0
    for call in sorted(calls, key=lambda call: call.at):
        if call.status == 429 and call.at > told_to_wait + _REST:
            told_to_wait = call.at
        begun += call.early and call.at > told_to_wait + under_way
    return begun


def _gaps_of(person: str, calls: Sequence[Call]) -> list[float]:
    """Seconds between the messages to one person, changes of a message counted as messages."""
    mine = [
        call.at for call in calls if call.person == person and call.status == 200 and call.method != "GET"
    ]
    return gaps(mine) or [_PACE]


@on_all_at_length
def test_a_conversation_that_hangs_delays_nobody_else(
    size: Size, database_url: str, launch: Launch, stand_in: StandIn
) -> None:
    if not size.full and not database_url.startswith("sqlite"):
        pytest.skip("what a platform is sent is the same on either database: the full drill has both")
    people, rounds = 20, size.of(2, 8)
    program = launch(database_url, schools=drill_schools(people))
    program.start()
    stand_in.control(hang=["p0"])
    hung = [hand_in(program, "t0") for _ in range(3)]
    stand_in.wait_for(lambda calls: any(call.person == "p0" for call in calls), within=_PATIENCE)
    cases = [
        case
        for _ in range(rounds)
        for case in _spread(hand_in_all(program, [(f"t{number}", AT_ONCE) for number in range(1, people)]))
    ]
    late = [
        wait_told(stand_in, case.reference, *case.goes_to, within=_PATIENCE)[case.goes_to[0]].at - case.at
        for case in cases
    ]
    assert not told(stand_in, hung[0].reference)
    stand_in.control(hang=[])
    freed = monotonic()
    for case in hung:
        wait_told(stand_in, case.reference, "p0", within=_PATIENCE)
    record(
        "R6",
        "one conversation hangs",
        database=database_url,
        size=size.name,
        platform=stand_in.name,
        others=len(cases),
        worst_delay_s=max(late),
        hung_after_s=monotonic() - freed,
    )
    assert max(late) <= size.within(2)


def _spread(cases: list[Case]) -> list[Case]:
    """The cases, once a second has gone by since: each person may have one message a second."""
    last = max(case.at for case in cases)
    wait_for(monotonic, lambda now: now >= last + 1.1, within=3, what="a second to go by")
    return cases


@on_all_at_length
def test_a_message_that_was_taken_without_an_answer_is_neither_lost_nor_sent_again(
    size: Size, database_url: str, launch: Launch, stand_in: StandIn
) -> None:
    if not size.full and not database_url.startswith("sqlite"):
        pytest.skip("what a platform is sent is the same on either database: the full drill has both")
    program = launch(database_url, schools=drill_schools(5))
    program.start()
    stand_in.control(drop_after_accept=5)
    cases = hand_in_all(program, [(f"t{number}", AT_ONCE) for number in range(5)])
    stand_in.wait_for(
        lambda calls: all(any(is_about(call, case.reference) for call in calls) for case in cases),
        within=_PATIENCE,
    )
    assert stand_in.repeated() == {}
