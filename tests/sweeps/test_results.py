"""What a sweep found, on rows whose answers are known."""

from __future__ import annotations

import pytest

from tests.sweeps.tiny import made_row
from vae.errors import StudyError
from vae.sweeps.results import best_run, importances, is_ranked, table_of

GRID = {"beta": (1.0, 2.0), "latent_dim": (2, 4)}
PAIRS = [(beta, dim) for beta in GRID["beta"] for dim in GRID["latent_dim"]]


def test_the_table_has_a_row_for_each_run() -> None:
    rows = [made_row({"beta": 1.0}, elbo=-3.0), made_row({"beta": 2.0}, seed=4, loss=5.0)]
    table = table_of(rows, ["beta"])
    assert list(table.columns) == ["beta", "seed", "state", "elbo", "loss", "seconds", "run"]
    assert table["elbo"].isna().tolist() == [False, True]
    assert table_of([], ["beta"]).empty


def test_the_best_is_that_of_the_best_mean_over_seeds() -> None:
    lucky = [made_row({"beta": 1.0}, seed, elbo=value) for seed, value in ((0, -9.0), (1, -1.0))]
    steady = [made_row({"beta": 2.0}, seed, elbo=value) for seed, value in ((0, -4.0), (1, -3.0))]
    assert best_run(lucky + steady, "elbo") == steady[1]
    smaller = [made_row({"beta": beta}, loss=beta) for beta in (2.0, 1.0)]
    assert best_run(smaller, "loss")["settings"] == {"beta": 1.0}
    with pytest.raises(StudyError, match=r"of loss was expected|of loss\. Received: 'elbo'"):
        best_run(smaller, "elbo")


def test_importance_is_the_variance_that_a_setting_explains() -> None:
    # elbo = 3 beta + latent_dim, over {1, 2} x {2, 4}: variances 9 / 4 and 1 of 13 / 4.
    rows = [made_row({"beta": b, "latent_dim": d}, elbo=3 * b + d) for b, d in PAIRS]
    assert importances(rows, GRID, "elbo") == pytest.approx({"beta": 9 / 13, "latent_dim": 4 / 13})
    # elbo = beta where latent_dim is 2, else -beta: all of it is due to both together.
    together = [made_row({"beta": b, "latent_dim": d}, elbo=(b - 1.5) * (d - 3)) for b, d in PAIRS]
    assert importances(together, GRID, "elbo") == pytest.approx({"beta": 0.0, "latent_dim": 0.0})
    assert importances(rows[:3], GRID, "elbo") == {}  # one combination is still to come


def test_where_no_value_is_better_there_is_no_best() -> None:
    with pytest.raises(StudyError, match="neither more nor less"):
        best_run([made_row({"beta": 1.0}, kl=2.0)], "kl")
    assert is_ranked("elbo", ["beta", "latent_dim"])
    assert not is_ranked("loss", ["beta"])  # whose weight is in it
    assert not is_ranked("elbo", ["likelihood"])
    assert not is_ranked("active_units", ["latent_dim"])
