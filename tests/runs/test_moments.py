"""The moments of a training that can be shown, and the names of their files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.layout import live_snapshot_file, live_snapshot_position
from vae.runs.moments import moments_of
from vae.runs.run import Run
from vae.runs.writer import RunWriter


@pytest.fixture
def writer(tmp_path: Path, digits: Dataset) -> RunWriter:
    """Of a run with two epochs of 50 steps behind it, and snapshots within the third."""
    writer = RunWriter.create(tmp_path / "run", Config(epochs=3), digits)
    writer.status(steps=50)
    for epoch in (0, 1, 2):
        writer.arrays(f"snapshots/{epoch:04d}.npz", means=np.eye(2))
    for step in (9, 10, 25):
        writer.live_snapshot((3, step), {"means": np.eye(2)}, max_count=12)
    return writer


def test_in_their_order(writer: RunWriter) -> None:
    found = moments_of(Run(writer.path))
    assert [moment.at for moment in found] == pytest.approx([0, 1, 2, 2.18, 2.2, 2.5])
    assert [moment.words for moment in found] == [
        *("epoch 0", "epoch 1", "epoch 2"),
        *("epoch 3, step 9", "epoch 3, step 10", "epoch 3, step 25"),
    ]
    for moment in found:
        np.testing.assert_array_equal(Run(writer.path).arrays(moment.file)["means"], np.eye(2))


def test_the_end_of_an_epoch_follows_all_within_it(writer: RunWriter) -> None:
    writer.arrays("snapshots/0003.npz", means=np.eye(2))
    assert moments_of(Run(writer.path))[-1].words == "epoch 3"


@pytest.mark.parametrize(
    ("position", "left"), [((3, 10), [9, 10]), ((3, 0), []), ((2, 50), []), ((3, 25), [9, 10, 25])]
)
def test_what_came_after_a_checkpoint_goes(
    position: tuple[int, int], left: list[int], writer: RunWriter
) -> None:
    writer.rewind(*position, 50)
    assert [step for _, step in Run(writer.path).live_snapshots] == left


def test_where_a_run_rests_one_stays(writer: RunWriter) -> None:
    writer.remove_other_live_snapshots((3, 10))
    assert Run(writer.path).live_snapshots == [(3, 10)]


def test_names() -> None:
    name = live_snapshot_file(7, 123)
    assert name == "snapshots/live-0007-0000123.npz"
    assert live_snapshot_position(name.removeprefix("snapshots/")) == (7, 123)
    for other in ("0007.npz", "live-7-123.npz", "live-0007-0000123.npy", "live-000x-0000123.npz"):
        assert live_snapshot_position(other) is None
