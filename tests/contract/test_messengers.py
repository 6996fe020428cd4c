"""What every platform does with a notice, whichever it is (`bot.sending.Messenger`)."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import uuid4

import pytest

from bot import messages
from bot.delivery import CannotTellError, Envelope, TryLaterError, UnreachableError
from bot.messages import (
    Alarm,
    Alert,
    AnswerWaits,
    Card,
    CardState,
    CheckIn,
    CodeSent,
    Message,
    Progress,
    Prompt,
    QuestionWaits,
    Reminder,
    RoleChanged,
    Trouble,
    Unanswered,
)
from bot.wording.notices import REPEAT
from knowledge.rules import Kind, Urgency
from tests.contract.stages import PLATFORMS, REMOTE, RemoteStage, Stage, directory

SECONDS = 0.6
REFERENCE = "SP-7Q4K-M2XD"
CARD = Card(
    REFERENCE,
    Kind.PUPIL_CONTACT,
    Urgency.TODAY,
    datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    "the designated safeguarding lead",
    CardState.WAITING,
)
MESSAGES: tuple[Message, ...] = (
    CARD,
    Alert(REFERENCE, Urgency.IMMEDIATE, ("999: in an emergency",)),
    Unanswered(REFERENCE, ("999: in an emergency",)),
    Progress(REFERENCE, messages.Stage.IN_HAND, "the designated safeguarding lead"),
    Reminder(REFERENCE, Prompt.ASKED),
    CheckIn(REFERENCE, 3, "a helpline, 01632 960900"),
    CodeSent("271828", "show a case", 10),
    Alarm(Trouble.UNANSWERED, REFERENCE),
    RoleChanged("0a1b2c3d", "deputy safeguarding lead", "Oak Primary"),
    QuestionWaits("0f1e2d3c"),
    AnswerWaits("0f1e2d3c"),
)
NAMELESS = (CodeSent, RoleChanged, QuestionWaits, AnswerWaits)
"""Messages that are about no case."""


@pytest.fixture(scope="module", params=PLATFORMS, ids=lambda one: one.__name__)
def every(request: pytest.FixtureRequest) -> Iterator[tuple[type[Stage], Any]]:
    """Give each platform in turn, with its hall."""
    with request.param.hall() as hall:
        yield request.param, hall


@pytest.fixture(scope="module", params=REMOTE, ids=lambda one: one.__name__)
def every_remote(request: pytest.FixtureRequest) -> Iterator[tuple[type[RemoteStage], Any]]:
    """Give each platform that can fail in turn, with its hall."""
    with request.param.hall() as hall:
        yield request.param, hall


@pytest.fixture
def stage(every: tuple[type[Stage], Any]) -> Iterator[Stage]:
    """Give a fresh stage on each platform."""
    kind, hall = every
    with kind(hall) as found:
        yield found


@pytest.fixture
def remote(every_remote: tuple[type[RemoteStage], Any]) -> Iterator[RemoteStage]:
    """Give a fresh stage on each platform that can fail."""
    kind, hall = every_remote
    with kind(hall) as found:
        yield found


@pytest.fixture
def impatient(every_remote: tuple[type[RemoteStage], Any]) -> Iterator[RemoteStage]:
    """Give the same, where a call may not take long."""
    kind, hall = every_remote
    with kind(hall, SECONDS) as found:
        yield found


def _envelope(stage: Stage, person: str = "sam", message: Message = CARD) -> Envelope:
    known = directory().person(person)
    assert known is not None
    address = stage.messenger.address(known)
    assert address is not None, f"{person} is not to be found on {stage.messenger.platform}"
    return Envelope(uuid4().hex, person, address, message)


def _send(stage: Stage, envelope: Envelope) -> str:
    return stage.play(stage.messenger.send(envelope))


def _send_two(stage: Stage) -> None:
    for _ in range(2):
        _send(stage, _envelope(stage))


def test_a_notice_arrives_once_and_where_its_recipient_is(stage: Stage) -> None:
    envelope = _envelope(stage)
    assert _send(stage, envelope)
    assert [one.where for one in stage.arrived()] == [envelope.address]


def test_two_notices_have_ids_of_their_own(stage: Stage) -> None:
    assert _send(stage, _envelope(stage)) != _send(stage, _envelope(stage, "ruth"))
    assert len({one.where for one in stage.arrived()}) == 2


def test_the_id_it_gives_can_be_kept_in_any_database(stage: Stage) -> None:
    found = _send(stage, _envelope(stage))
    assert found.isascii()
    assert found.isprintable()
    assert 0 < len(found) <= 200


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: type(one).__name__)
def test_every_message_can_be_said_and_names_its_case(stage: Stage, message: Message) -> None:
    _send(stage, _envelope(stage, message=message))
    (arrived,) = stage.arrived()
    assert arrived.text.strip()
    assert isinstance(message, NAMELESS) or REFERENCE in arrived.raw


def test_no_message_of_the_union_is_left_out_here() -> None:
    assert {type(one) for one in MESSAGES} == set(get_args(Message))


def test_a_repeat_says_that_it_is_one(stage: Stage) -> None:
    _send(stage, replace(_envelope(stage), marks=frozenset({"repeat"})))
    assert REPEAT in stage.arrived()[0].text


def test_whoever_has_no_account_or_address_there_is_not_found_there(stage: Stage) -> None:
    sam = directory().person("sam")
    assert sam is not None
    found = stage.messenger.address(replace(sam, accounts={}, email=None))
    assert found in {None, "sam"}, "an own id is an address only where everybody has one"


def test_a_notice_that_arrived_is_found_and_one_that_did_not_is_not(stage: Stage) -> None:
    sent, unsent = _envelope(stage), _envelope(stage)
    provider = _send(stage, sent)
    if not stage.asks:
        with pytest.raises(CannotTellError):
            stage.play(stage.messenger.find(sent))
        return
    assert stage.play(stage.messenger.find(sent)) == provider
    assert stage.play(stage.messenger.find(unsent)) is None


def test_a_message_is_changed_in_place_or_stays_as_it_is_and_never_comes_twice(stage: Stage) -> None:
    envelope = _envelope(stage)
    provider = _send(stage, envelope)
    closed = replace(envelope, message=replace(CARD, state=CardState.CLOSED))
    stage.play(stage.messenger.edit(provider, closed))
    arrived = stage.arrived()
    if stage.edits:
        assert [one.text for one in arrived] == [f"{REFERENCE} is closed."]
    elif stage.asks:  # a terminal: what was printed stays
        assert [one.text for one in arrived][1:] == [f"{REFERENCE} is closed."]
    else:
        assert len(arrived) == 1
        assert "closed" not in arrived[0].text


def test_a_message_that_is_there_no_longer_needs_no_change(remote: RemoteStage) -> None:
    remote.play(remote.messenger.edit("m999", _envelope(remote)))
    assert remote.arrived() == []


def test_many_at_once_all_arrive(stage: Stage) -> None:
    people = ["sam", "ruth", "omar", "helen", "chair", "vera", "ceo", "tessa"]
    envelopes = [_envelope(stage, person) for person in people for _ in range(3)]

    async def all_at_once() -> list[str]:
        return list(await asyncio.gather(*map(stage.messenger.send, envelopes)))

    assert len(set(stage.play(all_at_once()))) == len(envelopes)
    assert sorted(one.where for one in stage.arrived()) == sorted(one.address for one in envelopes)


def test_when_too_much_is_asked_of_it_it_says_later_and_for_how_long_if_it_can(remote: RemoteStage) -> None:
    remote.be_busy()
    with pytest.raises(TryLaterError) as told:
        _send_two(remote)
    assert not told.value.unsure
    if remote.says_when:
        assert told.value.after is not None
        assert 0 < told.value.after <= 3600
    else:
        assert told.value.after is None


def test_what_was_taken_without_a_word_is_unsure_and_found_where_it_can_be_asked(remote: RemoteStage) -> None:
    remote.drop_one()
    envelope = _envelope(remote)
    with pytest.raises(TryLaterError) as told:
        _send(remote, envelope)
    assert told.value.unsure, "it would be sent again as if it were the first"
    assert len(remote.arrived()) == 1
    if remote.asks:
        assert remote.play(remote.messenger.find(envelope)) is not None


def test_a_send_that_hangs_ends_in_time_and_unsure(impatient: RemoteStage) -> None:
    envelope = _envelope(impatient)
    impatient.hang_on(envelope.address)
    began = time.monotonic()
    with pytest.raises(TryLaterError) as told:
        _send(impatient, envelope)
    assert told.value.unsure
    assert time.monotonic() - began < SECONDS + 0.5


def test_one_that_hangs_delays_nobody_else(remote: RemoteStage) -> None:
    hanging = _envelope(remote)
    remote.hang_on(hanging.address)
    others = [_envelope(remote, person) for person in ("ruth", "omar", "helen", "vera")]

    async def together() -> float:
        stuck = asyncio.create_task(remote.messenger.send(hanging))
        await asyncio.sleep(0)
        began = time.monotonic()
        await asyncio.gather(*map(remote.messenger.send, others))
        took = time.monotonic() - began
        stuck.cancel()
        await asyncio.gather(stuck, return_exceptions=True)
        return took

    assert remote.play(together()) < 2, "promise R6"
    assert sorted(one.where for one in remote.arrived()) == sorted(one.address for one in others)


def test_whoever_cannot_be_reached_for_good_is_said_to_be_so_and_nobody_else_is(remote: RemoteStage) -> None:
    gone = _envelope(remote)
    remote.lose(gone.address)
    with pytest.raises(UnreachableError) as told:
        _send(remote, gone)
    assert gone.address not in str(told.value), "the reason is kept and logged: it is a word, no address"
    other = _envelope(remote, "ruth")
    _send(remote, other)
    assert [one.where for one in remote.arrived()] == [other.address]


def test_while_it_is_away_a_send_fails_at_once_and_surely_and_can_be_tried_again(remote: RemoteStage) -> None:
    remote.go_away()
    began = time.monotonic()
    with pytest.raises(TryLaterError) as told:
        _send(remote, _envelope(remote))
    assert time.monotonic() - began < 2
    assert not told.value.unsure
    assert told.value.after is None
    assert remote.arrived() == []


def test_a_send_that_is_given_up_arrives_later_by_no_means(impatient: RemoteStage) -> None:
    envelope = _envelope(impatient)
    impatient.hang_on(envelope.address)

    async def given_up() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(SECONDS / 3):
                await impatient.messenger.send(envelope)

    impatient.play(given_up())
    impatient.hang_on("nobody")
    _send(impatient, _envelope(impatient, "ruth"))
    assert envelope.address not in {one.where for one in impatient.arrived()}
