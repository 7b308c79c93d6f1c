"""The room that runs take: what is refused, what is kept, and what goes first."""

from __future__ import annotations

import datetime
import io
import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conftest import copy_run, wait_until
from tests.queueing import Servers
from vae.archive.zip_export import export_zip
from vae.errors import RunError
from vae.runs import storage
from vae.runs.metadata import write_metadata
from vae.runs.run import SHIPPED, Run
from vae.runs.storage import MEGABYTE, UNFINISHED_BYTES, Storage, expiry_date
from vae.runs.store import RunStore
from vae.server import scheduler
from vae.server.queue import Queue

DAY = 86_400.0


class Disk:
    """A runs folder on a disk whose free room a test says."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.store = RunStore(folder, folder / "none")
        self.storage = Storage(self.store)
        self.free = 10**12
        patch.setattr(storage.shutil, "disk_usage", lambda path: SimpleNamespace(free=self.free))

    def add(self, name: str, owner: str = "", *, days_ago: float = 0.0, size: int = 0) -> Run:
        """Add a finished run of at least this size that last trained so many days ago."""
        run = copy_run(Run(SHIPPED / "digits"), self.store.folder / name)
        write_metadata(run.path, owner=owner)
        (run.path / "best.npz").write_bytes(bytes(size))
        then = time.time() - days_ago * DAY
        os.utime(run.path / "status.json", (then, then))
        return Run(run.path)

    def going(self, *busy: str) -> list[str]:
        return [run.id for run in self.storage.to_remove(busy)]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PUBLIC", "FREE_MEGABYTES", "RUNS_MEGABYTES", "KEEP_DAYS"):
        monkeypatch.delenv(f"VAE_{name}", raising=False)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(tmp_path / "runs", monkeypatch)


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_PUBLIC", "1")
    monkeypatch.setenv("VAE_RUNS_MEGABYTES", "5")
    monkeypatch.setenv("VAE_KEEP_DAYS", "3")


class TestOnOnesOwnMachine:
    @pytest.mark.parametrize("days", ["", "1"])
    def test_nothing_ever_goes(
        self, disk: Disk, days: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_KEEP_DAYS", days)
        monkeypatch.setenv("VAE_RUNS_MEGABYTES", "1")
        run = disk.add("old", days_ago=1000, size=3 * MEGABYTE)
        disk.free = 0
        assert expiry_date(run) is None
        assert disk.going() == []

    def test_a_disk_that_is_nearly_full(self, disk: Disk) -> None:
        disk.free = 100 * MEGABYTE
        disk.storage.check_space()
        disk.free -= 1
        with pytest.raises(
            RunError, match=r"leave 100 MB of the disk free: delete some first\. Received: a disk"
        ):
            disk.storage.check_space()

    def test_a_limit_of_ones_own(self, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
        disk.add("one", size=3 * MEGABYTE)
        disk.storage.check_space()
        monkeypatch.setenv("VAE_RUNS_MEGABYTES", "3")
        with pytest.raises(RunError, match=r"may take 3 MB here: delete some first\. Received"):
            disk.storage.check_space()
        monkeypatch.setenv("VAE_RUNS_MEGABYTES", "4")
        disk.storage.check_space()

    def test_before_there_is_a_folder(self, disk: Disk) -> None:
        assert not disk.store.folder.exists()
        disk.storage.check_space()


@pytest.mark.usefixtures("public")
class TestOnAPublicServer:
    def test_until_when_a_run_is_stored(self, disk: Disk) -> None:
        today = datetime.datetime.now(datetime.UTC).date()
        assert expiry_date(disk.add("new", "anna")) == today + datetime.timedelta(days=3)
        old = disk.add("old", "anna", days_ago=5)
        assert expiry_date(old) == today - datetime.timedelta(days=2)
        assert expiry_date(Run(SHIPPED / "digits")) is None

    def test_nothing_goes_without_need(self, disk: Disk) -> None:
        disk.add("nobodys", days_ago=100)
        disk.add("expired", "anna", days_ago=100)
        assert disk.going() == []

    def test_nobodys_first_then_the_oldest(self, disk: Disk) -> None:
        disk.add("kept", "anna", days_ago=2, size=2 * MEGABYTE)
        disk.add("old", "anna", days_ago=9, size=2 * MEGABYTE)
        disk.add("older", "berta", days_ago=10, size=2 * MEGABYTE)
        assert disk.going() == ["older"]
        disk.add("nobodys", days_ago=1, size=2 * MEGABYTE)
        assert disk.going() == ["nobodys", "older"]
        assert disk.going("nobodys") == ["older", "old"]

    def test_whose_time_is_not_over_stays(self, disk: Disk) -> None:
        disk.add("kept", "anna", days_ago=2.5, size=20 * MEGABYTE)
        disk.free = 0
        assert disk.going() == []

    def test_a_disk_that_fills_up(self, disk: Disk) -> None:
        disk.add("older", "anna", days_ago=10, size=2 * MEGABYTE)
        disk.add("old", "anna", days_ago=9, size=2 * MEGABYTE)
        disk.free = 1000 * MEGABYTE
        assert disk.going() == []
        disk.free -= MEGABYTE  # before new runs are refused, at 500
        assert disk.going() == ["older"]

    def test_what_may_be_removed_keeps_nobody_out(self, disk: Disk) -> None:
        disk.add("old", "anna", days_ago=9, size=6 * MEGABYTE)
        disk.storage.check_space()
        disk.add("new", "berta", size=6 * MEGABYTE)
        with pytest.raises(
            RunError, match=r"may take 5 MB here: delete one of yours, or come back"
        ):
            disk.storage.check_space()

    def test_new_visitors_do_not_get_around_it(self, servers: Servers) -> None:
        """A cookie costs nothing; a run that waits is counted as it will be."""
        server = servers.open()
        assert UNFINISHED_BYTES > 5 * MEGABYTE
        servers.submit(server, "one", owner="a visitor")
        with pytest.raises(RunError, match="All runs together may take 5 MB here"):
            servers.submit(server, "two", owner="another visitor")
        assert len(servers.store.list()) == 1

    def test_nor_do_imports(self, disk: Disk) -> None:
        data = export_zip(Run(SHIPPED / "digits"))
        disk.add("new", "anna", size=6 * MEGABYTE)
        queue = Queue(disk.store, 1)
        try:
            with pytest.raises(RunError, match="All runs together"):
                queue.import_run(io.BytesIO(data), "berta")
        finally:
            queue.close()
        assert [run.id for run in disk.store.list()] == ["new"]

    def test_the_leader_removes_them(
        self, disk: Disk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(scheduler, "POLL_SECONDS", 0.01)
        for name in ("old", "older"):
            disk.add(name, "anna", days_ago=9 if name == "old" else 10, size=4 * MEGABYTE)
        disk.add("kept", "anna")
        queue = Queue(disk.store, 1)
        try:
            wait_until(lambda: len(disk.store.list()) == 2, "the older one goes")
        finally:
            queue.close()
        assert {path.name for path in disk.store.folder.iterdir()} == {".queue", "kept", "old"}
        assert "older, since other runs need its room" in caplog.text

    def test_a_run_whose_process_lives_stays(self, disk: Disk) -> None:
        run = disk.add("old", "anna", days_ago=9)
        with run.lock():
            disk.store.remove(run)
            assert run.path.exists()
        disk.store.remove(run)
        assert not run.path.exists()


class TestCounting:
    def test_what_comes_and_goes(self, disk: Disk) -> None:
        run = disk.add("run", size=MEGABYTE)
        before = disk.storage._bytes(run)
        (run.path / "checkpoint.npz").write_bytes(bytes(MEGABYTE))
        assert disk.storage._bytes(run) - before == MEGABYTE
        (run.path / "snapshots" / "0002.npz").write_bytes(bytes(MEGABYTE))
        assert disk.storage._bytes(run) - before == 2 * MEGABYTE
        (run.path / "checkpoint.npz").unlink()
        assert disk.storage._bytes(run) - before == MEGABYTE
