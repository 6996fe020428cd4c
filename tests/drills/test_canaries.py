"""The canaries themselves: a search that finds nothing must be one that would have found something."""

from pathlib import Path
from random import Random

import pytest

from bot.reporting.schools import read_schools
from knowledge.rules import Kind
from tests.bot.reporting.oakfield import OAKFIELD, directory
from tests.drills.canaries import Canaries, with_canary_names


@pytest.fixture
def canaries() -> Canaries:
    return Canaries(Random(1))


@pytest.mark.parametrize(
    "around", ["{}", "x{}y", "Q{}Q", "Qbb{}", "\x00{}\x00", "{}\n{}", "https://{}.example"]
)
@pytest.mark.parametrize("written", [str, str.lower, str.upper])
def test_a_canary_is_found_however_it_is_written(canaries: Canaries, around: str, written: type[str]) -> None:
    word = canaries.new("here")
    assert canaries.found_in(around.replace("{}", written(word))) == ["here"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_canary_is_found_in_any_file(canaries: Canaries, tmp_path: Path, encoding: str) -> None:
    word = canaries.new("there")
    (tmp_path / "one").write_bytes(b"\x00\xff" * 5000 + word.encode(encoding) + b"\x00" * 99)
    (tmp_path / "two").write_bytes(b"nothing")
    assert canaries.found_in_files(tmp_path.iterdir()) == [(str(tmp_path / "one"), "there")]


def test_what_is_no_canary_is_not_found(canaries: Canaries) -> None:
    canaries.new("here")
    assert canaries.found_in("Qbcdfghjkl is one by its looks, but nobody put it anywhere") == []


@pytest.mark.parametrize("kind", list(Kind))
def test_every_place_for_words_in_a_form_holds_one(canaries: Canaries, kind: Kind) -> None:
    answers = canaries.report(kind)
    assert len(canaries.found_in(str(answers))) >= 2


def test_every_name_alias_and_address_in_a_schools_file_is_one(canaries: Canaries) -> None:
    found = read_schools(with_canary_names(OAKFIELD, canaries), "schools.yml")
    assert len(found.people) == len(directory().people)
    for person in found.people.values():
        assert len(canaries.found_in(person.name)) == 2
        assert canaries.found_in(" ".join(person.aliases))
        assert canaries.found_in(person.email or "")
