"""Nobody learns of a report about themselves, on any ladder, however and whenever they are named (S5)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages import Alarm, Unanswered
from bot.reporting import casefile, composing, recusal, submit
from bot.reporting.calling import UNANSWERED
from bot.reporting.intake import Handed, hand_in
from bot.reporting.kinds import NATURES
from bot.reporting.people import Family
from bot.reporting.recusal import say_standing
from bot.reporting.report import About, Standing
from bot.reporting.rights import Party
from knowledge.rules import Kind, Role
from storage import outbox
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.reporting.stage import Stage
from tests.drills.conftest import Size
from tests.drills.discretion import Story, office_by_policies, told
from tests.support.offices import CHAT, office_for

STRANGER = "account:slack:U0STRANGER"
KINDS = [kind for kind in Kind if kind is not Kind.SELF_REPORT]
HELD = [kind for kind in KINDS if NATURES[kind].family is Family.CHILD and kind is not Kind.PUPIL_ACTIVITY]
"""Kinds of which the safeguarding lead hears at the first step."""


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    """Give Oakfield, whose reports are routed by its schools' policies."""
    office = office_for(database_url, tmp_path, OAKFIELD)
    yield Stage(office_by_policies(office))
    office.store.close()


@pytest.fixture
def sqlite_stage(tmp_path: Path) -> Iterator[Stage]:
    """Give the same on SQLite."""
    office = office_for(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path, OAKFIELD)
    yield Stage(office_by_policies(office))
    office.store.close()


def test_a_member_of_the_ladder_learns_nothing_of_a_report_about_themselves(stage: Stage, size: Size) -> None:
    stories = [told(stage, Random(number)) for number in range(size.of(8, 120))]
    assert not [str(story) for story in stories if story.leaks]
    assert not [str(story) for story in stories if story.silent]
    assert sum(story.hops for story in stories) > 4 * len(stories)
    assert stage.office.audit.verify(stage.office.store)[1] == ()


@given(number=st.integers(min_value=10**6))
@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nor_on_a_ladder_that_is_looked_for(sqlite_stage: Stage, number: int) -> None:
    story = told(sqlite_stage, Random(number))
    assert not story.leaks
    assert not story.silent


PLANTED: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "nothing is withdrawn": lambda patch: patch.setattr(recusal, "_withdraw", lambda *_: None),
    "the linked bar nobody": lambda patch: patch.setattr(submit, "join", lambda *_: []),
    "a subject is a stranger": lambda patch: patch.setattr(
        casefile, "parties_of", lambda _work, _case, _person: (Party.CALLED,)
    ),
    "what waits is sent to whoever": lambda patch: (
        patch.setattr(outbox, "cancel", lambda *_: None),
        patch.setattr(composing, "_may_hear", lambda *_: True),
        patch.setattr(composing, "_roles_now", lambda *_: True),
    )[0],
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_that_gives_something_away_is_seen(
    sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    PLANTED[fault](monkeypatch)
    stories: list[Story] = []
    while not any(story.leaks for story in stories):
        stories.append(told(sqlite_stage, Random(len(stories))))
        assert len(stories) < 30


def test_a_report_that_merely_mentions_the_lead_reaches_the_lead(stage: Stage, size: Size) -> None:
    """Never by a name alone is anybody kept out: a mention is told, at once or once it is settled."""
    chance = Random(5)
    for _ in range(size.of(20, 200)):
        kind = chance.choice(HELD)
        open_at_first = chance.random() < 0.5
        reference = _mentioning_sam(stage, kind, chance, open_at_first=open_at_first)
        if open_at_first:
            assert "sam" not in stage.told(reference)
            assert stage.told(reference)
            stage.do(say_standing, reference, "tom", ("sam", Standing.MENTIONED))
        assert "sam" in stage.told(reference)
        assert "sam" in {one.person for one in stage.deliver() if one.event == "card"}
        assert reference in stage.listed("sam")


def _mentioning_sam(stage: Stage, kind: Kind, chance: Random, *, open_at_first: bool) -> str:
    name = chance.choice(("Sam Okafor", "Mr Okafor", "Sam", "Sam Okafo"))
    answers = {"danger": "no", "image": "no", "what": "It was on the bus."}
    if open_at_first:
        answers |= {"about": "unknown", "subject": f"somebody, maybe {name}"}
    elif chance.random() < 0.5:
        answers |= {"about": "pupil", "what": f"I told {name} about it."}
    else:
        answers |= {"about": "unknown", "subject": name, "standing.sam": "mentioned"}
    handed = Handed(kind, answers, "tom", f"{chance.random()}", CHAT)
    return hand_in(stage.office, handed, now=stage.after(seconds=1)).reference


@pytest.mark.parametrize("kind", KINDS)
def test_where_everybody_is_named_the_reporter_is_shown_the_lado_and_nobody_is_told(
    sqlite_stage: Stage, kind: Kind
) -> None:
    stage, everybody = sqlite_stage, ",".join(sqlite_stage.office.directory.people)
    reference = _about_these(stage, kind, everybody)
    assert stage.told(reference) == []
    sent = stage.deliver()
    assert {one.person for one in sent} == {STRANGER}
    (said,) = [one.message for one in sent if one.event == UNANSWERED and _of_nobody(one.message)]
    assert isinstance(said, Unanswered)
    assert any("Oakshire LADO, 01632 960000" in line for line in said.ring)
    assert not any("01632 960003" in line for line in said.ring)
    for _ in range(3):
        stage.climb(reference)
    assert stage.told(reference) == []
    assert not [one for one in stage.deliver() if isinstance(one.message, Alarm)]


def _of_nobody(message: object) -> bool:
    return isinstance(message, Unanswered) and message.nobody_left


@pytest.mark.parametrize("kind", KINDS)
def test_where_everybody_but_the_chair_is_named_it_goes_to_the_chair(sqlite_stage: Stage, kind: Kind) -> None:
    stage = sqlite_stage
    others = [one for one in stage.office.directory.people if one != "chair"]
    assert stage.office.directory.roles_of("chair") == {Role.GOVERNORS, Role.ABOUT_HEAD}
    reference = _about_these(stage, kind, ",".join(others))
    assert stage.told(reference) == ["chair"]


def _about_these(stage: Stage, kind: Kind, people: str) -> str:
    about = About.WORKS_HERE if About.WORKS_HERE in NATURES[kind].about else About.UNKNOWN
    answers = {"about": about.value, "danger": "no", "image": "no", "what": "All of them.", "school": ""}
    answers |= {"subject_person": people, "school": "oak-primary"}
    handed = Handed(kind, answers, STRANGER, f"{kind} {people}", CHAT)
    return hand_in(stage.office, handed, now=stage.now).reference


def test_a_report_about_oneself_keeps_its_receipt_and_nothing_else(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    for person in ("sam", "helen", "omar", "chair", "ada", "dan", "tom"):
        answers = {"about": "myself", "danger": "no", "image": "no", "what": "I replied to a pupil."}
        handed = Handed(Kind.SELF_REPORT, answers, person, f"own {person}", CHAT)
        receipt = hand_in(stage.office, handed, now=stage.after(seconds=1))
        assert (receipt.own, receipt.told, receipt.titles) == (True, (), ())
        for _ in range(6):
            stage.climb(receipt.reference)
        assert person not in stage.told(receipt.reference)
        assert {row.event for row in stage.notices(receipt.reference, person)} <= {"unanswered", "progress"}
        assert receipt.reference not in stage.listed(person)
