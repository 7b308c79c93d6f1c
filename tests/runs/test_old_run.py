"""A run's folder of version 0.3.0, as that version wrote it, opens and works like a new one.

`old_run` was trained on Digits for two epochs, and its class probes, t-SNE and likelihood computed,
by the code of 0.3.0. Its files stay as they are.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.archive.zips import take
from vae.archive.zip_export import export_zip
from vae.data.datasets import Dataset
from vae.latent.projections import read_tsne
from vae.runs.run import Run, open_run
from vae.training.train import resume

OLD_RUN = Path(__file__).with_name("old_run")


@pytest.fixture
def old(tmp_path: Path) -> Run:
    return open_run(shutil.copytree(OLD_RUN, tmp_path / "run"))


def test_it_opens(old: Run) -> None:
    assert (old.state, old.dataset, old.config.latent_dim) == ("finished", "digits", 2)
    assert [row["epoch"] for row in old.history] == [1, 2]
    assert old.history["loss"][1] < old.history["loss"][0]
    assert old.metrics["epoch"] == 2
    assert old.snapshot_epochs == [0, 1, 2]
    assert old.faults == []


def test_what_was_computed_of_it(old: Run) -> None:
    assert old.class_probes["latent"]["dimensions"] == 2
    assert old.likelihood["none"]["importance_samples"] == 5
    tsne = read_tsne(old)
    assert tsne is not None
    assert tsne.points.shape == (360, 2)


def test_it_encodes_and_decodes(old: Run, digits: Dataset) -> None:
    mean, log_var = old.encode(digits.x_test[:7])
    np.testing.assert_allclose(mean, old.latents["mean"][:7], atol=1e-3)
    np.testing.assert_allclose(log_var, old.latents["log_var"][:7], atol=1e-3)
    images = old.decode(mean)
    assert images.shape == (7, 8, 8, 1)
    decoder = old.load_model().decoder
    np.testing.assert_allclose(images, decoder(mean), atol=1e-5)


def test_it_resumes(old: Run, digits: Dataset) -> None:
    rows = old.rows
    more = resume(old.path, digits, more_epochs=1)
    assert (more.state, more.status["epoch"]) == ("finished", 3)
    assert more.rows[: len(rows)] == rows
    assert more.class_probes == {}  # of the model before


def test_it_is_exported_and_imported(old: Run, tmp_path: Path) -> None:
    again = take(export_zip(old), tmp_path / "runs")
    assert again.rows == old.rows
    assert again.metrics == old.metrics
    assert again.class_probes == old.class_probes
