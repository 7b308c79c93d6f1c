"""The likelihood that fits a data set's pixels, and the reason."""

from __future__ import annotations

import numpy as np
import pytest

from vae.config.settings import BINARISATIONS, setting
from vae.data.binarisation import binarise
from vae.data.datasets import Dataset
from vae.data.likelihood_proposal import MAX_IMAGES, propose_likelihood

RANDOM = np.random.default_rng(0)
COLOURS = RANDOM.integers(0, 256, (50, 32, 32, 3), np.uint8)


def mixed(ends: float) -> np.ndarray:
    """Return images of which such a fraction of the pixels is black or white, the rest mid-grey."""
    values = np.full(40_000, 128, np.uint8)
    values[: round(ends * len(values))] = RANDOM.choice([0, 12, 250, 255], round(ends * 40_000))
    return RANDOM.permutation(values).reshape(100, 20, 20, 1)


@pytest.mark.parametrize(
    ("ends", "likelihood", "reason"),
    [
        (1.0, "bernoulli", "100% of the pixels are nearly black or white"),
        (0.81, "bernoulli", "81% of the pixels"),
        (0.79, "gaussian", "21% of the pixel values lie between black and white"),
        (0.0, "gaussian", "100% of the pixel values lie"),
    ],
)
def test_it_follows_from_how_many_pixels_are_black_or_white(
    ends: float, likelihood: str, reason: str
) -> None:
    found = propose_likelihood(mixed(ends))
    assert found.likelihood == likelihood
    assert found.reason.startswith(reason)
    assert found.reason.endswith(".")
    assert likelihood in setting("likelihood").choices


def test_real_images(digits: Dataset) -> None:
    assert propose_likelihood(digits.x_train).likelihood == "gaussian"
    assert propose_likelihood(COLOURS).likelihood == "gaussian"


@pytest.mark.parametrize("binarisation", sorted({*BINARISATIONS} - {"none"}))
def test_what_is_made_black_and_white_is_bernoulli(binarisation: str, digits: Dataset) -> None:
    made = propose_likelihood(digits.x_train, binarisation)
    assert made.likelihood == "bernoulli"
    assert made.likelihood == propose_likelihood(binarise(digits.x_train, binarisation)).likelihood


def test_of_many_images_some_from_everywhere_are_looked_at() -> None:
    white = np.full((2 * MAX_IMAGES, 4, 4, 1), 255, np.uint8)
    white[MAX_IMAGES:] = 128  # a class after the other
    assert propose_likelihood(white).reason.startswith("50%")


def test_no_images() -> None:
    with pytest.raises(ValueError, match=r"Received: \(0, 8, 8, 1\)"):
        propose_likelihood(np.empty((0, 8, 8, 1), np.uint8))
