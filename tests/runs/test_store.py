"""The runs of a folder: listed, opened by id, named, deleted and brought back."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT, change_status, copy_run
from vae.errors import RunError
from vae.files import write_json
from vae.runs.metadata import write_metadata
from vae.runs.run import Run, open_run
from vae.runs.store import UNDO_SECONDS, RunStore


@pytest.fixture
def store(run: Run, tmp_path: Path) -> RunStore:
    return RunStore(run.path.parent, tmp_path / "nothing")


class TestStore:
    def test_newest_first_then_the_shipped_ones(self, run: Run, tmp_path: Path) -> None:
        runs, shipped = run.path.parent, tmp_path / "shipped"
        for name, created in (("b", "2026-02"), ("c", "2026-03"), ("a", "2026-01")):
            change_status(copy_run(run, runs / name), created=created)
        change_status(run, created="2026-04")
        for name, index in (("x", 2), ("y", 1)):
            copied = copy_run(run, shipped / name)
            write_json(copied.path / "config.json", copied.info | {"place": index})
        listed = RunStore(runs, shipped).list()
        assert [found.id for found in listed] == ["copy", "c", "b", "a", "y", "x"]

    def test_an_id_is_one_run(self, run: Run, tmp_path: Path) -> None:
        shipped = copy_run(run, tmp_path / "shipped" / "copy").path.parent
        store = RunStore(run.path.parent, shipped)
        assert [found.path for found in store.list()] == [run.path] == [store.open("copy").path]
        assert "rename its folder" in store.read().left_out["copy"]
        run.path.rename(run.path.with_name("renamed"))
        assert [found.id for found in store.list()] == ["renamed", "copy"]
        assert store.read().left_out == {}

    def test_what_has_not_changed_is_not_read_again(
        self, store: RunStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def again(*_: object) -> None:
            raise AssertionError("read again")

        (first,) = store.list()
        for name in ("read", "read_metadata"):
            monkeypatch.setattr(f"vae.runs.folder.{name}", again)
        (second,) = store.list()
        assert (second.info, second.status) == (first.info, first.status)
        assert second.metadata == first.metadata

    def test_a_bad_folder_does_not_end_the_list(self, run: Run) -> None:
        folder = run.path.parent
        for index, status in enumerate(
            [{}, {"state": "finished"}, {"state": "finished", "created": 5}, [], "x"]
        ):
            bad = copy_run(run, folder / f"bad{index}")
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


class TestNames:
    def test_rename(self, run: Run, store: RunStore) -> None:
        store.rename(run, "  my\nrun ")
        assert store.open("copy").metadata.name == "my run"
        store.rename(run, "")
        assert store.open("copy").metadata.name == ""

    def test_a_name_is_no_path(self, run: Run, store: RunStore) -> None:
        store.rename(run, "../../elsewhere")
        assert [found.id for found in store.list()] == ["copy"]

    def test_what_ships_stays_as_it_is(self, run: Run, tmp_path: Path) -> None:
        store = RunStore(tmp_path / "own", run.path.parent)
        before = run.metadata
        for change in (lambda: store.rename(run, "x"), lambda: store.delete(run)):
            with pytest.raises(RunError, match=r"built-in run cannot be changed\. Received: copy"):
                change()
        assert open_run(run.path).metadata == before


class TestDelete:
    def test_a_deleted_run_is_neither_listed_nor_opened(self, run: Run, store: RunStore) -> None:
        store.rename(run, "mine")
        store.delete(run)
        assert store.list() == []
        with pytest.raises(RunError, match="No run has this id"):
            store.open("copy")
        assert (run.path / "model.keras").exists()

    def test_undo_brings_all_of_it_back(self, run: Run, store: RunStore, finished_run: Run) -> None:
        write_metadata(run.path, owner="anna")
        store.rename(run, "mine")
        store.delete(run)
        again = store.undelete("copy")
        assert again.path == store.open("copy").path == store.list()[0].path
        assert (again.metadata.name, again.metadata.owner) == ("mine", "anna")
        assert again.rows == finished_run.rows

    def test_what_can_be_brought_back(self, run: Run, store: RunStore) -> None:
        later = copy_run(run, run.path.parent / "later")
        assert store.deleted() == []
        now = time.time()
        write_metadata(run.path, deleted=now - UNDO_SECONDS + 5)
        write_metadata(later.path, deleted=now)
        assert [found.id for found in store.deleted()] == ["later", "copy"]
        write_metadata(run.path, deleted=now - UNDO_SECONDS - 5)
        assert [found.id for found in store.deleted()] == ["later"]

    @pytest.mark.parametrize("run_id", ["copy", "nothing", "../copy", ""])
    def test_only_what_was_deleted_comes_back(self, store: RunStore, run_id: str) -> None:
        with pytest.raises(RunError, match="Only a deleted run"):
            store.undelete(run_id)

    def test_purge_waits_until_nobody_can_want_it_back(self, run: Run, store: RunStore) -> None:
        stored = copy_run(run, run.path.parent / "kept")
        store.delete(run)
        store.purge()
        assert store.undelete("copy").has_model
        write_metadata(run.path, deleted=time.time() - UNDO_SECONDS + 5)
        store.purge()
        assert run.path.exists()
        write_metadata(run.path, deleted=time.time() - UNDO_SECONDS - 5)
        store.purge()
        assert [path.name for path in run.path.parent.iterdir()] == ["kept"]
        assert open_run(stored.path).has_model
        with pytest.raises(RunError, match="Only a deleted run"):
            store.undelete("copy")

    def test_purge_waits_for_the_runs_process(self, run: Run, store: RunStore) -> None:
        write_metadata(run.path, deleted=1.0)
        with run.lock():
            store.purge()
            assert run.path.exists()
        store.purge()
        assert not run.path.exists()

    def test_purge_ends_what_a_crash_began(self, run: Run, store: RunStore) -> None:
        left = run.path.rename(run.path.with_name(".removing-copy"))
        assert store.list() == []
        store.purge()
        assert not left.exists()

    def test_purge_clears_away_what_killed_processes_left_half_written(
        self, run: Run, store: RunStore
    ) -> None:
        fresh, *old = (
            run.path / ".writing-01.json",
            run.path / ".writing-02.npz",
            run.path / "snapshots" / ".writing-03.npz",
            store.folder / ".queue" / ".writing-04.json",
            store.folder / ".importing-05",
        )
        old[2].parent.mkdir()
        old[3].mkdir()
        (old[3] / "config.json").write_text("{}")
        for path in (fresh, *old[:3]):
            path.write_text("half of")
        for path in old:
            os.utime(path, (1.0, 1.0))
        store.purge()
        assert [path for path in (fresh, *old) if path.exists()] == [fresh]
        assert store.open("copy").has_model

    def test_purge_where_there_is_nothing(self, tmp_path: Path) -> None:
        RunStore(tmp_path / "nothing").purge()
        (tmp_path / "file").touch()
        RunStore(tmp_path / "file").purge()


class TestShipped:
    def test_what_comes_with_the_project_can_be_read(self, tmp_path: Path) -> None:
        store = RunStore(tmp_path / "none")
        for run in store.list():
            assert run.shipped
            assert run.state == "finished"
            assert run.has_model
            assert run.history
            if run.config.has("decoder"):
                images = run.decode(np.zeros((1, run.config.latent_dim)), 0)
                assert images.shape == (1, *run.image_shape)
            else:
                blank = np.zeros((1, *run.image_shape), np.uint8)
                assert run.classify(blank).shape == (1, run.classes)

    def test_the_shipped_folder_holds_nothing_else(self) -> None:
        folder = ROOT / "vae" / "pretrained"
        for path in folder.glob("*/config.json"):
            assert re.fullmatch(r"[a-z0-9-]+", path.parent.name)
            assert json.loads(path.read_text(encoding="utf-8"))["format"] == 1
