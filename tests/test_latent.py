"""From many latent dimensions to two: against the definitions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from tests.conftest import copy_run
from vae.errors import RunError
from vae.latent import best_projection, compute_tsne, pick_dimensions, project_pca, read_tsne
from vae.recorder import Recorder
from vae.runs import Run


@pytest.fixture
def run(finished_run: Run, tmp_path: Path) -> Run:
    return copy_run(finished_run, tmp_path / "run")


def with_latents(run: Run, mean: np.ndarray) -> Run:
    """Give a run other latent means; labels say which third an image is of."""
    y = (np.arange(len(mean)) * 3 // len(mean)).astype(np.uint8)
    Recorder(run.path).arrays("latents", mean=mean.astype(np.float32), y=y)
    return Run(run.path)


def blobs() -> np.ndarray:
    """Three clusters in five dimensions, far apart."""
    generator = np.random.default_rng(0)
    centers = 20 * np.eye(5)[:3]
    return np.concatenate([generator.normal(center, 0.5, (40, 5)) for center in centers])


class TestPick:
    def test_two_dimensions_as_they_are(self, autoencoder_run: Run) -> None:
        mean = autoencoder_run.latents["mean"]
        picked = pick_dimensions(autoencoder_run, 2, 0)
        np.testing.assert_array_equal(picked.points, mean[:, [2, 0]])
        np.testing.assert_array_equal(picked.y, autoencoder_run.latents["y"])
        np.testing.assert_array_equal(picked.indices, np.arange(360))
        assert picked.axes == ("z3", "z1")
        assert picked.variance is None

    def test_nothing_to_project_yet(self, run: Run) -> None:
        (run.path / "latents.npz").unlink()
        assert best_projection(run) is None
        for project in (project_pca, compute_tsne, lambda run: pick_dimensions(run, 0, 1)):
            with pytest.raises(RunError, match=r"no latent means yet\. Received"):
                project(Run(run.path))


class TestPca:
    def test_equals_the_eigenvectors_of_the_covariance(self, run: Run) -> None:
        mixing = np.random.default_rng(1).normal(size=(5, 5))
        mean = (blobs() @ mixing).astype(np.float32)
        projected = project_pca(with_latents(run, mean))
        values, vectors = np.linalg.eigh(np.cov(mean.T.astype(np.float64)))
        expected = ((mean - mean.mean(axis=0)) @ vectors)[:, [-1, -2]]
        for place in range(2):  # the sign of an axis is free
            sign = np.sign(expected[:, place] @ projected.points[:, place])
            np.testing.assert_allclose(
                projected.points[:, place], sign * expected[:, place], atol=1e-3
            )
        np.testing.assert_allclose(projected.variance, values[::-1] / values.sum(), atol=1e-5)
        assert projected.axes[0] == f"PC1 ({values[-1] / values.sum():.0%} of the variance)"
        assert projected.points.dtype == np.float32

    def test_one_dimension_has_no_plane(self, run: Run) -> None:
        with pytest.raises(RunError, match="Received: 1"):
            project_pca(with_latents(run, np.arange(9.0)[:, None]))


class TestTsne:
    @pytest.fixture(autouse=True)
    def _one_thread(self) -> Iterator[None]:
        """On a busy machine several threads wait for one another at each of 1,000 steps."""
        with threadpool_limits(limits=1):
            yield

    def test_keeps_neighbours_together(self, run: Run) -> None:
        # So few points that the usual perplexity of 30 would be too large.
        run = with_latents(run, blobs()[::5])
        assert read_tsne(run) is None
        compute_tsne(run)
        projected = read_tsne(run)
        assert projected.points.shape == (24, 2)
        np.testing.assert_array_equal(projected.y, np.repeat([0, 1, 2], 8))
        distances = np.linalg.norm(projected.points[:, None] - projected.points[None], axis=-1)
        np.fill_diagonal(distances, np.inf)
        nearest = projected.y[distances.argmin(axis=1)]
        np.testing.assert_array_equal(nearest, projected.y)
        # Computed anew, it is the same.
        compute_tsne(run)
        np.testing.assert_array_equal(read_tsne(Run(run.path)).points, projected.points)


class TestBest:
    def test_two_dimensions_need_no_projection(self, finished_run: Run) -> None:
        np.testing.assert_array_equal(
            best_projection(finished_run).points, finished_run.latents["mean"]
        )

    def test_of_more_tsne_if_there_is_one_else_pca(
        self, autoencoder_run: Run, tmp_path: Path
    ) -> None:
        run = copy_run(autoencoder_run, tmp_path / "run")
        assert best_projection(run).axes[0].startswith("PC1")
        points = np.random.default_rng(0).normal(size=(360, 2)).astype(np.float32)
        Recorder(run.path).arrays("tsne", points=points)
        np.testing.assert_array_equal(best_projection(Run(run.path)).points, points)
