"""One-time codes: who was sent one is who they say, once, for one purpose, for ten minutes."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.messages import CodeSent
from bot.reporting.casefile import Actor
from bot.reporting.identity import MINUTES, NotConfirmedError, confirm, send_code
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.reporting.stage import Stage

SAM = Actor("sam", "root")
PURPOSE = "case show SP-7Q4K-M2XD"


def code_of(stage: Stage, person: str = "sam", purpose: str = PURPOSE) -> str:
    """Send a code and read it out of the message that carries it."""
    send_code(stage.office, Actor(person, "root"), purpose, now=stage.now)
    (message,) = {one.message for one in stage.deliver() if one.person == person}
    assert isinstance(message, CodeSent)
    assert message.purpose == purpose
    return message.code


def check(stage: Stage, code: str, purpose: str = PURPOSE, actor: Actor = SAM) -> None:
    confirm(stage.office, actor, purpose, code, now=stage.now)


def test_a_code_that_was_read_out_confirms_once(stage: Stage) -> None:
    code = code_of(stage)
    check(stage, f" {code[:4]} {code[4:]} ")
    with pytest.raises(NotConfirmedError):
        check(stage, code)


def test_a_code_is_good_for_its_purpose_and_its_person_only(stage: Stage) -> None:
    code = code_of(stage)
    with pytest.raises(NotConfirmedError):
        check(stage, code, purpose="case list")
    with pytest.raises(NotConfirmedError):
        check(stage, code, actor=Actor("helen", "root"))
    check(stage, code)


def test_a_code_is_too_old_after_ten_minutes(stage: Stage) -> None:
    code = code_of(stage)
    stage.after(minutes=MINUTES)
    with pytest.raises(NotConfirmedError):
        check(stage, code)


def test_five_wrong_guesses_use_a_code_up(stage: Stage) -> None:
    code = code_of(stage)
    for _ in range(5):
        with pytest.raises(NotConfirmedError):
            check(stage, "00000000" if code != "00000000" else "11111111")
    with pytest.raises(NotConfirmedError):
        check(stage, code)


def test_a_new_code_takes_the_place_of_the_old_one(stage: Stage) -> None:
    first, second = code_of(stage), code_of(stage)
    if first != second:
        with pytest.raises(NotConfirmedError):
            check(stage, first)
    check(stage, second)


def test_a_code_goes_by_chat_and_by_mail_only_where_no_chat_reaches_them(stage: Stage) -> None:
    assert send_code(stage.office, SAM, PURPOSE, now=stage.now) == ("slack",)
    stage.use_schools(OAKFIELD.replace(", slack: U0SAM", ""))
    assert send_code(stage.office, SAM, PURPOSE, now=stage.now) == ("email",)


@pytest.mark.parametrize("who", ["nobody", "", "account:slack:U9"])
def test_nobody_who_is_not_listed_is_sent_a_code(stage: Stage, who: str) -> None:
    with pytest.raises(NotConfirmedError):
        send_code(stage.office, Actor(who), PURPOSE, now=stage.now)
    assert stage.deliver() == []


def test_whoever_left_is_sent_no_code(stage: Stage) -> None:
    stage.use_schools(OAKFIELD.replace("slack: U0SAM}", "slack: U0SAM, left: 2026-11-23}"))
    with pytest.raises(NotConfirmedError):
        send_code(stage.office, SAM, PURPOSE, now=stage.now)


def test_a_code_that_was_used_before_it_was_sent_is_not_sent(stage: Stage) -> None:
    send_code(stage.office, SAM, PURPOSE, now=stage.now)
    send_code(stage.office, SAM, "case list", now=stage.now)
    assert [one.message.purpose for one in stage.deliver() if isinstance(one.message, CodeSent)] == [
        "case list"
    ]


def test_what_was_asked_for_and_confirmed_is_in_the_audit_without_the_code(stage: Stage) -> None:
    code = code_of(stage)
    with pytest.raises(NotConfirmedError):
        check(stage, "12")
    check(stage, code)
    rows = stage.deeds()
    assert [(row.actor, row.os_user, row.action, row.detail) for row in rows] == [
        ("sam", "root", "code sent", "case"),
        ("sam", "root", "not confirmed", "case"),
        ("sam", "root", "confirmed", "case"),
    ]
    assert code not in str(rows)


def test_a_code_is_nowhere_in_the_database(stage: Stage, tmp_path: Path) -> None:
    code = code_of(stage)
    with stage.office.store.reading() as session:
        rows = session.connection().execute(text("SELECT * FROM code")).all()
        notices = session.connection().execute(text("SELECT * FROM notice")).all()
    assert code not in f"{rows} {notices}"
    if stage.office.store.sqlite:
        stored = b"".join(file.read_bytes() for file in tmp_path.glob("signpost.db*"))
        assert code.encode() not in stored


def test_codes_are_eight_digits_and_never_the_same_twice_running(stage: Stage) -> None:
    codes = [code_of(stage) for _ in range(20)]
    assert all(len(code) == 8 and code.isdigit() for code in codes)
    assert len(set(codes)) >= 19
    assert timedelta(minutes=MINUTES) <= timedelta(minutes=15)
