"""Several threads that go on doing something while a test does something else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def meanwhile(*jobs: Callable[[], object]) -> Iterator[list[BaseException]]:
    """Do each job over and over in a thread of its own until the end of the block; none may raise.

    Gives the list that what they raised is put into; at the end it must be empty (`AssertionError`).
    """
    stop = threading.Event()
    failed: list[BaseException] = []
    threads = [threading.Thread(target=_keep_on, args=(job, stop, failed)) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield failed
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failed, failed


def all_at_once(*jobs: Callable[[], object]) -> None:
    """Do each job once, all of them at the same time. Raises `AssertionError` where one raised."""
    failed: list[BaseException] = []
    threads = [threading.Thread(target=_keep_on, args=(job, _Once(), failed)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed


class _Once:
    """Set as soon as it was looked at once."""

    def __init__(self) -> None:
        self._asked = False

    def is_set(self) -> bool:
        asked, self._asked = self._asked, True
        return asked


def _keep_on(job: Callable[[], object], stop: "threading.Event | _Once", failed: list[BaseException]) -> None:
    while not stop.is_set():
        try:
            job()
        except BaseException as error:  # noqa: BLE001  whatever it is, the test is to see it
            failed.append(error)
            return
