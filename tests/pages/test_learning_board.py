"""The learning board: which moments it gets, and where their dots lie."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.pictures import apart
from tests.conftest import copy_run
from tests.pages.crafted import set_state
from tests.pages.driving import act, calm, labelled, open_page, watch
from tests.pages.shown import board, decoded_url, picture, shows
from vae.images import tile
from vae.latent.learning import learning_axes
from vae.runs.run import Run
from vae.runs.writer import RunWriter


def words_of(app: AppTest, run: Run) -> list[str]:
    """The moments on a run's board."""
    return [frame["words"] for frame in board(app, run.id)["frames"]]


def points_of(frame: dict[str, Any]) -> np.ndarray:
    """Where a moment's dots lie on the map (N, 2)."""
    units = np.frombuffer(base64.b64decode(frame["points"]), "<i2").reshape(-1, 2)
    x, y, half = frame["window"]
    return units / 16_000 * half + (x, y)


def write_live_snapshots(run: Run, *positions: tuple[int, int]) -> None:
    """Leave snapshots within an epoch, as the process that trains does."""
    for position in positions:
        RunWriter.reopen(run.path).live_snapshot(position, run.snapshot(1), max_count=12)


class TestWhichMoments:
    def test_who_comes_late_sees_the_newest(self, busy: Run) -> None:
        write_live_snapshots(busy, (13, 1), (13, 2))
        assert words_of(open_page("train"), busy) == ["epoch 13, step 2"]

    def test_later_those_since_the_last_poll(self, busy: Run) -> None:
        app = open_page("train")
        assert words_of(app, busy) == ["epoch 12"]
        write_live_snapshots(busy, (13, 1), (13, 2))
        for _ in range(2):  # nothing new: the same again, which need not be sent
            assert words_of(calm(app.run()), busy) == ["epoch 13, step 1", "epoch 13, step 2"]
        write_live_snapshots(busy, (13, 5))
        assert words_of(calm(app.run()), busy) == ["epoch 13, step 5"]

    def test_of_many_at_once_the_last_have_pictures(self, busy: Run) -> None:
        app = open_page("train")
        write_live_snapshots(busy, *((13, step) for step in range(1, 12)))
        frames = board(calm(app.run()), "busy")["frames"]
        assert [frame["words"] for frame in frames] == [
            f"epoch 13, step {step}" for step in range(4, 12)
        ]
        assert [bool(frame["samples"]) for frame in frames] == [False] * 4 + [True] * 4

    def test_a_run_that_was_rewound(self, busy: Run) -> None:
        write_live_snapshots(busy, (13, 7))
        app = open_page("train")
        RunWriter.reopen(busy.path).rewind(12, 25, 25)
        assert words_of(calm(app.run()), busy) == ["epoch 12"]

    def test_before_the_first_there_is_none(self, busy: Run) -> None:
        for file in (busy.path / "snapshots").glob("0*.npz"):
            file.unlink()
        app = open_page("train")
        assert words_of(app, busy) == []
        fixed = {"means": np.zeros((360, 2), np.float16)} | {
            name: np.zeros((count, 8, 8, 1), np.uint8)
            for name, count in (("samples", 50), ("more_samples", 14), ("reconstructions", 10))
        }
        RunWriter.reopen(busy.path).live_snapshot((1, 1), fixed, max_count=12)
        assert words_of(calm(app.run()), busy) == ["epoch 1, step 1"]

    def test_a_run_that_rests_within_an_epoch_shows_where(self, run: Run) -> None:
        write_live_snapshots(set_state(run, "stopped"), (13, 3), (13, 9))
        app = watch(open_page("train"))
        slider = app.select_slider(key="watched-finished_control")
        assert (slider.options[-2:], slider.value) == (["12", "now"], "now")
        assert words_of(app, run) == ["epoch 13, step 9"]
        act(slider.set_value("12"))
        assert words_of(app, run) == ["epoch 12"]


class TestMap:
    def test_more_dimensions_keep_the_plane_of_the_first_epoch(
        self, convolutional_run: Run, runs: Path
    ) -> None:
        run = copy_run(convolutional_run, runs / "run")
        app = watch(open_page("train"))
        first, untrained = (run.snapshot(epoch)["means"].astype(float) for epoch in (1, 0))
        for epoch in run.snapshot_epochs:
            plane = learning_axes(first if epoch else untrained, untrained)
            act(labelled(app.select_slider, "Epoch").set_value(str(epoch)))
            (frame,) = board(app, "run")["frames"]
            expected = run.snapshot(epoch)["means"].astype(float) @ plane.T
            np.testing.assert_allclose(points_of(frame), expected, atol=3e-3)
        assert board(app, "run")["names"] == ["PC1", "PC2"]

    def test_one_dimension_has_a_row_for_each_class(self, line_run: Run, runs: Path) -> None:
        run = copy_run(line_run, runs / "run")
        mounted = board(watch(open_page("train")), "run")
        labels = np.frombuffer(base64.b64decode(mounted["labels"]), np.uint8)
        np.testing.assert_array_equal(labels, run.fixed["labels"])
        heights = points_of(mounted["frames"][-1])[:, 1]
        rows = [np.unique(heights[labels == label]) for label in range(10)]
        assert [len(row) for row in rows] == [1] * 10
        assert np.all(np.diff(np.concatenate(rows)) < 0)
        assert (mounted["names"], mounted["hasPrior"]) == (["z1", ""], False)

    def test_an_autoencoder_has_no_prior(self, autoencoder_run: Run, runs: Path) -> None:
        run = copy_run(autoencoder_run, runs / "run")
        mounted = board(watch(open_page("train")), "run")
        assert mounted["hasPrior"] is False
        assert [panel["title"] for panel in mounted["curves"]["panels"]] == ["Reconstruction loss"]
        names = [number["name"] for number in mounted["numbers"]]
        assert names == ["Nats per image:", "Loss", "Validation", "Test loss"]
        untrained, first, *_, last = (
            run.snapshot(epoch)["means"].astype(float) for epoch in run.snapshot_epochs
        )
        expected = last @ learning_axes(first, untrained).T
        same = np.abs(points_of(mounted["frames"][-1]) - expected).max(axis=1) < 0.1
        assert same.mean() > 0.97  # what lies far beyond the edge is drawn nearer to it


def test_what_the_samples_are_of(run: Run, conditional_run: Run, runs: Path) -> None:
    copy_run(conditional_run, runs / "with-classes")
    for each, note in (run.id, "the same random codes"), ("with-classes", "the classes in turn"):
        mounted = board(open_page("train", run=each, view="watch"), each)
        assert note in mounted["samplesNote"]
        assert ("one class after the other" in mounted["alt"]["samples"]) == (each != run.id)


@pytest.mark.usefixtures("run")
def test_snapshots_of_earlier_versions(run: Run) -> None:
    writer = RunWriter.reopen(run.path)
    for epoch in run.snapshot_epochs:
        arrays = run.snapshot(epoch)
        del arrays["more_samples"]
        writer.arrays(f"snapshots/{epoch:04d}.npz", **arrays)
    (frame,) = board(watch(open_page("train")), "finished")["frames"]
    samples = run.snapshot(12)["samples"][:49]
    assert shows(decoded_url(frame["samples"]), tile(apart(samples), 7, 7))


def test_colors(convolutional_run: Run, runs: Path) -> None:
    copy_run(convolutional_run, runs / "run")
    (frame,) = board(watch(open_page("train")), "run")["frames"]
    assert picture(decoded_url(frame["samples"])).shape == (8 * 13, 8 * 10, 4)  # with a gap


def test_a_snapshot_of_another_model(run: Run) -> None:
    arrays = {**run.snapshot(12), "means": np.zeros((360, 3), np.float16)}
    RunWriter.reopen(run.path).arrays("snapshots/0012.npz", **arrays)
    (error,) = watch(open_page("train")).error
    assert error.value.startswith("snapshots/0012.npz must hold pictures and latent means")
