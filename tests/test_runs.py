"""Reading run folders: whole ones, damaged ones, and what only looks like one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import PREDICTABLE, ROOT, copy_run
from vae.config import Config
from vae.datasets import Dataset
from vae.errors import RunError
from vae.files import read_json, write_json
from vae.recorder import Recorder
from vae.runs import History, Run, RunStore, open_run, runs_folder

HOLD_THE_LOCK = """
import sys
from pathlib import Path
from vae.runs import Run
with Run(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def change_status(run: Run, **changes: object) -> Run:
    write_json(run.path / "status.json", read_json(run.path / "status.json") | changes)
    return Run(run.path)


@pytest.fixture
def run(finished_run: Run, tmp_path: Path) -> Run:
    """A copy of a finished run, to be changed."""
    return copy_run(finished_run, tmp_path / "runs" / "copy")


@pytest.fixture
def held(run: Run) -> Iterator[subprocess.Popen[str]]:
    """Another process, which holds the run's lock until its input ends."""
    command = [sys.executable, "-c", HOLD_THE_LOCK, str(run.path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


class TestBasics:
    def test_open(self, finished_run: Run) -> None:
        for path in (finished_run.path, str(finished_run.path)):
            run = open_run(path)
            assert run.id == "run"
            assert run.config == PREDICTABLE
            assert run.has_model
            assert not run.shipped
            assert run.snapshot_epochs == list(range(PREDICTABLE.epochs + 1))

    def test_history_by_row_and_by_name(self) -> None:
        history = History([{"loss": 3.0, "kl": 1.0}, {"loss": 2.0, "kl": 1.5}])
        assert history[-1]["loss"] == 2.0
        assert history["kl"] == [1.0, 1.5]
        assert len(history[:1]) == 1
        with pytest.raises(KeyError):
            history["nothing"]

    def test_folder_for_new_runs(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("VAE_RUNS_DIR", str(tmp_path))
        assert runs_folder() == tmp_path
        monkeypatch.delenv("VAE_RUNS_DIR")
        assert runs_folder() == Path("runs")

    def test_request_stop(self, run: Run) -> None:
        assert not run.stop_requested
        run.request_stop()
        assert open_run(run.path).stop_requested

    def test_a_run_waits_for_its_own_training_only(self, digits: Dataset, tmp_path: Path) -> None:
        Recorder.create(tmp_path / "run", Config(seed=3), digits)
        run = open_run(tmp_path / "run")
        assert run.waits_for(Config(seed=3), "digits")
        assert not run.waits_for(Config(seed=4), "digits")
        assert not run.waits_for(Config(seed=3), "mnist")

    def test_a_finished_run_waits_for_nothing(self, finished_run: Run) -> None:
        assert not finished_run.waits_for(finished_run.config, "digits")


class TestState:
    @pytest.mark.parametrize("state", ["starting", "training", "paused"])
    def test_without_a_process_an_active_run_was_interrupted(self, run: Run, state: str) -> None:
        assert change_status(run, state=state).state == "interrupted"
        assert read_json(run.path / "status.json")["state"] == state  # a reader writes nothing

    @pytest.mark.parametrize("state", ["queued", "stopped", "finished", "diverged", "failed"])
    def test_other_states_need_no_process(self, run: Run, state: str) -> None:
        assert change_status(run, state=state).state == state

    def test_a_process_is_known_by_its_lock(self, run: Run, held: subprocess.Popen[str]) -> None:
        assert change_status(run, state="training").state == "training"
        assert run.is_alive()
        held.kill()  # the system lets go of a killed one's lock
        held.wait()
        assert not run.is_alive()
        assert Run(run.path).state == "interrupted"

    def test_looking_leaves_the_lock_free(self, run: Run) -> None:
        assert not run.is_alive()
        with run.lock().acquire(timeout=0):
            assert run.is_alive()
        assert not run.is_alive()


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
        with pytest.raises(RunError, match=r"metrics\.json must be .*Received"):
            _ = run.metrics

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


class TestStore:
    def test_newest_first_then_the_shipped_ones(self, run: Run, tmp_path: Path) -> None:
        runs, shipped = run.path.parent, tmp_path / "shipped"
        for name, created in (("b", "2026-02"), ("c", "2026-03"), ("a", "2026-01")):
            change_status(copy_run(run, runs / name), created=created)
        change_status(run, created="2026-04")
        for name, place in (("x", 2), ("y", 1)):
            copied = copy_run(run, shipped / name)
            write_json(copied.path / "config.json", copied.info | {"place": place})
        listed = RunStore(runs, shipped).list()
        assert [found.id for found in listed] == ["copy", "c", "b", "a", "y", "x"]

    def test_a_bad_folder_does_not_end_the_list(self, run: Run) -> None:
        folder = run.path.parent
        for place, status in enumerate(
            [{}, {"state": "finished"}, {"state": "finished", "created": 5}, [], "x"]
        ):
            bad = copy_run(run, folder / f"bad{place}")
            write_json(bad.path / "status.json", status)
        (folder / "empty").mkdir()
        (folder / "file").touch()
        store = RunStore(folder, folder / "nothing")
        assert [found.id for found in store.list()] == ["copy"]

    def test_no_folder_no_runs(self, tmp_path: Path) -> None:
        assert RunStore(tmp_path / "nothing", tmp_path / "neither").list() == []

    def test_open_by_id(self, run: Run, tmp_path: Path) -> None:
        store = RunStore(run.path.parent, tmp_path / "nothing")
        assert store.open("copy").path == run.path

    @pytest.mark.parametrize(
        "run_id",
        [
            "",
            ".",
            "..",
            "../copy",
            "../runs/copy",
            "copy/",
            "copy/.",
            "./copy",
            "/etc",
            "\\etc",
            "copy\0",
            "copy\n",
            "%2e%2e",
            "~",
            "ｃｏｐｙ",
            "x" * 65,
            "nothing",
        ],
    )
    def test_an_id_leads_nowhere_else(self, run: Run, run_id: str) -> None:
        store = RunStore(run.path.parent, run.path.parent)
        with pytest.raises(RunError, match=r"No run has this id\. Received"):
            store.open(run_id)

    def test_an_absolute_path_is_no_id(self, run: Run, tmp_path: Path) -> None:
        with pytest.raises(RunError, match="No run has this id"):
            RunStore(tmp_path, tmp_path).open(str(run.path))


class TestShipped:
    def test_what_comes_with_the_project_can_be_read(self, tmp_path: Path) -> None:
        store = RunStore(tmp_path / "none")
        for run in store.list():
            assert run.shipped
            assert run.state == "finished"
            assert run.has_model
            assert run.history
            images = run.decode(np.zeros((1, run.config.latent_dim)))
            assert images.shape == (1, *run.image_shape)

    def test_the_shipped_folder_holds_nothing_else(self) -> None:
        folder = ROOT / "vae" / "pretrained"
        for path in folder.glob("*/config.json"):
            assert re.fullmatch(r"[a-z0-9-]+", path.parent.name)
            assert json.loads(path.read_text(encoding="utf-8"))["format"] == 1
