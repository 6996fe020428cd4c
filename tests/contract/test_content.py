"""No notice carries a word of a report, a child's name or a colleague's, on any platform (promise S14)."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.delivery import Envelope
from bot.reporting import handling
from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.climbing import tick
from bot.reporting.composing import compose
from bot.reporting.office import Office, Work
from bot.reporting.recusal import say_standing
from bot.reporting.report import Standing
from knowledge.rules import Kind, Urgency
from storage.models import Notice
from tests.bot.reporting.oakfield import OAKFIELD
from tests.contract.stages import PLATFORMS, directory
from tests.support.offices import CHAT, a_report, hand_in, office_for

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
CHILD, TOLD, NOTE, QUESTION, TASK, WHY = (
    *("Zebedee Quillfeather", "a purple xylophone", "the marmoset", "which zeppelin", "ring the vicarage"),
    "because of the rhubarb",
)
WRITTEN = (CHILD, TOLD, NOTE, QUESTION, TASK, WHY)
SAM, TOM = Actor("sam"), Actor("tom")


def _story(office: Office) -> Iterator[datetime]:
    """A case from its report to its end, yielding when something may have been put in the outbox."""
    report = a_report(TOLD, subject=CHILD, kind=Kind.GROOMING, urgency=Urgency.IMMEDIATE, danger=True)
    reference, now = hand_in(office, report, now=NOW), NOW
    yield now
    for _ in range(2):
        now += timedelta(minutes=11)
        tick(office, now=now)
        yield now
    acknowledge(office, reference, SAM, now=now)
    deeds: tuple[Callable[[], Any], ...] = (
        lambda: handling.add_note(office, reference, SAM, NOTE, now=now),
        lambda: handling.ask_reporter(office, reference, SAM, QUESTION, now=now),
        lambda: handling.answer_question(office, reference, TOM, TOLD, now=now),
        lambda: handling.add_information(office, reference, TOM, f"{TOLD} and {CHILD}", now=now),
        lambda: handling.add_action(office, reference, SAM, ("sam", TASK, date(2026, 11, 20)), now=now),
        lambda: handling.hand_over(office, reference, SAM, "helen", now=now),
        lambda: say_standing(office, reference, SAM, ("omar", Standing.ABOUT), now=now),
        lambda: handling.close(
            office, reference, SAM, handling.Closing(handling.Decision.SOCIAL_CARE, WHY), now=now
        ),
    )
    for deed in deeds:
        deed()
        yield now


@pytest.fixture(scope="module")
def envelopes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Any, frozenset[str]]]:
    """Give every message that the story put in the outbox: for whom, what, and its marks."""
    folder = tmp_path_factory.mktemp("content")
    found, seen = [], set[str]()
    with ExitStack() as held:
        office = office_for(f"sqlite:///{folder / 'signpost.db'}", folder, OAKFIELD)
        held.callback(office.store.close)
        for now in _story(office):
            with office.store.writing() as session:
                work = Work(session, office, now)
                for row in session.connection().execute(select(Notice).where(col(Notice.platform) == CHAT)):
                    composed = compose(work, row) if row.id not in seen else None
                    seen.add(row.id)
                    if composed is not None:
                        found.append((str(row.person), composed.message, frozenset(row.marks.split())))
    return found


def test_the_story_makes_people_be_told_of_nearly_everything(envelopes: list[Any]) -> None:
    kinds = {type(message).__name__ for _, message, _ in envelopes}
    assert {"Card", "Alert", "Unanswered", "Progress", "Reminder"} <= kinds
    assert len(envelopes) > 10


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda one: one.__name__)
def test_what_goes_out_names_no_child_no_colleague_and_repeats_nothing(
    platform: Any, envelopes: list[Any]
) -> None:
    with platform.hall() as hall, platform(hall) as stage:
        for number, (person, message, marks) in enumerate(envelopes):
            known = directory().person(person)
            assert known is not None
            address = stage.messenger.address(known)
            stage.play(stage.messenger.send(Envelope(f"n{number}", person, address, message, marks)))
        arrived = stage.arrived()
    assert len(arrived) == len(envelopes)
    names = [
        word for one in directory().people.values() for word in (one.name, *one.aliases, one.name.split()[-1])
    ]
    for one in arrived:
        whole = f"{one.raw}\n{one.text}".casefold()
        assert [word for word in (*WRITTEN, *CHILD.split()) if word.casefold() in whole] == []
        assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", one.text)] == []
