"""The images nearest to a sample or a code: training images, or test images by their codes.

NumPy, since scikit-learn's brute force makes floats of all pixels (MNIST: 356 MB beside 16, and
twice the time), and a tree that is built for a single code takes five times as long as all of its
distances. Where thousands of codes are searched in few dimensions, a tree is three times faster
than distances: `density` and `class_probes` use scikit-learn's.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vae.errors import RunError
from vae.latent.latents import latents_of
from vae.latent.training_codes import training_codes

if TYPE_CHECKING:
    from vae.data.datasets import Dataset
    from vae.runs.run import Run

__all__ = ["Nearest", "Neighbours", "latent_neighbours", "nearest_images", "pixel_neighbours"]

ROWS_AT_ONCE = 500  # become floats: 3 MB of MNIST
POINTS_AT_ONCE = 25  # have their distances to all rows in memory: 12 MB of MNIST


class Nearest(NamedTuple):
    """Images by their index, the nearest first, Euclidean distances, labels: (Q, count) each."""

    indices: np.ndarray
    distances: np.ndarray
    labels: np.ndarray


class Neighbours:
    """Rows to search for the nearest; built once, shared by all who search.

    rows: (N, ...), uint8 pixels, whose distances are those of pixels in [0, 1], or floats. They
    stay as they are, beside a squared norm each. labels: (N,).
    """

    def __init__(self, rows: np.ndarray, labels: np.ndarray) -> None:
        self.rows = rows.reshape(len(rows), -1)
        self.labels = labels
        self._unit = 255.0 if rows.dtype == np.uint8 else 1.0
        self._norms = np.empty(len(rows))
        for begin in range(0, len(rows), ROWS_AT_ONCE):
            part = self.rows[begin : begin + ROWS_AT_ONCE].astype(np.float64)
            self._norms[begin : begin + ROWS_AT_ONCE] = np.einsum("ij,ij->i", part, part)

    def nearest(self, points: np.ndarray, count: int = 1) -> Nearest:
        """Return the rows nearest to points (Q, ...), or all rows if they are fewer than count.

        Points are floats, those of pixels in [0, 1], or uint8 pixels. Raises RunError for points of
        another width and non-finite ones.
        """
        from threadpoolctl import threadpool_limits

        points = self._checked(points)
        count = min(count, len(self.rows))
        indices = np.empty((len(points), count), np.int64)
        distances = np.empty((len(points), count))
        # Two threads wait for each other on a busy machine.
        with threadpool_limits(limits=1):
            for begin in range(0, len(points), POINTS_AT_ONCE):
                part = slice(begin, begin + POINTS_AT_ONCE)
                squared = self._squared_distances(points[part])
                some = np.argpartition(squared, count - 1, axis=1)[:, :count]
                values = np.take_along_axis(squared, some, axis=1)
                order = np.lexsort((some, values))  # of equally near ones the first
                indices[part] = np.take_along_axis(some, order, axis=1)
                distances[part] = np.sqrt(np.take_along_axis(values, order, axis=1)) / self._unit
        return Nearest(indices, distances, self.labels[indices])

    def _squared_distances(self, points: np.ndarray) -> np.ndarray:
        """Return |a - b|^2 = |a|^2 - 2 ab + |b|^2 (Q, N), in the rows' units.

        In double precision, where that is exact for whole numbers: near ones cancel.
        """
        found = np.empty((len(points), len(self.rows)))
        for begin in range(0, len(self.rows), ROWS_AT_ONCE):
            part = slice(begin, begin + ROWS_AT_ONCE)
            found[:, part] = points @ self.rows[part].astype(np.float64).T
        found *= -2.0
        found += self._norms
        found += np.einsum("ij,ij->i", points, points)[:, None]
        return np.maximum(found, 0.0, out=found)

    def _checked(self, points: np.ndarray) -> np.ndarray:
        width = self.rows.shape[1]
        if points.ndim < 2 or math.prod(points.shape[1:]) != width:
            raise RunError(
                f"Points to find neighbours of have {width} numbers each. "
                f"Received: shape {points.shape}"
            )
        scale = 1.0 if points.dtype == np.uint8 else self._unit
        flat = points.reshape(-1, width).astype(np.float64) * scale
        if not np.isfinite(flat).all():
            raise RunError("Points to find neighbours of are numbers. Received: NaN or infinity")
        return flat


def pixel_neighbours(dataset: Dataset) -> Neighbours:
    """Return what finds the nearest training images, grey as they are; no copy."""
    return Neighbours(dataset.x_train, dataset.y_train)


def latent_neighbours(run: Run, dataset: Dataset) -> Neighbours:
    """Return what finds the nearest of the training images' latent means.

    They are float32 (N, d): 4 MB of MNIST for d = 16. Raises as `training_codes` does.
    """
    return Neighbours(training_codes(run, dataset)[0], dataset.y_train)


def nearest_images(run: Run, code: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the test images whose latent means lie nearest to a code (d,), the nearest first.

    Returns indices and Euclidean distances, both (count,); all of them, if there are fewer.
    Raises RunError while a run has no latents.
    """
    # Differences, not products: an image's own code is at a distance of exactly 0.
    distances = np.linalg.norm(latents_of(run)["mean"].astype(np.float64) - code, axis=1)
    nearest = np.argsort(distances, kind="stable")[:count]
    return nearest, distances[nearest]
