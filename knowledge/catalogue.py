"""The topics that can be recognised, read without the weights: reports need them before anybody asks."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from zipfile import ZipFile

from pydantic import TypeAdapter

from knowledge.rules import Topic

WEIGHTS = "weights.npz"
CATALOGUE = TypeAdapter(dict[str, Topic])
MEMBER = "catalogue"
_LENGTH = slice(8, 10)
"""Where numpy says how long its own line before the text is."""


def read_catalogue(path: Path) -> Mapping[str, Topic]:
    """The catalogue in a file of weights, and nothing else of it. Raises `KeyError` where there is none."""
    with ZipFile(path) as stored:
        array = stored.read(f"{MEMBER}.npy")
    begins = _LENGTH.stop + int.from_bytes(array[_LENGTH], "little")
    return CATALOGUE.validate_json(array[begins:].decode("utf-32-le"))


@cache
def shipped_catalogue() -> Mapping[str, Topic]:
    """The catalogue that comes with Signpost, without the phrases, in the weights' own file."""
    with as_file(files("knowledge").joinpath("model", WEIGHTS)) as path:
        return read_catalogue(path)
