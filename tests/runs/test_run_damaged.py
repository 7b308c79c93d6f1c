"""Reading run folders whose files are damaged or missing."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import PREDICTABLE
from vae.errors import RunError
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore


class TestDamaged:
    @pytest.mark.parametrize("name", ["config.json", "status.json"])
    @pytest.mark.parametrize(
        "content",
        [
            "",
            "{",
            "[]",
            "null",
            "5",
            '"text"',
            "{}",
            '{"state": "elsewhere", "created": "2026-01-01"}',
            '{"state": "queued", "config": {}, "dataset": "digits", "image_shape": ["8", 8, 1]}',
            '{"state": "queued", "config": {}, "dataset": "digits", "image_shape": [8, 8, 1]}',
            '{"state": 5, "config": {"epochs": 0}, "dataset": "digits", "image_shape": [8, 8, 1]}',
            '{"state": "finished", "config": null, "dataset": "digits", "image_shape": [8, 8, 1]}',
            '{"state": "finished", "config": {}, "dataset": 5, "image_shape": [8, 8, 1]}',
            '{"state": "finished", "config": {}, "dataset": "digits", "image_shape": 5}',
            '{"state": "finished", "config": {}, "dataset": "digits", "image_shape": [8, 8]}',
            '{"config": {"lr": 1}, "dataset": "digits", "image_shape": [8, 8, 1]}',
            "\x00\x01",
            "\udcff",
            "[" * 100_000,
        ],
        ids=lambda content: content[:12].encode("ascii", "replace").decode(),
    )
    def test_config_or_status(self, run: Run, name: str, content: str) -> None:
        (run.path / name).write_bytes(content.encode("utf-8", "surrogateescape"))
        with pytest.raises(RunError, match="Received") as error:
            open_run(run.path)
        assert "\n" not in str(error.value)
        assert RunStore(run.path.parent).list()[:1] != [run]

    @pytest.mark.parametrize("name", ["config.json", "status.json"])
    def test_cut_short(self, run: Run, name: str) -> None:
        content = (run.path / name).read_bytes()
        for length in (1, len(content) // 2, len(content) - 3):
            (run.path / name).write_bytes(content[:length])
            with pytest.raises(RunError, match="Received"):
                open_run(run.path)

    @pytest.mark.parametrize("name", ["config.json", "status.json"])
    def test_missing(self, run: Run, name: str) -> None:
        (run.path / name).unlink()
        with pytest.raises(RunError, match="Received"):
            open_run(run.path)

    @pytest.mark.parametrize(
        "path", ["", "nothing/here", "x" * 5000, "a\0b", "/etc", "/etc/passwd"]
    )
    def test_no_run_folder(self, path: str) -> None:
        with pytest.raises(RunError, match=r"holds config\.json and status\.json\. Received"):
            open_run(path)

    def test_a_history_cut_short_keeps_its_whole_lines(self, run: Run) -> None:
        rows, path = run.rows, run.path / "history.jsonl"
        path.write_bytes(path.read_bytes()[:-20])
        assert open_run(run.path).rows == rows[:-1]

    def test_foreign_lines_in_a_history_are_left_out(self, run: Run) -> None:
        rows, path = run.rows, run.path / "history.jsonl"
        foreign = [b"5", b"null", b'"x"', b"[1]", b"{}", b"", b"\xff\xfe", b"[" * 100_000]
        path.write_bytes(b"\n".join([*foreign, path.read_bytes(), *foreign]))
        again = open_run(run.path)
        assert again.rows == rows
        assert len(again.history) == PREDICTABLE.epochs

    def test_without_history_and_metrics(self, run: Run) -> None:
        for name in ("history.jsonl", "metrics.json", "latents.npz", "encoder.onnx"):
            (run.path / name).unlink()
        again = open_run(run.path)
        assert (again.rows, again.metrics, again.latents, again.has_model) == ([], {}, {}, False)
        assert again.snapshot(999) == {}
        with pytest.raises(RunError, match=r"no model yet\. Received"):
            again.encode(np.zeros((1, 8, 8, 1)))

    @pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
    def test_metrics(self, run: Run, content: bytes) -> None:
        (run.path / "metrics.json").write_bytes(content)
        assert open_run(run.path).metrics == {}
        (fault,) = open_run(run.path).faults
        assert fault.startswith("metrics.json must be as a run writes it")

    def test_arrays_cut_short_or_foreign(self, run: Run) -> None:
        path = run.path / "latents.npz"
        content = path.read_bytes()
        pickled = run.path / "pickled.npz"
        np.savez(pickled, mean=np.array([{}], dtype=object))
        flipped = bytearray(content)
        flipped[len(content) // 3] ^= 0xFF
        for damaged in (
            b"",
            b"PK",
            b"text",
            content[: len(content) // 2],
            content[:-5],
            bytes(flipped),
            b"\x93NUMPY" + bytes(50),
            pickled.read_bytes(),
        ):
            path.write_bytes(damaged)
            with pytest.raises(RunError, match=r"(?s)latents\.npz must hold arrays .*Received"):
                _ = Run(run.path).latents
