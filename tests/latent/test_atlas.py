"""An atlas holds what the decoder makes of each tile's centre, and a preview blends them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vae.images import to_uint8
from vae.latent.atlas import Atlas, decode_atlas, preview
from vae.latent.planes import Extent, dimension_plane
from vae.runs.run import Run

EXTENT = Extent(-3.0, 3.0, -3.0, 3.0)


def tiles(atlas: Atlas) -> np.ndarray:
    """(rows, columns, H, W, C), as they lie in the picture."""
    height, width = atlas.image.shape[0] // atlas.rows, atlas.image.shape[1] // atlas.columns
    shape = (atlas.rows, height, atlas.columns, width, atlas.image.shape[2])
    return atlas.image.reshape(shape).swapaxes(1, 2)


class TestBasics:
    def test_each_tile_is_the_decoding_of_its_centre(self, finished_run: Run) -> None:
        plane = dimension_plane(finished_run.config.latent_dim, 0, 1)
        atlas = decode_atlas(finished_run, plane, EXTENT, side=6)
        assert (atlas.rows, atlas.columns, atlas.extent) == (6, 6, EXTENT)
        centres = EXTENT.grid(6, 6)
        assert tuple(centres[0]) == (-2.5, 2.5)  # the top left
        exact = to_uint8(finished_run.decode(plane.codes(centres)))
        assert (tiles(atlas).reshape(exact.shape) == exact).all()

    def test_a_line_has_one_row(self, finished_run: Run) -> None:
        plane = dimension_plane(finished_run.config.latent_dim, 0, 1)
        line = replace(plane, axes=plane.axes * [[1.0], [0.0]])
        atlas = decode_atlas(finished_run, line, EXTENT, side=6)
        assert (atlas.rows, atlas.columns) == (1, 6)
        assert np.isfinite(atlas.error)

    def test_large_images_get_fewer_tiles(
        self, finished_run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        height = finished_run.image_shape[0]
        monkeypatch.setattr("vae.latent.atlas.MAX_PIXELS", 5 * height + 1)
        plane = dimension_plane(finished_run.config.latent_dim, 0, 1)
        assert decode_atlas(finished_run, plane, EXTENT).columns == 5


class TestPreview:
    def grey(self, rows: int = 3, columns: int = 4) -> np.ndarray:
        """Tiles of one pixel that has its column and ten times its row."""
        row, column = np.mgrid[:rows, :columns]
        return (10 * row + column).astype(np.uint8).reshape(rows, columns, 1, 1, 1)

    def at(self, x: float, y: float) -> float:
        extent = Extent(0.0, 4.0, 0.0, 3.0)
        return preview(self.grey(), extent, np.array([[x, y]])).item()

    def test_at_a_centre_it_is_the_tile(self) -> None:
        assert self.at(0.5, 2.5) == 0.0
        assert self.at(3.5, 0.5) == 23.0

    def test_between_centres_it_is_a_blend(self) -> None:
        assert self.at(1.0, 2.5) == pytest.approx(0.5)
        assert self.at(1.25, 1.75) == pytest.approx(0.75 + 7.5)

    def test_beyond_the_outermost_centres_it_stays(self) -> None:
        assert self.at(-5.0, 9.0) == 0.0
        assert self.at(9.0, -5.0) == 23.0
        assert self.at(9.0, 2.5) == 3.0

    def test_its_error_is_measured(self, finished_run: Run) -> None:
        plane = dimension_plane(finished_run.config.latent_dim, 0, 1)
        coarse, fine = (decode_atlas(finished_run, plane, EXTENT, side=n) for n in (4, 32))
        assert 0.0 < fine.error < coarse.error
        points = np.random.default_rng(1).uniform(-2.8, 2.8, size=(200, 2))
        exact = to_uint8(finished_run.decode(plane.codes(points))).astype(float)
        found = np.abs(preview(tiles(fine), EXTENT, points) - exact).mean()
        assert found == pytest.approx(fine.error, rel=0.5)
