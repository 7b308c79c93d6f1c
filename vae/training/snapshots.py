"""What a run looks like after each epoch: the same z and the same test images all along."""

from __future__ import annotations

import numpy as np

from vae.config import Config
from vae.data.datasets import Dataset
from vae.images import to_uint8
from vae.model.keras_setup import tf
from vae.model.pixels import to_floats
from vae.model.vae import VAE
from vae.sampling.prior import balanced_labels

__all__ = ["Snapshots", "first_of_each_class"]

SAMPLES = 50
FIXED_IMAGES = 10
FIXED_MEANS = 1000
HALF_MAX = float(np.finfo(np.float16).max)


def first_of_each_class(labels: np.ndarray, most: int) -> np.ndarray:
    """Return the indices of the first image of each class, by labels (N,): at most `most`."""
    return np.unique(labels, return_index=True)[1][:most]


class Snapshots:
    """Takes a picture of a model in training.

    fixed: z (50, d) and the test images and labels that every snapshot is taken with. A conditional
    VAE decodes the first z as the first class, the next as the next, and so on, again and again.
    """

    def __init__(self, config: Config, dataset: Dataset) -> None:
        chosen = first_of_each_class(dataset.y_test, FIXED_IMAGES)
        z = np.random.default_rng([config.seed, 3]).standard_normal((SAMPLES, config.latent_dim))
        self.fixed = {
            "z": z.astype(np.float32),
            "images": dataset.x_test[chosen],  # (10, H, W, C) uint8
            "labels": dataset.y_test[:FIXED_MEANS],
        }
        self._cloud = dataset.x_test[:FIXED_MEANS]
        self._labels = {
            "images": dataset.y_test[chosen],
            "z": balanced_labels(SAMPLES, dataset.classes),
        }

    def take(self, model: VAE) -> dict[str, np.ndarray]:
        """Return samples and reconstructions, uint8, latent means (1000, d), float16, and more.

        prior_distance: how far the fixed codes, draws of the prior, lie from the nearest posterior
        of those test images, in its standard deviations: the median over codes of the root mean
        square over dimensions. What is small has no holes.
        """
        labels, fixed = self._labels, self.fixed
        copies, _ = _encode(model, fixed["images"], labels["images"])
        means, log_vars = map(np.asarray, _encode(model, self._cloud, fixed["labels"]))
        return {
            "samples": _decode(model, fixed["z"], labels["z"]),
            "reconstructions": _decode(model, copies, labels["images"]),
            # A run that diverges passes beyond what half a float holds.
            "means": np.clip(means, -HALF_MAX, HALF_MAX).astype(np.float16),
            "prior_distance": _distance(self.fixed["z"], means, log_vars),
        }


def _encode(model: VAE, images: np.ndarray, labels: np.ndarray) -> tuple[tf.Tensor, tf.Tensor]:
    return model.encoder(model.with_labels(to_floats(images), labels))


def _decode(model: VAE, codes: np.ndarray | tf.Tensor, labels: np.ndarray) -> np.ndarray:
    return to_uint8(model.decoder(model.with_labels(codes, labels)).numpy())


def _distance(codes: np.ndarray, means: np.ndarray, log_vars: np.ndarray) -> np.ndarray:
    """Return the median over codes of the distance to the nearest posterior, a scalar."""
    with np.errstate(over="ignore", invalid="ignore"):
        precisions = np.exp(-log_vars)  # (1000, d)
        nearest = [
            np.sqrt(np.min(np.mean((code - means) ** 2 * precisions, axis=1))) for code in codes
        ]
    return np.median(nearest).astype(np.float32)
