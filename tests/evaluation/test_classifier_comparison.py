"""A conditional VAE beside a classifier: figures that agree, and what is refused."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from tests.kinds import Kinds
from vae.data.datasets import Dataset
from vae.errors import ConfigError, RunError
from vae.evaluation.bayes_rule import class_posterior, class_priors
from vae.evaluation.class_bounds import class_bounds
from vae.evaluation.classification import roc_area, roc_interval
from vae.evaluation.classifier_choice import (
    check_classifier,
    check_comparable,
    classifier_mark,
    classifiers_beside,
)
from vae.evaluation.classifier_comparison import compare_classifiers, negative_entropy
from vae.evaluation.foreign_images import noise_images
from vae.files import read_json, write_json
from vae.runs.run import Run
from vae.schemas.classification import ClassifierComparison

IMAGES = 60


@pytest.fixture(scope="module")
def classifier(kinds: Kinds) -> Run:
    return kinds["classifier-dense"]


@pytest.fixture(scope="module")
def fractions() -> list[float]:
    return []


@pytest.fixture(scope="module")
def found(
    conditional_run: Run, classifier: Run, digits: Dataset, fractions: list[float]
) -> ClassifierComparison:
    with pytest.MonkeyPatch.context() as patch:  # no data set is here but Digits
        patch.setenv("VAE_DATA_DIR", str(conditional_run.path))
        patch.setenv("KERAS_HOME", str(conditional_run.path))
        patch.setitem(sys.modules, "animal_mnist", None)
        return compare_classifiers(
            *(conditional_run, digits, classifier),
            images=IMAGES,
            samples=20,
            on_progress=fractions.append,
        )


def test_accuracies_are_those_of_each_model(
    found: ClassifierComparison, classifier: Run, digits: Dataset, conditional_run: Run
) -> None:
    assert (found["elbo"]["images"], found["importance"]["images"]) == (360, IMAGES)
    assert (found["elbo"]["samples"], found["importance"]["samples"]) == (8, 20)
    right = classifier.classify(digits.x_test).argmax(axis=1) == digits.y_test
    assert found["classifier"]["all"]["accuracy"] == pytest.approx(right.mean())
    assert found["classifier"]["mark"] == classifier_mark(classifier)
    bounds = class_bounds(conditional_run, digits.x_test)
    own = class_posterior(bounds, class_priors(digits.y_train, 10)).argmax(axis=1) == digits.y_test
    assert found["elbo"]["accuracy"] == pytest.approx(own.mean(), abs=0.03)


def test_areas_against_each_foreign_kind(found: ClassifierComparison, classifier: Run) -> None:
    kinds = {each["name"]: each for each in found["foreign"]}
    assert {name: each["images"] for name, each in kinds.items()} == {
        **{"Noise": IMAGES, "Rectangles": IMAGES, "MNIST": 10, "Animals": 10}
    }
    noise = kinds["Noise"]
    assert noise["ratio"]["area"] > 0.99  # no doubt about noise
    for each in kinds.values():
        for score in ("likelihood", "ratio", "bayes", "probability", "entropy"):
            area = each[score]
            expected = roc_interval(area["area"], IMAGES, each["images"])
            assert (area["low"], area["high"]) == expected


def test_the_area_of_a_classifiers_probability(
    found: ClassifierComparison, classifier: Run, digits: Dataset
) -> None:
    chosen = np.sort(np.random.default_rng(0).permutation(360)[:IMAGES])
    own = classifier.classify(digits.x_test[chosen])
    foreign = classifier.classify(noise_images((8, 8, 1), IMAGES))
    noise = found["foreign"][0]
    expected = roc_area(own.max(axis=1), foreign.max(axis=1))
    assert noise["probability"]["area"] == pytest.approx(expected)
    expected = roc_area(negative_entropy(own), negative_entropy(foreign))
    assert noise["entropy"]["area"] == pytest.approx(expected)


def test_progress_goes_from_part_to_part(
    found: ClassifierComparison, fractions: list[float]
) -> None:
    assert found["seconds"] > 0.0
    assert fractions == sorted(fractions)
    assert len(fractions) >= 3  # the test images twice, and the foreign ones
    assert fractions[-1] == pytest.approx(1.0)


def test_without_a_classifier(conditional_run: Run, digits: Dataset) -> None:
    found = compare_classifiers(conditional_run, digits, images=5, samples=1)
    assert "classifier" not in found
    assert all("probability" not in each and "entropy" not in each for each in found["foreign"])


def test_entropy_by_hand() -> None:
    probabilities = np.array([[1.0, 0.0], [0.5, 0.5], [0.9, 0.1]])
    expected = [0.0, -np.log(2.0), 0.9 * np.log(0.9) + 0.1 * np.log(0.1)]
    assert negative_entropy(probabilities) == pytest.approx(expected)


class TestChoice:
    def test_of_the_same_classes(
        self, conditional_run: Run, classifier: Run, finished_run: Run, tmp_path: Path
    ) -> None:
        other = copy_run(classifier, tmp_path / "others")
        info = read_json(other.path / "config.json")
        info["class_names"][9] = "nine"
        write_json(other.path / "config.json", info)
        bare = copy_run(classifier, tmp_path / "bare")
        (bare.path / "classifier.onnx").unlink()
        runs = [finished_run, Run(other.path), bare, classifier]
        assert classifiers_beside(conditional_run, runs) == [classifier]
        with pytest.raises(RunError, match=r"same classes \(0, 1, .*\): train one on digits"):
            check_classifier(conditional_run, Run(other.path))

    def test_what_is_no_classifier(self, conditional_run: Run, autoencoder_run: Run) -> None:
        with pytest.raises(RunError, match=r"kind=classifier\. Received: run, an autoencoder"):
            check_classifier(conditional_run, autoencoder_run)

    def test_images_of_another_shape(
        self, conditional_run: Run, classifier: Run, tmp_path: Path
    ) -> None:
        other = copy_run(classifier, tmp_path / "run")
        info = read_json(other.path / "config.json") | {"image_shape": [28, 28, 1]}
        write_json(other.path / "config.json", info)
        with pytest.raises(RunError, match=r"shape \(8, 8, 1\)\. Received: run, of \(28, 28, 1\)"):
            check_classifier(conditional_run, Run(other.path))

    def test_a_run_that_knows_no_classes(
        self, finished_run: Run, classifier: Run, conditional_run: Run, tmp_path: Path
    ) -> None:
        with pytest.raises(ConfigError, match="takes a conditional VAE"):
            check_comparable(finished_run)
        with pytest.raises(ConfigError, match="Received: a classifier"):
            check_comparable(classifier)
        one = copy_run(conditional_run, tmp_path / "one")
        info = read_json(one.path / "config.json") | {"class_names": ["0"]}
        write_json(one.path / "config.json", info)
        with pytest.raises(
            ConfigError, match=r"two classes or more: .* Received: a run of 1 class"
        ):
            check_comparable(Run(one.path))

    def test_another_network_has_another_mark(self, classifier: Run, tmp_path: Path) -> None:
        other = copy_run(classifier, tmp_path / "other")
        assert classifier_mark(other) == classifier_mark(classifier)
        shutil.copy(classifier.path / "config.json", other.path / "classifier.onnx")
        assert classifier_mark(other) != classifier_mark(classifier)
