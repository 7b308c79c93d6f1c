"""One run, from its last checkpoint to its end, under the commands that it gets meanwhile."""

from __future__ import annotations

import numpy as np

from vae.data.datasets import Dataset
from vae.data.split import epoch_batches, split_indices
from vae.dotted_path import resolve
from vae.kinds import KINDS
from vae.model.base import Model
from vae.runs import layout
from vae.runs.control import Control, Segment
from vae.runs.writer import RunWriter
from vae.training.checkpoints import Position
from vae.training.clock import TrainingClock
from vae.training.commands import End, RunCommands, commanded_settings
from vae.training.early_stopping import best_epoch, is_over
from vae.training.history_rows import row_ends
from vae.training.hooks import Hooks
from vae.training.live_snapshots import LiveSnapshots
from vae.training.outcome import Outcome, diverged, ended, finished, stopped_early
from vae.training.row_writer import RowWriter
from vae.training.saved_state import SavedState
from vae.training.schedules import Schedules
from vae.training.speed import Speed
from vae.training.step_runner import StepRunner

__all__ = ["Session"]


class Session:
    """Trains from the last checkpoint, or from the start, until the run ends or is suspended.

    epoch: the one that is being trained, from 1; 0 before the first step. step: how many of its
    `steps` are done.
    """

    def __init__(self, model: Model, dataset: Dataset, writer: RunWriter, hooks: Hooks) -> None:
        self.model, self.writer, self.hooks = model, writer, hooks
        self.config = self.settings = model.config
        self.split = split_indices(self.config, len(dataset.x_train))
        self.batch = min(self.config.batch_size, len(self.split.train))
        self.steps = len(self.split.train) // self.batch
        self.runner = StepRunner(model, dataset, self.batch)
        self.snapshots = resolve(KINDS[self.config.kind].snapshots)(self.config, dataset)
        self.live = LiveSnapshots(model, self.snapshots, writer)
        self.commands = RunCommands(writer.path, hooks)
        self.history = RowWriter(model, writer, hooks.on_event)
        self.clock = TrainingClock(writer.value("seconds_trained", 0.0))
        self.saved = SavedState(model, writer, self.live, self.clock, self.steps)
        self.epoch, self.step = 0, 0
        self.segment = Segment(0, self.config.epochs)
        self.until = 0  # the epoch at which the run is to end, as far as is known here
        self.speed = Speed(self.clock, writer, self.batch, self.steps)

    @property
    def position(self) -> Position:
        """The position that the run has reached."""
        return Position(self.epoch, self.step)

    @property
    def schedules(self) -> Schedules:
        """The schedules of the segment that is trained, with the settings of now."""
        return Schedules(self.settings, self.segment, self.steps)

    def run(self) -> Outcome:
        """Train; return how it ended."""
        outcome = self._train()
        # Those of the epochs show the same, except of where a run rests within one.
        self.writer.remove_other_live_snapshots(self.position)
        return outcome

    def _train(self) -> Outcome:
        self._begin()
        end: End | None = None
        while end is None:
            if end := self._apply_commands():
                break
            segment = self._next_segment()
            if segment is None:
                self.writer.status(until=self.until)
                return finished(self.epoch)
            self.segment = segment
            # Asked before an epoch, not after one: the process may have died in between.
            at_end = self.step == self.steps
            if at_end and is_over(self.config, self.history.rows, segment.after):
                self.writer.status(until=self.until)
                return stopped_early(self.epoch, best_epoch(self.config, self.history.rows))
            end = self._train_epoch()
        if end is End.DIVERGED or not self.runner.has_finite_weights():
            reached = self.epoch
            self.epoch, self.step = self.saved.checkpoints.restore()
            return diverged(reached, self.epoch, self.settings.learning_rate)
        self.saved.save_checkpoint(self.position)
        self.saved.show(self.position)
        return ended(end, self.position, self.steps, self.hooks.seconds)

    def _begin(self) -> None:
        """Resume from the checkpoint, or write what there is before the first step."""
        if self.saved.checkpoints.exists:
            epoch, step = self.saved.checkpoints.restore()
            self.epoch, self.step = epoch, min(step, self.steps)
            self.history.resume(self.position, self.steps)
            if not self.history.unwritten_steps(self.position):
                # A change after the checkpoint has written the row of these means.
                self.model.reset_metrics()
            self.settings = self.history.settings()
            # The process may have died between a checkpoint and the best weights beside it.
            self.saved.save_best(self.position, self.history.rows)
        else:
            self.writer.rewind(0, 0, self.steps)
            self.writer.arrays(layout.FIXED, **self.snapshots.fixed)
            self.saved.save_epoch(self.position, [], self.snapshots.take(self.model))
        self.segment = self._next_segment() or self.segment
        self.writer.status(
            state="training", reason="", epoch=self.epoch, step=self.step, steps=self.steps
        )

    def _next_segment(self) -> Segment | None:
        """Return the segment that the next step belongs to, or None behind the last one."""
        segments = self.commands.segments(self.config)
        self.until = segments[-1].until
        next_epoch = self.epoch + (self.epoch == 0 or self.step == self.steps)
        if next_epoch > self.until:
            return None
        return [segment for segment in segments if segment.after < next_epoch][-1]

    # Commands

    def _apply_commands(self) -> End | None:
        """Apply pending commands. Returns why the session must end, else None."""
        while True:
            if end := self.commands.end():
                return end
            if control := self.commands.take_new(self.steps - self.step or self.steps):
                self._apply(control)
            if end := self.commands.commanded_end():
                return end
            if self.commands.allowance:
                break
            if end := self._pause():
                return end
        return End.OUT_OF_TIME if self.clock.seconds > self.hooks.seconds else None

    def _apply(self, control: Control) -> None:
        self._change_settings(control)
        if control.show > self.writer.value("shown", 0):
            is_finite = self.runner.has_finite_weights()
            self.saved.publish(control.show, self.epoch, self.hooks.publish if is_finite else None)
        if self.commands.allowance > 1:
            self.writer.status(state="training", serial=control.serial)

    def _change_settings(self, control: Control) -> None:
        """Let live settings act from the next step on, with a row that says so."""
        new, changed = commanded_settings(self.config, self.settings, control)
        if changed:
            self._write_step_row()
            self.history.write_change(self.position, changed)
            self.settings = new

    def _pause(self) -> End | None:
        """Wait for a command, with all that is needed to resume in the folder."""
        if not self.runner.has_finite_weights():  # the last good checkpoint stays
            return End.DIVERGED
        self.saved.save_checkpoint(self.position)
        with self.clock.stopped():
            self.saved.show(self.position)
            self.writer.status(state="paused", serial=self.commands.applied.serial)
            return self.commands.wait()

    # Training

    def _train_epoch(self) -> End | None:
        """Train to the end of an epoch and write its rows; return why it did not end, or None."""
        if self.epoch == 0 or self.step == self.steps:
            self.epoch, self.step = self.epoch + 1, 0
        self.speed.begin(self.step)
        batches = epoch_batches(self.config, self.split.train, self.epoch, self.batch)
        for row_end in row_ends(self.steps, after=self.step):
            while self.step < row_end:
                if end := self._apply_commands():
                    return end
                max_steps = min(
                    self.runner.steps_at_once,
                    row_end - self.step,
                    self.commands.allowance,
                    self.live.steps_until_due(self.position),
                )
                was_compiled = self.runner.compiled
                self._take_steps(batches[self.step : self.step + int(max_steps)])
                if self.step < self.steps:
                    self.live.after_steps(self.position)
                if not was_compiled:  # which took most of this time
                    self.speed.begin(self.step)
            if not self._write_step_row(batches[row_end - 1]):
                return End.DIVERGED
        validation = self.runner.validate(self.split.validation)
        # Perhaps it was the very last step, after which no loss was computed.
        if not self.runner.has_finite_weights() or not np.isfinite(
            validation["loss"] if validation else 0.0
        ):
            return End.DIVERGED
        self.speed.write_epoch()
        snapshot = self.snapshots.take(self.model)
        self.history.write_epoch(self.position, self.schedules, validation, snapshot)
        self.saved.save_epoch(self.position, self.history.rows, snapshot)
        return None

    def _take_steps(self, batches: np.ndarray) -> None:
        """Take one step for each of these batches of indices (steps, batch)."""
        trace: dict[str, np.ndarray] = {}
        if self.commands.is_single_step and self.config.has("encoder"):  # else none is shown
            trace = self.runner.take_apart(batches, self.position, self.schedules)
        else:
            self.runner.take(batches, self.position, self.schedules)
        self.step += len(batches)
        self.commands.allowance -= len(batches)
        if trace:
            self.writer.arrays(layout.STEP, **trace)
            self.writer.status(epoch=self.epoch, step=self.step)

    def _write_step_row(self, batch: np.ndarray | None = None) -> bool:
        """Write the row of the steps since the last one; return whether they are finite.

        batch: indices of images on which the norms of gradients are measured.
        """
        count = self.history.unwritten_steps(self.position)
        if count <= 0:
            return True
        means = self.runner.means(batch)
        if means is None:
            return False
        self.speed.write_row(count)
        self.history.write_step(self.position, self.schedules, means)
        return True
