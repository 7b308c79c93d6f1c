"""train(): what a run learns, writes and says, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from tests.conftest import PREDICTABLE, copy_run
from vae.config import Config
from vae.datasets import Dataset
from vae.errors import ConfigError, RunError
from vae.files import write_json
from vae.model import VAE, build
from vae.objective import beta_at, learning_rate_at
from vae.presets import PRESETS
from vae.runs import Run, open_run, runs_folder
from vae.sampling import prior_codes, tile, to_png, to_uint8
from vae.training import _compiled, recover, split_indices, train

EPOCHS = PREDICTABLE.epochs


def sample_grid(run: Run) -> bytes:
    z = prior_codes(16, run.config.latent_dim, seed=5)
    return to_png(tile(to_uint8(run.decode(z)), 4, 4))


def checkpoint(run: Run) -> dict[str, np.ndarray]:
    return run.arrays("checkpoint")


def first_weights(run: Run) -> list[np.ndarray]:
    return build(run.config, run.image_shape).get_weights()


def same(a: list[np.ndarray], b: list[np.ndarray]) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.fixture(scope="module")
def twin_run(finished_run: Run, digits: Dataset) -> Run:
    """The same once more, this time into a folder that `train` chooses."""
    return train(finished_run.config, digits)


class TestSplit:
    def test_every_image_trains_or_validates_once(self) -> None:
        split = split_indices(Config(validation_split=0.1), 1000)
        assert (len(split.train), len(split.validation)) == (900, 100)
        assert sorted([*split.train, *split.validation]) == list(range(1000))
        assert split.train.dtype == split.validation.dtype == np.int32

    def test_share_and_split_together(self) -> None:
        split = split_indices(Config(train_share=0.25, validation_split=0.2), 1000)
        assert (len(split.train), len(split.validation)) == (200, 50)
        assert len({*split.train, *split.validation}) == 250

    def test_no_validation(self) -> None:
        assert len(split_indices(Config(validation_split=0.0), 70).validation) == 0

    def test_at_least_one_image_trains(self) -> None:
        split = split_indices(Config(train_share=0.001, validation_split=0.5), 10)
        assert (len(split.train), len(split.validation)) == (1, 0)
        with pytest.raises(ConfigError, match="Received"):
            split_indices(Config(), 0)

    def test_the_seed_draws(self) -> None:
        first, again = (split_indices(Config(seed=4), 500) for _ in range(2))
        np.testing.assert_array_equal(first.validation, again.validation)
        other = split_indices(Config(seed=5), 500)
        assert set(first.validation) != set(other.validation)


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

    def test_was_seen_training_by_everyone(
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

    def test_convolutional_on_colour_pictures(
        self, convolutional_run: Run, stripes: Dataset
    ) -> None:
        assert convolutional_run.state == "finished"
        assert convolutional_run.image_shape == (12, 9, 3)
        history = convolutional_run.history
        assert history[-1]["loss"] < history[0]["loss"]
        assert convolutional_run.decode(np.zeros((2, 5))).shape == (2, 12, 9, 3)


class TestEnds:
    def test_stop_keeps_what_was_learned(self, digits: Dataset, tmp_path: Path) -> None:
        seen: list[tuple[int, int]] = []
        run = train(
            PREDICTABLE,
            digits,
            lambda row: seen.append((row["epoch"], row["step"])),
            out=tmp_path / "run",
            should_stop=lambda: bool(seen) and seen[-1][0] == 2 and seen[-1][1] >= 12,
        )
        assert run.state == "stopped"
        assert run.status["reason"] == "Stopped by hand in epoch 2."
        assert len(run.history) == 1
        assert 12 <= run.rows[-1]["step"] < 25
        # More than the last checkpoint, which is of epoch 1.
        learned = run.load_model().get_weights()
        kept = checkpoint(run)
        assert kept["epoch"] == 1
        assert not same(learned, [kept[f"v{place}"] for place in range(len(learned))])
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
        kept, rate = run.status["model_epoch"], config.learning_rate
        assert f"Kept: the weights of epoch {kept}." in run.status["reason"]
        hint = f"learning rate of {rate:g} is likely too large: try {rate / 10:g}."
        assert hint in run.status["reason"]
        weights = run.load_model().get_weights()
        assert all(np.isfinite(values).all() for values in weights)
        assert np.isfinite([run.metrics[name] for name in ("loss", "reconstruction", "kl")]).all()
        # What is kept is what the snapshot of that epoch shows.
        samples = to_uint8(run.decode(run.fixed["z"])).astype(int)
        assert np.abs(samples - run.snapshot(kept)["samples"]).max() <= 1
        if config.beta > 1.0:
            assert 1 <= kept == len(run.history) < config.epochs
        else:
            assert kept == 0
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


class LectureSampling(keras.layers.Layer):
    """The lecture's sampling and its KL term, the noise from a given seed."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, mean: keras.KerasTensor, std: keras.KerasTensor) -> keras.KerasTensor:
        kl_loss = -1e-4 * ops.mean(1 + std - ops.square(mean) - ops.exp(std), axis=-1)
        self.add_loss(ops.mean(kl_loss))
        epsilon = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(std / 2) * epsilon


def lecture_in_plain_keras(seed: int) -> keras.Model:
    """The lecture's script: flat images, its layers, its loss, optimizer="rmsprop"."""
    image = keras.Input((784,))
    hidden = keras.layers.Dense(128, activation="relu")(image)
    mean, std = keras.layers.Dense(4)(hidden), keras.layers.Dense(4)(hidden)
    z = LectureSampling(seed)(mean, std)
    decoded = keras.layers.Dense(128, activation="relu")(z)
    decoded = keras.layers.Dense(784, activation="sigmoid")(decoded)
    model = keras.Model(image, decoded)
    model.compile(optimizer="rmsprop", loss="binary_crossentropy")
    return model


@pytest.fixture(scope="module")
def large_digits(digits: Dataset) -> Dataset:
    """Digits in the size of MNIST: 28 x 28."""

    def enlarge(images: np.ndarray) -> np.ndarray:
        return np.pad(images.repeat(3, axis=1).repeat(3, axis=2), ((0, 0), (2, 2), (2, 2), (0, 0)))

    return Dataset(
        name="digits",
        title="Digits",
        x_train=enlarge(digits.x_train),
        y_train=digits.y_train,
        x_test=enlarge(digits.x_test),
        y_test=digits.y_test,
        class_names=digits.class_names,
        source="enlarged",
    )


class TestLecture:
    STEPS = 8

    def updates(self, ours: VAE, dataset: Dataset) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Take the same steps with ours and with the lecture's; return what they changed."""
        plain = lecture_in_plain_keras(ours.config.seed)
        start = ours.get_weights()
        plain.set_weights(start)
        for step in range(self.STEPS):
            batch = dataset.x_train[100 * step : 100 * (step + 1)].astype(np.float32) / 255.0
            ours.train_step(batch)
            flat = batch.reshape(100, 784)
            plain.train_on_batch(flat, flat)
        return tuple(
            [after - before for after, before in zip(model.get_weights(), start, strict=True)]
            for model in (ours, plain)
        )

    def test_the_optimizer_has_kerass_defaults(self, large_digits: Dataset) -> None:
        settings = _compiled(PRESETS["lecture"], large_digits).optimizer.get_config()
        defaults = keras.optimizers.RMSprop().get_config()
        settings.pop("name"), defaults.pop("name")
        assert settings == defaults
        assert (defaults["rho"], defaults["epsilon"]) == (0.9, 1e-7)
        assert defaults["learning_rate"] == pytest.approx(0.001)

    def test_an_update_equals_that_of_the_lectures_script(self, large_digits: Dataset) -> None:
        ours, lecture = self.updates(_compiled(PRESETS["lecture"], large_digits), large_digits)
        for a, b in zip(ours, lecture, strict=True):
            assert np.abs(b).max() > 1e-5
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-3 * np.abs(b).max())

    def test_in_nats_rmsprop_would_take_other_steps(self, large_digits: Dataset) -> None:
        config = PRESETS["lecture"].replace(loss_scale="nats")
        ours, lecture = self.updates(_compiled(config, large_digits), large_digits)
        assert np.abs(ours[0]).sum() > 3 * np.abs(lecture[0]).sum()

    def test_history_stays_in_nats(self, large_digits: Dataset, tmp_path: Path) -> None:
        config = PRESETS["lecture"].replace(epochs=1)
        run = train(config, large_digits, out=tmp_path / "run")
        first = run.rows[0]  # an untrained network says 0.5 to each of 784 pixels
        assert 0.5 * 784 < first["reconstruction"] < 784 * np.log(2) * 1.05
        assert run.metrics["lecture_loss"] == pytest.approx(
            (run.metrics["reconstruction"] + 0.0392 * run.metrics["kl"]) / 784, rel=1e-9
        )
        assert run.metrics["lecture_loss"] == pytest.approx(run.metrics["loss"] / 784, rel=1e-9)
