"""What a generator makes of the same z all along its training."""

from __future__ import annotations

import numpy as np

from vae.config import Config
from vae.data.datasets import Dataset
from vae.images import to_uint8
from vae.model.gan import GAN
from vae.sampling.prior import balanced_labels
from vae.training.snapshots import SAMPLES, fixed_codes

__all__ = ["SampleSnapshots"]


class SampleSnapshots:
    """Takes samples of a model that has no encoder.

    fixed: z (50, d), the same as of all kinds of models; 14 more are sampled after those. Labels of
    a conditional model are as those of `Snapshots`.
    """

    def __init__(self, config: Config, dataset: Dataset) -> None:
        self._z = fixed_codes(config)
        self._labels = balanced_labels(len(self._z), dataset.classes)
        self.fixed = {"z": self._z[:SAMPLES]}

    def take(self, model: GAN) -> dict[str, np.ndarray]:
        """Return samples of the 50 fixed z and more_samples of the 14 others, uint8."""
        images = to_uint8(model.decoder(model.with_labels(self._z, self._labels)).numpy())
        return {"samples": images[:SAMPLES], "more_samples": images[SAMPLES:]}

    def preview(self, model: GAN) -> dict[str, np.ndarray]:
        """Return the same within an epoch."""
        return self.take(model)
