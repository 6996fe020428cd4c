"""People reporting while things go wrong: each tries again with the same form until there is a receipt."""

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import httpx

from tests.support.program import Program, Reply
from tests.support.waiting import wait_for

PATIENCE = 60.0
"""Seconds within which a report must have got its receipt, whatever happens meanwhile."""
NOT_SAVED = "NOT saved"
SLOW, FAST = "former_pupil_under_18", "other"
"""Kinds of report by how fast their ladder is climbed in the drills' schools files.

The first goes to two people of the school, the second to one.
"""
_ANSWERS = {"about": "former_pupil", "subject": "Alfie", "danger": "no", "image": "no", "what": "It was odd."}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a reporter holds in the end: the reference, and whom the report goes to at once."""

    key: str
    kind: str
    reference: str
    goes_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """How the program answered one report at a moment of the monotonic clock: status 0 where it did not."""

    at: float
    seconds: float
    status: int
    text: str


class Crowd:
    """Reporters, several at once, and what came of it. Each turns to the next of the servers."""

    def __init__(self, *servers: Program, schools: int) -> None:
        self._servers = servers
        self._schools = schools
        self._lock = threading.Lock()
        self.receipts: list[Receipt] = []
        self.acknowledged: list[Receipt] = []
        self.answers: list[Answer] = []

    def report(self, number: int, *, kind: str = SLOW) -> Receipt:
        """Report as the teacher of one of the schools, until there is a receipt."""
        key = f"report-{number}"

        def attempt() -> Reply | None:
            return self._tried(lambda: self.submit(number, kind=kind))

        reply = _until(attempt, (200, 201), what=f"the receipt of {key}")
        receipt = Receipt(key, kind, reply.reference, tuple(reply.body["goes_to"]))
        with self._lock:
            self.receipts.append(receipt)
        return receipt

    def submit(self, number: int, *, kind: str = SLOW, server: Program | None = None) -> Reply:
        """Send a report once. Raises `httpx.TransportError` where no answer comes."""
        server = server or self._servers[number % len(self._servers)]
        return server.report(f"t{number % self._schools}", kind, _ANSWERS, key=f"report-{number}")

    def acknowledge(self, receipt: Receipt) -> None:
        """Acknowledge as the last of those whom the report goes to, until that is confirmed."""

        def attempt() -> Reply | None:
            return _sent(lambda: self._servers[0].acknowledge(receipt.reference, receipt.goes_to[-1]))

        _until(attempt, (200,), what=f"the acknowledgement of {receipt.reference}")
        with self._lock:
            self.acknowledged.append(receipt)

    def close(self, receipt: Receipt) -> None:
        """Acknowledge a case, and close it: nothing more is to happen to it."""
        self.acknowledge(receipt)
        how = {"decision": "no_referral", "reason": "The drill is over."}

        def attempt() -> Reply | None:
            return _sent(lambda: self._servers[0].act(receipt.reference, "close", receipt.goes_to[-1], **how))

        _until(attempt, (200,), what=f"the end of {receipt.reference}")

    def wait_for(self, receipts: int) -> None:
        """Wait until there are so many receipts."""
        wait_for(
            lambda: len(self.receipts),
            lambda held: held >= receipts,
            within=PATIENCE,
            what=f"{receipts} receipts",
        )

    @contextmanager
    def busy(self, numbers: Iterable[int], *, at_once: int = 8, answered: float = 0.0) -> Iterator[None]:
        """Report all of these meanwhile; on leaving, every one has its receipt.

        `answered` is the share of reports that somebody acknowledges as soon as there is a receipt.
        """

        def one(number: int) -> None:
            receipt = self.report(number)
            if random.Random(number).random() < answered:
                self.acknowledge(receipt)

        with ThreadPoolExecutor(at_once) as pool:
            jobs = [pool.submit(one, number) for number in numbers]
            try:
                yield
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            for job in jobs:
                job.result()

    def _tried(self, call: Callable[[], Reply]) -> Reply | None:
        """Report once, and note the answer, which must be a receipt or say that nothing was saved."""
        began = monotonic()
        reply = _sent(call)
        status, text = (reply.status, reply.text) if reply else (0, "")
        with self._lock:
            self.answers.append(Answer(began, monotonic() - began, status, text))
        honest = status in {0, 200, 201} or (status == 503 and NOT_SAVED in text)
        assert honest, f"neither a receipt nor an honest refusal: {status} {text}"
        return reply


def _sent(call: Callable[[], Reply]) -> Reply | None:
    try:
        return call()
    except httpx.TransportError:
        return None


def _until(attempt: Callable[[], Reply | None], statuses: tuple[int, ...], *, what: str) -> Reply:
    reply = wait_for(
        attempt, lambda reply: reply is not None and reply.status in statuses, within=PATIENCE, what=what
    )
    assert reply is not None
    return reply
