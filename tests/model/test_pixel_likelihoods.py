"""Runs of each likelihood, from training to a model elsewhere."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.archive.zips import take, unpack_flat
from vae.archive.vetting import Frame
from vae.archive.vetting_keras import check_keras
from vae.archive.zip_export import export_zip
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.evaluation.diagnostics import describe_training, problems
from vae.evaluation.image_costs import MARGIN, costs_of
from vae.runs.run import Run

CONFIG = Config(latent_dim=8, hidden=(64,), learning_rate=1e-2, epochs=10, batch_size=25, seed=1)
LIKELIHOODS = ("continuous_bernoulli", "gaussian")


@pytest.fixture(scope="module")
def runs_of_both(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    from vae.training.train import train

    folder = tmp_path_factory.mktemp("likelihoods")
    return {
        name: train(CONFIG.replace(likelihood=name), digits, out=folder / name)
        for name in LIKELIHOODS
    }


@pytest.fixture(params=LIKELIHOODS)
def trained(request: pytest.FixtureRequest, runs_of_both: dict[str, Run]) -> Run:
    return runs_of_both[request.param]


def test_every_row_is_the_sum_of_its_parts(trained: Run) -> None:
    for row in trained.rows:
        assert row["loss"] == pytest.approx(row["reconstruction"] + row["kl"], rel=1e-9)
        assert ("pixel_deviation" in row) == (trained.config.likelihood == "gaussian")
    losses = trained.history["loss"]
    assert losses[-1] < losses[0]
    assert trained.history["val_loss"][-1] < trained.history["val_loss"][0]


def test_nats_below_zero_are_no_problem(trained: Run) -> None:
    assert trained.history["reconstruction"][-1] < 0.0
    assert problems(trained) == []
    assert describe_training(trained.config, trained.rows).startswith("Reconstruction ")


def test_a_loss_that_rises_far_is(trained: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    last = trained.rows[-1]
    for rise, found in ((31.0, []), (33.0, ["Divergence"])):  # half a nat for each of 64 pixels
        lowest = min(row["reconstruction"] for row in trained.rows)
        rows = [*trained.rows, last | {"epoch": 11, "reconstruction": lowest + rise}]
        monkeypatch.setitem(trained.__dict__, "rows", rows)
        assert [problem.name for problem in problems(trained)] == found
        monkeypatch.setitem(trained.__dict__, "rows", rows[:-1])


def test_what_images_cost_is_what_the_model_says(trained: Run, digits: Dataset) -> None:
    mean = costs_of(trained, digits.x_test).reconstruction.mean()
    model = trained.load_model()
    x = digits.x_test.astype(np.float32) / 255.0
    highest = math.log(1.0 - MARGIN) - math.log(MARGIN)
    logits = np.clip(model.decoder_logits(model.encoder(x)[0]), -highest, highest)
    exact = model.reconstruction_nats(x, logits)
    assert mean == pytest.approx(float(np.mean(exact)), rel=1e-3)


def test_another_machine_has_the_same_model(trained: Run, digits: Dataset, tmp_path: Path) -> None:
    again = take(export_zip(trained), tmp_path)
    assert again.rows == trained.rows
    for one, other in zip(
        trained.load_model().get_weights(), again.load_model().get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)


class TestGaussian:
    @pytest.fixture
    def gaussian(self, runs_of_both: dict[str, Run]) -> Run:
        return runs_of_both["gaussian"]

    def test_plain_keras_tells_the_variance(self, gaussian: Run, digits: Dataset) -> None:
        model = keras.models.load_model(gaussian.path / "model.keras")
        outputs = model.predict(digits.x_test[:3] / 255.0, verbose=0)
        assert outputs["pixel_log_var"].shape == (3, 8, 8, 1)
        deviation = gaussian.history["pixel_deviation"][-1]
        np.testing.assert_allclose(np.exp(outputs["pixel_log_var"] / 2), deviation, rtol=1e-5)
        assert 0.05 < deviation < 0.5

    @pytest.mark.parametrize("offset", [None, "1", [1.0], 1e300])
    def test_a_variance_that_is_none(self, offset: Any, gaussian: Run) -> None:
        files = unpack_flat(gaussian.path / "model.keras")
        frame = Frame({}, gaussian.config, gaussian.image_shape, 10)
        check_keras(files, frame)
        model = json.loads(files["config.json"])
        layer = model["config"]["layers"][-1]["config"]
        assert math.isfinite(layer["offset"])
        layer["offset"] = offset
        with pytest.raises(RunError, match="pixel_log_var must be a number"):
            check_keras(files | {"config.json": json.dumps(model).encode()}, frame)

    def test_a_model_of_another_likelihood(self, gaussian: Run) -> None:
        files = unpack_flat(gaussian.path / "model.keras")
        config = gaussian.config.replace(likelihood="bernoulli")
        with pytest.raises(RunError, match="Received"):
            check_keras(files, Frame({}, config, gaussian.image_shape, 10))
