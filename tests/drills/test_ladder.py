"""R7, R9, R10: nobody answers, somebody cannot be reached, chat is away: the next is told in time, anyhow."""

from collections.abc import Sequence
from itertools import pairwise
from time import monotonic

import pytest

from tests.drills.chased import Case, hand_in, is_about, noted, told, wait_told
from tests.drills.conftest import Launch, Size, on_all, on_all_at_length
from tests.drills.figures import record
from tests.support.program import Program
from tests.support.schools import fast_schools
from tests.support.smtp import Mail, MailSink
from tests.support.standin import StandIn
from tests.support.standin_platform import Call
from tests.support.waiting import wait_for

_LATE = 2.0
"""Seconds after its time within which every step is taken."""
_UNDER_WAY = 0.5
"""Seconds after an acknowledgement within which a card that was on its way may still arrive."""
_PATIENCE = 30.0
_NO_CARD = 404
_HIGH = "vic"
"""Reports at Oak High, whose policy sends a nude image to the head, while the floor sends it to the DSL."""


def _started(launch: Launch, database: str, mails: MailSink, *, step: str, **settings: str) -> Program:
    """The program at Oakfield, with a mail server and every step of its ladders as long as `step`."""
    mail = {"SIGNPOST_SMTP_URL": mails.url, "SIGNPOST_MAIL_FROM": "signpost@oakfield.example"}
    program = launch(database, schools=fast_schools(step=step), **mail, **settings)
    program.start()
    return program


def _calls(platform: StandIn, case: Case, person: str, event: str = "card") -> list[Call]:
    return [
        call
        for call in platform.messages()
        if is_about(call, case.reference, event) and call.person == person
    ]


def _rings(platform: StandIn, case: Case) -> list[Call]:
    """What the reporter was told at missed steps."""
    return _calls(platform, case, "priya", "unanswered")


def _wait_calls(platform: StandIn, case: Case, person: str, times: int) -> None:
    platform.wait_for(
        lambda calls: (
            sum(is_about(call, case.reference) and call.person == person for call in calls) >= times
        ),
        within=_PATIENCE,
    )


def _answer(program: Program, case: Case, person: str) -> float:
    """Acknowledge, and do something about it, so that the case doesn't lie untouched; returns when it was.

    In a chat there is nothing to press until the card is there.
    """
    pressed = wait_for(
        lambda: program.acknowledge(case.reference, person).status,
        lambda status: status != _NO_CARD,
        within=_PATIENCE,
        what="a card to press",
    )
    assert pressed == 200
    answered = monotonic()
    assert program.act(case.reference, "note", person, text="Spoke to her.").status == 200
    return answered


def _pass(seconds: float) -> None:
    """Let time go by in which something must not happen."""
    until = monotonic() + seconds
    wait_for(monotonic, lambda now: now >= until, within=seconds + 5, what="time to go by")


def _value(program: Program, name: str) -> float:
    lines = program.get("/metrics").text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


def _to(mails: Sequence[Mail], person: str, case: Case) -> list[Mail]:
    address = f"{person}@oakfield.example"
    return [mail for mail in mails if address in mail.recipients and case.reference in mail.subject]


@on_all_at_length
def test_unanswered_it_climbs_in_time_and_begins_again_with_an_alarm_until_somebody_answers(
    size: Size, database_url: str, launch: Launch, stand_in: StandIn, mail_sink: MailSink
) -> None:
    step = size.of(1, 3)
    program = _started(launch, database_url, mail_sink, step=f"{step}s")
    case = hand_in(program, "priya")
    _wait_calls(stand_in, case, "sam", 2)
    moments = noted(program, case, "sam")
    waited = [after - before - step for before, after in pairwise(moments)]
    order = [["sam"], ["helen", "omar"], ["tessa"], ["sam"]]
    arrived = _arrivals(stand_in, case, order)
    late = [call.wall - before - step for call, before in zip(arrived[1:], moments, strict=False)]
    stand_in.wait_for(lambda _: len(_rings(stand_in, case)) >= len(order) - 1, within=_PATIENCE)
    rings = _rings(stand_in, case)
    told_so = [ring.wall - missed for ring, missed in zip(rings, moments[1:], strict=False)]
    mail_sink.wait_for(lambda mails: bool(_to(mails, "ada", case)), within=5)
    ready, unanswered = program.get("/readyz"), _value(program, "signpost_cases_unanswered")
    stopped = _answer(program, case, "sam")
    _pass(2 * step + 1)
    after = [call.at - stopped for call in stand_in.messages() if is_about(call, case.reference)]
    record(
        "R7",
        "nobody answers for a lap, then somebody does",
        database=database_url,
        size=size.name,
        platform=stand_in.name,
        step_s=step,
        worst_late_s=max(late),
        reporter_told_s=max(told_so),
        last_call_after_answer_s=max(0.0, *after),
    )
    assert all(0 <= seconds <= size.within(_LATE) for seconds in waited), waited
    assert all(0 <= seconds <= size.within(_LATE) for seconds in late), late
    assert told(stand_in, case.reference, "alert").keys() == {"ceo"}
    assert all(0 <= seconds <= size.within(5) for seconds in told_so), told_so
    assert all("999" in ring.body["text"] and "01632 960002" in ring.body["text"] for ring in rings)
    assert (ready.status, ready.body["alarms"], unanswered) == (200, 1, 1)
    assert max(after) <= size.within(1)
    assert program.get("/readyz").body["alarms"] == 0
    assert _value(program, "signpost_cases_unanswered") == 0


def _arrivals(platform: StandIn, case: Case, order: Sequence[Sequence[str]]) -> list[Call]:
    """The last card to arrive of each step, the people of each step being as given and told in that order."""
    cards = [call for call in platform.messages() if is_about(call, case.reference)]
    last = []
    for people in order:
        step, cards = cards[: len(people)], cards[len(people) :]
        assert sorted(call.person for call in step) == sorted(people)
        last.append(step[-1])
    return last


@on_all_at_length
def test_where_two_must_know_the_one_who_answers_never_silences_the_other(
    size: Size, database_url: str, launch: Launch, stand_in: StandIn, mail_sink: MailSink
) -> None:
    step = size.of(1, 2)
    program = _started(launch, database_url, mail_sink, step=f"{step}s")
    image = {"kind": "nude_image", "image": "yes"}
    sent = {answering: hand_in(program, _HIGH, **image) for answering in ("lena", "marcus")}
    answered = {}
    for answering, case in sent.items():
        assert set(case.goes_to) == {"lena", "marcus"}
        answered[answering] = _answer(program, case, answering)
    for answering, silent in (("lena", "marcus"), ("marcus", "lena")):
        case = sent[answering]
        _wait_calls(stand_in, case, silent, 2)
        assert all(
            call.at <= answered[answering] + size.within(1) for call in _calls(stand_in, case, answering)
        )
        stopped = _answer(program, case, silent)
        assert program.case(case.reference, silent).body["summary"]["state"] == "in_progress"
    _pass(step + 1)
    late = [
        call.at - stopped
        for case in sent.values()
        for call in stand_in.messages()
        if is_about(call, case.reference)
    ]
    record(
        "R7",
        "two must know and one answers",
        database=database_url,
        size=size.name,
        platform=stand_in.name,
        step_s=step,
        last_call_after_both_s=max(0.0, *late),
    )
    assert max(late) <= size.within(1)


@on_all
def test_somebody_who_cannot_be_reached_is_mailed_or_else_the_next_is_told_at_once(
    size: Size, database_url: str, launch: Launch, stand_in: StandIn, mail_sink: MailSink
) -> None:
    program = _started(launch, database_url, mail_sink, step="1h")
    stand_in.control(dead=["sam", "lena"])
    mail_sink.dead = frozenset({"lena@oakfield.example"})
    by_mail, by_next = hand_in(program, "priya"), hand_in(program, _HIGH)
    (mail,) = _to(
        mail_sink.wait_for(lambda mails: bool(_to(mails, "sam", by_mail)), within=10), "sam", by_mail
    )
    following = wait_told(stand_in, by_next.reference, "bea", "marcus", within=10)
    delays = [call.at - by_next.at for call in following.values()]
    alarm = stand_in.wait_for(lambda calls: any(map(_says_unreachable, calls)), within=5)
    record(
        "R9",
        "a recipient whom nothing reaches",
        database=database_url,
        size=size.name,
        platform=stand_in.name,
        mailed_s=mail.at - by_mail.at,
        next_level_s=max(delays),
    )
    assert mail.at - by_mail.at <= size.within(_LATE)
    assert max(delays) <= size.within(_LATE)
    assert {call.person for call in alarm if _says_unreachable(call)} == {"ada"}
    assert not told(stand_in, by_mail.reference).keys() & {"omar", "helen"}


def _says_unreachable(call: Call) -> bool:
    return call.accepted and call.event == "alarm" and call.body["trouble"] == "unreachable"


@on_all_at_length
def test_while_chat_is_away_calls_go_by_mail_and_one_acknowledgement_closes_all(
    size: Size, database_url: str, launch: Launch, stand_in: StandIn, mail_sink: MailSink
) -> None:
    if not size.full and not database_url.startswith("sqlite"):
        pytest.skip("what goes by mail is the same on either database: the full drill has both")
    after = size.of(3, 8)
    program = _started(launch, database_url, mail_sink, step="1h", SIGNPOST_EMAIL_AFTER=f"{after}s")
    stand_in.control(down=True)
    first = hand_in(program, "priya")
    mails = mail_sink.wait_for(lambda mails: bool(_to(mails, "sam", first)), within=after + 10)
    (mail,) = _to(mails, "sam", first)
    waited = mail.at - first.at
    second = hand_in(program, "priya")
    mails = mail_sink.wait_for(lambda mails: bool(_to(mails, "sam", second)), within=10)
    at_once = _to(mails, "sam", second)[0].at - second.at
    for case in (first, second):
        assert program.act(case.reference, "acknowledge", "sam").status == 200  # with no card to press
    answered = monotonic()
    stand_in.control(down=False)
    stand_in.wait_for(lambda calls: any(call.accepted for call in calls), within=10)
    _pass(2)
    record(
        "R10",
        "chat is away longer than it may be",
        database=database_url,
        size=size.name,
        platform=stand_in.name,
        after_s=after,
        mailed_s=waited,
        next_mailed_s=at_once,
    )
    assert mail.at - first.began >= after
    assert waited <= after + size.within(_LATE)
    assert at_once <= size.within(_LATE)
    cards = [
        call for call in stand_in.messages() for case in (first, second) if is_about(call, case.reference)
    ]
    assert [call for call in cards if call.at > answered + _UNDER_WAY] == []
    assert len(_to(mail_sink.messages, "sam", first)) == len(_to(mail_sink.messages, "sam", second)) == 1
    assert program.case(first.reference, "sam").body["summary"]["state"] == "acknowledged"
