"""What Slack did not sign just now is refused, and what it did sign, once: promises S1, S2 and R18."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from bot.slack import ids
from knowledge.rules import Kind
from tests.bot.slack.doorstep import FORM, JSON, Doorstep, as_form, doorstep
from tests.support.slack.doors import signed
from tests.support.slack.record import Delivery
from tests.support.slack.service import SIGNING_SECRET as SECRET
from tests.support.slack.staff import SAFE, Staff

SAID = {"q.about": "pupil", **SAFE, "q.what": "He asked me for my number."}
QUESTION = "Can I post a photo of pupils on the school's Facebook page?"
TOO_LARGE = 1_600_000


@pytest.fixture(scope="module")
def step(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    """Give Slack's door, which the tests of this module share."""
    folder = tmp_path_factory.mktemp("step")
    with doorstep(f"sqlite:///{folder / 'signpost.db'}", folder) as found:
        yield found


@pytest.fixture(scope="module")
def genuine(step: Doorstep) -> Delivery:
    """Give a report as Slack once delivered it."""
    return reported(step)


def reported(step: Doorstep, who: str = "tom") -> Delivery:
    """Report something; gives the submission that stored it."""
    staff = Staff(step.slack)
    tom = staff.person(who)
    staff.report(tom, Kind.PUPIL_CONTACT, SAID)
    return next(
        one for one in reversed(step.slack.deliveries) if one.name == f"view_submission:{ids.REPORT_FORM}"
    )


def another(genuine: Delivery) -> bytes:
    """The same submission as of another form, which would become a case of its own."""
    payload = json.loads(json.dumps(genuine.payload))
    draft = json.loads(payload["view"]["private_metadata"])
    payload["view"]["private_metadata"] = json.dumps({**draft, "key": token_hex(8)})
    return as_form(payload)


def mac(
    body: bytes, at: object, *, secret: str = SECRET, version: str = "v0", kind: Any = hashlib.sha256
) -> str:
    """A signature, over whatever one likes."""
    base = version.encode() + b":" + (at if isinstance(at, bytes) else str(at).encode()) + b":" + body
    return hmac.new(secret.encode(), base, kind).hexdigest()


@dataclass(frozen=True, slots=True)
class Bad:
    """A request that Slack did not make like this: what is sent, and under which headers."""

    body: bytes
    headers: list[tuple[str | bytes, str | bytes]]


STAMP, SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"
Make = Callable[[bytes, int], Bad]


def under(stamp: str | bytes | None, signature: str | bytes | None, *more: tuple[str, str]) -> Any:
    """Headers of a request, as far as they are there."""
    pairs = [(STAMP, stamp), (SIGNATURE, signature), *more]
    return [(name, value) for name, value in pairs if value is not None]


def stamped(how: Callable[[int], str | bytes]) -> Make:
    """A request whose timestamp is something else, and whose signature covers that."""

    def make(body: bytes, now: int) -> Bad:
        stamp = how(now)
        return Bad(body, under(stamp, f"v0={mac(body, stamp)}"))

    return make


def with_signature(how: Callable[[str], str | bytes | None]) -> Make:
    """A request whose signature was changed."""
    return lambda body, now: Bad(body, under(str(now), how(f"v0={mac(body, now)}")))


def with_body(how: Callable[[bytes], bytes]) -> Make:
    """A request whose body was changed after it was signed."""
    return lambda body, now: Bad(how(body), under(str(now), f"v0={mac(body, now)}"))


def well_signed(how: Callable[[bytes], bytes]) -> Make:
    """A body that Slack would never send, signed with its own secret."""
    return lambda body, now: Bad(how(body), under(str(now), f"v0={mac(how(body), now)}"))


def twice(name: str, *values: Callable[[str], str]) -> Make:
    """One of the two headers several times."""

    def make(body: bytes, now: int) -> Bad:
        right = {STAMP: str(now), SIGNATURE: f"v0={mac(body, now)}"}
        others = [(one, value) for one, value in right.items() if one != name]
        return Bad(body, [*others, *((name, value(right[name])) for value in values)])

    return make


def same(value: str) -> str:
    return value


BAD: dict[str, Make] = {
    "unsigned": lambda body, _: Bad(body, []),
    "no signature": lambda body, now: Bad(body, under(str(now), None)),
    "no timestamp": lambda body, now: Bad(body, under(None, f"v0={mac(body, now)}")),
    "empty signature": with_signature(lambda _: ""),
    "signature none": with_signature(lambda _: "None"),
    "empty timestamp": stamped(lambda _: ""),
    "wrong secret": lambda body, now: Bad(body, under(str(now), f"v0={mac(body, now, secret=SECRET[::-1])}")),
    "empty secret": lambda body, now: Bad(body, under(str(now), f"v0={mac(body, now, secret='')}")),
    "secret with a line end": lambda body, now: Bad(
        body, under(str(now), f"v0={mac(body, now, secret=SECRET + chr(10))}")
    ),
    "six minutes old": stamped(lambda now: str(now - 360)),
    "a day old": stamped(lambda now: str(now - 86_400)),
    "six minutes ahead": stamped(lambda now: str(now + 360)),
    "years ahead": stamped(lambda _: "9999999999"),
    "milliseconds": stamped(lambda now: f"{now}000"),
    "zero": stamped(lambda _: "0"),
    "negative": stamped(lambda now: f"-{now}"),
    "a fraction": stamped(lambda now: f"{now}.0"),
    "an exponent": stamped(lambda now: f"{now / 1e9}e9"),
    "nan": stamped(lambda _: "nan"),
    "infinity": stamped(lambda _: "inf"),
    "hexadecimal": stamped(hex),
    "words": stamped(lambda _: "yesterday"),
    "a space before": stamped(lambda now: f" {now}"),
    "a line end after": stamped(lambda now: f"{now}\n"),
    "a plus": stamped(lambda now: f"+{now}"),
    "an underscore": stamped(lambda now: f"{str(now)[:4]}_{str(now)[4:]}"),
    "a zero before": stamped(lambda now: f"0{now}"),
    "arabic digits": stamped(lambda now: str(now).translate({48 + n: 0x660 + n for n in range(10)})),
    "no utf-8 timestamp": stamped(lambda now: str(now).encode() + b"\xff"),
    "five thousand digits": stamped(lambda _: "9" * 5000),
    "one second off": lambda body, now: Bad(body, under(str(now - 1), f"v0={mac(body, now)}")),
    "upper case": with_signature(lambda right: right.upper()),
    "upper case digits": with_signature(lambda right: f"v0={right[3:].upper()}"),
    "version one": lambda body, now: Bad(body, under(str(now), f"v1={mac(body, now, version='v1')}")),
    "version one by name": with_signature(lambda right: f"v1={right[3:]}"),
    "no version": with_signature(lambda right: right[3:]),
    "no equals sign": with_signature(lambda right: f"v0{right[3:]}"),
    "truncated": with_signature(lambda right: right[:-1]),
    "one digit more": with_signature(lambda right: f"{right}0"),
    "last digit changed": with_signature(lambda right: right[:-1] + ("0" if right[-1] != "0" else "1")),
    "a space after": with_signature(lambda right: f"{right} "),
    "two in one": with_signature(lambda right: f"{right},{right}"),
    "no ascii": with_signature(lambda right: f"v0=é{right[4:]}"),
    "no utf-8": with_signature(lambda right: b"v0=\xff\xfe" + right[5:].encode()),
    "a null": with_signature(lambda right: f"{right[:10]}\0{right[11:]}"),
    "very long": with_signature(lambda right: right * 500),
    "sha-1": lambda body, now: Bad(body, under(str(now), f"v0={mac(body, now, kind=hashlib.sha1)}")),
    "sha-512": lambda body, now: Bad(body, under(str(now), f"v0={mac(body, now, kind=hashlib.sha512)}")),
    "base64": with_signature(lambda right: "v0=" + base64.b64encode(bytes.fromhex(right[3:])).decode()),
    "of nothing": lambda body, now: Bad(body, under(str(now), f"v0={mac(b'', now)}")),
    "of another body": lambda body, now: Bad(body, under(str(now), f"v0={mac(body + b'x', now)}")),
    "one byte more": with_body(lambda body: body + b" "),
    "one byte less": with_body(lambda body: body[:-1]),
    "no body": with_body(lambda _: b""),
    "another reporter": with_body(lambda body: body.replace(b"U0TOM", b"U0SAM")),
    "no utf-8 body": well_signed(lambda body: body + b"\xff\xfe"),
    "utf-16 body": well_signed(lambda body: body.decode().encode("utf-16")),
    "half a sign": well_signed(lambda body: body + b"\xe2\x82"),
    "a lone surrogate": well_signed(lambda body: body + b"\xed\xa0\x80"),
    "huge and unsigned": lambda body, _: Bad(body + b"x" * 1_300_000, []),
    "huge and grown": with_body(lambda body: body + b"x" * 1_300_000),
    "two signatures, the last right": twice(SIGNATURE, lambda _: f"v0={'0' * 64}", same),
    "two signatures, the first right": twice(SIGNATURE, same, lambda _: f"v0={'0' * 64}"),
    "the same signature twice": twice(SIGNATURE, same, same),
    "two timestamps, the last right": twice(STAMP, lambda _: "1700000000", same),
    "two timestamps, the first right": twice(STAMP, same, lambda _: "1700000000"),
    "signed elsewhere": lambda body, now: Bad(
        body,
        [
            ("authorization", f"v0={mac(body, now)}"),
            ("x-hub-signature-256", mac(body, now)),
            (STAMP, str(now)),
        ],
    ),
    "an old token": lambda body, _: Bad(body, [("x-slack-token", "an-old-verification-token")]),
}


def test_there_are_as_many_as_are_promised() -> None:
    assert len(BAD) >= 40


@pytest.mark.parametrize("name", BAD)
def test_what_slack_did_not_sign_just_now_is_refused_and_changes_nothing(
    step: Doorstep, genuine: Delivery, name: str
) -> None:
    body, before = another(genuine), step.rows()
    bad = BAD[name](body, int(time.time()))
    answer = step.post(bad.body, [("content-type", FORM), *bad.headers])
    step.settle()
    assert answer.status == 401
    assert answer.raised is None
    assert answer.body == b""
    assert answer.seconds < 1
    assert step.rows() == before


def test_the_same_request_signed_well_is_taken_or_the_refusals_would_show_nothing(
    step: Doorstep, genuine: Delivery
) -> None:
    before = step.rows()["case_file"]
    assert step.signed(another(genuine), FORM).status == 200
    assert step.rows()["case_file"] == before + 1


def test_more_than_anybody_needs_is_refused_before_it_is_read(step: Doorstep) -> None:
    body, before = b"payload=" + b"x" * TOO_LARGE, step.rows()
    assert step.signed(body, FORM).status == 413
    assert step.rows() == before


@pytest.mark.parametrize("how", ["GET", "PUT", "HEAD", "OPTIONS"])
def test_only_a_post_comes_in(step: Doorstep, how: str) -> None:
    assert step.post(b"", [], method=how).status == 405


def test_a_replayed_request_makes_no_second_case_and_no_second_receipt(step: Doorstep) -> None:
    sent = reported(step)
    step.settle()
    rows, receipts = step.rows(), len(step.slack.messages_to("tom"))
    again = [step.slack.replay(sent) for _ in range(3)]
    step.settle()
    assert [one.body for one in again] == [sent.body] * 3, "the same receipt, with the same reference"
    assert step.rows() == rows
    assert len(step.slack.messages_to("tom")) == receipts


def test_a_replayed_click_opens_nothing_for_its_trigger_is_spent(step: Doorstep) -> None:
    sam = step.slack.person("sam")
    sam.slash(ids.REPORT_COMMAND)
    sent = step.slack.deliveries[-1]
    step.settle()
    sam.close_view()
    again = step.slack.replay(sent)
    step.settle()
    assert sam.view is None
    assert again.status == 200, "it was acknowledged: what failed after that is not Slack's to send again"
    assert again.seconds < 1


def test_an_event_delivered_four_times_is_answered_once(step: Doorstep) -> None:
    staff = Staff(step.slack)
    ruth = staff.person("ruth")
    staff.ask(ruth, QUESTION)
    sent = next(one for one in reversed(step.slack.deliveries) if one.name == "message")
    for attempt in (1, 2, 3):
        assert step.slack.redeliver(sent, attempt=attempt).status == 200
    step.settle()
    assert len(ruth.messages()) == 1


def test_four_deliveries_to_two_replicas_are_one_answer_and_one_case(
    postgres_url: str, tmp_path: Path
) -> None:
    with doorstep(postgres_url, tmp_path) as first, doorstep(postgres_url, tmp_path, first.slack) as second:
        staff = Staff(first.slack)
        ruth = staff.person("ruth")
        staff.ask(ruth, QUESTION)
        asked = next(one for one in reversed(first.slack.deliveries) if one.name == "message")
        report = reported(first)
        first.settle()
        receipts = len(first.slack.messages_to("tom"))
        for step in (second, first, second):
            body = json.dumps(asked.payload).encode()
            assert step.signed(body, JSON).status == 200
            again = step.signed(as_form(report.payload), FORM)
            assert json.loads(again.body) == report.body
            step.settle()
        assert len(ruth.messages()) == 1
        assert first.rows()["case_file"] == 1
        assert len(first.slack.messages_to("tom")) == receipts


def test_four_deliveries_at_one_moment_are_one_case_too(postgres_url: str, tmp_path: Path) -> None:
    with doorstep(postgres_url, tmp_path) as first, doorstep(postgres_url, tmp_path, first.slack) as second:
        fresh = another(reported(first))
        headers = [("content-type", FORM), *signed(fresh, SECRET, int(time.time())).items()]
        with ThreadPoolExecutor(4) as hands:
            answers = list(hands.map(lambda step: step.post(fresh, headers), (first, second, first, second)))
        assert {one.status for one in answers} == {200}
        assert len({one.body for one in answers}) == 1
        assert first.rows()["case_file"] == 2
