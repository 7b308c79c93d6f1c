"""How likely a few pictures are as each class, at once and without TensorFlow: bounds on p(x | y).

`generative_classifier` estimates the same of many images with Keras.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vae.evaluation.bayes_rule import ELBO_SAMPLES
from vae.evaluation.image_costs import pixel_nats

if TYPE_CHECKING:
    from vae.runs.run import Run

__all__ = ["class_bounds"]


def class_bounds(
    run: Run, images: np.ndarray, samples: int = ELBO_SAMPLES, seed: int = 0
) -> np.ndarray:
    """Return a lower bound on log p(x | y) of images uint8 (N, H, W, C): (N, classes) nats.

    images: as the run's model gets them, see `Run.preprocess`. It is the importance-weighted bound
    of Burda et al. 2016, equation 8: log 1/K sum_k p(x | z_k, y) p(z_k) / q(z_k | x, y) with
    z_k ~ q(z | x, y); with one sample the ELBO. Raises RunError for images of another shape.
    """
    random = np.random.default_rng(seed)
    return np.stack([_of_one(run, image, samples, random) for image in images])


def _of_one(run: Run, image: np.ndarray, samples: int, random: np.random.Generator) -> np.ndarray:
    labels = np.arange(run.classes)
    mean, log_var = run.encode(np.repeat(image[None], run.classes, axis=0), labels)
    x = image.reshape(1, -1).astype(np.float64) / 255.0
    weights = []  # their logarithms, (classes,) each
    for _ in range(samples):
        noise = random.standard_normal(mean.shape)
        z = mean + np.exp(0.5 * log_var) * noise
        decoded = run.decode(z, labels).reshape(run.classes, -1).astype(np.float64)
        prior = 0.5 * (noise**2 + log_var - z**2).sum(axis=1)  # log p(z) - log q(z | x, y)
        weights.append(prior - pixel_nats(run, x, decoded).sum(axis=1))
    return np.logaddexp.reduce(weights, axis=0) - np.log(samples)
