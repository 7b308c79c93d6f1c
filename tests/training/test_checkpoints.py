"""Checkpoints: training resumes from one as if it had never been interrupted."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from tests.conftest import copy_run
from tests.workshop import state_variables
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.model.base import build
from vae.model.optimizers import make_optimizer
from vae.model.vae import VAE
from vae.runs.run import Run
from vae.training.checkpoints import Checkpoints, Position


def compiled(learning_rate: float = 0.01) -> VAE:
    model = build(Config(hidden=(8,), latent_dim=2, seed=5), (8, 8, 1))
    model.compile(optimizer=keras.optimizers.Adam(learning_rate))
    model.optimizer.build(model.trainable_variables)
    return model


def state(model: VAE) -> list[np.ndarray]:
    return [variable.numpy().copy() for variable in state_variables(model)]


def steps(model: VAE, images: np.ndarray) -> list[float]:
    return [float(model.train_step(batch)["loss"]) for batch in np.split(images, 4)]


def same(a: list[np.ndarray], b: list[np.ndarray]) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as found:
        return dict(found)


class TestBasics:
    def test_there_is_none_at_first(self, tmp_path: Path) -> None:
        checkpoints = Checkpoints(compiled(), tmp_path)
        assert not checkpoints.exists
        checkpoints.save(Position(0, 0))
        assert checkpoints.exists

    def test_holds_weights_optimizer_random_state_and_means(self, tmp_path: Path) -> None:
        Checkpoints(compiled(), tmp_path).save(Position(3, 4))
        found = arrays(tmp_path / "checkpoint.npz")
        # 10 arrays of weights; Adam's two moments of each, its step and its learning rate; a seed.
        assert sum(name.startswith("v") for name in found) == 10 + 2 * 10 + 2 + 1
        # Total and count of loss, reconstruction, KL and KL per dimension.
        assert sum(name.startswith("m") for name in found) == 2 * 4
        assert list(found)[:2] == ["epoch", "step"]
        assert (found["epoch"], found["step"]) == (3, 4)

    def test_a_new_one_replaces_the_one_before(self, tmp_path: Path) -> None:
        checkpoints = Checkpoints(compiled(), tmp_path)
        for epoch in (1, 2):
            checkpoints.save(Position(epoch, 10 * epoch))
        assert checkpoints.restore() == Position(2, 20)
        assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.npz"]

    def test_one_that_fails_leaves_the_one_before(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        checkpoints = Checkpoints(compiled(), tmp_path)
        checkpoints.save(Position(1, 5))

        def fail(path: Path, **_: object) -> None:
            path.write_bytes(b"half of")
            raise OSError("disk full")

        with monkeypatch.context() as patch:
            patch.setattr(np, "savez", fail)
            with pytest.raises(OSError, match="disk full"):
                checkpoints.save(Position(2, 5))
        assert checkpoints.restore() == Position(1, 5)
        assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.npz"]

    def test_a_run_has_the_one_of_its_last_epoch(self, finished_run: Run) -> None:
        found = finished_run.arrays("checkpoint.npz")
        assert found["epoch"] == finished_run.config.epochs
        assert found["step"] == finished_run.rows[-1]["step"] == 25
        for i, weights in enumerate(finished_run.load_model().get_weights()):
            np.testing.assert_array_equal(found[f"v{i}"], weights)


class TestCorrectness:
    def test_training_resumes_as_if_never_interrupted(
        self, digits: Dataset, tmp_path: Path
    ) -> None:
        images = digits.x_train[:400].astype(np.float32) / 255.0
        model = compiled()
        steps(model, images)
        saved = state(model)
        Checkpoints(model, tmp_path).save(Position(3, 4))
        losses = steps(model, images)
        after = state(model)

        other = compiled()
        for _ in range(3):  # whatever it has been through, and whatever noise it has sampled
            steps(other, images[::-1])
        assert Checkpoints(other, tmp_path).restore() == Position(3, 4)
        assert same(state(other), saved)
        # The running means too: the loss that a step returns is the mean since they began.
        assert steps(other, images) == losses
        assert same(state(other), after)

    @pytest.mark.parametrize("damage", ["missing", "empty", "half", "foreign", "another", "old"])
    def test_damaged(self, damage: str, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        path = run.path / "checkpoint.npz"
        content, found = path.read_bytes(), run.arrays("checkpoint.npz")
        if damage == "another":
            found["v0"] = found["v0"][:, :3]
        if damage == "old":
            del found["v3"]
        np.savez(path, **found)
        damaged = {"empty": b"", "half": content[: len(content) // 2], "foreign": b"text"}
        if damage in damaged:
            path.write_bytes(damaged[damage])
        if damage == "missing":
            path.unlink()
        model = build(run.config, run.image_shape)
        model.compile(optimizer=make_optimizer(run.config, 64))
        model.optimizer.build(model.trainable_variables)
        with pytest.raises(RunError, match=r"checkpoint\.npz must hold .*Received") as error:
            Checkpoints(model, run.path).restore()
        assert "\n" not in str(error.value)


class TestBest:
    def test_gives_the_weights_of_that_epoch_back(self, tmp_path: Path) -> None:
        model = compiled()
        Checkpoints(model, tmp_path).save_best(7)
        best = model.get_weights()
        other = build(model.config.replace(seed=6), (8, 8, 1))
        assert not same(other.get_weights(), best)
        assert Checkpoints(other, tmp_path).restore_best(7)
        assert same(other.get_weights(), best)

    def test_another_epoch_and_no_file_change_nothing(self, tmp_path: Path) -> None:
        model = compiled()
        checkpoints = Checkpoints(model, tmp_path)
        before = model.get_weights()
        assert not checkpoints.restore_best(7)
        other = build(model.config.replace(seed=6), (8, 8, 1))
        Checkpoints(other, tmp_path).save_best(8)
        assert not checkpoints.restore_best(7)
        assert same(model.get_weights(), before)

    def test_damaged(self, tmp_path: Path) -> None:
        checkpoints = Checkpoints(compiled(), tmp_path)
        checkpoints.save_best(7)
        path = tmp_path / "best.npz"
        path.write_bytes(path.read_bytes()[:-100])
        with pytest.raises(RunError, match=r"best\.npz must hold .*Received"):
            checkpoints.restore_best(7)
