"""What an installation starts from: three files, none of them ever overwritten."""

import base64
import json
import os
import stat
from pathlib import Path

import pytest

from bot.console.init import Begun, init, show_begun
from bot.errors import SignpostError
from bot.keyring import read_keyring
from bot.private_files import create_private
from bot.settings import FILE, read_settings


def test_an_empty_folder_gets_settings_keys_and_an_example(tmp_path: Path) -> None:
    begun = init(tmp_path)
    assert set(begun.written) == {str(tmp_path / name) for name in (FILE, "keys.toml", "schools.yml")}
    assert begun.left == ()
    assert "role: about_head" in (tmp_path / "schools.yml").read_text(encoding="utf-8")


def test_what_was_written_is_what_the_settings_name(tmp_path: Path) -> None:
    init(tmp_path)
    settings = read_settings({}, tmp_path)
    assert settings.schools == tmp_path / "schools.yml"
    assert settings.data_dir == tmp_path / "data"
    assert settings.keys_file is not None
    assert read_keyring(settings.keys_file).active == "k1"


def test_every_setting_that_is_offered_in_a_comment_works_when_taken_up(tmp_path: Path) -> None:
    init(tmp_path)
    offered = (tmp_path / FILE).read_text(encoding="utf-8").split("\n\n", 1)[1].replace("# ", "")
    assert offered.count("=") > 8
    (tmp_path / FILE).write_text(offered.replace("  ", " # "), encoding="utf-8")
    create_private(tmp_path / "smtp.url", "smtp://user:password@mail.oakfield.example:587\n")
    settings = read_settings({}, tmp_path)
    assert settings.policy == "starter"
    assert settings.smtp_url is not None


@pytest.mark.skipif(os.name != "posix", reason="modes mean something on POSIX only")
def test_all_three_are_their_owners_alone(tmp_path: Path) -> None:
    for path in init(tmp_path / "new" / "folder").written:
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600


def test_a_second_time_nothing_is_touched_and_it_says_so(tmp_path: Path) -> None:
    first = init(tmp_path)
    before = {path: Path(path).read_bytes() for path in first.written}
    second = init(tmp_path, read_settings({}, tmp_path))
    assert (second.written, second.left) == ((), first.written)
    assert {path: Path(path).read_bytes() for path in first.written} == before
    assert second.steps == first.steps


def test_only_what_is_missing_is_written(tmp_path: Path) -> None:
    (tmp_path / "schools.yml").write_text("trust: ours\n")
    begun = init(tmp_path)
    assert begun.left == (str(tmp_path / "schools.yml"),)
    assert (tmp_path / "schools.yml").read_text() == "trust: ours\n"


def test_settings_from_before_that_name_no_keys_are_left_and_the_lines_to_add_are_told(
    tmp_path: Path,
) -> None:
    (tmp_path / FILE).write_text('policy = "fact"\n')
    begun = init(tmp_path, read_settings({}, tmp_path))
    assert begun.left == (str(tmp_path / FILE),)
    assert begun.steps[:2] == (
        f'Add to {tmp_path / FILE}: keys_file = "keys.toml"',
        f'Add to {tmp_path / FILE}: schools = "schools.yml"',
    )


def test_keys_are_made_where_the_environment_wants_them(tmp_path: Path) -> None:
    keys = tmp_path / "elsewhere" / "master.toml"
    settings = read_settings({"SIGNPOST_KEYS_FILE": str(keys)}, tmp_path)
    assert str(keys) in init(tmp_path / "here", settings).written
    assert read_settings({}, tmp_path / "here").keys_file == keys


def test_the_steps_end_with_serving(tmp_path: Path) -> None:
    steps = init(tmp_path).steps
    assert f"signpost schools check {tmp_path / 'schools.yml'}" in steps[0]
    assert "apart from the database's backups" in steps[1]
    assert steps[-1].endswith("signpost serve")


def test_where_nothing_can_be_written_it_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SignpostError, match=r"file/keys\.toml cannot be written: "):
        init(tmp_path / "file")


def test_it_is_shown_to_a_person_and_as_json_without_a_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = Begun(("keys.toml",), (FILE,), ("Start: signpost serve",))
    show_begun(begun, as_json=False)
    assert capsys.readouterr().out == (
        "written: keys.toml\nleft as it was: signpost.toml\n\nNext:\n1. Start: signpost serve\n"
    )
    show_begun(init(tmp_path), as_json=True)
    shown = capsys.readouterr().out
    keyring = read_keyring(tmp_path / "keys.toml")
    assert set(json.loads(shown)) == {"written", "left", "next"}
    for key in (*keyring.keys.values(), keyring.audit):
        assert base64.b64encode(key).decode() not in shown
