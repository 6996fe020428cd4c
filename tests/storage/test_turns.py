"""Taking turns: first come, first served; nobody waits too long, and no turn is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from operator import eq

from storage.turns import Turns
from tests.support.waiting import wait_for

_LONG = 5.0


def _waiting(turns: Turns) -> int:
    return len(turns._waiting)  # noqa: SLF001  nothing outside shows that somebody waits


def test_those_who_wait_go_in_the_order_in_which_they_came() -> None:
    turns, went = Turns(), list[int]()
    assert turns.acquire(_LONG)

    def go(number: int) -> None:
        assert turns.acquire(_LONG)
        went.append(number)
        turns.release()

    with ThreadPoolExecutor(8) as pool:
        jobs = []
        for number in range(8):
            jobs.append(pool.submit(go, number))
            wait_for(partial(_waiting, turns), partial(eq, number + 1), within=_LONG, what="another to wait")
        turns.release()
        for job in jobs:
            job.result(_LONG)
    assert went == list(range(8))


def test_whoever_lets_go_does_not_get_in_before_those_who_wait() -> None:
    turns, went = Turns(), list[str]()
    assert turns.acquire(_LONG)

    def second() -> None:
        assert turns.acquire(_LONG)
        went.append("second")
        turns.release()

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(second)
        wait_for(lambda: _waiting(turns), lambda now: now == 1, within=_LONG, what="the second to wait")
        turns.release()
        assert turns.acquire(_LONG)
        went.append("first again")
        turns.release()
        job.result(_LONG)
    assert went == ["second", "first again"]


def test_whoever_waited_in_vain_leaves_the_queue() -> None:
    turns = Turns()
    assert turns.acquire(_LONG)
    assert not turns.acquire(0)
    assert not turns.acquire(0.01)
    turns.release()
    assert turns.acquire(0)


def test_no_turn_is_lost_and_none_is_had_by_two_however_many_give_up() -> None:
    turns, inside, most, had = Turns(), 0, 0, 0
    count = threading.Lock()

    def go(number: int) -> None:
        nonlocal inside, most, had
        for _ in range(200):
            if turns.acquire(0.0001 * (number % 4)):
                inside += 1
                most = max(most, inside)
                inside -= 1
                with count:
                    had += 1
                turns.release()

    with ThreadPoolExecutor(8) as pool:
        for job in [pool.submit(go, number) for number in range(8)]:
            job.result(30)
    assert (most, inside) == (1, 0)
    assert had > 0
    assert turns.acquire(0)
