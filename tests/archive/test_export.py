"""Runs as zip files: what goes out."""

from __future__ import annotations

import io
import json
import shutil
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.archive.zips import unpack
from tests.conftest import copy_run
from vae.archive import zip_export
from vae.archive.zip_export import export_zip
from vae.errors import RunError
from vae.runs.layout import live_snapshot_file
from vae.runs.metadata import write_metadata
from vae.runs.provenance import public_name
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore
from vae.runs.writer import new_run_id


class TestExport:
    def test_the_same_run_gives_the_same_bytes(self, finished_run: Run, exported: bytes) -> None:
        assert export_zip(open_run(finished_run.path)) == exported

    def test_what_is_in_it(self, finished_run: Run, exported: bytes, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        foreign = ("worker.log", "lock", ".writing-1.npz", "notes.txt", "snapshots/x.npz")
        for name in (*foreign, live_snapshot_file(1, 20)):
            (run.path / name).write_text("x")
        (run.path / "step.npz").write_bytes(b"the next step writes it anew")
        assert export_zip(run) == exported
        with zipfile.ZipFile(io.BytesIO(exported)) as zipped:
            assert zipped.testzip() is None
            names = zipped.namelist()
            assert names == sorted(names)
            own = {name: name.partition("/")[2] for name in names}
            assert {"config.json", "snapshots/0012.npz", "encoder.onnx"} <= {*own.values()}
            assert {entry.date_time[0] for entry in zipped.infolist()} == {1980}
            for name in names:
                assert zipped.read(name) == (run.path / own[name]).read_bytes()
                stored = zipped.getinfo(name).compress_type == zipfile.ZIP_STORED
                assert stored == name.endswith((".npz", ".keras", ".onnx"))

    @pytest.mark.parametrize(
        ("name", "top"),
        [
            ("My first run!", "My-first-run"),
            ("../../etc", "etc"),
            ("C:\\x", "C-x"),
            ("Übung", "Übung"),
            ("gro\u0308ße", "größe"),
            ("数字", "数字"),
            ("beta-0.5", "beta-0.5"),
            ("💥", "run"),
            ("", "digits-Custom-copy"),
        ],
    )
    def test_it_is_named_after_the_run(
        self, finished_run: Run, tmp_path: Path, name: str, top: str
    ) -> None:
        run = copy_run(finished_run, tmp_path / "copy")
        write_metadata(run.path, name=name, owner="me", deleted=5.0)
        with zipfile.ZipFile(io.BytesIO(export_zip(run))) as zipped:
            assert {path.partition("/")[0] for path in zipped.namelist()} == {top}
            metadata = json.loads(zipped.read(f"{top}/about.json")) if name else {"name": ""}
        assert metadata == {"name": name}

    def test_the_id_opens_the_run_and_is_not_exported(
        self, finished_run: Run, tmp_path: Path
    ) -> None:
        run = copy_run(finished_run, tmp_path / new_run_id())
        data = export_zip(run)
        for content in (data, *unpack(data).values()):
            assert run.id.encode() not in content
        assert public_name(run) == f"digits Custom {run.id[:6]}"
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            assert zipped.namelist()[0].startswith(f"digits-Custom-{run.id[:6]}/")

    def test_shipped_runs_are_called_what_they_are(self, tmp_path: Path) -> None:
        for run in RunStore(tmp_path / "none").list():
            assert public_name(run) == run.id

    def test_a_run_that_is_being_written(self, finished_run: Run, tmp_path: Path) -> None:
        """Files are replaced and vanish all the time; each one is read whole or not at all."""
        run = copy_run(finished_run, tmp_path / "run")
        versions = [run.latents, {name: array[:5] for name, array in run.latents.items()}]
        over = threading.Event()

        def write() -> None:
            index = 0
            while not over.is_set():
                index += 1
                temporary = run.path / "temporary.npz"
                np.savez(temporary, **versions[index % 2])
                temporary.replace(run.path / "latents.npz")
                (run.path / "snapshots" / "0003.npz").unlink(missing_ok=True)
                shutil.copy(run.path / "snapshots/0004.npz", run.path / "snapshots/0003.npz")

        writer = threading.Thread(target=write)
        writer.start()
        try:
            exports = [unpack(export_zip(run)) for _ in range(30)]
        finally:
            over.set()
            writer.join()
        lengths = set()
        for found in exports:
            with np.load(io.BytesIO(found["latents.npz"])) as arrays:
                lengths.add(len(arrays["mean"]))
        assert lengths <= {5, 360}
        assert {frozenset(found) - {"snapshots/0003.npz"} for found in exports} == {
            frozenset(exports[0]) - {"snapshots/0003.npz"}
        }

    def test_the_history_is_read_after_what_it_must_cover(
        self, finished_run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A process appends a row first and writes snapshot and checkpoint then."""
        read, read_regular = [], zip_export.read_regular
        monkeypatch.setattr(
            zip_export, "read_regular", lambda path: (read.append(path.name), read_regular(path))[1]
        )
        export_zip(finished_run)
        assert len(read) == len(set(read))
        assert read.index("history.jsonl") > max(
            read.index(name) for name in ("checkpoint.npz", "fixed.npz", "0012.npz", "latents.npz")
        )

    def test_a_folder_that_is_gone(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        shutil.rmtree(run.path)
        with pytest.raises(RunError, match=r"holds config\.json\. Received"):
            export_zip(run)
