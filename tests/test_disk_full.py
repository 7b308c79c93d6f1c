"""A full disk: a clear state, nothing half-written, and with some space the run resumes."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.augmentation.tiny import tiny_study
from tests.queueing import Servers
from tests.workshop import Workshop, assert_same_run, when
from vae.cli.main import main
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore
from vae.runs.writer import RunWriter
from vae.server.worker import work
from vae.studies.session import Session


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own of 1 MB."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(path)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a small disk needs to be allowed to")
    yield path
    subprocess.run(["umount", str(path)], check=True)


def fill(disk: Path, free: int) -> None:
    """Leave so many bytes free."""
    with (disk / "filler").open("ab") as filler:
        available = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        filler.write(bytes(max(0, available - free)))


class TestFreeSpace:
    def test_a_run_can_be_thrown_away_to_make_some(
        self, workshop: Workshop, small_disk: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = RunStore(small_disk, small_disk / "none")
        run = workshop.new(small_disk / "run")
        fill(small_disk, free=0)
        store.delete(run)
        assert store.list() == []
        store.undelete("run")
        store.rename(open_run(run.path), "Anna's")
        store.delete(open_run(run.path))
        monkeypatch.setattr("vae.runs.store.UNDO_SECONDS", 0.0)
        store.purge()
        assert not run.path.exists()


class TestDiskFull:
    def check(self, run: Run) -> Run:
        """Whether what is left is a run as any other, in a clear state; return it."""
        left = open_run(run.path)
        assert left.state == "interrupted"
        assert left.status["reason"].startswith("The disk is full: free some space")
        assert not list(run.path.rglob(".writing*"))
        assert left.can_resume
        positions = [(row["epoch"], row["step"]) for row in left.rows]
        assert positions == sorted(positions)
        return left

    def test_filled_by_the_run_itself(
        self, workshop: Workshop, tmp_path: Path, small_disk: Path
    ) -> None:
        changes = {"epochs": 12, "validation_split": 0.0, "train_share": 0.1}
        run = workshop.new(small_disk / "run", **changes)
        fill(small_disk, free=100_000)
        assert work(run.path, "train") == 1
        left = self.check(run)
        assert 0 < len(left.history) < 12
        # Without any room it is as far as before.
        left.requests.resume()
        assert work(run.path, "train") == 1
        assert len(self.check(run).history) >= len(left.history) - 1
        (small_disk / "filler").unlink()
        open_run(run.path).requests.resume()
        assert work(run.path, "train") == 0
        expected = workshop.resume(workshop.new(tmp_path / "expected", **changes))
        assert_same_run(open_run(run.path), expected)

    @pytest.mark.parametrize("position", [(2, 1), (2, 6), (2, 25)])
    def test_filled_by_somebody_else_to_the_last_byte(
        self,
        position: tuple[int, int],
        workshop: Workshop,
        undisturbed: Run,
        small_disk: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        run = workshop.new(small_disk / "run")
        with monkeypatch.context() as patch:
            when(workshop, patch, position, lambda: fill(small_disk, free=0))
            assert work(run.path, "train") == 1
        left = self.check(run)
        (small_disk / "filler").unlink()
        left.requests.resume()
        assert work(run.path, "train") == 0
        assert_same_run(open_run(run.path), undisturbed)

    def test_the_reason_stays_when_the_model_is_made(
        self, workshop: Workshop, small_disk: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = workshop.new(small_disk / "run")
        with monkeypatch.context() as patch:
            when(workshop, patch, (2, 6), lambda: fill(small_disk, free=0))
            assert work(run.path, "train") == 1
        assert work(run.path, "recover") == 1  # no room for the model either
        self.check(run)
        (small_disk / "filler").unlink()
        assert work(run.path, "recover") == 0
        assert self.check(run).status["reason"].endswith(" Kept: epoch 1.")
        assert run.arrays("weights.npz")

    def test_full_before_it_began(
        self, workshop: Workshop, undisturbed: Run, small_disk: Path
    ) -> None:
        run = workshop.new(small_disk / "run")
        fill(small_disk, free=0)
        assert work(run.path, "train") == 1
        left = self.check(run)
        (small_disk / "filler").unlink()
        left.requests.resume()
        assert work(run.path, "train") == 0
        assert_same_run(open_run(run.path), undisturbed)


class TestStudy:
    def test_one_of_augmentation_is_continued(
        self, small_disk: Path, stripes: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from vae.augmentation.run import run_study

        study = tiny_study(small_disk / "study", stripes, methods=("real", "vae"), seeds=1)
        append = Session.append

        def fill_after_five(self: Session, *line: Any) -> None:
            if len(study.trials) == 5:
                fill(small_disk, free=0)
                # The rest of the last block holds a few lines more.
                for _ in range(100):
                    append(self, *line)
            append(self, *line)

        with monkeypatch.context() as patch:
            patch.setattr(Session, "append", fill_after_five)
            with pytest.raises(OSError, match="No space left"):
                run_study(study, stripes)
        assert study.state == "interrupted"
        assert study.status.get("reason", "").startswith("The disk is full: free some space")
        assert len((study.path / "trials.jsonl").read_text().splitlines()) == len(study.trials)
        (small_disk / "filler").unlink()
        run_study(study, stripes)
        assert study.state == "finished"
        assert {row["method"] for row in study.rows} == {"real", "vae"}


class TestCommandLine:
    def test_a_full_disk_is_reported_as_such(
        self,
        workshop: Workshop,
        undisturbed: Run,
        small_disk: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        run = workshop.new(small_disk / "run")
        with monkeypatch.context() as patch:
            when(workshop, patch, (2, 6), lambda: fill(small_disk, free=0))
            assert main(["resume", str(run.path)]) == 2
        said = capsys.readouterr().err.strip().splitlines()[-1]
        assert said.startswith("vae resume: The disk is full: free some space, then continue")
        left = open_run(run.path)
        assert left.state == "interrupted"
        assert left.status["reason"].startswith("The disk is full")
        (small_disk / "filler").unlink()
        assert main(["resume", str(run.path)]) == 0
        assert_same_run(open_run(run.path), undisturbed)


class TestNothingIsLeft:
    @pytest.mark.parametrize("free", [0, 4096, 8192])
    def test_of_a_run_that_has_no_space_for_its_folder(
        self, free: int, small_disk: Path, digits: Dataset
    ) -> None:
        fill(small_disk, free=free)
        before = sorted(small_disk.rglob("*"))
        with pytest.raises(RunError, match=r"No space left on device.*Received"):
            RunWriter.create(small_disk / "new" / "run", Config(), digits)
        assert sorted(small_disk.rglob("*")) == before

    def test_but_what_was_in_the_folder_stays(self, small_disk: Path, digits: Dataset) -> None:
        path = small_disk / "mine"
        path.mkdir()
        (path / "notes.txt").write_text("keep")
        fill(small_disk, free=0)
        with pytest.raises(RunError, match="Received"):
            RunWriter.create(path, Config(), digits)
        assert [each.name for each in path.iterdir()] == ["notes.txt"]

    def test_of_one_that_cannot_be_queued(
        self, servers: Servers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queue = servers.open()
        servers.settle(queue)

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(queue.tickets, "enqueue", full)
        before = sorted(servers.folder.glob("*"))
        with pytest.raises(RunError, match="No space left on device"):
            servers.submit(queue, "a")
        assert sorted(servers.folder.glob("*")) == before
