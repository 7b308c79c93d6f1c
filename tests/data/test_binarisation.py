"""Black-and-white images: each kind is what it says, and a sample has the right odds."""

from __future__ import annotations

import numpy as np
import pytest

from vae.config.settings import BINARISATIONS, setting
from vae.data.binarisation import binarisation_name, binarise

GREY = np.random.default_rng(0).integers(0, 256, (40, 6, 5, 3)).astype(np.uint8)


class TestBasics:
    def test_the_setting_has_these_choices(self) -> None:
        assert setting("binarisation").choices == BINARISATIONS

    @pytest.mark.parametrize("binarisation", BINARISATIONS)
    def test_shape_and_kind_stay(self, binarisation: str) -> None:
        images = binarise(GREY, binarisation, seed=3)
        assert (images.shape, images.dtype) == (GREY.shape, np.uint8)
        assert binarisation == "none" or set(np.unique(images)) == {0, 255}
        assert binarisation_name(binarisation)

    def test_none_changes_no_image(self) -> None:
        np.testing.assert_array_equal(binarise(GREY, "none"), GREY)

    @pytest.mark.parametrize("binarisation", ["", "None", "dynamic"])
    def test_another_binarisation(self, binarisation: str) -> None:
        with pytest.raises(ValueError, match=f"one of none, .*Received: '{binarisation}'"):
            binarise(GREY, binarisation)


class TestCorrectness:
    def test_threshold_cuts_at_one_half(self) -> None:
        levels = np.array([0, 1, 127, 128, 255], np.uint8).reshape(-1, 1, 1, 1)
        assert binarise(levels, "threshold").ravel().tolist() == [0, 0, 0, 255, 255]

    @pytest.mark.parametrize("binarisation", ["fixed", "sampled"])
    @pytest.mark.parametrize("level", [0, 1, 60, 128, 254, 255])
    def test_a_sample_has_the_grey_level_as_probability(
        self, binarisation: str, level: int
    ) -> None:
        images = binarise(np.full((1000, 10, 10, 1), level, np.uint8), binarisation)
        p = level / 255
        # Five standard errors, which are none for black and white.
        assert (images == 255).mean() == pytest.approx(p, abs=5 * np.sqrt(p * (1 - p) / 1e5))

    def test_fixed_is_one_sample_for_all_seeds(self) -> None:
        np.testing.assert_array_equal(binarise(GREY, "fixed", 1), binarise(GREY, "fixed", 2))

    @pytest.mark.parametrize("binarisation", BINARISATIONS)
    def test_an_image_does_not_depend_on_how_many_follow(self, binarisation: str) -> None:
        first = binarise(GREY[:7], binarisation)
        np.testing.assert_array_equal(first, binarise(GREY, binarisation)[:7])

    def test_sampled_is_another_sample_for_each_seed(self) -> None:
        first = binarise(GREY, "sampled", 1)
        np.testing.assert_array_equal(first, binarise(GREY, "sampled", 1))
        assert (first != binarise(GREY, "sampled", 2)).mean() > 0.1

    def test_pixels_are_sampled_independently(self) -> None:
        samples = binarise(np.full((20_000, 2, 2, 1), 128, np.uint8), "sampled").reshape(-1, 4)
        correlations = np.corrcoef(samples.T)[np.triu_indices(4, 1)]
        assert np.abs(correlations).max() < 5 / np.sqrt(20_000)
