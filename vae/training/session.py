"""One run from where it stands to where it ends, obeying what is asked of it on the way."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from vae.data.datasets import Dataset
from vae.data.split import epoch_batches, split_indices
from vae.errors import ConfigError
from vae.model.objective import beta_at, capacity_at, learning_rate_at
from vae.model.saving import restore, training_state
from vae.model.vae import VAE
from vae.runs import layout
from vae.runs.control import (
    LIVE_SETTINGS,
    Commands,
    Control,
    Segment,
    segments_of,
    trained_settings,
)
from vae.runs.run import Run
from vae.runs.writer import RunWriter
from vae.training.early_stopping import best_epoch, is_over
from vae.training.history_rows import ROWS_PER_EPOCH, in_nats, last_step_row, mean_row, step_parts
from vae.training.loop import Loop
from vae.training.snapshots import Snapshots
from vae.training.step_trace import StepTrace

__all__ = ["Hooks", "Outcome", "Session"]

PAUSE_LOOK_SECONDS = 0.03
# A paused process holds hundreds of megabytes; the run itself is safe in its folder.
PAUSE_PATIENCE_SECONDS = 600.0
UNLIMITED = float("inf")


class Outcome(NamedTuple):
    """Why a session is over: the epoch of its weights, the run's state, the reason in words."""

    epoch: int
    state: str
    reason: str


class Hooks(NamedTuple):
    """What the caller of a training wants to be told and asked."""

    on_event: Callable[[dict[str, Any]], None]  # every row of the history, as it is written
    should_stop: Callable[[], bool]  # True: end the run, keep what it learned
    should_end: Callable[[], bool]  # True: pause the run and go
    seconds: float = UNLIMITED  # training time that the run may use in all
    publish: Callable[[], None] = lambda: None  # put the model as it is now into the folder


class Session:
    """Trains from the last checkpoint, or from the start, until the run ends or is paused.

    `epoch` is the one that is being trained, from 1, and `step` how many of its steps are done.
    """

    def __init__(self, model: VAE, dataset: Dataset, writer: RunWriter, hooks: Hooks) -> None:
        self.model, self.writer, self.hooks = model, writer, hooks
        self.config = self.settings = model.config
        self.split = split_indices(self.config, len(dataset.x_train))
        self.batch = min(self.config.batch_size, len(self.split.train))
        self.steps = len(self.split.train) // self.batch
        self.marks = np.unique(
            np.linspace(0, self.steps, min(ROWS_PER_EPOCH, self.steps) + 1, dtype=int)
        )[1:].tolist()
        self.loop = Loop(model, dataset.x_train, self.batch, dataset.y_train)
        self.labels = dataset.y_train
        self.step_trace = StepTrace(model)
        self.snapshots = Snapshots(self.config, dataset)
        self.commands = Commands(writer.path)
        self.control = Control()
        self.allowance = UNLIMITED  # steps until the next pause
        self.epoch, self.step = 0, 0
        self.rows: list[dict[str, Any]] = []  # all of the run's, as they are in the file
        self.segment = Segment(0, self.config.epochs)
        self.until = 0  # the epoch at which the run is to end, as far as is known here
        self._compiled = False
        self._row_at = 0.0  # seconds trained, when the last row was written
        self.trained = 0.0  # seconds, pauses left out, up to `resumed_at`
        self.resumed_at = time.perf_counter()

    def run(self) -> Outcome:
        """Train; return how it ended."""
        self._begin()
        outcome = ""
        while not outcome:
            if outcome := self._obey():
                break
            segment = self._leg()
            if segment is None:
                return self._finished()
            self.segment = segment
            # Asked before an epoch, not after one: the process may have died in between.
            if self.step == self.steps and is_over(self.config, self.rows, segment.after):
                return self._finished(early=True)
            outcome = self._train_epoch()
        if outcome == "diverged" or not self._is_finite():
            return self._diverged()
        self._checkpoint()
        where = f"in epoch {self.epoch}, after step {self.step:,} of {self.steps:,}"
        if outcome == "left":
            return Outcome(self.epoch, "paused", f"Paused {where}.")
        if outcome == "limit":
            minutes = f"{self.hooks.seconds / 60:g} minutes"
            return Outcome(
                self.epoch, "stopped", f"The {minutes} that a run may train are used up."
            )
        return Outcome(self.epoch, "stopped", f"Stopped by hand in epoch {self.epoch}.")

    # Where the run stands

    def _begin(self) -> None:
        """Take up the checkpoint, or write what there is before the first step."""
        path = self.writer.path
        self.trained = self.writer.value("seconds_trained", 0.0)
        if (path / "checkpoint.npz").exists():
            position = restore(self.model, path)
            self.epoch, self.step = position.epoch, min(position.step, self.steps)
            self.writer.rewind(self.epoch, self.step, self.steps)
            self.rows = [*Run(path).rows]
            if last_step_row(self.rows, self.epoch) == self.step:
                # A change after the checkpoint has written the row of these means.
                self.model.reset_metrics()
            self.settings = trained_settings(self.settings, self.rows)
            # The process may have died between a checkpoint and the best weights beside it.
            self._keep_best()
        else:
            self.writer.rewind(0, 0, self.steps)
            self.writer.arrays(layout.FIXED, **self.snapshots.fixed)
            self._keep(self.snapshots.take(self.model))
        self.segment = self._leg() or self.segment
        self._row_at = self.trained
        self.writer.status(
            state="training", reason="", epoch=self.epoch, step=self.step, steps=self.steps
        )

    def _leg(self) -> Segment | None:
        """Return the segment that the next step belongs to, or None behind the last one."""
        segments = segments_of(self.config, self.commands.look())
        self.until = segments[-1].until
        next_epoch = self.epoch + (self.epoch == 0 or self.step == self.steps)
        if next_epoch > segments[-1].until:
            return None
        return [segment for segment in segments if segment.after < next_epoch][-1]

    def _finished(self, *, early: bool = False) -> Outcome:
        self.writer.status(until=self.until)
        reason = ""
        if early:
            best = best_epoch(self.config, self.rows)
            reason = (
                f"Stopped early after epoch {self.epoch}: the validation loss had been best in "
                f"epoch {best}, whose weights are kept."
            )
        return Outcome(self.epoch, "finished", reason)

    def _diverged(self) -> Outcome:
        kept, rate = restore(self.model, self.writer.path).epoch, self.settings.learning_rate
        reason = (
            f"The loss was no longer a finite number in epoch {self.epoch}. Kept: the weights of "
            f"epoch {kept}. The learning rate of {rate:g} is likely too large: try {rate / 10:g}."
        )
        return Outcome(kept, "diverged", reason)

    def _active_seconds(self) -> float:
        return self.trained + time.perf_counter() - self.resumed_at

    # What is asked

    def _obey(self) -> str:
        """Do what is asked; return "" to go on, else why the session is over."""
        while True:
            if self.hooks.should_stop():
                return "stopped"
            if self.hooks.should_end():
                return "left"
            control = self.commands.look()
            if control.serial != self.control.serial:
                self._take(control)
            if control.action == "stop":
                return "stopped"
            if control.action == "leave":
                return "left"
            if self.allowance:
                break
            if outcome := self._pause():
                return outcome
        return "limit" if self._active_seconds() > self.hooks.seconds else ""

    def _take(self, control: Control) -> None:
        """Take over new values."""
        new_turn = control.turn != self.control.turn
        self.control = control
        self._change(control.settings)
        if new_turn:
            rest_of_epoch = self.steps - self.step or self.steps
            allowances = {"pause": 0, "leave": 0, "batch": 1, "epoch": rest_of_epoch}
            self.allowance = allowances.get(control.action, UNLIMITED)
        if control.show > self.writer.value("shown", 0):
            self._show(control.show)
        if self.allowance > 1:
            self.writer.status(state="training", serial=control.serial)

    def _show(self, wish: int) -> None:
        """Let those who look see the model as it is now; the time does not count as training."""
        self.trained = self._active_seconds()
        news: dict[str, Any] = {"shown": wish, "look_failed": True}
        if self._is_finite():
            try:
                self.hooks.publish()
                news |= {"look_failed": False, "model_epoch": self.epoch}
            except Exception:
                # A look must not cost a run: a full disk, say.
                logging.getLogger(__name__).exception("The model could not be shown")
        self.writer.status(**news)
        self.resumed_at = time.perf_counter()

    def _pause(self) -> str:
        """Wait, with all that is needed in the folder; return "left" when it gets too long."""
        if not self._is_finite():  # the last good checkpoint stays
            return "diverged"
        self._checkpoint()
        self.trained = self._active_seconds()
        serial = self.control.serial
        self.writer.status(state="paused", serial=serial)
        deadline, outcome = time.monotonic() + PAUSE_PATIENCE_SECONDS, ""
        while self.commands.look().serial == serial and not outcome:
            if self.hooks.should_stop() or self.hooks.should_end():
                break
            if time.monotonic() > deadline:
                outcome = "left"
            time.sleep(PAUSE_LOOK_SECONDS)
        self.resumed_at = time.perf_counter()
        return outcome

    def _change(self, settings: Any) -> None:
        """Let live settings act from the next step on, with a row that says so."""
        try:
            new = self.config.replace(**settings)
        except ConfigError:
            return  # a file that nobody of us wrote
        changed = {
            name: getattr(new, name)
            for name in LIVE_SETTINGS
            if getattr(new, name) != getattr(self.settings, name)
        }
        if changed:
            self._end_part()
            self._write({"kind": "change", "epoch": self.epoch, "step": self.step, **changed})
            self.settings = new

    # Training

    def _train_epoch(self) -> str:
        """Train to the end of an epoch and write its rows; return "", or why it did not end."""
        if self.epoch == 0 or self.step == self.steps:
            self.epoch, self.step = self.epoch + 1, 0
        began, first = self._active_seconds(), self.step
        batches = epoch_batches(self.config, self.split.train, self.epoch, self.batch)
        # Where it goes on in the middle, the rows of the steps before are there.
        for mark in [mark for mark in self.marks if mark > self.step]:
            while self.step < mark:
                if outcome := self._obey():
                    return outcome
                count = int(min(self.loop.steps_at_once, mark - self.step, self.allowance))
                self._advance(batches[self.step : self.step + count])
                if not self._compiled:  # the first call says nothing of those that follow
                    self._compiled, began, first = True, self._active_seconds(), self.step
            if not self._end_part(batches[mark - 1]):
                return "diverged"
        means = mean_row(step_parts(self.rows, self.epoch))
        validation: dict[str, Any] = {}
        if len(self.split.validation):
            validation = self.loop.evaluate(self.split.validation)
        # Perhaps it was the very last step, which no loss has seen.
        if not self._is_finite() or not np.isfinite(validation.get("loss", 0.0)):
            return "diverged"
        if first < self.steps:
            seconds = (self._active_seconds() - began) * self.steps / (self.steps - first)
            self.writer.status(seconds_per_epoch=round(seconds, 3))
        snapshot = self.snapshots.take(self.model)
        self._row("epoch", means, validation, snapshot)
        self._keep(snapshot)
        return ""

    def _advance(self, batches: np.ndarray) -> None:
        """Take one step for each of these batches of indices (steps, batch)."""
        rates = [self._rate(self.step + place) for place in range(len(batches))]
        self.model.beta.assign(beta_at(self.settings, self.epoch))
        self.model.noise.assign(self.settings.noise)
        self.model.capacity.assign(capacity_at(self.settings, self.epoch))
        apart = self.control.action == "batch" and self.allowance == 1
        taken: dict[str, Any] = {}
        if apart:
            first = batches[0]
            taken = self.step_trace.before(self.loop.images(first), self.labels[first])
        self.loop.train(batches, np.array(rates, dtype=np.float32))
        self.step += len(batches)
        self.allowance -= len(batches)
        if apart:
            taken |= self.step_trace.after() | {
                "learning_rate": rates[-1],
                "kind": self.config.kind,
            }
            place = {"epoch": self.epoch, "step": self.step, "steps": self.steps}
            self.writer.arrays(layout.STEP, **taken, **place)
            self.writer.status(epoch=self.epoch, step=self.step)

    def _rate(self, step: int) -> float:
        """Return the learning rate of a step of this epoch; the first is 0."""
        after, until = self.segment
        done = (self.epoch - 1 - after) * self.steps + step
        return learning_rate_at(self.settings, done, (until - after) * self.steps)

    def _end_part(self, batch: np.ndarray | None = None) -> bool:
        """Write the row of the steps since the last one; return whether they are finite."""
        count = self.step - last_step_row(self.rows, self.epoch)
        if count <= 0:
            return True
        means = self.loop.results()
        if not np.isfinite(means["loss"]):
            return False
        if batch is not None:
            norm = self.step_trace.gradient_norm(self.loop.images(batch), self.labels[batch])
            if np.isfinite(norm):
                means["gradient_norm"] = norm
        now = self._active_seconds()
        rate = count * self.batch / max(now - self._row_at, 1e-9)
        self._row_at = now
        self.writer.status(images_per_second=round(rate), seconds_trained=round(now, 3))
        self._row("step", means)
        return True

    def _is_finite(self) -> bool:
        """Whether the weights are numbers still: a loss says so only at the next row."""
        return all(np.isfinite(weights).all() for weights in self.model.get_weights())

    # What is written

    def _row(
        self,
        kind: str,
        means: dict[str, Any],
        validation: dict[str, Any] | None = None,
        snapshot: dict[str, np.ndarray] | None = None,
    ) -> None:
        beta = float(np.float32(beta_at(self.settings, self.epoch)))  # as the step has it
        row = {"kind": kind, "epoch": self.epoch, "step": self.step, **in_nats(means, beta)}
        row |= {"beta": beta, "learning_rate": float(np.float32(self._rate(self.step - 1)))}
        if "gradient_norm" in means:
            row["gradient_norm"] = means["gradient_norm"]
        if self.config.capacity:
            row["capacity"] = float(np.float32(capacity_at(self.settings, self.epoch)))
        if self.model.pixel_log_var is not None:
            row["pixel_deviation"] = math.exp(0.5 * float(self.model.pixel_log_var))
        if snapshot and self.config.is_variational and np.isfinite(snapshot["prior_distance"]):
            row["prior_distance"] = float(snapshot["prior_distance"])
        if validation:
            row |= {f"val_{name}": value for name, value in in_nats(validation, beta).items()}
        self._write(row)

    def _write(self, row: dict[str, Any]) -> None:
        self.writer.row(row)
        self.rows.append(row)
        self.writer.status(epoch=self.epoch, step=self.step)
        self.hooks.on_event(row)

    def _keep(self, snapshot: dict[str, np.ndarray]) -> None:
        """Keep what a crash must not take and what the pages show of this epoch."""
        self.writer.arrays(layout.snapshot_file(self.epoch), **snapshot)
        # After the snapshot: a run that is killed in between still has one of its model.
        self._checkpoint()
        self._keep_best()

    def _checkpoint(self) -> None:
        self.writer.checkpoint(self.epoch, self.step, *training_state(self.model))
        self.writer.status(
            epoch=self.epoch,
            step=self.step,
            kept=[self.epoch, self.step],
            seconds_trained=round(self._active_seconds(), 3),
        )

    def _keep_best(self) -> None:
        """Keep the weights apart if no epoch was better."""
        if not self.config.patience or self.step < self.steps:
            return
        if self.epoch and best_epoch(self.config, self.rows) == self.epoch:
            weights = {f"v{i}": w for i, w in enumerate(self.model.get_weights())}
            self.writer.arrays(layout.BEST, epoch=np.array(self.epoch), **weights)
