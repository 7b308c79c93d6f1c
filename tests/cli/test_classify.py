"""python -m vae classify: the classes of test images by Bayes' rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.commands import Output, last_json, refused
from tests.kinds import Kinds
from tests.schemas.test_figures import BY, CLASSIFICATION
from vae.cli.comparison_report import compared
from vae.cli.main import main
from vae.cli.measurement_report import classified
from vae.cli.report import Report, print_report
from vae.evaluation.bayes_rule import ELBO_SAMPLES
from vae.runs.run import Run
from vae.schemas.classification import Classification

FIGURES: Classification = {
    "dataset": "pets",
    "images": "a random 30 test images",
    "treatment": "grey levels in [0, 1], as Bernoulli probabilities, given their class",
    "importance_samples": 200,
    "seed": 0,
    "importance": {
        "accuracy": 0.9,
        "accuracy_low": 0.7438,
        "accuracy_high": 0.9654,
        "calibration_error": 0.0521,
    },
    "elbo": {
        "accuracy": 0.8,
        "accuracy_low": 0.6269,
        "accuracy_high": 0.9049,
        "calibration_error": 0.1112,
    },
    "nll": 123.456,
    "nll_standard_error": 1.25,
    "recall": {"cat": 18 / 20, "dog": None, "emu [b]": 1.0},
    "confusion": [[17, 0, 3], [0, 0, 0], [0, 0, 10]],
    "seconds": 3.0,
}


def test_what_people_read(capsys: Output) -> None:
    assert print_report(Report(FIGURES, classified(FIGURES)), as_json=False) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("A random 30 test images of pets by Bayes' rule, 200 samples of each")
    assert "│ Importance sampling │ 90.00% │ 74.38% to 96.54% │ 0.052 │" in said
    assert "│ ELBO │ 80.00% │ 62.69% to 90.49% │ 0.111 │" in said
    assert "│ cat │ 90.0% │ emu [b] (3 of 20) │" in said
    assert "│ dog │ no images │ │" in said
    assert "│ emu [b] │ 100.0% │ │" in said
    assert said.endswith(
        "Negative log-likelihood 123.46 ± 1.25 nats per image, classes summed over"
    )


def test_some_images_as_json(conditional_run: Run, capsys: Output) -> None:
    arguments = ["classify", str(conditional_run.path), "--images", "50", "--seed", "3", "--json"]
    assert main(arguments) == 0
    found = last_json(capsys.readouterr().out)
    assert set(found) == set(FIGURES)
    assert (found["importance_samples"], found["seed"]) == (ELBO_SAMPLES, 3)
    assert np.sum(found["confusion"]) == 50
    assert found["importance"]["accuracy"] == pytest.approx(np.trace(found["confusion"]) / 50)


def test_a_run_without_labels(finished_run: Run, capsys: Output) -> None:
    assert refused(["classify", str(finished_run.path)], capsys) == (
        "vae classify: To classify by Bayes' rule takes a conditional VAE, which knows p(x | y): "
        "train one (conditional=true) on images of several classes. "
        "Received: a VAE that was trained without labels\n"
    )


@pytest.mark.parametrize("name", ["conditional-gan", "classifier", "autoencoder"])
def test_a_run_without_a_likelihood(name: str, kinds: Kinds, capsys: Output) -> None:
    said = refused(["classify", str(kinds[f"{name}-dense"].path)], capsys)
    assert said.startswith("vae classify: A likelihood needs a VAE.")


@pytest.mark.parametrize(
    ("option", "value"), [("importance-samples", "0"), ("images", "361"), ("seed", "-1")]
)
def test_numbers_out_of_range(
    option: str, value: str, conditional_run: Run, capsys: Output
) -> None:
    said = refused(["classify", str(conditional_run.path), f"--{option}", value], capsys)
    assert "Received: " in said
    assert value in said


class TestAgainst:
    def test_what_people_read(self, capsys: Output) -> None:
        by = {"name": "C", "mark": "0123456789ab", "all": BY | {"accuracy": 0.987}, "same": BY}
        found: Any = CLASSIFICATION | {"classifier": by}
        assert print_report(Report(found, compared(found)), as_json=False) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert "│ Bayes, by the ELBO │ 360 │ 91.20% │ 85.00% to 95.00% │ 0.050 │" in said
        assert "│ Bayes, 100 samples │ 100 │ 90.00% │" in said
        assert "│ Classifier │ 360 │ 98.70% │" in said
        assert "│ 1,000 × Noise │ log p(x) │ 0.750 │ 0.700 to 0.800 │" in said
        assert "│ │ log ratio │ 0.988 │ 0.700 to 0.800 │" in said
        assert "│ │ classifier, −entropy │ 0.750 │" in said
        assert "Area under the ROC curve, test images against foreign ones" in said

    def test_as_json(self, conditional_run: Run, kinds: Kinds, capsys: Output) -> None:
        classifier = kinds["classifier-dense"].path
        arguments = ["classify", str(conditional_run.path), "--against", str(classifier)]
        arguments += ["--images", "20", "--importance-samples", "2", "--seed", "1", "--json"]
        assert main(arguments) == 0
        found = last_json(capsys.readouterr().out)
        assert (found["importance"]["images"], found["importance"]["samples"]) == (20, 2)
        assert (found["elbo"]["images"], found["seed"]) == (360, 1)
        assert 0.0 <= found["classifier"]["all"]["accuracy"] <= 1.0
        assert {"Noise", "Rectangles"} <= {each["name"] for each in found["foreign"]}

    def test_what_is_no_classifier_of_these_classes(
        self, conditional_run: Run, finished_run: Run, capsys: Output
    ) -> None:
        said = refused(
            ["classify", str(conditional_run.path), "--against", str(finished_run.path)], capsys
        )
        assert "To compare with takes a classifier: train one with kind=classifier." in said

    @pytest.mark.parametrize(
        ("name", "words"),
        [("mnist-classifier", "A run folder holds config.json"), ("run.zip", "A run is a folder")],
    )
    def test_it_is_a_folder_and_no_id(
        self, name: str, words: str, conditional_run: Run, capsys: Output, tmp_path: Path
    ) -> None:
        (tmp_path / "run.zip").touch()
        arguments = ["classify", str(conditional_run.path), "--against", str(tmp_path / name)]
        assert words in refused(arguments, capsys)

    @pytest.mark.parametrize("images", ["0", "361"])
    def test_how_many_images(self, images: str, conditional_run: Run, capsys: Output) -> None:
        arguments = ["classify", str(conditional_run.path), "--against", "--images", images]
        assert f"from 1 to 360. Received: {images}" in refused(arguments, capsys)
