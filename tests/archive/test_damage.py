"""Damaged zips are refused in words, and nobody sees half a run."""

from __future__ import annotations

import io
import shutil
import sys
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.archive.zips import NEEDLESS, pack, take
from vae.archive import zip_import
from vae.archive.zip_export import export_zip
from vae.archive.zip_import import import_zip
from vae.errors import RunError
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore


class TestDamage:
    """Whatever a byte turns into: a run that opens, or a refusal, and nothing left behind."""

    def survives(self, data: bytes, folder: Path) -> bool:
        store = RunStore(folder, folder / "none")
        try:
            run = import_zip(io.BytesIO(data), store)
        except RunError:
            assert not folder.exists() or not list(folder.iterdir())
            return False
        assert [path.name for path in folder.iterdir()] == [run.id]
        run = store.open(run.id)
        _ = run.metrics, run.latents, run.fixed, run.history["loss"], run.status
        for epoch in run.snapshot_epochs:
            assert run.snapshot(epoch)["samples"].shape == (50, 8, 8, 1)
        shutil.rmtree(run.path)
        return True

    def test_of_the_zip(self, exported: bytes, tmp_path: Path) -> None:
        generator = np.random.default_rng(0)
        # Half of them among the headers, which are few bytes of many.
        contents = exported.rindex(b"PK\x03\x04")
        positions = [
            *generator.integers(0, len(exported), 100),
            *generator.integers(contents, len(exported), 100),
        ]
        outcomes = set()
        for position in positions:
            data = bytearray(exported)
            data[position] ^= int(generator.integers(1, 256))
            outcomes.add(self.survives(bytes(data), tmp_path / "runs"))
        assert outcomes == {True, False}

    def test_of_a_file(self, files: dict[str, bytes], tmp_path: Path) -> None:
        """The zip is whole, as from someone who means it."""
        generator = np.random.default_rng(1)
        names = sorted({*files} - NEEDLESS)
        for _ in range(150):
            name = names[generator.integers(len(names))]
            content = bytearray(files[name])
            content[generator.integers(len(content))] ^= int(generator.integers(1, 256))
            self.survives(pack(files | {name: bytes(content)}), tmp_path / "runs")

    @pytest.mark.filterwarnings("ignore:invalid escape sequence")
    def test_of_what_is_in_a_file(self, files: dict[str, bytes], tmp_path: Path) -> None:
        """Headers of arrays, and the description of a model."""
        generator = np.random.default_rng(2)
        names = sorted(name for name in files if name.endswith((".npz", ".keras")))
        outcomes = set()
        for _ in range(150):
            name = names[generator.integers(len(names))]
            with zipfile.ZipFile(io.BytesIO(files[name])) as zipped:
                inner = {member: zipped.read(member) for member in zipped.namelist()}
            member = sorted(inner)[generator.integers(len(inner))]
            content = bytearray(inner[member])
            end = min(len(content), 10_000 if member.endswith(".json") else 128)
            content[generator.integers(end)] ^= int(generator.integers(1, 256))
            damaged = pack(inner | {member: bytes(content)}, top="")
            outcomes.add(self.survives(pack(files | {name: damaged}), tmp_path / "runs"))
        assert outcomes == {True, False}

    def test_nothing_is_listed_before_it_is_whole(
        self, exported: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        listings = []

        def list_and_open(path: Path) -> Run:
            listings.append([path.name for path in tmp_path.iterdir()])
            assert not [found for found in tmp_path.glob("*/config.json") if found.parent != path]
            return open_run(path)

        monkeypatch.setattr(zip_import, "open_run", list_and_open)
        run = take(exported, tmp_path)
        (before,), after = listings
        assert before == f".importing-{run.id}"
        assert after == [run.id]

    def test_memory_of_a_normal_import(self, tmp_path: Path) -> None:
        """A shipped run takes a few times its own size, not more."""
        run = RunStore(tmp_path / "none").list()[0]
        data = export_zip(run)
        tracemalloc.start()
        try:
            take(data, tmp_path / "runs")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 4 * len(data) + 10_000_000, sys.getsizeof(data)
