"""The writer: a run folder is never seen half-written, and one run never covers another."""

from __future__ import annotations

import errno
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from tests.pages import crafted
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.files import read_json, replacing, write_json
from vae.runs.run import open_run
from vae.runs.writer import RunWriter, new_run_id


@pytest.fixture
def writer(digits: Dataset, tmp_path: Path) -> RunWriter:
    return RunWriter.create(tmp_path / "some" / "run", Config(seed=4, epochs=9), digits)


class TestBasics:
    def test_a_new_run_waits(self, writer: RunWriter) -> None:
        run = open_run(writer.path)
        assert run.state == "queued"
        assert run.config == Config(seed=4, epochs=9)
        assert run.dataset == "digits"
        assert run.image_shape == (8, 8, 1)
        assert run.class_names == tuple("0123456789")
        assert run.info["seed"] == 4
        assert {"python", "keras", "numpy"} <= set(run.info["versions"])
        assert (run.rows, run.history, run.metrics, run.latents) == ([], [], {}, {})
        assert not run.has_model

    def test_status_keeps_what_is_not_changed(self, writer: RunWriter) -> None:
        created = open_run(writer.path).status["created"]
        writer.status(state="failed", reason="why")
        RunWriter.reopen(writer.path).status(pid=5)
        status = open_run(writer.path).status
        assert (status["state"], status["reason"], status["pid"]) == ("failed", "why", 5)
        assert status["created"] == created <= status["updated"]

    def test_the_last_word(self, writer: RunWriter) -> None:
        writer.status(must=True, state="failed", reason="why")
        assert open_run(writer.path).state == "failed"
        assert open_run(writer.path).status["created"]

    def test_rows_are_appended(self, writer: RunWriter) -> None:
        rows = [crafted.row(1, 1 / 3), crafted.row(2, 2.5, kind="step")]
        for row in rows:
            RunWriter.reopen(writer.path).row(row)
        run = open_run(writer.path)
        assert run.rows == rows
        assert run.history["reconstruction"] == [1 / 3]

    def test_arrays_and_metrics(self, writer: RunWriter) -> None:
        writer.arrays("snapshots/0003.npz", means=np.eye(2, dtype=np.float16))
        writer.figures("metrics.json", crafted.METRICS)
        run = open_run(writer.path)
        assert run.snapshot_epochs == [3]
        np.testing.assert_array_equal(run.snapshot(3)["means"], np.eye(2))
        assert run.metrics == crafted.METRICS

    def test_ids_cannot_be_guessed(self) -> None:
        ids = {new_run_id() for _ in range(100)}
        assert len(ids) == 100
        assert all(re.fullmatch("[0-9a-f]{32}", run_id) for run_id in ids)


class TestCorrectness:
    def test_one_run_does_not_cover_another(self, writer: RunWriter, digits: Dataset) -> None:
        before = (writer.path / "config.json").read_bytes()
        with pytest.raises(RunError, match="Received"):
            RunWriter.create(writer.path, Config(seed=5), digits)
        assert (writer.path / "config.json").read_bytes() == before

    def test_a_folder_that_cannot_be(self, digits: Dataset, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(RunError, match="Received"):
            RunWriter.create(tmp_path / "file" / "run", Config(), digits)

    def test_the_last_status_needs_no_space(
        self, writer: RunWriter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(Path, "write_text", full)
        with pytest.raises(OSError, match="No space left"):
            writer.status(reason="a long reason" * 20)
        for reason in ("a long reason" * 20, "short"):
            writer.status(must=True, state="interrupted", reason=reason)
            run = open_run(writer.path)
            assert (run.state, run.status["reason"]) == ("interrupted", reason)

    def test_the_last_message_hides_no_other_problem(
        self, writer: RunWriter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def forbidden(*_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(Path, "write_text", forbidden)
        with pytest.raises(PermissionError):
            writer.status(must=True, state="failed", reason="why")

    @pytest.mark.parametrize("value", [math.nan, math.inf])
    def test_no_file_holds_what_is_no_json(self, writer: RunWriter, value: float) -> None:
        with pytest.raises(ValueError, match="JSON"):
            writer.row({"kind": "epoch", "loss": value})
        with pytest.raises(ValueError, match="JSON"):
            writer.figures("metrics.json", {"loss": value})
        run = open_run(writer.path)
        assert run.rows == []
        assert run.metrics == {}

    def test_a_write_that_fails_leaves_the_old_file_and_no_other(self, tmp_path: Path) -> None:
        path = tmp_path / "value.json"
        write_json(path, {"old": 1})

        def fail() -> None:
            with replacing(path) as temporary:
                temporary.write_text("half of")
                assert temporary.suffix == ".json"
                raise OSError("disk full")

        with pytest.raises(OSError, match="disk full"):
            fail()
        assert read_json(path) == {"old": 1}
        assert [entry.name for entry in tmp_path.iterdir()] == ["value.json"]

    def test_whose_it_is_stands_beside_it(self, digits: Dataset, tmp_path: Path) -> None:
        RunWriter.create(tmp_path / "annas", Config(), digits, owner="anna")
        assert open_run(tmp_path / "annas").metadata.owner == "anna"
        # What the worker writes says nothing about people.
        assert "anna" not in (tmp_path / "annas" / "config.json").read_text()
        assert "anna" not in (tmp_path / "annas" / "status.json").read_text()

    def test_the_files_are_plain_json(self, writer: RunWriter) -> None:
        info = json.loads((writer.path / "config.json").read_text(encoding="utf-8"))
        assert info["format"] == 1
        assert info["images"] == 1437
        assert Config.from_dict(info["config"]) == Config(seed=4, epochs=9)


def row(kind: str, epoch: int, step: int) -> dict[str, object]:
    if kind == "change":
        return crafted.change(epoch, step, beta=1 / 3)
    return crafted.row(epoch, 1 / 3, kind=kind, step=step)


class TestRewind:
    """Two steps of four make a row; the third epoch is cut short by a live change."""

    ROWS = (
        row("change", 0, 0),
        row("step", 1, 2),
        row("step", 1, 4),
        row("epoch", 1, 4),
        row("step", 2, 2),
        row("step", 2, 4),
        row("epoch", 2, 4),
        row("change", 2, 4),
        row("step", 3, 1),
        row("change", 3, 1),
        row("step", 3, 2),
    )

    @pytest.fixture
    def written(self, writer: RunWriter) -> RunWriter:
        for written in self.ROWS:
            writer.row(written)
        for epoch in range(4):
            writer.arrays(f"snapshots/{epoch:04d}.npz", means=np.eye(2))
        return writer

    @pytest.mark.parametrize(
        ("epoch", "step", "rows", "snapshots"),
        [
            (0, 0, 1, 1),
            (1, 1, 1, 2),
            (1, 2, 2, 2),
            (1, 4, 4, 2),
            (2, 3, 5, 3),
            (2, 4, 8, 3),
            (3, 0, 8, 4),
            (3, 1, 10, 4),
            (3, 4, 11, 4),
        ],
    )
    def test_forgets_what_came_after(
        self, epoch: int, step: int, rows: int, snapshots: int, written: RunWriter
    ) -> None:
        whole = (written.path / "history.jsonl").read_bytes()
        written.rewind(epoch, step, steps=4)
        run = open_run(written.path)
        assert run.rows == list(self.ROWS[:rows])
        assert run.snapshot_epochs == list(range(snapshots))
        # To the byte, so that a continued history equals an undisturbed one.
        assert whole.startswith((written.path / "history.jsonl").read_bytes())

    def test_an_epochs_row_without_its_checkpoint_is_forgotten(self, writer: RunWriter) -> None:
        # All steps were taken and paused after; the epoch was not yet brought to its end.
        for written in self.ROWS[:4]:
            writer.row(written)
        writer.rewind(1, 4, steps=4)
        assert open_run(writer.path).rows == list(self.ROWS[:4])
        writer.rewind(1, 4, steps=5)
        assert open_run(writer.path).rows == list(self.ROWS[:3])

    def test_a_line_cut_short_is_forgotten(self, written: RunWriter) -> None:
        path = written.path / "history.jsonl"
        whole = path.read_bytes()
        path.write_bytes(whole + b'{"kind": "step", "epo')
        written.rewind(3, 2, steps=4)
        assert path.read_bytes() == whole

    def test_before_the_first_row(self, writer: RunWriter) -> None:
        writer.rewind(0, 0, steps=4)
        assert open_run(writer.path).rows == []
