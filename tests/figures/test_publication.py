from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from vae.figures.publication import FigureKind, grid_figure, to_file
from vae.runs.provenance import notes_of
from vae.runs.run import SHIPPED, open_run


def test_a_grid_figure_holds_the_grid_and_nothing_else() -> None:
    grid = np.random.default_rng(0).integers(0, 256, (20, 40, 1), dtype=np.uint8)
    buffer = io.BytesIO()
    grid_figure(grid).savefig(buffer, format="png", dpi=80)  # 5 inches: 10 dots a pixel
    picture = np.asarray(Image.open(buffer).convert("L"))
    assert picture.shape == (200, 400)
    np.testing.assert_allclose(picture[5::10, 5::10], grid[:, :, 0], atol=1)


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


def test_pages_do_without_matplotlib_until_a_figure_is_made() -> None:
    code = (
        "import pkgutil, sys, vae.figures\n"
        "for each in pkgutil.iter_modules(vae.figures.__path__):\n"
        "    __import__(f'vae.figures.{each.name}')\n"
        "print('matplotlib' in sys.modules, 'plotly' in sys.modules)\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
