"""Zips that grow when they are read."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from tests.archive.zips import pack, refused, take
from vae.archive import zip_import
from vae.archive.foreign_zip import MAX_BYTES
from vae.archive.zip_import import MAX_ENTRIES, import_zip
from vae.errors import RunError
from vae.runs.store import RunStore

T = TypeVar("T")

GIGABYTE = 1_000_000_000


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """A gigabyte of zeros in a megabyte."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped,
        zipped.open("run/history.jsonl", "w") as member,
    ):
        for _ in range(1000):
            member.write(bytes(GIGABYTE // 1000))
    return buffer.getvalue()


def with_its_peak(act: Callable[[], T]) -> tuple[T, int]:
    """Return what an act returns, and the largest memory that Python had meanwhile, in bytes."""
    tracemalloc.start()
    try:
        found = act()
        return found, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class TestBombs:
    def test_a_gigabyte_in_a_megabyte(
        self, files: dict[str, bytes], bomb: bytes, tmp_path: Path
    ) -> None:
        assert len(bomb) < 10_000_000
        buffer = io.BytesIO(bomb)
        with zipfile.ZipFile(buffer, "a") as zipped:
            zipped.writestr("run/config.json", files["config.json"])
        message, peak = with_its_peak(lambda: refused(buffer.getvalue(), tmp_path))
        assert "at most 100 MB when unpacked. Received: 1,000 MB" in message
        assert peak < 10_000_000

    @pytest.mark.parametrize("claim", [0, 1000, 30_000_000])
    def test_headers_that_lie(
        self, files: dict[str, bytes], bomb: bytes, tmp_path: Path, claim: int
    ) -> None:
        buffer = io.BytesIO(bomb)
        with zipfile.ZipFile(buffer, "a") as zipped:
            for name in ("config.json", "model.keras"):
                zipped.writestr(f"run/{name}", files[name])
        data = buffer.getvalue()
        size = struct.pack("<I", GIGABYTE)
        assert data.count(size) >= 2
        data = data.replace(size, struct.pack("<I", claim))
        message, peak = with_its_peak(lambda: refused(data, tmp_path))
        assert "must be a whole zip file" in message
        assert peak < 3 * MAX_BYTES

    @pytest.mark.parametrize("name", ["checkpoint.npz", "best.npz", "model.keras"])
    def test_little_in_the_zip_is_little_on_the_disk(
        self, files: dict[str, bytes], tmp_path: Path, name: str
    ) -> None:
        """Stored within, so that only the outer zip shrinks it."""
        with zipfile.ZipFile(io.BytesIO(files[name] if name in files else pack({}))) as zipped:
            inner = {member: zipped.read(member) for member in zipped.namelist()}
        if name == "model.keras":
            weights = inner["model.weights.h5"]
            inner["model.weights.h5"] = weights[:64] + bytes(len(weights) - 64)
        else:
            array = io.BytesIO()
            np.save(array, np.zeros(10_000_000, np.float32))
            inner["v999.npy"] = array.getvalue()
        data = pack(files | {name: pack(inner, top="")}, "run/", zipfile.ZIP_DEFLATED)
        run = take(data, tmp_path)
        size = sum(path.stat().st_size for path in run.path.rglob("*") if path.is_file())
        assert size < 3 * len(data) + 500_000
        assert (run.path / name).stat().st_size < 0.1 * sum(map(len, inner.values()))
        if name != "model.keras":
            assert run.arrays(name)["v999"].shape == (10_000_000,)

    def test_a_history_of_the_same_line(
        self, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(zip_import, "FREE_GROWTH", 0)
        take(pack(files, "run/", zipfile.ZIP_DEFLATED), tmp_path / "honest")
        line = files["history.jsonl"].splitlines(keepends=True)[0]
        data = pack(files | {"history.jsonl": line * 20_000}, "run/", zipfile.ZIP_DEFLATED)
        message = refused(data, tmp_path)
        assert "at most 10 times the room of its zip. Received: " in message

    def test_what_is_left_out_costs_nothing(self, files: dict[str, bytes], tmp_path: Path) -> None:
        extra = {"worker.log": bytes(MAX_BYTES + 1)}
        extra |= {f"._{index}": b"" for index in range(2 * MAX_ENTRIES)}
        data = pack(files | extra, "run/", zipfile.ZIP_DEFLATED)
        run, peak = with_its_peak(lambda: take(data, tmp_path))
        assert run.rows
        assert peak < 30_000_000

    def test_all_together(self, files: dict[str, bytes], tmp_path: Path) -> None:
        """No entry is too large, but the sum is."""
        zeros = bytes(MAX_BYTES // 3)
        many = dict.fromkeys(("encoder.onnx", "decoder.onnx", "tsne.npz"), zeros)
        data = pack(files | many, compression=zipfile.ZIP_DEFLATED)
        assert len(data) < 3_000_000
        assert "at most 100 MB when unpacked" in refused(data, tmp_path)

    def test_a_file_too_large(self, exported: bytes, tmp_path: Path) -> None:
        class Large(io.BytesIO):
            def tell(self) -> int:
                return super().tell() + MAX_BYTES

        with pytest.raises(RunError, match=r"at most 100 MB\. Received: 1"):
            import_zip(Large(exported), RunStore(tmp_path))

    @pytest.mark.parametrize("name", ["config.json", "metrics.json", "about.json", "status.json"])
    def test_a_text_too_large(self, files: dict[str, bytes], tmp_path: Path, name: str) -> None:
        large = b" " * 2_000_000 + files.get(name, b"{}")
        data = pack(files | {name: large}, compression=zipfile.ZIP_DEFLATED)
        if name == "about.json":  # of which nothing depends
            assert "at most 1 MB" in refused(data, tmp_path)
        else:
            assert f"at most 1 MB of 'run/{name}'" in refused(data, tmp_path)

    @pytest.mark.parametrize("name", ["latents.npz", "model.keras"])
    def test_within_an_inner_zip(self, files: dict[str, bytes], tmp_path: Path, name: str) -> None:
        inner = pack({"mean.npy": bytes(150_000_000)}, "", zipfile.ZIP_DEFLATED)
        message = refused(pack(files | {name: inner}), tmp_path)
        assert f"{name} is at most 100 MB when unpacked. Received: 150 MB" in message
        lying = inner.replace(struct.pack("<I", 150_000_000), struct.pack("<I", 1000))
        assert f"{name} must be a whole zip" in refused(pack(files | {name: lying}), tmp_path)

    def test_inner_zips_together(
        self, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(zip_import, "MAX_ARRAY_BYTES", 100_000)
        assert "at most 100,000 bytes when unpacked" in refused(pack(files), tmp_path)

    def test_an_inner_zip_with_too_many_names(
        self, files: dict[str, bytes], tmp_path: Path
    ) -> None:
        inner = pack({f"v{i}.npy": b"" for i in range(zip_import.MAX_ARRAYS + 1)}, "")
        message = refused(pack(files | {"best.npz": inner}), tmp_path)
        assert "best.npz holds at most 1000 entries. Received: 1,001" in message
