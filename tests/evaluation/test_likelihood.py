"""What the worker does when a likelihood is asked for, and what it says of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run, run_python
from tests.schemas.test_figures import LIKELIHOOD
from tests.warm.programs import run_warm
from vae.data.binarisation import binarisation_words, binarise
from vae.data.datasets import Dataset
from vae.errors import ConfigError, RunError
from vae.evaluation.likelihood import (
    compute_likelihood,
    measure_likelihood,
    request_likelihood,
    requested_likelihood,
    withdraw_likelihood,
)
from vae.files import read_json, write_json
from vae.model import importance_sampling
from vae.model.importance_sampling import importance_sampled_nll
from vae.model.saving import save_keras
from vae.model.vae import VAE
from vae.runs.run import Run
from vae.runs.writer import RunWriter


@pytest.fixture(scope="module")
def model(finished_run: Run) -> VAE:
    return finished_run.load_model()


@pytest.fixture
def run(finished_run: Run, tmp_path: Path) -> Run:
    return copy_run(finished_run, tmp_path / "run")


class TestMeasured:
    @pytest.mark.parametrize("binarisation", ["none", "threshold", "fixed", "sampled"])
    def test_the_binarisation_is_applied_and_named(
        self, model: VAE, digits: Dataset, binarisation: str
    ) -> None:
        found = measure_likelihood(model, digits, 5, binarisation)
        direct = importance_sampled_nll(model, binarise(digits.x_test, binarisation), 5)
        assert found == {
            "images": "all 360 test images",
            "treatment": binarisation_words(model.config, binarisation),
            **direct,
            "seconds": found["seconds"],
        }
        assert found["seconds"] > 0.0


class TestInTheWorker:
    def test_it_is_stored_beside_other_treatments(self, run: Run, digits: Dataset) -> None:
        for samples, binarisation in ((3, "sampled"), (5, "none"), (4, "sampled")):
            request_likelihood(run, samples, binarisation)
            compute_likelihood(Run(run.path), digits)
        stored = Run(run.path).likelihood
        assert {name: found["importance_samples"] for name, found in stored.items()} == {
            "sampled": 4,
            "none": 5,
        }
        expected = measure_likelihood(run.load_model(), digits, 4, "sampled")
        assert stored["sampled"] | {"seconds": 0} == expected | {"seconds": 0}
        assert read_json(run.path / "likelihood.json") == stored
        assert not list(run.path.glob("likelihood-*.json"))

    def test_progress(self, run: Run, digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
        fractions: list[float] = []
        monkeypatch.setattr(importance_sampling, "VALUES_AT_ONCE", 50 * 64 * 100)
        request_likelihood(run, 100, "none")
        compute_likelihood(run, digits, fractions.append)
        assert fractions == sorted(fractions)
        assert len(fractions) == 8  # four parts of the images, two of the samples
        assert fractions[-1] == 1.0

    @pytest.mark.parametrize(
        ("samples", "binarisation"), [(0, "none"), (5001, "none"), (10, "grey"), (10, "")]
    )
    def test_what_cannot_be_requested(self, run: Run, samples: int, binarisation: str) -> None:
        with pytest.raises(ConfigError, match="Received"):
            request_likelihood(run, samples, binarisation)
        assert not (run.path / "likelihood-asked.json").exists()

    @pytest.mark.parametrize(
        "request_file", [{}, [], {"samples": "many", "treatment": "none"}, {"samples": 5}]
    )
    def test_nothing_usable_was_requested(
        self, run: Run, digits: Dataset, request_file: object
    ) -> None:
        write_json(run.path / "likelihood-asked.json", request_file)
        with pytest.raises(RunError, match=r"likelihood-asked\.json must be as a run writes it"):
            compute_likelihood(run, digits)

    def test_withdrawn_before_it_begins(self, run: Run, digits: Dataset) -> None:
        request_likelihood(run, 5, "none")
        assert requested_likelihood(run) == {"samples": 5, "treatment": "none"}
        withdraw_likelihood(run)
        assert requested_likelihood(run) is None
        compute_likelihood(run, digits)
        assert Run(run.path).likelihood == {}

    def test_withdrawn_while_it_runs(self, run: Run, digits: Dataset) -> None:
        RunWriter(run.path).figures("likelihood.json", LIKELIHOOD)
        fractions: list[float] = []

        def withdraw(fraction: float) -> None:
            fractions.append(fraction)
            withdraw_likelihood(run)

        request_likelihood(run, 5000, "none")
        compute_likelihood(run, digits, withdraw)
        assert len(fractions) == 1
        assert Run(run.path).likelihood == LIKELIHOOD

    def test_other_images(self, run: Run, stripes: Dataset) -> None:
        request_likelihood(run, 5, "none")
        with pytest.raises(RunError, match="Received: stripes"):
            compute_likelihood(run, stripes)

    def test_weights_that_are_no_numbers(self, run: Run, digits: Dataset) -> None:
        model = run.load_model()
        model.set_weights([np.full_like(weights, np.nan) for weights in model.get_weights()])
        save_keras(model, run.path)
        request_likelihood(run, 5, "none")
        with pytest.raises(RunError, match="NaN or infinity, as a run that diverged has"):
            compute_likelihood(run, digits)
        assert Run(run.path).likelihood == {}

    def test_pages_can_request_it_without_tensorflow(self, run: Run) -> None:
        checked = run_python(
            "-c",
            "import sys, vae\nfrom vae.evaluation.likelihood import request_likelihood\n"
            "request_likelihood(vae.open_run(sys.argv[1]), 7, 'fixed')\n"
            "print([name for name in ('tensorflow', 'keras') if name in sys.modules])",
            run.path,
        )
        assert checked.stdout.strip() == "[]", checked.stderr
        assert read_json(run.path / "likelihood-asked.json") == {
            "samples": 7,
            "treatment": "fixed",
        }

    def test_the_process(self, run: Run) -> None:
        request_likelihood(run, 5, "threshold")
        result = run_warm("-m", "vae.server.worker", run.path, "likelihood")
        assert result.returncode == 0, result.stderr
        assert Run(run.path).likelihood["threshold"]["importance_samples"] == 5
