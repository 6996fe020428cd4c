"""`signpost policy check`: packs, documents, and both together."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import app
from bot.cli import signpost
from bot.console.policy_check import check_all, peers
from knowledge.loader import starter_document

RUN = CliRunner()


def _run(*words: str) -> tuple[int, str]:
    ran = RUN.invoke(signpost, ["policy", "check", *words])
    return ran.exit_code, ran.output


def test_the_starter_has_nothing_to_look_at_even_when_that_is_wanted_strictly() -> None:
    code, said = _run("starter", "--strict")
    assert (code, said) == (0, "1 checked, 0 faults, 0 to look at\n")


def test_what_should_be_looked_at_fails_only_where_that_is_wanted(tmp_path: Path) -> None:
    document = tmp_path / "ours.md"
    document.write_text(starter_document().replace("November 2027", "November 2025"), encoding="utf-8")
    code, said = _run(str(document))
    assert code == 0
    assert "the review was due November 2025 and is overdue" in said
    assert _run(str(document), "--strict")[0] == 1


def test_a_pack_and_its_document_are_held_against_each_other(tmp_path: Path) -> None:
    document = tmp_path / "ours.md"
    document.write_text(f"{starter_document()}\n## Appendix 2: More\n\nBe kind.\n", encoding="utf-8")
    code, said = _run("starter", str(document), "--json")
    (checked,) = json.loads(said)["checked"]
    assert code == 0
    assert [(one["check"], one["addresses"]) for one in checked["findings"]] == [
        ("unreached", ["appendix-2:1"])
    ]


def test_a_document_that_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    document = tmp_path / "ours.md"
    document.write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(Exception, match="cannot be read as a policy document"):
        check_all([str(document)], today=app.today())


def test_where_a_policy_is_silent_the_floor_says_whom_to_tell() -> None:
    assert peers("england").floor["nude-image"].startswith("the designated safeguarding lead must be told")
    assert "KCSIE" in peers("england").floor["colleague-pupil-contact"]
    assert "greeting" not in peers("england").floor
