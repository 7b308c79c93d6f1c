"""Early stopping: which epoch was the best, and when enough have passed without a better one."""

from __future__ import annotations

from typing import Any

import pytest

from vae.config import Config
from vae.training.early_stopping import best_epoch, is_over

CONFIG = Config(patience=2, beta=1.0)


def epoch(number: int, reconstruction: float, kl: float = 0.0, **more: Any) -> dict[str, Any]:
    # val_loss is what the row's own beta makes of it, as during a warm-up; it must not count.
    return {
        "kind": "epoch",
        "epoch": number,
        "val_loss": -1000.0 * number,
        "val_reconstruction": reconstruction,
        "val_kl": kl,
        **more,
    }


def change(number: int, **settings: float) -> dict[str, Any]:
    return {"kind": "change", "epoch": number, "step": 3, **settings}


def epochs(*losses: float) -> list[dict[str, Any]]:
    return [epoch(number, loss) for number, loss in enumerate(losses, start=1)]


class TestBasics:
    def test_no_epoch_no_best(self) -> None:
        assert best_epoch(CONFIG, []) == 0
        assert not is_over(CONFIG, [], 0)

    def test_the_smallest_loss_is_best(self) -> None:
        assert best_epoch(CONFIG, epochs(5, 3, 4)) == 2

    def test_of_equals_the_first(self) -> None:
        assert best_epoch(CONFIG, epochs(5, 3, 3)) == 2

    @pytest.mark.parametrize(
        ("losses", "over"),
        [((5, 4, 3), False), ((5, 4, 4.5), False), ((5, 4, 4.5, 4.5), True), ((3, 4, 5), True)],
    )
    def test_over_after_as_many_epochs_as_there_is_patience(
        self, losses: tuple[float, ...], over: bool
    ) -> None:
        assert is_over(CONFIG, epochs(*losses), 0) is over

    def test_without_patience_never(self) -> None:
        assert not is_over(Config(), epochs(*range(1, 200)), 0)


class TestCorrectness:
    def test_what_counts_is_the_loss_at_the_requested_beta(self) -> None:
        rows = [epoch(1, 10.0, kl=5.0), epoch(2, 12.0, kl=1.0)]
        assert best_epoch(Config(patience=2, beta=1.0), rows) == 2
        assert best_epoch(Config(patience=2, beta=0.1), rows) == 1

    def test_a_kl_far_from_its_capacity_is_not_better(self) -> None:
        rows = [epoch(1, 12.0, kl=1.0), epoch(2, 10.0, kl=5.0), epoch(3, 9.0, kl=9.0)]
        assert best_epoch(Config(patience=2, beta=2.0), rows) == 1  # 14, 20 and 27
        assert best_epoch(Config(patience=2, beta=2.0, capacity=6.0), rows) == 2  # 22, 12 and 15

    def test_a_change_of_beta_begins_anew(self) -> None:
        rows = [*epochs(1, 5), change(2, beta=2.0)]
        assert best_epoch(CONFIG, rows) == 0
        assert not is_over(CONFIG, rows, 0)
        rows += [epoch(3, 8.0, kl=1.0), epoch(4, 5.0, kl=2.0)]
        assert best_epoch(CONFIG, rows) == 4  # 8 + 2 * 1 against 5 + 2 * 2

    def test_other_changes_do_not(self) -> None:
        rows = [*epochs(1, 5), change(2, learning_rate=0.1, noise=0.5)]
        assert best_epoch(CONFIG, rows) == 1

    def test_step_rows_are_no_epochs(self) -> None:
        rows = [*epochs(5, 4), {**epoch(3, 0.0), "kind": "step"}]
        assert best_epoch(CONFIG, rows) == 2

    def test_a_new_segment_has_patience_of_its_own(self) -> None:
        rows = epochs(1, 5, 5)
        assert is_over(CONFIG, rows, 0)
        assert not is_over(CONFIG, rows, 2)
        rows.append(epoch(4, 5))
        assert is_over(CONFIG, rows, 2)
        assert best_epoch(CONFIG, rows) == 1  # and the best of all stays the best
