"""Dimensions ranked by what they carry, and strips of what each changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from vae.errors import RunError
from vae.images import to_uint8
from vae.latent import traversals
from vae.latent.traversals import (
    Dimension,
    ranked_dimensions,
    traverse_all,
    traverse_values,
)
from vae.runs.run import Run
from vae.statistics import ACTIVE_VARIANCE


class TestRanked:
    def test_by_mean_kl(self, finished_run: Run) -> None:
        found = ranked_dimensions(finished_run)
        assert sorted(each.index for each in found) == list(range(finished_run.config.latent_dim))
        assert [each.kl for each in found] == sorted((each.kl for each in found), reverse=True)
        reported = finished_run.metrics["kl_per_dimension"]
        for each in found:
            assert each.kl == pytest.approx(reported[each.index], rel=1e-4)
            variance = finished_run.latents["mean"][:, each.index].var()
            assert each.variance == pytest.approx(variance, rel=1e-4)

    def test_active_units_are_those_that_evaluation_counts(self, finished_run: Run) -> None:
        found = ranked_dimensions(finished_run)
        assert sum(each.is_active for each in found) == finished_run.metrics["active_units"]
        assert Dimension(0, 1.0, ACTIVE_VARIANCE * 1.01).is_active
        assert not Dimension(0, 1.0, ACTIVE_VARIANCE).is_active

    def test_an_autoencoder_by_variance(self, autoencoder_run: Run) -> None:
        found = ranked_dimensions(autoencoder_run)
        assert {each.kl for each in found} == {0.0}
        variances = [each.variance for each in found]
        assert variances == sorted(variances, reverse=True)

    def test_without_latents(self, finished_run: Run, tmp_path: Path) -> None:
        copy = copy_run(finished_run, tmp_path / "copy")
        (copy.path / "latents.npz").unlink()
        with pytest.raises(RunError, match="no latent means yet"):
            ranked_dimensions(Run(copy.path))


@pytest.mark.parametrize("at_once", [traversals.AT_ONCE, 4])
def test_each_row_moves_one_dimension(
    at_once: int, convolutional_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traversals, "AT_ONCE", at_once)  # also across the ends of rows
    around = convolutional_run.latents["mean"][3]
    rows = traverse_all(convolutional_run, [4, 1], around, 7)
    assert (rows.shape, rows.dtype) == ((2, 7, *convolutional_run.image_shape), np.uint8)
    values = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]
    assert traverse_values(7).tolist() == values
    for row, index in zip(rows, (4, 1), strict=True):
        codes = np.repeat(around[None], 7, axis=0)
        codes[:, index] = values
        expected = to_uint8(convolutional_run.decode(codes)).astype(int)
        # A network adds up in another order where more codes come at once.
        assert np.abs(row - expected).max() <= 1
