"""What a space knows of classes: against classifiers written out, and on spaces that are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tests.conftest import copy_run, run_python
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.evaluation import class_probes
from vae.evaluation.class_probes import SPACES, compute_class_probes, measure_space
from vae.runs.run import Run


@pytest.fixture
def run(finished_run: Run, tmp_path: Path) -> Run:
    return copy_run(finished_run, tmp_path / "run")


def clusters(count: int, spread: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes (count, 2) of three classes around the corners of a triangle, and the classes."""
    generator = np.random.default_rng(seed)
    y = (np.arange(count) % 3).astype(np.uint8)
    corners = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
    codes = corners[y] + generator.normal(0.0, spread, (count, 2))
    return codes.astype(np.float32), y


def nearest_five(train: np.ndarray, y_train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """The class that most of the five nearest have; of equally many the first."""
    order = np.argsort(cdist(test, train), axis=1)[:, :5]
    return np.array([np.bincount(y_train[row], minlength=10).argmax() for row in order])


def silhouette(codes: np.ndarray, y: np.ndarray) -> float:
    """Rousseeuw's definition, one code after the other."""
    distances, values = cdist(codes, codes), []
    for index, label in enumerate(y):
        own = distances[index, y == label].sum() / ((y == label).sum() - 1)
        other = min(distances[index, y == each].mean() for each in set(y.tolist()) - {label})
        values.append((other - own) / max(own, other))
    return float(np.mean(values))


class TestMeasures:
    def test_knn_and_silhouette_by_their_definitions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(class_probes, "AT_ONCE", 7)
        monkeypatch.setattr(class_probes, "SILHOUETTE_IMAGES", 40)
        (train, y_train), (test, y_test) = clusters(90, 1.5, 0), clusters(60, 1.5, 1)
        found = measure_space(train, y_train, test, y_test)
        assert found["knn"] == (nearest_five(train, y_train, test) == y_test).mean()
        assert 0.5 < found["knn"] < 1.0  # so that a wrong count would show
        assert found["silhouette"] == pytest.approx(silhouette(test[:40], y_test[:40]), abs=1e-5)

    def test_clusters_far_apart(self) -> None:
        (train, y_train), (test, y_test) = clusters(90, 0.05, 0), clusters(60, 0.05, 1)
        found = measure_space(train, y_train, test, y_test)
        assert (found["knn"], found["probe"]) == (1.0, 1.0)
        assert found["silhouette"] > 0.95

    def test_they_learn_from_training_codes_alone(self) -> None:
        train, y_train = clusters(90, 0.05, 0)
        # The same test codes with labels that only the test knows.
        found = measure_space(train, y_train, train, (y_train + 1) % 3)
        assert (found["knn"], found["probe"]) == (0.0, 0.0)

    def test_a_probe_is_linear(self) -> None:
        """Classes that no line parts, and neighbours do."""
        generator = np.random.default_rng(0)
        codes = generator.uniform(-1.0, 1.0, (400, 2)).astype(np.float32)
        y = (codes[:, 0] * codes[:, 1] > 0).astype(np.uint8)
        found = measure_space(codes[:200], y[:200], codes[200:], y[200:])
        assert found["knn"] > 0.9
        assert found["probe"] < 0.75

    def test_fewer_images_than_neighbours(self) -> None:
        codes = np.array([[0.0], [0.1], [5.0]], np.float32)
        found = measure_space(codes, np.array([0, 0, 1]), codes, np.array([0, 0, 1]))
        assert found["knn"] == pytest.approx(2 / 3)


class TestRun:
    def test_the_three_spaces(self, run: Run, digits: Dataset) -> None:
        assert run.class_probes == {}
        compute_class_probes(run, digits)
        found = Run(run.path).class_probes
        assert {name: found[name] for name in found if name not in SPACES} == {
            "training_images": 1437,
            "test_images": 360,
            "silhouette_images": 360,
        }
        assert [found[space]["dimensions"] for space in SPACES] == [2, 2, 64]

        train, test = (
            images.reshape(len(images), -1) / 255.0 for images in (digits.x_train, digits.x_test)
        )
        _, _, axes = np.linalg.svd(train - train.mean(axis=0), full_matrices=False)
        codes = {
            "latent": [run.encode(images)[0] for images in (digits.x_train, digits.x_test)],
            "pca": [(part - train.mean(axis=0)) @ axes[:2].T for part in (train, test)],
            "pixels": [train, test],
        }
        for space, (ours, theirs) in codes.items():
            right = (nearest_five(ours, digits.y_train, theirs) == digits.y_test).mean()
            # Rounding may decide between neighbours that are equally far.
            assert found[space]["knn"] == pytest.approx(right, abs=2 / 360), space
            expected = silhouette(theirs, digits.y_test)
            assert found[space]["silhouette"] == pytest.approx(expected, abs=1e-4), space
        # What is known of these pictures, whoever learns from them.
        assert found["pixels"]["knn"] > 0.95
        assert found["pixels"]["probe"] > 0.9

    def test_more_latent_dimensions_than_pixels(
        self, run: Run, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mixing = np.random.default_rng(0).normal(size=(64, 70)).astype(np.float32)
        monkeypatch.setattr(
            Run, "encode", lambda _, images, y: (images.reshape(len(images), -1) @ mixing, None)
        )
        run.__dict__["config"] = run.config.replace(latent_dim=70)
        compute_class_probes(run, digits)
        dimensions = [Run(run.path).class_probes[space]["dimensions"] for space in SPACES]
        assert dimensions == [70, 64, 64]

    def test_of_large_pictures_fewer(
        self, run: Run, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(class_probes, "MAX_VALUES", 64 * 100)
        compute_class_probes(run, digits)
        found = Run(run.path).class_probes
        assert [found[f"{part}_images"] for part in ("training", "test", "silhouette")] == [100] * 3

    def test_tells_how_far_it_is(
        self, run: Run, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fractions: list[float] = []
        monkeypatch.setattr(class_probes, "AT_ONCE", 100)
        compute_class_probes(run, digits, fractions.append)
        assert fractions == sorted(fractions)
        assert fractions[0] == 0.0
        assert 0.5 < fractions[-1] < 1.0
        assert len(set(fractions)) > 6

    def test_a_damaged_file(self, run: Run) -> None:
        (run.path / "knowledge.json").write_text("{")
        assert run.class_probes == {}
        assert run.faults[0].startswith("knowledge.json must be as a run writes it")


class TestBadInput:
    def test_images_of_another_shape(self, run: Run, stripes: Dataset) -> None:
        with pytest.raises(RunError, match=r"shape \(8, 8, 1\)\. Received: stripes"):
            compute_class_probes(run, stripes)

    @pytest.mark.parametrize("part", ["training", "test"])
    def test_one_class(self, part: str, run: Run, digits: Dataset) -> None:
        threes = [labels == 3 for labels in (digits.y_train, digits.y_test)]
        train, test = (
            indices if name == part else slice(None)
            for name, indices in zip(("training", "test"), threes, strict=True)
        )
        with pytest.raises(RunError, match=f"{part} images of two classes or more. Received: 1"):
            compute_class_probes(run, some(digits, train, test))

    def test_no_images(self, run: Run, digits: Dataset) -> None:
        with pytest.raises(RunError, match="Received: 0"):
            compute_class_probes(run, digits.without_training_images())

    def test_as_many_classes_as_images(self, run: Run, digits: Dataset) -> None:
        two = np.array([int(np.flatnonzero(digits.y_test == label)[0]) for label in (0, 1)])
        with pytest.raises(RunError, match="Received: 2 images of 2 classes"):
            compute_class_probes(run, some(digits, slice(None), two))

    def test_a_run_that_diverged(
        self, run: Run, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            Run, "encode", lambda _, images, y: (np.full((len(images), 2), np.nan), None)
        )
        with pytest.raises(RunError, match="Received: NaN or infinity"):
            compute_class_probes(run, digits)
        assert run.class_probes == {}

    def test_no_model(self, run: Run, digits: Dataset) -> None:
        (run.path / "encoder.onnx").unlink()
        with pytest.raises(RunError, match="no model yet"):
            compute_class_probes(run, digits)


def some(dataset: Dataset, train: object, test: object) -> Dataset:
    """The data set with some of its images."""
    return Dataset(
        dataset.name, dataset.title, dataset.x_train[train], dataset.y_train[train],
        dataset.x_test[test], dataset.y_test[test], dataset.class_names, dataset.source,
    )  # fmt: skip


def test_the_worker_needs_no_tensorflow(run: Run) -> None:
    checked = run_python(
        "-c",
        "import sys\nfrom pathlib import Path\nfrom vae.server.worker import work\n"
        "code = work(Path(sys.argv[1]), 'knowledge')\n"
        "print(code, [name for name in ('tensorflow', 'keras') if name in sys.modules])",
        run.path,
    )
    assert checked.stdout.strip() == "0 []", checked.stderr
    assert Run(run.path).class_probes["training_images"] == 1437
