"""The model files of a run: written while it trains, at its end, or after it was killed."""

from __future__ import annotations

import math

import numpy as np

from vae.config import Config
from vae.data.datasets import Dataset
from vae.model.base import Model, build
from vae.model.evaluate import evaluate
from vae.model.optimizers import make_optimizer
from vae.model.saving import export_onnx, save_keras
from vae.runs import layout
from vae.runs.folder import ENDED_FROM_OUTSIDE
from vae.runs.run import Run, open_run
from vae.runs.writer import RunWriter
from vae.training.checkpoints import Checkpoints
from vae.training.early_stopping import best_epoch
from vae.training.outcome import Outcome

__all__ = ["compile_model", "finish", "publish", "recover"]


def compile_model(config: Config, dataset: Dataset) -> Model:
    """Return the model of a configuration, for these images, with its optimizer."""
    model = build(config, dataset.image_shape, dataset.classes)
    model.compile(optimizer=make_optimizer(config, int(np.prod(dataset.image_shape))))
    return model


def publish(model: Model, dataset: Dataset, writer: RunWriter) -> None:
    """Write what pages need to show a model that is still training."""
    _, outputs = evaluate(model, dataset)
    export_onnx(model, writer.path)
    writer.outputs(**outputs)


def finish(model: Model, dataset: Dataset, writer: RunWriter, outcome: Outcome) -> None:
    """Write model, metrics and what they were measured on, and say how the run ended."""
    epoch, state, reason = outcome
    if state in ("finished", "stopped"):
        epoch = _restore_best(model, Run(writer.path)) or epoch
    metrics, outputs = evaluate(model, dataset)
    if not math.isfinite(metrics["loss"]):
        # Weights so large that the last checkpoint is worthless too: keep the first ones.
        epoch, state = 0, "diverged"
        rate = Run(writer.path).settings.learning_rate  # it may have been changed meanwhile
        reason = (
            "The loss on the test images is not a finite number. Kept: the weights of epoch 0. "
            f"The learning rate of {rate:g} is likely too large: try {rate / 10:g}."
        )
        fresh = build(model.config, dataset.image_shape, dataset.classes)
        model.set_weights(fresh.get_weights())
        metrics, outputs = evaluate(model, dataset)
    save_keras(model, writer.path)
    export_onnx(model, writer.path)
    writer.outputs(**outputs)
    writer.figures(layout.METRICS, {"epoch": epoch, **metrics})
    writer.status(state=state, reason=reason, model_epoch=epoch)


def _restore_best(model: Model, run: Run) -> int:
    """Give the model the weights that early stopping saved; return their epoch, or 0."""
    if not run.config.patience:
        return 0
    epoch = best_epoch(run.config, run.rows)
    return epoch if Checkpoints(model, run.path).restore_best(epoch) else 0


def recover(run: Run, dataset: Dataset) -> Run:
    """Make the model files of a run from its last checkpoint: one that was killed, or stopped."""
    run.check_images(dataset)
    model = compile_model(run.config, dataset)
    writer = RunWriter.reopen(run.path)
    model.optimizer.build(model.trainable_variables)
    epoch, step = Checkpoints(model, run.path).restore()
    writer.remove_other_live_snapshots((epoch, step))
    if run.state == "stopped":
        finish(model, dataset, writer, Outcome(epoch, "stopped", run.status.get("reason", "")))
        return open_run(run.path)
    where = (
        f"epoch {epoch}"
        if step in (0, writer.value("steps", 0))
        else (f"epoch {epoch} up to step {step}")
    )
    reason = f"The training process was ended from outside; {where} is kept."
    if (known := run.status.get("reason", "")) not in ("", ENDED_FROM_OUTSIDE):
        reason = f"{known} Kept: {where}."
    finish(model, dataset, writer, Outcome(epoch, "interrupted", reason))
    return open_run(run.path)
