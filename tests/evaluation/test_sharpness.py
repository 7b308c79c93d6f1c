"""Sharpness against the definition, and that a blurred image has less."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vae.evaluation.sharpness import sharpness


def test_definition() -> None:
    images = np.random.default_rng(0).random((3, 9, 7, 1))
    kernel = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
    answers = [ndimage.convolve(image[..., 0], kernel)[1:-1, 1:-1] for image in images]
    assert sharpness(images) == pytest.approx(np.mean([each.var() for each in answers]))


def test_blur_and_bytes() -> None:
    images = np.random.default_rng(0).integers(256, size=(4, 12, 12, 3), dtype=np.uint8)
    floats = images / 255.0
    blurred = ndimage.gaussian_filter(floats, (0, 1, 1, 0))
    assert sharpness(images) == pytest.approx(sharpness(floats))
    assert sharpness(blurred) < 0.1 * sharpness(floats)
    assert sharpness(np.full((2, 8, 8, 1), 0.3)) == pytest.approx(0.0)
