from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from vae.export_images import notes_of
from vae.paper import FigureKind, curves_figure, grid_figure, to_file
from vae.runs import SHIPPED, open_run


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
