"""Fit the small network that reads questions: one hidden layer over sparse features, two outputs.

Training only; the only door to scipy. Whole features and hidden units are dropped at random while it learns,
and labels are softened, since phrases are few and every voice is different. Several networks from different
starts are laid side by side, which is steadier than any one of them.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]
UNLABELLED = -1


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train; found by holding questions back (docs/answers.md)."""

    hidden: int = 80
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    passes: int = 14
    batch: int = 96
    rate: float = 4e-3
    decay: float = 0.03
    features_dropped: float = 0.2
    units_dropped: float = 0.5
    softening: float = 0.1
    second_output: float = 0.5


@dataclass(frozen=True, slots=True)
class Task:
    """What to learn from: features of each phrase, and its class for each output (or `UNLABELLED`)."""

    features: csr_matrix
    first: Ints
    second: Ints
    sizes: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of one hidden layer, and of both outputs side by side."""

    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats


def fit(task: Task, recipe: Recipe) -> Fitted:
    """Fit one network for each seed and lay them side by side; their outputs are averaged."""
    with ProcessPoolExecutor() as pool:
        one_each = list(
            pool.map(_fit_one, [task] * len(recipe.seeds), [recipe] * len(recipe.seeds), recipe.seeds)
        )
    share = np.float32(1 / len(one_each))
    return Fitted(
        np.concatenate([one.hidden for one in one_each], axis=1),
        np.concatenate([one.hidden_bias for one in one_each]),
        np.concatenate([one.output for one in one_each]) * share,
        np.sum([one.output_bias for one in one_each], axis=0) * share,
    )


def _fit_one(task: Task, recipe: Recipe, seed: int) -> Fitted:
    chance = np.random.default_rng(seed)
    wide, out = task.features.shape[1], sum(task.sizes)
    start = Fitted(
        chance.normal(0, 0.05, (wide, recipe.hidden)).astype(np.float32),
        np.zeros(recipe.hidden, dtype=np.float32),
        chance.normal(0, recipe.hidden**-0.5, (recipe.hidden, out)).astype(np.float32),
        np.zeros(out, dtype=np.float32),
    )
    learner = _Learner(task, recipe, chance, start)
    count = task.features.shape[0]
    per_pass = count // recipe.batch
    for turn in range(recipe.passes):
        order = chance.permutation(count)
        for step in range(per_pass):
            done = (turn * per_pass + step + 1) / (recipe.passes * per_pass)
            learner.step(order[step * recipe.batch : (step + 1) * recipe.batch], recipe.rate * _warmth(done))
    return learner.net


def _warmth(done: float) -> float:
    """The learning rate's course: a fifth of the way up, then down along a half cosine."""
    rising = 0.2
    if done < rising:
        return done / rising
    return float(0.5 * (1 + np.cos(np.pi * (done - rising) / (1 - rising))))


@dataclass(slots=True)
class _Learner:
    """Adam, stepping only those rows of the hidden layer that a batch touches."""

    task: Task
    recipe: Recipe
    chance: np.random.Generator
    net: Fitted
    steps: int = 0
    moments: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("hidden", "hidden_bias", "output", "output_bias"):
            weights = getattr(self.net, name)
            self.moments[name] = (np.zeros_like(weights), np.zeros_like(weights))

    def step(self, chosen: Ints, rate: float) -> None:
        self.steps += 1
        net, recipe = self.net, self.recipe
        touched, inputs = self._inputs(chosen)
        before = inputs @ net.hidden[touched] + net.hidden_bias
        kept = self.chance.random(before.shape) > recipe.units_dropped
        mask = (kept / (1 - recipe.units_dropped)).astype(np.float32) * (before > 0)
        units = before * mask
        slope = self._slope(units @ net.output + net.output_bias, chosen)
        back = (slope @ net.output.T) * mask
        slopes = Fitted(inputs.T @ back, back.sum(axis=0), units.T @ slope, slope.sum(axis=0))
        for name in ("hidden_bias", "output", "output_bias"):
            decay = recipe.decay if name == "output" else 0.0
            stride = self._stride(self.moments[name], getattr(slopes, name), rate)
            weights = getattr(net, name)
            weights[...] = weights * np.float32(1 - rate * decay) - stride
        # of the hidden layer only the rows that the batch touches
        touching = tuple(moment[touched] for moment in self.moments["hidden"])
        stride = self._stride((touching[0], touching[1]), slopes.hidden, rate)
        net.hidden[touched] = net.hidden[touched] * np.float32(1 - rate * recipe.decay) - stride
        for moment, stepped in zip(self.moments["hidden"], touching, strict=True):
            moment[touched] = stepped

    def _inputs(self, chosen: Ints) -> tuple[Ints, csr_matrix]:
        rows = self.task.features[chosen]
        kept = self.chance.random(len(rows.data)) > self.recipe.features_dropped
        values = rows.data * (kept / (1 - self.recipe.features_dropped)).astype(np.float32)
        touched, places = np.unique(rows.indices, return_inverse=True)
        return touched, csr_matrix((values, places, rows.indptr), shape=(len(chosen), len(touched)))

    def _slope(self, logits: Floats, chosen: Ints) -> Floats:
        first, _ = self.task.sizes
        parts = (
            self._one_slope(logits[:, :first], self.task.first[chosen]),
            self._one_slope(logits[:, first:], self.task.second[chosen]) * self.recipe.second_output,
        )
        return np.asarray(np.concatenate(parts, axis=1) / len(chosen), dtype=np.float32)

    def _one_slope(self, logits: Floats, labels: Ints) -> Floats:
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        slope = likely - self.recipe.softening / logits.shape[1]
        known = np.flatnonzero(labels != UNLABELLED)
        slope[known, labels[known]] -= 1 - self.recipe.softening
        slope[labels == UNLABELLED] = 0
        return np.asarray(slope, dtype=np.float32)

    def _stride(self, moments: tuple[Floats, Floats], slope: Floats, rate: float) -> Floats:
        """How far Adam goes along a slope; the running moments are changed in place."""
        first, second = moments
        first += 0.1 * (slope - first)
        second += 0.01 * (slope * slope - second)
        unbias = np.sqrt(1 - 0.99**self.steps) / (1 - 0.9**self.steps)
        return np.asarray(np.float32(rate * unbias) * first / (np.sqrt(second) + 1e-8), dtype=np.float32)


def classes(labels: Sequence[str | None], names: Sequence[str]) -> Ints:
    """Labels as numbers into names; None is `UNLABELLED`."""
    numbers = {name: number for number, name in enumerate(names)}
    return np.array([UNLABELLED if label is None else numbers[label] for label in labels], dtype=np.intp)
