"""Training: a configuration and a data set in, a run folder out."""

from __future__ import annotations

import gc
import itertools
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
from filelock import FileLock

from vae.config import Config
from vae.datasets import Dataset
from vae.errors import ConfigError
from vae.loop import CHUNK, Loop
from vae.metrics import evaluate
from vae.model import VAE, build
from vae.objective import beta_at, learning_rate_at
from vae.recorder import Recorder, new_run_id
from vae.runs import LOCK_PATIENCE_SECONDS, Run, open_run, runs_folder
from vae.saving import export_onnx, restore, save_keras, training_state
from vae.snapshots import Snapshots

__all__ = ["Split", "recover", "split_indices", "train"]

ROWS_PER_EPOCH = 10  # points on the live curves

OnEvent = Callable[[dict[str, Any]], None]


class Split(NamedTuple):
    """Which training images train and which validate: int32 indices."""

    train: np.ndarray
    validation: np.ndarray


def split_indices(config: Config, images: int) -> Split:
    """Draw the share of the training images that is used and hold back the validation split.

    Raises ConfigError if less than one image is left to train on.
    """
    order = np.random.default_rng([config.seed, 1]).permutation(images).astype(np.int32)
    used = order[: max(1, round(config.train_share * images))]
    held_back = round(config.validation_split * len(used))
    if held_back == len(used):
        raise ConfigError(
            "At least one image must be left to train on. "
            f"Received: train_share={config.train_share} of {images} images"
        )
    return Split(used[held_back:], used[:held_back])


def train(
    config: Config,
    dataset: Dataset,
    on_event: OnEvent | None = None,
    *,
    out: Path | str | None = None,
    should_stop: Callable[[], bool] | None = None,
    lock: FileLock | None = None,
) -> Run:
    """Train and return the run; its folder holds model, curves, snapshots and metrics.

    on_event: called with every row of the history as it is written, several an epoch.
    out: the run's folder; without it, a new one in `runs_folder()`.
    should_stop: asked every few steps; True ends the run as "stopped" with what it learned.
    lock: the run's lock, from a caller who holds it already.

    Raises ConfigError if the layers do not fit the images, RunError if the folder cannot be used.
    """
    # Built first, so that a configuration that does not fit leaves no folder behind.
    model = _compiled(config, dataset)
    path = Path(out) if out is not None else runs_folder() / new_run_id()
    if (path / "status.json").exists() and open_run(path).waits_for(config, dataset.name):
        recorder = Recorder.reopen(path)
    else:
        recorder = Recorder.create(path, config, dataset)
    with (lock or Run(path).lock()).acquire(timeout=LOCK_PATIENCE_SECONDS):
        session = _Session(model, dataset, recorder, on_event or (lambda row: None))
        # The loop has its own copy of the training pixels: a caller who holds no other lets go
        # of 47 MB of MNIST here.
        dataset = dataset.without_training_images()
        ending = session.run(should_stop or (lambda: False))
        # The export needs that memory more.
        del session
        gc.collect()
        _finish(model, dataset, recorder, *ending)
    return open_run(path)


def recover(run: Run, dataset: Dataset) -> Run:
    """Make the model files of a run that was killed, from its last checkpoint."""
    model = _compiled(run.config, dataset)
    recorder = Recorder.reopen(run.path)
    model.optimizer.build(model.trainable_variables)
    epoch = restore(model, run.path)
    reason = f"The training process was ended from outside; epoch {epoch} is kept."
    _finish(model, dataset, recorder, epoch, "interrupted", reason)
    return open_run(run.path)


def _compiled(config: Config, dataset: Dataset) -> VAE:
    model = build(config, dataset.image_shape)
    optimizers = {
        "adam": keras.optimizers.Adam,
        "rmsprop": keras.optimizers.RMSprop,
        "sgd": keras.optimizers.SGD,
    }
    optimizer = optimizers[config.optimizer]
    if config.loss_scale == "per_pixel":
        optimizer = _per_pixel(optimizer, int(np.prod(dataset.image_shape)))
    model.compile(optimizer=optimizer(learning_rate=config.learning_rate))
    return model


def _per_pixel(optimizer: type[keras.Optimizer], pixels: int) -> type[keras.Optimizer]:
    """Let an optimizer see the loss divided by the number of pixels, as the lecture's does.

    History and curves keep nats. With RMSprop the division is not nothing, since the gradients
    become as small as the epsilon in its denominator.
    """

    class PerPixel(optimizer):
        def scale_loss(self, loss: keras.KerasTensor) -> keras.KerasTensor:
            return super().scale_loss(loss) / pixels

    return PerPixel


class _Session:
    """One run from its first step to its last file."""

    def __init__(self, model: VAE, dataset: Dataset, recorder: Recorder, on_event: OnEvent) -> None:
        self.model, self.recorder, self.on_event = model, recorder, on_event
        self.config = config = model.config
        self.split = split_indices(config, len(dataset.x_train))
        self.batch = min(config.batch_size, len(self.split.train))
        # The last images that fill no batch wait for another epoch: it is shuffled anew.
        self.steps = len(self.split.train) // self.batch
        self.loop = Loop(model, dataset.x_train, self.batch)
        self.snapshots = Snapshots(config, dataset)

    def run(self, should_stop: Callable[[], bool]) -> tuple[int, str, str]:
        """Train and return the epoch that the weights are of, the run's state and the reason."""
        self.recorder.status(state="training", epoch=0, step=0, steps=self.steps)
        self.recorder.arrays("snapshots/fixed", **self.snapshots.fixed)
        self._keep(0)
        epoch, state, reason = 0, "finished", ""
        for epoch in range(1, self.config.epochs + 1):
            outcome = self._epoch(epoch, should_stop)
            if not _weights_are_finite(self.model):
                outcome = "diverged"  # perhaps in the very last step, which no loss has seen
            if outcome == "diverged":
                epoch = restore(self.model, self.recorder.path)
                state, reason = "diverged", _divergence(self.config, epoch)
                break
            if outcome == "stopped":
                state, reason = "stopped", f"Stopped by hand in epoch {epoch}."
                break
            self._keep(epoch)
        return epoch, state, reason

    def _epoch(self, epoch: int, should_stop: Callable[[], bool]) -> str:
        """Train one epoch and write its rows; return "finished", "stopped" or "diverged"."""
        config, began = self.config, time.perf_counter()
        self.model.beta.assign(beta_at(config, epoch))
        order = np.random.default_rng([config.seed, 2, epoch]).permutation(self.split.train)
        order = order[: self.steps * self.batch].reshape(self.steps, self.batch)
        done = np.arange(self.steps) + (epoch - 1) * self.steps
        rates = np.array(
            [learning_rate_at(config, step, config.epochs * self.steps) for step in done],
            dtype=np.float32,
        )
        marks = np.unique(
            np.linspace(0, self.steps, min(ROWS_PER_EPOCH, self.steps) + 1, dtype=int)
        )
        parts: list[tuple[int, dict[str, Any]]] = []
        for begin, end in itertools.pairwise(marks):
            for start in range(begin, end, CHUNK):
                if should_stop():
                    return "stopped"
                stop = min(start + CHUNK, end)
                self.loop.train(order[start:stop], rates[start:stop])
            means = self.loop.results()
            if not np.isfinite(means["loss"]):
                return "diverged"
            parts.append((int(end - begin), means))
            self._row("step", epoch, int(end), rates[end - 1], means)
        means = _weighted_mean(parts)
        validation: dict[str, Any] = {}
        if len(self.split.validation):
            validation = self.loop.evaluate(self.split.validation)
            if not np.isfinite(validation["loss"]):
                return "diverged"
        self.recorder.status(seconds_per_epoch=round(time.perf_counter() - began, 3))
        self._row("epoch", epoch, self.steps, rates[-1], means, validation)
        return "finished"

    def _row(
        self,
        kind: str,
        epoch: int,
        step: int,
        rate: float,
        means: dict[str, Any],
        validation: dict[str, Any] | None = None,
    ) -> None:
        beta = float(self.model.beta.numpy())
        row = {"kind": kind, "epoch": epoch, "step": step, **_in_nats(means, beta)}
        row |= {"beta": beta, "learning_rate": float(rate)}
        if validation:
            row |= {f"val_{name}": value for name, value in _in_nats(validation, beta).items()}
        self.recorder.row(row)
        self.recorder.status(epoch=epoch, step=step)
        self.on_event(row)

    def _keep(self, epoch: int) -> None:
        """Keep what a crash must not take and what the pages show of this epoch."""
        self.recorder.arrays(f"snapshots/{epoch:04d}", **self.snapshots.take(self.model))
        # After the snapshot: a run that is killed in between still has one of its model.
        self.recorder.checkpoint(epoch, training_state(self.model))


def _finish(
    model: VAE, dataset: Dataset, recorder: Recorder, epoch: int, state: str, reason: str
) -> None:
    """Write model, latents and metrics, and say how the run ended."""
    metrics, latents = evaluate(model, dataset)
    if not math.isfinite(metrics["loss"]):
        # Weights so large that the last checkpoint is worthless too: keep the first ones.
        epoch, state, reason = 0, "diverged", _divergence(model.config, 0)
        fresh = build(model.config, dataset.image_shape)
        model.set_weights(fresh.get_weights())
        metrics, latents = evaluate(model, dataset)
    save_keras(model, recorder.path)
    export_onnx(model, recorder.path)
    recorder.arrays("latents", **latents)
    recorder.metrics({"epoch": epoch, **metrics})
    recorder.status(state=state, reason=reason, model_epoch=epoch)


def _weights_are_finite(model: VAE) -> bool:
    return all(np.isfinite(weights).all() for weights in model.get_weights())


def _in_nats(means: dict[str, Any], beta: float) -> dict[str, Any]:
    """Order a row: loss = reconstruction + beta * kl holds in it exactly."""
    reconstruction, kl = means["reconstruction"], sum(means["kl_per_dimension"])
    return {
        "loss": reconstruction + beta * kl,
        "reconstruction": reconstruction,
        "kl": kl,
        "kl_per_dimension": means["kl_per_dimension"],
    }


def _weighted_mean(parts: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    weights = [steps for steps, _ in parts]
    return {
        name: np.average([means[name] for _, means in parts], axis=0, weights=weights).tolist()
        for name in parts[0][1]
    }


def _divergence(config: Config, epoch: int) -> str:
    return (
        f"The loss was no longer a finite number in epoch {epoch + 1}. Kept: the weights of "
        f"epoch {epoch}. The learning rate of {config.learning_rate:g} is likely too large: "
        f"try {config.learning_rate / 10:g}."
    )
