"""Decoded images over two latent dimensions: on a page, and for a paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from vae.errors import RunError
from vae.figures.manifold import manifold, manifold_figure
from vae.files import write_json
from vae.images import tile
from vae.runs.run import SHIPPED, Run, open_run
from vae.sampling.prior import manifold_codes


def test_ticks_stand_at_the_middle_of_their_tiles() -> None:
    values = np.array([-1.0, -0.0, 1.0])
    figure = manifold(np.zeros((24, 24, 1), np.uint8), values, ("z1", "z3"))
    np.testing.assert_allclose(figure.layout.xaxis.tickvals, [3.5, 11.5, 19.5])
    assert figure.layout.xaxis.ticktext == ("-1.0", "0.0", "1.0")
    # The picture's rows go down, the axis up.
    np.testing.assert_allclose(figure.layout.yaxis.tickvals, [19.5, 11.5, 3.5])


@pytest.mark.parametrize("side", range(1, 31))
def test_ticks_are_equally_far_apart(side: int) -> None:
    _, values = manifold_codes(side, 2, 0, 1)
    axis = manifold(np.zeros((side, side, 1), np.uint8), values, ("z1", "z2")).layout.xaxis
    tiles = np.array(axis.tickvals, dtype=int)  # a pixel each
    assert len(set(np.diff(tiles))) <= 1
    assert min(side, 4) <= len(tiles) == len(axis.ticktext) <= 8
    shown = [float(text) for text in axis.ticktext]
    assert shown == pytest.approx(values[tiles].tolist(), abs=0.051)
    # As far from one end as from the other, to a tile.
    assert abs(tiles[0] - (side - 1 - tiles[-1])) <= 1


def test_a_paper_has_values_on_its_axes() -> None:
    run = open_run(SHIPPED / "mnist-2d")
    (axes,) = manifold_figure(run, 1, 0, side=7).axes
    codes, values = manifold_codes(7, 2, 1, 0)
    expected = tile(run.decode(codes), 7, 7)
    np.testing.assert_array_equal(axes.images[0].get_array(), expected[:, :, 0])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("z2", "z1")
    marks = [float(text.get_text()) for text in axes.get_xticklabels()]
    np.testing.assert_allclose(marks, values, atol=0.06)
    page = manifold(expected, values, ("z2", "z1")).layout
    np.testing.assert_allclose(axes.get_xticks(), page.xaxis.tickvals)
    np.testing.assert_allclose(axes.get_yticks(), page.yaxis.tickvals)
    assert axes.get_yticks()[0] > axes.get_yticks()[-1]  # the largest is at the top


def test_a_run_of_one_dimension(finished_run: Run, tmp_path: Path) -> None:
    run = copy_run(finished_run, tmp_path / "run")
    info = run.info
    write_json(run.path / "config.json", info | {"config": info["config"] | {"latent_dim": 1}})
    with pytest.raises(RunError, match=r"two latent dimensions. Received: 1"):
        manifold_figure(Run(run.path))
