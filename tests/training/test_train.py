"""train(): what a run learns, writes and says, and how it ends."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import PREDICTABLE, copy_run
from vae.config import Config
from vae.data.datasets import Dataset
from vae.environment import runs_folder
from vae.errors import ConfigError, RunError
from vae.files import write_json
from vae.images import tile, to_png, to_uint8
from vae.model.base import build
from vae.model.objective import beta_at, learning_rate_at
from vae.runs.run import Run, open_run
from vae.sampling.prior import prior_codes
from vae.training.model_files import recover
from vae.training.train import resume, train

EPOCHS = PREDICTABLE.epochs


def sample_grid(run: Run) -> bytes:
    z = prior_codes(16, run.config.latent_dim, seed=5)
    return to_png(tile(to_uint8(run.decode(z)), 4, 4))


def checkpoint(run: Run) -> dict[str, np.ndarray]:
    return run.arrays("checkpoint.npz")


def first_weights(run: Run) -> list[np.ndarray]:
    return build(run.config, run.image_shape).get_weights()


def same(a: list[np.ndarray], b: list[np.ndarray]) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.fixture(scope="module")
def twin_run(finished_run: Run, digits: Dataset) -> Run:
    """The same once more, this time into a folder that `train` chooses."""
    return train(finished_run.config, digits)


class TestFinishedRun:
    def test_says_so(self, finished_run: Run) -> None:
        assert finished_run.state == "finished"
        assert finished_run.status["reason"] == ""
        assert finished_run.status["epoch"] == EPOCHS
        assert finished_run.status["model_epoch"] == EPOCHS
        assert finished_run.config == PREDICTABLE
        assert finished_run.dataset == "digits"
        assert finished_run.image_shape == (8, 8, 1)
        assert not finished_run.is_alive()

    def test_holds_all_that_a_run_folder_has(self, finished_run: Run) -> None:
        names = {path.name for path in finished_run.path.iterdir()}
        assert {
            "config.json",
            "status.json",
            "history.jsonl",
            "snapshots",
            "model.keras",
            "encoder.onnx",
            "decoder.onnx",
            "latents.npz",
            "metrics.json",
        } <= names
        assert not [name for name in names if name.startswith(".writing")]

    def test_the_listener_saw_every_row_as_it_was_written(
        self, finished_run: Run, events: list[tuple[str, dict[str, Any]]]
    ) -> None:
        assert [row for _, row in events] == finished_run.rows

    def test_everyone_can_read_that_it_trains(
        self, finished_run: Run, events: list[tuple[str, dict[str, Any]]]
    ) -> None:
        # Whoever trains holds the run's lock; without it a reader would say "interrupted".
        assert {state for state, _ in events} == {"training"}

    def test_rows(self, finished_run: Run) -> None:
        # 1,437 images less a tenth are 1,293: 25 full batches of 50.
        assert [row["epoch"] for row in finished_run.history] == list(range(1, EPOCHS + 1))
        for epoch in range(1, EPOCHS + 1):
            steps = [
                row["step"]
                for row in finished_run.rows
                if row["kind"] == "step" and row["epoch"] == epoch
            ]
            assert len(steps) == 10
            assert steps == sorted(set(steps))
            assert steps[-1] == 25

    def test_loss_is_the_sum_of_its_parts_in_every_row(self, finished_run: Run) -> None:
        for row in finished_run.rows:
            for prefix in ("", "val_") if row["kind"] == "epoch" else ("",):
                kl = row[f"{prefix}kl"]
                total = row[f"{prefix}reconstruction"] + row["beta"] * kl
                assert row[f"{prefix}loss"] == pytest.approx(total, rel=1e-12)
                assert kl == pytest.approx(sum(row[f"{prefix}kl_per_dimension"]), rel=1e-12)
                assert len(row[f"{prefix}kl_per_dimension"]) == 2

    def test_an_epoch_is_the_mean_of_its_parts(self, finished_run: Run) -> None:
        for epoch in finished_run.history:
            parts = [
                row
                for row in finished_run.rows
                if row["kind"] == "step" and row["epoch"] == epoch["epoch"]
            ]
            weights = np.diff([0, *(row["step"] for row in parts)])
            mean = np.average([row["reconstruction"] for row in parts], weights=weights)
            assert epoch["reconstruction"] == pytest.approx(mean, rel=1e-9)

    def test_schedules_are_those_of_the_configuration(self, finished_run: Run) -> None:
        assert finished_run.history["beta"] == pytest.approx(
            [beta_at(PREDICTABLE, epoch) for epoch in range(1, EPOCHS + 1)], rel=1e-6
        )
        for row in finished_run.rows:
            step = (row["epoch"] - 1) * 25 + row["step"] - 1
            rate = learning_rate_at(PREDICTABLE, step, EPOCHS * 25)
            assert row["learning_rate"] == pytest.approx(rate, rel=1e-5)

    def test_it_learned(self, finished_run: Run, digits: Dataset) -> None:
        x = digits.x_test / 255.0
        p = np.clip((digits.x_train / 255.0).mean(axis=0), 1e-7, 1 - 1e-7)
        mean_image = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=(1, 2, 3)).mean()
        assert finished_run.metrics["reconstruction"] < mean_image
        assert finished_run.history["val_reconstruction"][-1] < mean_image

    def test_metrics_and_latents_are_those_of_the_model(
        self, finished_run: Run, digits: Dataset
    ) -> None:
        assert finished_run.metrics["epoch"] == EPOCHS
        mean, log_var = finished_run.encode(digits.x_test)
        np.testing.assert_allclose(finished_run.latents["mean"], mean, atol=1e-4)
        np.testing.assert_allclose(finished_run.latents["log_var"], log_var, atol=1e-4)
        np.testing.assert_array_equal(finished_run.latents["y"], digits.y_test)


class TestSeed:
    def test_without_a_folder_the_run_goes_where_runs_go(self, twin_run: Run) -> None:
        assert twin_run.path.parent == runs_folder()

    def test_same_seed_same_run(self, finished_run: Run, twin_run: Run) -> None:
        assert twin_run.rows == finished_run.rows
        assert twin_run.metrics == finished_run.metrics
        first, again = checkpoint(finished_run), checkpoint(twin_run)
        assert first.keys() == again.keys()
        for name, values in first.items():
            np.testing.assert_array_equal(values, again[name])
        assert same(finished_run.load_model().get_weights(), twin_run.load_model().get_weights())
        assert sample_grid(finished_run) == sample_grid(twin_run)

    def test_another_seed_another_run(
        self, finished_run: Run, digits: Dataset, tmp_path: Path
    ) -> None:
        config = PREDICTABLE.replace(seed=8, epochs=1)
        other = train(config, digits, out=tmp_path / "run")
        assert other.rows[0]["loss"] != finished_run.rows[0]["loss"]
        assert not same(first_weights(other), first_weights(finished_run))
        assert sample_grid(other) != sample_grid(finished_run)


class TestKinds:
    def test_autoencoder(self, autoencoder_run: Run) -> None:
        assert autoencoder_run.state == "finished"
        for row in autoencoder_run.rows:
            assert row["kl"] == 0.0
            assert row["kl_per_dimension"] == [0.0, 0.0, 0.0]
            assert row["loss"] == row["reconstruction"]
        assert "elbo" not in autoencoder_run.metrics

    def test_convolutional_on_color_pictures(
        self, convolutional_run: Run, stripes: Dataset
    ) -> None:
        assert convolutional_run.state == "finished"
        assert convolutional_run.image_shape == (12, 9, 3)
        history = convolutional_run.history
        assert history[-1]["loss"] < history[0]["loss"]
        assert convolutional_run.decode(np.zeros((2, 5))).shape == (2, 12, 9, 3)


class TestEnds:
    def test_stop_saves_what_was_learned(self, digits: Dataset, tmp_path: Path) -> None:
        observed: list[tuple[int, int]] = []
        run = train(
            PREDICTABLE,
            digits,
            lambda row: observed.append((row["epoch"], row["step"])),
            out=tmp_path / "run",
            should_stop=lambda: bool(observed) and observed[-1][0] == 2 and observed[-1][1] >= 12,
        )
        assert run.state == "stopped"
        assert run.status["reason"] == "Stopped by hand in epoch 2."
        assert len(run.history) == 1
        assert 12 <= run.rows[-1]["step"] < 25
        # All of it is in the model and in the checkpoint, from which it could be resumed.
        learned = run.load_model().get_weights()
        stored = checkpoint(run)
        assert (stored["epoch"], stored["step"]) == (2, run.status["step"])
        assert stored["step"] >= run.rows[-1]["step"]
        assert same(learned, [stored[f"v{index}"] for index in range(len(learned))])
        assert run.metrics["loss"] < run.history[0]["loss"]
        assert run.decode(np.zeros((1, 2))).shape == (1, 8, 8, 1)

    @pytest.mark.parametrize(
        "changes",
        [
            {"learning_rate": 10.0},
            # A beta that rises until the steps are too large for it: after epochs that went well.
            {"learning_rate": 0.1, "beta": 100.0, "kl_warmup": 30, "epochs": 30},
            # One step an epoch and no validation: no loss sees the weights of the last step.
            {"learning_rate": 10.0, "batch_size": 4096, "validation_split": 0.0},
        ],
        ids=["at-once", "late", "unseen"],
    )
    def test_divergence(self, changes: dict[str, Any], digits: Dataset, tmp_path: Path) -> None:
        config = Config(hidden=(32,), latent_dim=2, optimizer="sgd", epochs=6).replace(**changes)
        run = train(config, digits, out=tmp_path / "run")
        assert run.state == "diverged"
        stored, rate = run.status["model_epoch"], config.learning_rate
        assert f"Kept: the weights of epoch {stored}." in run.status["reason"]
        hint = f"learning rate of {rate:g} is likely too large: try {rate / 10:g}."
        assert hint in run.status["reason"]
        weights = run.load_model().get_weights()
        assert all(np.isfinite(values).all() for values in weights)
        assert np.isfinite([run.metrics[name] for name in ("loss", "reconstruction", "kl")]).all()
        # What is kept is what the snapshot of that epoch shows.
        samples = to_uint8(run.decode(run.fixed["z"])).astype(int)
        assert np.abs(samples - run.snapshot(stored)["samples"]).max() <= 1
        if config.beta > 1.0:
            assert 1 <= stored == len(run.history) < config.epochs
        else:
            assert stored == 0
            assert same(weights, first_weights(run))

    def test_a_folder_with_a_run_is_left_alone(
        self, finished_run: Run, digits: Dataset, tmp_path: Path
    ) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        before = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
        with pytest.raises(RunError, match=r"a folder of its own\. Received"):
            train(PREDICTABLE, digits, out=run.path)
        after = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
        assert before == after

    def test_a_folder_that_cannot_be(self, digits: Dataset, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(RunError, match=r"can be written to .*Received"):
            train(PREDICTABLE, digits, out=tmp_path / "file" / "run")

    def test_what_does_not_fit_leaves_no_folder(self, digits: Dataset, tmp_path: Path) -> None:
        config = Config(network="convolutional", hidden=(4, 4, 4))
        with pytest.raises(ConfigError, match="Received"):
            train(config, digits, out=tmp_path / "run")
        assert not (tmp_path / "run").exists()

    def test_a_run_of_other_images(
        self, finished_run: Run, digits: Dataset, tmp_path: Path
    ) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        edges = ((0, 0), (0, 1), (0, 1), (0, 0))
        larger = {name: np.pad(getattr(digits, name), edges) for name in ("x_train", "x_test")}
        other = dataclasses.replace(digits, name="other", **larger)
        received = r"shape \(8, 8, 1\)\. Received: other, .* \(9, 9, 1\)"
        with pytest.raises(RunError, match=received):
            resume(run, other, more_epochs=1)
        assert run.control.serial == 0
        with pytest.raises(RunError, match=received):
            recover(run, other)

    def test_recover_makes_the_files_from_the_last_checkpoint(
        self, finished_run: Run, digits: Dataset, tmp_path: Path
    ) -> None:
        killed = copy_run(finished_run, tmp_path / "run")
        for name in ("model.keras", "encoder.onnx", "decoder.onnx", "metrics.json", "latents.npz"):
            (killed.path / name).unlink()
        write_json(killed.path / "status.json", {**killed.status, "state": "training"})
        assert open_run(killed.path).state == "interrupted"
        run = recover(open_run(killed.path), digits)
        assert run.state == "interrupted"
        assert f"epoch {EPOCHS} is kept" in run.status["reason"]
        assert same(run.load_model().get_weights(), finished_run.load_model().get_weights())
        assert sample_grid(run) == sample_grid(finished_run)
        assert run.metrics == finished_run.metrics
