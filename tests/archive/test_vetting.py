"""What a run's files must be when they come from elsewhere: each thing that is refused, alone."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.archive.test_archive import pack, refused, take, unpack
from vae.architecture import ImageShape, summarize
from vae.archive.archive import export_zip
from vae.archive.vetting import (
    MORE_SAMPLES,
    ROWS,
    SAMPLES,
    ArrayCheck,
    Frame,
    read_history,
)
from vae.archive.vetting_keras import check_keras
from vae.config import Config
from vae.errors import RunError
from vae.model.saving import save_keras
from vae.model.vae import build
from vae.model.weights_file import check_weights
from vae.runs.run import Run
from vae.runs.store import RunStore
from vae.training import snapshots

Files = dict[str, bytes]
REMOVED = ...  # a value whose name in the tests' ids is the same in every process


@pytest.fixture(scope="module")
def files(finished_run: Run) -> Files:
    return unpack(export_zip(finished_run))


def with_json(files: Files, name: str, **changes: Any) -> bytes:
    """Return the run's zip with other values in one of its JSON files."""
    values = json.loads(files[name]) | changes
    kept = {key: value for key, value in values.items() if value is not REMOVED}
    return pack(files | {name: json.dumps(kept).encode()})


def with_arrays(files: Files, name: str, **changes: Any) -> bytes:
    """Return the run's zip with other arrays in one of its array files."""
    arrays: dict[str, Any] = {}
    if name in files:
        with np.load(io.BytesIO(files[name])) as found:
            arrays = dict(found)
    arrays = {key: array for key, array in (arrays | changes).items() if array is not REMOVED}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return pack(files | {name: buffer.getvalue()})


def latents(count: int) -> dict[str, np.ndarray]:
    """Arrays as in latents.npz, of so many images."""
    zeros = np.zeros((count, 2), np.float32)
    return {"mean": zeros, "log_var": zeros, "y": np.zeros(count, np.uint8)}


def with_row(files: Files, place: int, row: Any) -> bytes:
    """Return the run's zip with another row in its history."""
    lines = files["history.jsonl"].splitlines()
    lines[place] = row if isinstance(row, bytes) else json.dumps(row).encode()
    return pack(files | {"history.jsonl": b"\n".join(lines) + b"\n"})


def with_model(files: Files, change: Callable[[Any], Any]) -> bytes:
    """Return the run's zip with a model.keras whose config.json was changed."""
    with zipfile.ZipFile(io.BytesIO(files["model.keras"])) as zipped:
        inner = {name: zipped.read(name) for name in zipped.namelist()}
    model = json.loads(inner["config.json"])
    changed = change(model)
    inner["config.json"] = json.dumps(model if changed is None else changed).encode()
    return pack(files | {"model.keras": pack(inner, top="")})


def layer(model: Any, network: str, name: str) -> Any:
    """Find a layer in the description of a model."""
    (found,) = (item for item in model["config"]["layers"] if item["config"]["name"] == network)
    (found,) = (item for item in found["config"]["layers"] if item["config"]["name"] == name)
    return found


class TestBasics:
    def test_samples_are_as_many_as_in_a_snapshot(self) -> None:
        assert (snapshots.SAMPLES, snapshots.MORE_SAMPLES) == (SAMPLES, MORE_SAMPLES)


class TestConfig:
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"format": 2}, "at `$.format`"),
            ({"format": REMOVED}, "field `format`"),
            ({"config": REMOVED}, "field `config`"),
            ({"config": {"epochs": 0}}, "epochs must be"),
            ({"config": {"evil": 1}}, "Settings are"),
            ({"config": {"latent_dim": 10**300}}, "latent_dim must be"),
            ({"config": {"preset": 5}}, "preset must be"),
            ({"config": []}, "at `$.config`"),
            ({"config": {"network": "convolutional", "hidden": [4] * 5}}, "needs 1 to 2 hidden"),
            ({"dataset": REMOVED}, "field `dataset`"),
            ({"dataset": 5}, "at `$.dataset`"),
            ({"dataset": "../digits"}, "short word"),
            ({"dataset": "<b>"}, "short word"),
            ({"dataset": "digits\n!"}, "short word"),
            ({"dataset": "x" * 65}, "short word"),
            ({"image_shape": REMOVED}, "field `image_shape`"),
            ({"image_shape": [8, 8]}, "length >= 3"),
            ({"image_shape": [8.0, 8, 1]}, "Expected `int`, got `float`"),
            ({"image_shape": [True, 8, 1]}, "Expected `int`, got `bool`"),
            ({"image_shape": "881"}, "Expected `array`"),
            ({"image_shape": [-8, 8, 1]}, "Expected `int` >= 1"),
            ({"image_shape": [513, 8, 1]}, "Expected `int` <= 512"),
            ({"image_shape": [8, 8, 5]}, "at most 4 channels"),
            ({"image_shape": [0, 8, 1]}, "Expected `int` >= 1"),
            ({"image_shape": [4, 4, 1]}, "from 8 to 64"),
            ({"class_names": "0123456789"}, "at `$.class_names`"),
            ({"class_names": [1, 2]}, "at `$.class_names[0]`"),
            ({"class_names": ["x"] * 257}, "length <= 256"),
            ({"class_names": []}, "length >= 1"),
            ({"images": "many"}, "at `$.images`"),
            *(
                ({"fingerprint": value}, "at `$.fingerprint`")
                for value in (5, "", "F" * 32, "a" * 33, ["a" * 32])
            ),
            ({"versions": {"keras": 5}}, "at `$.versions"),
            ({"seed": -1}, "at `$.seed`"),
        ],
        ids=str,
    )
    def test_refused(
        self, files: Files, tmp_path: Path, changes: dict[str, Any], reason: str
    ) -> None:
        assert reason in refused(with_json(files, "config.json", **changes), tmp_path)

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
    def test_not_an_object(self, files: Files, tmp_path: Path, content: bytes) -> None:
        assert "config.json" in refused(pack(files | {"config.json": content}), tmp_path)

    def test_what_is_kept_of_it(self, files: Files, tmp_path: Path) -> None:
        config = json.loads(files["config.json"])["config"] | {"preset": "a\u202eb" * 200}
        names = ["a\0b", "\x1b[31mred", *"23456789"]
        changes = {"evil": 1, "place": 0, "images": REMOVED, "class_names": names}
        changes |= {"versions": {"python": "3\n"}, "config": config, "seed": 99}
        run = take(with_json(files, "config.json", **changes), tmp_path)
        assert run.info.keys() == {
            *("format", "config", "dataset", "image_shape", "class_names", "seed", "versions"),
            "fingerprint",
        }
        assert run.info["fingerprint"] == json.loads(files["config.json"])["fingerprint"]
        assert run.class_names == ("a b", "[31mred", *"23456789")
        assert run.info["versions"] == {"python": "3"}
        assert run.info["seed"] == run.config.seed == 7
        assert run.config.preset == ("a b" * 67)[:200].strip()

    def test_a_run_of_an_older_version_has_no_fingerprint(
        self, files: Files, tmp_path: Path
    ) -> None:
        run = take(with_json(files, "config.json", fingerprint=REMOVED), tmp_path)
        assert run.fingerprint == ""


class TestHistory:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"loss": float("nan")}, "JSON is malformed"),
            ({"loss": float("inf")}, "JSON is malformed"),
            ({"loss": "1"}, "at `$.loss`"),
            ({"loss": True}, "at `$.loss`"),
            ({"loss": None}, "at `$.loss`"),
            ({"val_kl": [1.0]}, "at `$.val_kl`"),
            ({"loss": 10**200}, "at `$.loss`"),
            ({"epoch": 1.5}, "at `$.epoch`"),
            ({"step": -1}, "at `$.step`"),
            ({"step": 0}, "Expected `int` >= 1 - at `$.step`"),
            ({"kl_per_dimension": [1.0]}, "must be 2 numbers"),
            ({"kl_per_dimension": [1.0, "x"]}, "at `$.kl_per_dimension[1]`"),
            ({"val_kl_per_dimension": [1.0] * 3}, "must be 2 numbers"),
            ({"kl_per_dimension": 1.0}, "at `$.kl_per_dimension`"),
            ({"kind": "evil"}, "at `$.kind`"),
            ({"kind": ["epoch"]}, "at `$.kind`"),
            ({"kind": REMOVED}, "field `kind`"),
            ({"kl": REMOVED}, "field `kl`"),
            ({"epoch": REMOVED}, "field `epoch`"),
            ({"learning_rate": REMOVED}, "field `learning_rate`"),
            ({"val_reconstruction": REMOVED}, "Received: no val_reconstruction"),
        ],
        ids=str,
    )
    def test_refused(
        self, files: Files, tmp_path: Path, change: dict[str, Any], reason: str
    ) -> None:
        row = json.loads(files["history.jsonl"].splitlines()[10]) | change
        assert row.get("kind", "epoch") != "step"  # an epoch's row, with validation
        row = {name: value for name, value in row.items() if value is not REMOVED}
        message = refused(with_row(files, 10, row), tmp_path)
        assert reason in message
        assert "line 11 is not" in message

    def test_columns_that_are_not_known_stay_behind(self, files: Files, tmp_path: Path) -> None:
        row = json.loads(files["history.jsonl"].splitlines()[10])
        assert take(with_row(files, 10, row | {"evil": "<b>"}), tmp_path).rows[10] == row

    @pytest.mark.parametrize(
        "line", [b"5", b"null", b"[]", b"{", b"\xff", b"[" * 10_000, b'{"loss": 1e999}', b"\0"]
    )
    def test_lines_that_are_no_rows(self, files: Files, tmp_path: Path, line: bytes) -> None:
        assert "line 1 is not" in refused(with_row(files, 0, line), tmp_path)

    def test_a_number_too_large_for_a_float(self, files: Files, tmp_path: Path) -> None:
        line = files["history.jsonl"].splitlines()[0].replace(b'"beta": ', b'"beta": 9e999, "x": ')
        assert "Number out of range" in refused(with_row(files, 0, line), tmp_path)

    def test_a_line_too_long(self, files: Files, tmp_path: Path) -> None:
        assert "at most 20,000 characters" in refused(with_row(files, 0, b"5" * 30_000), tmp_path)

    def test_too_many_rows(self, files: Files, tmp_path: Path) -> None:
        for history in (b"\n" * 20_001, files["history.jsonl"] * 152):
            data = pack(files | {"history.jsonl": history})
            assert "at most 20,000 rows" in refused(data, tmp_path)

    def test_too_many_bytes(self, files: Files, tmp_path: Path) -> None:
        data = pack(files | {"history.jsonl": bytes(50_000_000)}, "run/", zipfile.ZIP_DEFLATED)
        assert "at most 40 MB" in refused(data, tmp_path)

    def test_a_row_cut_short_by_a_crash(self, files: Files, tmp_path: Path) -> None:
        rows = take(pack(files), tmp_path).rows
        cut = files["history.jsonl"][:-20]
        assert take(pack(files | {"history.jsonl": cut}), tmp_path).rows == rows[:-1]
        whole = files["history.jsonl"].removesuffix(b"\n")
        assert take(pack(files | {"history.jsonl": whole}), tmp_path).rows == rows

    def test_rows_of_a_run_that_was_steered(self, files: Files, tmp_path: Path) -> None:
        lines = [json.loads(line) for line in files["history.jsonl"].splitlines()]
        for row in lines:
            row |= {"gradient_norm": 2.5, "noise": 1}
        changes = [
            {"kind": "change", "epoch": 1, "step": 5, "beta": 2.0, "learning_rate": 0.1},
            {"kind": "change", "epoch": 0, "step": 0, "noise": 0.5, "epochs": 30},
        ]
        lines[5:5] = changes
        history = "\n".join(map(json.dumps, lines)).encode()
        run = take(pack(files | {"history.jsonl": history}), tmp_path)
        assert run.rows == lines
        assert run.history["gradient_norm"] == [2.5] * 12

    @pytest.mark.parametrize(
        "change",
        [
            {"beta": 1e50},
            {"beta": "1"},
            {"learning_rate": -1.0},
            {"epochs": 1.5},
            {"step": REMOVED},
        ],
        ids=str,
    )
    def test_changes_that_no_run_could_take(
        self, files: Files, tmp_path: Path, change: dict[str, Any]
    ) -> None:
        row = {"kind": "change", "epoch": 1, "step": 5} | change
        row = {name: value for name, value in row.items() if value is not REMOVED}
        assert "line 6 is not" in refused(with_row(files, 5, row), tmp_path)

    def test_equal_lines_are_told_apart(self, finished_run: Run) -> None:
        """A bad line is the last one by its place, not by what it says."""
        frame = Frame({}, finished_run.config, finished_run.image_shape, 10)
        with pytest.raises(RunError, match="line 1 is not"):
            list(read_history(b"5\n5", frame))
        assert list(read_history(b"5", frame)) == []


class TestMetrics:
    @pytest.mark.parametrize(
        "changes",
        [
            {"loss": float("nan")},
            {"loss": "low"},
            {"loss": REMOVED},
            {"elbo": "high"},
            {"images": 5},
            {"treatment": REMOVED},
            {"reconstruction": REMOVED},
            {"active_units": "![x](http://evil.example/x.png)"},
            {"bits_per_dimension": "0.5"},
            {"kl_per_dimension": [1.0, float("inf")]},
            {"kl_per_dimension": ["x"]},
            {"kl_per_dimension": [0] * 1001},
            {"rate": "low"},
            {"distortion": [1.0]},
            {"elbo_standard_error": "small"},
            {"binarisation": "grey"},
            {"binarisation": ["none"]},
            {"reconstruction_per_class": "low"},
            {"reconstruction_per_class": [1.0]},
            {"reconstruction_per_class": {"0": "low"}},
            {"reconstruction_per_class": {"0": float("inf")}},
            {"reconstruction_per_class": {"0": {"1": 2.0}}},
            {"reconstruction_per_class": {str(i): 1.0 for i in range(257)}},
        ],
        ids=lambda changes: str(changes)[:40],
    )
    def test_refused(self, files: Files, tmp_path: Path, changes: dict[str, Any]) -> None:
        message = refused(with_json(files, "metrics.json", **changes), tmp_path)
        assert "metrics.json" in message

    def test_texts_are_cleaned(self, files: Files, tmp_path: Path) -> None:
        data = with_json(files, "metrics.json", images="a\0b", treatment="x" * 1000)
        metrics = take(data, tmp_path).metrics
        assert (metrics["images"], metrics["treatment"]) == ("a b", "x" * 200)

    def test_what_is_not_known_stays_behind(self, files: Files, tmp_path: Path) -> None:
        image = "![x](http://evil.example/x.png)"
        unknown = {image: 1.0, "note": image, "deep": {"er": [None]}, "more": [True] * 2000}
        run = take(with_json(files, "metrics.json", **unknown), tmp_path)
        assert run.metrics == json.loads(files["metrics.json"])
        assert b"evil" not in (run.path / "metrics.json").read_bytes()

    def test_classes(self, files: Files, tmp_path: Path) -> None:
        data = with_json(files, "metrics.json", reconstruction_per_class={"a\0b": 1, "c": 2.5})
        assert take(data, tmp_path).metrics["reconstruction_per_class"] == {"a b": 1, "c": 2.5}

    def test_those_of_an_earlier_version(self, files: Files, tmp_path: Path) -> None:
        new = ("binarisation", "distortion", "rate", "elbo_standard_error")
        changes = dict.fromkeys((*new, "reconstruction_per_class"), REMOVED)
        metrics = take(with_json(files, "metrics.json", **changes), tmp_path).metrics
        assert not set(changes) & set(metrics)
        assert metrics["elbo"] < 0.0


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


def evil_lambda(model: Any) -> None:
    dense = layer(model, "encoder", "hidden_1")
    code = {"class_name": "__lambda__", "config": {"value": "4wEAAAA=", "defaults": None}}
    dense |= {"class_name": "Lambda", "config": {"name": "hidden_1", "function": code}}


def custom_class(model: Any) -> None:
    dense = layer(model, "encoder", "hidden_1")
    dense |= {"module": "os", "class_name": "system", "registered_name": "system"}


def registered_class(model: Any) -> None:
    layer(model, "decoder", "pixels")["registered_name"] = "evil>Dense"


def foreign_function(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["config"]["activation"] = {
        **{"module": "builtins", "class_name": "function"},
        **{"config": "eval", "registered_name": "eval"},
    }


def gadget(model: Any) -> None:
    """keras.utils.get_file would fetch a file from anywhere (CVE-2025-8747)."""
    layer(model, "encoder", "hidden_1")["config"]["kernel_initializer"] = {
        **{"module": "keras.utils", "class_name": "get_file", "registered_name": None},
        "config": {"fname": "x", "origin": "http://localhost/"},
    }


def other_layer(model: Any) -> None:
    dense = layer(model, "encoder", "hidden_1")
    dense |= {"class_name": "TFSMLayer", "config": {"name": "hidden_1", "filepath": "/tmp"}}


def hidden_object(model: Any) -> None:
    model["build_config"] = {"deep": [[{"class_name": "__numpy__", "config": {"value": [1]}}]]}


def legacy_layer(model: Any) -> None:
    del layer(model, "encoder", "hidden_1")["module"]


def huge_layer(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["config"]["units"] = 10**9


def huge_build(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["build_config"] = {"input_shape": [None, 10**9]}


def huge_input(model: Any) -> None:
    layer(model, "encoder", "image")["config"]["batch_shape"] = [10**6, 8, 8, 1]


def lora(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["config"]["lora_rank"] = 10**9


def other_activation(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["config"]["activation"] = "evil>relu"


def other_dtype(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["config"]["dtype"]["config"]["name"] = "int8_from_float32"


def other_class(model: Any) -> None:
    layer(model, "encoder", "flatten")["class_name"] = "Dense"


def no_bias(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["config"]["use_bias"] = False


def further_layer(model: Any) -> None:
    layers = model["config"]["layers"][1]["config"]["layers"]
    layers.append(layers[-1])


def compiled(model: Any) -> None:
    model["compile_config"] = {"optimizer": "adam"}


class TestKeras:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (evil_lambda, "'Lambda' of 'keras.layers', registered as None, named 'hidden_1'"),
            (custom_class, "'system' of 'os', registered as 'system', named 'hidden_1'"),
            (registered_class, "registered as 'evil>Dense', named 'pixels'"),
            (foreign_function, "'function' of 'builtins'"),
            (gadget, "'get_file' of 'keras.utils'"),
            (other_layer, "'TFSMLayer' of 'keras.layers'"),
            (hidden_object, "'__numpy__'"),
            (legacy_layer, "'Dense' of None"),
            (huge_layer, "The layer hidden_1 must be a Dense as config.json says. Received: {'un"),
            (huge_build, "The layer hidden_1 must be"),
            (huge_input, "The layer image must be"),
            (lora, "The layer hidden_1 must be a Dense as config.json says. Received: {'lora"),
            (other_activation, "Received: {'activation': 'evil>relu'}"),
            (other_dtype, "int8_from_float32"),
            (other_class, "The layer flatten must be a Flatten"),
            (no_bias, "Received: {'use_bias': False}"),
            (further_layer, "The layers must be image, flatten, hidden_1, mean, log_var"),
            (compiled, "networks alone"),
            (lambda model: [], "another form"),
            (lambda model: {}, "another form"),
            (lambda model: 5, "another form"),
            (lambda model: model["config"].update(layers=5), "another form"),
            (lambda model: model["config"].update(layers=[]), "another form"),
            (lambda model: model["config"]["layers"].reverse(), "another form"),
        ],
    )
    def test_refused(
        self, files: Files, tmp_path: Path, change: Callable[[Any], Any], reason: str
    ) -> None:
        data = with_model(files, change)
        message = refused(data, tmp_path)
        assert reason in message

    def test_the_change_is_what_is_refused(self, files: Files, tmp_path: Path) -> None:
        assert take(with_model(files, lambda model: None), tmp_path).state == "finished"

    @pytest.mark.parametrize(
        "extra", ["evil.py", "assets/x", "model.weights.npz", "../model.weights.h5"]
    )
    def test_files_beside_the_model(self, files: Files, tmp_path: Path, extra: str) -> None:
        inner = dict.fromkeys(("config.json", "metadata.json", "model.weights.h5", extra), b"")
        data = pack(files | {"model.keras": pack(inner, top="")})
        assert "model.keras must hold config.json" in refused(data, tmp_path)

    @pytest.mark.parametrize("weights", [b"", b"\x89HDF\r\n\x1a\n", b"x" * 20_000])
    def test_weights(self, files: Files, tmp_path: Path, weights: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(files["model.keras"])) as zipped:
            inner = {name: zipped.read(name) for name in zipped.namelist()}
        for content in (weights, inner["model.weights.h5"] + bytes(10**6)):
            changed = inner | {"model.weights.h5": content}
            data = pack(files | {"model.keras": pack(changed, top="")})
            assert "weights as float32" in refused(data, tmp_path)

    def test_a_description_too_large(self, files: Files, tmp_path: Path) -> None:
        """Eighty megabytes of empty objects would take two gigabytes and 18 s."""
        inner = {"config.json": b"[" + b"{}," * 10**6 + b"0]"}
        data = pack(files | {"model.keras": pack(inner, "", zipfile.ZIP_DEFLATED)})
        assert "at most 1 MB of 'config.json'" in refused(data, tmp_path)

    def test_the_model_of_another_run(
        self, files: Files, autoencoder_run: Run, tmp_path: Path
    ) -> None:
        other = unpack(export_zip(autoencoder_run))["model.keras"]
        refused(pack(files | {"model.keras": other}), tmp_path)

    @pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu", "silu", "tanh"])
    @pytest.mark.parametrize(
        ("shape", "settings"),
        [
            ((8, 8, 1), {"hidden": ()}),
            ((12, 9, 3), {"hidden": (5, 4, 3, 2, 1, 7), "latent_dim": 1}),
            ((12, 9, 3), {"network": "convolutional", "hidden": (4, 6)}),
            ((12, 9, 3), {"likelihood": "gaussian"}),
            ((17, 33, 1), {"likelihood": "gaussian", "kind": "autoencoder", "beta": 0.0}),
            ((64, 64, 1), {"network": "convolutional", "hidden": (2, 2, 2, 2, 2)}),
            ((17, 33, 1), {"kind": "autoencoder", "beta": 0.0}),
            (
                (17, 33, 3),
                {"kind": "autoencoder", "beta": 0.0, "network": "convolutional", "hidden": (3,)},
            ),
        ],
        ids=str,
    )
    def test_whatever_the_project_builds_passes(
        self, tmp_path: Path, activation: str, shape: ImageShape, settings: dict[str, Any]
    ) -> None:
        config = Config(activation=activation, **settings)
        save_keras(build(config, shape), tmp_path)
        inner = unpack_flat(tmp_path / "model.keras")
        check_keras(inner, Frame({}, config, shape, 10))
        check_weights(tmp_path / "model.keras", summarize(config, shape).total)
        with pytest.raises(RunError, match="Received"):
            check_keras(inner, Frame({}, config.replace(latent_dim=9), shape, 10))

    def test_every_class_that_architecture_names_is_built_here(self) -> None:
        """So that the test above sees all there are."""
        named = set()
        for network, hidden in (("dense", (4,)), ("convolutional", (4,))):
            for kind, beta in (("vae", 1.0), ("autoencoder", 0.0)):
                config = Config(network=network, hidden=hidden, kind=kind, beta=beta)
                summary = summarize(config, (8, 8, 1))
                named |= {each.class_name for each in summary.encoder + summary.decoder}
        assert named == {
            *("InputLayer", "Flatten", "Dense", "Rescaling", "Reshape", "Activation"),
            *("Conv2D", "Conv2DTranspose", "Cropping2D"),
        }

    def test_shipped_models(self, tmp_path: Path) -> None:
        for run in RunStore(tmp_path / "none").list():
            frame = Frame({}, run.config, run.image_shape, len(run.class_names))
            check_keras(unpack_flat(run.path / "model.keras"), frame)
            counted = summarize(run.config, run.image_shape, run.classes)
            check_weights(run.path / "model.keras", counted.total)


def unpack_flat(path: Path) -> Files:
    with zipfile.ZipFile(path) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}
