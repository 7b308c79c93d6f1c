"""What is said of a run's health after a cure, which is given the time to show what it does."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.evaluation.crafted_health import GREY, names
from tests.pages.crafted import change, epochs, row
from vae.evaluation.diagnostics import problems

CURES = pytest.mark.parametrize(
    ("settings", "bad", "cure"),
    [
        ({"beta": 50.0}, epochs(30.0, 29.0, kl=(0.0, 0.0)), {"beta": 1.0}),
        ({"beta": 0.04}, epochs(15.0, 14.0, prior_distance=12.0), {"beta": 1.0}),
        ({"learning_rate": 0.5}, epochs(15.0, 40.0), {"learning_rate": 0.05}),
        ({"learning_rate": 1e-6}, epochs(GREY, GREY), {"learning_rate": 1e-5}),
    ],
    ids=["collapse", "holes", "divergence", "no learning"],
)


class TestAfterACure:
    @CURES
    def test_one_that_nobody_has_taken_over_yet_is_not_blamed(
        self,
        settings: dict[str, float],
        bad: list[dict[str, Any]],
        cure: dict[str, float],
        make: Any,
    ) -> None:
        for state in ("queued", "training", "paused"):
            run = make(bad, state, **settings)
            assert len(names(run)) == 1
            run.requests.change(**cure)
            assert names(run) == []
            run.requests.change(**settings)  # as where it was refused
            assert len(names(run)) == 1
            shutil.rmtree(run.path)

    @pytest.mark.parametrize("step", [0, 1, 10, 24])
    def test_the_epoch_in_which_it_changed_says_little(self, step: int, make: Any) -> None:
        bad = epochs(30.0, 29.0, kl=(0.0, 0.0))
        rows = [*bad, change(3, step, beta=5.0), row(3, 29.0, (0.0, 0.0), beta=5.0)]
        run = make(rows, beta=50.0)
        run.requests.change(beta=5.0)
        whole = step == 0
        assert names(run) == ["Posterior collapse"] * whole
        shutil.rmtree(run.path)
        run = make([*rows, row(4, 28.0, (0.0, 0.0), beta=5.0)], beta=50.0)
        run.requests.change(beta=5.0)
        assert names(run) == ["Posterior collapse"]

    def test_two_epochs_without_learning_are_two_of_the_new_rate(self, make: Any) -> None:
        rows = [*epochs(GREY, GREY), change(3, 10, learning_rate=1e-5)]
        later = [row(3, GREY), row(4, GREY), row(5, GREY)]
        for count, found in ((1, []), (2, []), (3, ["No learning"])):
            run = make([*rows, *later[:count]], learning_rate=1e-6)
            run.requests.change(learning_rate=1e-5)
            assert names(run) == found
            shutil.rmtree(run.path)

    @CURES
    @pytest.mark.parametrize("later", [[], [row(3, 41.0, (0.0, 0.0), kind="step", step=5)]])
    def test_what_was_before_is_not_held_against_it(
        self,
        settings: dict[str, float],
        bad: list[dict[str, Any]],
        cure: dict[str, float],
        later: list[dict[str, Any]],
        make: Any,
    ) -> None:
        run = make([*bad, change(2, 25, **cure), *later], **settings)
        run.requests.change(**cure)
        assert names(run) == []

    def test_but_what_comes_after_it_is(self, make: Any) -> None:
        rows = [*epochs(30.0, kl=(0.0, 0.0)), change(1, 25, beta=5.0)]
        after = row(2, 30.0, (0.0, 0.0), beta=5.0)
        run = make([*rows, after], beta=50.0)
        run.requests.change(beta=5.0)
        (problem,) = problems(run)
        assert "A beta of 5 gives the KL too much weight" in problem.words
