"""What the drills of the engine hand in, and how they read off the platform who was told what, and when."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from secrets import token_hex
from time import monotonic

from tests.support.program import Program
from tests.support.standin import StandIn
from tests.support.standin_platform import Call
from tests.support.waiting import wait_for

AT_ONCE, TODAY = "disclosure", "online_safety"
"""Kinds of report that go to the DSL alone under Dartmoor's policy: an urgent one, and one that can wait."""
_CROWD = 8
_NOT_SAVED, _PATIENCE = 503, 20.0
_ANSWERS = {
    "about": "pupil",
    "subject": "Alfie",
    "danger": "no",
    "image": "no",
    "what": "Something worrying was said.",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A report that has its receipt. It was handed in from `began` to `at`, by the monotonic clock."""

    reference: str
    kind: str
    goes_to: tuple[str, ...]
    began: float
    at: float


def hand_in(program: Program, person: str, kind: str = AT_ONCE, **answers: str) -> Case:
    """Report as a person, who tries again where it could not be saved."""
    form = {**_ANSWERS, **answers}
    key, began = token_hex(8), monotonic()
    reply = wait_for(
        lambda: program.report(person, kind, form, key=key),
        lambda reply: reply.status != _NOT_SAVED,
        within=_PATIENCE,
        what="a receipt",
    )
    return Case(reply.reference, kind, tuple(reply.body["goes_to"]), began, monotonic())


def hand_in_all(program: Program, reports: Iterable[tuple[str, str]]) -> list[Case]:
    """Report as many people, several at once: who, and what kind."""
    with ThreadPoolExecutor(_CROWD) as pool:
        return list(pool.map(lambda one: hand_in(program, *one), reports))


def told(platform: StandIn, reference: str, event: str = "card") -> dict[str, Call]:
    """When each person was first told of a case, by person."""
    return first_by_person(call for call in platform.messages() if is_about(call, reference, event))


def is_about(call: Call, reference: str, event: str = "card") -> bool:
    """Whether a call put a message of this kind about a case before somebody."""
    return call.accepted and call.event == event and call.body["reference"] == reference


def first_by_person(calls: Iterable[Call]) -> dict[str, Call]:
    """The first call to each person."""
    found: dict[str, Call] = {}
    for call in calls:
        found.setdefault(call.person, call)
    return found


def wait_told(
    platform: StandIn, reference: str, *people: str, within: float, event: str = "card"
) -> dict[str, Call]:
    """Wait until all of these people were told of a case."""
    platform.wait_for(
        lambda calls: set(people) <= {call.person for call in calls if is_about(call, reference, event)},
        within=within,
    )
    return told(platform, reference, event)


def gaps(moments: Sequence[float]) -> list[float]:
    """Seconds between one moment and the next."""
    ordered = sorted(moments)
    return [after - before for before, after in pairwise(ordered)]


def noted(program: Program, case: Case, person: str) -> list[float]:
    """When the program itself says a case came in, and took each of its steps: seconds since 1970."""
    lines = program.case(case.reference, person).body["chronology"]
    steps = [line["at"] for line in lines if line["event"] in {"reported", "unanswered"}]
    return sorted(datetime.fromisoformat(at).timestamp() for at in steps)
