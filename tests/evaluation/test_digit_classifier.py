"""The classifier that samples are judged by: its accuracy, its files, and what it refuses."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import run_python
from vae.data.datasets import Dataset, find_dataset, load_dataset
from vae.errors import RunError
from vae.evaluation import digit_classifier
from vae.evaluation.digit_classifier import FOLDER, classifier_metadata, classify, train_classifier
from vae.files import read_json

CHECK = """
import sys
import numpy as np
from vae.evaluation.digit_classifier import classify
import vae.evaluation.sample_quality
classify(np.zeros((1, 28, 28, 1), np.uint8))
print([name for name in ("tensorflow", "keras") if name in sys.modules])
"""


@pytest.fixture
def strokes(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Ten easy classes instead of MNIST: a bright column, another one for each class."""
    generator = np.random.default_rng(0)

    def strokes(count: int) -> tuple[np.ndarray, np.ndarray]:
        labels = generator.integers(0, 10, count).astype(np.uint8)
        images = generator.integers(0, 60, (count, 28, 28, 1)).astype(np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[4:24, 4 + 2 * label] = 255
        return images, labels

    (x_train, y_train), (x_test, y_test) = strokes(1000), strokes(200)
    names = tuple("0123456789")
    dataset = Dataset("mnist", "Strokes", x_train, y_train, x_test, y_test, names, "drawn")
    monkeypatch.setattr(digit_classifier, "load_dataset", lambda _: dataset)
    return dataset


class TestShipped:
    def test_its_accuracy_on_the_test_images_is_what_it_says(self) -> None:
        if find_dataset("mnist") is None:
            pytest.skip("needs MNIST")
        dataset = load_dataset("mnist")
        _, probabilities = classify(dataset.x_test)
        accuracy = (probabilities.argmax(axis=1) == dataset.y_test).mean()
        assert accuracy >= 0.99
        assert classifier_metadata()["test_accuracy"] == pytest.approx(accuracy, abs=2e-4)

    def test_features_and_probabilities(self) -> None:
        images = np.random.default_rng(0).integers(0, 256, (70, 28, 28, 1)).astype(np.uint8)
        features, probabilities = classify(images)
        assert (features.shape, probabilities.shape) == ((70, 112), (70, 10))
        np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, atol=1e-5)
        as_floats, _ = classify(images / np.float32(255.0))
        np.testing.assert_allclose(as_floats, features, atol=1e-4)

    def test_it_is_small_and_says_how_it_was_made(self) -> None:
        assert (FOLDER / "mnist.onnx").stat().st_size <= 1_500_000
        metadata = classifier_metadata()
        assert metadata["command"] == "python -m vae.evaluation.digit_classifier"
        assert metadata["epochs"] == digit_classifier.EPOCHS
        assert metadata["seed"] == digit_classifier.SEED

    def test_reading_brings_no_tensorflow(self) -> None:
        checked = run_python("-c", CHECK)
        assert (checked.stdout, checked.stderr) == ("[]\n", "")

    @pytest.mark.parametrize("shape", [(3, 8, 8, 1), (3, 28, 28, 3), (28, 28, 1), (3, 28, 28)])
    def test_images_of_another_shape(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(RunError, match=r"shape \(N, 28, 28, 1\). Received: \("):
            classify(np.zeros(shape, np.uint8))

    def test_images_that_are_no_numbers(self) -> None:
        with pytest.raises(RunError, match="Received: float32 from nan to nan"):
            classify(np.full((1, 28, 28, 1), np.nan, np.float32))


class TestTraining:
    def test_it_learns_and_writes_both_files(
        self, strokes: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "new"
        metadata = train_classifier(folder, epochs=8)
        assert metadata["test_accuracy"] >= 0.99
        assert read_json(folder / "mnist.json") == metadata
        monkeypatch.setattr(digit_classifier, "FOLDER", folder)
        _, probabilities = classify(strokes.x_test)
        accuracy = (probabilities.argmax(axis=1) == strokes.y_test).mean()
        assert accuracy == metadata["test_accuracy"]
        features, _ = classify(strokes.x_train)
        np.testing.assert_allclose(features.mean(axis=0), 0.0, atol=1e-3)
        variances = features.var(axis=0)
        # Below 1 where a channel hardly ever fires: nothing is blown up.
        assert variances.max() < 1.001
        assert (variances > 0.95).sum() > 56

    def test_one_that_learned_too_little_is_not_written(
        self, strokes: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(digit_classifier, "LEARNING_RATE", 0.0)
        with pytest.raises(
            RuntimeError, match=r"must recognise 99% of the test images\. Received: "
        ):
            train_classifier(tmp_path, epochs=1)
        assert list(tmp_path.iterdir()) == []

    def test_the_command(self, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
        monkeypatch.setattr(digit_classifier, "train_classifier", lambda: {"test_accuracy": 0.9934})
        monkeypatch.setattr(sys, "argv", ["classifier"])
        digit_classifier.main()
        output = capsys.readouterr()
        assert output.out == '{"test_accuracy": 0.9934}\n'
        assert "99.34%" in output.err
