"""Weigh the phrases: `python -m knowledge.training` makes `model/weights.npz` from topics and examples.

The weights carry a digest of everything they were made from, so that a test can tell when they are stale.
"""

import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from knowledge.catalogue import WEIGHTS
from knowledge.circumstances import circumstances
from knowledge.features import BLOCKS, features
from knowledge.lexicon import Lexicon, shipped_lexicon
from knowledge.loader import load_topics
from knowledge.model import Floats, Model, save, weigh
from knowledge.network import Recipe, Task, classes, fit
from knowledge.normalise import read
from knowledge.rules import Verdict
from knowledge.sources import about, digest, promises, put

Labelled = Mapping[str, str]
"""Phrases with a label each."""

_PROMISES = 2
"""How many times more a pack's own examples are shown than other phrases."""
_KEPT = 45_000
"""So many features are kept, those in most phrases first."""


def train(  # noqa: PLR0913  everything the weights are made from
    topics: Labelled,
    stances: Labelled,
    lexicon: Lexicon,
    recipe: Recipe,
    *,
    made_from: str,
    promised: Collection[str] = (),
) -> Model:
    """Fit the model to phrases with topics and questions with verdicts; those promised weigh more.

    The same phrases give the same weights on the same machine.
    """
    phrases = sorted({*topics, *stances})
    phrases += [phrase for phrase in phrases if phrase in promised] * _PROMISES
    found = [_features(phrase, lexicon) for phrase in phrases]
    rows, rarity = _vocabulary(found)
    names = (sorted(set(topics.values())), sorted(set(stances.values())))
    task = Task(
        _matrix(found, rows, rarity),
        classes([topics.get(phrase) for phrase in phrases], names[0]),
        classes([stances.get(phrase) for phrase in phrases], names[1]),
        (len(names[0]), len(names[1])),
    )
    fitted = fit(task, recipe)
    scale = np.abs(fitted.hidden).max(axis=0) / np.float32(127)
    return Model(
        rows=rows,
        rarity=rarity,
        hidden=np.rint(fitted.hidden / scale).astype(np.int8),
        scale=scale,
        hidden_bias=fitted.hidden_bias,
        output=fitted.output,
        output_bias=fitted.output_bias,
        topics=tuple(names[0]),
        stances=tuple(map(Verdict, names[1])),
        catalogue={topic.id: topic.model_copy(update={"phrases": ()}) for topic in load_topics().values()},
        digest=made_from,
    )


def _features(phrase: str, lexicon: Lexicon) -> dict[str, list[str]]:
    reading = read(phrase)
    return features(reading, circumstances(reading.whole), lexicon)


def _matrix(found: Sequence[dict[str, list[str]]], rows: dict[str, int], rarity: Floats) -> csr_matrix:
    weighed = [weigh(one, rows, rarity) for one in found]
    ends = np.cumsum([0, *(len(places) for places, _ in weighed)])
    places = np.concatenate([places for places, _ in weighed])
    values = np.concatenate([values for _, values in weighed])
    return csr_matrix((values, places, ends), shape=(len(found), len(rows)))


def _vocabulary(found: Sequence[dict[str, list[str]]]) -> tuple[dict[str, int], Floats]:
    kept: list[tuple[str, int]] = []
    for block, (_, least) in BLOCKS.items():
        counts = Counter(name for one in found for name in one[block])
        kept.extend((name, count) for name, count in counts.items() if count >= least)
    kept = sorted(sorted(kept), key=lambda item: -item[1])[:_KEPT]
    rarity = np.log(1 + len(found) / np.array([count for _, count in kept], dtype=np.float32))
    return {name: row for row, (name, _) in enumerate(kept)}, rarity.astype(np.float16).astype(np.float32)


def main() -> None:
    """Train on everything that ships and write the weights beside the packs."""
    topics = about()
    model = train(topics, put(), shipped_lexicon(), Recipe(), made_from=digest(), promised=promises())
    target = Path(str(files("knowledge").joinpath("model"))) / WEIGHTS
    target.parent.mkdir(exist_ok=True)
    save(model, target)
    sys.stdout.write(f"{len(topics):,} phrases, {len(model.topics)} topics, {len(model.rows):,} features\n")


if __name__ == "__main__":
    main()
