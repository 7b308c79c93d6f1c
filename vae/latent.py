"""The latent space in two dimensions: chosen dimensions, PCA, t-SNE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae.errors import RunError
from vae.recorder import Recorder

if TYPE_CHECKING:
    from vae.runs import Run

__all__ = [
    "Projection",
    "best_projection",
    "compute_tsne",
    "pick_dimensions",
    "project_pca",
    "read_tsne",
]

TSNE_POINTS = 2000  # 3.5 s; the time grows faster than the number of points


@dataclass(frozen=True)
class Projection:
    """Points (N, 2) of the test images, the classes y (N,) and what the axes are.

    indices: which test images they are. variance: the share of the variance that each principal
    component keeps, for PCA.
    """

    points: np.ndarray
    y: np.ndarray
    indices: np.ndarray
    axes: tuple[str, str]
    variance: np.ndarray | None = None


def best_projection(run: Run) -> Projection | None:
    """Return what shows the clusters best without waiting, or None while there are no latents.

    Two dimensions as they are; of more, t-SNE if the run holds it, else PCA.
    """
    if not run.latents:
        return None
    if run.config.latent_dim <= 2:
        return pick_dimensions(run, 0, run.config.latent_dim - 1)
    return read_tsne(run) or project_pca(run)


def pick_dimensions(run: Run, across: int, down: int) -> Projection:
    """Show two latent dimensions (the first is 0) as they are."""
    mean, y = _latents(run)
    points = mean[:, [across, down]]
    return Projection(points, y, np.arange(len(y)), (f"z{across + 1}", f"z{down + 1}"))


def project_pca(run: Run) -> Projection:
    """Project onto the two directions along which the latent means vary most.

    Raises RunError for a single latent dimension, which has no second direction.
    """
    from sklearn.decomposition import PCA  # slow to import, and not every page needs it

    mean, y = _latents(run)
    if mean.shape[1] < 2:
        raise RunError(f"PCA needs two latent dimensions or more. Received: {mean.shape[1]}")
    pca = PCA().fit(mean)
    points = pca.transform(mean)[:, :2]
    share = pca.explained_variance_ratio_
    axes = tuple(f"PC{i + 1} ({share[i]:.0%} of the variance)" for i in range(2))
    return Projection(points.astype(np.float32), y, np.arange(len(y)), axes, share)


def compute_tsne(run: Run) -> None:
    """Compute t-SNE of the first 2,000 test images' latent means and keep it in the run.

    van der Maaten & Hinton 2008, in scikit-learn's default settings with a fixed seed.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    mean = _latents(run)[0][:TSNE_POINTS]
    perplexity = min(30.0, (len(mean) - 1) / 3)
    # On a busy machine several threads wait for each other: one is up to four times cheaper.
    with threadpool_limits(limits=1):
        points = TSNE(random_state=0, perplexity=perplexity).fit_transform(mean.astype(np.float32))
    Recorder(run.path).arrays("tsne", points=points.astype(np.float32))


def read_tsne(run: Run) -> Projection | None:
    """Return the t-SNE that the run holds, or None."""
    arrays = run.arrays("tsne")
    if not arrays:
        return None
    points = arrays["points"]
    indices = np.arange(len(points))
    return Projection(points, _latents(run)[1][indices], indices, ("t-SNE 1", "t-SNE 2"))


def _latents(run: Run) -> tuple[np.ndarray, np.ndarray]:
    latents = run.latents
    if not latents:
        raise RunError(f"This run has no latent means yet. Received: {run.id}, {run.state}")
    return latents["mean"], latents["y"]
