"""What the worker does when a comparison is requested."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import copy_run
from tests.kinds import Kinds
from vae.data.datasets import Dataset
from vae.errors import ConfigError, RunError
from vae.evaluation import classifier_comparison
from vae.evaluation.classifier_comparison import compute_comparison
from vae.evaluation.comparison_request import (
    comparison_seconds,
    request_comparison,
    requested_comparison,
    withdraw_comparison,
)
from vae.files import read_json, write_json
from vae.runs.run import SHIPPED, Run
from vae.runs.writer import RunWriter

REQUEST = "classification-asked.json"


@pytest.fixture
def run(conditional_run: Run, tmp_path: Path) -> Run:
    return copy_run(conditional_run, tmp_path / "run")


@pytest.fixture
def classifier(kinds: Kinds, tmp_path: Path) -> Run:
    return copy_run(kinds["classifier-dense"], tmp_path / "classifier")


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few images and samples: how good the figures are is tested elsewhere."""
    full = classifier_comparison.compare_classifiers

    def compare(*arguments, **options):
        return full(*arguments, **options, images=5, samples=2)

    monkeypatch.setattr("vae.evaluation.classifier_comparison.compare_classifiers", compare)


@pytest.mark.usefixtures("_quick")
class TestComputed:
    def test_it_is_stored_until_the_model_changes(
        self, run: Run, classifier: Run, digits: Dataset
    ) -> None:
        assert not run.classification
        request_comparison(run, classifier)
        assert requested_comparison(run) == {"classifier": "classifier"}
        fractions: list[float] = []
        compute_comparison(run, digits, fractions.append)
        assert fractions[-1] == pytest.approx(1.0)
        assert not (run.path / REQUEST).exists()
        stored = Run(run.path).classification
        assert stored == read_json(run.path / "classification.json")
        assert stored["importance"]["images"] == 5
        assert stored["classifier"]["name"] == "Custom"
        assert "classifier" not in stored["classifier"].values()  # its id opens it
        RunWriter(run.path).outputs(**run.latents)
        assert not Run(run.path).classification

    def test_withdrawn_it_ends_with_nothing(self, run: Run, digits: Dataset) -> None:
        request_comparison(run, None)

        def withdraw(fraction: float) -> None:
            withdraw_comparison(run)

        compute_comparison(run, digits, withdraw)
        assert not Run(run.path).classification
        assert requested_comparison(run) is None

    def test_without_a_request_nothing_happens(self, run: Run, digits: Dataset) -> None:
        compute_comparison(run, digits)
        assert not Run(run.path).classification

    def test_a_classifier_that_is_gone(self, run: Run, digits: Dataset) -> None:
        write_json(run.path / REQUEST, {"classifier": "gone"})
        with pytest.raises(RunError, match="No run has this id"):
            compute_comparison(run, digits)


def test_what_cannot_be_requested(run: Run, finished_run: Run, classifier: Run) -> None:
    with pytest.raises(ConfigError, match="takes a conditional VAE"):
        request_comparison(finished_run, classifier)
    with pytest.raises(RunError, match="To compare with takes a classifier"):
        request_comparison(run, finished_run)
    assert requested_comparison(run) is None


def test_another_run_of_the_same_id_is_not_taken_for_it(
    run: Run, classifier: Run, tmp_path: Path
) -> None:
    namesake = copy_run(classifier, tmp_path / "elsewhere" / "classifier")
    with pytest.raises(RunError, match="The id classifier is that of another run"):
        request_comparison(run, namesake)
    assert requested_comparison(run) is None


@pytest.mark.parametrize("request_file", [{"classifier": 5}, {}, {"classifier": "x" * 256}])
def test_a_damaged_request_is_said(run: Run, request_file: dict[str, object]) -> None:
    write_json(run.path / REQUEST, request_file)
    with pytest.raises(RunError, match=r"classification-asked\.json must be as a run writes it"):
        requested_comparison(run)


def test_the_expected_seconds_grow_with_the_decoder() -> None:
    dense, convolutional = (
        comparison_seconds(Run(SHIPPED / f"{name}-conditional")) for name in ("mnist", "animals")
    )
    assert 10.0 < dense < 60.0
    assert dense < convolutional < 600.0
