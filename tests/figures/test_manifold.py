"""Decoded images over two latent dimensions: on a page, and for a paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from vae.errors import RunError
from vae.figures.manifold import manifold_figure, manifold_ticks
from vae.files import write_json
from vae.images import tile
from vae.runs.run import SHIPPED, Run, open_run
from vae.sampling.prior import manifold_codes


def test_ticks_stand_at_the_middle_of_their_tiles() -> None:
    values = np.array([-1.0, -0.0, 1.0])
    positions, texts = zip(*manifold_ticks(values), strict=True)
    assert positions == pytest.approx((1 / 6, 1 / 2, 5 / 6))
    assert texts == ("-1.0", "0.0", "1.0")


@pytest.mark.parametrize("side", range(1, 31))
def test_ticks_are_equally_far_apart(side: int) -> None:
    _, values = manifold_codes(side, 2, 0, 1)
    positions, texts = zip(*manifold_ticks(values), strict=True)
    tiles = np.array([int(position * side) for position in positions])
    assert len(set(np.diff(tiles))) <= 1
    assert min(side, 4) <= len(tiles) <= 8
    shown = [float(text) for text in texts]
    assert shown == pytest.approx(values[tiles].tolist(), abs=0.051)
    # As far from one end as from the other, to a tile.
    assert abs(tiles[0] - (side - 1 - tiles[-1])) <= 1


def test_a_publication_has_values_on_its_axes() -> None:
    run = open_run(SHIPPED / "mnist-2d")
    (axes,) = manifold_figure(run, 1, 0, side=7).axes
    codes, values = manifold_codes(7, 2, 1, 0)
    expected = tile(run.decode(codes), 7, 7)
    np.testing.assert_array_equal(axes.images[0].get_array(), expected[:, :, 0])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("z2", "z1")
    marks = [float(text.get_text()) for text in axes.get_xticklabels()]
    np.testing.assert_allclose(marks, values, atol=0.06)
    height, width = expected.shape[:2]
    np.testing.assert_allclose(axes.get_xticks(), (np.arange(7) + 0.5) * width / 7 - 0.5)
    # The picture's rows go down, the axis up.
    np.testing.assert_allclose(axes.get_yticks(), (6.5 - np.arange(7)) * height / 7 - 0.5)
    assert axes.get_yticks()[0] > axes.get_yticks()[-1]  # the largest is at the top


def test_a_run_of_one_dimension(finished_run: Run, tmp_path: Path) -> None:
    run = copy_run(finished_run, tmp_path / "run")
    info = run.info
    write_json(run.path / "config.json", info | {"config": info["config"] | {"latent_dim": 1}})
    with pytest.raises(RunError, match=r"two latent dimensions. Received: 1"):
        manifold_figure(Run(run.path))
