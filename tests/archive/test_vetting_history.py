"""What rows of a history must hold when they come from elsewhere."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.archive.changed import REMOVED, Files
from tests.archive.zips import pack, refused, take
from vae.archive.vetting import Frame, read_history
from vae.errors import RunError
from vae.runs.run import Run


def with_row(files: Files, index: int, row: Any) -> bytes:
    """Return the run's zip with another row in its history."""
    lines = files["history.jsonl"].splitlines()
    lines[index] = row if isinstance(row, bytes) else json.dumps(row).encode()
    return pack(files | {"history.jsonl": b"\n".join(lines) + b"\n"})


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

    def test_unknown_columns_are_left_out(self, files: Files, tmp_path: Path) -> None:
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

    def test_rows_of_changed_settings(self, files: Files, tmp_path: Path) -> None:
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

    def test_equal_lines_are_distinguished(self, finished_run: Run) -> None:
        """A bad line is the last one by its place, not by what it says."""
        frame = Frame({}, finished_run.config, finished_run.image_shape, 10)
        with pytest.raises(RunError, match="line 1 is not"):
            list(read_history(b"5\n5", frame))
        assert list(read_history(b"5", frame)) == []
