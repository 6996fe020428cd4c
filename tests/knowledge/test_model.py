"""The shipped weights: from these sources, and stored without pickles."""

from pathlib import Path

import numpy as np
import pytest

from knowledge import sources
from knowledge.loader import load_topics
from knowledge.model import load, save, shipped_model
from knowledge.understanding import Mind, understand


def test_the_weights_were_made_from_the_phrases_as_they_are() -> None:
    assert shipped_model().digest == sources.digest(), "topics, lexicon or examples changed: run `make model`"


def test_every_topic_can_be_recognised() -> None:
    assert set(shipped_model().topics) == set(load_topics())


def test_weights_survive_saving_and_loading(tmp_path: Path) -> None:
    model = shipped_model()
    save(model, tmp_path / "w.npz")
    again = load(tmp_path / "w.npz")
    assert again.topics == model.topics
    assert again.catalogue == model.catalogue
    assert np.array_equal(again.hidden, model.hidden)


def test_a_file_that_holds_no_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.npz").write_bytes(b"not weights")
    with pytest.raises((ValueError, OSError)):
        load(tmp_path / "w.npz")


def test_probabilities_are_probabilities(mind: Mind) -> None:
    topics = understand("can i post this", mind).topics
    assert abs(sum(topics.values()) - 1) < 1e-3
    assert all(0 <= p <= 1 for p in topics.values())
