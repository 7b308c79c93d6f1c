"""A metric over two settings, on rows whose means are known."""

from __future__ import annotations

import math

import pytest

from tests.sweeps.tiny import CONFIG, made_row
from vae.sweeps.heat_map import heat_map
from vae.sweeps.plan import plan_grid

GRID = {"beta": (1.0, 2.0), "latent_dim": (2, 4), "epochs": (1, 2)}
PLAN = plan_grid(CONFIG, GRID, seeds=2).runs


def found(metric: str) -> list:
    return [
        made_row(each.settings, each.seed, **{metric: each.settings["beta"] + each.seed})
        for each in PLAN
        if each.settings["epochs"] == 1 and each.settings["latent_dim"] == 2
    ]


def test_means_and_spreads_over_seeds() -> None:
    board = heat_map(PLAN, found("loss"), "loss", "beta", "latent_dim", {"epochs": 1})
    assert (board.columns, board.rows) == ((1.0, 2.0), (2, 4))
    first, second = board.cells[0]
    # beta 1 with seeds 3 and 4: losses of 4 and 5.
    assert (first.mean, first.spread, len(first.planned)) == (4.5, pytest.approx(0.5**0.5), 2)
    assert (first.goodness, second.goodness) == (1.0, 0.0)
    empty = board.cells[1][0]
    assert (empty.values, empty.goodness, len(empty.planned)) == ((), None, 2)
    assert math.isnan(empty.mean)


def test_what_is_larger_is_better_where_it_is() -> None:
    board = heat_map(PLAN, found("elbo"), "elbo", "beta", "latent_dim", {"epochs": 1})
    assert [cell.goodness for cell in board.cells[0]] == [0.0, 1.0]


def test_one_setting_is_a_single_row() -> None:
    board = heat_map(plan_grid(CONFIG, {"beta": (1.0, 2.0)}, 1).runs, [], "loss", "beta")
    assert [len(row) for row in board.cells] == [2]
