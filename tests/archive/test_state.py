"""What a run that comes in is, what is still asked of it, and the limits of its server."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.archive.zips import pack, refused, take, unpack
from tests.conftest import copy_run
from vae.archive import zip_import
from vae.archive.zip_export import export_zip
from vae.archive.zip_import import MAX_SEGMENTS
from vae.files import read_json, write_json
from vae.runs.control import Control, Segment, read_control
from vae.runs.run import Run


class TestStatus:
    @pytest.mark.parametrize(
        ("before", "checkpoint", "after"),
        [
            ("finished", True, "finished"),
            ("finished", False, "finished"),
            ("diverged", True, "diverged"),
            ("training", True, "paused"),
            ("queued", True, "paused"),
            ("failed", True, "paused"),
            ("training", False, "stopped"),
        ],
    )
    def test_state(
        self,
        files: dict[str, bytes],
        tmp_path: Path,
        before: object,
        checkpoint: bool,
        after: str,
    ) -> None:
        old = {"state": before, "created": "2026"}
        files = files | {"status.json": json.dumps(old).encode()}
        if not checkpoint:
            del files["checkpoint.npz"]
        status = read_json(take(pack(files), tmp_path).path / "status.json")
        assert status["state"] == after
        assert status["imported"] is True
        assert status["reason"] == "Imported."
        assert status["created"] > "2026-"

    def test_only_valid_figures_are_imported(self, files: dict[str, bytes], tmp_path: Path) -> None:
        old = {"state": "finished", "created": "<b>", "reason": "<b>", "pid": 1}
        old |= {"model_epoch": 12, "updated": "<b>", "evil": [1], "serial": 7}
        data = pack(files | {"status.json": json.dumps(old).encode()})
        status = read_json(take(data, tmp_path).path / "status.json")
        assert status.keys() == {
            *("state", "created", "updated", "imported", "reason", "model_epoch")
        }
        assert status["model_epoch"] == 12

    def test_figures_of_a_real_run(
        self, finished_run: Run, exported: bytes, tmp_path: Path
    ) -> None:
        status = take(exported, tmp_path).status
        for name in ("epoch", "step", "steps", "seconds_per_epoch", "model_epoch"):
            assert status[name] == finished_run.status[name]

    def test_requests_are_not_imported(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "copy")
        write_json(run.path / "control.json", {"stop": True})
        data = export_zip(run)
        assert "control.json" in unpack(data)
        assert not (take(data, tmp_path / "runs").path / "control.json").exists()

    @pytest.mark.parametrize(
        "content",
        [
            *(b"[]", b"{", b"\xff", b"NaN", b'{"state": "finished"}'),
            b'{"state": "elsewhere", "created": "2026"}',
            b'{"state": ["finished"], "created": "2026"}',
            b'{"state": null, "created": "2026"}',
            b'{"state": "finished", "created": "2026", "step": -1}',
            b'{"state": "finished", "created": "2026", "seconds_per_epoch": 1e9}',
        ],
    )
    def test_damaged(self, files: dict[str, bytes], tmp_path: Path, content: bytes) -> None:
        assert "status.json" in refused(pack(files | {"status.json": content}), tmp_path)

    def test_without_one(self, files: dict[str, bytes], tmp_path: Path) -> None:
        del (files := dict(files))["status.json"]
        assert read_json(take(pack(files), tmp_path).path / "status.json")["state"] == "paused"


class TestRequests:
    def with_control(self, files: dict[str, bytes], **values: object) -> bytes:
        values = {"action": "stop", "turn": 7, "serial": 9, "settings": {}, "more": []} | values
        return pack(files | {"control.json": json.dumps(values).encode()})

    def test_settings_and_epochs_are_imported(
        self, files: dict[str, bytes], tmp_path: Path
    ) -> None:
        data = self.with_control(
            files, settings={"beta": 0.5, "epochs": 9}, more=[[12, 20], [20, 25]]
        )
        run = take(data, tmp_path)
        assert run.control == Control(
            "run", 0, 1, {"beta": 0.5}, (Segment(12, 20), Segment(20, 25))
        )
        assert run.epochs == 25

    @pytest.mark.parametrize("segment", [[12, 501], [12, 12], [20, 12]], ids=str)
    def test_epochs_that_no_run_has(
        self, files: dict[str, bytes], tmp_path: Path, segment: list[int]
    ) -> None:
        assert take(self.with_control(files, more=[[12, 20], segment]), tmp_path).control.more == (
            Segment(12, 20),
        )

    def test_settings_that_do_not_fit_the_run(self, autoencoder_run: Run, tmp_path: Path) -> None:
        files = unpack(export_zip(autoencoder_run))
        run = take(self.with_control(files, settings={"beta": 1.0}, more=[[2, 5]]), tmp_path)
        assert (run.control.settings, run.epochs) == ({}, 5)

    def test_many_times_more_epochs(
        self, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """They are written at once: a file that grows by one each time takes hours."""
        written = []
        write = zip_import.write_json
        monkeypatch.setattr(
            zip_import,
            "write_json",
            lambda path, value: (written.append(path.name), write(path, value)),
        )
        segments = [[i, i + 1] for i in range(12, 12 + MAX_SEGMENTS)]
        run = take(self.with_control(files, more=segments), tmp_path / "most")
        assert len(read_control(run.path).more) == MAX_SEGMENTS == 100
        assert written.count("control.json") == 1
        message = refused(self.with_control(files, more=[[12, 13]] * (MAX_SEGMENTS + 1)), tmp_path)
        assert "at most 100 times. Received: 101 times" in message


class TestLimits:
    """What a server has to keep in its memory for those who look at a run."""

    def test_parameters(
        self, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_PARAMETERS", "2000")
        message = refused(pack(files), tmp_path)
        assert "On this server a run has at most 2,000 parameters. Received: 2,244" in message

    def test_epochs_that_are_behind_it_cost_nothing(
        self, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_EPOCHS", "5")
        assert take(pack(files), tmp_path).config.epochs == 12

    def test_a_history_on_a_public_server(
        self, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = [line.ljust(19_000) for line in files["history.jsonl"].splitlines()] * 3
        data = pack(files | {"history.jsonl": b"\n".join(rows)}, "run/", zipfile.ZIP_DEFLATED)
        assert len(take(data, tmp_path / "own").rows) == 396  # 7.5 MB
        monkeypatch.setenv("VAE_PUBLIC", "1")
        assert "at most 5 MB of 'run/history.jsonl'" in refused(data, tmp_path)
        assert take(pack(files), tmp_path / "public").rows
