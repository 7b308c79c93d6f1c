"""Live control: a run applies commands between two steps, and its history shows them."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from tests.workshop import STEPS, Workshop, assert_same_run, when
from vae.runs.run import Run, open_run
from vae.training import commands, model_files
from vae.training.early_stopping import best_epoch


class TestPause:
    def test_before_the_first_step(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("pause")
        assert workshop.direct(run) == [(0, 0)]
        left = open_run(run.path)
        assert (left.state, left.rows, left.snapshot_epochs) == ("paused", [], [0])

    def test_a_paused_run_has_all_it_needs_in_its_folder(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("batch")
        stored: list[tuple[int, int]] = []

        def check() -> None:
            checkpoint = open_run(run.path).arrays("checkpoint.npz")
            stored.append((int(checkpoint["epoch"]), int(checkpoint["step"])))
            run.requests.send("batch" if len(stored) < 3 else "run")

        workshop.direct(run, check, check, check)
        assert stored == [(1, 1), (1, 2), (1, 3)]
        assert_same_run(open_run(run.path), undisturbed)

    def test_a_process_that_waits_too_long_goes(
        self, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(commands, "PAUSE_PATIENCE_SECONDS", 0.1)
        run = workshop.new(tmp_path / "run")
        left = workshop.at(run, (1, 9), lambda: run.requests.send("pause"))
        assert left.state == "paused"
        assert left.status["reason"] == "Paused in epoch 1, after step 9 of 25."
        assert not left.is_alive()
        assert left.status["serial"] == left.control.serial
        assert not left.has_model

    def test_a_request_to_exit_ends_a_process(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        run = workshop.new(tmp_path / "run")
        left = workshop.at(run, (1, 9), lambda: run.requests.send("leave"))
        assert (left.state, left.status["reason"]) == (
            "paused",
            "Paused in epoch 1, after step 9 of 25.",
        )
        assert not left.is_alive()
        left.requests.resume()
        assert_same_run(workshop.resume(left), undisturbed)

    def test_a_request_to_exit_ends_a_paused_process(
        self, workshop: Workshop, tmp_path: Path
    ) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("batch")
        assert workshop.direct(run, "leave") == [(1, 1)]
        assert (open_run(run.path).state, open_run(run.path).is_alive()) == ("paused", False)

    @pytest.mark.parametrize("action", ["pause", "stop", "leave"])
    def test_the_last_good_checkpoint_outlives_a_divergence_that_no_row_records(
        self, action: str, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = workshop.new(tmp_path / "run")

        def diverge() -> None:  # between two rows of the history
            first = workshop.model.trainable_variables[0]
            first.assign(np.full(first.shape, np.nan))
            run.requests.send(action)

        with monkeypatch.context() as patch:
            when(workshop, patch, (2, 8), diverge)
            left = workshop.resume(run)
        assert left.state == "diverged"
        assert "Kept: the weights of epoch 1." in left.status["reason"]
        checkpoint = left.arrays("checkpoint.npz")
        assert (checkpoint["epoch"], checkpoint["step"]) == (1, STEPS)
        assert all(np.isfinite(values).all() for values in checkpoint.values())

    def test_pauses_are_no_training_time(
        self, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(commands, "POLL_SECONDS", 0.3)
        run = workshop.new(tmp_path / "run", epochs=1)
        run.requests.send("pause")
        began = time.monotonic()
        workshop.direct(run, "batch", "batch", "batch")
        waited = 3 * 0.3  # it polls, gets the next step, and sleeps
        assert time.monotonic() - began > waited
        trained = open_run(run.path).status["seconds_trained"]
        assert 0.0 < trained < time.monotonic() - began - waited


class TestSteps:
    def test_one_batch_is_one_step(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("pause")
        assert workshop.direct(run, "batch", "batch") == [(0, 0), (1, 1), (1, 2)]

    def test_one_epoch_ends_with_the_epoch(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("pause")
        # From an epoch's end the whole next one; from within, the rest of it.
        requested = ("batch", "epoch", "epoch", "batch", "epoch")
        expected = [(0, 0), (1, 1), (1, STEPS), (2, STEPS), (3, 1), (3, STEPS)]
        assert workshop.direct(run, *requested) == expected
        assert len(open_run(run.path).history) == 3

    def test_after_the_last_step_it_ends(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run", epochs=1)
        run.requests.send("epoch")
        assert workshop.direct(run, "batch") == [(1, STEPS)]
        assert open_run(run.path).state == "finished"

    def test_the_same_run_as_without(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("pause")
        requested = ["batch"] * 8 + ["epoch", "batch", "epoch", "batch", "run"]
        positions = workshop.direct(run, *requested)
        assert positions[-1] == (3, 1)
        assert_same_run(open_run(run.path), undisturbed)

    def test_a_step_is_taken_apart(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run", schedule="cosine", kl_warmup=1, noise=0.5)
        run.requests.send("pause")
        observed: list[dict[str, np.ndarray]] = []

        def store() -> None:
            observed.append(open_run(run.path).arrays("step.npz"))
            run.requests.send("batch")

        workshop.direct(run, "batch", store, store, lambda: run.requests.send("epoch"), store)
        positions = [(int(step["epoch"]), int(step["step"])) for step in observed]
        assert positions == [(1, 1), (1, 2), (1, 3)]
        for step in observed:
            assert (step["steps"], step["batch_size"], str(step["kind"])) == (STEPS, 50, "vae")
            assert float(step["beta"]) == pytest.approx(0.5)  # in the warm-up's first epoch
            assert float(step["noise"]) == 0.5
            assert 0 < float(step["learning_rate"]) <= 5e-3
            spread = 0.5 * np.exp(step["log_var"] / 2) * step["epsilon"]
            np.testing.assert_allclose(step["z"], step["mean"] + spread, rtol=1e-4, atol=1e-5)
        # The row of the first six steps has their mean loss.
        rates = [float(step["learning_rate"]) for step in observed]
        assert rates == sorted(rates, reverse=True)

    def test_its_loss_is_the_one_in_the_history(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("pause")
        losses: list[float] = []

        def take() -> None:
            losses.append(float(open_run(run.path).arrays("step.npz")["loss_before"]))
            run.requests.send("batch")

        workshop.direct(run, "batch", *[take] * 6)
        row = open_run(run.path).rows[0]
        assert row["step"] == len(losses) == 6
        assert row["loss"] == pytest.approx(np.mean(losses), rel=1e-5)


class TestEarlyStopping:
    def test_keeps_the_best_weights(self, workshop: Workshop, tmp_path: Path) -> None:
        changes = {"patience": 2, "learning_rate": 1e-7, "epochs": 60}
        run = workshop.resume(workshop.new(tmp_path / "run", **changes))
        losses = run.history["val_loss"]
        best = int(np.argmin(losses)) + 1
        assert (run.state, len(losses)) == ("finished", best + 2)
        assert run.status["model_epoch"] == best == best_epoch(run.config, run.rows)
        assert run.status["reason"] == (
            f"Stopped early after epoch {best + 2}: the validation loss was best in epoch "
            f"{best}, whose weights are kept."
        )
        assert run.metrics["epoch"] == best
        # They are those that the run had at that epoch's end.
        there = workshop.suspend_at(workshop.new(tmp_path / "there", **changes), (best, STEPS))
        stored = there.arrays("checkpoint.npz")
        for index, weights in enumerate(run.arrays("weights.npz").values()):
            np.testing.assert_array_equal(weights, stored[f"v{index}"])

    def test_stopped_by_the_user_it_has_its_best_weights_too(
        self, workshop: Workshop, tmp_path: Path
    ) -> None:
        changes = {"patience": 50, "learning_rate": 1e-7, "epochs": 60}
        run = workshop.stop_at(workshop.new(tmp_path / "run", **changes), (5, 9))
        best = int(np.argmin(run.history["val_loss"])) + 1
        assert best < 5
        assert run.status["model_epoch"] == best

    def test_a_change_of_beta_begins_anew(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run", patience=2, learning_rate=1e-7, epochs=60)
        run = workshop.at(run, (1, 9), lambda: run.requests.change(beta=0.5))
        val = [row["val_reconstruction"] + 0.5 * row["val_kl"] for row in run.history]
        assert run.status["model_epoch"] == int(np.argmin(val)) + 1


class TestLimits:
    def test_training_time(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.resume(workshop.new(tmp_path / "run"), seconds=1e-9)
        assert (run.state, run.rows) == ("stopped", [])
        assert "of training is reached" in run.status["reason"]

    @pytest.mark.parametrize("how", ["stop_at", "suspend_at"])
    def test_time_is_counted_to_the_last_step(
        self, how: str, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = workshop.new(tmp_path / "run")
        with monkeypatch.context() as patch:
            when(workshop, patch, (1, 2), lambda: time.sleep(0.3))
            run = getattr(workshop, how)(run, (1, 3))  # before the first row
        assert run.rows == []
        assert run.status["seconds_trained"] > 0.3

    def test_waiting_too_long_is_no_training_time(
        self, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(commands, "PAUSE_PATIENCE_SECONDS", 1.0)
        run = workshop.new(tmp_path / "run")
        began = time.monotonic()
        left = workshop.at(run, (1, 2), lambda: run.requests.send("pause"))
        assert left.status["seconds_trained"] < time.monotonic() - began - 0.9

    def test_a_worthless_model_is_blamed_on_the_rate_of_now(
        self, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        losses = iter([float("nan"), 1.0])
        found = {"y": np.zeros(1)}
        monkeypatch.setattr(model_files, "evaluate", lambda *_: ({"loss": next(losses)}, found))
        run = workshop.new(tmp_path / "run", epochs=1)
        run.requests.change(learning_rate=0.02)
        run = workshop.resume(run)
        assert run.state == "diverged"
        assert "learning rate of 0.02 is likely too large: try 0.002." in run.status["reason"]

    def test_a_requested_stop(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run")
        run = workshop.at(run, (2, 9), lambda: run.requests.send("stop"))
        assert run.state == "stopped"
        assert run.status["reason"] == "Stopped by hand in epoch 2."
        assert (run.status["epoch"], run.status["step"]) == (2, 9)

    def test_stop_while_it_is_paused(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("batch")
        assert workshop.direct(run, "stop") == [(1, 1)]
        assert open_run(run.path).state == "stopped"
        stored = open_run(run.path).arrays("checkpoint.npz")
        for index, weights in enumerate(open_run(run.path).arrays("weights.npz").values()):
            np.testing.assert_array_equal(weights, stored[f"v{index}"])
