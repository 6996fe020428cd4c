"""`signpost policy import`: one file in, one draft out, and nothing overwritten or left half done."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import signpost
from bot.errors import SignpostError, UnreadableError, UsageError
from knowledge.loader import load_pack
from tests.knowledge.importing import policies

POLICY = policies.FOLDER / "larkfield.md"


def _import(*words: str) -> tuple[str, BaseException | None]:
    ran = CliRunner().invoke(signpost, ["policy", "import", *words])
    return ran.output, ran.exception


def test_a_person_sees_what_was_found_the_doubtful_first_and_the_next_step(tmp_path: Path) -> None:
    pack = tmp_path / "larkfield.yml"
    shown, error = _import(str(POLICY), "-o", str(pack))
    assert error is None
    assert "Larkfield Learning Trust: Social Media Policy" in shown
    assert "30 clauses in 9 sections" in shown
    assert "Register of official channels: 3 rows, 1 with gaps" in shown
    assert shown.index("Doubtful, please read these first:") < shown.index("signpost ask --pack")
    assert load_pack(pack).status == "draft"


def test_json_says_the_same(tmp_path: Path) -> None:
    shown, _ = _import(str(POLICY), "-o", str(tmp_path / "larkfield.yml"), "--json")
    row = json.loads(shown)
    assert (row["status"], row["clauses"], row["policy"]["id"]) == ("draft", 30, "larkfield")
    assert row["rules"][0]["confidence"] <= row["rules"][-1]["confidence"]
    assert row["roles"]["dsl"] == "Designated Safeguarding Lead"


def test_a_pack_that_is_there_is_only_replaced_when_told(tmp_path: Path) -> None:
    pack = tmp_path / "mine.yml"
    pack.write_text("mine", encoding="utf-8")
    _, error = _import(str(POLICY), "-o", str(pack))
    assert isinstance(error, SignpostError)
    assert pack.read_text(encoding="utf-8") == "mine"
    _, error = _import(str(POLICY), "-o", str(pack), "--replace")
    assert error is None
    assert load_pack(pack).policy.id == "mine"


def test_a_bad_file_leaves_no_pack(tmp_path: Path) -> None:
    bad = tmp_path / "policy.docx"
    bad.write_bytes(b"PK\x03\x04 not a zip")
    _, error = _import(str(bad), "-o", str(tmp_path / "bad.yml"))
    assert isinstance(error, UnreadableError)
    assert "\n" not in str(error)
    assert [path.name for path in tmp_path.iterdir()] == ["policy.docx"]


@pytest.mark.parametrize("name", ["My Pack.yml", "pack.txt", "pack"])
def test_a_pack_is_named_by_its_id(tmp_path: Path, name: str) -> None:
    _, error = _import(str(POLICY), "-o", str(tmp_path / name))
    assert isinstance(error, UsageError)
