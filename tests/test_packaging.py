"""The wheel carries what it needs and nothing else, and answers away from the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("signpost_bot-*.whl")
    return built


def test_the_wheel_holds_packs_lexicon_and_model_but_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "knowledge/policies/dartmoor.yml" in names
    assert "knowledge/lexicon/deeds.yml" in names
    assert "knowledge/model/weights.npz" in names
    assert not any(name.startswith("tests") for name in names)


def test_unpacked_elsewhere_it_answers(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = "import bot, sys; sys.stderr.write(bot.__file__); from bot.cli import main; main()"
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            "ask",
            "--policy",
            "fact",
            "--json",
            "can i scroll tiktok while teaching",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    assert ran.stderr.startswith(str(tmp_path))
    assert json.loads(ran.stdout)["verdict"] == "not_allowed"


def test_no_lock_or_project_file_names_an_address() -> None:
    files = [*ROOT.glob("*.lock"), ROOT / "pyproject.toml", ROOT / "Makefile", *(ROOT / ".ci").iterdir()]
    assert all("://" not in file.read_text(encoding="utf-8") for file in files)
