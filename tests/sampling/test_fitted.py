"""Samplers beyond the prior: samples have the density that was fitted, and the file travels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.archive.changed import REMOVED, with_arrays
from tests.archive.zips import refused, take, unpack
from tests.conftest import copy_run
from vae.archive.zip_export import export_zip
from vae.data.datasets import Dataset
from vae.data.split import split_indices
from vae.errors import ConfigError, RunError
from vae.runs.run import Run
from vae.runs.writer import RunWriter
from vae.sampling import fitted as module
from vae.sampling import mixtures
from vae.sampling.fitted import (
    Samplers,
    compute_samplers,
    mixture_codes,
    posterior_codes,
    posterior_labels,
    read_samplers,
)
from vae.sampling.mixtures import Mixture, Trial


@pytest.fixture(scope="module", autouse=True)
def _few_components() -> Iterator[None]:
    """Fitting forty takes most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mixtures, "COMPONENTS", (1, 2, 5))
        yield


@pytest.fixture
def run(finished_run: Run, tmp_path: Path) -> Run:
    return copy_run(finished_run, tmp_path / "run")


@pytest.fixture(scope="module")
def fitted(
    finished_run: Run,
    digits: Dataset,
    tmp_path_factory: pytest.TempPathFactory,
    _few_components: None,
) -> Run:
    """A run whose samplers were computed."""
    run = copy_run(finished_run, tmp_path_factory.mktemp("fitted") / "run")
    compute_samplers(run, digits)
    return run


def ball(centre: float, deviation: float) -> Mixture:
    return Mixture(np.ones(1), np.full((1, 2), centre), deviation * np.eye(2)[None])


# Posteriors of three images, the first of class 0, the others of class 7.
KNOWN = Samplers(
    mixture=ball(0.0, 1.0),
    class_mixtures={7: ball(30.0, 0.5)},
    mean=np.array([[0.0, 0.0], [50.0, 0.0], [0.0, 90.0]], np.float16),
    log_var=np.log(np.array([[1.0, 1.0], [4.0, 0.25], [0.01, 1.0]])).astype(np.float16),
    y=np.array([0, 7, 7], np.uint8),
    trials=(Trial(1, 2.5, True), Trial(2, 2.4, False)),
    fitted_images=3,
)


class TestDrawing:
    @pytest.mark.parametrize("sample", [mixture_codes, posterior_codes])
    @pytest.mark.parametrize("label", [None, 7])
    def test_the_seed_decides(self, sample: Any, label: int | None) -> None:
        z = sample(KNOWN, 6, label=label, seed=3)
        assert (z.shape, z.dtype) == ((6, 2), np.float32)
        np.testing.assert_array_equal(z, sample(KNOWN, 9, label=label, seed=3)[:6])
        assert not np.array_equal(z, sample(KNOWN, 6, label=label, seed=4))

    def test_posteriors_of_all_images(self) -> None:
        z = posterior_codes(KNOWN, 30_000, seed=1)
        of = np.select([z[:, 0] > 25.0, z[:, 1] > 45.0], [1, 2], 0)
        for image in range(3):
            own = z[of == image]
            assert len(own) / 30_000 == pytest.approx(1 / 3, abs=0.015)
            deviation = np.exp(0.5 * KNOWN.log_var[image].astype(np.float64))
            np.testing.assert_allclose(own.std(axis=0), deviation, rtol=0.04)
            error = np.abs(own.mean(axis=0) - KNOWN.mean[image]) / deviation
            assert (error < 0.05).all()

    def test_posteriors_of_a_class(self) -> None:
        z = posterior_codes(KNOWN, 1000, label=7)
        assert (z.max(axis=1) > 25.0).all()
        assert 400 < (z[:, 0] > 25.0).sum() < 600

    def test_labels_are_those_of_the_sampled_images(self) -> None:
        z, labels = (sample(KNOWN, 1000, seed=5) for sample in (posterior_codes, posterior_labels))
        of_class = (z.max(axis=1) > 25.0).astype(int) * 7
        np.testing.assert_array_equal(labels, of_class)
        assert set(posterior_labels(KNOWN, 50, label=7)) == {7}

    def test_the_mixture_of_a_class(self) -> None:
        z = mixture_codes(KNOWN, 2000, label=7)
        np.testing.assert_allclose(z.mean(axis=0), 30.0, atol=0.08)
        np.testing.assert_allclose(z.std(axis=0), 0.5, atol=0.05)
        assert np.abs(mixture_codes(KNOWN, 2000)).max() < 6.0

    @pytest.mark.parametrize(
        ("sample", "known"), [(mixture_codes, "7"), (posterior_codes, "0, 7")], ids=["m", "p"]
    )
    def test_a_class_that_is_not_there(self, sample: Any, known: str) -> None:
        with pytest.raises(ConfigError, match=f"sampled are {known}. Received: 3"):
            sample(KNOWN, 5, label=3)

    @pytest.mark.parametrize("sample", [mixture_codes, posterior_codes])
    def test_no_negative_seed(self, sample: Any) -> None:
        with pytest.raises(ConfigError, match="Received: seed=-1"):
            sample(KNOWN, 5, seed=-1)

    def test_what_was_left_out(self) -> None:
        assert KNOWN.not_converged == (2,)


class TestComputing:
    def test_what_is_stored(self, fitted: Run, digits: Dataset) -> None:
        found = read_samplers(fitted)
        indices = split_indices(fitted.config, 1437).train
        assert found.fitted_images == len(indices) == 1293
        mean, log_var = fitted.encode(digits.x_train[indices])
        np.testing.assert_array_equal(found.mean, mean.astype(np.float16))
        np.testing.assert_array_equal(found.log_var, log_var.astype(np.float16))
        np.testing.assert_array_equal(found.y, digits.y_train[indices])
        assert set(found.class_mixtures) == set(range(10))
        assert found.not_converged == ()
        best = min(found.trials, key=lambda trial: trial.bic)
        assert len(found.mixture.weights) == best.components > 1

    def test_samples_lie_where_codes_do(self, fitted: Run, digits: Dataset) -> None:
        found = read_samplers(fitted)
        mean = found.mean.astype(np.float64)
        z = mixture_codes(found, 5000)
        np.testing.assert_allclose(z.mean(axis=0), mean.mean(axis=0), atol=0.1)
        np.testing.assert_allclose(np.cov(z.T), np.cov(mean.T), atol=0.1)
        for label in (0, 6):
            own = mean[found.y == label]
            z = mixture_codes(found, 5000, label=label)
            np.testing.assert_allclose(z.mean(axis=0), own.mean(axis=0), atol=0.1)
            np.testing.assert_allclose(z.std(axis=0), own.std(axis=0), rtol=0.15)

    def test_the_same_images_give_the_same(self, fitted: Run, run: Run, digits: Dataset) -> None:
        compute_samplers(run, digits)
        once, again = (each.arrays("samplers.npz") for each in (fitted, run))
        assert once.keys() == again.keys()
        for name in once:
            np.testing.assert_array_equal(once[name], again[name])

    def test_images_held_back_are_not_used(self, fitted: Run, run: Run, digits: Dataset) -> None:
        held_back = split_indices(run.config, 1437).validation
        images = digits.x_train.copy()
        images[held_back] = 255 - images[held_back]
        other = Dataset(
            *("digits", "Digits", images, digits.y_train, digits.x_test, digits.y_test),
            *(digits.class_names, "changed"),
        )
        compute_samplers(run, other)
        np.testing.assert_array_equal(
            run.arrays("samplers.npz")["means"], fitted.arrays("samplers.npz")["means"]
        )

    @pytest.mark.parametrize(("limit", "value"), [("FITTED_IMAGES", 300), ("MAX_VALUES", 601)])
    def test_no_more_images_than_needed(
        self, limit: str, value: int, run: Run, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, limit, value)
        monkeypatch.setattr(module, "POSTERIORS", 50)
        compute_samplers(run, digits)
        found = read_samplers(run)
        assert (found.fitted_images, len(found.mean), len(found.y)) == (300, 50, 50)

    def test_a_class_of_one_image_has_no_mixture(self, run: Run, digits: Dataset) -> None:
        train = split_indices(run.config, 1437).train
        labels = np.full(1437, 3, np.uint8)
        labels[train[0]] = 8
        other = Dataset(
            *("digits", "Digits", digits.x_train, labels, digits.x_test, digits.y_test),
            *(digits.class_names, "changed"),
        )
        compute_samplers(run, other)
        assert set(read_samplers(run).class_mixtures) == {3}

    def test_progress(self, run: Run, digits: Dataset) -> None:
        fractions: list[float] = []
        compute_samplers(run, digits, fractions.append)
        assert fractions == sorted(fractions)
        # 1,000 of 1,293 images are encoded, the others, six mixtures, and one for each class.
        assert fractions[0] == pytest.approx(module.ENCODING * 1000 / 1293)
        assert fractions[-1] == 1.0
        assert len(set(fractions)) == 2 + len(mixtures.COMPONENTS) + 10

    def test_none_converges(
        self, run: Run, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mixtures, "MAX_STEPS", 1)
        with pytest.raises(RunError, match="must converge within 1 steps"):
            compute_samplers(run, digits)
        assert read_samplers(run) is None

    def test_an_autoencoder(self, autoencoder_run: Run, digits: Dataset, tmp_path: Path) -> None:
        run = copy_run(autoencoder_run, tmp_path / "run")
        compute_samplers(run, digits)
        found = read_samplers(run)
        z = posterior_codes(found, 20)
        distances = np.abs(z[:, None] - found.mean.astype(np.float32)[None]).max(axis=-1)
        assert distances.min(axis=1).max() < 1e-3  # its posteriors are points


class TestFile:
    @pytest.mark.parametrize(
        "changes",
        [
            {"weights": None},
            {"weights": -np.ones(1)},
            {"weights": np.zeros(1)},
            {"class_labels": np.zeros(3, np.uint8)},
            {"trials": np.zeros((2, 2))},
            {"fitted_images": np.zeros(2)},
        ],
        ids=str,
    )
    def test_a_damaged_one(self, fitted: Run, run: Run, changes: dict[str, Any]) -> None:
        arrays = fitted.arrays("samplers.npz") | changes
        arrays = {name: array for name, array in arrays.items() if array is not None}
        RunWriter(run.path).arrays("samplers.npz", **arrays)
        with pytest.raises(RunError, match=r"samplers\.npz must hold mixtures"):
            read_samplers(run)

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"means": REMOVED}, "must hold means"),
            ({"means": np.zeros((5, 3), "f4")}, "means in samplers.npz must have shape (5, 2)"),
            ({"factors": np.zeros((5, 2), "f4")}, "must have shape (components, 2, 2)"),
            ({"weights": np.zeros(0, "f4")}, "must have 1 to 1,000 rows"),
            ({"weights": np.full(5, np.nan, "f4")}, "to 1,000,000"),
            ({"weights": np.ones(5, "i4")}, "floats from"),
            ({"class_labels": np.full(1, 10, "u1")}, "class_labels in samplers.npz"),
            ({"class_means": np.zeros((1, 2), "f4")}, "class_means in samplers.npz"),
            ({"mean": np.full((1293, 2), np.inf, "f2")}, "to 1,000,000"),
            (
                {"log_var": np.zeros((12, 2), "f2")},
                "log_var in samplers.npz must have shape (1293, 2)",
            ),
            ({"y": np.zeros(1293, "f4")}, "whole numbers from 0 to 9"),
            ({"trials": np.zeros((3, 2))}, "must have shape (3, 3)"),
            ({"fitted_images": np.array(-1)}, "whole numbers"),
        ],
        ids=lambda value: " ".join(str(value).split())[:40],
    )
    def test_a_foreign_one(
        self, fitted: Run, tmp_path: Path, changes: dict[str, Any], reason: str
    ) -> None:
        message = refused(
            with_arrays(unpack(export_zip(fitted)), "samplers.npz", **changes), tmp_path
        )
        assert reason in message

    def test_a_class_that_there_is_not(self, fitted: Run, tmp_path: Path) -> None:
        labels = fitted.arrays("samplers.npz")["class_labels"] + 1  # 9 becomes 10
        data = with_arrays(unpack(export_zip(fitted)), "samplers.npz", class_labels=labels)
        assert "class_labels in samplers.npz must be whole numbers from 0 to 9" in refused(
            data, tmp_path
        )

    def test_one_without_classes(self, fitted: Run, tmp_path: Path) -> None:
        arrays = fitted.arrays("samplers.npz")
        none = {name: arrays[name][:0] for name in arrays if name.startswith("class_")}
        data = with_arrays(unpack(export_zip(fitted)), "samplers.npz", **none)
        found = read_samplers(take(data, tmp_path))
        assert found.class_mixtures == {}
        with pytest.raises(ConfigError, match="sampled are none"):
            mixture_codes(found, 1, label=0)

    def test_it_travels(self, fitted: Run, tmp_path: Path) -> None:
        again = take(export_zip(fitted), tmp_path)
        once, there = (each.arrays("samplers.npz") for each in (fitted, again))
        assert once.keys() == there.keys()
        np.testing.assert_array_equal(
            mixture_codes(read_samplers(again), 9, label=4),
            mixture_codes(read_samplers(fitted), 9, label=4),
        )
