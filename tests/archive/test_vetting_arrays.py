"""What files of arrays must hold when they come from elsewhere."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.archive.changed import REMOVED, Files, with_arrays
from tests.archive.zips import pack, refused, take
from vae.archive.vetting import Frame
from vae.archive.vetting_arrays import MORE_SAMPLES, ROWS, SAMPLES, ArrayCheck
from vae.runs.run import Run
from vae.training import snapshots


def latents(count: int) -> dict[str, np.ndarray]:
    """Arrays as in latents.npz, of so many images."""
    zeros = np.zeros((count, 2), np.float32)
    return {"mean": zeros, "log_var": zeros, "y": np.zeros(count, np.uint8)}


class TestBasics:
    def test_samples_are_as_many_as_in_a_snapshot(self) -> None:
        assert (snapshots.SAMPLES, snapshots.MORE_SAMPLES) == (SAMPLES, MORE_SAMPLES)


class TestArrays:
    @pytest.mark.parametrize(
        ("name", "changes", "reason"),
        [
            ("latents.npz", {"mean": np.zeros((360, 3), "f4")}, "shape (360, 2)"),
            ("latents.npz", {"log_var": np.zeros((359, 2), "f4")}, "shape (360, 2)"),
            ("latents.npz", {"y": np.zeros((360, 1), "u1")}, "shape (images)"),
            ("latents.npz", {"y": np.full(360, 10, "u1")}, "from 0 to 9"),
            ("latents.npz", {"y": np.full(360, -1, "i1")}, "from 0 to 9"),
            ("latents.npz", {"y": np.zeros(360, "f4")}, "from 0 to 9"),
            ("latents.npz", {"mean": np.full((360, 2), np.nan, "f4")}, "to 1,000,000"),
            ("latents.npz", {"mean": np.eye(360, 2, dtype="f4") * np.nan}, "to 1,000,000"),
            ("latents.npz", {"mean": np.eye(360, 2) * 1e300}, "to 1,000,000"),
            ("latents.npz", {"log_var": np.eye(360, 2) * -1e7}, "to 1,000,000"),
            ("latents.npz", {"mean": np.zeros((360, 2), "i4")}, "floats from -1,000,000"),
            ("latents.npz", latents(0), "1 to 100,000 rows. Received: 0"),
            ("latents.npz", latents(100_001), "1 to 100,000 rows. Received: 100,001"),
            ("latents.npz", {"mean": REMOVED}, "must hold mean"),
            ("tsne.npz", {"points": np.zeros((5, 3), "f4")}, "shape (5, 2)"),
            ("tsne.npz", {"points": np.zeros((361, 2), "f4")}, "images of latents.npz"),
            ("tsne.npz", {"points": np.full((5, 2), np.inf, "f4")}, "to 1,000,000"),
            ("tsne-3d.npz", {"points": np.zeros((5, 2), "f4")}, "shape (5, 3)"),
            ("tsne-3d.npz", {"points": np.full((5, 3), np.nan, "f4")}, "to 1,000,000"),
            ("tsne.npz", {"points": np.zeros((0, 2), "f4")}, "1 to 100,000 rows. Received: 0"),
            ("snapshots/fixed.npz", {"images": np.zeros((10, 8, 9, 1), "u1")}, "8, 8, 1)"),
            ("snapshots/fixed.npz", {"images": np.zeros((10, 8, 8, 1), "f4")}, "uint8"),
            ("snapshots/fixed.npz", {"z": np.zeros((50, 3), "f4")}, "shape (50, 2)"),
            ("snapshots/fixed.npz", {"images": np.zeros((9, 8, 8, 1), "u1")}, "8, 8, 1)"),
            ("snapshots/fixed.npz", {"images": np.zeros((0, 8, 8, 1), "u1")}, "1 to 100 rows"),
            ("snapshots/fixed.npz", {"images": np.zeros((101, 8, 8, 1), "u1")}, "1 to 100 rows"),
            ("snapshots/fixed.npz", {"labels": np.zeros(1001, "u1")}, "1 to 1,000 rows"),
            ("snapshots/0000.npz", {"reconstructions": np.zeros((0, 8, 8, 1), "u1")}, "1 to 100"),
            ("snapshots/0000.npz", {"means": np.zeros((1001, 2), "f2")}, "1 to 1,000 rows"),
            ("snapshots/0003.npz", {"samples": np.zeros((49, 8, 8, 1), "u1")}, "(50, 8, 8, 1)"),
            (
                "snapshots/0003.npz",
                {"more_samples": np.zeros((13, 8, 8, 1), "u1")},
                "(14, 8, 8, 1)",
            ),
            ("snapshots/0003.npz", {"reconstructions": np.zeros((10, 64), "u1")}, "(fixed, 8,"),
            ("snapshots/0003.npz", {"means": np.zeros((360, 1), "f2")}, "shape (360, 2)"),
            ("snapshots/0003.npz", {"means": np.zeros((3, 2), "f2")}, "shape (360, 2)"),
            ("snapshots/0003.npz", {"means": REMOVED}, "must hold means"),
            ("checkpoint.npz", {"epoch": REMOVED}, "must hold epoch"),
            ("checkpoint.npz", {"epoch": np.arange(3)}, "shape ()"),
            ("checkpoint.npz", {"epoch": np.array(-1)}, "whole numbers"),
            ("checkpoint.npz", {"epoch": np.array(2**63, "u8")}, "whole numbers"),
            ("checkpoint.npz", {"v0": np.array("text")}, "arrays of numbers"),
            ("checkpoint.npz", {"v0": np.array([1j])}, "arrays of numbers"),
            ("checkpoint.npz", {"v0": np.array([b"bytes"])}, "arrays of numbers"),
            ("checkpoint.npz", {"v0": np.array(["2026"], "M8[D]")}, "arrays of numbers"),
            ("best.npz", {"v0": np.zeros(3, [("a", "f4"), ("b", "O")])}, "arrays of numbers"),
            ("best.npz", {"v0": np.zeros(3, [("a", "f4")])}, "arrays of numbers"),
            ("best.npz", {"v0": np.zeros(3, "V8")}, "arrays of numbers"),
        ],
        ids=lambda value: " ".join(str(value).split())[:40],
    )
    def test_refused(
        self, files: Files, tmp_path: Path, name: str, changes: dict[str, Any], reason: str
    ) -> None:
        message = refused(with_arrays(files, name, **changes), tmp_path)
        assert reason in message
        assert name in message

    @pytest.mark.parametrize(
        "name", ["checkpoint.npz", "latents.npz", "snapshots/0000.npz", "best.npz"]
    )
    def test_pickles(self, files: Files, tmp_path: Path, name: str) -> None:
        class Evil:
            def __reduce__(self) -> tuple[Any, ...]:
                return (tmp_path.joinpath("pwned").touch, ())

        evil = np.array([Evil()], dtype=object)
        assert "arrays of numbers" in refused(with_arrays(files, name, evil=evil), tmp_path)
        assert not (tmp_path / "pwned").exists()

    def test_a_pickle_in_place_of_the_file(self, files: Files, tmp_path: Path) -> None:
        for content in (b"\x80\x04N.", b"\x93NUMPY" + bytes(50), b"", files["config.json"]):
            assert "latents.npz must" in refused(pack(files | {"latents.npz": content}), tmp_path)
        hidden = b"#!/bin/sh\n" + files["latents.npz"]  # a zip to Python, no npz to NumPy
        assert "latents.npz must" in refused(pack(files | {"latents.npz": hidden}), tmp_path)

    @pytest.mark.parametrize(
        "header",
        [
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -4)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
            "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
            "{'descr': '(4,)<f4', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '|V16', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}",
            "{}",
            "[" * 5000,
        ],
        ids=lambda header: header[:60],
    )
    def test_headers_that_lie(self, files: Files, tmp_path: Path, header: str) -> None:
        """NumPy would believe most of them, and take the memory."""
        text = header.encode() + b"\n"
        member = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(16)
        data = pack(files | {"best.npz": pack({"v0.npy": member}, top="")})
        assert "best.npz must hold arrays of numbers" in refused(data, tmp_path)

    def test_what_is_no_array(self, files: Files, tmp_path: Path) -> None:
        buffer = io.BytesIO()
        np.save(buffer, np.zeros(3))
        for member, content in (("v0.npy", b"x"), ("evil.py", buffer.getvalue())):
            data = pack(files | {"best.npz": pack({member: content}, top="")})
            assert repr(member) in refused(data, tmp_path)

    def test_arrays_are_read_as_numpy_reads_them(self, finished_run: Run) -> None:
        frame = Frame({}, finished_run.config, finished_run.image_shape, 10)
        for array in (
            np.arange(6, dtype=">i2").reshape(2, 3),
            np.asfortranarray(np.arange(6.0).reshape(2, 3)),
            np.zeros((0, 4), np.float16),
            np.array(True),
            np.float64(3.5),
        ):
            buffer = io.BytesIO()
            np.save(buffer, array)
            ArrayCheck(frame)("best.npz", {"v0.npy": buffer.getvalue()})

    def test_the_fewest_and_the_largest_latents(self, files: Files, tmp_path: Path) -> None:
        far = {name: np.full((2, 2), -1e6) for name in ("mean", "log_var")}
        data = with_arrays(files, "latents.npz", **latents(2) | far)
        assert len(take(data, tmp_path).latents["mean"]) == 2

    def test_whatever_a_snapshot_holds_fits(self) -> None:
        assert ROWS["cloud"][1] >= snapshots.FIXED_MEANS
        assert ROWS["fixed"][1] >= snapshots.FIXED_IMAGES
