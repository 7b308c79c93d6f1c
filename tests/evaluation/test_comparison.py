"""What a loss means, in a sentence: beside what it is put, and where nothing is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import change_status, copy_run
from tests.pages.crafted import craft, row
from vae.config import Config
from vae.data.datasets import Dataset
from vae.evaluation.comparison import (
    beside_literature,
    compared,
    cost,
    loss_in_comparison,
    references_of,
)
from vae.evaluation.references import read_references
from vae.files import read_json, write_json
from vae.runs.run import SHIPPED, Run, open_run

CONFIG = Config(latent_dim=2, epochs=12)
MEAN = read_references("digits")["mean_image"]  # 27.2
BEAT = f"always predicting the mean image ({MEAN:.1f})"


def validated(reconstruction: float, kl: float, beta: float = 1.0) -> dict[str, Any]:
    """The row of an epoch whose validation is this, and whose training is better by 1 nat."""
    twins = {"val_reconstruction": reconstruction, "val_kl": kl, "val_kl_per_dimension": [kl]}
    return row(
        *(1, reconstruction - 1.0, (kl,)),
        **{"beta": beta, "val_loss": reconstruction + beta * kl, **twins},
    )


@pytest.fixture
def young(digits: Dataset, tmp_path: Path) -> Any:
    """Make a run that trains, with these rows."""

    def make(*rows: dict[str, Any], **settings: Any) -> Run:
        return craft(tmp_path / "young", digits, CONFIG.replace(**settings), "paused", rows)

    return make


class TestBasics:
    @pytest.mark.parametrize(
        ("nats", "words"),
        [(100.0, "75.1 less than"), (176.0, "0.9 more than"), (175.14, "as much as")],
    )
    def test_compared(self, nats: float, words: str) -> None:
        assert compared(nats, 175.1) == words

    @pytest.mark.parametrize(
        "metrics", [{}, {"reconstruction": 5.0}, {"reconstruction": 5.0, "kl": float("inf")}]
    )
    def test_no_cost(self, metrics: dict[str, float]) -> None:
        assert cost(metrics) is None

    @pytest.mark.parametrize(
        ("nll", "words"),
        [
            (85.56, "This run needs **1.2 nats an image less** than Burda's VAE (86.76)."),
            (96.86, "This run needs **10.1 nats an image more** than Burda's VAE (86.76)."),
            (86.2, "This run needs about as many nats an image as Burda's VAE (86.76)."),
        ],
    )
    def test_beside_literature(self, nll: float, words: str) -> None:
        assert beside_literature(nll, 0.3) == words


class TestWhileItTrains:
    def test_before_its_first_epoch_it_says_what_there_is_to_beat(self, young: Any) -> None:
        words = (
            f"Targets in nats per image (grey levels; lower is better): {BEAT.split(' (')[0]} "
            f"**{MEAN:.1f}**."
        )
        assert loss_in_comparison(young(), []) == words

    def test_validation_comes_first(self, young: Any) -> None:
        words = f"**Validation loss 20.0 nats** (grey levels): {MEAN - 20:.1f} less than {BEAT}."
        assert loss_in_comparison(young(validated(15.0, 5.0)), []) == words

    def test_without_validation_it_is_training(self, young: Any) -> None:
        said = loss_in_comparison(young(row(1, 32.0, (3.0, 5.0)), validation_split=0.0), [])
        assert (
            said == f"**Training loss 40.0 nats** (grey levels): {40 - MEAN:.1f} more than {BEAT}."
        )

    def test_the_loss_of_another_beta_is_not_what_is_compared(self, young: Any) -> None:
        said = loss_in_comparison(young(validated(15.0, 5.0, beta=4.0), beta=4.0), [])
        assert said.startswith("**Validation reconstruction + KL 20.0 nats**")

    def test_beta_that_warms_up(self, young: Any) -> None:
        said = loss_in_comparison(young(validated(15.0, 5.0, beta=0.25), kl_warmup=3), [])
        assert said.startswith("**Validation reconstruction + KL 20.0 nats**")

    def test_a_binarisation_has_lines_of_its_own(self, young: Any) -> None:
        mean = read_references("digits", "threshold")["mean_image"]
        assert abs(mean - MEAN) > 1.0
        said = loss_in_comparison(young(validated(15.0, 5.0), binarisation="threshold"), [])
        assert said.startswith("**Validation loss 20.0 nats** (black and white, cut at one half): ")
        assert f"the mean image ({mean:.1f})" in said

    @pytest.mark.parametrize("name", ["gaussian", "continuous_bernoulli"])
    def test_densities_are_not_compared(self, name: str, young: Any) -> None:
        run = young(validated(15.0, 5.0), likelihood=name)
        assert references_of(run) is None
        assert loss_in_comparison(run, []) == ""

    def test_images_that_nobody_measured(self, convolutional_run: Run) -> None:
        assert loss_in_comparison(convolutional_run, []) == ""


class TestMeasured:
    def test_the_test_loss(self, finished_run: Run) -> None:
        total = finished_run.metrics["reconstruction"] + finished_run.metrics["kl"]
        assert loss_in_comparison(finished_run, []) == (
            f"**Test loss {total:.1f} nats** (grey levels): {compared(total, MEAN)} {BEAT}."
        )

    def test_a_resumed_run_has_a_newer_one(self, finished_run: Run, tmp_path: Path) -> None:
        run = change_status(copy_run(finished_run, tmp_path / "run"), state="paused")
        assert loss_in_comparison(run, []).startswith("**Validation loss")

    def test_metrics_without_parts_are_none(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        path = run.path / "metrics.json"
        write_json(path, {"loss": 20.0, "images": "all", "treatment": "grey"})
        assert loss_in_comparison(Run(run.path), []).startswith("**Validation loss")


class TestShipped:
    RUNS = tuple(
        open_run(SHIPPED / f"mnist-{name}")
        for name in ("recommended", "convolutional", "autoencoder")
    )

    def test_the_first_that_is_another(self) -> None:
        recommended, convolutional, _ = self.RUNS
        total = recommended.metrics["reconstruction"] + recommended.metrics["kl"]
        said = loss_in_comparison(convolutional, self.RUNS)
        assert said.endswith(f" less than the built-in Recommended model ({total:.1f}).")
        assert "than the built-in Convolutional model" in loss_in_comparison(recommended, self.RUNS)

    def test_an_autoencoder_is_compared_with_its_kind_alone(self) -> None:
        said = loss_in_comparison(self.RUNS[2], self.RUNS)
        assert said.startswith("**Test loss 117.3 nats**")
        assert "built-in" not in said

    @pytest.mark.parametrize(
        "changes", [{"binarisation": "sampled"}, {"likelihood": "gaussian"}], ids=str
    )
    def test_only_like_is_compared_with_like(self, changes: dict[str, str], tmp_path: Path) -> None:
        run = copy_run(self.RUNS[1], tmp_path / "run")
        info = read_json(run.path / "config.json")
        info["config"] |= changes
        write_json(run.path / "config.json", info)
        metrics = run.metrics | {"binarisation": info["config"].get("binarisation", "none")}
        write_json(run.path / "metrics.json", metrics)
        assert "built-in" not in loss_in_comparison(Run(run.path), self.RUNS)

    def test_other_images(self, finished_run: Run) -> None:
        assert "built-in" not in loss_in_comparison(finished_run, self.RUNS)
