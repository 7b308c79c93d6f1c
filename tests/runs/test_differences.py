"""What tells runs apart, and which of them are repetitions of one experiment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.handmade import make_run
from vae.config import Config
from vae.runs.differences import run_labels, setting_rows
from vae.runs.run import Run
from vae.runs.seed_groups import seed_groups


@pytest.fixture
def make(tmp_path: Path) -> Any:
    """Makes runs of these settings, in their order."""

    def runs(*settings: dict[str, Any]) -> list[Run]:
        return [
            make_run(tmp_path / str(number), Config(**each), (4, 4, 1))
            for number, each in enumerate(settings)
        ]

    return runs


def test_a_label_names_what_differs_alone(make: Any) -> None:
    first, second = {"latent_dim": 2, "epochs": 3}, {"latent_dim": 8, "epochs": 3}
    runs = make(first | {"beta": 0.5}, second | {"beta": 4.0}, second)
    assert run_labels(runs) == [
        "2 dimensions, beta 0.5",
        "8 dimensions, beta 4",
        "8 dimensions, beta 1",
    ]


def test_seeds_and_ids_where_nothing_else_does(make: Any) -> None:
    assert run_labels(make({}, {"seed": 3}, {"seed": 3})) == ["seed 0", "seed 3, 1", "seed 3, 2"]


def test_many_differences_are_not_listed(make: Any) -> None:
    other = {"preset": "recommended", "beta": 2.0, "epochs": 5, "batch_size": 7, "seed": 1}
    assert run_labels(make({"latent_dim": 9}, other)) == [
        "VAE, 9 dimensions",
        "Recommended, 6 settings changed",
    ]


def test_a_setting_that_a_kind_has_not_is_no_difference(make: Any) -> None:
    runs = make({"beta": 4.0}, {"kind": "autoencoder"}, {"kind": "gan"})
    assert run_labels(runs) == ["VAE", "Autoencoder", "GAN"]


def test_rows_say_which_settings_differ_and_leave_empty_what_a_kind_has_not(make: Any) -> None:
    rows = {row.name: row for row in setting_rows(make({}, {"kind": "classifier"}))}
    assert rows["dataset"].texts == ("handmade", "handmade")
    assert not rows["dataset"].differs
    assert (rows["kind"].texts, rows["kind"].differs) == (("VAE", "Classifier"), True)
    assert (rows["beta"].texts, rows["beta"].differs) == (("1", ""), False)
    assert not rows["epochs"].differs


def test_runs_that_differ_by_seed_alone_are_a_group(make: Any) -> None:
    runs = make({"seed": 0}, {"beta": 4.0}, {"seed": 1}, {"seed": 2})
    groups = seed_groups(runs)
    assert [group.runs for group in groups] == [(runs[0], runs[2], runs[3]), (runs[1],)]
    assert [group.label for group in groups] == ["beta 1, 3 seeds", "beta 4"]


def test_the_same_seed_again_is_no_repetition(make: Any) -> None:
    runs = make({"seed": 0}, {"seed": 1}, {"seed": 1})
    assert [len(group.runs) for group in seed_groups(runs)] == [2, 1]


def test_a_setting_changed_meanwhile_makes_another_experiment(make: Any) -> None:
    runs = make({"seed": 0}, {"seed": 1})
    runs[1].requests.change(beta=2.0)
    assert [len(group.runs) for group in seed_groups([runs[0], Run(runs[1].path)])] == [1, 1]
