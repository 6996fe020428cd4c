"""How likely each topic and each kind of answer is for a question: plain weights, read with numpy alone.

The weights are linear over the features of `knowledge.features`, in blocks that are scaled apart so that a
long message's many fragments never drown its few concepts. They are made by `knowledge.training` and stored
as signed bytes. Two heads share the features: *topics* (what is it about) and *stances* (which verdict do
questions put like this one get, whatever the policy: the speech act).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from knowledge.features import BLOCKS
from knowledge.rules import Topic

Floats = npt.NDArray[np.float32]
WEIGHTS = "weights.npz"
_CATALOGUE = TypeAdapter(dict[str, Topic])


@dataclass(frozen=True, slots=True)
class Head:
    """One linear layer: labels, and a row of weights for each feature."""

    labels: tuple[str, ...]
    weights: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats

    def likelihood(self, places: npt.NDArray[np.intp], values: Floats) -> Floats:
        """Give each label's probability for weighted features."""
        logits = self.bias + (values @ self.weights[places].astype(np.float32)) * self.scale
        likely = np.exp(logits - logits.max())
        return np.asarray(likely / likely.sum(), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Model:
    """The features that count, how rare each is, and the two heads over them."""

    rows: Mapping[str, int]
    rarity: Floats
    topics: Head
    stances: Head
    catalogue: Mapping[str, Topic]
    """The topics by id, without their phrases."""
    digest: str
    """The sources this was made from (see `knowledge.training.digest`)."""

    def weigh(self, found: Mapping[str, Sequence[str]]) -> tuple[npt.NDArray[np.intp], Floats]:
        """Turn named features by block into rows and values; each block is scaled to its own length."""
        return weigh(found, self.rows, self.rarity)


def weigh(
    found: Mapping[str, Sequence[str]], rows: Mapping[str, int], rarity: Floats
) -> tuple[npt.NDArray[np.intp], Floats]:
    """Rows and values of the features that are known, scaled block by block."""
    places: list[int] = []
    values: list[Floats] = []
    for block, (length, _) in BLOCKS.items():
        here = [row for name in found.get(block, ()) if (row := rows.get(name)) is not None]
        if here:
            part = rarity[here]
            values.append(part * np.float32(length / np.sqrt(part @ part)))
            places.extend(here)
    joined = np.concatenate(values) if values else np.zeros(0, dtype=np.float32)
    return np.array(places, dtype=np.intp), joined


def save(model: Model, path: Path) -> None:
    """Write the weights as one compressed file without pickles."""
    heads = {"topics": model.topics, "stances": model.stances}
    stored: dict[str, npt.NDArray[np.generic]] = {}
    for name, head in heads.items():
        stored |= {
            f"{name}_labels": np.array(head.labels),
            f"{name}_weights": head.weights,
            f"{name}_scale": head.scale,
            f"{name}_bias": head.bias,
        }
    names = np.frombuffer("\n".join(model.rows).encode(), dtype=np.uint8)
    stored["catalogue"] = np.array(_CATALOGUE.dump_json(dict(model.catalogue)).decode())
    stored["rarity"] = model.rarity.astype(np.float16)
    np.savez_compressed(path, names=names, digest=np.array(model.digest), **stored)


def load(path: Path) -> Model:
    """Read weights. Raises `ValueError`, `KeyError` or `OSError` for a file that holds none."""
    with np.load(path, allow_pickle=False) as stored:
        names = stored["names"].tobytes().decode().split("\n")
        heads = [
            Head(
                labels=tuple(map(str, stored[f"{name}_labels"])),
                weights=stored[f"{name}_weights"],
                scale=stored[f"{name}_scale"],
                bias=stored[f"{name}_bias"],
            )
            for name in ("topics", "stances")
        ]
        rarity = stored["rarity"].astype(np.float32)
        rows = {name: row for row, name in enumerate(names)}
        catalogue = _CATALOGUE.validate_json(str(stored["catalogue"]))
        return Model(rows, rarity, *heads, catalogue=catalogue, digest=str(stored["digest"]))


@cache
def shipped_model() -> Model:
    """The weights that come with Signpost (`knowledge/model/weights.npz`)."""
    with as_file(files("knowledge").joinpath("model", WEIGHTS)) as path:
        return load(path)
