"""Settings that change between two steps, and the rows that say so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.workshop import BASE, STEPS, Workshop, assert_same_run
from vae.runs.run import Run, open_run


def changes(run: Run) -> list[dict[str, Any]]:
    return [row for row in run.rows if row["kind"] == "change"]


class TestLiveSettings:
    def test_act_from_the_next_step_and_are_marked(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        run = workshop.new(tmp_path / "run")
        run = workshop.at(run, (2, 9), lambda: run.requests.change(learning_rate=1e-4, beta=3))
        (change,) = changes(run)
        assert change == {
            "kind": "change", "epoch": 2, "step": 9, "learning_rate": 1e-4, "beta": 3.0,
        }  # fmt: skip
        at = run.rows.index(change)
        before, after = run.rows[at - 1], run.rows[at + 1]
        assert (before["step"], after["step"]) == (9, 12)
        assert (before["beta"], before["learning_rate"]) == (1.0, pytest.approx(5e-3))
        assert (after["beta"], after["learning_rate"]) == (3.0, pytest.approx(1e-4))
        # Nothing before it is another's, and all after it is.
        assert run.rows[: at - 1] == undisturbed.rows[: at - 1]
        assert run.rows[-1]["reconstruction"] != undisturbed.rows[-1]["reconstruction"]
        for row in run.rows[at + 1 :]:
            assert row["loss"] == pytest.approx(row["reconstruction"] + 3 * row["kl"], rel=1e-9)

    def test_cut_the_row_and_not_the_mean(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        # What is changed here acts a step after the row of 12 would have been written.
        run = workshop.new(tmp_path / "run")
        run = workshop.at(run, (2, 9), lambda: run.requests.change(noise=0.999999))
        parts = [row for row in run.rows if row["kind"] == "step" and row["epoch"] == 2]
        assert [row["step"] for row in parts] == [6, 9, 12, 18, 25]
        whole = next(r for r in undisturbed.rows if (r["epoch"], r["step"]) == (2, 12))
        assert (3 * parts[1]["loss"] + 3 * parts[2]["loss"]) / 6 == pytest.approx(
            whole["loss"], rel=1e-3
        )
        mean = np.average([row["loss"] for row in parts], weights=[6, 3, 3, 6, 7])
        assert run.history[1]["loss"] == pytest.approx(mean, rel=1e-9)

    def test_the_noise_acts(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("pause")
        observed: list[dict[str, np.ndarray]] = []

        def silence() -> None:
            observed.append(open_run(run.path).arrays("step.npz"))
            run.requests.change(noise=0)

        def store() -> None:
            observed.append(open_run(run.path).arrays("step.npz"))
            run.requests.send("pause")

        workshop.direct(run, "batch", silence, "batch", store)
        assert np.abs(observed[0]["z"] - observed[0]["mean"]).max() > 0.1
        np.testing.assert_array_equal(observed[1]["z"], observed[1]["mean"])

    def test_two_at_once(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run")

        def change_both() -> None:
            run.requests.change(beta=2.0)
            run.requests.change(learning_rate=1e-4)

        run = workshop.at(run, (1, 9), change_both)
        (change,) = changes(run)  # one moment, one mark
        assert (change["beta"], change["learning_rate"]) == (2.0, 1e-4)

    def test_one_after_the_other(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("pause")
        workshop.direct(
            run,
            "batch",
            lambda: run.requests.change(beta=2.0),
            "batch",
            lambda: run.requests.change(beta=0.5, noise=0.5),
            "batch",
        )
        found = [
            (row["step"], row.get("beta"), row.get("noise")) for row in changes(open_run(run.path))
        ]
        assert found == [(1, 2.0, None), (2, 0.5, 0.5)]
        assert open_run(run.path).settings == BASE.replace(beta=0.5, noise=0.5)

    def test_what_stays_the_same_is_no_change(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        run = workshop.new(tmp_path / "run")
        run = workshop.at(run, (1, 9), lambda: run.requests.change(beta=1.0, noise=1.0))
        assert_same_run(run, undisturbed)

    def test_a_warm_up_goes_to_the_new_beta(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run", kl_warmup=3)
        run = workshop.at(run, (2, 9), lambda: run.requests.change(beta=4.0))
        assert [row["beta"] for row in run.history] == [0.25, 2.0, 3.0]

    @pytest.mark.parametrize(
        "values",
        [
            "{",
            '{"action": "run", "turn": 0, "serial": 9, "settings": {"beta": -1}, "more": []}',
            '{"action": "run", "turn": 0, "serial": 9, "settings": {"epochs": 1}, "more": []}',
            '{"action": "dance", "turn": 3, "serial": 9, "settings": {}, "more": []}',
        ],
        ids=["cut-short", "beyond-its-range", "no-live-setting", "no-action"],
    )
    def test_what_cannot_be_is_ignored(
        self, values: str, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        run = workshop.new(tmp_path / "run")
        run = workshop.at(run, (1, 9), lambda: (run.path / "control.json").write_text(values))
        assert_same_run(run, undisturbed)


class TestRows:
    def test_gradient_norms(self, undisturbed: Run) -> None:
        steps = [row for row in undisturbed.rows if row["kind"] == "step"]
        assert all(row["gradient_norm"] > 0 for row in steps)
        for epoch in undisturbed.history:
            parts = [row["gradient_norm"] for row in steps if row["epoch"] == epoch["epoch"]]
            assert epoch["gradient_norm"] == pytest.approx(np.mean(parts))

    def test_how_fast_it_goes(self, undisturbed: Run) -> None:
        status = undisturbed.status
        assert status["seconds_per_epoch"] > 0
        assert status["images_per_second"] > 0
        assert status["steps"] == STEPS
