"""What a run looks like at a moment: the same z and the same test images all along."""

from __future__ import annotations

import numpy as np

from vae.config import Config
from vae.data.datasets import Dataset
from vae.images import to_uint8
from vae.model.keras_setup import tf
from vae.model.pixels import to_floats
from vae.model.vae import VAE
from vae.sampling.prior import balanced_labels

__all__ = ["SAMPLES", "Snapshots", "first_of_each_class", "fixed_codes"]

SAMPLES = 50
MORE_SAMPLES = 14  # with which they fill a square of 8 x 8
FIXED_IMAGES = 10
FIXED_MEANS = 1000
HALF_MAX = float(np.finfo(np.float16).max)


def first_of_each_class(labels: np.ndarray, max_count: int) -> np.ndarray:
    """Return the indices of the first image of each class, by labels (N,): at most `max_count`."""
    return np.unique(labels, return_index=True)[1][:max_count]


def fixed_codes(config: Config) -> np.ndarray:
    """Return the z (64, d) that all snapshots of a run are taken with: the same for each kind."""
    random, count = np.random.default_rng([config.seed, 3]), SAMPLES + MORE_SAMPLES
    return random.standard_normal((count, config.latent_dim)).astype(np.float32)


class Snapshots:
    """Takes a picture of a model in training.

    fixed: z (50, d) and the test images and labels that every snapshot is taken with; 14 more z
    are sampled after those. A conditional VAE decodes the first z as the first class, the next as
    the next, and so on, again and again.
    """

    def __init__(self, config: Config, dataset: Dataset) -> None:
        chosen = first_of_each_class(dataset.y_test, FIXED_IMAGES)
        self._z = fixed_codes(config)
        self.fixed = {
            "z": self._z[:SAMPLES],
            "images": dataset.x_test[chosen],  # (10, H, W, C) uint8
            "labels": dataset.y_test[:FIXED_MEANS],
        }
        self._cloud = dataset.x_test[:FIXED_MEANS]
        self._labels = {
            "images": dataset.y_test[chosen],
            "z": balanced_labels(len(self._z), dataset.classes),
        }

    def take(self, model: VAE) -> dict[str, np.ndarray]:
        """Return what `preview` does, and of the end of an epoch more.

        prior_distance: how far the fixed codes, samples of the prior, lie from the nearest
        posterior of those test images, in its standard deviations: the median over codes of the
        root mean square over dimensions. What is small has no holes.
        """
        labels, fixed = self._labels, self.fixed
        copies, _ = _encode(model, fixed["images"], labels["images"])
        means, log_vars = map(np.asarray, _encode(model, self._cloud, fixed["labels"]))
        samples = _decode(model, self._z, labels["z"])
        reconstructions = _decode(model, copies, labels["images"])
        pictures = _pictures(samples, reconstructions, means)
        return pictures | {"prior_distance": _distance(self.fixed["z"], means, log_vars)}

    def preview(self, model: VAE) -> dict[str, np.ndarray]:
        """Return samples and reconstructions, uint8, and latent means (1000, d), float16.

        The samples are those of the 50 fixed z; more_samples, those of the 14 others. Each network
        is called once, since within an epoch it is time that counts.
        """
        labels, fixed = self._labels, self.fixed
        count = len(fixed["images"])
        images = np.concatenate([fixed["images"], self._cloud])
        of_images = np.concatenate([labels["images"], fixed["labels"]])
        means = np.asarray(_encode(model, images, of_images)[0])
        codes = np.concatenate([means[:count], self._z])
        decoded = _decode(model, codes, np.concatenate([labels["images"], labels["z"]]))
        return _pictures(decoded[count:], decoded[:count], means[count:])


def _pictures(
    samples: np.ndarray, reconstructions: np.ndarray, means: np.ndarray
) -> dict[str, np.ndarray]:
    return {
        "samples": samples[:SAMPLES],
        "more_samples": samples[SAMPLES:],
        "reconstructions": reconstructions,
        # A run that diverges passes beyond what half a float holds.
        "means": np.clip(means, -HALF_MAX, HALF_MAX).astype(np.float16),
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
