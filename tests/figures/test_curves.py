from __future__ import annotations

from itertools import pairwise
from typing import Any

from vae.figures.curves import (
    MAX_MARKS,
    MAX_POINTS,
    curve_marks,
    curve_points,
    curves_figure,
)
from vae.runs.run import SHIPPED, open_run


def rows(epochs: int, per_epoch: int = 10, validation: bool = True) -> list[dict[str, Any]]:
    """A history whose loss is 100 * epoch + step."""
    made = []
    for epoch in range(1, epochs + 1):
        for step in range(1, per_epoch + 1):
            values = {"loss": 100 * epoch + step, "reconstruction": 7.0, "kl": 1.0}
            made.append({"kind": "step", "epoch": epoch, "step": step, **values})
        row = {**made[-1], "kind": "epoch"}
        if validation:
            row |= {"val_loss": -epoch, "val_reconstruction": 8.0, "val_kl": 2.0}
        made.append(row)
    return made


class TestCorrectness:
    def test_points_of_a_short_run_are_all_there(self) -> None:
        points = curve_points(rows(2), 10)
        assert points["training"]["epoch"][:3] == [0.1, 0.2, 0.3]
        assert points["training"]["epoch"][-1] == 2.0
        assert points["training"]["loss"][0] == 101
        assert points["validation"] == {
            "epoch": [1.0, 2.0],
            "loss": [-1, -2],
            "reconstruction": [8.0, 8.0],
            "kl": [2.0, 2.0],
        }

    def test_the_first_half_epoch_is_left_out_of_a_longer_run(self) -> None:
        assert min(curve_points(rows(3), 10)["training"]["epoch"]) == 0.1
        assert min(curve_points(rows(4), 10)["training"]["epoch"]) == 0.6

    def test_a_history_of_epochs_alone_has_a_point_an_epoch(self) -> None:
        points = curve_points([row for row in rows(5) if row["kind"] == "epoch"], 10)["training"]
        assert points["epoch"] == [1.0, 2.0, 3.0, 4.0, 5.0]
        assert points["loss"] == [110, 210, 310, 410, 510]

    def test_the_axis_of_the_first_epoch_is_that_of_all_others(self) -> None:
        """The largest step seen so far is not the epoch's length."""
        assert curve_points(rows(1)[:4], 10)["training"]["epoch"] == [0.1, 0.2, 0.3, 0.4]
        change = {"kind": "change", "epoch": 1, "step": 4, "beta": 2.0}
        assert curve_marks([*rows(1)[:4], change], 10)[0]["epoch"] == 0.4

    def test_no_validation_and_no_rows(self) -> None:
        assert curve_points(rows(2, validation=False), 10)["validation"]["loss"] == []
        assert curve_points([], 1)["training"]["epoch"] == []

    def test_rows_before_the_first_step(self) -> None:
        """As a change in a run that waits: an epoch of no steps has no parts."""
        first = {**rows(1, 1)[0], "step": 0}
        change = {"kind": "change", "epoch": 0, "step": 0, "beta": 2.0}
        assert curve_points([first, change], 1)["training"]["epoch"] == []
        assert curve_marks([first, change], 1) == [{"epoch": 0, "text": "beta 2"}]

    def test_a_long_run_is_thinned(self) -> None:
        long = rows(5000)
        long[7777] |= {"loss": 1e9}
        long[44444] |= {"kl": -1e9}
        points = curve_points(long, 10)
        for part in ("training", "validation"):
            assert {len(values) for values in points[part].values()} != {0}
            assert all(len(values) <= MAX_POINTS for values in points[part].values())
            epochs = points[part]["epoch"]
            assert max(b - a for a, b in pairwise(epochs)) < 5000 / 200
            assert epochs == sorted(epochs)
            assert epochs[-1] == 5000.0
        assert max(points["training"]["loss"]) == 1e9
        assert min(points["training"]["kl"]) == -1e9

    def test_marks_are_the_last_ones(self) -> None:
        changes = [
            {"kind": "change", "epoch": epoch, "step": 1, "beta": epoch} for epoch in range(1, 5000)
        ]
        marks = curve_marks(changes, 10)
        assert len(marks) == MAX_MARKS
        assert marks[-1]["text"] == "beta 5e+03"


def test_a_publication_shows_training_and_validation() -> None:
    run = open_run(SHIPPED / "mnist-recommended")
    axes = curves_figure(run).axes
    assert [each.get_title() for each in axes] == ["Loss", "Reconstruction", "KL"]
    training, validation = axes[0].lines
    assert training.get_ydata()[-1] == run.rows[-2]["loss"]
    assert list(validation.get_ydata()) == run.history["val_loss"]


def test_an_autoencoder_has_one_curve_since_its_loss_is_the_reconstruction() -> None:
    run = open_run(SHIPPED / "mnist-autoencoder")
    (axes,) = curves_figure(run).axes
    assert axes.get_title() == "Reconstruction loss"
    assert axes.lines[0].get_ydata()[-1] == run.rows[-2]["loss"]
