from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import copy_run
from vae.errors import RunError
from vae.figures.publication import (
    FigureKind,
    clusters_figure,
    curves_figure,
    grid_figure,
    manifold_figure,
    to_file,
)
from vae.files import write_json
from vae.images import tile
from vae.latent.projections import read_tsne
from vae.runs.provenance import notes_of
from vae.runs.run import SHIPPED, Run, open_run
from vae.sampling.prior import manifold_codes


def test_a_grid_figure_holds_the_grid_and_nothing_else() -> None:
    grid = np.random.default_rng(0).integers(0, 256, (20, 40, 1), dtype=np.uint8)
    buffer = io.BytesIO()
    grid_figure(grid).savefig(buffer, format="png", dpi=80)  # 5 inches: 10 dots a pixel
    picture = np.asarray(Image.open(buffer).convert("L"))
    assert picture.shape == (200, 400)
    np.testing.assert_allclose(picture[5::10, 5::10], grid[:, :, 0], atol=1)


def test_curves_show_training_and_validation() -> None:
    run = open_run(SHIPPED / "mnist-recommended")
    axes = curves_figure(run).axes
    assert [each.get_title() for each in axes] == ["Loss", "Reconstruction", "KL"]
    training, validation = axes[0].lines
    assert training.get_ydata()[-1] == run.rows[-2]["loss"]
    assert list(validation.get_ydata()) == run.history["val_loss"]


def test_clusters_are_the_projection_by_class() -> None:
    run = open_run(SHIPPED / "mnist-recommended")
    (axes,) = clusters_figure(run).axes
    tsne = read_tsne(run)
    assert (axes.get_xlabel(), axes.get_ylabel()) == tsne.axes[:2]
    for label, dots in enumerate(axes.collections):
        np.testing.assert_allclose(dots.get_offsets(), tsne.points[tsne.y == label])
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == list("0123456789")


def test_clusters_before_there_are_latents(finished_run: Run, tmp_path: Path) -> None:
    run = copy_run(finished_run, tmp_path / "run")
    (run.path / "latents.npz").unlink()
    with pytest.raises(RunError, match=r"no latent means yet. Received: run"):
        clusters_figure(Run(run.path))


def test_the_manifold_has_values_on_its_axes() -> None:
    run = open_run(SHIPPED / "mnist-2d")
    (axes,) = manifold_figure(run, 1, 0, side=7).axes
    codes, values = manifold_codes(7, 2, 1, 0)
    expected = tile(run.decode(codes), 7, 7)[:, :, 0]
    np.testing.assert_array_equal(axes.images[0].get_array(), expected)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("z2", "z1")
    marks = [float(text.get_text()) for text in axes.get_xticklabels()]
    np.testing.assert_allclose(marks, values, atol=0.06)
    assert axes.get_yticks()[0] > axes.get_yticks()[-1]  # the largest is at the top


def test_a_manifold_of_one_dimension(finished_run: Run, tmp_path: Path) -> None:
    run = copy_run(finished_run, tmp_path / "run")
    info = run.info
    write_json(run.path / "config.json", info | {"config": info["config"] | {"latent_dim": 1}})
    with pytest.raises(RunError, match=r"two latent dimensions. Received: 1"):
        manifold_figure(Run(run.path))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("pdf", b"/Subject (Run: mnist-recommended, Seed: 4)"),
        ("svg", b"<dc:description>Run: mnist-recommended, Seed: 4</dc:description>"),
        ("png", b"Run\0mnist-recommended"),
    ],
)
def test_a_file_says_which_run_and_seed(kind: FigureKind, expected: bytes) -> None:
    notes = notes_of(open_run(SHIPPED / "mnist-recommended"), 4)
    grid = np.zeros((8, 8, 1), np.uint8)
    content = to_file(grid_figure(grid), kind, notes)
    assert expected in content
    assert to_file(grid_figure(grid), kind, notes) == content
