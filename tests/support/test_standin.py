"""The stand-in platform, checked against the console messenger's wire as it is written down."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support.processes import ROOT, bare_environment
from tests.support.standin import StandIn
from tests.support.standin_platform import Call, Platform, fault_of
from tests.support.waiting import wait_for


@pytest.fixture
def caller() -> Iterator[httpx.Client]:
    limits = httpx.Limits(max_keepalive_connections=0)  # one that was answered 400 may be closing
    with httpx.Client(timeout=5, trust_env=False, limits=limits) as client:
        yield client


def _message(notice: str = "n1", person: str = "sam", **changes: Any) -> dict[str, Any]:
    return {
        "id": notice,
        "person": person,
        "event": "CaseOpened",
        "reference": "SP-7Q4K-M2XD",
        "urgency": "immediate",
        "subject": "SP-7Q4K-M2XD",
        "text": "A report is waiting for you.",
        "marks": [],
        **changes,
    }


def _post(client: httpx.Client, platform: StandIn, notice: str = "n1", person: str = "sam") -> httpx.Response:
    return client.post(platform.url, json=_message(notice, person))


def test_a_message_is_taken_found_and_edited(stand_in: StandIn, caller: httpx.Client) -> None:
    assert caller.get(f"{stand_in.url}/n1").status_code == 404
    sent = _post(caller, stand_in)
    provider = sent.json()["id"]
    assert sent.status_code == 200
    assert caller.get(f"{stand_in.url}/n1").json() == {"id": provider}
    assert caller.put(f"{stand_in.url}/{provider}", json=_message()).status_code == 200
    assert caller.put(f"{stand_in.url}/nowhere", json=_message()).status_code == 404
    assert [(call.method, call.status, call.provider) for call in stand_in.record()] == [
        ("GET", 404, None),
        ("POST", 200, provider),
        ("GET", 200, provider),
        ("PUT", 200, provider),
        ("PUT", 404, None),
    ]


def test_a_call_is_recorded_with_both_clocks_and_what_it_said(
    stand_in: StandIn, caller: httpx.Client
) -> None:
    before, wall = time.monotonic(), time.time()
    caller.post(stand_in.url, json=_message(marks=["repeat"]))
    caller.get(f"{stand_in.url}/n1")
    sent, asked = stand_in.record()
    assert before <= sent.at <= asked.at <= time.monotonic()
    assert wall <= sent.wall <= asked.wall <= time.time()
    assert (sent.notice, sent.person, sent.event) == ("n1", "sam", "CaseOpened")
    assert sent.body == _message(marks=["repeat"])
    assert (asked.notice, asked.person, asked.event, asked.body) == ("n1", "sam", "", {})


def test_a_notice_that_comes_twice_is_two_messages(stand_in: StandIn, caller: httpx.Client) -> None:
    first, again = (_post(caller, stand_in).json()["id"] for _ in range(2))
    _post(caller, stand_in, "n2")
    assert first != again
    assert caller.get(f"{stand_in.url}/n1").json() == {"id": first}
    assert len(stand_in.messages()) == 3
    assert stand_in.repeated() == {"n1": 2}


def test_while_down_everything_is_answered_503_and_nothing_is_taken(
    stand_in: StandIn, caller: httpx.Client
) -> None:
    stand_in.control(down=True)
    assert _post(caller, stand_in).status_code == 503
    assert caller.get(f"{stand_in.url}/n1").status_code == 503
    stand_in.control(down=False)
    assert caller.get(f"{stand_in.url}/n1").status_code == 404
    assert _post(caller, stand_in).status_code == 200
    assert len(stand_in.messages()) == 1


def test_while_refusing_the_connection_is_closed_without_an_answer(
    stand_in: StandIn, caller: httpx.Client
) -> None:
    stand_in.control(refuse=True)
    with pytest.raises(httpx.RemoteProtocolError):
        _post(caller, stand_in)
    stand_in.control(refuse=False)
    assert _post(caller, stand_in).status_code == 200
    assert [call.status for call in stand_in.record()] == [0, 200]
    assert len(stand_in.messages()) == 1


def test_a_hanging_person_is_never_answered_and_delays_nobody_else(
    stand_in: StandIn, caller: httpx.Client
) -> None:
    stand_in.control(hang=["sam"])
    with ThreadPoolExecutor() as pool:
        hung = pool.submit(caller.post, stand_in.url, json=_message(), timeout=0.5)
        stand_in.wait_for(lambda calls: len(calls) == 1, within=5)
        assert _post(caller, stand_in, "n2", "ruth").status_code == 200
        assert not hung.done()
        with pytest.raises(httpx.ReadTimeout):
            hung.result()
    assert [(call.person, call.status) for call in stand_in.record()] == [("sam", 0), ("ruth", 200)]
    assert [call.person for call in stand_in.messages()] == ["ruth"]


def test_a_dead_person_is_answered_410_and_others_are_not(stand_in: StandIn, caller: httpx.Client) -> None:
    stand_in.control(dead=["sam"])
    assert _post(caller, stand_in).status_code == 410
    assert _post(caller, stand_in, "n2", "ruth").status_code == 200


def test_latency_delays_the_answer_and_not_the_taking(stand_in: StandIn, caller: httpx.Client) -> None:
    stand_in.control(latency=0.3)
    with pytest.raises(httpx.ReadTimeout):
        caller.post(stand_in.url, json=_message(), timeout=0.05)
    began = time.monotonic()
    assert caller.get(f"{stand_in.url}/n1").status_code == 200
    assert time.monotonic() - began >= 0.3


def test_what_is_dropped_after_it_was_accepted_is_found_afterwards(
    stand_in: StandIn, caller: httpx.Client
) -> None:
    stand_in.control(drop_after_accept=1)
    with pytest.raises(httpx.RemoteProtocolError):
        _post(caller, stand_in)
    assert caller.get(f"{stand_in.url}/n1").status_code == 200
    assert _post(caller, stand_in, "n2").status_code == 200
    assert [(call.notice, call.status) for call in stand_in.messages()] == [("n1", 0), ("n2", 200)]


def test_a_platform_that_cannot_be_asked_says_so(stand_in: StandIn, caller: httpx.Client) -> None:
    _post(caller, stand_in)
    stand_in.control(find=False)
    assert caller.get(f"{stand_in.url}/n1").status_code == 501


def test_too_fast_is_answered_429_with_whole_seconds_and_calling_again_before_is_recorded(
    stand_in: StandIn, caller: httpx.Client
) -> None:
    stand_in.control(rate={"per": 0.6})
    assert _post(caller, stand_in).status_code == 200
    assert _post(caller, stand_in, "n2", "ruth").status_code == 200
    for notice in ("n3", "n4"):
        refused = _post(caller, stand_in, notice)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert [call.early for call in stand_in.record()] == [False, False, False, True]
    told = stand_in.record()[-1].at
    wait_for(time.monotonic, lambda now: now >= told + 1, within=2, what="the Retry-After to end")
    assert _post(caller, stand_in, "n4").status_code == 200
    stand_in.control(rate=None)
    assert _post(caller, stand_in, "n5").status_code == 200
    assert [call.early for call in stand_in.record()[4:]] == [False, False]


def _statuses(platform: Platform, *sent: tuple[float, str]) -> list[tuple[int, bool]]:
    """The status and the earliness of messages sent at moments to persons."""
    seen = []
    for at, person in sent:
        verdict = platform.notice("POST", "", _message(f"{at}", person), at)
        seen.append((getattr(verdict.outcome, "status", 0), verdict.early))
    return seen


def test_a_rate_for_all_counts_everybody_and_forgives_what_was_under_way() -> None:
    platform = Platform()
    platform.control({"rate": {"per": 2, "of": "all", "allow": 2}})
    sent = [(0, "a"), (0.5, "b"), (1, "c"), (1.05, "d"), (1.5, "e"), (2.6, "c"), (2.7, "d")]
    taken, refused, early = (200, False), (429, False), (429, True)
    assert _statuses(platform, *sent) == [taken, taken, refused, refused, early, taken, taken]


def test_a_rate_per_person_forgives_nothing_and_lets_the_first_message_after_the_wait_pass() -> None:
    platform = Platform()
    platform.control({"rate": {"per": 1}})
    sent = [(0, "a"), (0.9, "a"), (0.91, "a"), (1.89, "a"), (2.9, "a"), (2.95, "b")]
    taken, refused, early = (200, False), (429, False), (429, True)
    assert _statuses(platform, *sent) == [taken, refused, early, early, taken, taken]


@pytest.mark.parametrize(
    "changes", [{"colour": "red"}, {"rate": {"per": 0}}, {"rate": {"of": "some", "per": 1}}, {"hang": 3}]
)
def test_an_unknown_behaviour_is_refused(stand_in: StandIn, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        stand_in.control(**changes)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b"[]",
        b'{"id": "n1"}',
        b'{"id": "n1", "person": "", "event": "e", "text": "t", "marks": []}',
    ],
)
def test_what_is_no_message_of_the_wire_is_answered_400(
    stand_in: StandIn, caller: httpx.Client, sent: bytes
) -> None:
    assert caller.post(stand_in.url, content=sent).status_code == 400
    assert [(call.status, call.accepted) for call in stand_in.record()] == [(400, False)]


@pytest.mark.parametrize(
    "name", ["id", "person", "event", "reference", "urgency", "subject", "text", "marks"]
)
def test_every_field_of_the_wire_is_asked_for(name: str) -> None:
    whole = _message()
    assert fault_of(whole) is None
    del whole[name]
    assert name in str(fault_of(whole))


def test_a_notice_about_no_case_needs_neither_reference_nor_urgency() -> None:
    assert fault_of(_message(reference=None, urgency=None)) is None


def test_a_call_to_nowhere_is_answered_404_and_not_recorded(stand_in: StandIn, caller: httpx.Client) -> None:
    assert caller.get(stand_in.url.replace("notices", "nowhere")).status_code == 404
    assert caller.delete(stand_in.url).status_code == 404
    assert stand_in.count() == 0


def test_the_record_is_forgotten_and_the_messages_are_not(stand_in: StandIn, caller: httpx.Client) -> None:
    _post(caller, stand_in)
    assert (len(stand_in.record()), stand_in.count()) == (1, 1)
    stand_in.forget()
    assert (stand_in.record(), stand_in.count()) == ([], 0)
    assert caller.get(f"{stand_in.url}/n1").status_code == 200
    assert len(stand_in.record()) == 1


def test_waiting_gives_the_record_and_gives_up_at_the_deadline(
    stand_in: StandIn, caller: httpx.Client
) -> None:
    _post(caller, stand_in)
    (call,) = stand_in.wait_for(lambda calls: len(calls) == 1, within=1)
    assert isinstance(call, Call)
    with pytest.raises(AssertionError, match="right calls"):
        stand_in.wait_for(lambda calls: len(calls) == 2, within=0.05)


def test_it_takes_messages_from_many_at_once_and_loses_none(stand_in: StandIn) -> None:
    batches, each = 8, 250

    def send(batch: int) -> None:
        with httpx.Client(timeout=5, trust_env=False) as client:
            for number in range(each):
                assert _post(client, stand_in, f"{batch}-{number}").status_code == 200

    with ThreadPoolExecutor(batches) as pool:
        list(pool.map(send, range(batches)))
    calls = stand_in.record()
    assert len({call.notice for call in calls}) == len(calls) == batches * each
    assert calls == sorted(calls, key=lambda call: call.at)


def test_it_takes_more_than_a_thousand_messages_a_second(stand_in: StandIn) -> None:
    sent, body = 2_000, json.dumps(_message()).encode()
    call = b"POST /notices HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with socket.create_connection(("127.0.0.1", httpx.URL(stand_in.url).port or 0)) as connection:
        began, answers = time.monotonic(), b""
        sender = threading.Thread(target=connection.sendall, args=(call * sent,))
        sender.start()
        while answers.count(b"HTTP/1.1 200") < sent:
            answers += connection.recv(1_000_000)
        taken = time.monotonic() - began
        sender.join()
    assert sent / taken > 1_000


def test_bad_http_is_refused_and_does_not_end_it(stand_in: StandIn, caller: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"{}"

    assert caller.post(stand_in.url, content=chunks()).status_code == 400
    assert caller.get(f"{stand_in.url}/n1", headers={"X": "x" * 60_000}).status_code == 404
    with pytest.raises(httpx.TransportError):
        caller.get(f"{stand_in.url}/n1", headers={"X": "x" * 140_000})
    assert _post(caller, stand_in).status_code == 200


def test_one_that_died_is_noticed_when_it_is_stopped() -> None:
    platform = StandIn()
    platform.start()
    process = platform._process  # noqa: SLF001  the test plays whoever kills it
    assert process is not None
    process.kill()
    process.wait()
    with pytest.raises(AssertionError, match="had died"):
        platform.stop()
    platform.stop()


def test_it_ends_when_whoever_started_it_is_gone() -> None:
    words = [sys.executable, "-m", "tests.support.standin", "--port", "0", "--until-eof"]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=bare_environment()
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b'{"port": ')
        process.stdin.close()
        assert process.wait(5) == 0
