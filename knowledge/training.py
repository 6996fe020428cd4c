"""Weigh the phrases: `python -m knowledge.training` makes `model/weights.npz` from topics and examples.

The only door to scikit-learn, which answering never needs. The weights carry a digest of everything they
were made from, so that a test can tell when they are stale.
"""

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from knowledge.features import BLOCKS, features
from knowledge.lexicon import Lexicon, shipped_lexicon
from knowledge.loader import load_topics, shipped_pack, shipped_policies
from knowledge.model import WEIGHTS, Floats, Head, Model, save, weigh
from knowledge.normalise import read
from knowledge.rules import Rule

Example = tuple[str, str]
"""A label (a topic's id or a verdict) and a phrase."""
Found = dict[str, list[str]]

_SETTLED = {"happened": "report", "fact": "info", "silent": "not_covered"}

_SOURCES = ("topics", "lexicon", "policies")
_CODE = ("normalise.py", "lexicon.py", "circumstances.py", "features.py")
_SOFTNESS = 10.0
_PASSES = 120
_KEPT = 60_000


def about() -> list[Example]:
    """Every phrase of every topic and every example of every built-in rule, labelled with its topic."""
    pairs = {(topic.id, phrase) for topic in load_topics().values() for phrase in topic.phrases}
    pairs |= {(rule.topic, example) for rule in _rules() for example in rule.examples}
    return sorted(pairs)


def put() -> list[Example]:
    """Questions labelled with the verdict they get, and phrases whose topic settles it."""
    pairs = {(rule.verdict.value, example) for rule in _rules() for example in rule.examples}
    pairs |= {(miss.verdict.value, miss.ask) for rule in _rules() for miss in rule.near_misses}
    for topic in load_topics().values():
        if topic.act in _SETTLED:
            pairs |= {(_SETTLED[topic.act], phrase) for phrase in topic.phrases}
    return sorted(pairs)


def _rules() -> Iterator[Rule]:
    for policy in shipped_policies():
        yield from shipped_pack(policy).rules


def digest() -> str:
    """Digest of all that the weights depend on: phrases, lexicon, examples and the code that reads them."""
    root = files("knowledge")
    sources = [root.joinpath(name) for name in _CODE]
    for folder in _SOURCES:
        sources.extend(sorted(root.joinpath(folder).iterdir(), key=lambda entry: entry.name))
    total = hashlib.sha256()
    for source in sources:
        if source.name.endswith((".yml", ".py")):
            total.update(source.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()


def train(about: Sequence[Example], put: Sequence[Example], lexicon: Lexicon, *, made_from: str) -> Model:
    """Fit both heads: phrases labelled with topics, questions labelled with verdicts.

    The same phrases give the same weights on the same machine.
    """
    phrases = sorted({phrase for _, phrase in (*about, *put)})
    found = {phrase: features(read(phrase), lexicon) for phrase in phrases}
    rows, rarity = _vocabulary(list(found.values()))
    heads = [_fit([(label, found[phrase]) for label, phrase in pairs], rows, rarity) for pairs in (about, put)]
    catalogue = {topic.id: topic.model_copy(update={"phrases": ()}) for topic in load_topics().values()}
    return Model(rows, rarity, *heads, catalogue=catalogue, digest=made_from)


def _fit(pairs: Sequence[tuple[str, Found]], rows: dict[str, int], rarity: Floats) -> Head:
    weighed = [weigh(found, rows, rarity) for _, found in pairs]
    ends = np.cumsum([0, *(len(places) for places, _ in weighed)])
    places = np.concatenate([places for places, _ in weighed])
    values = np.concatenate([values for _, values in weighed])
    matrix = csr_matrix((values, places, ends), shape=(len(pairs), len(rows)))
    fitted = LogisticRegression(C=_SOFTNESS, max_iter=_PASSES).fit(matrix, [label for label, _ in pairs])
    weights = np.asarray(fitted.coef_.T, dtype=np.float32)
    scale = np.abs(weights).max(axis=0) / np.float32(127)
    return Head(
        labels=tuple(map(str, fitted.classes_)),
        weights=np.rint(weights / scale).astype(np.int8),
        scale=scale,
        bias=np.asarray(fitted.intercept_, dtype=np.float32),
    )


def _vocabulary(found: Sequence[Found]) -> tuple[dict[str, int], Floats]:
    kept: list[tuple[str, int]] = []
    for block, (_, least) in BLOCKS.items():
        counts = Counter(name for one in found for name in one[block])
        kept.extend((name, count) for name, count in counts.items() if count >= least)
    kept = sorted(sorted(kept), key=lambda item: -item[1])[:_KEPT]
    rarity = np.log(1 + len(found) / np.array([count for _, count in kept], dtype=np.float32))
    return {name: row for row, (name, _) in enumerate(kept)}, rarity.astype(np.float16).astype(np.float32)


def main() -> None:
    """Train on everything that ships and write the weights beside the packs."""
    pairs = about()
    model = train(pairs, put(), shipped_lexicon(), made_from=digest())
    target = Path(str(files("knowledge").joinpath("model"))) / WEIGHTS
    target.parent.mkdir(exist_ok=True)
    save(model, target)
    sys.stdout.write(f"{len(pairs):,} phrases, {len(model.topics.labels)} topics, {len(model.rows):,} features\n")


if __name__ == "__main__":
    main()
