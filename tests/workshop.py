"""Trains many small runs with one compiled model: compiling takes seconds, the steps do not.

Every run still begins with the first weights and takes up what it finds in its folder; what is
left out is the model's evaluation and export at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.pages.crafted import METRICS
from vae.config import Config
from vae.data.datasets import Dataset
from vae.dotted_path import resolve
from vae.kinds import KINDS
from vae.model.vae import VAE
from vae.runs.run import Run, open_run
from vae.runs.writer import RunWriter
from vae.training import history_rows, loop, model_files, step_runner, step_trace
from vae.training import train as training
from vae.training.hooks import UNLIMITED
from vae.training.loop import Loop
from vae.training.session import Session

# 1,437 images less a tenth are 1,293: 25 steps an epoch, with a row after 6, 12, 18 and 25 of them.
BASE = Config(
    latent_dim=2, hidden=(16,), learning_rate=5e-3, batch_size=50, epochs=3, validation_split=0.1
)
STEPS = 25
ROWS_PER_EPOCH = 4  # writing rows takes most of the time
VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "scheduled": {"kl_warmup": 3, "schedule": "cosine", "beta": 2.0},
    "no-validation": {"validation_split": 0.0, "train_share": 0.9},
    "early": {"patience": 1, "learning_rate": 1e-7, "epochs": 50},
}
Position = tuple[int, int]  # after so many steps of an epoch


class Killed(BaseException):
    """Ends a training as a killed process ends: nothing more is written."""


def state_variables(model: VAE) -> list[Any]:
    """Return all that a training changes of a compiled model: what a checkpoint must hold."""
    variables = [*model.trainable_variables, *model.optimizer.variables]
    return [*variables, model.sampling.seed_generator.state, *model.metrics_variables]


class Workshop:
    """Trains runs whose configurations share their networks, optimizer, batch size and seed."""

    def __init__(self, config: Config, dataset: Dataset) -> None:
        self.config, self.dataset = config, dataset
        self.model = model_files.compile_model(config, dataset)
        self.model.optimizer.build(self.model.trainable_variables)
        self.loop = Loop(self.model, dataset.x_train, config.batch_size, dataset.y_train)
        self.step_trace = resolve(KINDS[config.kind].gradients)(self.model)
        self._first = [variable.numpy().copy() for variable in state_variables(self.model)]
        self.session: Session | None = None

    def begin(self, config: Config, _: Dataset) -> VAE:
        """Return the model as a new process has it."""
        for variable, first in zip(state_variables(self.model), self._first, strict=True):
            variable.assign(first)
        self.model.config = config
        self.loop.steps_at_once = 1
        return self.model

    @contextmanager
    def opened(self) -> Iterator[Workshop]:
        """Have `vae.training.train` use the one model, step by step."""

        def remember(*arguments: Any) -> Session:
            self.session = Session(*arguments)
            return self.session

        def store_weights(model: VAE, folder: Path) -> None:
            np.savez(folder / "weights.npz", *model.get_weights())

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loop, "CALL_SECONDS", 0.0)
            patch.setattr(history_rows, "ROWS_PER_EPOCH", ROWS_PER_EPOCH)
            patch.setattr(training.gc, "collect", lambda: None)
            patch.setattr(step_runner, "Loop", lambda *_: self.loop)
            patch.setattr(step_trace, "StepTrace", lambda *_: self.step_trace)
            patch.setattr(training, "Session", remember)
            patch.setattr(model_files, "compile_model", self.begin)
            patch.setattr(model_files, "evaluate", lambda *_: (METRICS, {"y": np.zeros(1)}))
            patch.setattr(model_files, "save_keras", store_weights)
            patch.setattr(model_files, "export_onnx", lambda *_: None)
            yield self

    def new(self, path: Path, **changes: Any) -> Run:
        """Make a run's folder."""
        RunWriter.create(path, self.config.replace(**changes), self.dataset)
        return open_run(path)

    def resume(
        self,
        run: Run,
        should_end: Callable[[], bool] | None = None,
        stop: Callable[[], bool] | None = None,
        seconds: float = UNLIMITED,
    ) -> Run:
        """Train a run from where its folder stands."""
        return training.carry_out(
            open_run(run.path),
            self.dataset,
            should_end=should_end,
            should_stop=stop,
            seconds=seconds,
        )

    @property
    def position(self) -> Position:
        """Where the run that trains now stands."""
        return self.session.epoch, self.session.step

    def suspend_at(self, run: Run, position: Position) -> Run:
        """Train until a position, and suspend the run, as when SIGTERM comes."""
        return self.resume(run, should_end=lambda: self.position >= position)

    def stop_at(self, run: Run, position: Position) -> Run:
        """Train until a position, and end the run."""
        return self.resume(run, stop=lambda: self.position >= position)

    def kill_at(self, run: Run, position: Position) -> Run:
        """Train until a position, and die there."""

        def die() -> bool:
            if self.position >= position:
                raise Killed
            return False

        with pytest.raises(Killed):
            self.resume(run, should_end=die)
        return open_run(run.path)

    def at(self, run: Run, position: Position, act: Callable[[], object]) -> Run:
        """Train on, and do something once when the run has come to a position."""
        waiting = [act]

        def check() -> bool:
            if waiting and self.position >= position:
                waiting.pop()()
            return False

        return self.resume(run, should_end=check)

    def direct(self, run: Run, *actions: str | Callable[[], object]) -> list[Position]:
        """Do one thing after the other, each when the run pauses; return where it paused.

        When nothing is left to do the run is suspended.
        """
        left, positions = list(actions), []

        def check() -> bool:
            now = open_run(run.path)
            if now.state == "paused" and now.status["serial"] == now.control.serial:
                if len(positions) <= len(actions):
                    positions.append((now.status["epoch"], now.status["step"]))
                if not left:
                    return True
                action = left.pop(0)
                run.requests.send(action) if isinstance(action, str) else action()
            return False

        self.resume(run, should_end=check)
        return positions


def when(
    workshop: Workshop,
    patch: pytest.MonkeyPatch,
    position: tuple[int, int],
    act: Callable[[], object],
) -> None:
    """Do something once, when the run that trains has come to a position."""
    train, waiting = workshop.loop.train, [act]

    def train_and_act(*arguments: np.ndarray) -> None:
        train(*arguments)
        # The step that has just been taken is not counted yet.
        if waiting and (workshop.session.epoch, workshop.session.step + 1) >= position:
            waiting.pop()()

    patch.setattr(workshop.loop, "train", train_and_act)


def same_arrays(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    """Whether two files of arrays hold the same, to the last bit."""
    return a.keys() == b.keys() and all(
        a[name].dtype == b[name].dtype and np.array_equal(a[name], b[name], equal_nan=True)
        for name in a
    )


def assert_same_run(run: Run, expected: Run) -> None:
    """Fail unless two runs have the same history, to the byte, and the same state and pictures."""
    history, rows = (r.path / "history.jsonl" for r in (run, expected))
    assert [line[:60] for line in history.open()] == [line[:60] for line in rows.open()]
    assert history.read_bytes() == rows.read_bytes()
    assert (run.state, run.status["epoch"]) == (expected.state, expected.status["epoch"])
    assert run.snapshot_epochs == expected.snapshot_epochs
    names = ["checkpoint.npz", "weights.npz", "best.npz"]
    for name in [*names, *(f"snapshots/{epoch:04d}.npz" for epoch in run.snapshot_epochs)]:
        assert same_arrays(run.arrays(name), expected.arrays(name)), name
