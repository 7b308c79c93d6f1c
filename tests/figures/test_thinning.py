"""Fewer points of a curve: never too many, and never without a spike."""

from __future__ import annotations

import numpy as np
import pytest

from vae.figures.thinning import thinned


class TestBasics:
    def test_few_points_all_stay(self) -> None:
        assert thinned([[3.0, 1.0, 2.0]], 3) == [0, 1, 2]
        assert thinned([[]], 5) == []

    def test_the_first_and_the_last_stay(self) -> None:
        chosen = thinned([np.zeros(100_000)], 100)
        assert (chosen[0], chosen[-1]) == (0, 99_999)


class TestCorrectness:
    @pytest.mark.parametrize("count", [101, 1000, 99_991, 100_000])
    @pytest.mark.parametrize("max_count", [8, 100, 2000])
    @pytest.mark.parametrize("curves", [1, 3])
    def test_at_most_so_many_in_their_order(self, count: int, max_count: int, curves: int) -> None:
        values = np.random.default_rng(0).normal(size=(curves, count))
        chosen = thinned(values, max_count)
        assert (
            len(chosen) <= max(max_count, 2 + 2 * curves)
            if count > max_count
            else len(chosen) == count
        )
        assert chosen == sorted(set(chosen))

    def test_every_block_keeps_its_height(self) -> None:
        """Whatever part of a curve one zooms to, its spikes are there."""
        values = np.random.default_rng(0).normal(size=(3, 100_000))
        values[1, 12_345] = 1e6
        values[2, 99_000] = -1e6
        chosen = np.array(thinned(values, 2000))
        assert {12_345, 99_000} <= set(chosen.tolist())
        for begin in range(0, 100_000, 5000):
            part = slice(begin, begin + 5000)
            within = chosen[(chosen >= begin) & (chosen < begin + 5000)]
            np.testing.assert_array_equal(
                values[:, within].max(axis=1), values[:, part].max(axis=1)
            )
            np.testing.assert_array_equal(
                values[:, within].min(axis=1), values[:, part].min(axis=1)
            )
