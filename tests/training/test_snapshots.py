"""Snapshots: the same codes and the same test images after every epoch."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import PREDICTABLE
from vae.data.datasets import Dataset
from vae.images import to_uint8
from vae.model.vae import build
from vae.runs.run import Run
from vae.training.snapshots import Snapshots, first_of_each_class

EPOCHS = PREDICTABLE.epochs


class TestBasics:
    def test_first_of_each_class(self) -> None:
        labels = np.array([2, 2, 0, 1, 0, 1], np.uint8)
        assert first_of_each_class(labels, 10).tolist() == [2, 3, 0]
        assert first_of_each_class(labels, 2).tolist() == [2, 3]

    def test_the_seed_decides_the_codes(self, digits: Dataset) -> None:
        first, again, other = (
            Snapshots(PREDICTABLE.replace(seed=seed), digits).fixed["z"] for seed in (1, 1, 2)
        )
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)

    def test_one_for_every_epoch_and_the_untrained_network(self, finished_run: Run) -> None:
        assert finished_run.snapshot_epochs == list(range(EPOCHS + 1))
        for epoch in finished_run.snapshot_epochs:
            snapshot = finished_run.snapshot(epoch)
            assert {name: (a.dtype.name, a.shape) for name, a in snapshot.items()} == {
                "samples": ("uint8", (50, 8, 8, 1)),
                "more_samples": ("uint8", (14, 8, 8, 1)),
                "reconstructions": ("uint8", (10, 8, 8, 1)),
                "means": ("float16", (360, 2)),
                "prior_distance": ("float32", ()),
            }


class TestCorrectness:
    def test_what_stays_the_same(self, finished_run: Run, digits: Dataset) -> None:
        fixed = finished_run.fixed
        assert fixed["z"].shape == (50, 2)
        chosen = first_of_each_class(digits.y_test, 10)
        assert digits.y_test[chosen].tolist() == list(range(10))
        np.testing.assert_array_equal(fixed["images"], digits.x_test[chosen])
        np.testing.assert_array_equal(fixed["labels"], digits.y_test)

    @pytest.mark.parametrize("epoch", [0, EPOCHS])
    def test_show_the_model_of_their_epoch(
        self, finished_run: Run, digits: Dataset, epoch: int
    ) -> None:
        model = finished_run.load_model() if epoch else build(PREDICTABLE, (8, 8, 1))
        snapshot, fixed = finished_run.snapshot(epoch), finished_run.fixed

        def encoded(images: np.ndarray) -> np.ndarray:
            return np.asarray(model.encoder(images.astype(np.float32) / 255.0)[0])

        for name, z in (("samples", fixed["z"]), ("reconstructions", encoded(fixed["images"]))):
            expected = to_uint8(np.asarray(model.decoder(z)))
            assert np.abs(snapshot[name].astype(int) - expected).max() <= 1
        np.testing.assert_allclose(snapshot["means"], encoded(digits.x_test), atol=2e-3, rtol=2e-3)

    def test_distance_of_the_prior_from_the_posteriors(
        self, finished_run: Run, digits: Dataset
    ) -> None:
        mean, log_var = finished_run.encode(digits.x_test)
        nearest = [
            min(
                np.sqrt((((z - m) / np.exp(v / 2)) ** 2).mean())
                for m, v in zip(mean, log_var, strict=True)
            )
            for z in finished_run.fixed["z"]
        ]
        found = float(finished_run.snapshot(EPOCHS)["prior_distance"])
        assert found == pytest.approx(np.median(nearest), rel=1e-3)

    def test_an_autoencoder_is_far_from_the_prior(self, autoencoder_run: Run) -> None:
        # Its points have next to no width: all between them is a hole.
        assert autoencoder_run.snapshot(2)["prior_distance"] > 100

    def test_what_moves_is_learning(self, finished_run: Run) -> None:
        originals = finished_run.fixed["images"].astype(float)
        errors = [
            np.abs(finished_run.snapshot(epoch)["reconstructions"] - originals).mean()
            for epoch in (0, EPOCHS)
        ]
        assert errors[1] < errors[0]

    def test_color_pictures(self, convolutional_run: Run, stripes: Dataset) -> None:
        snapshot = convolutional_run.snapshot(1)
        assert snapshot["samples"].shape == (50, 12, 9, 3)
        assert snapshot["reconstructions"].shape == (2, 12, 9, 3)  # one for each class
        assert snapshot["means"].shape == (40, 5)
