"""Codes of training images: the binarisation is the run's own, and memory stays small."""

from __future__ import annotations

import dataclasses
import tracemalloc

import numpy as np
import pytest

from vae.data.binarisation import binarise
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.latent import training_codes as module
from vae.latent.training_codes import training_codes
from vae.runs.run import Run


@pytest.fixture
def run(finished_run: Run) -> Run:
    return Run(finished_run.path)


def binarising(run: Run, binarisation: str) -> Run:
    """The run as if it had learned from images that were treated so."""
    run.__dict__["config"] = dataclasses.replace(run.config, binarisation=binarisation)
    return run


class TestBasics:
    def test_all_images(self, run: Run, digits: Dataset) -> None:
        mean, log_var = training_codes(run, digits)
        for found, expected in zip((mean, log_var), run.encode(digits.x_train), strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-5)
            assert found.dtype == np.float32

    def test_some_of_them(self, run: Run, digits: Dataset) -> None:
        indices = np.array([5, 3, 900, 3])
        mean, _ = training_codes(run, digits, indices)
        np.testing.assert_allclose(mean, run.encode(digits.x_train[indices])[0], atol=1e-5)

    def test_progress(self, run: Run, digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "AT_ONCE", 500)
        shares: list[float] = []
        training_codes(run, digits, on_progress=shares.append)
        assert shares == [500 / 1437, 1000 / 1437, 1.0]


class TestCorrectness:
    @pytest.mark.parametrize("binarisation", ["threshold", "fixed"])
    def test_the_binarisation_of_the_run(
        self, run: Run, digits: Dataset, binarisation: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "AT_ONCE", 50)
        indices = np.random.default_rng(0).permutation(1437)[:120]
        mean, _ = training_codes(binarising(run, binarisation), digits, indices)
        expected = run.encode(binarise(digits.x_train, binarisation)[indices])[0]
        np.testing.assert_allclose(mean, expected, atol=1e-5)
        assert not np.allclose(mean, run.encode(digits.x_train[indices])[0], atol=0.1)

    def test_sampled_pixels_are_black_and_white_and_always_the_same(
        self, run: Run, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "AT_ONCE", 50)
        batches: list[np.ndarray] = []
        encode = Run.encode
        monkeypatch.setattr(
            Run, "encode", lambda self, images, _: batches.append(images) or encode(self, images)
        )
        first, _ = training_codes(binarising(run, "sampled"), digits, np.arange(100))
        again, _ = training_codes(run, digits, np.arange(100))
        np.testing.assert_array_equal(first, again)
        sampled = np.concatenate(batches[:2])
        assert sampled.dtype == np.uint8
        assert set(np.unique(sampled)) == {0, 255}
        assert sampled.mean() == pytest.approx(digits.x_train[:100].mean(), rel=0.05)
        # The same pixels of two batches are sampled anew.
        twice = np.zeros(100, np.int64)
        training_codes(run, digits, twice)
        assert not np.array_equal(batches[-1], batches[-2])

    def test_pixels_are_never_all_floats(
        self, run: Run, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "AT_ONCE", 100)
        training_codes(run, digits, np.arange(10))  # what is loaded once does not count
        indices = np.tile(np.arange(1000), 20)
        tracemalloc.start()
        training_codes(run, digits, indices)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 2_000_000  # as floats the pixels are 5 MB, as codes they are 0.6


class TestBadInput:
    def test_images_of_another_shape(self, run: Run, stripes: Dataset) -> None:
        with pytest.raises(RunError, match=r"shape \(8, 8, 1\)\. Received: stripes"):
            training_codes(run, stripes)

    def test_no_images(self, run: Run, digits: Dataset) -> None:
        with pytest.raises(RunError, match="Received: none"):
            training_codes(run, digits.without_training_images())

    @pytest.mark.parametrize("value", [np.nan, np.inf, -70_000.0])
    @pytest.mark.parametrize("part", [0, 1])
    def test_no_usable_codes(
        self, run: Run, digits: Dataset, value: float, part: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def encode(_: Run, images: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
            codes = [np.zeros((len(images), 2), np.float32) for _ in range(2)]
            codes[part][3, 1] = value
            return codes

        monkeypatch.setattr(Run, "encode", encode)
        with pytest.raises(RunError, match=r"at most 60,000\. Received: others"):
            training_codes(run, digits)
