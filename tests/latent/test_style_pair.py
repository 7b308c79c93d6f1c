"""Two images of one class that differ in style."""

from __future__ import annotations

import numpy as np

from vae.latent.style_pair import style_pair


def test_they_lie_on_either_side_of_the_mean_along_what_differs_most() -> None:
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], 400)
    means = random.normal(size=(800, 3)) * (0.1, 0.1, 2.0) + 5 * labels[:, None]
    pair = [*style_pair(means, labels, 1)]
    assert labels[pair].tolist() == [1, 1]
    offsets = means[pair] - means[labels == 1].mean(axis=0)
    assert np.abs(offsets[:, :2]).max() < 0.3
    np.testing.assert_allclose(np.sort(offsets[:, 2]), [-2.0, 2.0], atol=0.3)


def test_a_class_of_one_image_is_both() -> None:
    assert style_pair(np.ones((1, 2)), np.zeros(1, int), 0) == (0, 0)
