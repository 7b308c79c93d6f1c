"""The rows of a history, and means over them."""

from __future__ import annotations

import pytest

from vae.training.history_rows import in_nats, last_step_row, mean_row, step_parts


def step(epoch: int, index: int, reconstruction: float = 0.0, **more: float) -> dict:
    parts = {"reconstruction": reconstruction, "kl_per_dimension": [reconstruction / 4, 1.0]}
    return {"kind": "step", "epoch": epoch, "step": index, **parts, **more}


class TestBasics:
    def test_a_row_in_its_order(self) -> None:
        row = in_nats({"kl": 9.0, "kl_per_dimension": [1.0, 2.5], "reconstruction": 7.0}, 0.5)
        assert list(row.items()) == [
            ("loss", 7.0 + 0.5 * 3.5),
            ("reconstruction", 7.0),
            ("kl", 3.5),
            ("kl_per_dimension", [1.0, 2.5]),
        ]

    def test_the_last_step_with_a_row(self) -> None:
        rows = [step(1, 5), step(1, 10), {"kind": "epoch", "epoch": 1, "step": 10}]
        assert last_step_row(rows, 1) == 10
        assert last_step_row(rows, 2) == 0
        rows += [step(2, 4), {"kind": "change", "epoch": 2, "step": 6, "beta": 1.0}]
        assert last_step_row(rows, 2) == 4
        assert last_step_row([], 1) == 0

    def test_a_change_in_a_new_epoch_is_no_row_of_its_steps(self) -> None:
        rows = [step(1, 10), {"kind": "change", "epoch": 2, "step": 0, "beta": 1.0}]
        assert last_step_row(rows, 2) == 0


class TestCorrectness:
    def test_means_weigh_steps_not_rows(self) -> None:
        # A live change cuts a row short: one of 1 step, one of 3.
        rows = [step(1, 9), step(2, 1, 8.0), {"kind": "change", "epoch": 2, "step": 1}]
        rows.append(step(2, 4, 4.0))
        parts = step_parts(rows, 2)
        assert [steps for steps, _ in parts] == [1, 3]
        means = mean_row(parts)
        assert means["reconstruction"] == pytest.approx((8.0 + 3 * 4.0) / 4)
        assert means["kl_per_dimension"] == pytest.approx([(2.0 + 3 * 1.0) / 4, 1.0])
        assert "gradient_norm" not in means

    def test_the_mean_gradient_norm_is_that_of_the_rows_that_have_one(self) -> None:
        parts = [
            (1, step(1, 1, gradient_norm=2.0)),
            (2, step(1, 3)),
            (3, step(1, 6, gradient_norm=4.0)),
        ]
        assert mean_row(parts)["gradient_norm"] == 3.0

    def test_the_mean_of_one_row_is_that_row(self) -> None:
        means = mean_row([(7, step(1, 7, 1 / 3))])
        assert means == {"reconstruction": 1 / 3, "kl_per_dimension": [1 / 12, 1.0]}
