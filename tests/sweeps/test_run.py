"""Whole sweeps with tiny networks: exact, paused, continued, extended, refused."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.sweeps.tiny import CONFIG, tiny_sweep
from tests.trained import TrainedOnce
from vae.data.datasets import Dataset, load_dataset
from vae.errors import StudyError
from vae.runs.layout import HISTORY
from vae.runs.metadata import write_metadata
from vae.runs.run import open_run
from vae.studies.session import Session
from vae.studies.writer import request
from vae.sweeps.run import continue_sweep, run_sweep
from vae.sweeps.study import Sweep, open_sweep
from vae.sweeps.sweep import sweep as vae_sweep


@pytest.fixture(scope="module")
def finished(trained_once: TrainedOnce, stripes: Dataset) -> Sweep:
    folder = trained_once.folder(
        "sweep", lambda path: run_sweep(tiny_sweep(path / "s", stripes), stripes)
    )
    return open_sweep(folder / "s")


def history(sweep: Sweep, index: int) -> bytes:
    return (sweep.run_path(sweep.plan.runs[index]) / HISTORY).read_bytes()


def test_each_run_is_the_run_that_train_gives(
    finished: Sweep, stripes: Dataset, tmp_path: Path
) -> None:
    from vae.training.train import train

    status = finished.status
    assert (status["state"], status["done"], status["total"]) == ("finished", 4, 4)
    planned = finished.plan.runs[3]
    alone = train(planned.config, stripes, out=tmp_path / "alone")
    assert (alone.path / HISTORY).read_bytes() == history(finished, 3)
    run = open_run(finished.run_path(planned))
    assert (run.state, run.metadata.name) == ("finished", "beta 4, 2 dimensions, seed 3")
    table = finished.table()
    assert table["elbo"].tolist() == [run.metrics["elbo"] for run in finished.open_runs()]
    assert finished.best("elbo").metrics["elbo"] == table["elbo"].max()


def test_paused_in_the_middle_of_a_run_it_goes_on_to_the_same_numbers(
    finished: Sweep, stripes: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = tiny_sweep(tmp_path / "s", stripes)
    append = Session.append

    def append_and_pause(self: Session, *line: Any, **more: Any) -> None:
        append(self, *line, **more)
        request(sweep.path, "pause")

    monkeypatch.setattr(Session, "append", append_and_pause)
    run_sweep(sweep, stripes)
    monkeypatch.undo()
    assert (sweep.state, len(sweep.rows)) == ("paused", 1)
    again = continue_sweep(open_sweep(sweep.path), stripes)
    assert again.state == "finished"
    assert [history(again, index) for index in range(4)] == [
        history(finished, index) for index in range(4)
    ]


def test_what_killed_processes_leave_is_trained_on(
    finished: Sweep, stripes: Dataset, tmp_path: Path
) -> None:
    shutil.copytree(finished.path, tmp_path / "s")
    sweep = open_sweep(tmp_path / "s")
    lines = (sweep.path / "rows.jsonl").read_text().splitlines()
    (sweep.path / "rows.jsonl").write_text("\n".join(lines[:2]) + '\n{"settings": {"be')
    shutil.rmtree(sweep.run_path(sweep.plan.runs[3]))  # of the third the run is there, not its row
    before = (sweep.run_path(sweep.plan.runs[2]) / "model.keras").stat().st_mtime_ns
    run_sweep(sweep, stripes)
    assert sweep.state == "finished"
    assert [row["metrics"] for row in sweep.rows] == [row["metrics"] for row in finished.rows]
    assert (sweep.run_path(sweep.plan.runs[2]) / "model.keras").stat().st_mtime_ns == before


def test_a_run_that_fails_is_a_row_and_tried_again(
    finished: Sweep, stripes: Dataset, tmp_path: Path
) -> None:
    shutil.copytree(finished.path, tmp_path / "s")
    sweep = open_sweep(tmp_path / "s")
    (sweep.path / "rows.jsonl").unlink()
    damaged = sweep.run_path(sweep.plan.runs[1]) / "config.json"
    whole = damaged.read_bytes()
    damaged.write_text("{")
    with pytest.raises(StudyError, match=r"1 of 4 runs did not end.*1 failed"):
        run_sweep(sweep, stripes)
    assert [row["state"] for row in sweep.rows].count("failed") == 1
    damaged.write_bytes(whole)
    assert run_sweep(sweep, stripes).state == "finished"
    assert {row["state"] for row in sweep.rows} == {"finished"}


def test_a_full_disk_interrupts_it(
    stripes: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("vae.sweeps.train_planned._make", full)
    sweep = tiny_sweep(tmp_path / "s", stripes)
    with pytest.raises(OSError, match="No space"):
        run_sweep(sweep, stripes)
    assert sweep.state == "interrupted"
    assert "disk is full" in sweep.status["reason"]


def test_other_images_are_refused(finished: Sweep) -> None:
    with pytest.raises(StudyError, match="images that it began with"):
        run_sweep(finished, load_dataset("digits"))


def test_called_again_it_is_extended(finished: Sweep, stripes: Dataset, tmp_path: Path) -> None:
    shutil.copytree(finished.path, tmp_path / "s")
    longer = vae_sweep(CONFIG, {"beta": [0.5, 8.0]}, stripes, out=tmp_path / "s")
    assert (longer.status["total"], len(longer.rows)) == (6, 6)
    with pytest.raises(StudyError, match="another configuration"):
        vae_sweep(CONFIG.replace(epochs=1), {"beta": [0.5]}, stripes, out=tmp_path / "s")


def test_processes_train_the_same(tmp_path: Path) -> None:
    digits = load_dataset("digits")
    vary = {"beta": [0.5, 4.0]}
    config = CONFIG.replace(epochs=1, train_share=0.1)
    sweep = vae_sweep(config, vary, digits, out=tmp_path / "s", processes=2)
    assert sweep.state == "finished"
    from vae.training.train import train

    alone = train(config.replace(beta=4.0), digits, out=tmp_path / "alone")
    assert (alone.path / HISTORY).read_bytes() == history(sweep, 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "newer version"),
        ({"kind": "augmentation"}, "study of sweep"),
        ({"vary": {"betta": [1]}}, "betta"),
        ({"config": {"epochs": -1}}, "epochs"),
        ({"seeds": 0}, "must be whole"),
    ],
)
def test_a_folder_that_is_damaged_or_newer_says_so(
    change: dict[str, Any], words: str, stripes: Dataset, tmp_path: Path
) -> None:
    path = tiny_sweep(tmp_path / "s", stripes).path / "study.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(StudyError, match=words):
        open_sweep(tmp_path / "s").left()


def test_a_run_that_somebody_changes_is_no_combination_of_it(
    finished: Sweep, stripes: Dataset, tmp_path: Path
) -> None:
    shutil.copytree(finished.path, tmp_path / "s")
    sweep = open_sweep(tmp_path / "s")
    (sweep.path / "rows.jsonl").unlink()
    changed, deleted = (sweep.run_path(planned) for planned in sweep.plan.runs[:2])
    open_run(changed).requests.change(beta=2.0)
    write_metadata(deleted, deleted=1.0)
    assert continue_sweep(sweep, stripes).state == "finished"
    reasons = [(row["reason"], bool(row["metrics"])) for row in sweep.rows]
    assert reasons[:2] == [
        ("Its settings were changed by hand while it trained.", False),
        ("It was deleted.", False),
    ]
    assert all(has_metrics for _, has_metrics in reasons[2:])


def test_a_pause_that_came_first_is_not_overwritten(stripes: Dataset, tmp_path: Path) -> None:
    sweep = tiny_sweep(tmp_path / "s", stripes)
    request(sweep.path, "pause")
    assert run_sweep(sweep, stripes).state == "paused"
    assert sweep.rows == []
