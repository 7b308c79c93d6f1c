"""A run whose KL is held at a capacity, from training to another place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.archive.zips import take
from vae.archive.zip_export import export_zip
from vae.config import Config
from vae.data.datasets import Dataset
from vae.model.objective import capacity_at
from vae.runs.run import Run

# The capacity rises over the first half of the run. With the true ELBO the KL comes to 1.2 nats.
CONFIG = Config(
    latent_dim=4, hidden=(32,), learning_rate=1e-2, schedule="cosine", batch_size=25, epochs=6,
    beta=5.0, capacity=3.0, kl_warmup=2, seed=1,
)  # fmt: skip


@pytest.fixture(scope="module")
def held(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    from vae.training.train import train

    return train(CONFIG, digits, out=tmp_path_factory.mktemp("capacity") / "run")


def test_rows_tell_the_capacity_of_their_epoch(held: Run, finished_run: Run) -> None:
    assert held.history["capacity"] == [1, 2, 3, 3, 3, 3]
    for row in held.rows:
        assert row["capacity"] == np.float32(capacity_at(CONFIG, row["epoch"]))
        assert row["beta"] == 5.0
    assert not any("capacity" in row for row in finished_run.rows)


def test_curves_follow_the_formula_with_the_whole_kl(held: Run) -> None:
    for row in held.rows:
        assert row["loss"] == pytest.approx(row["reconstruction"] + 5.0 * row["kl"], rel=1e-9)
    last, metrics = held.history[-1], held.metrics
    expected = last["val_reconstruction"] + 5.0 * last["val_kl"]
    assert last["val_loss"] == pytest.approx(expected, rel=1e-9)
    assert -metrics["elbo"] == pytest.approx(metrics["reconstruction"] + metrics["kl"])


def test_the_kl_follows_the_capacity_and_the_images_profit(held: Run) -> None:
    for row in held.history[2:]:
        assert row["kl"] == pytest.approx(row["capacity"], abs=0.3)
    assert held.history["kl"][-1] == pytest.approx(3.0, abs=0.05)
    assert held.metrics["kl"] == pytest.approx(3.0, abs=0.2)
    costs = held.history["reconstruction"]
    assert costs == sorted(costs, reverse=True)


def test_another_machine_has_the_same_history(held: Run, tmp_path: Path) -> None:
    assert take(export_zip(held), tmp_path).rows == held.rows
