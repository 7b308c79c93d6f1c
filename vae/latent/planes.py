"""Planes in latent space: what a map shows, and how its points become codes and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vae.architecture import MAX_CODE
from vae.errors import RunError

__all__ = ["Extent", "Plane", "dimension_plane", "extent_of", "pca_plane", "picture_plane"]

PRIOR_REACH = 3.0  # standard deviations of the prior that a map shows at least
EDGE_FRACTION = 0.001  # of the points on each side may lie beyond the edge
MAX_REACH = 5.0  # times as far as nine of ten points lie: what is beyond is left out, too
MARGIN = 0.04
MIN_AREA = 1e-6  # of a triangle's sides, below which three points are on one line


class Extent(NamedTuple):
    """A part of a plane, in its coordinates."""

    left: float
    right: float
    bottom: float
    top: float

    @classmethod
    def square_around(cls, low: np.ndarray, high: np.ndarray) -> Extent:
        """Return the square around a box from low (2,) to high (2,), with a margin."""
        (x, y), side = (low + high) / 2.0, float((high - low).max()) or 1.0
        half = (0.5 + MARGIN) * side
        return cls(float(x - half), float(x + half), float(y - half), float(y + half))

    def clipped(self, reach: float) -> Extent:
        """Return the part that is no farther from (0, 0) than reach, across and upwards."""
        low, high = max(self.left, -reach), min(self.right, reach)
        return Extent(low, high, max(self.bottom, -reach), min(self.top, reach))

    def grid(self, columns: int, rows: int) -> np.ndarray:
        """Return the centres of so many tiles (rows * columns, 2), row by row from the top."""
        x = self.left + (np.arange(columns) + 0.5) * (self.right - self.left) / columns
        y = self.top - (np.arange(rows) + 0.5) * (self.top - self.bottom) / rows
        return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


@dataclass(frozen=True)
class Plane:
    """A plane in latent space.

    origin: the code at (0, 0), shape (d,). axes: what one unit of each coordinate adds, (2, d); the
    second is zero where there is a single dimension. names, short: what the coordinates are called,
    in full and in a caption.
    """

    origin: np.ndarray
    axes: np.ndarray
    names: tuple[str, str]
    short: tuple[str, str]

    def codes(self, points: np.ndarray) -> np.ndarray:
        """Return the codes (N, d), float32, of points (N, 2)."""
        return (self.origin + np.asarray(points, dtype=np.float64) @ self.axes).astype(np.float32)

    def coordinates(self, codes: np.ndarray) -> np.ndarray:
        """Return the points (N, 2) of the plane that are nearest to codes (N, d)."""
        shifted = np.asarray(codes, dtype=np.float64) - self.origin
        return shifted @ np.linalg.pinv(self.axes)

    @property
    def is_line(self) -> bool:
        """Whether the second coordinate changes nothing: a latent space of one dimension."""
        return not self.axes[1].any()

    def prior(self) -> tuple[np.ndarray, np.ndarray]:
        """Return mean (2,) and covariance (2, 2) of the prior N(0, I) on the plane.

        Its density there is a normal one, up to a factor: exp(-|origin + p @ axes|^2 / 2).
        """
        covariance = np.linalg.pinv(self.axes @ self.axes.T)
        return -(self.axes @ self.origin) @ covariance, covariance

    def spread(self, log_var: np.ndarray) -> np.ndarray:
        """Return the covariances (N, 2, 2), on the plane, of posteriors with log_var (N, d).

        That of their projection onto the plane, as their means are projected.
        """
        inverse = np.linalg.pinv(self.axes)  # (d, 2)
        return np.einsum("di,nd,dj->nij", inverse, np.exp(np.asarray(log_var, float)), inverse)


def dimension_plane(
    latent_dim: int, across: int, up: int, fixed: np.ndarray | None = None
) -> Plane:
    """Return the plane of two latent dimensions, the others fixed at a code (d,), else at 0.

    The coordinates are the values of the two dimensions themselves; the first dimension is 0.
    Raises RunError for a dimension that there is not.
    """
    wrong = [index for index in (across, up) if not 0 <= index < latent_dim]
    if wrong or (across == up and latent_dim > 1):
        raise RunError(
            f"A plane needs two different dimensions from 0 to {latent_dim - 1}. "
            f"Received: {across} and {up}"
        )
    origin = np.zeros(latent_dim) if fixed is None else np.array(fixed, dtype=np.float64)
    axes = np.zeros((2, latent_dim))
    origin[[across, up]] = 0.0
    axes[0, across] = 1.0
    if latent_dim == 1:
        return Plane(origin, axes, ("z1", ""), ("z1", ""))
    axes[1, up] = 1.0
    names = (f"z{across + 1}", f"z{up + 1}")
    return Plane(origin, axes, names, names)


def pca_plane(mean: np.ndarray) -> Plane:
    """Return the plane along which latent means (N, d) vary most.

    A point is decoded through the inverse of the projection. Raises RunError for one dimension.
    """
    from sklearn.decomposition import PCA  # slow to import, and not every page needs it

    if mean.shape[1] < 2:
        raise RunError(f"PCA needs two latent dimensions or more. Received: {mean.shape[1]}")
    with np.errstate(invalid="ignore"):  # means that are all the same vary along nothing
        pca = PCA(2).fit(mean)
    first, second = pca.explained_variance_ratio_
    names = (f"PC1 ({first:.0%} of the variance)", f"PC2 ({second:.0%} of the variance)")
    centre, components = (np.asarray(part, np.float64) for part in (pca.mean_, pca.components_))
    return Plane(centre, components, names, ("PC1", "PC2"))


def picture_plane(codes: np.ndarray) -> Plane:
    """Return the plane through the codes (3, d) of three pictures, the first at (0, 0).

    One unit is as long as one unit of latent space. Raises RunError if they are on one line.
    """
    first, second, third = np.asarray(codes, dtype=np.float64)
    along, towards = second - first, third - first
    length = np.linalg.norm(along)
    across = along / (length or 1.0)
    rest = towards - (towards @ across) * across
    height = np.linalg.norm(rest)
    if length * height <= MIN_AREA * max(1.0, length, float(np.linalg.norm(towards))):
        raise RunError(
            "A plane needs three pictures whose codes are not on one line. Received: codes with "
            f"distances {length:.2g} and {height:.2g}"
        )
    names = ("from the first picture towards the second", "towards the third")
    return Plane(first, np.stack([across, rest / height]), names, ("1 → 2", "→ 3"))


def extent_of(plane: Plane, points: np.ndarray) -> Extent:
    """Return the square of a plane that shows almost all points (N, 2) and the bulk of the prior.

    A square, so that a unit is as long upwards as across. A few points that are not finite, or lie
    far beyond all others, do not count.
    """
    mean, covariance = plane.prior()
    reach = PRIOR_REACH * np.sqrt(np.maximum(np.diag(covariance), 0.0))
    low, high = mean - reach, mean + reach
    finite = points[np.isfinite(points).all(axis=1)]
    if len(finite):
        limit = min(MAX_CODE, MAX_REACH * np.quantile(np.abs(finite - mean), 0.9))
        edges = np.quantile(finite, [EDGE_FRACTION, 1.0 - EDGE_FRACTION], axis=0)
        low = np.minimum(low, np.maximum(edges[0], mean - limit))
        high = np.maximum(high, np.minimum(edges[1], mean + limit))
    return Extent.square_around(low, high)
