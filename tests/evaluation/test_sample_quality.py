"""How good samples are: of the model that ships, and of images that are no digits."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from vae.data.datasets import Dataset, find_dataset, load_dataset
from vae.errors import ConfigError, RunError
from vae.evaluation import sample_quality
from vae.evaluation.digit_classifier import classifier_mark, classifier_metadata, classify
from vae.evaluation.feature_sets import frechet_distance, precision_recall
from vae.evaluation.sample_quality import (
    check_measurable,
    compute_quality,
    measure_samples,
)
from vae.files import read_json, write_json
from vae.images import to_uint8
from vae.runs.run import SHIPPED, Run
from vae.runs.writer import RunWriter
from vae.sampling.prior import prior_codes
from vae.sampling.samplers import SampleSpec, sample_codes
from vae.schemas.reading import decode
from vae.schemas.sample_quality import Quality

SHIPPED_RUN = Run(SHIPPED / "mnist-recommended")


@pytest.fixture(autouse=True)
def _prior_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the samplers of the run that ships, which take twice as long as the prior."""
    read = sample_quality.read_samplers
    monkeypatch.setattr(
        sample_quality,
        "read_samplers",
        lambda run: None if run.path == SHIPPED_RUN.path else read(run),
    )


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Samples of the shipped model as the real images."""
    x_test = to_uint8(SHIPPED_RUN.decode(prior_codes(600, 4, seed=99)))
    y_test = np.zeros(600, np.uint8)
    return Dataset(
        *("mnist", "Drawn", x_test[:1], y_test[:1], x_test, y_test),
        class_names=tuple("0123456789"),
        source="decoded",
    )


class TestMeasureSamples:
    def test_samples_like_the_real_ones(self, dataset: Dataset) -> None:
        found = measure_samples(SHIPPED_RUN, dataset)
        assert (found["samples"], found["reference_images"], found["seed"]) == (300, 300, 0)
        # Both are sampled alike, so they differ by no more than chance.
        assert found["noise_floor"] > 0.0
        assert found["frechet_classifier_distance"] < 2.0 * found["noise_floor"]
        for name in ("precision", "recall", "share_sure", "class_balance"):
            assert found[name] == pytest.approx(found[f"real_{name}"], abs=0.12)

    def test_every_value_is_what_its_name_says(self, dataset: Dataset) -> None:
        found = measure_samples(SHIPPED_RUN, dataset, 150, seed=3)
        order = np.random.default_rng(0).permutation(600)
        reference, _ = classify(dataset.x_test[order[:300]])
        real, _ = classify(dataset.x_test[order[300:450]])
        features, probabilities = classify(SHIPPED_RUN.decode(prior_codes(150, 4, seed=3)))
        distance = found["frechet_classifier_distance"]
        assert distance == pytest.approx(frechet_distance(features, reference))
        assert found["noise_floor"] == pytest.approx(frechet_distance(real, reference))
        assert (found["precision"], found["recall"]) == precision_recall(reference, features)
        assert found["share_sure"] == (probabilities.max(axis=1) >= 0.9).mean()
        assert 0.0 < found["share_sure"] < 1.0
        counts = [int((probabilities.argmax(axis=1) == digit).sum()) for digit in range(10)]
        assert found["class_counts"] == counts
        fractions = np.array(counts) / 150
        entropy = -sum(fraction * math.log(fraction) for fraction in fractions if fraction)
        assert found["class_entropy"] == pytest.approx(entropy)
        assert found["class_balance"] == pytest.approx(entropy / math.log(10))
        assert found["classifier_accuracy"] == classifier_metadata()["test_accuracy"]

    @pytest.mark.parametrize(
        ("real", "kind"), [("drawn", "noise"), ("mnist", "noise"), ("mnist", "mean")]
    )
    def test_what_is_no_digit(
        self, real: str, kind: str, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if real == "mnist" and find_dataset("mnist") is None:
            pytest.skip("needs MNIST")
        images = dataset
        if real == "mnist":  # a tenth of its test images: each takes the classifier's time
            whole = load_dataset("mnist")
            images = dataclasses.replace(
                whole, x_test=whole.x_test[:1000], y_test=whole.y_test[:1000]
            )
        mean = images.x_test.mean(axis=0, dtype=np.float32) / np.float32(255.0)

        def decode(_: Run, z: np.ndarray) -> np.ndarray:
            if kind == "mean":
                return np.repeat(mean[None], len(z), axis=0)
            return np.random.default_rng(len(z)).random((len(z), 28, 28, 1), dtype=np.float32)

        good = measure_samples(SHIPPED_RUN, images, 300)
        monkeypatch.setattr(Run, "decode", decode)
        found = measure_samples(SHIPPED_RUN, images, 300)
        assert found["frechet_classifier_distance"] > 20.0 * found["noise_floor"]
        assert found["frechet_classifier_distance"] > 2.0 * good["frechet_classifier_distance"]
        # The manifold of the real images is no wider than they are.
        assert (found["precision"], found["recall"]) == (0.0, 0.0)
        assert min(found["real_precision"], found["real_recall"]) > 0.7
        assert found["class_balance"] < good["class_balance"] / 2

    def test_one_image_again_and_again(
        self, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = dataset.x_test[:1] / np.float32(255.0)
        monkeypatch.setattr(Run, "decode", lambda _, z: np.repeat(one, len(z), axis=0))
        found = measure_samples(SHIPPED_RUN, dataset)
        assert sorted(found["class_counts"]) == [0] * 9 + [300]
        assert (found["class_entropy"], found["class_balance"]) == (0.0, 0.0)
        assert found["recall"] <= 1 / 300  # that very image, if it is in the half

    def test_a_conditional_run_gets_classes(
        self, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run, each = Run(SHIPPED / "mnist-conditional"), np.arange(10, dtype=np.uint8)
        dataset = dataclasses.replace(dataset, x_train=dataset.x_test[:10], y_train=each)
        found = measure_samples(run, dataset, 150)
        assert min(found["class_counts"]) > 5  # of 150, as frequent as in the data
        fractions = [found, *found["samplers"].values()]
        assert all(each["share_as_told"] > 0.9 for each in fractions)
        assert "share_as_told" not in measure_samples(SHIPPED_RUN, dataset, 100)
        decode = Run.decode
        monkeypatch.setattr(Run, "decode", lambda run, z, y: decode(run, z, (y + 1) % 10))
        assert measure_samples(run, dataset, 150)["share_as_told"] < 0.1

    def test_the_seed_is_of_the_samples_alone(self, dataset: Dataset) -> None:
        first, again, other = (
            measure_samples(SHIPPED_RUN, dataset, 120, seed=seed) for seed in (1, 1, 2)
        )
        assert first == again
        assert first["frechet_classifier_distance"] != other["frechet_classifier_distance"]
        assert first["noise_floor"] == other["noise_floor"]

    def test_the_other_samplers_stand_beside_the_prior(
        self, dataset: Dataset, tmp_path: Path
    ) -> None:
        run = copy_run(SHIPPED_RUN, tmp_path / "run")
        narrow = np.full((1, 4, 4), 0.01, np.float32) * np.eye(4, dtype=np.float32)
        one, nowhere = np.ones(1, np.float32), np.zeros((1, 4), np.float32)
        RunWriter(run.path).arrays(
            "samplers.npz",
            weights=one, means=nowhere, factors=narrow,
            class_labels=np.zeros(1, np.uint8),
            class_weights=one, class_means=nowhere, class_factors=narrow,
            # The prior itself, 2,000 points of it.
            mean=prior_codes(2000, 4, seed=5), log_var=np.full((2000, 4), -20.0, np.float32),
            y=np.zeros(2000, np.uint8),
            trials=np.array([[1, 0.0, 1]], np.float32),
            fitted_images=np.array(2000),
        )  # fmt: skip
        found = measure_samples(run, dataset, 150, seed=2)
        others = found.pop("samplers")
        assert found == measure_samples(SHIPPED_RUN, dataset, 150, seed=2) | found
        assert set(others) == {"mixture", "posterior"}
        # A region of the space gives one digit; codes of the prior are as good as it.
        assert others["mixture"]["class_balance"] < found["class_balance"] / 2
        assert others["posterior"]["class_balance"] > 0.8 * found["class_balance"]
        features, _ = classify(run.decode(sample_codes(run, SampleSpec("posterior", seed=2), 150)))
        order = np.random.default_rng(0).permutation(600)
        reference, _ = classify(dataset.x_test[order[:300]])
        distance = others["posterior"]["frechet_classifier_distance"]
        assert distance == pytest.approx(frechet_distance(features, reference))
        stored = found | {"samplers": others}
        assert decode("quality.json", json.dumps(stored).encode(), Quality) == stored
        for name in others:
            broken = stored | {"samplers": others | {name: others[name] | {"precision": 2.0}}}
            with pytest.raises(RunError, match=r"at `\$\.samplers\.\w+\.precision`"):
                decode("quality.json", json.dumps(broken).encode(), Quality)

    @pytest.mark.parametrize("samples", [99, 301, 0, -5])
    def test_how_many(self, dataset: Dataset, samples: int) -> None:
        with pytest.raises(ConfigError, match=f"from 100 to 300, .* Received: {samples}"):
            measure_samples(SHIPPED_RUN, dataset, samples)

    def test_a_data_set_without_a_classifier(self, finished_run: Run, digits: Dataset) -> None:
        with pytest.raises(RunError, match=r"for mnist alone. Received: a run on digits"):
            measure_samples(finished_run, digits)

    def test_images_of_another_shape(self, tmp_path: Path) -> None:
        run = copy_run(SHIPPED_RUN, tmp_path / "run")
        path = run.path / "config.json"
        write_json(path, read_json(path) | {"image_shape": [14, 14, 1]})
        with pytest.raises(RunError, match="Received: a run on mnist, with images of 14 x 14 x 1"):
            check_measurable(Run(run.path))

    def test_a_run_whose_images_are_no_numbers(
        self, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nothing = np.full((1, 28, 28, 1), np.nan, np.float32)
        monkeypatch.setattr(Run, "decode", lambda _, z: np.repeat(nothing, len(z), axis=0))
        with pytest.raises(RunError, match="from nan to nan"):
            measure_samples(SHIPPED_RUN, dataset)

    def test_progress(self, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sample_quality, "AT_ONCE", 100)
        fractions: list[float] = []
        measure_samples(SHIPPED_RUN, dataset, on_progress=fractions.append)
        assert fractions == sorted(fractions)
        assert (
            len(set(fractions)) == 6
        )  # the begin, the real ones, three parts of the samples, and the end
        assert fractions[-1] == 1.0

    def test_train_images_do_not_count(self, dataset: Dataset) -> None:
        other = dataclasses.replace(dataset, x_train=255 - dataset.x_train)
        assert measure_samples(SHIPPED_RUN, other, 100) == measure_samples(
            SHIPPED_RUN, dataset, 100
        )


class TestInTheWorker:
    @pytest.fixture
    def run(self, tmp_path: Path) -> Run:
        run = copy_run(SHIPPED_RUN, tmp_path / "run")
        for name in ("quality.json", "samplers.npz"):
            (run.path / name).unlink()
        return Run(run.path)

    def test_it_is_stored_in_the_run(self, run: Run, dataset: Dataset) -> None:
        compute_quality(run, dataset)
        stored = Run(run.path).quality
        assert stored == measure_samples(run, dataset)
        assert stored["classifier"] == classifier_mark()
        # It travels as it is.
        assert decode("quality.json", json.dumps(stored).encode(), Quality) == stored
