"""Snapshots within epochs: when they are taken, that they change nothing, which of them stay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import PREDICTABLE
from tests.workshop import Workshop
from vae.data.datasets import Dataset
from vae.model.base import build
from vae.model.vae import VAE
from vae.runs.moments import moments_of
from vae.runs.run import Run, open_run
from vae.runs.writer import RunWriter
from vae.training import live_snapshots
from vae.training.checkpoints import Position
from vae.training.live_snapshots import EVERY_SECONDS, MAX_FILES, MAX_FRACTION, LiveSnapshots
from vae.training.session import Session
from vae.training.snapshots import Snapshots
from vae.training.train import resume, train

CONFIG = PREDICTABLE.replace(epochs=2, batch_size=4)  # 75 steps and more an epoch
Make = Callable[..., LiveSnapshots]


class Clock:
    """Time that stands still until it is set; each snapshot takes `cost` of it."""

    def __init__(self) -> None:
        self.now, self.cost = 100.0, 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(
    clock: Clock, digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> LiveSnapshots:
    """Of an untrained model; their place in a run's folder is `tmp_path / "run"`."""
    writer = RunWriter.create(tmp_path / "run", CONFIG, digits)
    writer.status(steps=1000)
    snapshots = Snapshots(CONFIG, digits)
    pictures = snapshots.preview(build(CONFIG, digits.image_shape))

    def preview(model: VAE) -> dict[str, np.ndarray]:
        clock.now += clock.cost
        return pictures

    monkeypatch.setattr(snapshots, "preview", preview)
    return LiveSnapshots(build(CONFIG, digits.image_shape), snapshots, writer, clock)


def taken(folder: Path) -> list[tuple[int, int]]:
    return Run(folder / "run").live_snapshots


class TestWhen:
    def test_in_the_first_epoch_they_are_at_these_steps(
        self, live: LiveSnapshots, tmp_path: Path
    ) -> None:
        step, steps = 0, []
        while step < 1000:
            step += min(int(live.steps_until_due(Position(1, step))), 60)
            live.after_steps(Position(1, step))
            if (1, step) in taken(tmp_path):
                steps.append(step)
        assert steps == [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

    def test_later_ones_go_by_the_clock(
        self, live: LiveSnapshots, clock: Clock, tmp_path: Path
    ) -> None:
        assert live.steps_until_due(Position(2, 1)) == float("inf")
        for step in range(1, 31):
            clock.now += 0.11 * EVERY_SECONDS
            live.after_steps(Position(2, step))
        assert taken(tmp_path) == [(2, 10), (2, 20), (2, 30)]

    def test_slow_ones_are_further_apart(
        self, live: LiveSnapshots, clock: Clock, tmp_path: Path
    ) -> None:
        clock.cost = 0.5  # as of a convolutional network on a small machine
        for step in range(1, 1001):
            clock.now += 0.1
            live.after_steps(Position(2, step))
        assert live.seconds <= MAX_FRACTION * (clock.now - 100.0) + clock.cost
        assert 3 <= len(taken(tmp_path)) <= 6

    def test_the_end_of_an_epoch_counts(
        self, live: LiveSnapshots, clock: Clock, tmp_path: Path
    ) -> None:
        for epoch in range(2, 30):
            clock.now += 0.9 * EVERY_SECONDS
            live.after_steps(Position(epoch, 500))
            live.after_epoch()
        assert taken(tmp_path) == []


class TestFiles:
    def test_the_last_ones_stay(self, live: LiveSnapshots, tmp_path: Path) -> None:
        for step in range(1, MAX_FILES + 6):
            live.take(Position(3, step))
        assert taken(tmp_path) == [(3, step) for step in range(6, MAX_FILES + 6)]

    def test_a_full_disk_costs_a_snapshot_alone(
        self, live: LiveSnapshots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("vae.runs.writer.np.savez", full)
        live.take(Position(1, 1))
        assert taken(tmp_path) == []
        assert [path.name for path in (tmp_path / "run" / "snapshots").iterdir()] == []

    def test_codes_that_are_no_numbers_are_not_shown(
        self, live: LiveSnapshots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nothing = {"means": np.full((3, 2), np.nan, np.float16)}
        monkeypatch.setattr(live._snapshots, "preview", lambda model: nothing)
        live.take(Position(1, 1))
        assert taken(tmp_path) == []


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot after each call of a few steps, at no cost that counts."""
    monkeypatch.setattr(live_snapshots, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(live_snapshots, "MAX_FRACTION", float("inf"))


def test_they_change_neither_history_nor_weights(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    positions_shown: list[Position] = []
    with monkeypatch.context() as patch:
        patch.setattr(LiveSnapshots, "steps_until_due", lambda *_: float("inf"))
        patch.setattr(LiveSnapshots, "take", lambda *_: None)
        without = train(CONFIG, digits, out=tmp_path / "without")
    request.getfixturevalue("many")
    take = LiveSnapshots.take

    def counted(live: LiveSnapshots, position: Position) -> None:
        positions_shown.append(position)
        take(live, position)

    monkeypatch.setattr(LiveSnapshots, "take", counted)
    run = train(CONFIG, digits, out=tmp_path / "with")
    assert {(1, 1), (1, 2), (1, 5), (1, 10), (1, 20)} < {*positions_shown}
    assert {epoch for epoch, _ in positions_shown} == {1, 2}
    for name in ("history.jsonl", *(f"snapshots/{epoch:04d}.npz" for epoch in (0, 1, 2))):
        assert (run.path / name).read_bytes() == (without.path / name).read_bytes()
    ours, theirs = (each.load_model().get_weights() for each in (run, without))
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, other)
    # What is left is as if there had been none.
    names = [{path.name for path in each.path.rglob("*")} for each in (run, without)]
    assert names[0] == names[1]


@pytest.mark.usefixtures("many")
def test_where_a_run_rests_within_an_epoch_its_last_one_stays(
    digits: Dataset, tmp_path: Path
) -> None:
    rows: list[object] = []
    stopped = train(
        CONFIG, digits, rows.append, out=tmp_path / "run", should_stop=lambda: len(rows) > 13
    )
    epoch, step = stopped.status["kept"]
    assert (epoch, 0 < step < stopped.status["steps"]) == (2, True)
    assert stopped.live_snapshots == [(epoch, step)]
    last = moments_of(stopped)[-1]
    assert last.at == pytest.approx(1 + step / stopped.status["steps"])
    expected = stopped.encode(digits.x_test)[0]
    np.testing.assert_allclose(stopped.arrays(last.file)["means"], expected, atol=5e-3)
    resume(stopped, digits)
    assert open_run(stopped.path).live_snapshots == []


@pytest.mark.usefixtures("many")
def test_after_a_kill_none_shows_what_is_trained_again(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = workshop.new(tmp_path / "run", epochs=2)
    write = RunWriter.row

    def killed(writer: RunWriter, row: dict[str, object]) -> None:
        if (row["epoch"], row["kind"]) == (2, "step"):
            raise KeyboardInterrupt
        write(writer, row)

    with monkeypatch.context() as patch:
        patch.setattr(RunWriter, "row", killed)
        with pytest.raises(KeyboardInterrupt):
            workshop.resume(run)
    assert run.live_snapshots[-1][0] == 2
    observed: list[list[tuple[int, int]]] = []
    begin = Session._begin

    def begun(session: Session) -> None:
        begin(session)
        observed.append(run.live_snapshots)

    monkeypatch.setattr(Session, "_begin", begun)
    workshop.resume(run)
    assert {epoch for epoch, _ in observed[0]} <= {1}
