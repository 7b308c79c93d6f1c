"""The baseline of the likelihood ratio: in closed form, and a ratio whose value is known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from vae.config import Config
from vae.evaluation.bayes_rule import log_evidence
from vae.evaluation.class_bounds import class_bounds
from vae.evaluation.likelihood_ratio import baseline_log_likelihood

SIDE, PIXELS = 4, 16
PRIORS = np.array([0.25, 0.75])


def bernoulli_run(decoded: np.ndarray) -> Any:
    """A model whose codes say nothing: a class alone is (classes, pixels)."""

    def encode(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((len(images), 2)), np.zeros((len(images), 2))  # the prior itself

    return SimpleNamespace(
        config=Config(conditional=True, latent_dim=2),
        classes=len(decoded),
        encode=encode,
        decode=lambda z, labels: decoded[labels].reshape(-1, SIDE, SIDE, 1),
    )


def picture(bright: int) -> np.ndarray:
    """A picture of so many white pixels on black (1, H, W, 1)."""
    image = np.zeros(PIXELS, np.uint8)
    image[:bright] = 255
    return image.reshape(1, SIDE, SIDE, 1)


class TestBaseline:
    @pytest.mark.parametrize("bright", [1, 5, 8, 15])
    def test_is_the_entropy_of_the_mean(self, bright: int) -> None:
        run = bernoulli_run(np.full((2, PIXELS), 0.5))
        found = baseline_log_likelihood(run, picture(bright))
        expected = -PIXELS * stats.bernoulli(bright / PIXELS).entropy()
        assert found == pytest.approx([expected])
        # No other single brightness makes the picture more likely.
        for other in (0.03, 0.3, 0.6, 0.97):
            cost = stats.bernoulli(other).logpmf(np.arange(PIXELS) < bright).sum()
            assert cost <= found[0] + 1e-9

    def test_the_brightness_of_each_picture_is_its_own(self) -> None:
        run = bernoulli_run(np.full((2, PIXELS), 0.5))
        pictures = np.concatenate([picture(2), picture(8)])
        each = [baseline_log_likelihood(run, part)[0] for part in (pictures[:1], pictures[1:])]
        assert baseline_log_likelihood(run, pictures) == pytest.approx(each)
        assert each[0] > each[1]

    def test_black_and_white_are_finite(self) -> None:
        run = bernoulli_run(np.full((2, PIXELS), 0.5))
        black, white = (baseline_log_likelihood(run, picture(each))[0] for each in (0, PIXELS))
        assert black == pytest.approx(PIXELS * np.log1p(-0.5 / PIXELS))
        assert white == pytest.approx(black)

    def test_of_densities_it_is_their_density(self) -> None:
        run = bernoulli_run(np.full((2, PIXELS), 0.5))
        run.config = Config(conditional=True, latent_dim=2, likelihood="gaussian")
        run.status, run.rows = {"model_epoch": 1}, [{"epoch": 1, "pixel_deviation": 0.25}]
        image = picture(4)
        expected = stats.norm(0.25, 0.25).logpdf(image.ravel() / 255.0).sum()
        assert baseline_log_likelihood(run, image) == pytest.approx([expected])


class TestRatio:
    def test_a_model_that_knows_no_more_has_a_ratio_of_1(self) -> None:
        image = picture(4)
        run = bernoulli_run(np.full((2, PIXELS), 0.25))
        evidence = log_evidence(class_bounds(run, image), PRIORS)
        assert evidence - baseline_log_likelihood(run, image) == pytest.approx([0.0], abs=1e-6)

    def test_a_model_of_one_picture(self) -> None:
        # Class 0 says 0.9 for what is white in this picture and 0.1 for what is black; class 1 is
        # even. So p(x) = 0.25 * 0.9^16 + 0.75 * 0.5^16, and p0(x) = 0.5^16.
        image = picture(8)
        shape = np.where(image.ravel() == 255, 0.9, 0.1)
        run = bernoulli_run(np.stack([shape, np.full(PIXELS, 0.5)]))
        evidence = log_evidence(class_bounds(run, image), PRIORS)
        expected = np.log(0.25 * 0.9**16 + 0.75 * 0.5**16) - 16 * np.log(0.5)
        found = evidence - baseline_log_likelihood(run, image)
        assert found == pytest.approx([expected], abs=1e-5)
        # Of the inverted picture the model knows nothing.
        inverted = 255 - image
        evidence = log_evidence(class_bounds(run, inverted), PRIORS)
        found = evidence - baseline_log_likelihood(run, inverted)
        assert found == pytest.approx([np.log(0.75)], abs=1e-5)
