"""What an image costs a model, beside what evaluation found."""

from __future__ import annotations

import numpy as np
import pytest

from vae.data.datasets import load_dataset
from vae.evaluation.image_costs import costs_of, fraction_below
from vae.runs.run import Run


def test_the_mean_over_the_test_images_is_what_evaluation_found(finished_run: Run) -> None:
    images = load_dataset(finished_run.dataset).x_test
    costs = costs_of(finished_run, images)
    assert costs.kl.shape == costs.reconstruction.shape == (len(images),)
    assert costs.kl.mean() == pytest.approx(finished_run.metrics["kl"], rel=1e-3)
    # Evaluation samples the posterior; from its mean the image is a little cheaper.
    found = finished_run.metrics["reconstruction"]
    assert 0.7 * found < costs.reconstruction.mean() < found


def test_closed_form(finished_run: Run) -> None:
    image = np.zeros((1, *finished_run.image_shape), np.uint8)
    image[0, 0, 0, 0] = 255
    costs = costs_of(finished_run, image)
    mean, log_var = finished_run.encode(image)
    p = finished_run.decode(mean)[0].astype(float)
    expected = -np.log(p[0, 0, 0]) - np.log1p(-p.ravel()[1:]).sum()
    assert costs.reconstruction[0] == pytest.approx(expected, rel=1e-4)
    kl = 0.5 * (mean**2 + np.exp(log_var) - 1.0 - log_var).sum()
    assert costs.kl[0] == pytest.approx(kl, rel=1e-4)


def test_noise_is_surprising(finished_run: Run) -> None:
    usual = costs_of(finished_run, load_dataset(finished_run.dataset).x_test)
    noise = np.random.default_rng(0).integers(
        256, size=(1, *finished_run.image_shape), dtype=np.uint8
    )
    assert (
        fraction_below(costs_of(finished_run, noise).reconstruction[0], usual.reconstruction) > 0.99
    )
    assert fraction_below(1.0, np.array([0.0, 0.5, 1.0, 2.0])) == 0.5


def test_an_autoencoder_has_no_kl(autoencoder_run: Run) -> None:
    costs = costs_of(autoencoder_run, load_dataset(autoencoder_run.dataset).x_test[:5])
    assert (costs.kl == 0.0).all()
    assert (costs.reconstruction > 0.0).all()
