"""The catalogue alone is the weights' catalogue, at a fraction of their cost."""

import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.catalogue import read_catalogue, shipped_catalogue
from knowledge.model import save, shipped_model
from tests.support.processes import ROOT, bare_environment


def test_read_alone_it_is_what_the_weights_hold() -> None:
    assert shipped_catalogue() == shipped_model().catalogue


def test_what_training_saves_can_be_read_alone(tmp_path: Path) -> None:
    save(shipped_model(), tmp_path / "w.npz")
    assert read_catalogue(tmp_path / "w.npz") == shipped_model().catalogue


def test_a_file_of_other_things_is_refused(tmp_path: Path) -> None:
    import numpy as np

    np.savez(tmp_path / "w.npz", other=np.zeros(1))
    with pytest.raises(KeyError):
        read_catalogue(tmp_path / "w.npz")


def test_reading_it_needs_no_weights_and_no_numpy() -> None:
    code = (
        "import sys; from knowledge.catalogue import shipped_catalogue; "
        "print(len(shipped_catalogue()), 'numpy' in sys.modules, 'knowledge.model' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
        env=bare_environment(),
    )
    assert ran.stdout.split() == [str(len(shipped_catalogue())), "False", "False"]
