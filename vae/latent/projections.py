"""The latent space in two or three dimensions: chosen dimensions, PCA, t-SNE."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae.errors import RunError
from vae.latent.latents import latents_of
from vae.runs import layout
from vae.runs.writer import RunWriter

if TYPE_CHECKING:
    from vae.runs.run import Run

__all__ = [
    "TSNE_POINTS",
    "Projection",
    "best_projection",
    "compute_tsne",
    "pick_dimensions",
    "project_pca",
    "read_tsne",
    "tsne_seconds",
]

TSNE_POINTS = 2000  # the time grows faster than the number of points
TSNE_STEPS = 1000
# What the progress weighs the steps by: seconds on MNIST, on one core of a busy machine.
TSNE_SECONDS = {2: 7.0, 3: 21.0}


@dataclass(frozen=True)
class Projection:
    """Points (N, 2 or 3) of the test images, the classes y (N,) and what the axes are.

    indices: which test images they are. variance: the fraction of it that each principal
    component explains, those that are not shown too, for PCA.
    """

    points: np.ndarray
    y: np.ndarray
    indices: np.ndarray
    axes: tuple[str, ...]
    variance: np.ndarray | None = None


def best_projection(run: Run) -> Projection | None:
    """Return what shows the clusters best without waiting, or None while there are no latents.

    Two dimensions as they are, and so where there is one image; of more, t-SNE if the run holds
    it, else PCA.
    """
    if not run.latents:
        return None
    if run.config.latent_dim <= 2 or len(run.latents["y"]) < 2:
        return pick_dimensions(run, 0, min(1, run.config.latent_dim - 1))
    return read_tsne(run) or project_pca(run)


def pick_dimensions(run: Run, across: int, down: int) -> Projection:
    """Show two latent dimensions (the first is 0) as they are: points (N, 2).

    Raises RunError while there are no latents.
    """
    mean, y = _latents(run)
    points = mean[:, [across, down]]
    return Projection(points, y, np.arange(len(y)), (f"z{across + 1}", f"z{down + 1}"))


def project_pca(run: Run, count: int = 2) -> Projection:
    """Project onto the two or three directions along which the latent means vary most.

    Raises RunError for fewer latent dimensions or images than that, and for non-finite
    means.
    """
    from sklearn.decomposition import PCA  # slow to import, and not every page needs it

    mean, y = _finite_latents(run)
    needed = {2: "two", 3: "three"}[count]
    if mean.shape[1] < count:
        raise RunError(f"PCA needs {needed} latent dimensions or more. Received: {mean.shape[1]}")
    if len(mean) < count:
        raise RunError(f"PCA needs {needed} test images or more. Received: {len(mean)}")
    with np.errstate(invalid="ignore"):  # means that are all the same vary along nothing
        pca = PCA().fit(mean)
    points = pca.transform(mean)[:, :count]
    fractions = np.nan_to_num(pca.explained_variance_ratio_)
    axes = tuple(f"PC{i + 1} ({fractions[i]:.0%} of the variance)" for i in range(count))
    return Projection(points.astype(np.float32), y, np.arange(len(y)), axes, fractions)


def tsne_seconds(run: Run) -> float:
    """Return a guess of the seconds that `compute_tsne` takes."""
    return sum(TSNE_SECONDS[count] for count in _missing_tsne(run))


def compute_tsne(run: Run, on_progress: Callable[[float], None] = lambda fraction: None) -> None:
    """Compute t-SNE of the first 2,000 test images' latent means and write it to the run.

    In 2-D, and in 3-D of three latent dimensions or more; what the run has already stays. van der
    Maaten & Hinton 2008, in scikit-learn's default settings with a fixed seed. Raises RunError for
    a single image and for non-finite means.
    """
    mean = _finite_latents(run)[0][:TSNE_POINTS].astype(np.float32)
    if len(mean) < 2:
        raise RunError("t-SNE needs two test images or more. Received: 1")
    missing = _missing_tsne(run)
    seconds = sum(TSNE_SECONDS[count] for count in missing)
    done = 0.0
    for count in missing:

        def on_step(step: int, done: float = done, count: int = count) -> None:
            on_progress((done + TSNE_SECONDS[count] * step / TSNE_STEPS) / seconds)

        on_step(0)
        RunWriter(run.path).arrays(layout.TSNE[count], points=_tsne(mean, count, on_step))
        done += TSNE_SECONDS[count]


def _missing_tsne(run: Run) -> list[int]:
    counts = [count for count in layout.TSNE if count == 2 or count <= run.config.latent_dim]
    return [count for count in counts if not (run.path / layout.TSNE[count]).is_file()]


def read_tsne(run: Run, count: int = 2) -> Projection | None:
    """Return the t-SNE in 2 or 3 dimensions that the run holds, or None.

    Raises RunError for a damaged file.
    """
    arrays = run.arrays(layout.TSNE[count])
    if not arrays:
        return None
    points = arrays["points"]
    indices = np.arange(len(points))
    axes = tuple(f"t-SNE {i + 1}" for i in range(count))
    return Projection(points, _latents(run)[1][indices], indices, axes)


def _latents(run: Run) -> tuple[np.ndarray, np.ndarray]:
    latents = latents_of(run)
    return latents["mean"], latents["y"]


def _finite_latents(run: Run) -> tuple[np.ndarray, np.ndarray]:
    mean, y = _latents(run)
    if not np.isfinite(mean).all():
        wrong = int((~np.isfinite(mean)).any(axis=1).sum())
        raise RunError(
            f"Projections need latent means that are numbers. Received: {wrong:,} of {len(mean):,} "
            "images with NaN or infinity, as a run that diverged has"
        )
    return mean, y


def _tsne(mean: np.ndarray, count: int, on_step: Callable[[int], None]) -> np.ndarray:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    tsne = TSNE(
        count,
        max_iter=TSNE_STEPS,
        perplexity=min(30.0, (len(mean) - 1) / 3),
        # PCA gives no more directions than there are dimensions or images.
        init="pca" if min(mean.shape) >= count else "random",
        random_state=0,
        verbose=2,  # see _Steps
    )
    # On a busy machine several threads wait for each other: one is up to four times cheaper.
    with threadpool_limits(limits=1), contextlib.redirect_stdout(_Steps(on_step)):
        return tsne.fit_transform(mean).astype(np.float32)


class _Steps(io.TextIOBase):
    """Reads the step that t-SNE is at from what it prints every 50 steps: it has no callback.

    Should another version print other words, the progress moves only when a projection is done.
    """

    def __init__(self, on_step: Callable[[int], None]) -> None:
        self.on_step = on_step

    def write(self, text: str) -> int:
        if found := re.search(r"Iteration (\d+):", text):
            self.on_step(min(int(found[1]), TSNE_STEPS))
        return len(text)
