"""Codes to decode and grids to show."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image
from scipy import stats

from vae.errors import ConfigError
from vae.images import tile, to_png, to_uint8
from vae.sampling.prior import (
    balanced_labels,
    manifold_codes,
    prior_codes,
    random_labels,
)


def picture(height: int, width: int, channels: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, channels)).astype(np.uint8)


class TestPriorCodes:
    def test_shape_and_type(self) -> None:
        z = prior_codes(7, 3)
        assert z.shape == (7, 3)
        assert z.dtype == np.float32

    def test_the_seed_samples(self) -> None:
        np.testing.assert_array_equal(prior_codes(5, 2, seed=3), prior_codes(5, 2, seed=3))
        assert not np.array_equal(prior_codes(5, 2, seed=3), prior_codes(5, 2, seed=4))

    def test_are_standard_normal(self) -> None:
        z = prior_codes(20_000, 2, seed=1)
        for dimension in z.T:
            assert stats.kstest(dimension, "norm").pvalue > 0.001
        assert abs(np.corrcoef(z.T)[0, 1]) < 5 / np.sqrt(20_000)

    def test_temperature_is_the_standard_deviation(self) -> None:
        np.testing.assert_allclose(
            prior_codes(50, 2, temperature=0.5, seed=1), 0.5 * prior_codes(50, 2, seed=1), rtol=1e-6
        )
        assert not prior_codes(50, 2, temperature=0.0).any()

    def test_truncation_cuts_the_noise(self) -> None:
        z = prior_codes(20_000, 2, truncation=0.8, seed=1)
        assert np.abs(z).max() <= 0.8
        for dimension in z.T:
            assert stats.kstest(dimension, stats.truncnorm(-0.8, 0.8).cdf).pvalue > 0.001
        assert abs(np.corrcoef(z.T)[0, 1]) < 5 / np.sqrt(20_000)

    def test_truncation_moves_only_what_lies_beyond(self) -> None:
        free, cut = prior_codes(500, 3, seed=1), prior_codes(500, 3, truncation=1.5, seed=1)
        within = np.abs(free) <= 1.5
        np.testing.assert_array_equal(cut[within], free[within])
        assert (cut[~within] != free[~within]).all()
        np.testing.assert_array_equal(prior_codes(500, 3, truncation=50.0, seed=1), free)
        narrow = prior_codes(500, 3, truncation=1e-6, seed=1)
        assert 0.0 < np.abs(narrow).max() <= 1e-6

    def test_the_temperature_comes_after_the_truncation(self) -> None:
        np.testing.assert_allclose(
            prior_codes(50, 2, temperature=0.5, truncation=1.0),
            0.5 * prior_codes(50, 2, truncation=1.0),
            rtol=1e-6,
        )

    @pytest.mark.parametrize("truncation", [0.0, -1.0, math.nan])
    def test_no_truncation(self, truncation: float) -> None:
        with pytest.raises(ConfigError, match=r"above 0\. Received: truncation="):
            prior_codes(1, 1, truncation=truncation)

    def test_no_negative_seed(self) -> None:
        with pytest.raises(ConfigError, match="Received: seed=-1"):
            prior_codes(1, 1, seed=-1)

    @pytest.mark.parametrize("temperature", [-0.1, math.nan, math.inf])
    def test_no_temperature(self, temperature: float) -> None:
        with pytest.raises(ConfigError, match="Received: temperature="):
            prior_codes(1, 1, temperature=temperature)


class TestLabels:
    def test_balanced(self) -> None:
        assert balanced_labels(7, 3).tolist() == [0, 1, 2, 0, 1, 2, 0]
        assert balanced_labels(2, 0).tolist() == [0, 0]  # of data without classes

    def test_random_ones_are_as_frequent_as_those_of_the_data(self) -> None:
        y = np.repeat(np.array([0, 2, 3], np.uint8), [600, 300, 100])
        labels = random_labels(20_000, y, seed=4)
        shares = np.bincount(labels, minlength=4) / len(labels)
        np.testing.assert_allclose(shares, [0.6, 0.0, 0.3, 0.1], atol=0.015)
        np.testing.assert_array_equal(labels, random_labels(20_000, y, seed=4))
        assert not np.array_equal(labels, random_labels(20_000, y, seed=5))
        with pytest.raises(ConfigError, match="Received: seed=-1"):
            random_labels(1, y, seed=-1)


class TestManifold:
    def test_values_are_equal_quantiles_of_the_prior(self) -> None:
        _, values = manifold_codes(21, 2, 0, 1, reach=0.9)
        np.testing.assert_allclose(values, stats.norm.ppf(np.linspace(0.05, 0.95, 21)), atol=1e-6)
        assert values[10] == pytest.approx(0.0, abs=1e-7)
        mass = np.diff(stats.norm.cdf(values))
        np.testing.assert_allclose(mass, 0.9 / 20, rtol=1e-5)

    def test_two_dimensions_move_and_the_others_rest(self) -> None:
        z, values = manifold_codes(4, 5, across=3, down=1)
        assert z.shape == (16, 5)
        assert z.dtype == np.float32
        grid = z.reshape(4, 4, 5)
        for row in range(4):
            np.testing.assert_array_equal(grid[row, :, 3], values)  # left to right
            np.testing.assert_array_equal(grid[:, row, 1], values[::-1])  # bottom to top
        assert not grid[:, :, [0, 2, 4]].any()


class TestTile:
    @pytest.mark.parametrize("channels", [1, 3])
    def test_images_lie_row_by_row(self, channels: int) -> None:
        images = np.stack([np.full((2, 3, channels), index, np.uint8) for index in range(6)])
        grid = tile(images, rows=2, columns=3)
        assert grid.shape == (4, 9, channels)
        positions = grid[::2, ::3, 0]
        assert positions.tolist() == [[0, 1, 2], [3, 4, 5]]

    def test_each_image_stays_whole(self) -> None:
        images = np.random.default_rng(0).integers(0, 256, (6, 4, 5, 3)).astype(np.uint8)
        grid = tile(images, rows=3, columns=2)
        np.testing.assert_array_equal(grid[4:8, 5:10], images[3])

    def test_floats_become_pixels(self) -> None:
        grid = tile(np.full((1, 2, 2, 1), 0.5), 1, 1)
        assert grid.dtype == np.uint8
        assert grid.ravel().tolist() == [128] * 4

    @pytest.mark.parametrize("count", [0, 5, 7])
    def test_the_number_must_fit(self, count: int) -> None:
        with pytest.raises(ConfigError, match=f"needs 6 images. Received: {count}"):
            tile(np.zeros((count, 2, 2, 1)), 2, 3)


class TestPixels:
    def test_rounds_and_clips(self) -> None:
        values = np.array([-0.5, 0.0, 0.4 / 255, 0.6 / 255, 1.0, 1.5])
        assert to_uint8(values).tolist() == [0, 0, 0, 1, 255, 255]

    def test_every_byte_survives(self) -> None:
        levels = np.arange(256, dtype=np.uint8)
        np.testing.assert_array_equal(to_uint8(levels.astype(np.float32) / 255.0), levels)


class TestPng:
    @pytest.mark.parametrize("channels", [1, 3])
    def test_round_trip(self, channels: int) -> None:
        image = picture(5, 7, channels)
        with Image.open(io.BytesIO(to_png(image))) as opened:
            assert opened.format == "PNG"
            assert opened.mode == {1: "L", 3: "RGB"}[channels]
            np.testing.assert_array_equal(np.asarray(opened).reshape(5, 7, channels), image)

    def test_scale_repeats_pixels(self) -> None:
        image = picture(3, 2, 3)
        with Image.open(io.BytesIO(to_png(image, scale=4))) as opened:
            assert opened.size == (8, 12)
            np.testing.assert_array_equal(np.asarray(opened), image.repeat(4, 0).repeat(4, 1))

    def test_smooth_scale_has_values_in_between(self) -> None:
        image = np.zeros((2, 4, 1), np.uint8)
        image[:, 2:] = 200
        with Image.open(io.BytesIO(to_png(image, scale=8, smooth=True))) as opened:
            assert opened.size == (32, 16)
            assert len(np.unique(opened)) > 5

    def test_says_what_it_shows(self) -> None:
        notes = {"Run": "abc", "Seed": "5"}
        with Image.open(io.BytesIO(to_png(picture(2, 2, 1), text=notes))) as opened:
            assert opened.text == notes

    def test_same_image_same_bytes(self) -> None:
        assert to_png(picture(4, 4, 1), text={"a": "b"}) == to_png(
            picture(4, 4, 1), text={"a": "b"}
        )
