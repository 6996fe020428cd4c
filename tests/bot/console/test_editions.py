"""Asking where policies are published: by the newest, as of an earlier day, and passing a question on."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import app
from bot.cli import signpost
from bot.errors import NotReadyError, UnknownPolicyError, UsageError
from bot.reporting.casefile import Actor
from bot.reporting.gaps import gaps
from bot.reporting.policies_in_force import check, publish
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.reporting.test_policies_in_force import QUESTION, SCHOOL, TRUST
from tests.support.desks import Desk, desk_for

EDITED = TRUST.replace("verdict: not_allowed", "verdict: ask_first, decides: [principal]")
OPEN = "A Facebook quiz wants my mother's maiden name and first pet, shall I do it?"
"""What the small policies here are silent on."""


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = desk_for(signpost, database_url, tmp_path, OAKFIELD, monkeypatch)
    yield made
    made.office.store.close()


def put(desk: Desk, text: str, *, days_ago: int) -> None:
    when = app.now() - timedelta(days=days_ago)
    publish(desk.office, check(desk.office, text, "it.yml"), Actor("pat"), now=when)


def asked(desk: Desk, *words: str) -> tuple[str, str]:
    row = json.loads(desk.run("ask", "--policy", "oakpolicy", "--json", *words, QUESTION).out)
    return row["verdict"], row["edition"]


def day(days_ago: int) -> str:
    return (app.today() - timedelta(days=days_ago)).isoformat()


def test_asking_answers_from_the_newest_and_again_as_of_a_day(desk: Desk) -> None:
    put(desk, TRUST, days_ago=10)
    put(desk, EDITED, days_ago=3)
    assert asked(desk) == ("ask_first", "oakpolicy@2")
    assert asked(desk, "--as-of", day(5)) == ("not_allowed", "oakpolicy@1")
    shown = desk.run("ask", "--policy", "oakpolicy", "--as-of", day(5), QUESTION).out
    assert shown.startswith(f"As of {day(5)}: oakpolicy@1\n")


def test_before_it_was_published_there_is_no_answer_and_no_built_in_edition_steps_in(desk: Desk) -> None:
    put(desk, TRUST, days_ago=3)
    for policy in ("oakpolicy", "dartmoor"):
        ran = desk.run("ask", "--policy", policy, "--as-of", day(5), QUESTION)
        assert isinstance(ran.refused, UnknownPolicyError)


def test_a_variant_is_asked_by_its_own_name(desk: Desk) -> None:
    put(desk, TRUST, days_ago=3)
    put(desk, SCHOOL, days_ago=2)
    row = json.loads(desk.run("ask", "--policy", "oakhigh", "--json", QUESTION).out)
    assert (row["says"], row["edition"]) == ("Not here, ever.", "oakhigh@1")


def test_a_batch_is_answered_as_of_a_day_too(desk: Desk, tmp_path: Path) -> None:
    put(desk, TRUST, days_ago=10)
    put(desk, EDITED, days_ago=3)
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"id": 1, "policy": "oakpolicy", "question": QUESTION}), encoding="utf-8")
    said = desk.run("ask", "--jsonl", str(rows), "--as-of", day(5))
    assert json.loads(said.out)["verdict"] == "not_allowed"


def test_what_is_no_date_is_one_clear_line(desk: Desk) -> None:
    ran = desk.run("ask", "--policy", "oakpolicy", "--as-of", "last tuesday", QUESTION)
    assert isinstance(ran.refused, UsageError)


def test_a_question_is_passed_on_only_if_the_policy_leaves_it_open(desk: Desk) -> None:
    put(desk, TRUST, days_ago=3)
    told = desk.run("ask", "--policy", "oakpolicy", "--tell-owner", OPEN)
    assert "without your name" in told.err
    assert "Not passed on" in desk.run("ask", "--policy", "oakpolicy", "--tell-owner", QUESTION).err
    (gap,) = gaps(desk.office, f"{app.now():%Y-%m}")
    assert (gap.policy, gap.topic, gap.asked) == ("oakpolicy", "phishing", 1)


def test_an_installation_that_is_shut_leaves_the_built_in_policies_to_be_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNPOST_KEYS_FILE", "/nowhere/keys.toml")
    ran = desk.run("ask", "--policy", "dartmoor", "--json", QUESTION)
    assert json.loads(ran.out)["edition"] is None
    assert "Answered by the built-in edition" in ran.err


def test_where_nothing_is_installed_an_earlier_day_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SIGNPOST_KEYS_FILE", "SIGNPOST_SCHOOLS", "SIGNPOST_DATABASE_URL"):
        monkeypatch.delenv(name)
    ran = desk.run("ask", "--policy", "dartmoor", "--as-of", day(1), QUESTION)
    assert isinstance(ran.refused, NotReadyError)
    assert json.loads(desk.run("ask", "--policy", "dartmoor", "--json", QUESTION).out)["edition"] is None
