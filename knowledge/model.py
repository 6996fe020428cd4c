"""How likely each topic and each kind of answer is for a question: plain weights, read with numpy alone.

One hidden layer over the features of `knowledge.features`, in blocks that are scaled apart so that a long
message's many fragments never drown its few concepts. Two outputs share it: *topics* (what is it about) and
*stances* (which verdict do questions put like this one get, whatever the policy: the speech act). The weights
are made by `knowledge.training` and stored as signed bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.catalogue import CATALOGUE, MEMBER, WEIGHTS
from knowledge.features import BLOCKS
from knowledge.rules import Topic, Verdict

Floats = npt.NDArray[np.float32]
_ARRAYS = ("rarity", "hidden", "scale", "hidden_bias", "output", "output_bias")
_SHARPNESS = np.float32(1 / 0.65)
"""The network learns from softened labels and is too modest by about this much."""


@dataclass(frozen=True, slots=True)
class Model:
    """The features that count and the weights over them. `catalogue` has the topics without their phrases."""

    rows: Mapping[str, int]
    rarity: Floats
    hidden: npt.NDArray[np.int8]
    scale: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats
    topics: tuple[str, ...]
    stances: tuple[Verdict, ...]
    catalogue: Mapping[str, Topic]
    digest: str

    def likelihood(self, found: Mapping[str, Sequence[str]]) -> tuple[Floats, Floats]:
        """Give the probability of each topic and of each stance for features by block."""
        places, values = weigh(found, self.rows, self.rarity)
        units = (values @ self.hidden[places].astype(np.float32)) * self.scale + self.hidden_bias
        logits = np.maximum(units, 0) @ self.output + self.output_bias
        split = len(self.topics)
        return _shares(logits[:split] * _SHARPNESS), _shares(logits[split:])


def _shares(logits: Floats) -> Floats:
    likely = np.exp(logits - logits.max())
    return np.asarray(likely / likely.sum(), dtype=np.float32)


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
    """Write the weights as one file without pickles. Not compressed: loading is part of every cold start."""
    stored: dict[str, npt.NDArray[np.generic]] = {name: getattr(model, name) for name in _ARRAYS}
    stored |= {
        "rarity": model.rarity.astype(np.float16),
        "names": np.frombuffer("\n".join(model.rows).encode(), dtype=np.uint8),
        "topics": np.array(model.topics),
        "stances": np.array([stance.value for stance in model.stances]),
        MEMBER: np.array(CATALOGUE.dump_json(dict(model.catalogue)).decode()),
        "digest": np.array(model.digest),
    }
    np.savez(path, allow_pickle=False, **stored)


def load(path: Path) -> Model:
    """Read weights. Raises `ValueError`, `KeyError` or `OSError` for a file that holds none."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in _ARRAYS}
        arrays["rarity"] = arrays["rarity"].astype(np.float32)
        names = stored["names"].tobytes().decode().split("\n")
        return Model(
            rows={name: row for row, name in enumerate(names)},
            **arrays,
            topics=tuple(map(str, stored["topics"])),
            stances=tuple(map(Verdict, stored["stances"])),
            catalogue=CATALOGUE.validate_json(str(stored[MEMBER])),
            digest=str(stored["digest"]),
        )


@cache
def shipped_model() -> Model:
    """The weights that come with Signpost (`knowledge/model/weights.npz`)."""
    with as_file(files("knowledge").joinpath("model", WEIGHTS)) as path:
        return load(path)
