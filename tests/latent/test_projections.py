"""From many latent dimensions to two: against the definitions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from vae.errors import RunError
from vae.latent.projections import (
    best_projection,
    compute_tsne,
    pick_dimensions,
    project_pca,
    read_tsne,
    tsne_seconds,
)
from vae.runs import layout
from vae.runs.run import Run
from vae.runs.writer import RunWriter


@pytest.fixture
def run(finished_run: Run, tmp_path: Path) -> Run:
    return copy_run(finished_run, tmp_path / "run")


def with_latents(run: Run, mean: np.ndarray) -> Run:
    """Give a run other latent means; labels say which third an image is of."""
    y = (np.arange(len(mean)) * 3 // len(mean)).astype(np.uint8)
    RunWriter(run.path).arrays("latents.npz", mean=mean.astype(np.float32), y=y)
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
    @pytest.mark.parametrize("count", [2, 3])
    def test_equals_the_eigenvectors_of_the_covariance(self, count: int, run: Run) -> None:
        mixing = np.random.default_rng(1).normal(size=(5, 5))
        mean = (blobs() @ mixing).astype(np.float32)
        projected = project_pca(with_latents(run, mean), count)
        values, vectors = np.linalg.eigh(np.cov(mean.T.astype(np.float64)))
        expected = ((mean - mean.mean(axis=0)) @ vectors)[:, ::-1]
        assert projected.points.shape == (len(mean), count)
        for index in range(count):  # the sign of an axis is free
            sign = np.sign(expected[:, index] @ projected.points[:, index])
            np.testing.assert_allclose(
                projected.points[:, index], sign * expected[:, index], atol=1e-3
            )
        np.testing.assert_allclose(projected.variance, values[::-1] / values.sum(), atol=1e-5)
        assert projected.axes == tuple(
            f"PC{index + 1} ({values[-1 - index] / values.sum():.0%} of the variance)"
            for index in range(count)
        )
        assert projected.points.dtype == np.float32

    @pytest.mark.parametrize(("dimensions", "count"), [(1, 2), (2, 3)])
    def test_too_few_dimensions(self, dimensions: int, count: int, run: Run) -> None:
        with pytest.raises(RunError, match=f"Received: {dimensions}"):
            project_pca(with_latents(run, np.ones((9, dimensions))), count)


class TestTsne:
    @pytest.fixture
    def wide(self, autoencoder_run: Run, tmp_path: Path) -> Run:
        """A run of three latent dimensions, with few points in clusters far apart."""
        # So few points that the usual perplexity of 30 would be too large.
        return with_latents(copy_run(autoencoder_run, tmp_path / "wide"), blobs()[::3, :3])

    def test_keeps_neighbours_together(self, wide: Run) -> None:
        assert read_tsne(wide) is read_tsne(wide, 3) is None
        compute_tsne(wide)
        for count in (2, 3):
            projected = read_tsne(wide, count)
            assert projected.points.shape == (40, count)
            assert projected.axes == ("t-SNE 1", "t-SNE 2", "t-SNE 3")[:count]
            np.testing.assert_array_equal(projected.y, np.arange(40) * 3 // 40)
            distances = np.linalg.norm(projected.points[:, None] - projected.points[None], axis=-1)
            np.fill_diagonal(distances, np.inf)
            nearest = projected.y[distances.argmin(axis=1)]
            np.testing.assert_array_equal(nearest, projected.y)
            # Computed anew, it is the same.
            (wide.path / layout.TSNE[count]).unlink()
            compute_tsne(wide)
            np.testing.assert_array_equal(read_tsne(wide, count).points, projected.points)

    def test_a_space_of_two_dimensions_has_no_third(self, run: Run) -> None:
        compute_tsne(with_latents(run, blobs()[::5, :2]))
        assert read_tsne(run) is not None
        assert read_tsne(run, 3) is None

    def test_a_run_that_has_it_in_two_dimensions_gets_the_third(self, wide: Run) -> None:
        points = np.ones((40, 2), np.float32)
        RunWriter(wide.path).arrays("tsne.npz", points=points)
        compute_tsne(wide)
        np.testing.assert_array_equal(read_tsne(wide).points, points)
        assert read_tsne(wide, 3).points.shape == (40, 3)

    def test_progress(self, wide: Run) -> None:
        fractions: list[float] = []
        compute_tsne(wide, fractions.append)
        assert fractions == sorted(fractions)
        assert (fractions[0], fractions[-1]) == (0.0, 1.0)
        # More than the two stages: scikit-learn prints its steps.
        assert len(set(fractions)) > 10

    def test_expected_seconds_are_those_of_what_is_missing(self, wide: Run, run: Run) -> None:
        assert tsne_seconds(wide) == 28.0
        assert tsne_seconds(with_latents(run, blobs()[::5, :2])) == 7.0
        RunWriter(wide.path).arrays("tsne.npz", points=np.ones((40, 2), np.float32))
        assert tsne_seconds(wide) == 21.0

    def test_what_scikit_learn_prints_goes_nowhere_else(
        self, wide: Run, capsys: pytest.CaptureFixture[str]
    ) -> None:
        compute_tsne(wide)
        assert capsys.readouterr().out == ""


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_means_that_are_no_numbers(bad: float, run: Run) -> None:
    mean = blobs()
    mean[:7, 1] = bad
    diverged = with_latents(run, mean)
    for project in (project_pca, compute_tsne):
        with pytest.raises(RunError, match=r"Received: 7 of 120 images with NaN or infinity"):
            project(diverged)


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
        RunWriter(run.path).arrays("tsne.npz", points=points)
        np.testing.assert_array_equal(best_projection(Run(run.path)).points, points)


class TestHardlyAnything:
    """A few images, or one dimension: a projection, or a sentence."""

    def with_means(self, run: Run, mean: np.ndarray) -> Run:
        labels = np.zeros(len(mean), np.uint8)
        RunWriter(run.path).outputs(mean=mean, log_var=mean, y=labels)
        return Run(run.path)

    @pytest.mark.parametrize("shape", [(2, 1), (2, 2), (3, 5), (20, 1)])
    def test_tsne(self, shape: tuple[int, int], run: Run) -> None:
        mean = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
        few = self.with_means(run, mean)
        compute_tsne(few)
        assert read_tsne(few).points.shape == (shape[0], 2)
        assert np.isfinite(read_tsne(few).points).all()

    def test_tsne_of_one_image(self, run: Run) -> None:
        with pytest.raises(RunError, match=r"two test images or more\. Received: 1"):
            compute_tsne(self.with_means(run, np.zeros((1, 2), np.float32)))

    @pytest.mark.parametrize(("images", "count"), [(1, 2), (2, 3)])
    def test_pca_of_too_few_images(self, images: int, count: int, run: Run) -> None:
        few = self.with_means(run, np.zeros((images, 3), np.float32))
        with pytest.raises(RunError, match=f"test images or more. Received: {images}"):
            project_pca(few, count)

    @pytest.mark.filterwarnings("error::RuntimeWarning")
    def test_pca_of_means_that_are_all_the_same(self, run: Run) -> None:
        found = project_pca(self.with_means(run, np.ones((5, 2), np.float32)))
        assert found.axes == ("PC1 (0% of the variance)", "PC2 (0% of the variance)")

    def test_one_image_is_shown_as_it_is(self, run: Run) -> None:
        found = best_projection(self.with_means(run, np.ones((1, 2), np.float32)))
        np.testing.assert_array_equal(found.points, np.ones((1, 2)))
