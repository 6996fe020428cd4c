"""Publishing at a terminal: confirmed by a code, listed, compared, and what was left open."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import app
from bot.console.confirming import CodeSentError
from bot.console.policies import policy
from bot.errors import UnreadableError, UsageError
from bot.reporting.gaps import note
from bot.reporting.identity import NotConfirmedError
from bot.reporting.policies_in_force import NotPublishedError
from knowledge.answer import Answer, Silence
from knowledge.loader import starter_document
from knowledge.rules import Verdict
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.reporting.test_policies_in_force import QUESTION, TRUST
from tests.support.desks import Desk, desk_for
from tests.support.offices import code_for

EDITED = TRUST.replace("verdict: not_allowed", "verdict: ask_first, decides: [principal]")


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = desk_for(policy, database_url, tmp_path, OAKFIELD, monkeypatch)
    yield made
    made.office.store.close()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "ours.yml"
    path.write_text(TRUST, encoding="utf-8")
    return path


def test_publishing_needs_the_code_that_was_sent_for_this_very_text(desk: Desk, pack: Path) -> None:
    sent = desk.run("publish", str(pack), "--as", "pat")
    assert isinstance(sent.refused, CodeSentError)
    code = code_for(desk.office, "pat", app.now())
    pack.write_text(EDITED, encoding="utf-8")
    other = desk.run("publish", str(pack), "--as", "pat", "--code", code)
    assert isinstance(other.refused, NotConfirmedError)
    pack.write_text(TRUST, encoding="utf-8")
    done = desk.run("publish", str(pack), "--as", "pat", "--code", code)
    assert (done.code, done.out) == (0, "oakpolicy@1 is in force, approved by Pat Lowe.\n")


def test_versions_are_listed(desk: Desk, pack: Path) -> None:
    assert desk.run("versions").out == "Nothing has been published.\n"
    desk.confirmed("pat", "publish", str(pack))
    (row,) = json.loads(desk.run("versions", "--json").out)
    assert (row["id"], row["approved_by"], row["reason"]) == ("oakpolicy@1", "Pat Lowe", None)
    assert "approved by Pat Lowe" in desk.run("versions", "oakpolicy").out


def test_a_draft_needs_a_reason_before_anybody_is_sent_a_code(desk: Desk, pack: Path) -> None:
    pack.write_text(TRUST.replace("schema: 1", "schema: 1\nstatus: draft"), encoding="utf-8")
    assert isinstance(desk.run("publish", str(pack), "--as", "pat").refused, NotPublishedError)
    forced = desk.confirmed("pat", "publish", str(pack), "--force", "The governors read it line by line.")
    assert forced.code == 0
    assert "unreviewed: The governors read it" in desk.run("versions").out


def test_a_built_in_policy_is_published_as_it_is_shipped(desk: Desk) -> None:
    done = desk.confirmed("pat", "publish", "starter", "--json")
    assert json.loads(done.out.splitlines()[-1])["id"] == "starter@1"


def test_what_cannot_be_read_is_one_clear_line(desk: Desk, tmp_path: Path) -> None:
    assert isinstance(desk.run("publish", "nothing.yml", "--as", "pat").refused, UnreadableError)
    assert isinstance(desk.run("publish", str(tmp_path), "--as", "pat").refused, UnreadableError)


def test_a_difference_shows_rules_and_the_questions_that_get_another_answer(
    desk: Desk, pack: Path, tmp_path: Path
) -> None:
    desk.confirmed("pat", "publish", str(pack))
    pack.write_text(EDITED, encoding="utf-8")
    asked = tmp_path / "asked.jsonl"
    asked.write_text(
        f"{json.dumps({'question': QUESTION})}\n\ncan i post pictures of my cat\n", encoding="utf-8"
    )
    said = desk.run("diff", "oakpolicy@1", str(pack), "--questions", str(asked))
    assert said.code == 0
    assert "rule pupils (changed)" in said.out
    assert "- not_allowed" in said.out
    assert "+ ask_first | principal" in said.out
    assert said.out.endswith("0 clauses and 1 rules changed; 1 of 2 questions get another answer\n")
    found = json.loads(desk.run("diff", "oakpolicy@1", str(pack), "--json").out)
    assert [rule["name"] for rule in found["rules"]] == ["pupils"]


def test_an_edition_that_was_never_published_is_one_clear_line(desk: Desk, pack: Path) -> None:
    desk.confirmed("pat", "publish", str(pack))
    for edition in ("oakpolicy@7", "oakpolicy@2020-01-01", "oakpolicy@yesterday", "nobody@1"):
        assert isinstance(desk.run("diff", edition, str(pack)).refused, UsageError)
    today = f"oakpolicy@{app.today().isoformat()}"
    assert desk.run("diff", today, str(pack)).out.startswith("0 clauses and 0 rules changed")


def test_two_built_in_policies_are_compared_without_a_database() -> None:
    from typer.testing import CliRunner

    ran = CliRunner().invoke(policy, ["diff", "starter", "starter"])
    assert ran.exit_code == 0
    assert "0 clauses and 0 rules changed; 0 of" in ran.output


def test_what_was_left_open_is_listed_by_month(desk: Desk) -> None:
    assert "Nothing was left open in 2026-10" in desk.run("gaps", "--month", "2026-10").out
    answer = Answer(Verdict.NOT_COVERED, 0.9, "phishing", silence=Silence.POLICY)
    note(desk.office, "hill", answer, agreed="is this quiz a scam", now=app.now())
    said = desk.run("gaps").out
    assert "scams, quizzes and suspicious links" in said
    assert "“Is this quiz a scam”" in said
    (row,) = json.loads(desk.run("gaps", "--json").out)
    assert (row["topic"], row["asked"], row["questions"]) == ("phishing", 1, ["Is this quiz a scam"])
    assert isinstance(desk.run("gaps", "--month", "last").refused, UsageError)


def test_the_starter_policy_is_printed_or_written_and_nothing_is_overwritten(
    desk: Desk, tmp_path: Path
) -> None:
    document = tmp_path / "policy.md"
    assert desk.run("starter").out == starter_document()
    assert desk.run("starter", "-o", str(document)).code == 0
    assert document.read_text(encoding="utf-8") == starter_document()
    assert isinstance(desk.run("starter", "-o", str(document)).refused, UnreadableError)
