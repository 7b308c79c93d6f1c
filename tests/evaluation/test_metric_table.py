"""Figures beside each other: mean and spread over seeds, the best where they compare."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from tests.handmade import make_run
from vae.config import Config
from vae.evaluation.comparability import comparability_warnings, compares
from vae.evaluation.metric_table import MetricRow, metric_rows
from vae.files import write_json
from vae.runs.run import Run
from vae.runs.seed_groups import RunGroup


@pytest.fixture
def make(tmp_path: Path) -> Any:
    """Makes a run of these settings; elbo: what was measured of it."""

    def run(elbo: float | None = None, binarisation: str = "none", **settings: Any) -> Run:
        config = Config(binarisation=binarisation, **settings)
        made = make_run(tmp_path / str(len([*tmp_path.iterdir()])), config, (4, 4, 1))
        if elbo is not None:
            values = {"loss": -elbo, "reconstruction": 1.0 - elbo, "kl": -1.0, "elbo": elbo}
            words = {"images": "x", "treatment": "y", "binarisation": binarisation}
            write_json(made.path / "metrics.json", values | words)
        return Run(made.path)

    return run


def row(title: str, *groups: RunGroup) -> MetricRow:
    (found,) = (each for each in metric_rows(groups) if each.metric.title == title)
    return found


def test_mean_and_spread_over_seeds_and_the_best(make: Any) -> None:
    seeds = RunGroup("a", tuple(make(elbo, seed=i) for i, elbo in enumerate((-100.0, -104.0))))
    elbo = row("ELBO", seeds, RunGroup("b", (make(-101.0, beta=2.0),)), RunGroup("c", (make(),)))
    first, second, none = elbo.values
    assert (first.mean, first.count, first.is_best) == (-102.0, 2, False)
    assert first.spread == pytest.approx(math.sqrt(8.0))  # ddof 1
    assert (second.mean, second.is_best) == (-101.0, True)
    assert math.isnan(second.spread)
    assert none is None


def test_lower_is_better_for_a_cost_and_neither_for_the_kl(make: Any) -> None:
    groups = RunGroup("a", (make(-100.0),)), RunGroup("b", (make(-90.0, beta=2.0),))
    assert [each.is_best for each in row("Reconstruction", *groups).values] == [False, True]
    assert not any(each.is_best for each in row("KL", *groups).values)


def test_no_best_of_what_does_not_compare(make: Any) -> None:
    groups = RunGroup("a", (make(-100.0),)), RunGroup("b", (make(-50.0, "threshold"),))
    elbo = row("ELBO", *groups)
    assert not elbo.compares
    assert not any(each.is_best for each in elbo.values)


def test_kinds_without_a_figure_leave_it_empty(make: Any) -> None:
    classifier, autoencoder = make(kind="classifier"), make(-80.0, kind="autoencoder")
    groups = RunGroup("a", (classifier,)), RunGroup("b", (autoencoder,))
    assert row("Reconstruction", *groups).values[0] is None
    assert not [each for each in metric_rows(groups) if each.metric.title == "ELBO"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"binarisation": "sampled"}, "The pixels differ"),
        ({"likelihood": "gaussian"}, "The likelihoods differ: bernoulli and gaussian"),
        ({"conditional": True}, "saves up to 0.69 nats"),  # ln 2
        ({"beta": 4.0}, "what they weigh (beta)"),
        ({"loss_scale": "per_pixel"}, "learning rates do not compare"),
        ({"kind": "autoencoder"}, "different kinds of models: VAE and Autoencoder"),
        ({"latent_dim": 9}, ""),
    ],
)
def test_why_numbers_do_not_compare(make: Any, changes: dict[str, Any], said: str) -> None:
    found = comparability_warnings([make(), make(**changes)])
    assert [said in each for each in found] == [True] * bool(said)


def test_other_images_never_compare(make: Any, tmp_path: Path) -> None:
    run = make()
    other = make_run(tmp_path / "other", Config(), (8, 8, 1))
    assert not compares([run, other], "pixels")
    assert compares([run, other], "anything")
    assert "hold different images" in comparability_warnings([run, other])[0]
