"""The index of a runs folder: what has not changed is not read, and the folders are the truth."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import change_status, copy_run
from vae.runs.index import INDEX
from vae.runs.layout import HISTORY, LIKELIHOOD
from vae.runs.run import Run
from vae.runs.store import RunStore


def records(folder: Path) -> dict[str, dict[str, Any]]:
    """What a server that has just started lists, by id."""
    store = RunStore(folder, folder / "none")
    return {record["id"]: record for record in store.records(store.list())}


def stored(folder: Path) -> dict[str, Any]:
    return json.loads((folder / INDEX).read_text())


@pytest.fixture
def folder(run: Run) -> Path:
    """A runs folder whose one run, "copy", is in the index."""
    records(run.path.parent)
    return run.path.parent


def with_other_epochs(folder: Path) -> None:
    """Have the index say something that no folder says."""
    index = stored(folder)
    index["runs"]["copy"][3]["epochs"] = 77
    (folder / INDEX).write_text(json.dumps(index))


def test_what_has_not_changed_is_not_read_anew(folder: Path) -> None:
    with_other_epochs(folder)
    assert records(folder)["copy"]["epochs"] == 77


@pytest.mark.parametrize("name", [HISTORY, LIKELIHOOD, "metrics.json", "about.json"])
def test_a_file_that_changed_is(folder: Path, run: Run, name: str) -> None:
    with_other_epochs(folder)
    with (run.path / name).open("a") as file:
        file.write("\n")
    assert records(folder)["copy"]["epochs"] == run.status["epoch"]
    assert stored(folder)["runs"]["copy"][3]["epochs"] == run.status["epoch"]


def test_a_file_of_the_same_size_and_time_is_another_one(folder: Path, run: Run) -> None:
    with_other_epochs(folder)
    path = run.path / HISTORY
    found = path.stat()
    shutil.copy(path, folder / "other")
    os.utime(folder / "other", ns=(found.st_atime_ns, found.st_mtime_ns))
    (folder / "other").replace(path)
    assert records(folder)["copy"]["epochs"] == run.status["epoch"]


DAMAGED = {
    "empty": b"",
    "half": b"{",
    "a list": b"[]",
    "no runs": b'{"format": 1}',
    "another version": b'{"format": 0, "runs": {}}',
    "another run": b'{"format": 1, "runs": {"copy": [[], {}, {}, {}]}}',
    "no text": b"\xff\x00" * 100,
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_index_is_written_anew(folder: Path, content: bytes) -> None:
    right = stored(folder)
    (folder / INDEX).write_bytes(content)
    assert records(folder)["copy"]["name"] == ""
    assert stored(folder) == right


def test_where_nothing_can_be_written(folder: Path) -> None:
    (folder / INDEX).unlink()
    (folder / INDEX).mkdir()
    assert [*records(folder)] == ["copy"]


def test_folders_that_come_go_and_are_renamed(folder: Path, run: Run) -> None:
    copy_run(run, folder / "second")
    assert {*records(folder)} == {"copy", "second"}
    run.path.rename(folder / "renamed")
    shutil.rmtree(folder / "second")
    assert [*records(folder)] == ["renamed"]
    assert [*stored(folder)["runs"]] == ["renamed"]


def test_a_server_notices_what_changes_while_it_runs(folder: Path, run: Run) -> None:
    store = RunStore(folder, folder / "none")
    assert store.records(store.list())[0]["tags"] == []
    store.annotate(run, tags=["first"])
    assert store.records(store.list())[0]["tags"] == ["first"]
    change_status(run, epoch=9, seconds_trained=3.5)
    (record,) = store.records(store.list())
    assert (record["epochs"], record["seconds"]) == (9, 3.5)


def test_a_run_that_trains_is_read_each_time(folder: Path, run: Run) -> None:
    change_status(run, state="training")
    (folder / INDEX).unlink()
    with run.lock():
        assert records(folder)["copy"]["state"] == "training"
    assert not (folder / INDEX).exists()
    # Its process is gone, and no file has changed.
    assert records(folder)["copy"]["state"] == "interrupted"
